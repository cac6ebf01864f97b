import assert from 'node:assert/strict';
import * as path from 'node:path';
import { agentNamed } from '../../src/agents/agents';
import { saysAfter, saysBefore, VOICES, type Spoken, type Voice } from '../support/agent-voices';

const EDIT = {
  folder: '/repo',
  file: '/repo/a.js',
  session: 's1',
  call: 'c1',
  old: 'first();\n',
  new: 'second();\n',
};
const RESULT = { found: 'first();\n', left: 'second();\n' };

/** Fields that an agent leaves out, or writes as null where they have no value. */
const NONE: Readonly<Record<Voice, object>> = {
  'claude-code': { agent_id: null, agent_transcript_path: null, model: null, permission_mode: null },
  codex: { model: null, turn_id: null },
  'gemini-cli': { llm_request: null },
  opencode: { model: null },
  'copilot-cli': { session_id: null, tool_name: null, tool_input: null },
};

async function checkEdit(agent: string, { event, payload }: Spoken, fields: object): Promise<void> {
  const parsed = (await agentNamed(agent, event))?.parse(event, { ...payload, ...fields });
  assert.ok(parsed && 'edits' in parsed, JSON.stringify(parsed));
  assert.deepEqual(
    parsed.edits.map((edit) => path.basename(edit.path)),
    ['a.js'],
  );
}

async function checkNothing(agent: string, { event, payload }: Spoken, fields: object): Promise<void> {
  const parsed = (await agentNamed(agent, event))?.parse(event, { ...payload, ...fields });
  assert.equal(parsed?.kind, 'opaque');
}

describe('a payload of another version', () => {
  for (const voice of VOICES)
    it(`may have null where there is no value: ${voice}`, async () => {
      await checkEdit(voice, saysBefore(voice, EDIT), NONE[voice]);
      await checkEdit(voice, saysAfter(voice, EDIT, RESULT), NONE[voice]);
    });

  for (const given of [
    { userModified: null, replaceAll: null, structuredPatch: null, originalFile: 'first();\n' },
    null,
  ])
    it(`may have the response ${JSON.stringify(given)}`, async () => {
      await checkEdit('claude-code', saysAfter('claude-code', EDIT, RESULT), { tool_response: given });
    });

  it('may name a model by more than a word', async () => {
    const model = { id: 'a-model', display_name: 'A Model' };
    await checkEdit('claude-code', saysAfter('claude-code', EDIT, RESULT), { model });
  });

  it('may have its arguments as a string: copilot-cli', async () => {
    for (const { event, payload } of [
      saysBefore('copilot-cli', EDIT),
      saysAfter('copilot-cli', EDIT, RESULT),
    ]) {
      const { toolArgs } = payload as { readonly toolArgs?: object };
      await checkEdit('copilot-cli', { event, payload }, { toolArgs: JSON.stringify(toolArgs) });
      await checkNothing('copilot-cli', { event, payload }, { toolArgs: '{"path":' });
    }
  });

  it('may have null in the plain protocol', async () => {
    const edits = [{ path: '/repo/a.js', before: null, content: 'x' }];
    const payload = { session: 's1', call: null, model: null, subagent: null, cwd: null, edits };
    await checkEdit('my-agent', { event: 'after-edit', payload }, {});
  });
});

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

describe('a payload of another version with null where a key may be missing', () => {
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
