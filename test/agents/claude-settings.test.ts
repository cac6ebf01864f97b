import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { addHooks, HOOK_EVENTS, hookCommand } from '../../src/agents/claude-settings';
import { MARK, removeHooks } from '../../src/agents/hook-groups';

const options = { command: (event: string) => `run ${event} ${MARK}`, strict: false };
const TOOLS = 'Write|Edit|MultiEdit|NotebookEdit|Bash';

function add(settings: string | null, with_ = options): string {
  const change = addHooks(settings, with_);
  assert.ok(change.kind === 'text', JSON.stringify(change));
  return change.text;
}

function remove(
  settings: string,
  saved: { original: string | null; installed: string } | null = null,
): string | null {
  const removal = removeHooks(settings, saved);
  assert.ok(removal.kind === 'text', JSON.stringify(removal));
  return removal.text;
}

interface Settings {
  hooks: Record<
    string,
    { matcher?: string; hooks: { command: string; onFailure?: string; timeout?: number }[] }[]
  >;
}
const read = (text: string): Settings => JSON.parse(text) as Settings;

/** Settings of others in many styles; every one must come back byte for byte without anything being saved. */
const STYLES: Record<string, string> = {
  empty: '{}\n',
  'empty, no line end': '{}',
  'two spaces': '{\n  "model": "opus"\n}\n',
  'four spaces': '{\n    "permissions": {\n        "allow": ["Bash(ls:*)", "Read"]\n    }\n}',
  tabs: '{\n\t"model": "opus",\n\t"env": { "A": "1" }\n}\n',
  'CR LF': '{\r\n  "model": "opus"\r\n}\r\n',
  'one line': '{"model":"opus","env":{"A":"1"}}',
  'one line with spaces': '{"model": "opus", "env": {"A": "1"}}\n',
  'a comma at the start of the line': '{\n    "a": 1\n  , "b": 2\n}\n',
  'numbers and escapes that a rewrite would change':
    '{\n  "a": 1.0,\n  "b": 12345678901234567890,\n  "c": "\\u00e4\\/"\n}\n',
  'the same name twice': '{\n  "a": 1,\n  "a": 2\n}\n',
  'brackets and quotes in strings': '{\n  "a": "]}{[\\",\\\\",\n  "b}": ["{"]\n}\n',
  'foreign hooks': `{
  "hooks": {
    "PreToolUse": [
      {
        "matcher": "Bash",
        "hooks": [{ "type": "command", "command": "lint" }]
      }
    ],
    "Notification": [{ "hooks": [{ "type": "command", "command": "bell" }] }]
  },
  "model": "opus"
}
`,
  'foreign hooks in one line': '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"bell"}]}]}}',
  'hooks twice': '{"hooks":{"Stop":[]},"hooks":{"Stop":[{"hooks":[{"type":"command","command":"bell"}]}]}}',
  'foreign hooks, list in one line': '{\n  "hooks": { "Stop": [{ "hooks": [] }] }\n}\n',
};

describe('hooks in the settings of Claude Code', () => {
  it('are added to settings that are not there', () => {
    const settings = read(add(null));
    assert.deepEqual(Object.keys(settings), ['hooks']);
    assert.deepEqual(Object.keys(settings.hooks).toSorted(), [
      'PostToolUse',
      'PostToolUseFailure',
      'PreToolUse',
      'SessionEnd',
      'SessionStart',
      'Stop',
      'SubagentStop',
    ]);
    assert.deepEqual(settings.hooks['PreToolUse'], [
      { matcher: TOOLS, hooks: [{ type: 'command', command: `run PreToolUse ${MARK}`, timeout: 30 }] },
    ]);
    assert.deepEqual(settings.hooks['Stop'], [
      { hooks: [{ type: 'command', command: `run Stop ${MARK}`, timeout: 30 }] },
    ]);
  });

  it('look like the rest of the file', () => {
    assert.equal(
      add('{\n\t"model": "opus"\n}\n').split('\n').slice(0, 10).join('\n'),
      [
        '{',
        '\t"model": "opus",',
        '\t"hooks": {',
        '\t\t"SessionStart": [',
        '\t\t\t{',
        '\t\t\t\t"hooks": [',
        '\t\t\t\t\t{',
        '\t\t\t\t\t\t"type": "command",',
        '\t\t\t\t\t\t"command": "run SessionStart # hunkmark",',
        '\t\t\t\t\t\t"timeout": 30',
      ].join('\n'),
    );
    assert.doesNotMatch(add('{\r\n  "model": "opus"\r\n}\r\n'), /[^\r]\n/);
    assert.doesNotMatch(add('{"a":1}'), /\n/);
    assert.match(add('{}\n'), /^\{\n {2}"hooks": \{\n {4}"SessionStart": \[\n/);
  });

  for (const [style, text] of Object.entries(STYLES)) {
    it(`come and go without a trace: ${style}`, () => {
      const installed = add(text);
      const before = JSON.parse(text) as Partial<Settings>;
      const after = read(installed);
      for (const event of HOOK_EVENTS) {
        const foreign = before.hooks?.[event] ?? [];
        assert.deepEqual(after.hooks[event]?.slice(0, -1), foreign, event);
        assert.match(after.hooks[event]?.at(-1)?.hooks[0]?.command ?? '', /# hunkmark$/);
      }
      for (const key of Object.keys(before).filter((name) => name !== 'hooks')) {
        assert.deepEqual(
          (after as unknown as Record<string, unknown>)[key],
          (before as Record<string, unknown>)[key],
        );
      }
      assert.deepEqual(addHooks(installed, options), { kind: 'text', text: installed, changed: false });
      assert.equal(remove(installed), text);
    });
  }

  it('go by the saved original where only that has every byte', () => {
    for (const original of ['{ }', '{\n  "hooks": {}\n}\n', '{"hooks":{"Stop":[]}}', '{\n\n}\n', '', null]) {
      const installed = add(original);
      assert.equal(remove(installed, { original, installed }), original);
    }
  });

  it('go alone where somebody has changed the file since', () => {
    const installed = add('{\n  "a": 1\n}\n');
    const rewritten = JSON.stringify({ ...JSON.parse(installed), model: 'opus' }, null, 4);
    assert.equal(
      remove(rewritten, { original: '{\n  "a": 1\n}\n', installed }),
      JSON.stringify({ a: 1, model: 'opus' }, null, 4),
    );
    assert.equal(remove(JSON.stringify(JSON.parse(add(null))), { original: null, installed: 'x' }), null);
    assert.equal(remove(JSON.stringify(JSON.parse(add(null)))), '{}');
  });

  it('go alone out of a group that somebody put more into', () => {
    const mixed = {
      matcher: 'Edit',
      hooks: [{ command: 'lint' }, { command: `x ${MARK}` }, { command: 'more' }],
    };
    const text = JSON.stringify({
      hooks: { PreToolUse: [mixed], Custom: [{ hooks: [{ command: `y ${MARK}` }] }] },
    });
    assert.equal(
      remove(text),
      JSON.stringify({
        hooks: { PreToolUse: [{ matcher: 'Edit', hooks: [{ command: 'lint' }, { command: 'more' }] }] },
      }),
    );
  });

  it('stay where foreign hooks came behind them', () => {
    const settings = read(add(null));
    settings.hooks['Stop']?.push({ hooks: [{ command: 'bell' }] });
    const text = JSON.stringify(settings, null, 2);
    assert.deepEqual(addHooks(text, options), { kind: 'text', text, changed: false });
  });

  it('are replaced, not doubled, when the command or the strictness changes', () => {
    const foreign = STYLES['foreign hooks'] ?? '';
    const moved = { command: (event: string) => `elsewhere ${event} ${MARK}`, strict: true };
    assert.equal(add(add(foreign), moved), add(foreign, moved));
    assert.equal(add(add(foreign, moved)), add(foreign));
  });

  it('come back where one was taken out', () => {
    const settings = read(add(null));
    delete settings.hooks['Stop'];
    assert.deepEqual(read(add(JSON.stringify(settings))), read(add(null)));
  });

  it('block on failure before a tool only, and only if asked', () => {
    const failing = (text: string) =>
      Object.entries(read(text).hooks).flatMap(([event, groups]) =>
        groups.flatMap((group) =>
          group.hooks.flatMap((hook) => (hook.onFailure ? [`${event} ${hook.onFailure}`] : [])),
        ),
      );
    assert.deepEqual(failing(add(null)), []);
    assert.deepEqual(failing(add(null, { ...options, strict: true })), ['PreToolUse block']);
  });

  const REFUSED: [string, RegExp][] = [
    ['{\n  // mine\n  "a": 1\n}', /not plain JSON/],
    ['{"a": 1,}', /not plain JSON/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['"x"', /not a JSON object/],
    ['{"hooks": []}', /"hooks" is not an object/],
    ['{"hooks": null}', /"hooks" is not an object/],
    ['{"hooks": {"Stop": {}}}', /"hooks.Stop" is not a list/],
  ];
  for (const [text, reason] of REFUSED) {
    it(`are refused, with what to paste: ${text.replaceAll('\n', ' ')}`, () => {
      const change = addHooks(text, options);
      assert.ok(change.kind === 'refused');
      assert.match(change.reason, reason);
      assert.deepEqual(JSON.parse(change.snippet), JSON.parse(add(null)));
    });
  }

  it('are not taken out of a file that does not parse any more', () => {
    assert.equal(removeHooks(`// ${add(null)}`, null).kind, 'refused');
    assert.deepEqual(removeHooks('// mine', null), { kind: 'text', text: '// mine', changed: false });
  });

  it('do not mind how deep the rest is nested', () => {
    const text = `{\n  "a": ${'['.repeat(100_000)}${']'.repeat(100_000)}\n}\n`;
    assert.equal(remove(add(text)), text);
  });

  it('come and go without a trace in any settings', () => {
    const group = fc.record({
      matcher: fc.string(),
      hooks: fc.array(fc.record({ command: fc.string() }), { minLength: 1 }),
    });
    const hooks = fc.dictionary(
      fc.constantFrom('Stop', 'PreToolUse', 'Other', '__proto__'),
      fc.array(group, { minLength: 1 }),
      {
        minKeys: 1,
      },
    );
    const settings = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.option(hooks))
      .map(([rest, own]) => (own === null ? rest : { ...rest, hooks: own }))
      .filter((value) => !('hooks' in value) || value.hooks !== null);
    fc.assert(
      fc.property(settings, fc.constantFrom(undefined, 1, 2, 4, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const change = addHooks(text, options);
        if (change.kind === 'refused') return;
        assert.equal(addHooks(change.text, options).kind, 'text');
        assert.deepEqual({ ...JSON.parse(change.text), hooks: 0 }, { ...JSON.parse(text), hooks: 0 });
        assert.equal(remove(change.text), text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the command of a hook', function () {
  if (process.platform === 'win32') return;
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'a \'quoted\' $HOME `dir` \\ "x"\n-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function program(body: string): string {
    const file = path.join(folder, 'hook.js');
    fs.writeFileSync(file, body);
    return file;
  }

  interface Setting {
    readonly node?: string;
    readonly strict?: boolean;
    readonly path?: string;
  }

  function run(
    file: string,
    { node = process.execPath, strict = false, path: where = '/nowhere' }: Setting = {},
  ) {
    const command = hookCommand({ program: file, node, event: 'PreToolUse', strict });
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
      input: '{"a":1}',
      env: { PATH: where },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  const echo = `process.stdin.on('data', (d) => process.stdout.write(
    [process.argv.slice(2).join(' '), process.env.ELECTRON_RUN_AS_NODE, d].join('|')))`;
  const said = { status: 0, stdout: 'record claude-code PreToolUse|1|{"a":1}', stderr: '' };
  const silent = { status: 0, stdout: '', stderr: '' };

  it('ends with the mark', () => {
    const command = hookCommand({ program: '/p', node: '/n', event: 'Stop', strict: false });
    assert.ok(command.endsWith(' # hunkmark'));
  });

  it('runs the program, wherever it lies', () => {
    assert.deepEqual(run(program(echo)), said);
    assert.deepEqual(run(program(echo), { strict: true }), said);
  });

  it('finds another Node when its own is gone', () => {
    program(echo);
    const plain = fs.mkdtempSync(path.join(os.tmpdir(), 'bin-'));
    fs.symlinkSync(process.execPath, path.join(plain, 'node'));
    try {
      assert.deepEqual(run(path.join(folder, 'hook.js'), { node: '/gone/node', path: plain }), said);
    } finally {
      fs.rmSync(plain, { recursive: true });
    }
  });

  it('is silent and fine when something is missing', () => {
    assert.deepEqual(run(path.join(folder, 'gone.js')), silent);
    assert.deepEqual(run(program(echo), { node: '/gone/node' }), silent);
    assert.deepEqual(run(folder), silent);
  });

  it('is fine when the program fails', () => {
    for (const body of [
      'throw 1',
      'process.exit(2)',
      'process.kill(process.pid, "SIGKILL")',
      'not a program (',
    ]) {
      assert.equal(run(program(body)).status, 0, body);
    }
  });

  it('fails where it was asked to be strict, but never as a denial', () => {
    assert.equal(run(path.join(folder, 'gone.js'), { strict: true }).status, 1);
    assert.equal(run(program(echo), { strict: true, node: '/gone/node' }).status, 1);
    assert.equal(run(program('process.exit(2)'), { strict: true }).status, 1);
  });

  it('is never strict after the fact', () => {
    const command = hookCommand({ program: '/gone', node: '/gone', event: 'PostToolUse', strict: true });
    assert.equal(spawnSync('/bin/sh', ['-c', command]).status, 0);
  });
});
