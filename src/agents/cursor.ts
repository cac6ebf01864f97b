import type { AgentCall, AgentEvent, Change } from '../core/agent-event';
import * as z from '../core/schema';
import type { Agent } from './agent';
import {
  callOf,
  editOf,
  Id,
  Model,
  Name,
  nobody,
  opaque,
  Path,
  reasonOf,
  SHELL_KIND,
  shellEvent,
  Text,
  withoutNulls,
  type Phase,
} from './payload';
import { answerText } from './verdict';

const CURSOR = 'cursor';

/** Shapes and answers are from Cursor's documentation (cursor.com/docs/hooks), of 2026; none was seen yet. */
export const cursor: Agent = {
  parse: parseCursor,
  modelOf: ({ model }) => model,
  // `preToolUse` knows allow and deny only.
  asking: 'nowhere',
  // Its documentation has had both forms of the answer.
  stopText: (_event, { decision, reason }) =>
    answerText({ permission: decision, user_message: reason, agent_message: reason, decision, reason }),
};

function parseCursor(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(CURSOR), event, reasonOf(parsed.error));
  const given = parsed.data;
  const session = given.conversation_id ?? given.session_id;
  if (session === undefined) return opaque(nobody(CURSOR), event, 'conversation_id is not as expected');
  const call: AgentCall = {
    ...nobody(CURSOR),
    session,
    call: given.tool_use_id ?? null,
    tool: given.tool_name ?? null,
    cwd: [given.cwd, ...(given.workspace_roots ?? [])].find((folder) => folder) ?? '',
    model: given.model ?? null,
  };
  switch (event) {
    case 'sessionStart':
      return { ...call, kind: 'session-started' };
    case 'sessionEnd':
      return { ...call, kind: 'session-ended' };
    case 'stop':
      return { ...call, kind: 'turn-ended' };
    case 'preToolUse':
      return toolEvent(call, event, 'before', given);
    case 'postToolUse':
      return toolEvent(call, event, 'after', given);
    case 'postToolUseFailure':
      return toolEvent(call, event, 'failed', given);
    case 'afterFileEdit':
      return editEvent(call, event, given);
    case 'afterTabFileEdit':
      return completionEvent(call, event, given);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

const Payload = z.object({
  conversation_id: z.optional(Name),
  session_id: z.optional(Name),
  generation_id: z.optional(Id),
  model: Model,
  workspace_roots: z.optional(z.array(z.string())),
  cwd: z.optional(z.string()),
  tool_name: z.optional(Id),
  tool_use_id: z.optional(Id),
  tool_input: z.optional(z.unknown()),
  file_path: z.optional(Path),
  edits: z.optional(z.unknown()),
});
type Payload = z.infer<typeof Payload>;

/** Of its tools the documentation gives the names, and of the shell's input the shape; a path is looked for. */
function toolEvent(call: AgentCall, event: string, phase: Phase, given: Payload): AgentEvent {
  switch (call.tool ?? '') {
    case 'Shell':
      return shellEvent(call, event, SHELL_KIND[phase], given.tool_input);
    case 'Write':
    case 'Delete':
      break;
    default:
      return opaque(call, event, `the tool ${call.tool} is not followed`);
  }
  if (phase !== 'before') return opaque(call, event, 'afterFileEdit says more');
  const input = FileInput.safeParse(withoutNulls(given.tool_input));
  const path = input.success
    ? (input.data.file_path ?? input.data.path ?? input.data.target_file)
    : undefined;
  if (path === undefined) return opaque(call, event, 'tool_input names no file');
  if (call.tool === 'Delete') return { ...call, kind: 'write-starting', paths: [path] };
  // What it will do is not said; what it finds is noted for the event after it, which has no id of its own.
  return { ...call, kind: 'edit-starting', call: callOfFile(given, path), edits: [editOf(path, NOT_SAID)] };
}

const FileInput = z.object({
  file_path: z.optional(Path),
  path: z.optional(Path),
  target_file: z.optional(Path),
});

const NOT_SAID: Change = { kind: 'patch', hunks: [] };

function editEvent(call: AgentCall, event: string, given: Payload): AgentEvent {
  const edits = Edits.safeParse(given.edits);
  if (given.file_path === undefined || !edits.success)
    return opaque(call, event, 'edits are not as expected');
  const parts = edits.data.map((edit) => ({ old: edit.old_string, new: edit.new_string, all: false }));
  const [first] = parts;
  const isWhole = parts.length === 1 && first?.old === '';
  const change: Change = isWhole ? { kind: 'write', content: first.new } : { kind: 'replacements', parts };
  return {
    ...call,
    kind: 'edit-finished',
    call: callOfFile(given, given.file_path),
    edits: [editOf(given.file_path, change)],
  };
}

/** An inline completion that was accepted; `model` is the chat's, so the completion's is not known. */
function completionEvent(call: AgentCall, event: string, given: Payload): AgentEvent {
  const edits = Edits.safeParse(given.edits);
  if (given.file_path === undefined || !edits.success)
    return opaque(call, event, 'edits are not as expected');
  const parts = edits.data.map(({ old_string: old, new_string: text, old_line: line, new_line: after }) =>
    line !== undefined && line !== '' && after?.includes(text) === true
      ? { old: line, new: after, all: false }
      : { old, new: text, all: false },
  );
  if (parts.some(({ old }) => old === ''))
    return opaque(call, event, 'it does not say which line it changes');
  const change: Change = { kind: 'replacements', parts };
  const edit = editOf(given.file_path, change);
  const id = callOf('tab', [given.generation_id, given.file_path, given.edits]);
  return { ...call, kind: 'edit-finished', via: 'completion', call: id, model: null, edits: [edit] };
}

const Edits = z
  .array(
    z.object({
      old_string: Text,
      new_string: Text,
      old_line: z.optional(Text),
      new_line: z.optional(Text),
    }),
  )
  .check(z.minLength(1));

function callOfFile({ generation_id: generation }: Payload, path: string): string {
  return callOf('file', [generation, path]);
}
