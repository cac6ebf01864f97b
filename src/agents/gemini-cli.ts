import type { AgentCall, AgentEvent, Change, ReportedEdit } from '../core/agent-event';
import * as z from '../core/schema';
import {
  callOf,
  EDIT_KIND,
  editOf,
  Flag,
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
  unreadEdit,
  withoutNulls,
  type Phase,
} from './payload';
import type { Agent } from './agent';
import { decisionText } from './verdict';

const GEMINI = 'gemini-cli';

export const geminiCli: Agent = {
  parse: parseGeminiCli,
  modelOf: ({ model }) => model,
  namesModelsApart: true,
  asking: 'in-terminal',
  stopText: (_event, stop) => decisionText(stop),
};

/** What a hook of Gemini CLI was told; shapes as of version 0.61. Its calls have no id; what names the model is the event before each request to it. */
function parseGeminiCli(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(GEMINI), event, reasonOf(parsed.error));
  const given = parsed.data;
  const tool = given.tool_name ?? null;
  const call: AgentCall = {
    ...nobody(GEMINI),
    session: given.session_id,
    call: tool === null ? null : callOf(tool, given.tool_input),
    tool,
    cwd: given.cwd,
  };
  switch (event) {
    case 'SessionStart':
      return { ...call, kind: 'session-started' };
    case 'SessionEnd':
      return { ...call, kind: 'session-ended' };
    case 'AfterAgent':
      return { ...call, kind: 'turn-ended' };
    case 'BeforeModel':
      return { ...call, kind: 'model-chosen', model: given.llm_request?.model ?? null };
    case 'BeforeTool':
      return toolEvent(call, event, 'before', given);
    case 'AfterTool':
      return toolEvent(call, event, hasError(given.tool_response) ? 'failed' : 'after', given);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

const Payload = z.object({
  session_id: Name,
  cwd: Path,
  tool_name: z.optional(Id),
  tool_input: z.optional(z.unknown()),
  tool_response: z.optional(z.unknown()),
  llm_request: z.optional(z.object({ model: Model })),
});
type Payload = z.infer<typeof Payload>;

function hasError(response: unknown): boolean {
  return ErrorResponse.safeParse(response).success;
}

const ErrorResponse = z.object({ error: z.looseObject({}) });

function toolEvent(call: AgentCall, event: string, phase: Phase, given: Payload): AgentEvent {
  if (call.tool === 'run_shell_command') return shellEvent(call, event, SHELL_KIND[phase], given.tool_input);
  if (call.tool !== 'write_file' && call.tool !== 'replace')
    return opaque(call, event, `the tool ${call.tool} is not followed`);
  const input = (call.tool === 'replace' ? ReplaceInput : WriteInput).safeParse(given.tool_input);
  if (!input.success) {
    const reason = `tool_input: ${reasonOf(input.error)}`;
    return unreadEdit(call, event, phase, { input: given.tool_input, key: 'file_path', reason });
  }
  const response = phase === 'after' ? Response.safeParse(given.tool_response) : null;
  if (response?.success === false) return opaque(call, event, `tool_response: ${reasonOf(response.error)}`);
  const { file_path: path } = input.data;
  const change: Change =
    'content' in input.data
      ? { kind: 'write', content: input.data.content }
      : {
          kind: 'replace',
          old: input.data.old_string,
          new: input.data.new_string,
          all: input.data.allow_multiple ?? false,
        };
  const edit = { ...editOf(path, change), ...textsOf(response?.data.returnDisplay ?? undefined) };
  return { ...call, kind: EDIT_KIND[phase], edits: [edit] };
}

const WriteInput = z.object({ file_path: Path, content: Text });
const ReplaceInput = z.object({
  file_path: Path,
  old_string: Text,
  new_string: Text,
  allow_multiple: Flag,
});

const Display = z.object({
  originalContent: z.optional(z.nullable(Text)),
  newContent: z.optional(Text),
  isNewFile: Flag,
  diffStat: z.optional(
    z.nullable(
      z.object({ user_added_lines: z.optional(z.number()), user_removed_lines: z.optional(z.number()) }),
    ),
  ),
});
const Response = z.object({ returnDisplay: z.optional(z.nullable(z.union([Display, z.string()]))) });

function textsOf(
  display: z.infer<typeof Display> | string | undefined,
): Partial<Pick<ReportedEdit, 'before' | 'after' | 'userModified'>> {
  if (display === undefined || typeof display === 'string') return {};
  const { user_added_lines: added, user_removed_lines: removed } = display.diffStat ?? {};
  return {
    before: display.isNewFile === true ? null : display.originalContent,
    after: display.newContent,
    userModified: (added ?? 0) + (removed ?? 0) > 0,
  };
}
