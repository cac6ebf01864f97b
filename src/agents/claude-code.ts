import type {
  AgentCall,
  AgentEvent,
  Change,
  PatchHunk,
  Replacement,
  ReportedEdit,
} from '../core/agent-event';
import { splitLines } from '../core/lines';
import { replay } from '../core/replay';
import * as z from '../core/schema';
import {
  Flag,
  Id,
  Model,
  Name,
  nobody,
  opaque,
  Path,
  reasonOf,
  shellEvent,
  Text,
  unreadEdit,
  withoutNulls,
  type Parser,
} from './payload';
import type { Agent } from './agent';
import { modelOfCall } from './claude-transcript';
import { permissionText } from './verdict';

const CLAUDE_CODE = 'claude-code';

export const claudeCode: Agent = {
  parse: parseClaudeCode,
  modelOf: ({ model, transcript, call }) =>
    model ?? (transcript === null || call === null ? null : modelOfCall(transcript, call)),
  asking: 'everywhere',
  stopText: permissionText,
};

/**
 * What a hook of Claude Code was told. Shapes are those of versions 2.1 (seen up to 2.1.330); `MultiEdit` is from
 * before 2.0. An event or a tool that we do not follow, and a payload that is not what that event sends, is `opaque`;
 * nothing throws.
 */
export function parseClaudeCode(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(CLAUDE_CODE), event, reasonOf(parsed.error));
  const given = parsed.data;
  const call: AgentCall = {
    agent: CLAUDE_CODE,
    session: given.session_id,
    subagent: given.agent_id ?? null,
    call: given.tool_use_id ?? null,
    tool: given.tool_name ?? null,
    cwd: given.cwd,
    model: given.model ?? null,
    transcript: transcriptOf(given),
  };
  if (given.hook_event_name !== undefined && given.hook_event_name !== event) {
    return opaque(call, event, `the payload is of the event ${given.hook_event_name}`);
  }
  switch (event) {
    case 'SessionStart':
      return { ...call, kind: 'session-started' };
    case 'SessionEnd':
      return { ...call, kind: 'session-ended' };
    case 'Stop':
    case 'SubagentStop':
      return { ...call, kind: 'turn-ended' };
    case 'PreToolUse':
    case 'PostToolUse':
    case 'PostToolUseFailure':
      return toolEvent(call, event, given);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

type ToolEvent = 'PreToolUse' | 'PostToolUse' | 'PostToolUseFailure';

const Payload = z.object({
  session_id: Name,
  cwd: Path,
  hook_event_name: z.optional(Id),
  transcript_path: z.optional(Path),
  agent_id: z.optional(Name),
  agent_transcript_path: z.optional(Path),
  model: Model,
  tool_name: z.optional(Id),
  tool_use_id: z.optional(Id),
  tool_input: z.optional(z.unknown()),
  tool_response: z.optional(z.unknown()),
});
type Payload = z.infer<typeof Payload>;

/**
 * A subagent's calls are in a transcript of its own, which only `SubagentStop` names. During its calls it is looked
 * for where Claude Code keeps it: in `SESSION/subagents/agent-ID.jsonl` beside the session's.
 */
function transcriptOf(given: Payload): string | null {
  if (given.agent_transcript_path !== undefined) return given.agent_transcript_path;
  const path = given.transcript_path ?? null;
  if (path === null || given.agent_id === undefined) return path;
  if (!path.endsWith('.jsonl')) return null;
  return `${path.slice(0, -'.jsonl'.length)}/subagents/agent-${given.agent_id}.jsonl`;
}

function toolEvent(call: AgentCall, event: ToolEvent, given: Payload): AgentEvent {
  if (given.transcript_path === undefined) return foreignEvent(call, event, given);
  switch (given.tool_name) {
    case 'Write':
      return fileEvent(call, event, given, WriteInput, WriteResponse, reportedWrite);
    case 'Edit':
      return fileEvent(call, event, given, EditInput, EditResponse, reportedEdit);
    case 'MultiEdit':
      return fileEvent(call, event, given, MultiEditInput, EditResponse, reportedMultiEdit);
    case 'Bash':
      return shellEvent(
        call,
        event,
        event === 'PreToolUse' ? 'shell-starting' : 'shell-finished',
        given.tool_input,
      );
    case 'NotebookEdit':
      return notebookEvent(call, event, given);
    case undefined:
      return opaque(call, event, 'tool_name is not as expected');
    default:
      return opaque(call, event, `the tool ${given.tool_name} is not followed`);
  }
}

function fileEvent<Input, Response>(
  call: AgentCall,
  event: ToolEvent,
  given: Payload,
  inputParser: Parser<Input>,
  responseParser: Parser<Response>,
  report: (input: Input, response: Response | null) => ReportedEdit,
): AgentEvent {
  const input = inputParser.safeParse(given.tool_input);
  if (!input.success) {
    const reason = `tool_input: ${reasonOf(input.error)}`;
    const phase = event === 'PreToolUse' ? 'before' : 'after';
    return unreadEdit(call, event, phase, { input: given.tool_input, key: 'file_path', reason });
  }
  if (event === 'PreToolUse') return { ...call, kind: 'edit-starting', edits: [report(input.data, null)] };
  if (event === 'PostToolUseFailure')
    return { ...call, kind: 'edit-failed', edits: [report(input.data, null)] };
  if (given.tool_response === undefined) {
    return { ...call, kind: 'edit-finished', edits: [report(input.data, null)] };
  }
  const response = responseParser.safeParse(given.tool_response);
  if (!response.success) return opaque(call, event, `tool_response: ${reasonOf(response.error)}`);
  return { ...call, kind: 'edit-finished', edits: [report(input.data, response.data)] };
}

/**
 * Copilot CLI runs Claude Code's hooks too, with its tool names and keys of its own, but without a transcript. What it
 * edits is judged; the rest is a matter of Copilot's own hooks.
 */
function foreignEvent(call: AgentCall, event: ToolEvent, given: Payload): AgentEvent {
  const input = ForeignInput.safeParse(given.tool_input);
  if (event !== 'PreToolUse' || !['Write', 'Edit'].includes(given.tool_name ?? '') || !input.success)
    return opaque(call, event, 'transcript_path is not as expected');
  return { ...call, kind: 'write-starting', paths: [input.data.path] };
}

const ForeignInput = z.object({ path: Path });

/** Notebooks are not followed; who may write them is the guard's question all the same. */
function notebookEvent(call: AgentCall, event: ToolEvent, given: Payload): AgentEvent {
  const input = NotebookInput.safeParse(given.tool_input);
  if (event !== 'PreToolUse' || !input.success)
    return opaque(call, event, 'the tool NotebookEdit is not followed');
  return { ...call, kind: 'write-starting', paths: [input.data.notebook_path] };
}

const NotebookInput = z.object({ notebook_path: Path });

const WriteInput = z.object({ file_path: Path, content: Text });
const WriteResponse = z.object({
  type: z.optional(z.string()),
  content: z.optional(z.nullable(Text)),
  originalFile: z.optional(z.nullable(Text)),
  userModified: Flag,
});

function reportedWrite(
  input: z.infer<typeof WriteInput>,
  response: z.infer<typeof WriteResponse> | null,
): ReportedEdit {
  const content = response?.content ?? input.content;
  const original = response?.originalFile;
  return {
    path: input.file_path,
    change: { kind: 'write', content },
    before: original === null && response?.type !== 'create' ? undefined : original,
    after: response === null ? undefined : content,
    userModified: response?.userModified ?? false,
  };
}

const EditInput = z.object({ file_path: Path, old_string: Text, new_string: Text, replace_all: Flag });
const Hunk = z.object({ oldStart: z.int(), lines: z.array(Text) });
const EditResponse = z.object({
  oldString: z.optional(z.nullable(Text)),
  newString: z.optional(z.nullable(Text)),
  replaceAll: Flag,
  originalFile: z.optional(z.nullable(Text)),
  structuredPatch: z.optional(z.nullable(z.array(Hunk))),
  userModified: Flag,
});
type EditResponse = z.infer<typeof EditResponse>;

function reportedEdit(input: z.infer<typeof EditInput>, response: EditResponse | null): ReportedEdit {
  const part: Replacement = {
    old: response?.oldString ?? input.old_string,
    new: response?.newString ?? input.new_string,
    all: response?.replaceAll ?? input.replace_all ?? false,
  };
  const candidates: Change[] = [{ kind: 'replace', ...part }];
  // Claude Code that deletes whole lines deletes the last one's end too, although the old text does not have it.
  if (part.new === '' && part.old !== '' && !part.old.endsWith('\n')) {
    candidates.push({ kind: 'replace', ...part, old: `${part.old}\n` });
  }
  return edited(input.file_path, candidates, response);
}

const MultiEditInput = z.object({
  file_path: Path,
  edits: z
    .array(z.object({ old_string: Text, new_string: Text, replace_all: Flag }))
    .check(z.minLength(1), z.maxLength(1000)),
});

function reportedMultiEdit(
  input: z.infer<typeof MultiEditInput>,
  response: EditResponse | null,
): ReportedEdit {
  const parts = input.edits.map((edit) => ({
    old: edit.old_string,
    new: edit.new_string,
    all: edit.replace_all ?? false,
  }));
  return edited(input.file_path, [{ kind: 'replacements', parts }], response);
}

function edited(path: string, candidates: readonly Change[], response: EditResponse | null): ReportedEdit {
  const before = response?.originalFile ?? undefined;
  const hunks = response?.structuredPatch ?? [];
  return {
    path,
    change: chooseChange(candidates, before, hunks),
    before,
    after: undefined,
    userModified: response?.userModified ?? false,
  };
}

/**
 * The first candidate that does what the reported patch shows. Both are needed. The strings are not always what was
 * written: Claude Code deletes a line's end along with the line and fits quotation marks to those of the file. And the
 * patch has spaces where the file has tabs at the start of a line, so it often applies to nothing.
 */
function chooseChange(
  candidates: readonly Change[],
  before: string | undefined,
  hunks: readonly PatchHunk[],
): Change {
  const [first] = candidates;
  const patch: Change = { kind: 'patch', hunks };
  if (first === undefined) return patch;
  if (before === undefined || hunks.length === 0) return first;
  const agreed = candidates.find((candidate) => agrees(replay(candidate, before), before, hunks));
  if (agreed !== undefined) return agreed;
  return replay(patch, before) === null ? first : patch;
}

/** The text has as many lines more than `before` as the patch says, and the patch's lines, white space aside. */
function agrees(after: string | null, before: string, hunks: readonly PatchHunk[]): boolean {
  if (after === null) return false;
  const lines = splitLines(after);
  let grown = 0;
  for (const hunk of hunks) {
    let at = hunk.oldStart - 1 + grown;
    for (const line of hunk.lines) {
      if (line.startsWith('\\')) continue;
      if (line.startsWith('-')) {
        grown--;
        continue;
      }
      if (line.startsWith('+')) grown++;
      if (keyOf(line.slice(1)) !== keyOf(lines[at++] ?? '')) return false;
    }
  }
  return lines.length - splitLines(before).length === grown;
}

const keyOf = (line: string): string => line.replace(/\s+/g, '');
