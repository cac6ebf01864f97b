import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { formatInstallReport, installHooks, uninstallHooks, type InstallReport } from '../../src/app/install';
import { CREATED, gateBlock, insertBlock, wrapper } from '../../src/git/hook-block';
import { inspectHookFiles } from '../../src/git/hook-files';
import { locateHooks } from '../../src/git/hooks-place';
import { hasMarker, isInstalled, setMarker, stateFiles } from '../../src/git/state-files';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { installStandIn } from '../support/stand-in-hook';

const HOOKS = ['prepare-commit-msg', 'commit-msg'] as const;

/** Everything under a folder: bytes, modes, targets of links; with `times` also when each file was written. */
function snapshot(folder: string, times = false): Record<string, string> {
  const entries: Record<string, string> = {};
  const walk = (at: string): void => {
    for (const name of readdirSync(join(folder, at))) {
      const path = join(at, name);
      const stat = lstatSync(join(folder, path));
      const mode = `${(stat.mode & 0o7777).toString(8)} ${times ? stat.mtimeMs : ''}`;
      if (stat.isSymbolicLink()) entries[path] = `link ${readlinkSync(join(folder, path))}`;
      else if (stat.isFile()) entries[path] = `${mode} ${readFileSync(join(folder, path), 'latin1')}`;
      else {
        entries[path] = `folder ${mode}`;
        walk(path);
      }
    }
  };
  walk('');
  return entries;
}

describe('git hooks, put in and taken out', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  afterEach(() => {
    repo.dispose();
  });

  const program = (): string => join(repo.root, 'program.js');
  const install = (repositoryDir = repo.dir): Promise<InstallReport> => {
    if (!existsSync(program())) writeFileSync(program(), 'process.exitCode = 0;\n');
    return installHooks({ repositoryDir, hookProgram: program(), nodePath: process.execPath });
  };
  const uninstall = (repositoryDir = repo.dir): Promise<InstallReport> => uninstallHooks({ repositoryDir });
  const hook = (name: string): string => join(repo.dir, '.git/hooks', name);
  const put = (name: string, text: string | Buffer, mode = 0o755): void => {
    writeFileSync(hook(name), text);
    chmodSync(hook(name), mode);
  };
  const fresh = (options = {}): void => {
    repo = scratchRepo(options);
    repo.commitFile('base', '1\n');
  };
  /** Installs, uninstalls, and expects the repository as it was. */
  const roundTrip = async (): Promise<void> => {
    const before = snapshot(repo.dir);
    assert.equal((await install()).kind, 'installed');
    assert.notDeepEqual(snapshot(repo.dir), before);
    assert.equal((await uninstall()).kind, 'uninstalled');
    assert.deepEqual(snapshot(repo.dir), before);
  };

  interface Foreign {
    readonly name: string;
    /** Puts one hook there. */
    readonly make: (file: string) => void;
    /** What a commit with it, `-m x`, ends with; the hook writes its argument into `ran` when `ran`. */
    readonly status: number;
    readonly ran: boolean;
    readonly how: 'inserted' | 'wrapped';
  }
  const script =
    (text: string | Buffer, mode = 0o755) =>
    (file: string) => {
      writeFileSync(file, text);
      chmodSync(file, mode);
    };
  const SH = 'echo "$*" >>ran; cat >stdin; exit';
  const node = (status: number): string =>
    `#!${process.execPath}\nrequire('fs').appendFileSync('ran', process.argv.slice(2).join(' ') + '\\n');\n` +
    `require('fs').writeFileSync('stdin', require('fs').readFileSync(0));\nprocess.exit(${status})\n`;
  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)']).stdout?.toString().trim();
  const PYTHON: Foreign = {
    name: 'python that refuses',
    make: script(
      `#!${python}\nimport sys\nopen('ran', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n` +
        `open('stdin', 'w').write(sys.stdin.read())\nsys.exit(11)\n`,
    ),
    status: 1,
    ran: true,
    how: 'wrapped',
  };
  const FOREIGN: readonly Foreign[] = [
    ...(python ? [PYTHON] : []),
    { name: 'sh', make: script(`#!/bin/sh\n${SH} 0\n`), status: 0, ran: true, how: 'inserted' },
    { name: 'sh that refuses', make: script(`#!/bin/sh\n${SH} 3\n`), status: 1, ran: true, how: 'inserted' },
    {
      name: 'sh, strict',
      make: script(`#!/bin/sh\nset -eu\n${SH} 0\n`),
      status: 0,
      ran: true,
      how: 'inserted',
    },
    { name: 'sh -eu', make: script(`#!/bin/sh -eu\n${SH} 0\n`), status: 0, ran: true, how: 'inserted' },
    {
      name: 'sh that execs',
      make: script(`#!/bin/sh\nexec sh -c '${SH} 4' - "$@"`),
      status: 1,
      ran: true,
      how: 'inserted',
    },
    { name: 'sh without a shebang', make: script(`${SH} 5\n`), status: 1, ran: true, how: 'inserted' },
    {
      name: 'sh with mode 0700',
      make: script(`#!/bin/sh\n${SH} 0`, 0o700),
      status: 0,
      ran: true,
      how: 'inserted',
    },
    {
      name: 'sh with bytes outside UTF-8',
      make: script(Buffer.from(`#!/bin/sh\n# \xe9\xff\n${SH} 0\n`, 'latin1')),
      status: 0,
      ran: true,
      how: 'inserted',
    },
    { name: 'only a shebang', make: script('#!/bin/sh\n'), status: 0, ran: false, how: 'inserted' },
    {
      name: 'only a shebang, no line end',
      make: script('#!/bin/sh'),
      status: 0,
      ran: false,
      how: 'inserted',
    },
    { name: 'empty', make: script(''), status: 0, ran: false, how: 'inserted' },
    {
      name: 'bash',
      make: script(`#!/usr/bin/env bash\nset -euo pipefail; [[ -n $1 ]]\n${SH} 6\n`),
      status: 1,
      ran: true,
      how: 'inserted',
    },
    { name: 'node', make: script(node(0)), status: 0, ran: true, how: 'wrapped' },
    { name: 'node that refuses', make: script(node(7)), status: 1, ran: true, how: 'wrapped' },
    {
      name: 'a binary',
      make: (file) => copyFileSync(realProgram('false'), file),
      status: 1,
      ran: false,
      how: 'wrapped',
    },
    {
      name: 'sh, not executable',
      make: script(`#!/bin/sh\n${SH} 8\n`, 0o644),
      status: 0,
      ran: false,
      how: 'wrapped',
    },
    { name: 'node, not executable', make: script(node(9), 0o600), status: 0, ran: false, how: 'wrapped' },
    {
      name: 'a script that reads itself',
      make: script(`#!/bin/sh\nexec tail -n 1 "$0"\nlast line`),
      status: 0,
      ran: false,
      how: 'wrapped',
    },
    {
      name: 'a link to a script that refuses',
      make: (file) => {
        script(`#!/bin/sh\n${SH} 10\n`)(join(dirname(file), '../linked'));
        symlinkSync('../linked', file);
      },
      status: 1,
      ran: true,
      how: 'wrapped',
    },
    {
      name: 'a link to nothing',
      make: (file) => symlinkSync('no/such', file),
      status: 0,
      ran: false,
      how: 'wrapped',
    },
  ];

  function realProgram(name: string): string {
    return ['/bin', '/usr/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? name;
  }

  for (const { name, make, status, ran, how } of FOREIGN) {
    it(`keeps a foreign hook: ${name}`, async () => {
      fresh();
      for (const each of HOOKS) make(hook(each === 'commit-msg' ? each : 'pre-commit'));
      unlinkSync(hook('pre-commit'));
      const before = snapshot(repo.dir);
      const commit = (): [number, string] => {
        rmSync(join(repo.dir, 'ran'), { force: true });
        const finished = repo.gitTry('commit', '--quiet', '--allow-empty', '-m', 'x');
        return [finished.status, existsSync(join(repo.dir, 'ran')) ? repo.read('ran') : ''];
      };
      const expected: [number, string] = [status, ran ? '.git/COMMIT_EDITMSG\n' : ''];
      assert.deepEqual(commit(), expected, 'without Hunkmark');

      const hooks = await installStandIn(repo);
      const placed = inspectHookFiles(hooks.place).hooks[1];
      assert.deepEqual([placed?.how, placed?.state], [how, 'current']);
      setMarker(hooks.place.commonDir, 'pending', true);
      assert.deepEqual(commit(), expected, 'with Hunkmark');
      assert.deepEqual(hooks.startedBy(), ['commit-msg']);

      if (ran) {
        const direct = repo.run(hook('commit-msg'), ['one', 'two words'], { stdin: 'to be read\n' });
        assert.equal(repo.read('stdin'), 'to be read\n');
        assert.ok(repo.read('ran').endsWith('one two words\n'));
        assert.equal(direct.status === 0, status === 0);
        assert.equal(direct.stdout, '');
        assert.equal(hooks.starts()[0]?.stdin, '');
      }
      const report = await uninstall();
      assert.equal(report.kind, 'uninstalled');
      for (const file of ['ran', 'stdin']) rmSync(join(repo.dir, file), { force: true });
      assert.deepEqual(hooksOf(snapshot(repo.dir)), hooksOf(before));
      assert.deepEqual(commit(), expected, 'after Hunkmark');
    });
  }

  const PUSH_PROGRAM = `
const fs = require('node:fs');
const said = process.argv.slice(2).join(' ') + '\\n' + fs.readFileSync(0, 'utf8');
fs.writeFileSync('checked', said);
console.log('standard output of the program');
`;

  /** A remote, the hook that checks what is pushed with a stand-in for the program, and pushes to branches of their own. */
  function pushing(): {
    readonly install: (program?: string) => Promise<InstallReport>;
    /** The status of a push, what our program was told, and what a foreign hook was told. */
    readonly push: (env?: Record<string, string>) => {
      status: number;
      stderr: string;
      checked: string;
      foreign: string;
      /** What git says to the hook. */
      line: string;
    };
  } {
    fresh();
    repo.git('init', '--quiet', '--bare', '../remote.git');
    repo.git('remote', 'add', 'origin', '../remote.git');
    const noted = (file: string): string => (existsSync(join(repo.dir, file)) ? repo.read(file) : '');
    let pushes = 0;
    return {
      install: async (text = PUSH_PROGRAM) => {
        writeFileSync(program(), 'process.exitCode = 0;\n');
        writeFileSync(join(repo.root, 'cli.js'), text);
        const nodePath = process.execPath;
        return await installHooks({
          repositoryDir: repo.dir,
          hookProgram: program(),
          nodePath,
          prePush: true,
        });
      },
      push: (env = {}) => {
        for (const file of ['checked', 'ran', 'stdin']) rmSync(join(repo.dir, file), { force: true });
        const to = `refs/heads/b${++pushes}`;
        const head = repo.git('rev-parse', 'HEAD').trim();
        const { status, stderr } = repo.gitTry('push', 'origin', `HEAD:${to}`, { env });
        const line = `HEAD ${head} ${to} ${'0'.repeat(head.length)}\n`;
        return { status, stderr, line, checked: noted('checked'), foreign: noted('ran') + noted('stdin') };
      },
    };
  }

  for (const { name, make, status, ran, how } of FOREIGN) {
    it(`keeps a foreign pre-push hook and what git says to it: ${name}`, async () => {
      const on = pushing();
      make(hook('pre-push'));
      const before = snapshot(repo.dir);
      const foreign = (line: string): string => (ran ? `origin ../remote.git\n${line}` : '');
      const without = on.push();
      assert.deepEqual([without.status, without.foreign], [status, foreign(without.line)], 'without');

      const report = await on.install();
      assert.ok(report.kind === 'installed');
      assert.equal(report.hooks.find((each) => each.hook === 'pre-push')?.how, how);
      const pushed = on.push();
      assert.deepEqual(
        [pushed.status, pushed.foreign, pushed.checked],
        [status, foreign(pushed.line), `check --pre-push origin\n${pushed.line}`],
        'with',
      );
      const off = on.push({ HUNKMARK: 'off' });
      assert.deepEqual([off.status, off.foreign, off.checked], [status, foreign(off.line), ''], 'off');

      await uninstall();
      assert.deepEqual(hooksOf(snapshot(repo.dir)), hooksOf(before));
      const after = on.push();
      assert.deepEqual([after.status, after.foreign], [status, foreign(after.line)], 'after');
    });
  }

  const BROKEN: readonly [what: string, program: string, status: number, says: RegExp][] = [
    ['finds nothing', 'process.exit(0);', 0, /^(?!.*hunkmark)/s],
    ['finds errors', 'process.exit(79);', 1, /the findings above stop this push; "git push --no-verify"/],
    ['cannot read the policy', 'process.exit(2);', 0, /ended with status 2; the push goes on/],
    ['breaks', 'process.exit(3);', 0, /ended with status 3; the push goes on/],
    ['is no program', 'no program {', 0, /ended with status 1; the push goes on/],
    ['is empty', '', 0, /^(?!.*hunkmark)/s],
    ['throws', 'throw new Error();', 0, /ended with status 1; the push goes on/],
    ['is killed', 'process.kill(process.pid, "SIGKILL");', 0, /ended with status 137; the push goes on/],
  ];
  for (const [what, text, status, says] of BROKEN) {
    it(`pushes unless there are findings: the check ${what}`, async () => {
      const on = pushing();
      put('pre-push', '#!/bin/sh -eu\necho "$*" >ran\ncat >stdin\n');
      await on.install(text);
      const pushed = on.push();
      assert.equal(pushed.status, status, pushed.stderr);
      assert.match(pushed.stderr, says);
      if (status === 0) assert.equal(pushed.foreign, `origin ../remote.git\n${pushed.line}`);
    });
  }

  it('pushes without Node, without the program, and without anybody to tell', async () => {
    const on = pushing();
    put('pre-push', '#!/bin/sh\necho "$*" >ran\ncat >stdin\n');
    await on.install();
    const state = stateFiles(join(repo.dir, '.git'));
    writeFileSync(state.node, '/no/such/node\n');
    const bin = join(repo.root, 'bin');
    mkdirSync(bin);
    const which = (name: string): string => repo.run('sh', ['-c', `command -v ${name}`]).stdout.trim();
    for (const name of ['git', 'sh', 'cat']) symlinkSync(which(name), join(bin, name));
    const alone = on.push({ PATH: bin });
    assert.deepEqual([alone.status, alone.checked], [0, ''], alone.stderr);
    assert.match(alone.stderr, /Node was not found; this push is not checked/);
    assert.equal(alone.foreign, `origin ../remote.git\n${alone.line}`);
    unlinkSync(state.checkProgram);
    const gone = on.push();
    assert.deepEqual([gone.status, gone.checked], [0, '']);
    assert.equal(gone.foreign, `origin ../remote.git\n${gone.line}`);
    writeFileSync(state.checkProgram, 'process.exit(3)');
    const closed = repo.run('sh', ['-c', `'${hook('pre-push')}' origin x </dev/null 2>&-`]);
    assert.equal(closed.status, 0);
  });

  it('keeps the hook of pushes in every install, renews its program, and takes out both', async () => {
    const on = pushing();
    const before = snapshot(repo.dir);
    await on.install();
    const installed = snapshot(repo.dir, true);
    assert.ok((await install()).kind === 'installed');
    assert.deepEqual(snapshot(repo.dir, true), installed, 'a plain install changes nothing');
    writeFileSync(join(repo.root, 'cli.js'), '// newer\n');
    await install();
    assert.equal(repo.read('.git/hunkmark/cli.js'), '// newer\n');
    await uninstall();
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('puts nothing into pre-push unless it is asked to', async () => {
    fresh();
    await install();
    assert.equal(existsSync(hook('pre-push')), false);
    assert.equal(existsSync(join(repo.dir, '.git/hunkmark/cli.js')), false);
  });

  /** Without what commits write. */
  function hooksOf(entries: Record<string, string>): Record<string, string> {
    const kept = Object.entries(entries).filter(
      ([path]) => path.startsWith('.git/h') || path === '.git/linked',
    );
    return Object.fromEntries(kept);
  }

  it('hands the exit code of each kind on unchanged', async () => {
    fresh();
    put('commit-msg', '#!/bin/sh\nexit 42\n');
    put('prepare-commit-msg', `#!${process.execPath}\nprocess.exit(43)\n`);
    await install();
    assert.equal(repo.run(hook('commit-msg'), ['m']).status, 42);
    assert.equal(repo.run(hook('prepare-commit-msg'), ['m']).status, 43);
  });

  it('leaves no trace in a repository without hooks', async () => {
    fresh();
    await roundTrip();
    rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
    await roundTrip();
    assert.equal(existsSync(join(repo.dir, '.git/hooks')), false);
  });

  it('keeps a hooks folder of its own making that somebody else uses now', async () => {
    fresh();
    rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
    await install();
    put('pre-push', '#!/bin/sh\n');
    await uninstall();
    assert.deepEqual(readdirSync(join(repo.dir, '.git/hooks')), ['pre-push']);
  });

  it('writes nothing the second time', async () => {
    fresh();
    put('commit-msg', `#!${process.execPath}\n`);
    await install();
    const before = snapshot(repo.dir, true);
    const report = await install();
    assert.deepEqual(snapshot(repo.dir, true), before);
    assert.equal(report.kind, 'installed');
    assert.deepEqual(report.kind === 'installed' && report.state, []);
    assert.match(
      formatInstallReport(report),
      /^Hunkmark is already in the hooks in .*\n  prepare-commit-msg: already there\n/,
    );
  });

  it('renews an older block, the program and the path of Node, and nothing else', async () => {
    fresh();
    put('commit-msg', '#!/bin/sh\necho mine\n');
    await install();
    const right = snapshot(repo.dir);
    put(
      'commit-msg',
      insertBlock('#!/bin/sh\necho mine\n', '# >>> hunkmark >>>\n: older\n# <<< hunkmark <<<'),
    );
    put('prepare-commit-msg', insertBlock(CREATED, '# >>> hunkmark >>>\n: older\n# <<< hunkmark <<<'));
    const place = await locateHooks(repo.dir);
    assert.deepEqual(
      inspectHookFiles(place).hooks.map(({ state }) => state),
      ['outdated', 'outdated'],
    );
    for (const file of ['hook.js', 'node']) writeFileSync(join(place.commonDir, 'hunkmark', file), 'older');
    assert.deepEqual(inspectHookFiles(place).node, 'older');
    const report = await install();
    assert.deepEqual(snapshot(repo.dir), right);
    const { folder } = stateFiles(place.commonDir);
    assert.deepEqual(report.kind === 'installed' && report.state, [
      join(folder, 'hook.js'),
      join(folder, 'node'),
    ]);
  });

  it('makes a hook of ours executable again, and says that git ignores another', async () => {
    fresh();
    put('commit-msg', '#!/bin/sh\necho mine\n');
    await install();
    chmodSync(hook('prepare-commit-msg'), 0o644);
    chmodSync(hook('commit-msg'), 0o644);
    const place = await locateHooks(repo.dir);
    assert.deepEqual(
      inspectHookFiles(place).hooks.map(({ state }) => state),
      ['ignored', 'ignored'],
    );
    const text = formatInstallReport(await install());
    assert.equal(statSync(hook('prepare-commit-msg')).mode & 0o111, 0o100);
    assert.equal(statSync(hook('commit-msg')).mode & 0o111, 0);
    assert.match(
      text,
      /Git does not run .*\/commit-msg, because it is not executable\. To use it: chmod \+x/,
    );
  });

  it('keeps what a person changed in the meantime', async () => {
    fresh();
    const python = '#!/usr/bin/env python3\n';
    put('commit-msg', python);
    put('prepare-commit-msg', '#!/bin/sh\necho before\n', 0o750);
    await install();
    for (const each of HOOKS) writeFileSync(hook(each), readFileSync(hook(each), 'latin1') + 'echo added\n');
    const report = await uninstall();
    assert.equal(readFileSync(hook('prepare-commit-msg'), 'latin1'), '#!/bin/sh\necho before\necho added\n');
    assert.equal(statSync(hook('prepare-commit-msg')).mode & 0o7777, 0o750);
    // The foreign program still runs, and the person is told where it is.
    assert.equal(readFileSync(hook('commit-msg'), 'latin1'), `${wrapper('commit-msg')}echo added\n`);
    assert.equal(readFileSync(hook('commit-msg.hunkmark-saved'), 'latin1'), python);
    assert.match(
      formatInstallReport(report),
      /was changed since; the hook from before is still in .*commit-msg\.hunkmark-saved/,
    );
  });

  it('keeps what a person added to a hook of ours', async () => {
    fresh();
    await install();
    writeFileSync(hook('commit-msg'), readFileSync(hook('commit-msg'), 'latin1') + 'echo added\n');
    await uninstall();
    assert.equal(readFileSync(hook('commit-msg'), 'latin1'), '#!/bin/sh\necho added\n');
    assert.equal(existsSync(hook('prepare-commit-msg')), false);
  });

  it('leaves a hook that another tool has put in its place', async () => {
    fresh();
    put('commit-msg', '#!/usr/bin/env python3\n');
    await install();
    put('commit-msg', '#!/usr/bin/env ruby\n');
    put('prepare-commit-msg', '#!/bin/sh\necho other\n');
    const refused = await install();
    assert.equal(refused.kind, 'refused');
    assert.match(
      formatInstallReport(refused),
      /commit-msg must be moved aside to .*commit-msg\.hunkmark-saved, but that exists/,
    );
    assert.equal(
      readFileSync(hook('prepare-commit-msg'), 'latin1'),
      '#!/bin/sh\necho other\n',
      'nothing was written',
    );
    const report = await uninstall();
    assert.equal(readFileSync(hook('commit-msg'), 'latin1'), '#!/usr/bin/env ruby\n');
    assert.match(
      formatInstallReport(report),
      /the hook from before is still in .*commit-msg\.hunkmark-saved/,
    );
  });

  it('brings a foreign hook back after its wrapper was deleted', async () => {
    fresh();
    put('commit-msg', '#!/usr/bin/env python3\n', 0o711);
    const before = snapshot(repo.dir);
    await install();
    unlinkSync(hook('commit-msg'));
    await uninstall();
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('finds its way after a crash between moving aside and writing', async () => {
    fresh();
    put('commit-msg', '#!/usr/bin/env python3\n');
    const before = snapshot(repo.dir);
    await install();
    const [wrapped, saved] = [hook('commit-msg'), hook('commit-msg.hunkmark-saved')];
    const text = readFileSync(wrapped);
    copyFileSync(saved, wrapped);
    const again = await install();
    assert.equal(again.kind, 'installed');
    assert.deepEqual(readFileSync(wrapped), text);
    copyFileSync(saved, wrapped);
    await uninstall();
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('comes out without its record, and with a record of nonsense', async () => {
    for (const nonsense of [
      null,
      '',
      '[1',
      '{"hooks":[{"file":7}],"folders":[null]}',
      '{"hooks":{"length":3}}',
    ]) {
      fresh();
      put('commit-msg', '#!/usr/bin/env python3\n');
      const before = snapshot(repo.dir);
      await install();
      const place = await locateHooks(repo.dir);
      if (nonsense === null) rmSync(stateFiles(place.commonDir).folder, { recursive: true });
      else writeFileSync(stateFiles(place.commonDir).installed, nonsense);
      await uninstall();
      assert.deepEqual(snapshot(repo.dir), before, String(nonsense));
      repo.dispose();
    }
    fresh();
  });

  it('touches nothing outside the repository, whatever the record says', async () => {
    fresh();
    await install();
    const place = await locateHooks(repo.dir);
    const outside = join(repo.root, 'outside');
    mkdirSync(join(outside, 'empty'), { recursive: true });
    const block = gateBlock('commit-msg', { kind: 'beside' });
    writeFileSync(join(outside, 'commit-msg'), insertBlock(CREATED, block));
    const record = {
      hooks: [{ file: '../../outside/commit-msg', how: 'created' }],
      folders: ['../../outside/empty'],
    };
    writeFileSync(stateFiles(place.commonDir).installed, JSON.stringify(record));
    const before = snapshot(outside);
    await uninstall();
    assert.deepEqual(snapshot(outside), before);
  });

  it('says that there was nothing to take out', async () => {
    fresh();
    const before = snapshot(repo.dir);
    assert.equal(formatInstallReport(await uninstall()), 'Hunkmark was not installed here.\n');
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('keeps its state to the owner and removes all of it', async () => {
    fresh();
    await install();
    const place = await locateHooks(repo.dir);
    const { folder, worktrees } = stateFiles(place.commonDir);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o077, 0, file);
    assert.equal(isInstalled(place.commonDir), true);
    mkdirSync(join(worktrees, 'main'), { recursive: true });
    writeFileSync(join(worktrees, 'main', 'segment'), 'records');
    const report = await uninstall();
    assert.equal(existsSync(folder), false);
    assert.deepEqual(report.kind === 'uninstalled' && report.removed, [folder]);
    assert.match(formatInstallReport(report), /\.git\/hunkmark: removed\n/);
  });

  it('writes through no link in the place of its state folder', async () => {
    fresh();
    const outside = join(repo.root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(repo.dir, '.git/hunkmark'));
    assert.match(formatInstallReport(await install()), /hunkmark is in the way: it is not a folder/);
    assert.deepEqual(readdirSync(outside), []);
  });

  it('sets the markers that history and settings ask for', async () => {
    fresh();
    await install();
    const { commonDir } = await locateHooks(repo.dir);
    assert.deepEqual([hasMarker(commonDir, 'tracked'), hasMarker(commonDir, 'always')], [false, false]);
    repo.git(
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x\n\nAI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0',
    );
    repo.git('branch', 'other');
    repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    repo.git('config', 'hunkmark.stamp', 'always');
    await install();
    assert.deepEqual([hasMarker(commonDir, 'tracked'), hasMarker(commonDir, 'always')], [true, true]);
    repo.git('config', '--unset', 'hunkmark.stamp');
    await install();
    assert.deepEqual([hasMarker(commonDir, 'tracked'), hasMarker(commonDir, 'always')], [true, false]);
  });

  it('keeps `always` while another working tree may want it', async () => {
    fresh();
    const linked = join(repo.root, 'linked');
    repo.git('worktree', 'add', '--quiet', linked);
    repo.git('config', 'extensions.worktreeConfig', 'true');
    repo.git('config', '--worktree', 'hunkmark.stamp', 'always', { cwd: linked });
    const { commonDir } = await locateHooks(repo.dir);
    await install(linked);
    assert.equal(hasMarker(commonDir, 'always'), true);
    await install();
    assert.equal(hasMarker(commonDir, 'always'), true);
    repo.git('config', '--worktree', '--unset', 'hunkmark.stamp', { cwd: linked });
    await install(linked);
    assert.equal(hasMarker(commonDir, 'always'), false);
  });

  it('goes to the shared folder from a linked worktree, and out of it again', async () => {
    fresh();
    const linked = join(repo.root, 'linked');
    repo.git('worktree', 'add', '--quiet', linked);
    const before = snapshot(repo.dir);
    const report = await install(linked);
    assert.equal(report.kind === 'installed' && report.hooksFolder, join(repo.dir, '.git/hooks'));
    assert.equal(existsSync(join(repo.dir, '.git/worktrees/linked/hunkmark')), false);
    assert.match(formatInstallReport(await install()), /already in the hooks/);
    await uninstall(linked);
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('goes to the folder of a submodule and leaves the repository around it alone', async () => {
    fresh();
    const library = scratchRepo({ name: 'library' });
    library.commitFile('file', 'x\n');
    repo.git('submodule', '--quiet', 'add', library.dir, 'sub');
    library.dispose();
    const before = snapshot(repo.dir);
    await install(join(repo.dir, 'sub'));
    assert.equal(existsSync(join(repo.dir, '.git/modules/sub/hunkmark/hook.js')), true);
    assert.equal(existsSync(join(repo.dir, '.git/hunkmark')), false);
    await uninstall(join(repo.dir, 'sub'));
    assert.deepEqual(snapshot(repo.dir), before);
  });

  it('survives a move of the repository', async () => {
    fresh();
    put('commit-msg', `#!${process.execPath}\n`);
    const before = snapshot(repo.dir);
    await install();
    const moved = join(repo.root, 'moved');
    renameSync(repo.dir, moved);
    assert.match(formatInstallReport(await install(moved)), /already in the hooks/);
    await uninstall(moved);
    assert.deepEqual(snapshot(moved), before);
    mkdirSync(repo.dir);
  });

  it('uses a hooks folder in the working tree that git does not track', async () => {
    fresh();
    repo.write('.husky/_/commit-msg', '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n');
    repo.write('.husky/_/h', 'echo "$(basename "$0")" >>ran; exit 0\n');
    repo.write('.husky/_/.gitignore', '*');
    repo.git('config', 'core.hooksPath', '.husky/_');
    chmodSync(join(repo.dir, '.husky/_/commit-msg'), 0o755);
    const before = snapshot(repo.dir);
    const hooks = await installStandIn(repo);
    setMarker(hooks.place.commonDir, 'pending', true);
    repo.git('commit', '--quiet', '--allow-empty', '-m', 'x');
    assert.deepEqual(hooks.startedBy(), ['commit-msg']);
    assert.equal(repo.read('ran'), 'commit-msg\n');
    assert.equal(repo.git('status', '--porcelain', '.husky'), '');
    // Its own installer writes the file anew; ours puts the block back.
    repo.write('.husky/_/commit-msg', '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n');
    await install();
    assert.match(repo.read('.husky/_/commit-msg'), />>> hunkmark >>>/);
    await uninstall();
    assert.deepEqual(
      Object.entries(snapshot(repo.dir)).filter(([path]) => path.startsWith('.husky')),
      Object.entries(before).filter(([path]) => path.startsWith('.husky')),
    );
    assert.equal(repo.git('config', 'core.hooksPath'), '.husky/_\n');
  });

  it('comes out of a hooks folder that is in use no more', async () => {
    fresh();
    await install();
    repo.git('config', 'core.hooksPath', '.own');
    await install();
    assert.equal(existsSync(join(repo.dir, '.own/commit-msg')), true);
    await uninstall();
    assert.equal(existsSync(join(repo.dir, '.own')), false);
    assert.equal(existsSync(hook('commit-msg')), false);
  });

  const LINE = 'hunkmark stamp --hook commit-msg "$@" || true';
  const REFUSED: readonly [when: string, given: () => string | undefined, says: (dir: string) => RegExp][] = [
    [
      'a hooks folder outside',
      () => {
        mkdirSync(join(repo.root, 'everyone'));
        repo.git('config', '--global', 'core.hooksPath', join(repo.root, 'everyone'));
        return undefined;
      },
      () =>
        /Git runs this repository's hooks from .*\/everyone \(core\.hooksPath, or a link\), which is outside/,
    ],
    [
      'a link to a folder outside',
      () => {
        mkdirSync(join(repo.root, 'everyone'));
        rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
        symlinkSync(join(repo.root, 'everyone'), join(repo.dir, '.git/hooks'));
        return undefined;
      },
      () => /which is outside the repository/,
    ],
    [
      'hooks that are switched off',
      () => {
        repo.git('config', 'core.hooksPath', '/dev/null');
        return undefined;
      },
      () => /hooks from \/dev\/null/,
    ],
    [
      'a hook that git tracks',
      () => {
        repo.commitFile('team hooks/commit-msg', '#!/bin/sh\n');
        repo.git('config', 'core.hooksPath', 'team hooks');
        return undefined;
      },
      () => /Git tracks team hooks\/commit-msg, where this repository has its hooks/,
    ],
    [
      'half a block',
      () => {
        put('commit-msg', '#!/bin/sh\n# >>> hunkmark >>>\necho\n');
        return undefined;
      },
      () => /commit-msg has one of Hunkmark's two marker lines without the other/,
    ],
    [
      'a folder in the place of a hook',
      () => {
        mkdirSync(hook('commit-msg'));
        return undefined;
      },
      () => /commit-msg is not a file/,
    ],
    [
      'a file in the place of the hooks folder',
      () => {
        rmSync(join(repo.dir, '.git/hooks'), { recursive: true });
        mkdirSync(join(repo.dir, '.git/hunkmark'), { mode: 0o700 });
        writeFileSync(join(repo.dir, '.git/hooks'), '');
        return undefined;
      },
      () => /\.git\/hooks\/prepare-commit-msg cannot be written/,
    ],
    ['no repository', () => repo.root, () => /is not in a git repository/],
    [
      'a bare repository',
      () => {
        repo.git('clone', '--quiet', '--bare', repo.dir, join(repo.root, 'bare'));
        return join(repo.root, 'bare');
      },
      () => /is a bare repository, and hooks for commits never run there/,
    ],
  ];
  for (const [when, given, says] of REFUSED) {
    it(`refuses, and writes to no hook: ${when}`, async () => {
      fresh();
      process.env['GIT_CONFIG_GLOBAL'] = repo.env['GIT_CONFIG_GLOBAL'];
      try {
        const dir = given();
        writeFileSync(program(), '');
        const before = snapshot(repo.root, true);
        const report = await install(dir);
        const state = join(repo.dir, '.git/hunkmark');
        assert.equal(report.kind, 'refused');
        const text = formatInstallReport(report);
        assert.match(text, says(repo.dir));
        assert.match(text, /^Hunkmark stopped\.\n/);
        if (/outside|tracks/.test(text)) {
          assert.ok(text.includes(LINE));
          // The line needs the program and the journal.
          assert.ok(isInstalled(join(repo.dir, '.git')));
          rmSync(state, { recursive: true });
        }
        const ours = ([name]: [string, string]): boolean => name !== join('repo', '.git');
        const after = snapshot(repo.root, true);
        assert.deepEqual(Object.entries(after).filter(ours), Object.entries(before).filter(ours));
      } finally {
        delete process.env['GIT_CONFIG_GLOBAL'];
      }
    });
  }

  it('reports a path without sending its control characters to the terminal', async () => {
    fresh({ name: 'red\x1b[31m\nline' });
    const text = formatInstallReport(await install());
    assert.match(text, /red\\x1b\[31m\\x0aline/);
    assert.equal(text.includes('\x1b'), false);
    await uninstall();
  });

  it('says what it did in these words', async () => {
    fresh();
    put('commit-msg', '#!/usr/bin/env python3\n');
    put('prepare-commit-msg', '#!/bin/sh\n');
    const shown = async (report: Promise<InstallReport>): Promise<string> =>
      formatInstallReport(await report).replaceAll(repo.dir, 'REPO');
    assert.equal(
      await shown(install()),
      `Hunkmark is in the hooks in REPO/.git/hooks:
  prepare-commit-msg: written, ahead of the hook that was there, which runs as before
  commit-msg: written, the hook that was there was moved aside and runs as before
`,
    );
    assert.equal(
      await shown(uninstall()),
      `Hunkmark is out of this repository:
  REPO/.git/hooks/prepare-commit-msg: our lines are out, the rest stays
  REPO/.git/hooks/commit-msg: as it was before
  REPO/.git/hunkmark: removed
`,
    );
  });
});
