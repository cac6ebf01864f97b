import type { AgentCall, AgentEvent, Change } from '../core/agent-event';
import * as z from '../core/schema';
import { parsePatch } from './apply-patch';
import {
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

const OPENCODE = 'opencode';

export const opencode: Agent = {
  parse: parseOpencode,
  modelOf: ({ model }) => model,
  asking: 'nowhere',
  stopText: (_event, stop) => decisionText(stop),
};

/**
 * What our plugin in opencode was told, as of version 1.18: the arguments of its hooks `tool.execute.before` and
 * `tool.execute.after`, with the folder and the model that the plugin knows from elsewhere.
 */
function parseOpencode(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(OPENCODE), event, reasonOf(parsed.error));
  const { input, output, directory, model } = parsed.data;
  const call: AgentCall = {
    ...nobody(OPENCODE),
    session: input.sessionID,
    call: input.callID ?? null,
    tool: input.tool ?? null,
    cwd: directory ?? '',
    model: model?.id ?? null,
  };
  switch (event) {
    case 'SessionStart':
      return { ...call, kind: 'session-started' };
    case 'Stop':
      return { ...call, kind: 'turn-ended' };
    case 'PreToolUse':
      return toolEvent(call, event, 'before', output?.args);
    case 'PostToolUse':
      return toolEvent(call, event, 'after', input.args);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

const Payload = z.object({
  input: z.object({
    sessionID: Name,
    tool: z.optional(z.nullable(Id)),
    callID: z.optional(z.nullable(Id)),
    args: z.optional(z.unknown()),
  }),
  output: z.optional(z.object({ args: z.optional(z.unknown()) })),
  directory: z.optional(Path),
  model: z.optional(z.object({ id: Model })),
});

function toolEvent(call: AgentCall, event: string, phase: Phase, given: unknown): AgentEvent {
  switch (call.tool ?? '') {
    case 'bash':
      return shellEvent(call, event, SHELL_KIND[phase], given);
    case 'write':
    case 'edit':
      return fileEvent(call, event, phase, given);
    case 'patch':
    case 'apply_patch': {
      const patch = PatchInput.safeParse(given);
      if (!patch.success) return opaque(call, event, `args: ${reasonOf(patch.error)}`);
      return { ...call, kind: EDIT_KIND[phase], edits: parsePatch(patch.data.patchText) };
    }
    default:
      return opaque(call, event, `the tool ${call.tool} is not followed`);
  }
}

function fileEvent(call: AgentCall, event: string, phase: Phase, given: unknown): AgentEvent {
  const input = (call.tool === 'edit' ? EditInput : WriteInput).safeParse(given);
  if (!input.success) {
    const reason = `args: ${reasonOf(input.error)}`;
    return unreadEdit(call, event, phase, { input: given, key: 'filePath', reason });
  }
  const { filePath: path } = input.data;
  const change: Change =
    'content' in input.data
      ? { kind: 'write', content: input.data.content }
      : {
          kind: 'replace',
          old: input.data.oldString,
          new: input.data.newString,
          all: input.data.replaceAll ?? false,
        };
  return { ...call, kind: EDIT_KIND[phase], edits: [editOf(path, change)] };
}

const WriteInput = z.object({ filePath: Path, content: Text });
const EditInput = z.object({ filePath: Path, oldString: Text, newString: Text, replaceAll: Flag });
const PatchInput = z.object({ patchText: Text });
