import assert from 'node:assert/strict';
import { bench, type Bench, type Json } from './bench';

const PATH = 'src/total.ts';
const BASE = 'import { rate } from "./rate";\n\nexport const total = sum(rate);\n';
const TYPED = 'const typed = readSettings(total);\nconst second = writeSettings(typed);\n';
const WRITTEN = 'const discount = rebate(total);\n';

describe('hunkmark mark', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write(PATH, BASE);
    at.repo.write('.gitignore', 'ignored.txt\n');
    at.repo.git('add', '.');
    at.commit('start');
    at.install();
  });
  afterEach(() => at.repo.dispose());

  /** Commits everything and gives the trailers, and by line who `blame` says wrote it. */
  function committed(): { trailers: string; blame: string[] } {
    at.repo.git('add', '.');
    at.commit('feat: change');
    const trailers = at.repo.git('log', '-1', '--format=%(trailers:only,unfold)').trim();
    const blame = at
      .json('blame', PATH, 'HEAD')
      .lines.map((line: Json) => [line.class, line.via, line.agent].filter(Boolean).join(' '));
    return { trailers: trailers.replaceAll(/:[0-9a-f]{8}/g, ''), blame };
  }

  it('makes lines of nobody an agent’s, and only those', () => {
    at.repo.write(PATH, BASE + TYPED);
    assert.equal(
      at.ok('mark', `${PATH}:4-4`, '--as', 'ai', '--agent', 'codex'),
      `1 line of ${PATH} marked as ai by codex.\n`,
    );
    assert.deepEqual(committed(), {
      trailers:
        'AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=1 ai-deleted=0 hunks=1 listed=1\n' +
        `Assisted-by: codex\nAI-Hunk: ${PATH} +4,1 ai declared codex`,
      blame: ['unknown', 'unknown', 'unknown', 'ai declared codex', 'unknown'],
    });
  });

  it('counts what a person takes back from a model as redeclared', () => {
    at.agent(PATH, 'sum(rate);\n', `sum(rate);\n${WRITTEN}${TYPED}`);
    assert.equal(at.ok('mark', `${PATH}:5-6`, '--as', 'human'), `2 lines of ${PATH} marked as human.\n`);
    const { trailers } = committed();
    assert.match(trailers, /^AI-Provenance: v1 ai=1 mixed=0 human=2 unknown=0 .* redeclared=2$/m);
    assert.match(trailers, new RegExp(`^AI-Hunk: ${PATH} \\+4,1 ai agent claude-code$`, 'm'));
  });

  it('lists what a person takes back in a file of a tier, and an amend in a clone still does', () => {
    at.repo.write('.hunkmark.yml', 'version: 1\nsystems: { total: { tier: 2, paths: ["src/**"] } }\n');
    at.repo.git('add', '.');
    at.commit('policy');
    at.agent(PATH, 'sum(rate);\n', `sum(rate);\n${WRITTEN}${TYPED}`);
    at.ok('mark', `${PATH}:5-6`, '--as', 'human');
    const listed = [
      'AI-Provenance: v1 ai=1 mixed=0 human=2 unknown=0 ai-deleted=0 hunks=2 listed=2 redeclared=2',
      'Assisted-by: claude-code',
      `AI-Hunk: ${PATH} +4,1 ai agent claude-code`,
      `AI-Hunk: ${PATH} +5,2 human declared claude-code`,
    ];
    const first = committed();
    assert.deepEqual(first.trailers.split('\n').slice(0, 4), listed);
    assert.deepEqual(first.blame.slice(3), [
      'ai agent claude-code',
      'human declared claude-code',
      'human declared claude-code',
    ]);
    at.ok('uninstall');
    at.install();
    at.repo.git('commit', '--quiet', '--amend', '--no-edit');
    const again = at.repo
      .git('log', '-1', '--format=%(trailers:only,unfold)')
      .replaceAll(/:[0-9a-f]{8}/g, '');
    assert.deepEqual(again.split('\n').slice(0, 4), listed);
  });

  it('is the last word, whatever the clock says', () => {
    at.agent(PATH, 'sum(rate);\n', `sum(rate);\n${WRITTEN}`);
    at.ok('mark', `${PATH}:4`, '--as', 'human');
    at.ok('mark', `${PATH}:4`, '--as', 'ai');
    assert.match(committed().trailers, /\+4,1 ai declared unidentified$/m);
  });

  it('leaves committed lines of the range alone, and says so', () => {
    at.repo.write(PATH, BASE + TYPED);
    const { status, stdout, stderr } = at.run('mark', `${PATH}:3-5`, '--as', 'human');
    assert.deepEqual(
      { status, stdout, stderr },
      {
        status: 0,
        stdout: `2 lines of ${PATH} marked as human.\n`,
        stderr: '1 line between them already committed: not marked.\n',
      },
    );
  });

  it('takes a path from where it is called, and a file that git does not know yet', () => {
    at.repo.write('docs/new file.md', '# Totals\n\nHow they are made.\n');
    assert.equal(
      at.ok('-C', 'docs', 'mark', 'new file.md:1-3', '--as', 'ai'),
      '3 lines of docs/new file.md marked as ai.\n',
    );
    at.repo.git('add', '.');
    at.commit('docs: totals');
    assert.match(
      at.repo.git('log', '-1', '--format=%B'),
      /^AI-Hunk: docs\/new%20file\.md \+1,3:\w+ ai declared/m,
    );
  });

  for (const name of ['docs/of\ntwo.md', 'docs/\u2028.md', 'docs/\r', 'docs/a:1.md'])
    it(`takes every name that a file can have: ${JSON.stringify(name)}`, () => {
      at.repo.write(name, '# Totals\n');
      assert.match(at.ok('mark', `${name}:1-1`, '--as', 'ai'), /^1 line of docs\/.+ marked as ai\.\n$/);
    });

  it('refuses what would come to nothing, with a reason', () => {
    at.repo.write('ignored.txt', 'secret\n');
    at.repo.write('image.bin', new Uint8Array([0, 1]));
    const rows: [RegExp, ...string[]][] = [
      [/^hunkmark: usage: mark PATH:START-END --as ai\|human \[--agent A\]\n$/, PATH, '--as', 'ai'],
      [/^hunkmark: usage: mark /, `${PATH}:1-2`],
      [/^hunkmark: usage: mark /, `${PATH}:1-2`, '--as', 'mixed'],
      [/: lines go from START to END, from 1\n$/, `${PATH}:2-1`, '--as', 'ai'],
      [/: lines go from START to END, from 1\n$/, `${PATH}:0-1`, '--as', 'ai'],
      [/^hunkmark: src\/total\.ts has 3 lines\n$/, `${PATH}:3-4`, '--as', 'ai'],
      [/are committed; only what is not committed yet can be marked\n$/, `${PATH}:1-2`, '--as', 'ai'],
      [/^hunkmark: --agent goes with --as ai\n$/, `${PATH}:1`, '--as', 'human', '--agent', 'codex'],
      [/^hunkmark: an agent is named with letters/, `${PATH}:1`, '--as', 'ai', '--agent', 'a b'],
      [/^hunkmark: there is no file none\.ts\n$/, 'none.ts:1', '--as', 'ai'],
      [/^hunkmark: ignored\.txt is ignored by git\n$/, 'ignored.txt:1', '--as', 'ai'],
      [/^hunkmark: image\.bin has no lines that Hunkmark follows\n$/, 'image.bin:1', '--as', 'ai'],
      [/^hunkmark: \S+ is not in a git working tree\n$/, '.git/config:1', '--as', 'ai'],
      [/^hunkmark: mark has no --json\n$/, `${PATH}:1`, '--as', 'ai', '--json'],
    ];
    for (const [reason, ...args] of rows) at.refuses(2, reason, 'mark', ...args);
    at.ok('uninstall');
    at.repo.write(PATH, BASE + TYPED);
    at.refuses(
      2,
      /^hunkmark: Hunkmark is not installed in this repository: hunkmark install\n$/,
      'mark',
      `${PATH}:4`,
      '--as',
      'ai',
    );
  });

  it('is refused in a shell that an agent started, and says nothing of how to get past', () => {
    at.repo.write(PATH, BASE + TYPED);
    at.repo.env['CLAUDECODE'] = '1';
    at.refuses(
      2,
      /^hunkmark: mark is the word of a person, and claude-code started this shell; a person has to run it\n$/,
      'mark',
      `${PATH}:4`,
      '--as',
      'human',
    );
  });
});
