import assert from 'node:assert/strict';
import { agentNamed } from '../../src/agents/agents';
import { saysAfter, saysBefore, type Spoken, type Voice } from '../support/agent-voices';

const EDIT = {
  folder: '/repo',
  file: '/repo/src/app.js',
  session: 'session-one',
  call: 'call-1',
  old: "export const VERSION = '1';\n",
  new: "export const VERSION = '2';\n",
};

/** Keys that a payload may leave out, each as its place in it. */
const ROWS: readonly (readonly [voice: Voice, phase: 'before' | 'after', key: string])[] = [
  ['claude-code', 'before', 'agent_id'],
  ['claude-code', 'before', 'model'],
  ['claude-code', 'before', 'tool_use_id'],
  ['claude-code', 'before', 'tool_input.replace_all'],
  ['claude-code', 'after', 'tool_response'],
  ['claude-code', 'after', 'tool_response.structuredPatch'],
  ['claude-code', 'after', 'tool_response.userModified'],
  ['codex', 'before', 'model'],
  ['codex', 'after', 'tool_use_id'],
  ['gemini-cli', 'before', 'tool_input.allow_multiple'],
  ['gemini-cli', 'after', 'tool_response.returnDisplay'],
  ['gemini-cli', 'after', 'tool_response.returnDisplay.diffStat'],
  ['gemini-cli', 'after', 'tool_response.returnDisplay.isNewFile'],
  ['opencode', 'before', 'model'],
  ['opencode', 'before', 'input.callID'],
  ['opencode', 'before', 'output.args.replaceAll'],
  ['copilot-cli', 'before', 'session_id'],
  ['copilot-cli', 'before', 'tool_name'],
  ['copilot-cli', 'before', 'toolArgs.file_text'],
];

describe('a payload with null where a key may be missing', () => {
  for (const [voice, phase, key] of ROWS)
    it(`means the same: ${voice}, ${key}`, async () => {
      const without = await read(voice, said(voice, phase, key, undefined));
      assert.equal(without.kind, phase === 'before' ? 'edit-starting' : 'edit-finished');
      // Where a call has no id, it is named after its input, to the letter.
      const { call } = without;
      assert.deepEqual({ ...(await read(voice, said(voice, phase, key, null))), call }, without);
    });
});

async function read(voice: Voice, { event, payload }: Spoken) {
  const parsed = (await agentNamed(voice, event))?.parse(event, payload);
  assert.ok(parsed);
  return parsed;
}

/** The payload with this value at the key; undefined: without the key. */
function said(voice: Voice, phase: 'before' | 'after', key: string, value: null | undefined): Spoken {
  const result = { found: EDIT.old, left: EDIT.new };
  const { event, payload } = phase === 'before' ? saysBefore(voice, EDIT) : saysAfter(voice, EDIT, result);
  const places = key.split('.');
  const copy = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
  const last = places.pop() ?? '';
  let at = copy;
  for (const place of places) at = at[place] as Record<string, unknown>;
  at[last] = value;
  return { event, payload: JSON.parse(JSON.stringify(copy)) as object };
}
