import assert from 'node:assert/strict';
import { agentNamed } from '../../src/agents/agents';
import { agentSettings } from '../../src/agents/agent-settings';

/** What agents send on Windows: drive letters and backslashes. It is for the host to say which file that is. */
describe('paths of Windows in what agents send', () => {
  const FILE = 'C:\\Users\\A B\\repo\\src\\app.js';
  const CWD = 'C:\\Users\\A B\\repo';
  const edit = { old_string: 'a', new_string: 'b' };
  const ROWS: readonly (readonly [agent: string, event: string, payload: object])[] = [
    [
      'claude-code',
      'PreToolUse',
      {
        session_id: 's',
        transcript_path: 'C:\\t.jsonl',
        cwd: CWD,
        tool_name: 'Edit',
        tool_use_id: 'toolu_1',
        tool_input: { file_path: FILE, ...edit },
      },
    ],
    [
      'codex',
      'PreToolUse',
      {
        session_id: 's',
        cwd: CWD,
        tool_name: 'apply_patch',
        tool_use_id: 'c',
        tool_input: {
          command: `*** Begin Patch\r\n*** Update File: ${FILE}\r\n@@\r\n-a\r\n+b\r\n*** End Patch\r\n`,
        },
      },
    ],
    [
      'gemini-cli',
      'BeforeTool',
      { session_id: 's', cwd: CWD, tool_name: 'replace', tool_input: { file_path: FILE, ...edit } },
    ],
    [
      'opencode',
      'PreToolUse',
      {
        input: { sessionID: 's', tool: 'edit', callID: 'c' },
        output: { args: { filePath: FILE, oldString: 'a', newString: 'b' } },
        directory: CWD,
      },
    ],
    [
      'copilot-cli',
      'preToolUse',
      { sessionId: 's', cwd: CWD, toolName: 'edit', toolArgs: { path: FILE, old_str: 'a', new_str: 'b' } },
    ],
    [
      'cursor',
      'afterFileEdit',
      { conversation_id: 's', workspace_roots: [CWD], file_path: FILE, edits: [edit] },
    ],
    ['my-agent', 'before-edit', { session: 's', cwd: CWD, edits: [{ path: FILE, old: 'a', new: 'b' }] }],
  ];
  for (const [name, event, payload] of ROWS)
    it(`of ${name} are read as they are`, async () => {
      const agent = await agentNamed(name, event);
      const parsed = agent?.parse(event, JSON.parse(JSON.stringify(payload)));
      assert.ok(parsed && 'edits' in parsed, JSON.stringify(parsed));
      assert.deepEqual([parsed.cwd, parsed.edits.map(({ path }) => path)], [CWD, [FILE]]);
    });
});

describe('hooks that a shell runs', () => {
  const program = { program: 'C:\\it’s a "place"\\hook.js', node: "C:\\it's\\node.exe", strict: false };

  /** Every text in the settings that is our line. */
  function lines(agent: string): readonly string[] {
    const change = agentSettings(agent)?.add(null, program);
    assert.ok(change?.kind === 'text');
    const found: string[] = [];
    JSON.parse(change.text, (_key, value: unknown) => {
      if (typeof value === 'string' && value.endsWith('# hunkmark')) found.push(value);
      return value;
    });
    return found;
  }

  for (const agent of ['claude-code', 'codex', 'gemini-cli', 'copilot-cli', 'cursor'])
    it(`of ${agent} hold paths as one word, on one line`, () => {
      assert.ok(lines(agent).length >= 4);
      for (const line of lines(agent)) {
        assert.ok(line.startsWith(`p='C:\\it’s a "place"\\hook.js'; `), line);
        assert.ok(line.includes(`n='C:\\it'\\''s\\node.exe'; `), line);
        assert.doesNotMatch(line, /[\r\n]/);
      }
    });

  it('of Copilot CLI have nothing for PowerShell, where they were never seen to run', () => {
    const change = agentSettings('copilot-cli')?.add(null, program);
    assert.ok(change?.kind === 'text');
    assert.match(change.text, /"bash": /);
    assert.doesNotMatch(change.text, /powershell|"command": /i);
  });
});
