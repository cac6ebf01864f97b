import assert from 'node:assert/strict';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { scratchRepo, type Finished, type ScratchRepo } from '../support/scratch-repo';

const FILE = 'src/total.js';
const TEXT = 'export function total(items) {\n  return items.length;\n}\n';
const ADDED = 'export const average = (items) => total(items) / items.length;\n';
const POLICY = `version: 1
systems: { pay: { tier: 1, paths: ['pay/**'] }, bank: { tier: 2, paths: ['bank/**'] } }
tiers: { 1: { agents: deny }, 2: { agents: ask } }
`;

async function repository(policy: string | null = null): Promise<ScratchRepo> {
  const repo = scratchRepo();
  if (policy !== null) repo.write('.hunkmark.yml', policy);
  repo.write(FILE, TEXT);
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  const options = { hookProgram: path.resolve('dist/hook.js'), nodePath: process.execPath };
  await installHooks({ repositoryDir: repo.dir, ...options });
  return repo;
}

function tell(repo: ScratchRepo, agent: string, event: string, payload: unknown): Finished {
  const program = path.join(repo.dir, '.git/hunkmark/hook.js');
  const stdin = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return repo.run(process.execPath, [program, 'record', agent, event], { stdin });
}

function hunks(repo: ScratchRepo): string[] {
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '--allow-empty', '-m', 'feat: a step');
  return repo
    .git('log', '-1', '--format=%(trailers:key=AI-Hunk,valueonly,unfold)%(trailers:key=Assisted-by,unfold)')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/:[0-9a-f]{8}/g, ''));
}

const SILENT = { status: 0, stdout: '', stderr: '' };
const session = { session: 's1', model: 'm-1' };
const ASSISTED = 'Assisted-by: my.agent-2:m-1';

describe('the plain protocol', function () {
  this.timeout(120_000);
  let repo: ScratchRepo;
  afterEach(() => repo.dispose());

  const APPENDED = { text: TEXT + ADDED, expected: [`${FILE} +4,1 ai agent my.agent-2`, ASSISTED] };
  const patch = `--- a/${FILE}\n+++ b/${FILE}\n@@ -3 +3,2 @@\n }\n+${ADDED}`;
  it('takes every name that a trailer can hold', async () => {
    repo = await repository();
    const edits = [{ path: FILE, content: TEXT + ADDED, before: TEXT }];
    repo.write(FILE, TEXT + ADDED);
    assert.deepEqual(tell(repo, 'My_agent+2@next', 'after-edit', { ...session, edits }), SILENT);
    assert.deepEqual(hunks(repo), [
      `${FILE} +4,1 ai agent My_agent+2@next`,
      'Assisted-by: My_agent+2@next:m-1',
    ]);
  });

  const WAYS: readonly (readonly [
    why: string,
    edit: object,
    events: readonly string[],
    result: { readonly text: string | null; readonly expected: readonly string[] },
  ])[] = [
    ['the whole text', { content: TEXT + ADDED }, ['before-edit', 'after-edit'], APPENDED],
    ['old and new', { old: '}\n', new: `}\n${ADDED}` }, ['before-edit', 'after-edit'], APPENDED],
    ['a patch', { patch }, ['before-edit', 'after-edit'], APPENDED],
    [
      'the text before, and no event before',
      { before: TEXT, content: TEXT + ADDED },
      ['after-edit'],
      APPENDED,
    ],
    ['old and new, and no event before', { old: '}\n', new: `}\n${ADDED}` }, ['after-edit'], APPENDED],
    ['a patch, and no event before', { patch }, ['after-edit'], APPENDED],
    [
      'a file taken away',
      { deleted: true },
      ['before-edit', 'after-edit'],
      { text: null, expected: [`${FILE} -1,3 ai agent my.agent-2`, ASSISTED] },
    ],
  ];
  for (const [why, edit, events, { text, expected }] of WAYS)
    it(`counts ${why}`, async () => {
      repo = await repository();
      const payload = { ...session, edits: [{ path: FILE, ...edit }] };
      for (const event of events) {
        if (event === 'after-edit' && text !== null) repo.write(FILE, text);
        else if (event === 'after-edit') repo.git('rm', '--quiet', FILE);
        assert.deepEqual(tell(repo, 'my.agent-2', event, payload), SILENT);
      }
      assert.deepEqual(hunks(repo), expected);
    });

  const ABOVE = 'export const first = (items) => items.find(Boolean);\n';
  const TWICE: readonly (readonly [why: string, edits: readonly object[]])[] = [
    [
      'two replacements',
      [
        { old: 'export function', new: `${ABOVE}export function` },
        { old: '}\n', new: `}\n${ADDED}` },
      ],
    ],
    ['a text and a replacement in it', [{ content: ABOVE + TEXT }, { old: '}\n', new: `}\n${ADDED}` }]],
  ];
  for (const [why, changes] of TWICE)
    it(`counts both of two changes of one file in one call: ${why}`, async () => {
      repo = await repository();
      const edits = changes.map((change) => ({ path: FILE, ...change }));
      assert.deepEqual(tell(repo, 'my.agent-2', 'before-edit', { ...session, edits }), SILENT);
      repo.write(FILE, ABOVE + TEXT + ADDED);
      assert.deepEqual(tell(repo, 'my.agent-2', 'after-edit', { ...session, edits }), SILENT);
      assert.deepEqual(hunks(repo), [`${FILE} +1,1 +5,1 ai agent my.agent-2`, ASSISTED]);
    });

  it('leaves to a person what stood there before an edit that nobody announced', async () => {
    repo = await repository();
    repo.write(FILE, `// a person wrote this line\n${TEXT}${ADDED}`);
    const edits = [{ path: FILE, old: '}\n', new: `}\n${ADDED}` }];
    assert.deepEqual(tell(repo, 'my.agent-2', 'after-edit', { ...session, edits }), SILENT);
    assert.deepEqual(hunks(repo), [`${FILE} +5,1 ai agent my.agent-2`, ASSISTED]);
  });

  it('records nothing where the text before is not known, and says so', async () => {
    repo = await repository();
    const content = `// a person wrote this line\n${TEXT}${ADDED}`;
    repo.write(FILE, content);
    const told = tell(repo, 'my.agent-2', 'after-edit', { ...session, edits: [{ path: FILE, content }] });
    assert.deepEqual([told.status, told.stdout], [0, '']);
    assert.match(told.stderr, /^hunkmark: src\/total\.js was not recorded: it was not seen before [^\n]*\n$/);
    assert.deepEqual(hunks(repo), []);
  });

  it('means the same under the name of an agent that we know', async () => {
    repo = await repository();
    const payload = { ...session, edits: [{ path: FILE, before: TEXT, content: TEXT + ADDED }] };
    repo.write(FILE, TEXT + ADDED);
    assert.deepEqual(tell(repo, 'codex', 'after-edit', payload), SILENT);
    assert.deepEqual(hunks(repo), [`${FILE} +4,1 ai agent codex`, 'Assisted-by: codex:m-1']);
  });

  const MOVED =
    'export const discount = (price) => price * reduction;\nexport const tax = (price) => price * rate;\n';
  const OWN = 'export const shipping = (weight) => weight * tariff;\n';
  const IN_TWO_FILES: readonly (readonly [
    why: string,
    before: string,
    ways: readonly [string, string],
    expected: readonly string[],
  ])[] = [
    ['taken out and put in', '', ['src/more.js', FILE], ['src/more.js +3,1 ai agent my.agent-2']],
    ['put in and taken out', '', [FILE, 'src/more.js'], ['src/more.js +3,1 ai agent my.agent-2']],
    [
      "its own, not committed: they stay a model's",
      ADDED,
      [FILE, 'src/more.js'],
      ['src/more.js +3,2 ai agent my.agent-2'],
    ],
  ];
  for (const [why, before, order, expected] of IN_TWO_FILES)
    it(`leaves lines whose they were that one call moves between files: ${why}`, async () => {
      repo = await repository();
      repo.commitFile(FILE, TEXT + MOVED);
      const write = (texts: Record<string, string>): void => {
        const all = order.map((name) => ({ path: name, content: texts[name] ?? '' }));
        const payload = { ...session, call: JSON.stringify(all).slice(0, 60), edits: all };
        assert.deepEqual(tell(repo, 'my.agent-2', 'before-edit', payload), SILENT);
        for (const { path: name, content } of all) repo.write(name, content);
        assert.deepEqual(tell(repo, 'my.agent-2', 'after-edit', payload), SILENT);
      };
      if (before !== '') write({ [FILE]: TEXT + MOVED + before });
      write({ [FILE]: TEXT, 'src/more.js': MOVED + before + OWN });
      const said = hunks(repo).filter((line) => line.startsWith('src/more.js +'));
      assert.deepEqual(said, expected);
    });

  const edits = [{ path: FILE, content: 'x\n' }];
  const BAD: readonly (readonly [
    why: string,
    agent: string,
    event: string,
    payload: unknown,
    said: RegExp,
  ])[] = [
    ['another event', 'a', 'post_write', session, /there is no such event; there are session-start/],
    ['no session', 'a', 'after-edit', { edits }, /session is not as expected/],
    ['a session that is a path', 'a', 'after-edit', { session: '../x', edits }, /session is not/],
    ['no edits', 'a', 'after-edit', session, /it is no list of edits/],
    ['an empty list', 'a', 'after-edit', { ...session, edits: [] }, /it is no list of edits/],
    [
      'a path with a NUL',
      'a',
      'after-edit',
      { ...session, edits: [{ path: 'a\0', content: '' }] },
      /0\.path/,
    ],
    ['two ways', 'a', 'after-edit', { ...session, edits: [{ ...edits[0], old: 'a', new: 'b' }] }, /one way/],
    ['no way', 'a', 'after-edit', { ...session, edits: [{ path: FILE }] }, /one way/],
    ['half a way', 'a', 'after-edit', { ...session, edits: [{ path: FILE, old: 'a' }] }, /one way/],
    ['no patch', 'a', 'after-edit', { ...session, edits: [{ path: FILE, patch: 'hello' }] }, /one way/],
    [
      'a patch cut off',
      'a',
      'after-edit',
      { ...session, edits: [{ path: FILE, patch: '@@ -1,2 +1 @@\n a' }] },
      /one way/,
    ],
    ['no JSON', 'a', 'after-edit', '{"session', /is not JSON/],
    ['no name', '-a', 'after-edit', session, /no agent is called/],
    ['a name that is a path', '../a', 'after-edit', session, /no agent is called/],
    ['a long name', 'a'.repeat(65), 'after-edit', session, /no agent is called/],
  ];
  for (const [why, agent, event, payload, said] of BAD)
    it(`says in one line that it does not understand ${why}`, async () => {
      repo = await repository();
      const told = tell(repo, agent, event, payload);
      assert.deepEqual([told.status, told.stdout], [0, '']);
      assert.match(told.stderr, /^hunkmark: [^\n]*\n$/);
      assert.match(told.stderr, said);
    });

  const ANSWERS: readonly (readonly [file: string, decision: string])[] = [
    ['pay/charge.js', 'deny'],
    ['bank/account.js', 'ask'],
    [FILE, 'allow'],
  ];
  for (const [file, decision] of ANSWERS)
    it(`answers ${decision} for ${file}`, async () => {
      repo = await repository(POLICY);
      const payload = { ...session, edits: [{ path: file, content: 'x();\n' }] };
      const { status, stdout, stderr } = tell(repo, 'my.agent-2', 'before-edit', payload);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^[^\n]*\n$/);
      const answer = JSON.parse(stdout) as { readonly decision: string; readonly reason?: string };
      assert.equal(answer.decision, decision);
      assert.equal(answer.reason?.includes(file) ?? false, decision !== 'allow');
    });

  it('follows a command in files that are watched', async () => {
    repo = await repository(POLICY);
    const payload = { ...session, command: 'sh make.sh' };
    assert.deepEqual(tell(repo, 'my.agent-2', 'before-shell', payload), SILENT);
    repo.write('pay/charge.js', 'charge(amount, currency);\n');
    assert.deepEqual(tell(repo, 'my.agent-2', 'after-shell', payload), SILENT);
    assert.deepEqual(hunks(repo), ['pay/charge.js +1,1 ai shell my.agent-2', ASSISTED]);
  });
});
