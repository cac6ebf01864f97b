import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const CLI = path.resolve('dist/cli.js');

interface Installed {
  readonly repo: ScratchRepo;
  readonly part: string;
  /** What an agent's hook says of a payload that is none. */
  readonly says: (event: string) => string;
  /** What V8 has made of the part; empty where nothing is kept. */
  readonly made: () => string;
}

function withInstalled(work: (installed: Installed) => void): void {
  const repo = scratchRepo();
  try {
    repo.commitFile('a', 'a\n');
    assert.equal(repo.run(process.execPath, [CLI, 'install']).status, 0);
    const folder = path.join(repo.dir, '.git/hunkmark');
    const says = (event: string): string => {
      const program = path.join(folder, 'hook.js');
      const { status, stdout, stderr } = repo.run(process.execPath, [program, 'record', 'nobody', event]);
      assert.deepEqual([status, stdout], [0, ''], stderr);
      return stderr;
    };
    const made = (): string => {
      const names = fs.readdirSync(folder).filter((name) => name.startsWith('record.js-'));
      assert.ok(names.length <= 1, names.join(' '));
      return names[0] === undefined ? '' : path.join(folder, names[0]);
    };
    work({ repo, part: path.join(folder, 'record.js'), says, made });
  } finally {
    repo.dispose();
  }
}

/** Of the folder that the hooks in the user's own settings run it from. */
function userFolder(repo: ScratchRepo): string {
  return path.join(repo.root, 'home/.local/state/hunkmark/hooks');
}

const said = (event: string): string =>
  `hunkmark: what nobody ${event} sent is not JSON (it may be cut); nothing was recorded.\n`;

describe('what V8 has made of the hooks’ program', () => {
  it('is kept for the next hook, and added to for each event once', () => {
    withInstalled(({ says, made }) => {
      assert.equal(made(), '');
      assert.equal(says('One'), said('One'));
      const first = fs.statSync(made());
      assert.equal(first.mode & 0o777, 0o600);
      assert.equal(says('One'), said('One'));
      assert.equal(fs.statSync(made()).ino, first.ino);
      assert.equal(says('Two'), said('Two'));
      const both = fs.readFileSync(made());
      assert.ok(both.includes('One Two\n'));
      for (const event of ['One', 'Two', '../x y']) assert.equal(says(event), said(event));
      assert.ok(fs.readFileSync(made()).equals(both));
    });
  });

  it('is kept of what the hook of a shell command brings in besides', () => {
    withInstalled(({ repo }) => {
      const folder = path.join(repo.dir, '.git/hunkmark');
      const session = { session_id: 's', transcript_path: '/none', cwd: repo.dir };
      const call = { tool_name: 'Bash', tool_use_id: 'c', tool_input: { command: 'touch b' } };
      const payload = JSON.stringify({ ...session, ...call });
      const hook = [path.join(folder, 'hook.js'), 'record', 'claude-code', 'PreToolUse'];
      const made = (): string[] => fs.readdirSync(folder).filter((name) => name.startsWith('shell.js-'));
      assert.deepEqual(made(), []);
      for (let time = 1; time <= 2; time++) {
        const { status, stdout, stderr } = repo.run(process.execPath, hook, { stdin: payload });
        assert.deepEqual([status, stdout, stderr], [0, '', '']);
        assert.equal(made().length, 1);
      }
    });
  });

  it('is kept in the user’s own state too, and goes with the program', () => {
    withInstalled(({ repo }) => {
      const agents = ['--agents', 'claude-code', '--user'];
      assert.equal(repo.run(process.execPath, [CLI, 'install', ...agents]).status, 0);
      const program = path.join(userFolder(repo), 'hook.js');
      const call = ['record', 'nobody', 'One'];
      assert.equal(repo.run(process.execPath, [program, ...call]).stderr, said('One'));
      const [made = ''] = fs.readdirSync(userFolder(repo)).filter((name) => name.startsWith('record.js-'));
      const file = path.join(userFolder(repo), made);
      const first = fs.statSync(file);
      assert.equal(first.mode & 0o777, 0o600);
      assert.equal(repo.run(process.execPath, [program, ...call]).stderr, said('One'));
      assert.equal(fs.statSync(file).ino, first.ino);
      assert.equal(repo.run(process.execPath, [CLI, 'uninstall', ...agents]).status, 0);
      assert.equal(fs.existsSync(userFolder(repo)), false);
    });
  });

  it('is not used for another program of the same length', () => {
    withInstalled(({ part, says, made }) => {
      assert.equal(says('One'), said('One'));
      const text = fs.readFileSync(part, 'utf8');
      fs.writeFileSync(part, text.replace('it may be cut', 'It May be cut'));
      assert.equal(says('One'), said('One').replace('it may', 'It May'));
      assert.equal(says('One'), said('One').replace('it may', 'It May'));
      assert.ok(made());
    });
  });

  it('is not used where it is damaged, and mended', () => {
    withInstalled(({ says, made }) => {
      says('One');
      const whole = fs.readFileSync(made());
      const damaged = [
        ...[0, 40, 60, 200, whole.length >> 1, whole.length - 1].map((at) => {
          const bytes = Buffer.from(whole);
          bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
          return bytes;
        }),
        ...[0, 20, 33, 5000].map((length) => whole.subarray(0, length)),
        Buffer.concat([whole, whole]),
      ];
      for (const bytes of damaged) {
        fs.writeFileSync(made(), bytes);
        assert.equal(says('One'), said('One'));
        assert.ok(!fs.readFileSync(made()).equals(bytes));
      }
    });
  });

  it('is done without where nothing can be written', () => {
    withInstalled(({ says, made }) => {
      says('One');
      const file = made();
      fs.rmSync(file);
      fs.mkdirSync(path.join(file, 'in-the-way'), { recursive: true });
      assert.equal(says('One'), said('One'));
      assert.equal(made(), file);
    });
  });

  it('of a former version is removed, and nothing is written beside the program of an extension', () => {
    withInstalled(({ repo, part, says, made }) => {
      const old = `${part}-1.0.0-x64`;
      fs.writeFileSync(old, 'old');
      fs.utimesSync(old, 1_600_000_000, 1_600_000_000);
      says('One');
      assert.notEqual(made(), old);
      const folder = path.join(repo.root, 'extension');
      fs.mkdirSync(folder);
      for (const name of ['hook.js', 'record.js'])
        fs.copyFileSync(path.resolve('dist', name), path.join(folder, name));
      const { stderr } = repo.run(process.execPath, [
        path.join(folder, 'hook.js'),
        'record',
        'nobody',
        'One',
      ]);
      assert.equal(stderr, said('One'));
      assert.deepEqual(fs.readdirSync(folder), ['hook.js', 'record.js']);
    });
  });
});
