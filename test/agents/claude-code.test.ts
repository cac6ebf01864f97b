import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { parseClaudeCode } from '../../src/agents/claude-code';
import type { AgentEvent, ReportedEdit } from '../../src/core/agent-event';
import { replay } from '../../src/core/replay';

interface Call {
  readonly event: string;
  readonly stdin: Record<string, unknown>;
  readonly files: Readonly<Record<string, string>>;
}

const FOLDER = path.resolve('test/agents/captures/claude-code');

function callsOf(scenario: string): readonly Call[] {
  const text = readFileSync(path.join(FOLDER, `${scenario}.json`), 'utf8');
  return (JSON.parse(text) as { calls: readonly Call[] }).calls;
}

/** What every recorded call is to us: tool calls by their kind, the rest by a letter (see `letterOf`). */
const SCENARIOS: Record<string, string> = {
  ask: 'S . . . . edit-starting(tier1/payment.js) . T E',
  create: 'S . edit-starting(src/new.js) edit-finished(src/new.js) . T E',
  'deny-exit2': 'S . . . . edit-starting(tier1/payment.js) . shell-starting . T E',
  'deny-json': 'S . . . . edit-starting(tier1/payment.js) . shell-starting . T E',
  edit: 'S . . . . edit-starting(src/app.js) edit-finished(src/app.js) . T E',
  'edit-fail': 'S . . . . . shell-starting shell-finished . T E',
  multiedit:
    'S . . . . . . edit-starting(src/app.js) edit-finished(src/app.js) edit-starting(src/app.js) edit-finished(src/app.js)' +
    ' edit-starting(src/util.js) edit-finished(src/util.js) . edit-starting(src/util.js) edit-finished(src/util.js) . T E',
  overwrite: 'S . . . . edit-starting(src/util.js) edit-finished(src/util.js) . T E',
  probe: 'S . T E',
  shell: 'S . shell-starting shell-finished . shell-starting shell-finished . T E',
  'shell-bypass': 'S . shell-starting shell-finished . T E',
  'shell-env': 'S . shell-starting shell-finished . T E',
  'tty-ask-no': 'S . . . . edit-starting(tier1/payment.js) . E',
  'tty-ask-yes': 'S . . . . edit-starting(tier1/payment.js) . edit-finished(tier1/payment.js) . T E',
};

function letterOf(event: AgentEvent): string {
  switch (event.kind) {
    case 'session-started':
      return 'S';
    case 'session-ended':
      return 'E';
    case 'turn-ended':
      return 'T';
    case 'opaque':
      return '.';
    case 'edit-starting':
    case 'edit-finished':
    case 'edit-failed':
      return `${event.kind}(${event.edits.map((edit) => edit.path.replace(/^\/repo\//, '')).join(' ')})`;
    case 'write-starting':
      return `${event.kind}(${event.paths.join(' ')})`;
    case 'model-chosen':
    case 'shell-starting':
    case 'shell-finished':
      return event.kind;
  }
}

const base = { session_id: 's1', transcript_path: '/t/s1.jsonl', cwd: '/repo', tool_use_id: 'toolu_1' };

function payload(tool: string, input: unknown, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...base, tool_name: tool, tool_input: input, ...rest };
}

function onlyEdit(event: AgentEvent): ReportedEdit {
  assert.ok('edits' in event, JSON.stringify(event));
  const [edit] = event.edits;
  assert.ok(edit !== undefined && event.edits.length === 1);
  return edit;
}

describe('Claude Code', () => {
  it('has an expectation for every recording', () => {
    const recorded = readdirSync(FOLDER).map((name) => name.replace('.json', ''));
    assert.deepEqual(recorded.toSorted(), Object.keys(SCENARIOS).toSorted());
  });

  for (const [scenario, expected] of Object.entries(SCENARIOS)) {
    it(`reads the recording ${scenario}`, () => {
      const events = callsOf(scenario).map((call) => parseClaudeCode(call.event, call.stdin));
      assert.equal(events.map(letterOf).join(' '), expected);
      const sessions = new Set(events.map((event) => event.session));
      assert.equal(sessions.size, 1);
      for (const event of events) assert.equal(event.cwd, '/repo');
    });

    it(`replays every finished edit of ${scenario} to the text on disk`, () => {
      let earlier: Call['files'] = {};
      for (const call of callsOf(scenario)) {
        const event = parseClaudeCode(call.event, call.stdin);
        if (event.kind === 'edit-finished') {
          const edit = onlyEdit(event);
          const name = edit.path.replace(/^\/repo\//, '');
          assert.equal(edit.before, earlier[name] ?? null);
          assert.equal(replay(edit.change, edit.before ?? null), call.files[name]);
          assert.ok(edit.after === undefined || edit.after === call.files[name]);
          assert.equal(event.call, call.stdin['tool_use_id']);
          assert.match(event.transcript ?? '', /^\/home\/user\/\.claude\/projects\/-repo\/[-\w]+\.jsonl$/);
        }
        earlier = call.files;
      }
    });
  }

  it('pairs the events of a call by its id and replays the announced edit on the text before it', () => {
    let finished = 0;
    for (const scenario of Object.keys(SCENARIOS)) {
      const announced = new Map<string | null, ReportedEdit>();
      for (const call of callsOf(scenario)) {
        const event = parseClaudeCode(call.event, call.stdin);
        if (event.kind === 'edit-starting') announced.set(event.call, onlyEdit(event));
        if (event.kind !== 'edit-finished') continue;
        const edit = onlyEdit(event);
        const promise = announced.get(event.call);
        assert.ok(promise !== undefined);
        assert.equal(promise.before, undefined);
        assert.equal(promise.after, undefined);
        assert.equal(replay(promise.change, edit.before ?? null), replay(edit.change, edit.before ?? null));
        finished++;
      }
    }
    assert.equal(finished, 8);
  });

  it('holds no path of a machine in its recordings', () => {
    for (const name of readdirSync(FOLDER)) {
      assert.doesNotMatch(
        readFileSync(path.join(FOLDER, name), 'utf8'),
        /\/(?:root|tmp|Users|private|mnt|work)\//,
      );
    }
  });

  it('knows the shell command', () => {
    const event = parseClaudeCode('PreToolUse', payload('Bash', { command: 'sed -i s/a/b/ x' }));
    assert.ok(event.kind === 'shell-starting' && event.command === 'sed -i s/a/b/ x');
  });

  it('ends a shell call that failed and marks an edit that failed', () => {
    const shell = parseClaudeCode(
      'PostToolUseFailure',
      payload('Bash', { command: 'exit 3' }, { error: 'Exit code 3' }),
    );
    const edit = parseClaudeCode('PostToolUseFailure', payload('Write', { file_path: '/a', content: 'x' }));
    assert.equal(shell.kind, 'shell-finished');
    assert.equal(edit.kind, 'edit-failed');
    assert.equal(onlyEdit(edit).after, undefined);
  });

  it('takes an edit without a response as told, without a text before', () => {
    const event = parseClaudeCode(
      'PostToolUse',
      payload('Edit', { file_path: 'a.js', old_string: 'x', new_string: 'y' }),
    );
    assert.equal(event.kind, 'edit-finished');
    assert.deepEqual(onlyEdit(event), {
      path: 'a.js',
      change: { kind: 'replace', old: 'x', new: 'y', all: false },
      before: undefined,
      after: undefined,
      userModified: false,
    });
  });

  it('reads the edits of a MultiEdit in turn', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: 'b', new_string: 'c', replace_all: true },
    ];
    const event = parseClaudeCode('PostToolUse', payload('MultiEdit', { file_path: '/a', edits }));
    assert.equal(replay(onlyEdit(event).change, 'ab'), 'cc');
  });

  it('says that a person changed the proposal', () => {
    const input = { file_path: '/a', content: 'x' };
    const response = { type: 'update', content: 'y', originalFile: 'z', userModified: true };
    const edit = onlyEdit(
      parseClaudeCode('PostToolUse', payload('Write', input, { tool_response: response })),
    );
    assert.deepEqual([edit.userModified, edit.after, edit.before], [true, 'y', 'z']);
  });

  it('does not take the missing original of an update for a missing file', () => {
    const input = { file_path: '/a', content: 'x' };
    const beforeOf = (type: string) =>
      onlyEdit(
        parseClaudeCode(
          'PostToolUse',
          payload('Write', input, { tool_response: { type, originalFile: null } }),
        ),
      ).before;
    assert.equal(beforeOf('create'), null);
    assert.equal(beforeOf('update'), undefined);
  });

  describe('where the reported strings are not what was written', () => {
    const hunk = (oldStart: number, ...lines: string[]) => ({
      oldStart,
      oldLines: 0,
      newStart: 0,
      newLines: 0,
      lines,
    });
    function written(
      old: string,
      by: string,
      originalFile: string,
      structuredPatch: unknown[],
    ): string | null {
      const input = { file_path: '/a', old_string: old, new_string: by };
      const response = { oldString: old, newString: by, originalFile, structuredPatch, replaceAll: false };
      const edit = onlyEdit(
        parseClaudeCode('PostToolUse', payload('Edit', input, { tool_response: response })),
      );
      return replay(edit.change, originalFile);
    }

    it('deletes the end of a deleted line', () => {
      assert.equal(written('b', '', 'a\nb\nc\n', [hunk(1, ' a', '-b', ' c')]), 'a\nc\n');
    });

    it('deletes the end of a deleted last line', () => {
      assert.equal(written('b', '', 'a\nb\n', [hunk(1, ' a', '-b')]), 'a\n');
    });

    it('deletes the end of a deleted line in a file with tabs', () => {
      assert.equal(written('\tb', '', '\ta\n\tb\n\tc\n', [hunk(1, '   a', '-  b', '   c')]), '\ta\n\tc\n');
    });

    it('keeps the end of a line of which a part is deleted', () => {
      assert.equal(written(' b', '', 'a b\nc\n', [hunk(1, '-a b', '+a', ' c')]), 'a\nc\n');
    });

    it('keeps an emptied line where the patch shows it', () => {
      assert.equal(written('b', '', 'a\nb\nc\n', [hunk(1, ' a', '-b', '+', ' c')]), 'a\n\nc\n');
    });

    it('keeps tabs, which the patch shows as spaces', () => {
      assert.equal(written('a', 'if\n\tb', 'a\n', [hunk(1, '-a', '+if', '+  b')]), 'if\n\tb\n');
    });

    it('takes the quotation marks that the patch shows', () => {
      assert.equal(written('“a”', '"b"', '“a”\nc\n', [hunk(1, '-“a”', '+“b”', ' c')]), '“b”\nc\n');
    });

    it('takes the strings where the patch does not apply', () => {
      assert.equal(written('b', 'B', 'a\nb\n', [hunk(5, '-x', '+y')]), 'a\nB\n');
    });
  });

  describe('subagents', () => {
    it('looks for the call in the transcript of the subagent', () => {
      const event = parseClaudeCode('PreToolUse', payload('Bash', { command: 'ls' }, { agent_id: 'a17' }));
      assert.equal(event.subagent, 'a17');
      assert.equal(event.transcript, '/t/s1/subagents/agent-a17.jsonl');
    });

    it('may be of a team', () => {
      const event = parseClaudeCode('SubagentStop', { ...base, agent_id: 'reviewer.2@team-a' });
      assert.deepEqual([event.kind, event.subagent], ['turn-ended', 'reviewer.2@team-a']);
    });

    it('believes the transcript that the payload names', () => {
      const rest = { agent_id: 'a17', agent_transcript_path: '/elsewhere/x.jsonl' };
      const event = parseClaudeCode('SubagentStop', { ...base, ...rest });
      assert.deepEqual(
        [event.kind, event.subagent, event.transcript],
        ['turn-ended', 'a17', '/elsewhere/x.jsonl'],
      );
    });
  });

  const write = { file_path: '/a', content: 'x' };
  const edit = { file_path: '/a', old_string: 'x', new_string: 'y' };
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;
  const OPAQUE: [string, string, unknown, RegExp][] = [
    ['null', 'PreToolUse', null, /not an object/],
    ['a list', 'PreToolUse', [payload('Write', write)], /not an object/],
    ['a string', 'PreToolUse', '{}', /not an object/],
    ['no session', 'Stop', { cwd: '/repo' }, /session_id/],
    ['a session that is a path', 'Stop', { ...base, session_id: '../../x' }, /session_id/],
    ['a subagent that is the folder above', 'Stop', { ...base, agent_id: '..' }, /agent_id/],
    ['a subagent that is a path', 'Stop', { ...base, agent_id: '../x' }, /agent_id/],
    ['a number for a session', 'Stop', { ...base, session_id: 1 }, /session_id/],
    ['no working directory', 'Stop', { session_id: 's1' }, /cwd/],
    [
      'the payload of another event',
      'PreToolUse',
      { ...payload('Write', write), hook_event_name: 'Stop' },
      /of the event Stop/,
    ],
    ['an unknown event', 'Teleported', { ...base }, /event is not followed/],
    ['an event named like a property', 'constructor', { ...base }, /event is not followed/],
    ['PostToolBatch', 'PostToolBatch', { ...base, tool_calls: [] }, /event is not followed/],
    ['an unknown tool', 'PreToolUse', payload('Teleport', write), /tool Teleport is not followed/],
    ['a notebook', 'PostToolUse', payload('NotebookEdit', { notebook_path: '/a.ipynb' }), /NotebookEdit/],
    ['a tool named like a property', 'PreToolUse', payload('__proto__', write), /not followed/],
    ['no tool', 'PreToolUse', { ...base, tool_input: write }, /tool_name/],
    [
      'no transcript',
      'PreToolUse',
      { ...payload('Bash', { command: 'ls' }), transcript_path: undefined },
      /transcript_path/,
    ],
    ['no input', 'PreToolUse', payload('Write', undefined), /tool_input/],
    ['a list for an input', 'PreToolUse', payload('Write', [write]), /tool_input/],
    ['a path that is a list', 'PreToolUse', payload('Write', { ...write, file_path: ['/a'] }), /file_path/],
    ['an empty path', 'PreToolUse', payload('Write', { ...write, file_path: '' }), /file_path/],
    ['a path with NUL', 'PreToolUse', payload('Write', { ...write, file_path: '/a\0b' }), /file_path/],
    [
      'an endless path',
      'PreToolUse',
      payload('Write', { ...write, file_path: 'a'.repeat(5000) }),
      /file_path/,
    ],
    [
      'half a letter in a path',
      'PreToolUse',
      payload('Write', { ...write, file_path: '/\ud800' }),
      /file_path/,
    ],
    ['half a letter in a text', 'PostToolUse', payload('Write', { ...write, content: 'a\udc00' }), /content/],
    ['a number for a text', 'PostToolUse', payload('Write', { ...write, content: 5 }), /content/],
    ['deep nesting for a text', 'PostToolUse', payload('Write', { ...write, content: deep }), /content/],
    ['no old text', 'PostToolUse', payload('Edit', { file_path: '/a', new_string: 'y' }), /old_string/],
    ['a word for a flag', 'PostToolUse', payload('Edit', { ...edit, replace_all: 'true' }), /replace_all/],
    [
      'a path of Copilot',
      'PreToolUse',
      payload('Edit', { path: '/a', old_str: 'x', new_str: 'y' }),
      /file_path/,
    ],
    ['no edits', 'PostToolUse', payload('MultiEdit', { file_path: '/a', edits: [] }), /edits/],
    ['a command that is a list', 'PreToolUse', payload('Bash', { command: ['ls'] }), /command/],
    [
      'a response that is a string',
      'PostToolUse',
      payload('Write', write, { tool_response: 'Error' }),
      /tool_response/,
    ],
    [
      'an original that is a number',
      'PostToolUse',
      payload('Edit', edit, { tool_response: { originalFile: 1 } }),
      /originalFile/,
    ],
    [
      'a word for userModified',
      'PostToolUse',
      payload('Edit', edit, { tool_response: { userModified: 'no' } }),
      /userModified/,
    ],
    [
      'a patch with half lines',
      'PostToolUse',
      payload('Edit', edit, { tool_response: { structuredPatch: [{ oldStart: 1.5, lines: [] }] } }),
      /structuredPatch/,
    ],
  ];

  for (const [name, event, hostile, reason] of OPAQUE) {
    it(`takes no offence at ${name}`, () => {
      const parsed = parseClaudeCode(event, hostile);
      assert.ok(parsed.kind === 'opaque', parsed.kind);
      assert.match(parsed.reason, reason);
      assert.equal(parsed.event, event);
      assert.equal(parsed.agent, 'claude-code');
    });
  }

  it('knows the file of an edit that it cannot read, before it is made', () => {
    const rows: readonly (readonly [string, Record<string, unknown>])[] = [
      ['Write', { ...write, content: 'a\udc00' }],
      ['Write', { ...write, content: 5 }],
      ['Edit', { ...edit, new_string: 'y\ud800' }],
      ['Edit', { ...edit, replace_all: 'true' }],
      ['MultiEdit', { file_path: '/a', edits: [] }],
    ];
    for (const [tool, input] of rows) {
      const event = parseClaudeCode('PreToolUse', payload(tool, input));
      assert.ok(event.kind === 'write-starting', `${tool} ${event.kind}`);
      assert.deepEqual(event.paths, ['/a']);
      assert.equal(parseClaudeCode('PostToolUse', payload(tool, input)).kind, 'opaque');
    }
  });

  it('is not changed by keys of prototypes', () => {
    const text = `{"session_id":"s1","transcript_path":"/t.jsonl","cwd":"/repo","tool_name":"Write",
      "__proto__":{"tool_use_id":"evil"},"constructor":{"prototype":{"x":1}},
      "tool_input":{"file_path":"/a","content":"x","__proto__":{"file_path":"/evil"}}}`;
    const event = parseClaudeCode('PreToolUse', JSON.parse(text));
    assert.equal(event.call, null);
    assert.equal(onlyEdit(event).path, '/a');
    assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
  });

  it('says in a reason where it is wrong, not what is there', () => {
    const event = parseClaudeCode(
      'PreToolUse',
      payload('Write', { file_path: '/a', content: { secret: 'hunter2' } }),
    );
    assert.doesNotMatch(JSON.stringify(event), /hunter2/);
  });

  it('reads a text of 16 MiB in a moment', () => {
    const content = `${'x'.repeat(79)}\n`.repeat(200_000);
    const started = performance.now();
    const event = parseClaudeCode('PostToolUse', payload('Write', { file_path: '/a', content }));
    assert.equal(onlyEdit(event).after, undefined);
    assert.ok(performance.now() - started < 1000);
  });

  it('never throws and never makes an edit without a path', () => {
    const events = [
      'PreToolUse',
      'PostToolUse',
      'PostToolUseFailure',
      'Stop',
      'SubagentStop',
      'SessionStart',
      'x',
    ];
    const json = fc.jsonValue({ maxDepth: 3 });
    const shaped = fc.record(
      {
        session_id: fc.oneof(json, fc.constant('s')),
        cwd: fc.oneof(json, fc.constant('/repo')),
        transcript_path: fc.oneof(json, fc.constant('/t.jsonl')),
        tool_name: fc.oneof(json, fc.constantFrom('Write', 'Edit', 'MultiEdit', 'Bash')),
        tool_input: fc.oneof(
          json,
          fc.record(
            {
              file_path: fc.oneof(json, fc.string({ unit: 'binary' })),
              content: fc.oneof(json, fc.string({ unit: 'binary' })),
              old_string: fc.oneof(json, fc.string()),
              new_string: fc.oneof(json, fc.string()),
              command: json,
              edits: json,
            },
            { requiredKeys: [] },
          ),
        ),
        tool_response: fc.oneof(
          json,
          fc.record(
            {
              originalFile: fc.oneof(json, fc.string()),
              structuredPatch: fc.oneof(
                json,
                fc.array(fc.record({ oldStart: fc.oneof(fc.integer(), json), lines: fc.array(fc.string()) })),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.oneof(shaped, json), (name, value) => {
        const event = parseClaudeCode(name, value);
        if (!('edits' in event)) return;
        for (const reported of event.edits) {
          assert.ok(typeof reported.path === 'string' && reported.path !== '');
          replay(reported.change, reported.before ?? null);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
