import * as assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { refreshMarkers, setMarker, stateFiles, type Marker } from '../../src/git/state-files';
import { scratchRepo, type Finished, type ScratchRepo } from '../support/scratch-repo';
import { installStandIn, settle, type StandIn } from '../support/stand-in-hook';

/** The shells there are on this machine, by the name of their family. */
function shells(): [name: string, program: string, link?: string][] {
  const find = (name: string): string | undefined =>
    (process.env['PATH'] ?? '')
      .split(':')
      .map((folder) => join(folder, name))
      .find((file) => existsSync(file));
  return ['dash', 'bash', 'zsh', 'ksh', 'busybox'].flatMap((name) => {
    const program = find(name);
    return program === undefined ? [] : [[name, program]];
  });
}

/** Script of a foreign hook that ends well under the strictest settings, and says that it ran. */
const STRICT = 'set -eu\n: >"$1.seen-by.${0##*/}"\n';

async function prepared(shell?: string): Promise<{ repo: ScratchRepo; hooks: StandIn }> {
  const repo = scratchRepo();
  for (const n of [1, 2, 3]) repo.commitFile('base', `${n}\n`);
  if (shell !== undefined) {
    // busybox is a shell only under a shell's name.
    const interpreter = shell.endsWith('busybox') ? join(repo.root, 'ash') : shell;
    if (interpreter !== shell) symlinkSync(shell, interpreter);
    for (const hook of ['prepare-commit-msg', 'commit-msg']) {
      repo.write(`.git/hooks/${hook}`, `#!${interpreter} -eu\n${STRICT}`);
      chmodSync(join(repo.dir, '.git/hooks', hook), 0o755);
    }
  }
  return { repo, hooks: await installStandIn(repo) };
}

/** A branch `topic` with commits that change files of their own, behind `main` by one. Stays on `topic`. */
function topic(repo: ScratchRepo, ...files: string[]): void {
  repo.git('switch', '--quiet', '--create', 'topic');
  for (const file of files) repo.commitFile(file, `${file}\n`);
  repo.git('switch', '--quiet', 'main');
  repo.commitFile('main-file', 'x\n');
  repo.git('switch', '--quiet', 'topic');
}

function stage(repo: ScratchRepo, text = 'staged\n'): void {
  repo.write('base', text);
  repo.git('add', 'base');
}

function rebase(repo: ScratchRepo, edit: string, ...args: string[]): void {
  repo.git('rebase', '--interactive', ...args, 'main', {
    env: { GIT_SEQUENCE_EDITOR: `sed -i -e '${edit}'`, GIT_EDITOR: 'sh -c \'echo more >>"$1"\' -' },
  });
}

interface Row {
  readonly when: string;
  /** Runs before the hooks count. */
  readonly given?: (repo: ScratchRepo) => void;
  readonly does: (repo: ScratchRepo) => unknown;
  readonly starts: readonly string[];
}

const ONCE = ['commit-msg'];
const AHEAD = ['prepare-commit-msg'];
const NOT_AT_ALL: string[] = [];

const ROWS: readonly Row[] = [
  { when: 'commit -m', given: stage, does: (r) => r.git('commit', '-m', 'x'), starts: ONCE },
  { when: 'commit with the editor', given: stage, does: (r) => edited(r, 'commit'), starts: ONCE },
  {
    when: 'commit -F -',
    given: stage,
    does: (r) => r.git('commit', '-F', '-', { stdin: 'x\n' }),
    starts: ONCE,
  },
  {
    when: 'a commit like that of an editor',
    given: stage,
    does: (r) =>
      r.git(
        '-c',
        'user.useConfigOnly=true',
        'commit',
        '--quiet',
        '--allow-empty-message',
        '--file',
        '-',
        '--no-edit',
        {
          stdin: 'x\n',
        },
      ),
    starts: ONCE,
  },
  { when: 'commit --amend --no-edit', does: (r) => r.git('commit', '--amend', '--no-edit'), starts: ONCE },
  { when: 'commit --amend -m', does: (r) => r.git('commit', '--amend', '-m', 'y'), starts: ONCE },
  { when: 'commit -C HEAD', given: stage, does: (r) => r.git('commit', '-C', 'HEAD'), starts: ONCE },
  {
    when: 'commit --only',
    given: stage,
    does: (r) => r.git('commit', '-m', 'x', '-o', 'base'),
    starts: ONCE,
  },
  {
    when: 'commit -a in a folder',
    given: dirty,
    does: (r) => r.git('commit', '-am', 'x', { cwd: 'deep' }),
    starts: ONCE,
  },
  { when: 'commit -n', given: stage, does: (r) => r.git('commit', '-n', '-m', 'x'), starts: AHEAD },
  { when: 'commit -m -n', given: stage, does: (r) => r.git('commit', '-m', 'x', '-n'), starts: AHEAD },
  {
    when: 'commit -n after a message of lines',
    given: stage,
    does: (r) => r.git('commit', '-m', 'x\n\nlong\n', '-n'),
    starts: AHEAD,
  },
  { when: 'commit -anm', given: stage, does: (r) => r.git('commit', '-anm', 'x'), starts: AHEAD },
  { when: 'commit -qsnm', given: stage, does: (r) => r.git('commit', '-qsnm', 'x'), starts: AHEAD },
  {
    when: 'commit -F - -n',
    given: stage,
    does: (r) => r.git('commit', '-F', '-', '-n', { stdin: 'x' }),
    starts: AHEAD,
  },
  {
    when: 'commit --file - -an',
    given: stage,
    does: (r) => r.git('commit', '--file', '-', '-an', { stdin: 'x' }),
    starts: AHEAD,
  },
  {
    when: 'commit --no-verify',
    given: stage,
    does: (r) => r.git('commit', '-m', 'x', '--no-verify'),
    starts: AHEAD,
  },
  {
    when: 'commit --no-veri',
    given: stage,
    does: (r) => r.git('commit', '-m', 'x', '--no-veri'),
    starts: AHEAD,
  },
  {
    when: 'an alias of commit -n',
    given: stage,
    does: (r) => r.git('-c', 'alias.ci=commit -n', 'ci', '-m', 'x'),
    starts: AHEAD,
  },
  { when: 'merge', given: diverged, does: (r) => r.git('merge', '--no-edit', 'main'), starts: ONCE },
  {
    when: 'merge --no-verify',
    given: diverged,
    does: (r) => r.git('merge', '--no-edit', '--no-verify', 'main'),
    starts: AHEAD,
  },
  {
    when: 'merge that stopped',
    given: conflict,
    does: resolve('merge', ['commit', '--no-edit']),
    starts: ONCE,
  },
  { when: 'merge --squash, commit', given: diverged, does: squashMerge, starts: ONCE },
  { when: 'cherry-pick', given: diverged, does: (r) => r.git('cherry-pick', 'main'), starts: NOT_AT_ALL },
  {
    when: 'cherry-pick of feature-n',
    given: named,
    does: (r) => r.git('cherry-pick', 'feature-n'),
    starts: NOT_AT_ALL,
  },
  {
    when: 'cherry-pick that stopped',
    given: conflict,
    does: resolve('cherry-pick', ['cherry-pick', '--continue']),
    starts: ONCE,
  },
  {
    when: 'commit --no-verify in a cherry-pick that stopped',
    given: conflict,
    does: resolve('cherry-pick', ['commit', '--no-edit', '--no-verify']),
    starts: AHEAD,
  },
  { when: 'cherry-pick -n, commit', given: diverged, does: pickWithoutCommit, starts: ONCE },
  { when: 'revert', does: (r) => r.git('revert', '--no-edit', 'HEAD'), starts: AHEAD },
  {
    when: 'revert of two',
    does: (r) => r.git('revert', '--no-edit', 'HEAD~2..HEAD'),
    starts: [...AHEAD, ...AHEAD],
  },
  { when: 'revert with the editor', does: (r) => edited(r, 'revert', '--edit', 'HEAD'), starts: AHEAD },
  { when: 'rebase of three', given: diverged, does: (r) => r.git('rebase', 'main'), starts: NOT_AT_ALL },
  {
    when: 'rebase onto feature-n',
    given: named,
    does: (r) => r.git('rebase', 'feature-n'),
    starts: NOT_AT_ALL,
  },
  {
    when: 'rebase --no-verify',
    given: diverged,
    does: (r) => r.git('rebase', '--no-verify', 'main'),
    starts: NOT_AT_ALL,
  },
  { when: 'rebase, reword', given: diverged, does: (r) => rebase(r, '2s/pick/reword/'), starts: ONCE },
  { when: 'rebase, squash', given: diverged, does: (r) => rebase(r, '2s/pick/squash/'), starts: AHEAD },
  { when: 'rebase, fixup', given: diverged, does: (r) => rebase(r, '2s/pick/fixup/'), starts: AHEAD },
  {
    when: 'rebase, two fixups',
    given: diverged,
    does: (r) => rebase(r, '2,3s/pick/fixup/'),
    starts: [...AHEAD, ...AHEAD],
  },
  {
    when: 'rebase that stopped',
    given: conflict,
    does: resolve('rebase', ['rebase', '--continue']),
    starts: AHEAD,
  },
  {
    when: 'commit in a rebase that stopped',
    given: conflict,
    does: resolve('rebase', ['commit', '-m', 'x']),
    starts: ONCE,
  },
  {
    when: 'rebase --exec commit --amend -n',
    given: (r) => {
      diverged(r);
      r.git('config', 'alias.again', 'commit --quiet --amend --no-edit -n');
    },
    does: (r) => r.git('rebase', '--exec', 'git again', 'main'),
    starts: [...AHEAD, ...AHEAD, ...AHEAD],
  },
  { when: 'am', given: diverged, does: applyMail, starts: NOT_AT_ALL },
  { when: 'stash', given: stage, does: (r) => r.git('stash'), starts: NOT_AT_ALL },
];

function dirty(repo: ScratchRepo): void {
  repo.write('deep/file', '');
  repo.write('base', 'changed\n');
}
function diverged(repo: ScratchRepo): void {
  topic(repo, 'one', 'two', 'three');
}
function named(repo: ScratchRepo): void {
  topic(repo, 'one', 'two');
  repo.git('branch', 'feature-n', 'main');
}
/** `topic` and `main` change the same line. */
function conflict(repo: ScratchRepo): void {
  repo.git('switch', '--quiet', '--create', 'topic');
  repo.commitFile('base', 'topic\n');
  repo.git('switch', '--quiet', 'main');
  repo.commitFile('base', 'main\n');
  repo.git('switch', '--quiet', 'topic');
}
function resolve(stops: string, goOn: readonly string[]): Row['does'] {
  return (repo) => {
    assert.notEqual(repo.gitTry(stops, 'main').status, 0);
    stage(repo, 'resolved\n');
    return edited(repo, ...goOn);
  };
}
function edited(repo: ScratchRepo, ...args: string[]): string {
  return repo.git(...args, { env: { GIT_EDITOR: 'sh -c \'echo words >>"$1"\' -' } });
}
function squashMerge(repo: ScratchRepo): void {
  repo.git('merge', '--quiet', '--squash', 'main');
  repo.git('commit', '--no-edit');
}
function pickWithoutCommit(repo: ScratchRepo): void {
  repo.git('cherry-pick', '-n', 'main');
  repo.git('commit', '-m', 'picked');
}
function applyMail(repo: ScratchRepo): void {
  const mail = repo.git('format-patch', '--stdout', '-1', 'main');
  repo.git('am', '--quiet', { stdin: mail });
}

describe('the gate in git hooks', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  let hooks: StandIn;
  afterEach(() => repo.dispose());

  const commit = (env: Record<string, string> = {}): Finished => {
    repo.write('base', `${Math.random()}\n`);
    return repo.gitTry('commit', '-am', 'x', { env });
  };
  const pending = (): boolean => setMarker(hooks.place.commonDir, 'pending', true);

  for (const [name, program] of shells()) {
    describe(`under ${name}`, () => {
      for (const { when, given, does, starts } of ROWS) {
        it(`${when}: ${starts.join(', ') || 'no start'}`, async () => {
          ({ repo, hooks } = await prepared(program));
          given?.(repo);
          assert.deepEqual(hooks.starts(), []);
          pending();
          does(repo);
          assert.deepEqual(hooks.startedBy(), starts);
        });
      }

      it('hands over the arguments, nothing to read, and keeps standard output clean', async () => {
        ({ repo, hooks } = await prepared(program));
        pending();
        stage(repo);
        const { stdout, stderr } = repo.gitTry('commit', '-q', '-n', '-m', 'x', { stdin: 'for git' });
        assert.deepEqual([stdout, stderr], ['', 'standard output of the program\n']);
        const args = ['stamp', '--hook', 'prepare-commit-msg', '.git/COMMIT_EDITMSG', 'message'];
        assert.deepEqual(hooks.starts(), [{ args, electronRunAsNode: '1', stdin: '' }]);
        assert.ok(existsSync(join(repo.dir, '.git/COMMIT_EDITMSG.seen-by.prepare-commit-msg')));
      });

      it('forks no process while there is nothing to do', async function () {
        if (process.platform !== 'linux') return this.skip();
        ({ repo, hooks } = await prepared(program));
        for (const hook of ['prepare-commit-msg', 'commit-msg']) {
          const file = join(repo.dir, '.git/hooks', hook);
          // Field 11: page faults of children that were waited for; a child cannot live without one.
          const script = 'IFS= read -r line </proc/$$/stat\necho "$line" >>"$1.stat"\n';
          writeFileSync(file, readFileSync(file, 'latin1') + script);
        }
        assert.equal(commit({ PATH: process.env['PATH'] ?? '' }).status, 0);
        const stats = repo.read('.git/COMMIT_EDITMSG.stat').trimEnd().split('\n');
        assert.equal(stats.length, 2);
        for (const stat of stats) assert.equal(stat.replace(/^.*\) /, '').split(' ')[8], '0', stat);
        assert.deepEqual(hooks.starts(), []);
      });

      it('goes on when it cannot even complain', async () => {
        ({ repo, hooks } = await prepared(program));
        pending();
        rmSync(stateFiles(hooks.place.commonDir).program);
        const { status } = repo.run('sh', ['-c', 'exec .git/hooks/commit-msg .git/message 2>&-']);
        assert.equal(status, 0);
        assert.ok(existsSync(join(repo.dir, '.git/message.seen-by.commit-msg')));
      });

      it('leaves nothing behind in the script around it', async () => {
        ({ repo, hooks } = await prepared(program));
        const file = join(repo.dir, '.git/hooks/commit-msg');
        const script = 'set >"$1.set"; command -v hunkmark_gate >"$1.set-function" || :\n';
        writeFileSync(file, readFileSync(file, 'latin1') + script);
        pending();
        assert.equal(commit().status, 0);
        assert.doesNotMatch(repo.read('.git/COMMIT_EDITMSG.set'), /^hunkmark/m);
        assert.equal(repo.read('.git/COMMIT_EDITMSG.set-function'), '');
        assert.deepEqual(hooks.startedBy(), ONCE);
      });

      it('notices configuration that is newer than what was read', async () => {
        ({ repo, hooks } = await prepared(program));
        // busybox compares whole seconds.
        const earlier = Date.now() / 1000 - 3;
        utimesSync(join(repo.dir, '.git/config'), earlier, earlier);
        utimesSync(repo.env['GIT_CONFIG_GLOBAL'] ?? '', earlier, earlier);
        await settle(hooks.place, repo);
        commit();
        assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
        repo.git('config', 'hunkmark.stamp', 'always');
        commit();
        assert.deepEqual(hooks.startedBy(), ONCE);
        await settle(hooks.place, repo);
        commit();
        assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
      });
    });
  }

  it('asks ps where there is no /proc', async function () {
    ({ repo, hooks } = await prepared());
    if (repo.gitTry('-c', 'alias.ps=!ps -o args= -p $$', 'ps').status !== 0) return this.skip();
    const file = join(repo.dir, '.git/hooks/prepare-commit-msg');
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.replaceAll('/proc/', '/no/proc/'));
    assert.notEqual(readFileSync(file, 'latin1'), text);
    pending();
    commit();
    assert.deepEqual(hooks.startedBy(), ONCE);
    for (const args of [
      ['commit', '-n', '-m', 'x'],
      ['commit', '-F', '-', '--no-verify'],
      ['commit', '-anm', 'x'],
      ['revert', '--no-edit', 'HEAD'],
    ]) {
      if (args[0] === 'commit') stage(repo, args.join());
      repo.git(...args, { stdin: 'x' });
      assert.deepEqual(hooks.startedBy(), AHEAD, args.join(' '));
    }
  });

  it('goes on without HOME, XDG_CONFIG_HOME or an argument', async () => {
    ({ repo, hooks } = await prepared());
    for (const [, program] of shells().filter(([name]) => name !== 'busybox')) {
      const how = { env: {} };
      const script = `unset HOME XDG_CONFIG_HOME GIT_CONFIG_GLOBAL; exec ${program} -eu .git/hooks/prepare-commit-msg`;
      const { status, stderr } = repo.run('sh', ['-c', script], how);
      assert.deepEqual([status, stderr], [0, '']);
    }
  });

  for (const marker of ['pending', 'tracked', 'always'] satisfies Marker[]) {
    it(`starts for the marker ${marker}`, async () => {
      ({ repo, hooks } = await prepared());
      setMarker(hooks.place.commonDir, marker, true);
      commit();
      assert.deepEqual(hooks.startedBy(), ONCE);
      setMarker(hooks.place.commonDir, marker, false);
      commit();
      assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
    });
  }

  it('starts when nobody has read the settings yet', async () => {
    ({ repo, hooks } = await prepared());
    rmSync(stateFiles(hooks.place.commonDir).configSeen);
    commit();
    assert.deepEqual(hooks.startedBy(), ONCE);
  });

  const CONFIGS: readonly [name: string, file: (r: ScratchRepo) => string][] = [
    ['of the repository', (r) => join(r.dir, '.git/config')],
    ['of the working tree', (r) => join(r.dir, '.git/config.worktree')],
    ['that GIT_CONFIG_GLOBAL names', (r) => r.env['GIT_CONFIG_GLOBAL'] ?? ''],
    ['in HOME', (r) => join(r.root, 'home/.gitconfig')],
    ['in XDG_CONFIG_HOME', (r) => join(r.root, 'home/.config/git/config')],
  ];
  for (const [name, fileOf] of CONFIGS) {
    it(`compares the configuration ${name}, to less than a millisecond`, async () => {
      ({ repo, hooks } = await prepared());
      const file = fileOf(repo);
      mkdirSync(join(file, '..'), { recursive: true });
      if (!existsSync(file)) writeFileSync(file, '');
      const seconds = Math.floor(Date.now() / 1000) - 1 + 0.25;
      utimesSync(file, seconds, seconds);
      utimesSync(join(repo.dir, '.git/config'), seconds, seconds);
      utimesSync(repo.env['GIT_CONFIG_GLOBAL'] ?? '', seconds, seconds);
      await settle(hooks.place, repo);
      commit();
      assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
      utimesSync(file, seconds, seconds + 0.0001);
      commit();
      assert.deepEqual(hooks.startedBy(), ONCE);
      await settle(hooks.place, repo);
      commit();
      assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
    });
  }

  it('asks again about configuration that changed a moment before it was read', async () => {
    ({ repo, hooks } = await prepared());
    repo.git('config', 'hunkmark.lines', '1');
    utimesSync(join(repo.dir, '.git/config'), Date.now() / 1000, Date.now() / 1000);
    await refreshMarkers(hooks.place, () => false, repo.env);
    commit();
    assert.deepEqual(hooks.startedBy(), ONCE);
  });

  it('is off with HUNKMARK=off', async () => {
    ({ repo, hooks } = await prepared());
    pending();
    assert.equal(commit({ HUNKMARK: 'off' }).status, 0);
    assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
    assert.equal(commit({ HUNKMARK: 'on' }).status, 0);
    assert.deepEqual(hooks.startedBy(), ONCE);
  });

  it('takes the Node on PATH when the one it knows is gone', async () => {
    ({ repo, hooks } = await prepared());
    pending();
    for (const gone of ['/no/such/node\n', '/tmp\n', '/dev/null\n', '/etc/passwd\n', '', '\n']) {
      writeFileSync(stateFiles(hooks.place.commonDir).node, gone);
      assert.equal(commit().status, 0);
      assert.deepEqual(hooks.startedBy(), ONCE, JSON.stringify(gone));
    }
    rmSync(stateFiles(hooks.place.commonDir).node);
    commit();
    assert.deepEqual(hooks.startedBy(), ONCE);
  });

  for (const options of ['--require /no/such/module', '--inspect-brk=0', '--no-such-option'])
    it(`starts Node without the options of the person: ${options}`, async () => {
      ({ repo, hooks } = await prepared());
      pending();
      repo.write('base', `${options}\n`);
      const { status, stderr } = repo.run('timeout', ['20', 'git', 'commit', '-qam', 'x'], {
        env: { NODE_OPTIONS: options },
      });
      assert.deepEqual([status, stderr], [0, 'standard output of the program\n']);
      assert.deepEqual(hooks.startedBy(), ONCE);
    });

  it('says one line and lets the commit through without any Node', async () => {
    ({ repo, hooks } = await prepared());
    pending();
    writeFileSync(stateFiles(hooks.place.commonDir).node, '/no/such/node\n');
    const bin = join(repo.root, 'bin');
    mkdirSync(bin);
    for (const tool of ['git', 'sh'])
      symlinkSync(repo.run('sh', ['-c', `command -v ${tool}`]).stdout.trim(), join(bin, tool));
    const { status, stderr } = commit({ PATH: bin });
    assert.equal(status, 0);
    assert.equal(
      stderr,
      'hunkmark: Node was not found; this commit carries no provenance. "hunkmark doctor" says what to do.\n',
    );
    assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
  });

  const BROKEN: readonly [name: string, breakIt: (program: string) => void, says: RegExp][] = [
    ['missing', (file) => rmSync(file), /^hunkmark: its hook program is missing; .*\n$/],
    ['a folder', (file) => (rmSync(file), mkdirSync(file)), /^hunkmark: its hook program is missing; .*\n$/],
    [
      'cut off',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 60)),
      /ended with status 1; the commit/,
    ],
    ['no program', (file) => writeFileSync(file, '\0\x7f\0'), /ended with status 1; the commit/],
    [
      'exiting with 1',
      (file) => writeFileSync(file, 'process.exit(1)'),
      /^hunkmark: its hook program ended with status 1; the commit goes on.\n$/,
    ],
    ['aborting', (file) => writeFileSync(file, 'process.abort()'), /ended with status 134; the commit/],
    [
      'killed',
      (file) => writeFileSync(file, 'process.kill(process.pid, 9)'),
      /ended with status 137; the commit/,
    ],
    [
      'exiting with 255',
      (file) => writeFileSync(file, 'process.exit(255)'),
      /ended with status 255; the commit/,
    ],
    [
      'unreadable',
      (file) => chmodSync(file, 0),
      process.getuid?.() === 0 ? /standard output/ : /ended with status/,
    ],
  ];
  for (const [name, breakIt, says] of BROKEN) {
    it(`lets the commit through when the program is ${name}`, async () => {
      ({ repo, hooks } = await prepared());
      pending();
      breakIt(stateFiles(hooks.place.commonDir).program);
      for (const args of [
        ['-m', 'x'],
        ['-n', '-m', 'y'],
      ]) {
        stage(repo, args.join());
        const { status, stderr } = repo.gitTry('commit', '--quiet', ...args);
        assert.equal(status, 0);
        assert.match(stderr, says);
      }
    });
  }

  it('sleeps when the state folder is gone', async () => {
    ({ repo, hooks } = await prepared());
    rmSync(stateFiles(hooks.place.commonDir).folder, { recursive: true });
    const { status, stderr } = commit();
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('works after the repository has moved', async () => {
    ({ repo, hooks } = await prepared());
    pending();
    const moved = join(repo.root, "moved to 'here' $HOME");
    renameSync(repo.dir, moved);
    writeFileSync(join(moved, 'base'), 'moved\n');
    repo.git('commit', '-am', 'x', { cwd: moved });
    assert.ok(statSync(join(moved, '.git/hunkmark/starts')).size > 0);
    mkdirSync(repo.dir);
  });

  it('works in a linked worktree, with its own files', async () => {
    ({ repo, hooks } = await prepared());
    const linked = join(repo.root, 'a linked tree');
    repo.git('worktree', 'add', '--quiet', '-b', 'other', linked);
    await settle(hooks.place, repo);
    const commitThere = (...args: string[]): string =>
      repo.git('commit', '--quiet', '--allow-empty', ...args, { cwd: linked });
    commitThere('-m', 'x');
    assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
    repo.git('config', 'extensions.worktreeConfig', 'true');
    repo.git('config', '--worktree', 'hunkmark.stamp', 'always', { cwd: linked });
    const ahead = Date.now() / 1000 + 0.01;
    utimesSync(join(repo.dir, '.git/worktrees/a-linked-tree/config.worktree'), ahead, ahead);
    await settle(hooks.place, repo);
    commit();
    assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
    commitThere('-m', 'x');
    assert.deepEqual(hooks.startedBy(), ONCE);
    pending();
    commitThere('-m', 'y', '-n');
    const [start] = hooks.starts();
    assert.equal(start?.args[3], join(repo.dir, '.git/worktrees/a-linked-tree/COMMIT_EDITMSG'));
    repo.git('revert', '--no-edit', 'HEAD~3', { cwd: linked });
    assert.deepEqual(hooks.startedBy(), AHEAD);
    assert.ok(existsSync(join(repo.dir, '.git/hunkmark/pending')));
  });

  it('works in a submodule', async () => {
    repo = scratchRepo();
    const library = scratchRepo({ name: 'library' });
    library.commitFile('file', 'x\n');
    repo.git('submodule', '--quiet', 'add', library.dir, 'sub dir/module');
    library.dispose();
    hooks = await installStandIn(repo, join(repo.dir, 'sub dir/module'));
    assert.equal(hooks.place.commonDir, join(repo.dir, '.git/modules/sub dir/module'));
    pending();
    repo.git('commit', '--quiet', '--allow-empty', '-m', 'x', { cwd: 'sub dir/module' });
    assert.deepEqual(hooks.startedBy(), ONCE);
    repo.git('commit', '--quiet', '--allow-empty', '-m', 'outside');
    assert.deepEqual(hooks.startedBy(), NOT_AT_ALL);
  });

  it('works in paths with spaces, quotes and letters of other languages', async () => {
    repo = scratchRepo({ name: `it's a "läd" $(x) \`y\` #z` });
    repo.commitFile('base', '1\n');
    repo.git('config', 'core.hooksPath', 'own hooks');
    hooks = await installStandIn(repo);
    assert.equal(hooks.place.folder, join(repo.dir, 'own hooks'));
    pending();
    const { status, stderr } = commit();
    assert.deepEqual([status, hooks.startedBy()], [0, ONCE], stderr);
    stage(repo);
    repo.git('commit', '-n', '-m', 'y');
    assert.deepEqual(hooks.startedBy(), AHEAD);
  });
});
