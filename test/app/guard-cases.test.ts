import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const POLICY = `version: 1
systems:
  checkout: { tier: 1, owners: ['@pay-oncall', ana@example.com], paths: ['tier1/**', '/odd*'] }
  ledger: { tier: 0, paths: ['ledger/'] }
  search: { tier: 2, paths: ['search/**'] }
tiers:
  0: { agents: deny }
  1: { agents: ask }
  2: { agents: allow }
include: ['.hunkmark/*.yml']
`;

/** What `record` answers a Claude Code that is about to use a tool: `ask`, `deny` or nothing, and its reason. */
async function answer(
  repo: ScratchRepo,
  tool: string,
  input: object,
  cwd = repo.dir,
): Promise<[string, string]> {
  const { answer: text, problems } = await record({
    agent: 'claude-code',
    event: 'PreToolUse',
    payload: JSON.stringify({
      session_id: 's1',
      cwd,
      transcript_path: '/nowhere.jsonl',
      tool_name: tool,
      tool_use_id: 'toolu_1',
      tool_input: input,
    }),
    now: Date.now(),
  });
  assert.deepEqual(problems, []);
  if (text === '') return ['', ''];
  assert.match(text, /^[ -~\u00a0-\uffff]+\n$/u, 'one line without control characters');
  const { hookSpecificOutput: said } = JSON.parse(text) as {
    hookSpecificOutput: Record<'hookEventName' | 'permissionDecision' | 'permissionDecisionReason', string>;
  };
  assert.equal(said.hookEventName, 'PreToolUse');
  return [said.permissionDecision, said.permissionDecisionReason];
}

const install = (dir: string): Promise<unknown> =>
  installHooks({ repositoryDir: dir, hookProgram: path.resolve('dist/hook.js'), nodePath: process.execPath });

async function guarded(policy = POLICY): Promise<ScratchRepo> {
  const repo = scratchRepo();
  repo.write('.hunkmark.yml', policy);
  repo.write('tier1/payment.js', 'pay();\n');
  repo.write('ledger/book.js', 'book();\n');
  repo.write('src/app.js', 'app();\n');
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  await install(repo.dir);
  return repo;
}

describe('the guard of files', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  before(async () => {
    repo = await guarded();
    repo.write('deep/down/x.txt', 'x\n');
    repo.write(
      '.claude/settings.json',
      '{"hooks":{"PreToolUse":[{"hooks":[{"command":"x # hunkmark"}]}]}}\n',
    );
    repo.write('other/settings.json', '{}\n');
    repo.write('.husky/_/commit-msg', '#!/bin/sh\necho mine\n');
    const link = (target: string, name: string): void => fs.symlinkSync(target, path.join(repo.dir, name));
    link('../tier1/payment.js', 'src/alias.js');
    link('../src/alias.js', 'deep/alias-of-alias.js');
    link('tier1', 'folder-alias');
    link('../tier1/not-there-yet.js', 'src/dangling.js');
  });
  after(() => repo.dispose());

  const ROWS: readonly (readonly [file: string, decision: string, says?: RegExp, cwd?: string])[] = [
    ['src/app.js', ''],
    ['search/index.js', ''],
    ['src/new/folder/file.js', ''],
    [
      'tier1/payment.js',
      'ask',
      /^Hunkmark: tier1\/payment\.js belongs to checkout \(tier 1, owned by @pay-oncall, ana@example\.com\)/,
    ],
    ['tier1/new/file.js', 'ask', /^Hunkmark: tier1\/new\/file\.js belongs to checkout/],
    [
      'ledger/book.js',
      'deny',
      /^Hunkmark: ledger\/book\.js belongs to ledger \(tier 0, no owners named\)\. The rule "agents: deny" .* tell the person/,
    ],
    // The judged file is the real one.
    ['src/../tier1/./payment.js', 'ask', /tier1\/payment\.js/],
    ['../tier1/payment.js', 'ask', /tier1\/payment\.js/, 'src'],
    ['payment.js', 'ask', /tier1\/payment\.js/, 'tier1'],
    ['payment.js', '', /^$/, 'src'],
    ['src/alias.js', 'ask', /^Hunkmark: tier1\/payment\.js /],
    ['deep/alias-of-alias.js', 'ask', /^Hunkmark: tier1\/payment\.js /],
    ['folder-alias/payment.js', 'ask', /^Hunkmark: tier1\/payment\.js /],
    ['folder-alias/new/one.js', 'ask', /^Hunkmark: tier1\/new\/one\.js /],
    ['src/dangling.js', 'ask', /^Hunkmark: tier1\/not-there-yet\.js /],
    ['odd\u202e\u001b[31m\n.js', 'ask', /^Hunkmark: odd\\u202e\\u001b\[31m\\n\.js /],
    // The policy, our hooks and our state are protected like a file of tier 1; a tier 0 says deny here.
    [
      '.hunkmark.yml',
      'deny',
      /^Hunkmark: \.hunkmark\.yml is part of the policy for ledger .* no agent may write there/,
    ],
    ['.hunkmark/more.yml', 'deny', /part of the policy/],
    ['.hunkmark/readme.txt', ''],
    ['.git/hooks/commit-msg', 'deny', /keeps the record of AI lines/],
    ['.git/hooks/pre-push', 'deny', /keeps the record of AI lines/],
    ['.git/hunkmark/policy', 'deny', /keeps the record of AI lines/],
    ['.git/config', 'deny', /keeps the record of AI lines/],
    ['.git/COMMIT_EDITMSG', ''],
    ['.claude/settings.json', 'deny', /keeps the record of AI lines/],
    ['other/settings.json', ''],
    ['.husky/_/commit-msg', ''],
  ];
  for (const [file, decision, says, cwd] of ROWS)
    it(`answers ${decision || 'nothing'} for ${JSON.stringify(file)}${cwd === undefined ? '' : ` in ${cwd}`}`, async () => {
      const [said, reason] = await answer(
        repo,
        'Write',
        { file_path: file, content: 'x\n' },
        path.join(repo.dir, cwd ?? '.'),
      );
      assert.equal(said, decision, reason);
      if (says) assert.match(reason, says);
    });

  it('judges a notebook, and what Copilot CLI edits through these hooks', async () => {
    assert.equal((await answer(repo, 'NotebookEdit', { notebook_path: 'tier1/a.ipynb' }))[0], 'ask');
    const payload = {
      session_id: 's',
      cwd: repo.dir,
      tool_name: 'Edit',
      tool_input: { path: 'tier1/payment.js', old_str: 'a' },
    };
    const said = await record({
      agent: 'claude-code',
      event: 'PreToolUse',
      payload: JSON.stringify(payload),
      now: Date.now(),
    });
    assert.match(said.answer, /"permissionDecision":"ask"/);
  });

  /** Half a letter, which the agent writes as another sign. */
  const UNREAD = 'pay(\ud83d);\n';
  const UNREADABLE: readonly (readonly [agent: string, event: string, payload: (file: string) => object])[] =
    [
      [
        'claude-code',
        'PreToolUse',
        (file) => ({
          session_id: 's1',
          transcript_path: '/nowhere.jsonl',
          tool_name: 'Edit',
          tool_input: { file_path: file, old_string: 'pay();\n', new_string: UNREAD },
        }),
      ],
      [
        'gemini-cli',
        'BeforeTool',
        (file) => ({
          session_id: 's1',
          tool_name: 'write_file',
          tool_input: { file_path: file, content: UNREAD },
        }),
      ],
      [
        'copilot-cli',
        'preToolUse',
        (file) => ({ sessionId: 's1', toolName: 'create', toolArgs: { path: file, file_text: UNREAD } }),
      ],
      [
        'opencode',
        'PreToolUse',
        (file) => ({
          input: { sessionID: 's1', tool: 'write' },
          output: { args: { filePath: file, content: UNREAD } },
        }),
      ],
    ];
  for (const [agent, event, payload] of UNREADABLE)
    it(`judges an edit whose text cannot be read: ${agent}`, async () => {
      const file = path.join(repo.dir, 'ledger/book.js');
      const text = JSON.stringify({ cwd: repo.dir, ...payload(file) });
      const said = await record({ agent, event, payload: text, now: Date.now() });
      assert.match(said.answer, /ecision":"deny"/);
    });

  it('judges a patch by its strictest file, and names it', async () => {
    const patch = [
      '*** Begin Patch',
      '*** Update File: src/app.js',
      '@@',
      '-app();',
      '+app(1);',
      '*** Add File: tier1/new.js',
      '+x',
      '*** Update File: src/b.js',
      '*** Move to: ledger/b.js',
      '*** Delete File: tier1/payment.js',
      '*** End Patch',
    ].join('\n');
    const payload = {
      session_id: 's',
      cwd: repo.dir,
      tool_name: 'apply_patch',
      tool_input: { command: patch },
    };
    const { answer: text } = await record({
      agent: 'codex',
      event: 'PreToolUse',
      payload: JSON.stringify(payload),
      now: Date.now(),
    });
    assert.match(
      text,
      /"permissionDecision":"deny".*"Hunkmark: ledger\/b\.js \(and 2 more\) belongs to ledger/,
    );
  });

  it('does not record what it denied: a person may type the same', async () => {
    const journal = path.join(repo.dir, '.git/hunkmark/worktrees');
    fs.rmSync(journal, { recursive: true, force: true });
    await answer(repo, 'Write', { file_path: 'ledger/book.js', content: 'x\n' });
    assert.equal(fs.existsSync(journal), false);
    await answer(repo, 'Write', { file_path: 'tier1/payment.js', content: 'x\n' });
    assert.equal(fs.existsSync(journal), true);
  });
});

describe('the guard and the repository', function () {
  this.timeout(60_000);

  const write = { file_path: 'tier1/payment.js', content: 'x\n' };

  it('is the one of the file, not of the folder the agent works in', async () => {
    const [one, other] = [await guarded(), scratchRepo()];
    try {
      const file_path = path.join(one.dir, 'tier1/payment.js');
      assert.equal((await answer(one, 'Write', { ...write, file_path }, other.dir))[0], 'ask');
      assert.equal(
        (await answer(one, 'Write', { ...write, file_path: path.join(other.dir, 'tier1/payment.js') }))[0],
        '',
      );
    } finally {
      one.dispose();
      other.dispose();
    }
  });

  it('judges by the policy of HEAD, not by the one that an agent has just written', async () => {
    const repo = await guarded();
    try {
      repo.write('.hunkmark.yml', 'version: 1\n');
      assert.equal((await answer(repo, 'Write', write))[0], 'ask');
      repo.git('rm', '--quiet', '--cached', '.hunkmark.yml');
      fs.rmSync(path.join(repo.dir, '.hunkmark.yml'));
      assert.equal((await answer(repo, 'Write', write))[0], 'ask');
      repo.git('commit', '--quiet', '-m', 'no policy any more');
      assert.equal((await answer(repo, 'Write', write))[0], '');
    } finally {
      repo.dispose();
    }
  });

  it('is quiet without a policy, before the first commit, and where Hunkmark is not installed', async () => {
    const repo = scratchRepo();
    try {
      await install(repo.dir);
      assert.equal((await answer(repo, 'Write', write))[0], '');
      assert.equal((await answer(repo, 'Bash', { command: 'git commit --no-verify' }))[0], '');
      repo.write('.hunkmark.yml', POLICY);
      assert.equal((await answer(repo, 'Write', write))[0], '');
      repo.git('add', '--all');
      repo.git('commit', '--quiet', '-m', 'a policy');
      assert.equal((await answer(repo, 'Write', write))[0], 'ask');
      fs.rmSync(path.join(repo.dir, '.git/hunkmark'), { recursive: true });
      assert.equal((await answer(repo, 'Write', write))[0], '');
    } finally {
      repo.dispose();
    }
  });

  it('goes on without a policy that does not parse, and says so once', async () => {
    const repo = await guarded('version: 1\nsystems: [\n');
    try {
      const payload = {
        session_id: 's',
        cwd: repo.dir,
        transcript_path: '/x',
        tool_name: 'Write',
        tool_input: write,
      };
      const said = await record({
        agent: 'claude-code',
        event: 'PreToolUse',
        payload: JSON.stringify(payload),
        now: Date.now(),
      });
      assert.equal(said.answer, '');
      assert.match(
        said.problems.join('\n'),
        /^hunkmark: \.hunkmark\.yml:\d+:\d+: .*; agents go on without the policy\.$/,
      );
    } finally {
      repo.dispose();
    }
  });

  it('asks nothing after the day on which the rules lapse', async () => {
    const repo = await guarded(POLICY.replace('{ agents: ask }', '{ agents: ask, until: 2020-01-01 }'));
    try {
      assert.equal((await answer(repo, 'Write', write))[0], '');
    } finally {
      repo.dispose();
    }
  });
});

describe('the guard of commands', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  let open: ScratchRepo;
  before(async () => {
    repo = await guarded();
    open = scratchRepo();
  });
  after(() => {
    repo.dispose();
    open.dispose();
  });

  const SKIPS: readonly (readonly [command: string, says: string])[] = [
    ['git commit --no-verify -m x', 'git commit --no-verify'],
    ['git commit -nm x', 'git commit --no-verify'],
    ['git commit -anm "a message"', 'git commit --no-verify'],
    ['git commit --no-verif -m x', 'git commit --no-verify'],
    ['cd src && /usr/bin/git -C . commit -n', 'git commit --no-verify'],
    ['git add . ; git commit -m x \\\n  --no-verify', 'git commit --no-verify'],
    ['(sleep 1; git commit -n) &', 'git commit --no-verify'],
    ['echo "$(git commit -n -m x)"', 'git commit --no-verify'],
    ['bash -lc "git commit -n -m x"', 'git commit --no-verify'],
    ["sh <<'EOF'\ngit commit -n\nEOF", 'git commit --no-verify'],
    ['eval git commit -n', 'git commit --no-verify'],
    ['sudo -E env A=1 timeout 5 git commit -n', 'git commit --no-verify'],
    ['git push --no-verify', 'git push --no-verify'],
    ['git -c core.hooksPath=/dev/null commit -m x', 'git -c core.hooksPath=/dev/null'],
    ['git --config-env=core.hookspath=NO commit', 'git -c --config-env=core.hookspath=NO'],
    ['git config core.hooksPath /dev/null', 'git config core.hooksPath'],
    ['git config --global --unset core.hooksPath', 'git config core.hooksPath'],
    ['git config hunkmark.stamp off', 'git config hunkmark.stamp'],
    ['HUNKMARK=off git commit -m x', 'HUNKMARK=off'],
    ['export HUNKMARK=off; git commit -m x', 'HUNKMARK=off'],
    ['env HUNKMARK=off git commit', 'HUNKMARK=off'],
    [
      'GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit',
      'GIT_CONFIG_KEY_0=core.hooksPath',
    ],
    ['git commit-tree HEAD^{tree} -m x', 'git commit-tree'],
    ['hunkmark uninstall', 'hunkmark uninstall'],
    ['rm -f .git/hooks/commit-msg', 'rm .git/hooks/commit-msg'],
    ['chmod -x .git/hooks/*', 'chmod .git/hooks/*'],
    ['echo exit 0 > .git/hooks/commit-msg', 'echo .git/hooks/commit-msg'],
    ['sed -i d .git/hooks/commit-msg', 'sed .git/hooks/commit-msg'],
  ];
  for (const [command, says] of SKIPS)
    it(`asks before ${JSON.stringify(command)}`, async () => {
      const [said, reason] = await answer(repo, 'Bash', { command });
      assert.equal(said, 'ask');
      assert.ok(reason.startsWith(`Hunkmark: "${says}" keeps the hooks from running`), reason);
      assert.match(reason, /in ledger \(tier 0, no owners named\), checkout \(tier 1, owned by/);
    });

  const FINE: readonly string[] = [
    'git commit -m x',
    'git commit -m "-n --no-verify"',
    "git commit -F - <<'EOF'\ngit commit --no-verify\nHUNKMARK=off git commit\nEOF",
    `git commit -m "$(cat <<'EOF'\nNever say git commit -n\nEOF\n)"`,
    'git commit -m x -- -n',
    'git log -n 3',
    'git push -n',
    'git merge -n topic',
    'git config core.hooksPath',
    'git config --get core.hooksPath',
    'git config user.name x',
    'echo git commit --no-verify',
    '# git commit --no-verify',
    'grep -rn "no-verify" .',
    'cat .git/hooks/commit-msg',
    'ls .git/hunkmark > out.txt',
    "sed -i 's/a/b/' tier1/payment.js",
    'hunkmark status',
    'HUNKMARK=on git commit',
    '',
    '"',
    "$(((`'",
    'cat <<EOF',
  ];
  for (const command of FINE)
    it(`says nothing before ${JSON.stringify(command)}`, async () => {
      assert.deepEqual(await answer(repo, 'Bash', { command }), ['', '']);
    });

  it('is about the repository that the command names', async () => {
    assert.equal((await answer(repo, 'Bash', { command: `git -C ${open.dir} commit -n` }))[0], '');
    assert.equal(
      (await answer(repo, 'Bash', { command: `cd ${repo.dir}; git commit -n` }, open.dir))[0],
      'ask',
    );
  });

  it('says nothing where no system is of tier 1', async () => {
    const calm = await guarded(
      'version: 1\nsystems: { search: { tier: 2, paths: [search/**] } }\ntiers: { 2: { agents: deny } }\n',
    );
    try {
      assert.equal((await answer(calm, 'Bash', { command: 'git commit -n' }))[0], '');
      assert.equal((await answer(calm, 'Write', { file_path: '.hunkmark.yml', content: '' }))[0], '');
      assert.equal((await answer(calm, 'Write', { file_path: 'search/a', content: '' }))[0], 'deny');
    } finally {
      calm.dispose();
    }
  });
});

describe('a leave to write once', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  beforeEach(async () => {
    repo = await guarded();
  });
  afterEach(() => repo.dispose());

  const BOOK = { file_path: 'ledger/book.js', content: 'x\n' };
  const decision = async (input: object = BOOK): Promise<string> => (await answer(repo, 'Write', input))[0];
  const agentFree = Object.fromEntries(
    ['CLAUDECODE', 'CLAUDE_CODE_SESSION_ID', 'AI_AGENT', 'CURSOR_AGENT'].map((name) => [name, '']),
  );
  const ack = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    repo.run(process.execPath, [path.resolve('dist/cli.js'), 'ack', ...args], {
      env: { ...agentFree, ...env },
    });
  const leaves = (): string[] => fs.readdirSync(path.join(repo.dir, '.git/hunkmark/allowed'));

  it('is given from a shell, used once, and for that file only', async () => {
    const given = ack(['--allow', 'ledger/book.js']);
    assert.deepEqual(given, {
      status: 0,
      stdout: 'An agent may write ledger/book.js once in the next 15 minutes, if it is still as it is now.\n',
      stderr: '',
    });
    assert.equal(await decision({ file_path: 'ledger/other.js', content: 'x\n' }), 'deny');
    assert.equal(await decision(), '');
    backdate(3);
    assert.equal(await decision(), 'deny');
  });

  it('is bound to the content that the person saw', async () => {
    ack(['--allow', 'ledger/book.js']);
    repo.write('ledger/book.js', 'another();\n');
    assert.equal(await decision(), 'deny');
    repo.write('ledger/book.js', 'book();\n');
    assert.equal(await decision(), '');
  });

  it('can be for a file that is not there yet, and for the policy', async () => {
    ack(['--allow', 'ledger/new.js']);
    ack(['--allow', '.hunkmark.yml']);
    assert.equal(await decision({ file_path: 'ledger/new.js', content: 'x\n' }), '');
    assert.equal(await decision({ file_path: '.hunkmark.yml', content: 'x\n' }), '');
  });

  it('goes', async () => {
    ack(['--allow', 'ledger/book.js']);
    backdate(16 * 60);
    assert.equal(await decision(), 'deny');
  });

  it('serves a second hook that reports the same call', async () => {
    ack(['--allow', 'ledger/book.js']);
    assert.equal(await decision(), '');
    assert.equal(await decision(), '');
  });

  it('is not used up by a call that another file stops', async () => {
    ack(['--allow', 'ledger/book.js']);
    const patch =
      '*** Begin Patch\n*** Delete File: ledger/book.js\n*** Delete File: ledger/more.js\n*** End Patch';
    const payload = {
      session_id: 's',
      cwd: repo.dir,
      tool_name: 'apply_patch',
      tool_input: { command: patch },
    };
    const said = await record({
      agent: 'codex',
      event: 'PreToolUse',
      payload: JSON.stringify(payload),
      now: Date.now(),
    });
    assert.match(said.answer, /ledger\/more\.js belongs/);
    assert.equal(await decision(), '');
  });

  it('is taken by one of many', async () => {
    ack(['--allow', 'ledger/book.js']);
    const program = path.join(repo.dir, '.git/hunkmark/hook.js');
    const payload = (session: string): string =>
      JSON.stringify({
        session_id: session,
        cwd: repo.dir,
        transcript_path: '/x',
        tool_name: 'Write',
        tool_input: BOOK,
      });
    const script = `${['a', 'b', 'c', 'd'].map((s) => `printf %s '${payload(s)}' | "$NODE" "$P" record claude-code PreToolUse & `).join('')} wait`;
    const { stdout } = repo.run('sh', ['-c', script], { env: { NODE: process.execPath, P: program } });
    assert.equal(stdout.split('\n').filter((line) => line.includes('"deny"')).length, 3);
  });

  it('is refused in a shell that an agent started', () => {
    const { status, stdout, stderr } = ack(['--allow', 'ledger/book.js'], { GEMINI_CLI: '1' });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(
      stderr,
      /^hunkmark: ack --allow says that a person .* gemini-cli started this shell; a person has to run it\n$/,
    );
    assert.doesNotMatch(stderr, /env|unset|GEMINI/);
  });

  it('is refused where it would mean nothing', () => {
    assert.match(ack(['--allow', '/nowhere/x']).stderr, /not in a git working tree/);
    assert.match(ack(['--allow', '.git/config']).stderr, /not in a git working tree/);
    assert.match(ack(['--allow', 'a', 'b']).stderr, /alone/);
    fs.rmSync(path.join(repo.dir, '.git/hunkmark'), { recursive: true });
    assert.match(ack(['--allow', 'ledger/book.js']).stderr, /not installed/);
  });

  /** Makes every leave older: only the clock of the machine can do that, so the test moves it for the program. */
  function backdate(seconds: number): void {
    const later = Date.now() + seconds * 1000;
    for (const name of leaves()) assert.ok(name.length > 0);
    Date.now = () => later;
  }
  const { now } = Date;
  afterEach(() => {
    Date.now = now;
  });
});

describe('a question of Gemini CLI', function () {
  this.timeout(60_000);

  /** A program called gemini, with a terminal or without, that runs the hook as Gemini CLI does. */
  const GEMINI = `const { spawnSync } = require('node:child_process');
const { PAYLOAD, HOOK, OUT } = process.env;
const { stdout } = spawnSync(process.execPath, [HOOK, 'record', 'gemini-cli', 'BeforeTool'], { input: PAYLOAD });
require('node:fs').writeFileSync(OUT, stdout);
`;
  const ROWS: readonly (readonly [how: string, words: string, decision: string])[] = [
    ['in a terminal', '', 'ask'],
    ['in a terminal with a prompt to answer', '-p hello', 'deny'],
    ['with its input from elsewhere', '< /dev/null', 'deny'],
    ['with its output to elsewhere', '> /dev/null', 'deny'],
  ];
  for (const [how, words, decision] of ROWS)
    it(`${decision}: ${how}`, async function () {
      if (process.platform !== 'linux' || spawnSync('sh', ['-c', 'command -v script']).status !== 0)
        return this.skip();
      const repo = await guarded();
      try {
        const program = path.join(repo.root, 'gemini');
        fs.writeFileSync(program, GEMINI);
        const out = path.join(repo.root, 'out');
        const tool_input = { file_path: 'tier1/payment.js', content: 'x\n' };
        const payload = { session_id: 's', cwd: repo.dir, tool_name: 'write_file', tool_input };
        const env = {
          PAYLOAD: JSON.stringify(payload),
          HOOK: path.join(repo.dir, '.git/hunkmark/hook.js'),
          OUT: out,
        };
        const line = `"${process.execPath}" "${program}" ${words}`;
        repo.run('sh', ['-c', 'exec script -qec "$LINE" /dev/null'], { env: { ...env, LINE: line } });
        const said = JSON.parse(fs.readFileSync(out, 'utf8')) as Record<'decision' | 'reason', string>;
        assert.equal(said.decision, decision);
        assert.equal(said.reason.includes('Nobody can be asked here'), decision === 'deny');
      } finally {
        repo.dispose();
      }
    });
});
