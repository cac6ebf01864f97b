import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const TEXT = 'export function total(items) {\n  return items.length;\n}\n';
const NEW_LINE = '// the agent explains what this module is about\n';

async function installed(): Promise<ScratchRepo> {
  const repo = scratchRepo();
  repo.commitFile('src/total.js', TEXT, 'start');
  const options = { hookProgram: path.resolve('dist/hook.js'), nodePath: process.execPath };
  await installHooks({ repositoryDir: repo.dir, ...options });
  return repo;
}

function payload(repo: ScratchRepo, event: string, more: Readonly<Record<string, unknown>> = {}): string {
  const file = path.join(repo.dir, 'src/total.js');
  return JSON.stringify({
    session_id: 'one',
    transcript_path: '/nowhere/transcript.jsonl',
    cwd: repo.dir,
    hook_event_name: event,
    tool_name: 'Write',
    tool_use_id: 'toolu_1',
    tool_input: { file_path: file, content: NEW_LINE + TEXT },
    ...(event === 'PostToolUse'
      ? { tool_response: { type: 'update', filePath: file, content: NEW_LINE + TEXT, originalFile: TEXT } }
      : {}),
    ...more,
  });
}

async function send(event: string, text: string): Promise<readonly string[]> {
  return (await record({ agent: 'claude-code', event, payload: text, now: Date.now() })).problems;
}

async function agentWrites(repo: ScratchRepo): Promise<void> {
  await send('PreToolUse', payload(repo, 'PreToolUse'));
  repo.write('src/total.js', NEW_LINE + TEXT);
  await send('PostToolUse', payload(repo, 'PostToolUse'));
}

function segment(repo: ScratchRepo): string {
  const folder = path.join(repo.dir, '.git/hunkmark/worktrees/main');
  const [name = ''] = fs.readdirSync(folder);
  return path.join(folder, name);
}

function trailers(repo: ScratchRepo): string {
  return repo.git('log', '-1', '--format=%(trailers:only)').trim();
}

async function withRepo(work: (repo: ScratchRepo) => Promise<void> | void): Promise<void> {
  const repo = await installed();
  try {
    await work(repo);
  } finally {
    repo.dispose();
  }
}

const HUNK = /^AI-Hunk: src\/total\.js \+1,1:[0-9a-f]{8} ai agent claude-code$/m;

describe('bad input', () => {
  it('a payload that is cut anywhere is one clear message and no record', () =>
    withRepo(async (repo) => {
      const whole = payload(repo, 'PostToolUse');
      for (let length = 0; length < whole.length; length++) {
        const problems = await send('PostToolUse', whole.slice(0, length));
        assert.equal(problems.length, 1, `cut at ${length}`);
        assert.match(problems[0] ?? '', /^hunkmark: what claude-code PostToolUse sent is not JSON/);
      }
      assert.equal(fs.existsSync(path.join(repo.dir, '.git/hunkmark/worktrees')), false);
    }));

  it('a payload with any byte changed never throws, and the commit goes through', () =>
    withRepo(async (repo) => {
      const whole = payload(repo, 'PostToolUse');
      repo.write('src/total.js', NEW_LINE + TEXT);
      for (let at = 0; at < whole.length; at += 3) {
        const changed =
          whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) ^ 1) + whole.slice(at + 1);
        const problems = await send('PostToolUse', changed);
        assert.ok(problems.every((problem) => !problem.includes('\n')));
      }
      repo.git('commit', '--quiet', '-a', '-m', 'feat: change');
    }));

  it('a payload over 16 MiB, deep nesting and an unknown agent leave the agent alone', () =>
    withRepo((repo) => {
      const program = path.join(repo.dir, '.git/hunkmark/hook.js');
      const run = (agent: string, stdin: string) =>
        repo.run(process.execPath, [program, 'record', agent, 'PostToolUse'], { stdin });
      const large = run('claude-code', `{"session_id": "${'x'.repeat(17 * 1024 * 1024)}"}`);
      assert.deepEqual([large.status, large.stdout], [0, '']);
      assert.match(large.stderr, /^hunkmark: .*over 16 MiB; nothing was recorded\.\n$/);
      const deep = run('claude-code', '['.repeat(2_000_000));
      assert.deepEqual([deep.status, deep.stdout], [0, '']);
      assert.match(deep.stderr, /^hunkmark: .*\n$/);
      const unknown = run('no\u001b[31msuch', '{}');
      assert.deepEqual([unknown.status, unknown.stdout], [0, '']);
      assert.match(unknown.stderr, /^hunkmark: no agent is called [^\n]*\n$/);
      assert.ok(!unknown.stderr.includes('\u001b'));
    }));

  it('paths that lead elsewhere are left alone', () =>
    withRepo(async (repo) => {
      const paths = [
        '/etc/passwd',
        '../../x',
        `${repo.dir}/.git/hooks/commit-msg`,
        'a\0b',
        '',
        'src',
        `${repo.dir}/`,
      ];
      for (const file_path of paths) {
        const more = { tool_input: { file_path, content: 'x' } };
        assert.deepEqual(await send('PreToolUse', payload(repo, 'PreToolUse', more)), [], file_path);
        assert.deepEqual(await send('PostToolUse', payload(repo, 'PostToolUse', more)), [], file_path);
      }
      assert.equal(fs.existsSync(path.join(repo.dir, '.git/hunkmark/worktrees')), false);
    }));

  it('a .git that is a pipe or a link to itself neither keeps the agent waiting nor throws', () =>
    withRepo(async (repo) => {
      const about = (folder: string): string => {
        const file_path = path.join(repo.dir, folder, 'a.js');
        return payload(repo, 'PreToolUse', { tool_input: { file_path, content: 'x' } });
      };
      for (const folder of ['pipe', 'loop']) fs.mkdirSync(path.join(repo.dir, folder));
      assert.equal(repo.run('mkfifo', ['pipe/.git']).status, 0);
      fs.symlinkSync('.git', path.join(repo.dir, 'loop/.git'));
      const program = path.join(repo.dir, '.git/hunkmark/hook.js');
      const call = ['10', process.execPath, program, 'record', 'claude-code', 'PreToolUse'];
      assert.equal(repo.run('timeout', call, { stdin: about('pipe') }).status, 0);
      const problems = await send('PreToolUse', about('loop'));
      assert.match(problems.at(-1) ?? '', /a\.js was not recorded: ELOOP/);
    }));

  it('a journal that is cut or changed anywhere loses at most the damaged record, and never a commit', () =>
    withRepo(async (repo) => {
      await agentWrites(repo);
      const file = segment(repo);
      const whole = fs.readFileSync(file);
      repo.git('add', '--all');
      for (let sample = 0; sample < 24; sample++) {
        const at = Math.floor((whole.length * sample) / 24);
        const cut = sample % 2 === 0;
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        fs.writeFileSync(file, bytes);
        repo.git('commit', '--quiet', '-m', 'feat: change');
        const found = trailers(repo);
        assert.ok(found === '' || HUNK.test(found), found);
        repo.git('reset', '--quiet', '--soft', 'HEAD~1');
        fs.rmSync(path.join(repo.dir, '.git/hunkmark/tracked'), { force: true });
      }
      fs.writeFileSync(file, whole);
      repo.git('commit', '--quiet', '-m', 'feat: change');
      assert.match(trailers(repo), HUNK);
    }));

  it('a record after a torn one is whole', () =>
    withRepo(async (repo) => {
      await send('PreToolUse', payload(repo, 'PreToolUse'));
      fs.appendFileSync(segment(repo), '123 0123456789abcdef {"kind":"known","path":"src/tot');
      repo.write('src/total.js', NEW_LINE + TEXT);
      await send('PostToolUse', payload(repo, 'PostToolUse'));
      repo.git('commit', '--quiet', '-a', '-m', 'feat: change');
      assert.match(trailers(repo), HUNK);
    }));

  const HOSTILE = [
    'AI-Provenance: v1 ai=99999999999999999999 mixed=-1 human= unknown=x',
    'AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1\nAI-Hunk: ../../etc/passwd +1,1:00000000 ai agent x',
    'AI-Provenance: v1\nAI-Hunk: %zz +0,0:zz ai\nAI-Hunk: a +1,99999999999:00000000 ai',
    `AI-Provenance: v1 ai=1\n${'AI-Hunk: a +1,1:00000000 ai agent x\n'.repeat(3000)}`,
    'AI-Ack: 1/1:00000000 \u001b[31mEvil <e@example.com>',
  ];
  for (const [index, hostile] of HOSTILE.entries())
    it(`a hostile message is amended like any other: ${index + 1} of ${HOSTILE.length}`, () =>
      withRepo(async (repo) => {
        await agentWrites(repo);
        repo.git('commit', '--quiet', '-a', '--no-verify', '-F', '-', {
          stdin: `feat: change\n\n${hostile}\n`,
          env: { HUNKMARK: 'off' },
        });
        const { status, stderr } = repo.gitTry('commit', '--quiet', '--amend', '--no-edit');
        assert.deepEqual([status, stderr], [0, '']);
        assert.match(trailers(repo), HUNK);
        assert.equal(trailers(repo).match(/^AI-Provenance: v1 /gm)?.length, 1);
      }));

  it('a state folder that cannot be read is one line, and the commit goes through', () =>
    withRepo(async (repo) => {
      await agentWrites(repo);
      const folder = path.join(repo.dir, '.git/hunkmark/worktrees');
      fs.rmSync(folder, { recursive: true });
      fs.writeFileSync(folder, 'not a folder');
      const { status, stderr } = repo.gitTry('commit', '--quiet', '-a', '-m', 'feat: change');
      assert.equal(status, 0);
      assert.match(stderr, /^hunkmark: the commit goes on without provenance: [^\n]*\n$/);
      const problems = await send('PostToolUse', payload(repo, 'PostToolUse'));
      assert.equal(problems.length, 1);
    }));
});
