import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installHooks, uninstallHooks } from '../../src/app/install';
import { parseHookList } from '../../src/git/configured-hooks';
import { installAgent, type AgentHooks } from '../support/agent-edits';
import { npmManagers, preCommit, type Managers } from '../support/hook-managers';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

/** A hook manager in a repository, with a commit-msg hook that notes its message and refuses the word "refuse". */
interface Manager {
  readonly name: string;
  readonly find: () => Managers;
  /** Its configuration, as a team commits it. */
  readonly files: Readonly<Record<string, string>>;
  /** What a person runs once, and what `npm install` runs again. */
  readonly install: readonly string[];
  readonly again: readonly string[];
}

const NOTE = 'cat "$1" >>ran; ! grep -q refuse "$1"\n';
const NPM_INSTALL = ['npm', 'install', '--offline', '--no-audit', '--no-fund'];

const MANAGERS: readonly Manager[] = [
  {
    name: 'husky',
    find: npmManagers,
    files: {
      'package.json': '{"private": true, "scripts": {"prepare": "husky"}}\n',
      '.husky/commit-msg': NOTE,
    },
    install: ['husky'],
    again: NPM_INSTALL,
  },
  {
    name: 'lefthook',
    find: npmManagers,
    files: {
      'package.json': '{"private": true, "scripts": {"prepare": "lefthook install -f"}}\n',
      'lefthook.yml': 'commit-msg:\n  commands:\n    note:\n      run: sh note.sh {1}\n',
      'note.sh': NOTE,
    },
    install: ['lefthook', 'install'],
    again: NPM_INSTALL,
  },
  {
    name: 'simple-git-hooks',
    find: npmManagers,
    files: {
      'package.json':
        '{"private": true, "scripts": {"prepare": "simple-git-hooks"}, "simple-git-hooks": {"commit-msg": "sh note.sh $1"}}\n',
      'note.sh': NOTE,
    },
    install: ['simple-git-hooks'],
    again: NPM_INSTALL,
  },
  {
    name: 'pre-commit',
    find: preCommit,
    files: {
      '.pre-commit-config.yaml':
        'repos:\n  - repo: local\n    hooks:\n      - id: note\n        name: note\n        entry: sh note.sh\n' +
        '        language: system\n        stages: [commit-msg]\n',
      'note.sh': NOTE,
    },
    install: ['pre-commit', 'install', '--hook-type', 'commit-msg'],
    again: ['pre-commit', 'install', '--hook-type', 'commit-msg'],
  },
];

describe('hook managers as they are published', function () {
  this.timeout(240_000);
  let repo: ScratchRepo;
  afterEach(() => repo.dispose());

  for (const manager of MANAGERS) {
    describe(manager.name, () => {
      let agent: AgentHooks;
      let bin: string;
      before(function () {
        const found = manager.find();
        if (found.kind === 'missing') {
          console.log(`      ${manager.name} is not tested here: ${found.why}`);
          this.skip();
        }
        ({ bin } = found);
      });
      beforeEach(() => {
        repo = scratchRepo();
        repo.env['PATH'] = `${bin}${delimiter}${repo.env['PATH']}`;
        repo.write('.gitignore', 'ran\nnode_modules/\npackage-lock.json\n');
        for (const [name, text] of Object.entries(manager.files)) repo.write(name, text);
        repo.git('add', '.');
        repo.git('commit', '--quiet', '-m', 'start');
      });

      const run = ([program = '', ...args]: readonly string[]): void => {
        const { status, stdout, stderr } = repo.run(program, args);
        assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
      };
      /** The manager's hook runs and decides; and an agent's line is in the trailers, or is not. */
      async function commits(isStamped: boolean): Promise<void> {
        const name = `f${repo.git('rev-list', '--count', 'HEAD').trim()}.js`;
        await agent.edit(name, `const ${name.replace('.', '_')} = compute("${name}");\n`);
        repo.git('add', '.');
        const refused = repo.gitTry('commit', '-m', 'feat: refuse this');
        assert.equal(refused.status, 1, refused.stderr);
        rmSync(join(repo.dir, 'ran'), { force: true });
        const done = repo.gitTry('commit', '-m', `feat: ${name}`);
        assert.equal(done.status, 0, done.stderr);
        assert.doesNotMatch(done.stderr, /hunkmark/i);
        assert.match(repo.read('ran'), new RegExp(`^feat: ${name}$`, 'm'));
        const isThere = /^AI-Hunk: f\d+\.js \+1,1:\w+ ai agent claude-code$/m.test(
          repo.git('log', '-1', '--format=%B'),
        );
        assert.equal(isThere, isStamped);
      }

      it('runs with us in its hook, and is as it was afterwards', async () => {
        run(manager.install);
        const before = hooks(repo);
        agent = await installAgent(repo);
        await commits(true);
        assert.equal((await uninstallHooks({ repositoryDir: repo.dir })).kind, 'uninstalled');
        assert.deepEqual(hooks(repo), before);
      });

      it('loses us when it installs again, and has us back with the agent’s next edit', async () => {
        run(manager.install);
        agent = await installAgent(repo);
        await commits(true);
        run(manager.again);
        await commits(true);
        run(manager.again);
        const before = withoutUs(hooks(repo));
        assert.equal((await uninstallHooks({ repositoryDir: repo.dir })).kind, 'uninstalled');
        assert.deepEqual(hooks(repo), before);
      });

      it('is installed over us, and is as if we had not been there afterwards', async () => {
        const twin = scratchRepo();
        try {
          twin.env['PATH'] = repo.env['PATH'] ?? '';
          for (const [name, text] of Object.entries(manager.files)) twin.write(name, text);
          const [program = '', ...args] = manager.install;
          assert.equal(twin.run(program, args).status, 0);
          agent = await installAgent(repo);
          run(manager.install);
          const again = await installHooks({
            repositoryDir: repo.dir,
            hookProgram: join(process.cwd(), 'dist/hook.js'),
            nodePath: process.execPath,
          });
          assert.equal(again.kind, 'installed');
          await commits(true);
          await uninstallHooks({ repositoryDir: repo.dir });
          assert.deepEqual(hooks(repo), hooks(twin, repo.dir));
        } finally {
          twin.dispose();
        }
      });
    });
  }

  it('a folder of hooks for everybody: nothing is written there, and a line by hand is enough', async () => {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    const everybody = join(repo.root, 'everybody');
    mkdirSync(everybody);
    repo.git('config', '--global', 'core.hooksPath', everybody);
    const hook = join(everybody, 'commit-msg');
    const cli = `${process.execPath} ${join(process.cwd(), 'dist/cli.js')}`;
    const text = `#!/bin/sh\nhunkmark() { ${cli} "$@"; }\nhunkmark stamp --hook commit-msg "$@" || true\n`;
    repo.run('sh', ['-c', 'cat >"$0"; chmod +x "$0"', hook], { stdin: text });
    process.env['GIT_CONFIG_GLOBAL'] = repo.env['GIT_CONFIG_GLOBAL'];
    try {
      const report = await installHooks({
        repositoryDir: repo.dir,
        hookProgram: join(process.cwd(), 'dist/hook.js'),
        nodePath: process.execPath,
      });
      assert.equal(report.kind, 'refused');
      assert.deepEqual(readdirSync(everybody), ['commit-msg']);
      const payload = JSON.stringify({
        session_id: 'one',
        transcript_path: join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        hook_event_name: 'PostToolUse',
        tool_name: 'Write',
        tool_use_id: 'toolu_1',
        tool_input: { file_path: join(repo.dir, 'b.js'), content: 'const b = compute();\n' },
        tool_response: {
          type: 'create',
          filePath: join(repo.dir, 'b.js'),
          content: 'const b = compute();\n',
          structuredPatch: [],
          originalFile: null,
        },
      });
      repo.write('b.js', 'const b = compute();\n');
      const program = join(repo.dir, '.git/hunkmark/hook.js');
      repo.run(process.execPath, [program, 'record', 'claude-code', 'PostToolUse'], { stdin: payload });
      repo.git('add', '.');
      repo.git('commit', '--quiet', '-m', 'feat: b');
      assert.match(repo.git('log', '-1', '--format=%B'), /^AI-Hunk: b\.js \+1,1:\w+ ai agent claude-code$/m);
      const { status, stdout } = repo.run(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'doctor']);
      assert.equal(status, 0, stdout);
      await uninstallHooks({ repositoryDir: repo.dir });
      assert.equal(readFileSync(hook, 'utf8'), text);
      assert.equal(existsSync(join(repo.dir, '.git/hunkmark')), false);
    } finally {
      delete process.env['GIT_CONFIG_GLOBAL'];
    }
  });

  /** git 2.54 or newer; an older one passes over hooks in its configuration. */
  const isNew = (): boolean => {
    const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(repo.git('version'))?.map(Number) ?? [];
    return major > 2 || minor >= 54;
  };
  const doctor = (): string =>
    repo.run(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'doctor']).stdout;

  it('hooks of git’s own configuration: they stay, run where git knows them, and doctor says so', async () => {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    repo.git('config', 'hook.note.command', 'echo noted >>ran #');
    repo.git('config', 'hook.note.event', 'commit-msg');
    repo.git('config', 'hook.idle.command', 'echo noted >>ran #');
    repo.git('config', 'hook.idle.event', 'commit-msg');
    repo.git('config', 'hook.idle.enabled', 'false');
    const config = repo.read('.git/config');
    const agent = await installAgent(repo);
    await agent.edit('b.js', 'const b = compute();\n');
    repo.git('add', 'b.js');
    repo.git('commit', '--quiet', '-m', 'feat: b');
    assert.match(repo.git('log', '-1', '--format=%B'), /^AI-Hunk: b\.js /m);
    assert.equal(existsSync(join(repo.dir, 'ran')), isNew());
    assert.equal(
      /ok +Git runs these of its configuration before commit-msg: note\.\n/.test(doctor()),
      isNew(),
    );
    await uninstallHooks({ repositoryDir: repo.dir });
    assert.equal(repo.read('.git/config'), config);
  });

  it('a configuration that git refuses: doctor says why nobody commits', async function () {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    if (!isNew()) this.skip();
    await installAgent(repo);
    repo.git('config', 'hook.broken.event', 'commit-msg');
    assert.equal(repo.gitTry('commit', '--allow-empty', '-m', 'x').status, 128);
    assert.match(
      doctor(),
      /problem Git stops where commit-msg is to run: fatal: 'hook\.broken\.command' must be/,
    );
  });

  it('hooks of the configuration, as git lists them', () => {
    const ROWS = [
      ['', [], false],
      ['hook from hookdir\n', [], true],
      ['note\ndisabled\tgone\nhook from hookdir\n', ['note'], true],
      ['event-disabled\tnote\nevent-disabled\tgone\n', [], false],
      ['a b\nc\n', ['a b', 'c'], false],
    ] as const;
    for (const [output, configured, folder] of ROWS)
      assert.deepEqual(parseHookList(output), { kind: 'hooks', configured, folder });
  });

  it('a repository inside a repository is a matter of its own', async () => {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    repo.git('init', '--quiet', 'inner');
    const outer = await installAgent(repo);
    const inner = await installAgent(repo, { folder: join(repo.dir, 'inner') });
    await inner.edit('b.js', 'const b = compute();\n');
    await outer.edit('c.js', 'const c = compute();\n');
    const message = (cwd: string): string => {
      repo.git('add', cwd === '.' ? 'c.js' : '.', { cwd });
      repo.git('commit', '--quiet', '-m', 'feat', { cwd });
      return repo.git('log', '-1', '--format=%B', { cwd });
    };
    assert.match(message('inner'), /^AI-Provenance: v1 ai=1 [^]*^AI-Hunk: b\.js /m);
    assert.match(message('.'), /^AI-Provenance: v1 ai=1 [^]*^AI-Hunk: c\.js /m);
  });
});

/** Hooks wherever git may look for them here, by path: mode and bytes; `as`: the path of the repository in them. */
function hooks(repo: ScratchRepo, as = repo.dir): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of ['.git/hooks', '.husky', '.husky/_']) {
    const at = join(repo.dir, folder);
    for (const name of existsSync(at) ? readdirSync(at) : []) {
      const stat = lstatSync(join(at, name));
      if (!stat.isFile() || name.endsWith('.sample')) continue;
      const text = readFileSync(join(at, name), 'latin1').replaceAll(repo.dir, as);
      found[`${folder}/${name}`] = `${(stat.mode & 0o777).toString(8)} ${text}`;
    }
  }
  return found;
}

const BLOCK = /# >>> hunkmark >>>[^]*?# <<< hunkmark <<<\n/;

/** The same without our block; a hook that is nothing else is none. */
function withoutUs(all: Record<string, string>): Record<string, string> {
  const rest = Object.entries(all).map(([name, text]) => [name, text.replace(BLOCK, '')] as const);
  return Object.fromEntries(
    rest.filter(([name, text]) => (text !== all[name] ? text !== '755 #!/bin/sh\n' : true)),
  );
}
