import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { record } from '../../src/app/record';
import { installHooks } from '../../src/app/install';
import { journalOf, readJournal, type Journal } from '../../src/git/journal-files';
import { findRepository } from '../../src/git/repository';
import { killedAt } from '../support/killed-at';
import { scratchRepo, type Finished, type ScratchRepo } from '../support/scratch-repo';

const HOOK_PROGRAM = path.resolve('dist/hook.js');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a journal that things happen to', function () {
  this.timeout(120_000);
  let repo: ScratchRepo;
  let journal: Journal;
  beforeEach(async () => {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const start = "start";\n', 'start');
    await installHooks({ repositoryDir: repo.dir, hookProgram: HOOK_PROGRAM, nodePath: process.execPath });
    const repository = findRepository(repo.dir);
    assert.ok(repository);
    journal = journalOf(repository);
  });
  afterEach(() => repo.dispose());

  const state = (name = ''): string => path.join(repo.dir, '.git/hunkmark', name);
  const line = (name: string): string => `const ${name.replace(/\W/g, '_')} = compute("${name}");\n`;

  /** The payload of one of the two calls around an agent's Write of a new file. */
  function payload(event: string, file: string, session = 'one'): string {
    const name = path.join(repo.dir, file);
    const content = line(file);
    const response = { type: 'create', filePath: name, content, structuredPatch: [], originalFile: null };
    return JSON.stringify({
      session_id: session,
      transcript_path: path.join(repo.root, 'none.jsonl'),
      cwd: repo.dir,
      hook_event_name: event,
      tool_name: 'Write',
      tool_use_id: `toolu_${file}`,
      tool_input: { file_path: name, content },
      ...(event === 'PostToolUse' ? { tool_response: response } : {}),
    });
  }
  const call = (event: string, file: string, env: Record<string, string> = {}): Finished =>
    repo.run('sh', ['-c', '"$@"; exit 0', 'sh', ...command(event)], { stdin: payload(event, file), env });
  const command = (event: string): string[] => [
    process.execPath,
    state('hook.js'),
    'record',
    'claude-code',
    event,
  ];
  /** An agent's Write with both calls, the second one in its own environment. */
  function write(file: string, env: Record<string, string> = {}): Finished {
    call('PreToolUse', file);
    repo.write(file, line(file));
    return call('PostToolUse', file, env);
  }
  async function inProcess(event: string, text: string, now: number): Promise<void> {
    const { problems } = await record({ agent: 'claude-code', event, payload: text, now });
    assert.deepEqual(problems, []);
  }
  /** Commits everything; paths with `AI-Hunk`, and what git said on standard error. */
  function commit(subject = 'feat: change'): { ai: string[]; stderr: string } {
    repo.git('add', '.');
    const { status, stderr } = repo.run('git', ['commit', '--quiet', '-m', subject]);
    assert.equal(status, 0, stderr);
    const message = repo.git('log', '-1', '--format=%B').trimEnd();
    assert.equal(message.split('\n')[0], subject);
    const ai = [...message.matchAll(/^AI-Hunk: (\S+) .* ai agent claude-code$/gm)].map(
      (found) => found[1] ?? '',
    );
    return { ai: ai.toSorted(), stderr };
  }

  it('keeps what 40 programs write at once', async () => {
    const files = Array.from({ length: 40 }, (_, i) => `many/f${i + 10}.js`);
    const all = async (event: string): Promise<void> => {
      const ended = files.map(async (file, i) => {
        const [program = '', ...args] = command(event);
        const child = spawn(program, args, {
          cwd: repo.dir,
          env: repo.env,
          stdio: ['pipe', 'ignore', 'pipe'],
        });
        let said = '';
        child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
        child.stdin.end(payload(event, file, `session-${i % 4}`));
        assert.deepEqual(await once(child, 'close'), [0, null]);
        assert.equal(said, '');
      });
      await Promise.all(ended);
    };
    await all('PreToolUse');
    for (const file of files) repo.write(file, line(file));
    await all('PostToolUse');
    const { records, damaged } = readJournal(journal);
    assert.equal(damaged, 0);
    assert.equal(records.length, 80);
    repo.git('config', 'hunkmark.detail', 'full');
    assert.deepEqual(commit().ai, files);
  });

  it('tells in one line that the disk is full, and goes on when there is room', () => {
    assert.equal(write('before.js').stderr, '');
    call('PreToolUse', 'full.js');
    repo.write('full.js', line('full.js'));
    const full = repo.run(
      'sh',
      ['-c', 'trap "" XFSZ; ulimit -f 1; exec "$@"', 'sh', ...command('PostToolUse')],
      { stdin: payload('PostToolUse', 'full.js') },
    );
    assert.equal(full.status, 0);
    assert.match(full.stderr, /^hunkmark: \S+full\.js was not recorded: [^\n]*\n$/);
    assert.equal(write('after.js').stderr, '');
    assert.deepEqual(commit(), { ai: ['after.js', 'before.js'], stderr: '' });
  });

  it('lets the commit through, with its message, when the disk is full', () => {
    write('a-file.js');
    const node = path.join(repo.root, 'node-on-a-full-disk');
    fs.writeFileSync(node, `#!/bin/sh\ntrap "" XFSZ; ulimit -f 0; exec ${process.execPath} "$@"\n`, {
      mode: 0o755,
    });
    fs.writeFileSync(state('node'), `${node}\n`);
    const { ai, stderr } = commit();
    assert.deepEqual(ai, []);
    assert.match(stderr, /^hunkmark: the commit goes on without provenance: [^\n]*\n$/);
  });

  it('records nothing and commits as ever where its folder cannot be written', function () {
    write('a-file.js');
    const readOnly =
      process.getuid?.() === 0
        ? [
            'unshare',
            '-m',
            'sh',
            '-c',
            'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
            state(),
          ]
        : ['sh', '-c', 'chmod -R a-w "$0"; "$@"; s=$?; chmod -R u+w "$0"; exit $s', state()];
    const run = (args: readonly string[], stdin = ''): Finished =>
      repo.run(readOnly[0] ?? '', [...readOnly.slice(1), ...args], { stdin });
    if (run(['true']).status !== 0) this.skip();
    const recorded = run(command('PostToolUse'), payload('PostToolUse', 'a-file.js'));
    assert.equal(recorded.status, 0);
    assert.match(recorded.stderr, /^hunkmark: \S+a-file\.js was not recorded: [^\n]*\n$/);
    repo.git('add', '.');
    assert.deepEqual(run(['git', 'commit', '--quiet', '-m', 'feat: change']), {
      status: 0,
      stdout: '',
      stderr: '',
    });
    assert.match(
      repo.git('log', '-1', '--format=%B'),
      /^AI-Hunk: a-file\.js \+1,1:\w+ ai agent claude-code$/m,
    );
  });

  it('orders by what was made from what, also when the clock is set back', async () => {
    const edit = async (from: string, to: string, now: number, n: number): Promise<void> => {
      const name = path.join(repo.dir, 'a.js');
      const before = repo.read('a.js');
      const common = {
        session_id: `session-${n}`,
        transcript_path: path.join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        tool_name: 'Edit',
        tool_use_id: `toolu_${n}`,
        tool_input: { file_path: name, old_string: from, new_string: to, replace_all: false },
      };
      await inProcess('PreToolUse', JSON.stringify({ ...common, hook_event_name: 'PreToolUse' }), now);
      repo.write('a.js', before.replace(from, to));
      const response = {
        filePath: name,
        oldString: from,
        newString: to,
        originalFile: before,
        replaceAll: false,
      };
      await inProcess(
        'PostToolUse',
        JSON.stringify({ ...common, hook_event_name: 'PostToolUse', tool_response: response }),
        now,
      );
    };
    const [one, two] = [line('one'), line('two')];
    await edit('"start";\n', `"start";\n${one}`, 50 * DAY, 1);
    await edit(one, `${one}${two}`, 40 * DAY, 2);
    const times = readJournal(journal, { kind: 'known' }).records.map(({ record: { at } }) => at);
    assert.ok((times[1] ?? 0) > (times[0] ?? 0), times.join(' '));
    assert.deepEqual(commit().ai, ['a.js']);
    assert.match(repo.git('log', '-1', '--format=%B'), / ai=2 /);
  });

  it('is whole after a record that was killed at any moment, and loses at most that one', () => {
    const killed: string[] = [];
    for (let n = 1; ; n++) {
      const at = killedAt(repo.root, n);
      const file = `killed/f${n}.js`;
      assert.ok(!/hunkmark/.test(write(file, at.env).stderr));
      if (at.lived()) break;
      killed.push(file);
    }
    assert.ok(killed.length >= 3, `${killed.length} moments`);
    assert.equal(write('last.js').stderr, '');
    const { ai, stderr } = commit();
    assert.equal(stderr, '');
    assert.ok(ai.includes('last.js'));
    assert.doesNotMatch(repo.git('log', '-1', '--format=%B'), / human=[1-9]/);
  });

  it('commits with the whole message after a stamp that was killed at any moment', () => {
    let moments = 0;
    for (let n = 1; ; n++) {
      write(`stamped/f${n}.js`);
      for (const name of ['tracked', 'config-seen']) fs.rmSync(state(name), { force: true });
      const at = killedAt(repo.root, n);
      fs.writeFileSync(state('node'), `${at.node}\n`);
      repo.git('add', '.');
      const subject = `feat: number ${n}`;
      const { status, stderr } = repo.run('git', ['commit', '--quiet', '-m', subject, '-m', 'Why.'], {
        env: { ...at.env, NODE_OPTIONS: '' },
      });
      assert.equal(status, 0, stderr);
      const message = repo.git('log', '-1', '--format=%B').trimEnd();
      assert.equal(message.slice(0, subject.length + 6), `${subject}\n\nWhy.`);
      const ours = message.slice(subject.length + 6);
      if (ours !== '')
        assert.match(
          ours,
          /^\n\nAI-Provenance: v1 ai=1 .*\nAssisted-by: claude-code\nAI-Hunk: \S+ \+1,1:\w+ ai agent claude-code$/,
        );
      if (at.lived()) {
        assert.notEqual(ours, '');
        break;
      }
      assert.match(
        stderr,
        /^[^\n]*hunkmark: its hook program ended with status 137; the commit goes on\.\n$|Killed/,
      );
      moments++;
    }
    assert.ok(moments >= 4, `${moments} moments`);
    const left = fs.readdirSync(path.join(repo.dir, '.git')).filter((name) => name.includes('hunkmark-'));
    assert.deepEqual(left, []);
  });

  describe('at its limits', () => {
    const segments = (): string[] =>
      fs.readdirSync(state('worktrees/main')).map((name) => path.join(state('worktrees/main'), name));
    const age = (file: string, days: number): void => {
      const then = (Date.now() - days * DAY) / 1000;
      fs.utimesSync(file, then, then);
    };
    const newSession = (): Promise<void> =>
      inProcess(
        'SessionStart',
        JSON.stringify({ session_id: 'new', cwd: repo.dir, hook_event_name: 'SessionStart' }),
        Date.now(),
      );

    it('keeps of what is 30 days old only what is not committed yet', async () => {
      write('committed.js');
      commit();
      write('waiting.js');
      write('staged.js');
      repo.git('add', 'staged.js');
      fs.rmSync(path.join(repo.dir, 'staged.js'));
      write('thrown-away.js');
      fs.rmSync(path.join(repo.dir, 'thrown-away.js'));
      for (const file of segments()) age(file, 31);
      await newSession();
      assert.deepEqual(
        readJournal(journal)
          .records.map(({ record }) => `${record.kind} ${record.path}`)
          .toSorted(),
        ['known staged.js', 'known waiting.js'],
      );
      repo.git('add', 'waiting.js');
      repo.git('commit', '--quiet', '-m', 'feat: late');
      assert.match(repo.git('log', '-1', '--format=%B'), / ai=2 mixed=0 human=0 unknown=0 /);
    });

    it('keeps a deletion that is not committed yet', async () => {
      repo.commitFile('d.js', line('kept') + line('deleted'));
      const name = path.join(repo.dir, 'd.js');
      const common = {
        session_id: 'one',
        transcript_path: path.join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        tool_name: 'Edit',
        tool_use_id: 'toolu_d',
        tool_input: { file_path: name, old_string: line('deleted'), new_string: '', replace_all: false },
      };
      const now = Date.now();
      const before = repo.read('d.js');
      await inProcess('PreToolUse', JSON.stringify({ ...common, hook_event_name: 'PreToolUse' }), now);
      repo.write('d.js', line('kept'));
      const response = { filePath: name, originalFile: before, oldString: line('deleted'), newString: '' };
      await inProcess(
        'PostToolUse',
        JSON.stringify({ ...common, hook_event_name: 'PostToolUse', tool_response: response }),
        now,
      );
      for (const file of segments()) age(file, 31);
      await newSession();
      commit();
      assert.match(repo.git('log', '-1', '--format=%B'), / ai-deleted=1 /);
    });

    it('stays under 64 MiB, and gives what is needed from beyond', async () => {
      write('oldest.js');
      for (const file of segments()) age(file, 20);
      const filler = `\n${'x'.repeat(4 * 1024 * 1024 - 2)}\n`;
      for (let i = 0; i < 17; i++) {
        const file = path.join(state('worktrees/main'), `filler-${i}.0.log`);
        fs.writeFileSync(file, filler, { mode: 0o600 });
        age(file, 10 - i / 10);
      }
      await newSession();
      const size = segments().reduce((sum, file) => sum + fs.statSync(file).size, 0);
      assert.ok(size <= 64 * 1024 * 1024, `${size} bytes`);
      assert.deepEqual(commit().ai, ['oldest.js']);
    });

    it('reads past segments that are gone, locked or no files, and takes out nothing that is young', async () => {
      write('mine.js');
      fs.mkdirSync(path.join(state('worktrees/main'), 'folder.0.log'));
      fs.symlinkSync('nowhere', path.join(state('worktrees/main'), 'link.0.log'));
      const before = segments();
      await newSession();
      assert.deepEqual(segments(), before);
      assert.deepEqual(commit(), { ai: ['mine.js'], stderr: '' });
    });
  });
});
