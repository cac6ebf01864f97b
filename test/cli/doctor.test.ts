import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, golden, type Bench, type Json } from './bench';

describe('hunkmark doctor', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('a.ts', 'export const one = 1;\n');
    at.repo.git('add', '.');
    at.commit('start');
    at.install();
  });
  afterEach(() => at.repo.dispose());

  const state = (name = ''): string => path.join(at.repo.dir, '.git/hunkmark', name);
  const hook = (name: string): string => path.join(at.repo.dir, '.git/hooks', name);
  const settings = (): string => path.join(at.repo.dir, '.claude/settings.local.json');

  const home = (name: string): string => path.join(at.repo.root, 'home', name);
  function onPath(program: string): void {
    at.repo.run('sh', ['-c', `mkdir -p "${at.repo.root}/bin"; : >"${at.repo.root}/bin/${program}"`]);
    at.repo.env['PATH'] = `${at.repo.root}/bin:${at.repo.env['PATH']}`;
  }
  /** A call of an agent's hook. */
  function hears(agent: string, event: string, payload: object): void {
    const program = path.join(at.repo.dir, '.git/hunkmark/hook.js');
    const how = { stdin: JSON.stringify(payload) };
    const { status, stdout } = at.repo.run(process.execPath, [program, 'record', agent, event], how);
    assert.deepEqual([status, stdout], [0, '']);
  }
  /** An index of more files than are looked at, none of which is on disk or differs from HEAD. */
  function many(): void {
    const oid = at.repo.git('hash-object', '-w', '--stdin', { stdin: '' }).trim();
    const lines = Array.from({ length: 25_001 }, (_, i) => `100644 ${oid}\tmany/f${i}\n`);
    at.repo.git('update-index', '--index-info', { stdin: lines.join('') });
    at.repo.git('commit', '--quiet', '-m', 'many');
  }

  /** The checks that are not fine, as `STATE WHAT -> HELP`; the status must be 1 exactly where one is a problem, 2 where the policy is. */
  function found(): string[] {
    const { status, stdout, stderr } = at.run('doctor', '--json');
    assert.equal(stderr, '');
    const { checks, summary } = JSON.parse(stdout);
    const isPolicy = checks.some(({ area, state: is }: Json) => area === 'policy' && is === 'problem');
    assert.equal(status, isPolicy ? 2 : summary.problem > 0 ? 1 : 0);
    return checks
      .filter((check: Json) => check.state !== 'fine')
      .map((check: Json) => `${check.state} ${check.what} -> ${check.help}`.replaceAll(at.repo.root, 'ROOT'));
  }
  function finds(...expected: (string | RegExp)[]): void {
    const actual = found();
    for (const each of expected)
      assert.ok(
        actual.some((line) => (typeof each === 'string' ? line === each : each.test(line))),
        `${String(each)} is not in\n${actual.join('\n')}`,
      );
    assert.equal(actual.length, expected.length, actual.join('\n'));
  }

  it('has nothing to say where everything works', () => {
    const text = at.ok('doctor').replaceAll(at.repo.root, 'ROOT').replaceAll(process.execPath, 'NODE');
    golden('doctor', text.replace(/\(Node \d+\)/, '(Node 20)'));
    finds();
  });

  const ROWS: readonly (readonly [about: string, harm: () => void, ...expected: (string | RegExp)[]])[] = [
    [
      'not installed',
      () => void at.ok('uninstall'),
      'problem Hunkmark is not installed in this repository. -> hunkmark install',
    ],
    [
      'hooks of another version',
      () =>
        fs.writeFileSync(
          hook('commit-msg'),
          fs
            .readFileSync(hook('commit-msg'), 'utf8')
            .replace('never stop', 'never hold')
            .replace('They start nothing', 'They start little'),
        ),
      'problem ROOT/repo/.git/hooks/commit-msg has the lines of another version of Hunkmark. -> hunkmark install',
    ],
    [
      'a hook that is not executable',
      () => fs.chmodSync(hook('commit-msg'), 0o644),
      'problem Git does not run ROOT/repo/.git/hooks/commit-msg: it is not executable. -> chmod +x ROOT/repo/.git/hooks/commit-msg',
    ],
    [
      'half a block',
      () => fs.writeFileSync(hook('commit-msg'), '#!/bin/sh\n# >>> hunkmark >>>\n'),
      /^problem \S+commit-msg has one of Hunkmark's two marker lines .* -> delete the lines .* hunkmark install$/,
    ],
    [
      'shadowed by a folder in the repository',
      () => {
        at.repo.write('.husky/_/pre-commit', '#!/bin/sh\n');
        at.repo.git('config', 'core.hooksPath', '.husky/_');
      },
      /^problem Git runs prepare-commit-msg from ROOT\/repo\/\.husky\/_ \(core\.hooksPath\), where Hunkmark is not; .* -> hunkmark install$/,
      /^problem Git runs commit-msg from ROOT\/repo\/\.husky\/_ \(core\.hooksPath\)/,
    ],
    [
      'shadowed by a folder outside',
      () => at.repo.git('config', 'core.hooksPath', path.join(at.repo.root, 'everybody')),
      /^problem Git runs prepare-commit-msg from ROOT\/everybody .* -> To use Hunkmark with it, add this line/,
      /^problem Git runs commit-msg from ROOT\/everybody .* -> To use Hunkmark with it, add this line/,
    ],
    [
      'called by hand from a folder outside',
      () => {
        const folder = path.join(at.repo.root, 'everybody');
        fs.mkdirSync(folder);
        for (const name of ['commit-msg', 'prepare-commit-msg'])
          fs.writeFileSync(
            path.join(folder, name),
            `#!/bin/sh\nhunkmark stamp --hook ${name} "$@" || true\n`,
          );
        at.repo.git('config', 'core.hooksPath', folder);
      },
    ],
    [
      'an old program',
      () => fs.appendFileSync(state('hook.js'), '// old\n'),
      'problem ROOT/repo/.git/hunkmark/hook.js is not of this version of Hunkmark. -> hunkmark install',
    ],
    [
      'a Node that is gone',
      () => fs.writeFileSync(state('node'), '/nowhere/code\n'),
      /^problem The Node that hooks run is gone: \/nowhere\/code\. .*-> hunkmark install, or open the editor$/,
    ],
    [
      'a Node that is none',
      () => fs.writeFileSync(state('node'), '/bin/false\n'),
      'problem /bin/false does not run as Node. -> hunkmark install, or open the editor',
    ],
    [
      'stamping switched off',
      () => at.repo.git('config', 'hunkmark.stamp', 'off'),
      'note hunkmark.stamp is off: commits get no trailers. -> git config hunkmark.stamp ai',
    ],
    [
      'an agent that does not call us',
      () => {
        onPath('claude');
      },
      'note claude-code is on this machine and does not call Hunkmark here: its lines stay unknown. -> hunkmark install --agents claude-code',
    ],
    [
      'an agent that was never heard of',
      () => {
        onPath('claude');
        at.ok('install', '--agents', 'claude-code');
      },
      'note claude-code has not been heard of here yet. Whether it trusts its hooks as they are now is not known. -> have it edit a file; where it is not heard of then, its hooks are switched off',
    ],
    [
      'an agent that asks before it runs hooks',
      () => {
        onPath('codex');
        at.ok('install', '--agents', 'codex');
      },
      /^note codex has not been heard of here yet\. Whether it trusts its hooks as they are now is not known\. -> start Codex/,
    ],
    [
      'an agent that runs hooks without asking',
      () => {
        onPath('gemini');
        at.ok('install', '--agents', 'gemini-cli');
      },
      /^note gemini-cli has not been heard of here yet\. -> have it edit a file/,
    ],
    [
      'an agent whose hooks have changed since it ran them',
      () => {
        at.ok('install', '--agents', 'codex');
        hears('codex', 'SessionStart', { session_id: 'one', cwd: at.repo.dir });
        fs.utimesSync(home('.codex/hooks.json'), Date.now() / 1000, Date.now() / 1000 + 60);
      },
      /^note codex was last heard of at \S+Z, before its hooks were last changed\. Whether .* -> start Codex/,
    ],
    [
      'hooks of Gemini CLI that are switched off',
      () => {
        at.ok('install', '--agents', 'gemini-cli');
        hears('gemini-cli', 'SessionStart', { session_id: 'one', cwd: at.repo.dir });
        at.repo.write('.gemini/settings.json', '{"hooksConfig": {"enabled": false}}\n');
      },
      /^problem gemini-cli runs no hooks: ROOT\/repo\/\.gemini\/settings\.json says "hooksConfig\.enabled": false\. -> take/,
    ],
    [
      "a program of the user's own hooks that is gone",
      () => {
        at.ok('install', '--agents', 'codex,gemini-cli');
        fs.rmSync(home('.local/state/hunkmark/hooks'), { recursive: true });
      },
      /^problem ROOT\/home\/\.local\/state\/hunkmark\/hooks\/\w+\.js is gone; .* \(codex, gemini-cli\)\. -> hunkmark install --agents codex,gemini-cli --user$/,
    ],
    [
      "a program of the user's own hooks that is old",
      () => {
        at.ok('install', '--agents', 'codex');
        fs.appendFileSync(home('.local/state/hunkmark/hooks/hook.js'), '// old\n');
      },
      /^problem ROOT\/home\/\.local\/state\/hunkmark\/hooks\/hook\.js is not of this version of Hunkmark; /,
    ],
    [
      'a working tree with too many files for the shell',
      () => {
        at.ok('install', '--agents', 'claude-code');
        many();
      },
      /^note This working tree has more than 25000 files, .* is seen in no file, and stays unknown elsewhere\. -> name the systems/,
    ],
    [
      'the same with a policy',
      () => {
        at.repo.write('.hunkmark.yml', 'version: 1\nsystems:\n  one:\n    tier: 1\n    paths: [a.ts]\n');
        at.repo.git('add', '.hunkmark.yml');
        at.commit('policy');
        at.ok('install', '--agents', 'claude-code');
        many();
      },
      /^note This working tree has more than 25000 files, .* is seen in (?:only the policy’s systems|not every file), .* -> null$/,
    ],
    [
      'hooks of an agent that lead elsewhere',
      () => {
        at.ok('install', '--agents', 'claude-code');
        fs.writeFileSync(settings(), fs.readFileSync(settings(), 'utf8').replaceAll('hook.js', 'gone.js'));
        at.agent('a.ts', 'one', 'two');
      },
      /^problem claude-code: the hooks in ROOT\/repo\/\.claude\/settings\.local\.json are of another version or place/,
    ],
    [
      'hooks of an agent that are switched off',
      () => {
        at.ok('install', '--agents', 'claude-code');
        at.repo.write('.claude/settings.json', '{"disableAllHooks": true}\n');
        at.agent('a.ts', 'one', 'two');
      },
      /^problem claude-code runs no hooks: ROOT\/repo\/\.claude\/settings\.json says "disableAllHooks": true\. -> take that setting out$/,
    ],
    [
      'settings of an agent that are broken',
      () => {
        at.ok('install', '--agents', 'claude-code');
        fs.appendFileSync(settings(), '}');
        at.agent('a.ts', 'one', 'two');
      },
      /^problem claude-code: ROOT\/repo\/\.claude\/settings\.local\.json cannot be read: it is not plain JSON any more\. -> mend the file$/,
    ],
    [
      'a damaged journal',
      () => {
        at.agent('a.ts', 'one', 'two');
        const folder = state('worktrees/main');
        const [segment = ''] = fs.readdirSync(folder);
        const file = path.join(folder, segment);
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"known"', '"knxwn"'));
      },
      'note 1 damaged record is skipped; lines that only they knew are unknown. -> null',
    ],
    [
      'a journal that others can read',
      () => {
        at.agent('a.ts', 'one', 'two');
        fs.chmodSync(state('worktrees/main'), 0o755);
      },
      'problem Others than their owner can get at ROOT/repo/.git/hunkmark/worktrees/main. -> chmod -R go-rwx ROOT/repo/.git/hunkmark',
    ],
    [
      'a policy that does not parse',
      () => at.repo.write('.hunkmark.yml', 'version: 1\nsystems: {\n'),
      /^problem \.hunkmark\.yml:\d+:\d+: .* -> mend it/,
    ],
    [
      'lines that nobody reported',
      () => {
        at.repo.write('b.ts', 'const typed = elsewhere();\n');
        at.repo.git('add', '.');
      },
      /^note 1 staged line of b\.ts unknown: nobody reported an edit of this file;/,
    ],
    [
      'lines that came after the last report',
      () => {
        at.agent('a.ts', 'one = 1;', 'one = 1;\nexport const two = compute(one);');
        at.repo.write('a.ts', `${at.repo.read('a.ts')}const later = elsewhere();\nconst last = nowhere();\n`);
        at.repo.git('add', '.');
      },
      /^note 2 staged lines of a\.ts unknown: they came after the last reported edit/,
    ],
  ];
  for (const [about, harm, ...expected] of ROWS)
    it(`finds ${about}`, () => {
      harm();
      finds(...expected);
    });

  it('says when an agent was last heard of, also by the plain protocol', () => {
    at.ok('install', '--agents', 'claude-code,codex');
    at.agent('a.ts', 'one', 'two');
    hears('codex', 'SessionStart', { session_id: 'one', cwd: at.repo.dir });
    hears('my-agent', 'session-start', { session: 'one', cwd: at.repo.dir });
    const text = at.ok('doctor');
    assert.match(text, /^ {2}ok +claude-code was last heard of at 20\d\d-\S+Z\.$/m);
    assert.match(text, /^ {2}ok +codex was last heard of at 20\d\d-\S+Z\.$/m);
    assert.match(text, /^ {2}ok +my-agent was last heard of at 20\d\d-\S+Z, by the plain protocol\.$/m);
    assert.match(
      text,
      /^ {2}ok +Not on the path, and not heard of here: gemini-cli, copilot-cli, cursor, opencode\.$/m,
    );
    const { agents } = at.json('doctor');
    const trust = agents.map(({ agent, trust: known }: Json) => `${agent} ${known}`);
    assert.deepEqual(trust, [
      'claude-code seen',
      'codex seen',
      'gemini-cli not-asked',
      'copilot-cli not-asked',
      'cursor not-known',
      'opencode not-asked',
      'my-agent not-asked',
    ]);
  });

  it('says what to do where an agent was heard of whose settings have no hooks', () => {
    hears('gemini-cli', 'SessionStart', { session_id: 'one', cwd: at.repo.dir });
    assert.match(
      at.ok('doctor'),
      /^ {2}ok +gemini-cli was last heard of at \S+Z; its settings have no hooks .*\n +-> hunkmark install --agents gemini-cli$/m,
    );
  });

  it('takes no line that another agent wrote for a sign of life', () => {
    at.ok('install', '--agents', 'claude-code');
    at.agent('a.ts', 'one', 'two');
    fs.rmSync(state('heard'), { recursive: true });
    const edit = { path: 'a.ts', old: 'export', new: 'export default' };
    hears('my-agent', 'after-edit', { session: 'one', cwd: at.repo.dir, edits: [edit] });
    const heard = at.json('doctor').agents.filter(({ lastHeard }: Json) => lastHeard !== null);
    assert.deepEqual(
      heard.map(({ agent }: Json) => agent),
      ['claude-code', 'my-agent'],
    );
  });

  it('finds a journal that cannot be written', function () {
    if (process.getuid?.() === 0) this.skip();
    at.agent('a.ts', 'one', 'two');
    fs.chmodSync(state('worktrees/main'), 0o500);
    finds(/^problem \S+worktrees\/main cannot be written: nothing is recorded\./);
  });

  it('is refused where there is nothing to look at', () => {
    at.refuses(2, /is not in a git repository\n$/, '-C', at.repo.root, 'doctor');
  });
});
