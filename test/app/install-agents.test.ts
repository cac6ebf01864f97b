import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { agentNamed } from '../../src/agents/agents';
import { selectAgents } from '../../src/agents/agent-settings';
import { addExclusion, removeExclusion } from '../../src/app/exclusion';
import {
  installAgents,
  uninstallAgents,
  type AgentPlace,
  type AgentReport,
} from '../../src/app/install-agents';

const LOCAL = '.claude/settings.local.json';

describe('hooks of agents', () => {
  let root = '';
  let worktree = '';
  let place: AgentPlace = { kind: 'user', home: '', env: {} };
  const hook = { program: '/opt/hunkmark/hook.js', node: '/usr/bin/node', strict: false };
  const agents = ['claude-code'];

  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'agents-')));
    worktree = path.join(root, 'work');
    git('init', '-q', worktree);
    place = { kind: 'project', worktree, commonDir: path.join(worktree, '.git') };
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' });
  function asks(...args: string[]): boolean {
    try {
      git('-C', worktree, ...args);
      return true;
    } catch {
      return false;
    }
  }
  const answers = {
    isTracked: async (file: string) => asks('ls-files', '--error-unmatch', '--', file),
    isIgnored: async (file: string) => asks('check-ignore', '-q', '--', file),
  };
  const install = (more: { place?: AgentPlace; hook?: typeof hook } = {}): Promise<AgentReport[]> =>
    installAgents({ agents, place, hook, ...answers, ...more });
  const uninstall = (from: AgentPlace = place): Promise<AgentReport[]> =>
    uninstallAgents({ agents, place: from });

  const at = (name: string): string => path.join(worktree, name);
  function put(name: string, text: string | Buffer): void {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), text);
  }
  const get = (name: string): string => fs.readFileSync(at(name), 'utf8');
  const kinds = (reports: AgentReport[]): string => reports.map((report) => report.kind).join(' ');
  function reasonOf([report]: AgentReport[]): string {
    assert.ok(report?.kind === 'refused', JSON.stringify(report));
    return report.reason;
  }

  /** Every file and folder below the root but git's own, with type, mode and bytes. */
  function everything(folder = root): string[] {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(folder, entry.name);
      const mode = (fs.lstatSync(name).mode & 0o777).toString(8);
      if (entry.isSymbolicLink()) return [`${name} -> ${fs.readlinkSync(name)}`];
      if (!entry.isDirectory()) return [`${name} ${mode} ${fs.readFileSync(name).toString('hex')}`];
      if (/\.git\/(?:objects|refs|logs|hooks)$/.test(name) || /\.git\/hunkmark$/.test(name)) return [];
      return [`${name}/ ${mode}`, ...everything(name)];
    });
  }

  it('are written, then left alone, then gone without a trace', async () => {
    const before = everything();
    const first = await install();
    assert.deepEqual(first, [{ kind: 'written', agent: 'claude-code', file: at(LOCAL) }]);
    assert.match(get(LOCAL), /record claude-code PreToolUse/);
    const between = everything();
    assert.equal(kinds(await install()), 'unchanged');
    assert.deepEqual(everything(), between);
    assert.equal(kinds(await uninstall()), 'written');
    assert.deepEqual(everything(), before);
    assert.equal(kinds(await uninstall()), 'unchanged');
    assert.deepEqual(everything(), before);
  });

  it('leave foreign settings byte for byte, with their mode', async () => {
    put(LOCAL, '{ "hooks": {  },\n"model" : "opus"}');
    fs.chmodSync(at(LOCAL), 0o640);
    const before = everything();
    await install();
    assert.equal(fs.statSync(at(LOCAL)).mode & 0o777, 0o640);
    assert.equal((JSON.parse(get(LOCAL)) as { model: string }).model, 'opus');
    await install({ hook: { ...hook, node: '/elsewhere/node' } });
    assert.match(get(LOCAL), /\/elsewhere\/node/);
    assert.doesNotMatch(get(LOCAL), /\/usr\/bin\/node/);
    await uninstall();
    assert.deepEqual(everything(), before);
  });

  it('leave what the agent wrote into the file since', async () => {
    await install();
    const changed = { ...(JSON.parse(get(LOCAL)) as object), permissions: { allow: ['Read'] } };
    put(LOCAL, JSON.stringify(changed, null, 2));
    await uninstall();
    assert.equal(get(LOCAL), '{\n  "permissions": {\n    "allow": [\n      "Read"\n    ]\n  }\n}');
  });

  it('forget the first original when the file has changed before the next install', async () => {
    put(LOCAL, '{"a":1}');
    await install();
    put(LOCAL, get(LOCAL).replace('"a":1', '"a":2'));
    await install({ hook: { ...hook, strict: true } });
    await uninstall();
    assert.equal(get(LOCAL), '{"a":2}');
  });

  it('stay out of what git would commit', async () => {
    await install();
    assert.equal(git('-C', worktree, 'status', '--porcelain', '--untracked-files=all'), '');
  });

  it('need no line of ours where the settings are ignored already', async () => {
    put('.gitignore', '*.local.json\n');
    const exclude = get('.git/info/exclude');
    await install();
    assert.equal(get('.git/info/exclude'), exclude);
  });

  it('leave the exclusion until the last working tree is without them', async () => {
    const exclude = get('.git/info/exclude');
    const other: AgentPlace = { kind: 'project', worktree: path.join(root, 'other'), commonDir: at('.git') };
    await install();
    await install({ place: other });
    await uninstall();
    assert.notEqual(get('.git/info/exclude'), exclude);
    await uninstall(other);
    assert.equal(get('.git/info/exclude'), exclude);
  });

  it('go into the settings of the user', async () => {
    const home: AgentPlace = { kind: 'user', home: path.join(root, 'home'), env: {} };
    fs.mkdirSync(path.join(home.home, '.claude'), { recursive: true });
    fs.writeFileSync(path.join(home.home, '.claude/settings.json'), '{"model":"opus"}');
    const before = everything();
    assert.equal(kinds(await install({ place: home })), 'written');
    assert.equal(kinds(await install({ place: home })), 'unchanged');
    assert.match(
      fs.readFileSync(path.join(home.home, '.claude/settings.json'), 'utf8'),
      /"model":"opus".*# hunkmark/,
    );
    assert.equal(fs.existsSync(at(LOCAL)), false);
    await uninstall(home);
    assert.deepEqual(everything(), before);
  });

  it('keep notes of what was there for the owner only', async () => {
    put(LOCAL, '{"env":{"KEY":"secret"}}');
    await install();
    const notes = at('.git/hunkmark/agents');
    for (const name of fs.readdirSync(notes))
      assert.equal(fs.statSync(path.join(notes, name)).mode & 0o777, 0o600);
    assert.equal(fs.statSync(at('.git/hunkmark')).mode & 0o777, 0o700);
  });

  it('can be taken out when the notes are lost', async () => {
    put(LOCAL, '{\n  "model": "opus"\n}\n');
    const before = everything();
    await install();
    fs.rmSync(at('.git/hunkmark'), { recursive: true });
    await uninstall();
    assert.deepEqual(everything(), before);
  });

  it('write through a symbolic link', async () => {
    const target = path.join(root, 'dotfiles.json');
    fs.writeFileSync(target, '{}');
    fs.mkdirSync(at('.claude'));
    fs.symlinkSync(target, at(LOCAL));
    const before = everything();
    assert.equal(kinds(await install()), 'written');
    assert.equal(fs.readlinkSync(at(LOCAL)), target);
    assert.match(fs.readFileSync(target, 'utf8'), /# hunkmark/);
    await uninstall();
    assert.deepEqual(everything(), before);
  });

  const REFUSED: [string, RegExp, () => void][] = [
    [
      'committed settings',
      /committed/,
      () => {
        put(LOCAL, '{}');
        git('-C', worktree, 'add', '-f', LOCAL);
      },
    ],
    [
      'a committed link in place of the folder',
      /symbolic link that the repository contains/,
      () => {
        fs.mkdirSync(path.join(root, 'victim'));
        fs.symlinkSync(path.join(root, 'victim'), at('.claude'));
        git('-C', worktree, 'add', '.claude');
      },
    ],
    ['a comment', /not plain JSON/, () => put(LOCAL, '// mine\n{}')],
    ['a folder', /not a regular file/, () => fs.mkdirSync(at(LOCAL), { recursive: true })],
    [
      'a link to nothing',
      /symbolic link to nothing/,
      () => {
        fs.mkdirSync(at('.claude'));
        fs.symlinkSync(path.join(root, 'nothing'), at(LOCAL));
      },
    ],
    ['bytes that are no text', /not UTF-8/, () => put(LOCAL, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['a huge file', /larger than/, () => put(LOCAL, `{"a":"${'x'.repeat(5_000_000)}"}`)],
    ['a file in place of the folder', /ENOTDIR|EEXIST/, () => put('.claude', 'x')],
  ];
  for (const [name, reason, prepare] of REFUSED) {
    it(`are refused, and nothing is written: ${name}`, async () => {
      prepare();
      const before = everything();
      assert.match(reasonOf(await install()), reason);
      assert.deepEqual(everything(), before);
      assert.equal(
        fs.existsSync(at('.git/hunkmark/agents')) && fs.readdirSync(at('.git/hunkmark/agents')).length > 0,
        false,
      );
    });
  }

  it('are refused with what to paste', async () => {
    put(LOCAL, '// mine\n{}');
    const [report] = await install();
    assert.ok(report?.kind === 'refused' && report.snippet !== null);
    assert.ok('hooks' in (JSON.parse(report.snippet) as object));
  });

  it('do not overwrite what another program writes meanwhile, and leave nothing of ours', async () => {
    put(LOCAL, '{}');
    const exclude = get('.git/info/exclude');
    const isIgnored = async (): Promise<boolean> => {
      put(LOCAL, '{"by":"another"}');
      return false;
    };
    assert.match(
      reasonOf(await installAgents({ agents, place, hook, ...answers, isIgnored })),
      /another program/,
    );
    assert.equal(get(LOCAL), '{"by":"another"}');
    assert.deepEqual(fs.readdirSync(at('.claude')), ['settings.local.json']);
    assert.equal(get('.git/info/exclude'), exclude);
    assert.deepEqual(fs.readdirSync(at('.git/hunkmark/agents')), []);
  });

  it('refuse an agent by its name', async () => {
    const [report] = await installAgents({ agents: ['windsurf'], place, hook, ...answers });
    assert.ok(report?.kind === 'refused' && report.agent === 'windsurf');
  });
});

describe('hooks of the agents that have none of a project', () => {
  let home = '';
  beforeEach(() => {
    home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'agents-home-')));
  });
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  const hook = { program: '/opt/hunkmark/hook.js', node: '/usr/bin/node', strict: false };
  const run = async (agent: string, strict = false): Promise<AgentReport | undefined> => {
    const place = { kind: 'user', home, env: {} } as const;
    const never = (): Promise<boolean> => Promise.resolve(false);
    const answers = { isTracked: never, isIgnored: never };
    return (await installAgents({ agents: [agent], place, hook: { ...hook, strict }, ...answers }))[0];
  };
  const undo = async (agent: string): Promise<void> =>
    void (await uninstallAgents({ agents: [agent], place: { kind: 'user', home, env: {} } }));
  const everything = (): string[] =>
    fs.readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => {
      const file = path.join(home, name);
      return fs.statSync(file).isFile() ? `${name} ${fs.readFileSync(file, 'utf8')}` : name;
    });

  /** By agent: its file, the event before a tool, and what stands in the file before us. */
  const ROWS: readonly (readonly [agent: string, file: string, event: string, foreign: string | null])[] = [
    [
      'codex',
      '.codex/hooks.json',
      'PreToolUse',
      '{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"mine"}]}]}}',
    ],
    [
      'gemini-cli',
      '.gemini/settings.json',
      'BeforeTool',
      '{\n\t"theme": "x",\n\t"hooks": {"BeforeTool": [{"hooks": [{"command": "mine"}]}]}\n}',
    ],
    ['copilot-cli', '.copilot/hooks/hunkmark.json', 'preToolUse', null],
    [
      'cursor',
      '.cursor/hooks.json',
      'preToolUse',
      '{ "version": 1, "hooks": { "preToolUse": [{ "command": "mine" }] } }',
    ],
    ['opencode', '.config/opencode/plugins/hunkmark.js', 'PreToolUse', null],
  ];
  for (const [agent, file, event, foreign] of ROWS)
    describe(agent, () => {
      const at = (): string => path.join(home, file);
      const put = (text: string): void => {
        fs.mkdirSync(path.dirname(at()), { recursive: true });
        fs.writeFileSync(at(), text);
      };

      it('are written once and gone without a trace', async () => {
        assert.deepEqual(everything(), []);
        assert.equal((await run(agent))?.kind, 'written');
        const text = fs.readFileSync(at(), 'utf8');
        assert.match(text, /# hunkmark/);
        assert.ok(text.includes(`record ${agent} ${event}`) || text.includes(`'record', '${agent}'`));
        const written = everything();
        assert.equal((await run(agent))?.kind, 'unchanged');
        assert.deepEqual(everything(), written);
        await undo(agent);
        assert.deepEqual(everything(), []);
      });

      it('fail closed only where that is asked for', async () => {
        await run(agent);
        assert.doesNotMatch(fs.readFileSync(at(), 'utf8'), /exit [12]|STRICT=1|STRICT = true/);
        await run(agent, true);
        assert.match(fs.readFileSync(at(), 'utf8'), /exit [12]|STRICT = true/);
      });

      if (foreign === null) {
        it('leave a file that is not theirs alone', async () => {
          put('somebody else');
          const report = await run(agent);
          assert.ok(report?.kind === 'refused' && report.snippet !== null);
          await undo(agent);
          assert.equal(fs.readFileSync(at(), 'utf8'), 'somebody else');
        });
        return;
      }

      it('come behind foreign entries, which stay to the byte', async () => {
        put(foreign);
        await run(agent);
        const { hooks } = JSON.parse(fs.readFileSync(at(), 'utf8')) as {
          hooks: Record<string, { command?: string; hooks?: { command: string }[] }[]>;
        };
        const commands = hooks[event]?.map((group) => group.hooks?.[0]?.command ?? group.command ?? '') ?? [];
        assert.equal(commands[0], 'mine');
        assert.match(commands[1] ?? '', /# hunkmark$/);
        await undo(agent);
        assert.equal(fs.readFileSync(at(), 'utf8'), foreign);
      });

      it('are refused with what to paste where the file has comments', async () => {
        put(`// mine\n${foreign}`);
        const report = await run(agent);
        assert.ok(report?.kind === 'refused');
        assert.ok(report.snippet?.includes(`record ${agent} ${event}`));
        assert.equal(fs.readFileSync(at(), 'utf8'), `// mine\n${foreign}`);
      });
    });
});

describe('the selection of agents', () => {
  const SUPPORTED = 'supported: claude-code, codex, gemini-cli, copilot-cli, cursor, opencode';
  const ROWS: [string, string][] = [
    ['all', 'claude-code codex gemini-cli copilot-cli cursor opencode'],
    ['claude-code', 'claude-code'],
    [' claude-code,claude-code ', 'claude-code'],
    ['opencode,codex', 'opencode codex'],
    ['codex,windsurf', `"windsurf" is not an agent that Hunkmark knows; ${SUPPORTED}`],
    ['toaster\u001b[31m', `"toaster\\u001b[31m" is not an agent that Hunkmark knows; ${SUPPORTED}`],
    ['constructor', `"constructor" is not an agent that Hunkmark knows; ${SUPPORTED}`],
    ['', `no agent is named; ${SUPPORTED}`],
  ];
  for (const [list, expected] of ROWS) {
    it(`reads ${JSON.stringify(list)}`, () => {
      const selection = selectAgents(list);
      assert.equal(selection.kind === 'agents' ? selection.names.join(' ') : selection.reason, expected);
    });
  }

  it('finds the reader of an agent', async () => {
    assert.equal((await agentNamed('toaster', 'PostToolUse'))?.isExplicit, true);
    assert.equal((await agentNamed('codex', 'after-edit'))?.isExplicit, true);
    assert.equal(await agentNamed('to/aster', 'after-edit'), undefined);
    assert.equal(await agentNamed('__proto__', 'Stop'), undefined);
    for (const name of ['claude-code', 'codex', 'gemini-cli', 'copilot-cli', 'cursor', 'opencode'])
      assert.equal((await agentNamed(name, 'PostToolUse'))?.parse('Stop', null).kind, 'opaque');
  });

  it('finds the model of a call', async () => {
    const claude = await agentNamed('claude-code', 'PostToolUse');
    assert.ok(claude !== undefined);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'model-'));
    const transcript = path.join(folder, 't.jsonl');
    const content = [{ type: 'tool_use', id: 'toolu_1' }];
    fs.writeFileSync(
      transcript,
      `${JSON.stringify({ type: 'assistant', message: { model: 'claude-a', content } })}\n`,
    );
    const modelOf = (more: object) =>
      claude.modelOf(
        claude.parse('Stop', { session_id: 's', cwd: '/r', transcript_path: transcript, ...more }),
      );
    try {
      assert.equal(modelOf({ tool_use_id: 'toolu_1' }), 'claude-a');
      assert.equal(modelOf({ tool_use_id: 'toolu_2' }), null);
      assert.equal(modelOf({}), null);
      assert.equal(modelOf({ model: 'claude-b', tool_use_id: 'toolu_1' }), 'claude-b');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('an exclusion', () => {
  it('is added once and taken out to the byte', () => {
    const text = fc.array(fc.constantFrom('a', '\n', '# x\n', '\r\n')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (before) => {
        const added = addExclusion(before, '/x');
        assert.ok(added.split('\n').includes('/x'));
        assert.equal(addExclusion(added, '/x'), added);
        assert.equal(removeExclusion(added, '/x'), before);
        assert.equal(removeExclusion(before, '/x'), before);
      }),
    );
  });

  it('is taken out of what others added behind it', () => {
    assert.equal(removeExclusion(`${addExclusion('a', '/x')}b\n`, '/x'), 'a\nb\n');
    assert.equal(removeExclusion(`${addExclusion('a\n', '/x')}b\n`, '/x'), 'a\nb\n');
  });
});
