import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, type Bench } from './bench';

/** Programs as an extension of the editor brings them: in a folder that has another name after each update. */
describe("hooks in the user's own settings", function () {
  this.timeout(120_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('a.ts', 'export const one = 1;\n');
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  const home = (name: string): string => path.join(at.repo.root, 'home', name);
  const state = (name: string): string => home(path.join('.local/state/hunkmark', name));

  function extension(version: string): string {
    const folder = path.join(at.repo.root, 'extensions', `hunkmark-${version}`);
    fs.cpSync('dist', path.join(folder, 'dist'), { recursive: true });
    return folder;
  }
  const remove = (folder: string): void => fs.rmSync(folder, { recursive: true });
  function runs(folder: string, ...args: string[]): string {
    const cli = path.join(folder, 'dist/cli.js');
    const { status, stdout, stderr } = at.repo.run(process.execPath, [cli, ...args]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, args.join(' '));
    return stdout;
  }

  /** The shell lines of an agent's settings, by event. */
  function lines(file: string): Map<string, string> {
    const found = new Map<string, string>();
    const { hooks } = JSON.parse(fs.readFileSync(home(file), 'utf8')) as { hooks: Record<string, object[]> };
    for (const [event, groups] of Object.entries(hooks))
      for (const line of JSON.stringify(groups).matchAll(/"(?:bash|command)":("(?:[^"\\]|\\.)*")/g)) {
        const text: unknown = JSON.parse(line[1] ?? '');
        if (typeof text === 'string' && text !== 'command') found.set(event, text);
      }
    return found;
  }
  function call(line: string | undefined, payload: object | null): { stdout: string; stderr: string } {
    // What does not read its input cannot be written to.
    const stdin = payload === null ? '' : JSON.stringify(payload);
    const { status, stdout, stderr } = at.repo.run('sh', ['-c', line ?? 'exit 99'], { stdin });
    assert.equal(status, 0, stderr);
    return { stdout, stderr };
  }
  const SILENCE = { stdout: '', stderr: '' };

  /** By agent: its settings, the events around an edit, and what they are told. */
  const ROWS: readonly (readonly [
    agent: string,
    file: string,
    before: string,
    after: string,
    payload: object,
  ])[] = [
    [
      'claude-code',
      '.claude/settings.json',
      'PreToolUse',
      'PostToolUse',
      {
        session_id: 'one',
        transcript_path: '/none.jsonl',
        tool_name: 'Write',
        tool_use_id: 'toolu_1',
        tool_input: { file_path: 'FILE', content: 'const b = 2;\n' },
        tool_response: { type: 'create', filePath: 'FILE', content: 'const b = 2;\n', structuredPatch: [] },
      },
    ],
    [
      'codex',
      '.codex/hooks.json',
      'PreToolUse',
      'PostToolUse',
      {
        session_id: 'one',
        tool_name: 'apply_patch',
        tool_use_id: 'call_1',
        tool_input: { command: '*** Begin Patch\n*** Add File: FILE\n+const b = 2;\n*** End Patch' },
      },
    ],
    [
      'gemini-cli',
      '.gemini/settings.json',
      'BeforeTool',
      'AfterTool',
      {
        session_id: 'one',
        tool_name: 'write_file',
        tool_input: { file_path: 'FILE', content: 'const b = 2;\n' },
        tool_response: { returnDisplay: { isNewFile: true, newContent: 'const b = 2;\n' } },
      },
    ],
    [
      'copilot-cli',
      '.copilot/hooks/hunkmark.json',
      'preToolUse',
      'postToolUse',
      { sessionId: 'one', toolName: 'create', toolArgs: { path: 'FILE', file_text: 'const b = 2;\n' } },
    ],
    [
      'cursor',
      '.cursor/hooks.json',
      'preToolUse',
      'afterFileEdit',
      {
        conversation_id: 'one',
        generation_id: 'g1',
        tool_name: 'Write',
        tool_input: { file_path: 'FILE' },
        file_path: 'FILE',
        edits: [{ old_string: '', new_string: 'const b = 2;\n' }],
      },
    ],
  ];
  for (const [agent, file, before, after, payload] of ROWS)
    it(`of ${agent} go on when the extension is updated, and are quiet when all is gone`, () => {
      const first = extension('1.0.0');
      runs(first, 'install', '--agents', agent, '--user');
      const hooks = lines(file);
      remove(first);
      const name = path.join(at.repo.dir, 'b.ts');
      const said = JSON.parse(JSON.stringify({ cwd: at.repo.dir, ...payload }).replaceAll('FILE', name));
      assert.deepEqual(call(hooks.get(before), said), SILENCE);
      at.repo.write('b.ts', 'const b = 2;\n');
      assert.deepEqual(call(hooks.get(after), said), SILENCE);
      at.repo.git('add', '.');
      at.commit('feat: b');
      assert.match(
        at.repo.git('log', '-1', '--format=%B'),
        new RegExp(`^AI-Hunk: b\\.ts \\+1,1:\\w+ ai agent ${agent}$`, 'm'),
      );

      const second = extension('1.1.0');
      runs(second, 'install', '--agents', agent, '--user');
      assert.deepEqual(lines(file), hooks, 'hooks that are the same need not be trusted anew');
      remove(second);
      remove(state(''));
      for (const line of hooks.values()) assert.deepEqual(call(line, null), SILENCE);
    });

  it('of opencode run the same program', () => {
    const first = extension('1.0.0');
    runs(first, 'install', '--agents', 'opencode', '--user');
    const plugin = fs.readFileSync(home('.config/opencode/plugins/hunkmark.js'), 'utf8');
    assert.ok(plugin.includes(`const PROGRAM = ${JSON.stringify(state('hooks/hook.js'))};`));
    assert.ok(!plugin.includes('extensions'));
  });

  it('leave their program while one agent runs it, and take it along with the last', () => {
    at.ok('install', '--agents', 'claude-code,opencode', '--user');
    assert.equal(fs.statSync(state('hooks')).mode & 0o777, 0o700);
    at.ok('uninstall', '--agents', 'claude-code', '--user');
    assert.equal(fs.existsSync(state('hooks/hook.js')), true);
    at.ok('uninstall', '--agents', 'opencode', '--user');
    assert.equal(fs.existsSync(state('hooks')), false);
  });

  it('are gone with the extension, as it takes everything out', () => {
    const first = extension('1.0.0');
    runs(first, 'install', '--agents', 'all', '--user');
    const { status, stderr } = at.repo.run(process.execPath, [path.join(first, 'dist/uninstall.js')]);
    assert.deepEqual([status, stderr], [0, '']);
    remove(first);
    const left = at.repo.run('find', [home(''), '-type', 'f']).stdout;
    assert.equal(left, '');
    assert.deepEqual(
      fs.readdirSync(path.join(at.repo.dir, '.git/hooks')).filter((name) => !name.endsWith('.sample')),
      [],
    );
  });

  /** By agent: the variable by which a person moves its folder, that folder of old, and the settings below it. */
  const MOVED: readonly (readonly [agent: string, variable: string, usual: string, file: string])[] = [
    ['claude-code', 'CLAUDE_CONFIG_DIR', '.claude', 'settings.json'],
    ['codex', 'CODEX_HOME', '.codex', 'hooks.json'],
    ['gemini-cli', 'GEMINI_CLI_HOME', '', '.gemini/settings.json'],
    ['copilot-cli', 'COPILOT_HOME', '.copilot', 'hooks/hunkmark.json'],
    ['opencode', 'XDG_CONFIG_HOME', '.config', 'opencode/plugins/hunkmark.js'],
  ];
  for (const [agent, variable, usual, file] of MOVED)
    describe(`of ${agent}, where ${variable} is set`, () => {
      const runsWith = (value: string, ...args: string[]): { status: number; said: string } => {
        const cli = [path.resolve('dist/cli.js'), ...args];
        const { status, stdout, stderr } = at.repo.run(process.execPath, cli, { env: { [variable]: value } });
        return { status, said: stdout + stderr };
      };
      const install = ['install', '--agents', agent, '--user'];
      const everything = (): string =>
        at.repo.run('find', [at.repo.root, '-path', '*/.git', '-prune', '-o', '-print']).stdout;

      it('go where the agent looks for them, and out again whoever takes them out', () => {
        const before = everything();
        const moved = path.join(at.repo.root, 'moved away');
        assert.equal(runsWith(moved, ...install).status, 0);
        assert.match(fs.readFileSync(path.join(moved, file), 'utf8'), /# hunkmark/);
        assert.equal(fs.existsSync(home(path.join(usual, file))), false);
        const calls = `${agent} calls Hunkmark: ${path.join(moved, file)}.`;
        assert.ok(runsWith(moved, 'doctor').said.includes(calls));
        assert.equal(runsWith('', ...install).status, 0);
        assert.equal(fs.existsSync(home(path.join(usual, file))), true);
        at.ok('uninstall', '--all');
        fs.rmSync(home('.local'), { recursive: true, force: true });
        assert.equal(everything(), before);
      });

      it(`${variable.startsWith('XDG') ? 'are where they were' : 'are refused'} where it is relative`, () => {
        const before = everything();
        const { status, said } = runsWith('else/where', ...install);
        assert.equal(fs.existsSync(path.join(at.repo.dir, 'else')), false);
        if (variable.startsWith('XDG')) {
          assert.equal(fs.existsSync(home(path.join(usual, file))), true);
          return;
        }
        assert.equal(status, 2);
        assert.match(said, new RegExp(`^${agent}: nothing done.*${variable} is no absolute path`, 'm'));
        assert.match(runsWith('else/where', 'doctor').said, new RegExp(`${variable} is no absolute path`));
        at.ok('uninstall');
        fs.rmSync(home('.local'), { recursive: true, force: true });
        assert.equal(everything(), before);
      });
    });

  it('are not written where their program cannot be', () => {
    fs.mkdirSync(home('.local'), { recursive: true });
    fs.writeFileSync(home('.local/state'), 'in the way');
    const { status, stderr } = at.run('install', '--agents', 'codex');
    assert.equal(status, 2);
    assert.match(stderr, /^codex: nothing done to its settings: its program cannot be written: /);
    assert.equal(fs.existsSync(home('.codex')), false);
  });
});
