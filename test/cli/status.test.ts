import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, golden, type Bench, type Json } from './bench';

const PATH = 'src/total.ts';
const BASE =
  'import { rate } from "./rate";\n\nexport const total = sum(rate);\nexport const unused = legacy(rate);\n';

describe('hunkmark status', function () {
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

  /** `FILE staged +START,COUNT CLASS` of every range. */
  function ranges(): string[] {
    return at
      .json('status')
      .files.flatMap((file: Json) =>
        ['staged', 'unstaged'].flatMap((where) =>
          file[where].map(
            (range: Json) =>
              `${file.path} ${where} ${range.side}${range.start},${range.count} ${range.class}`,
          ),
        ),
      );
  }

  it('has nothing to say of what no model has written', () => {
    at.repo.write(PATH, `${BASE}const typed = 1;\n`);
    golden('status-none', at.ok('status'));
    golden('status-none-json', at.ok('status', '--json'));
    assert.equal(at.ok('status', '--trailers'), '');
  });

  it('tells staged from unstaged, and deletions from additions', () => {
    at.agent(PATH, 'export const total', 'const discount = rebate(rate);\nexport const total');
    at.repo.git('add', '.');
    at.agent(PATH, 'export const unused = legacy(rate);\n', '');
    at.agent('docs/new file.md', '', '# Totals\n\nHow the totals are made.\n');
    at.agent('ignored.txt', '', 'const ignored = true;\n');
    golden('status', at.ok('status'));
    golden('status-json', at.ok('status', '--json'));
    at.repo.git('add', '.');
    assert.deepEqual(ranges(), [
      'docs/new file.md staged +1,3 ai',
      `${PATH} staged +3,1 ai`,
      `${PATH} staged -4,1 ai`,
    ]);
  });

  it('is empty again when all is committed', () => {
    at.agent(PATH, 'export const total', 'const discount = rebate(rate);\nexport const total');
    at.repo.git('add', '.');
    const trailers = at.ok('status', '--trailers');
    golden('status-trailers', trailers);
    at.commit('feat: discount');
    assert.deepEqual(ranges(), []);
    const message = at.repo.git('log', '-1', '--format=%B').trimEnd();
    assert.equal(
      message,
      `feat: discount\n\n${trailers.trimEnd()}`,
      'what status says is what a commit gets',
    );
  });

  it('says of a merge in progress what its commit will get', () => {
    at.repo.git('checkout', '--quiet', '-b', 'side');
    at.agent(PATH, 'sum(rate)', 'sum(rate) + fees(rate)');
    at.repo.git('add', '.');
    at.commit('feat: fees');
    at.repo.git('checkout', '--quiet', 'main');
    at.repo.write(PATH, BASE.replace('sum(rate)', 'add(rate)'));
    at.repo.git('add', '.');
    at.commit('other');
    at.repo.gitTry('merge', 'side');
    at.repo.write(PATH, BASE.replace('sum(rate)', 'add(rate)'));
    at.agent(PATH, 'add(rate)', 'add(rate) + fees(rate) + insurancePremium(rate)');
    at.repo.git('add', '.');
    const trailers = at.ok('status', '--trailers');
    assert.match(trailers, /^AI-Hunk: src\/total\.ts \+3,1:/m);
    assert.doesNotMatch(trailers, / -3,1:/, 'a merge has no deletions of its own');
    at.repo.git('commit', '--quiet', '--no-edit');
    assert.equal(at.repo.git('log', '-1', '--format=%(trailers:only,unfold)').trimEnd(), trailers.trimEnd());
  });

  it('prints no trailers where they are switched off', () => {
    at.agent(PATH, 'sum(rate)', 'sum(rate) + fees(rate)');
    at.repo.git('add', '.');
    at.repo.git('config', 'hunkmark.stamp', 'off');
    assert.equal(at.ok('status', '--trailers'), '');
  });

  it('knows a file that an agent has made and somebody has deleted or moved', () => {
    at.agent('made.ts', '', 'export const made = byAgent();\n');
    assert.deepEqual(ranges(), ['made.ts unstaged +1,1 ai']);
    at.repo.git('add', '.');
    at.agent('ignored later.ts', '', 'export const later = byAgent();\n');
    at.repo.write('.gitignore', 'ignored*\n');
    fs.rmSync(path.join(at.repo.dir, 'made.ts'));
    assert.deepEqual(ranges(), ['made.ts staged +1,1 ai']);
    at.repo.git('rm', '--quiet', '--cached', 'made.ts');
    assert.deepEqual(ranges(), []);
  });

  it('reads CRLF files of a repository that converts them', () => {
    at.repo.git('config', 'core.autocrlf', 'true');
    at.repo.write(PATH, BASE.replaceAll('\n', '\r\n'));
    at.agent(PATH, 'sum(rate)', 'sum(rate) + fees(rate)');
    assert.deepEqual(ranges(), [`${PATH} unstaged +3,1 mixed`, `${PATH} unstaged -3,1 ai`]);
    at.repo.git('add', '.');
    assert.deepEqual(ranges(), [`${PATH} staged +3,1 mixed`, `${PATH} staged -3,1 ai`]);
  });

  it('works in a conflict and before the first commit', () => {
    const fresh = bench();
    try {
      fresh.install();
      fresh.agent('first.ts', '', 'export const first = one();\n');
      assert.equal(fresh.json('status').files[0].unstaged.length, 1);
      fresh.repo.git('add', '.');
      assert.equal(fresh.json('status').files[0].staged.length, 1);
      assert.match(fresh.ok('status', '--trailers'), /^AI-Provenance: v1 ai=1 /);
    } finally {
      fresh.repo.dispose();
    }
    at.repo.git('checkout', '--quiet', '-b', 'side');
    at.repo.write(PATH, BASE.replace('sum(rate)', 'side(rate)'));
    at.repo.git('commit', '--quiet', '-am', 'side');
    at.repo.git('checkout', '--quiet', 'main');
    at.repo.write(PATH, BASE.replace('sum(rate)', 'main(rate)'));
    at.repo.git('commit', '--quiet', '-am', 'main');
    at.repo.gitTry('merge', 'side');
    at.agent(PATH, '>>>>>>> side\n', 'const resolved = byAgent(rate);\n');
    assert.deepEqual(
      ranges().filter((range) => range.includes('unstaged +')),
      [`${PATH} unstaged +7,1 ai`],
    );
  });

  it('says calmly that nothing is recorded where Hunkmark is not installed', () => {
    at.ok('uninstall');
    const { status, stdout, stderr } = at.run('status');
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'No AI hunks are waiting to be committed.\n' });
    assert.match(stderr, /^Hunkmark is not installed in this repository, .*\n$/);
    assert.deepEqual(at.json('status'), { files: [] });
  });
});
