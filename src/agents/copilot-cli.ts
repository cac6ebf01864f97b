import type { AgentCall, AgentEvent, Change } from '../core/agent-event';
import * as z from '../core/schema';
import {
  callOf,
  EDIT_KIND,
  editOf,
  Id,
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
import { permissionText, topLevelText } from './verdict';

const COPILOT = 'copilot-cli';

export const copilotCli: Agent = {
  parse: parseCopilotCli,
  modelOf: ({ model }) => model,
  asking: 'everywhere',
  stopText: (event, stop) => (/^[A-Z]/.test(event) ? permissionText(event, stop) : topLevelText(stop)),
};

/**
 * What a hook of Copilot CLI was told; shapes as of version 1.0.102. Under names such as `preToolUse` its keys are
 * `sessionId` and `toolName`; under `PreToolUse` they are Claude Code's, and so are the tools' names. Calls have no id.
 */
function parseCopilotCli(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(COPILOT), event, reasonOf(parsed.error));
  const given = parsed.data;
  const session = given.sessionId ?? given.session_id;
  if (session === undefined) return opaque(nobody(COPILOT), event, 'sessionId is not as expected');
  const tool = given.toolName ?? given.tool_name ?? null;
  const input = argsOf(given.toolArgs ?? given.tool_input);
  const call: AgentCall = {
    ...nobody(COPILOT),
    session,
    call: tool === null ? null : callOf(tool, input),
    tool,
    cwd: given.cwd,
  };
  switch (event.charAt(0).toLowerCase() + event.slice(1)) {
    case 'sessionStart':
      return { ...call, kind: 'session-started' };
    case 'sessionEnd':
      return { ...call, kind: 'session-ended' };
    case 'agentStop':
    case 'stop':
      return { ...call, kind: 'turn-ended' };
    case 'preToolUse':
      return toolEvent(call, event, 'before', input);
    case 'postToolUse':
      return toolEvent(call, event, 'after', input);
    case 'postToolUseFailure':
      return toolEvent(call, event, 'failed', input);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

const Payload = z.object({
  sessionId: z.optional(Name),
  session_id: z.optional(Name),
  cwd: Path,
  toolName: z.optional(Id),
  tool_name: z.optional(Id),
  toolArgs: z.optional(z.unknown()),
  tool_input: z.optional(z.unknown()),
});

/** Its documentation (docs.github.com, hooks configuration) has the arguments as JSON in a string. */
function argsOf(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function toolEvent(call: AgentCall, event: string, phase: Phase, given: unknown): AgentEvent {
  switch (call.tool ?? '') {
    case 'bash':
    case 'Bash':
      return shellEvent(call, event, SHELL_KIND[phase], given);
    case 'create':
    case 'Write':
    case 'edit':
    case 'Edit':
      break;
    default:
      return opaque(call, event, `the tool ${call.tool} is not followed`);
  }
  const input = EditInput.safeParse(withoutNulls(given));
  if (!input.success) {
    const reason = `toolArgs: ${reasonOf(input.error)}`;
    return unreadEdit(call, event, phase, { input: given, key: 'path', reason });
  }
  const { path, file_text: content, old_str: old, new_str: text = '' } = input.data;
  const change: Change | null =
    old !== undefined
      ? { kind: 'replace', old, new: text, all: false }
      : content === undefined
        ? null
        : { kind: 'write', content };
  if (change !== null) return { ...call, kind: EDIT_KIND[phase], edits: [editOf(path, change)] };
  if (phase === 'before') return { ...call, kind: 'write-starting', paths: [path] };
  return opaque(call, event, 'toolArgs do not say what changes');
}

const EditInput = z.object({
  path: Path,
  file_text: z.optional(Text),
  old_str: z.optional(Text),
  new_str: z.optional(Text),
});
