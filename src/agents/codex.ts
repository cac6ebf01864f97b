import type { AgentCall, AgentEvent } from '../core/agent-event';
import * as z from '../core/schema';
import { parsePatch } from './apply-patch';
import { Id, Model, Name, nobody, opaque, Path, reasonOf, shellEvent, Text, withoutNulls } from './payload';
import type { Agent } from './agent';
import { permissionText } from './verdict';

const CODEX = 'codex';

export const codex: Agent = {
  parse: parseCodex,
  modelOf: ({ model }) => model,
  asking: 'nowhere',
  stopText: permissionText,
};

/** What a hook of Codex was told; shapes as of version 0.169. Every event names the model. */
function parseCodex(event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(CODEX), event, reasonOf(parsed.error));
  const given = parsed.data;
  const call: AgentCall = {
    ...nobody(CODEX),
    session: given.session_id,
    call: given.tool_use_id ?? null,
    tool: given.tool_name ?? null,
    cwd: given.cwd,
    model: given.model ?? null,
  };
  switch (event) {
    case 'SessionStart':
      return { ...call, kind: 'session-started' };
    case 'SessionEnd':
      return { ...call, kind: 'session-ended' };
    case 'Stop':
      return { ...call, kind: 'turn-ended' };
    case 'PreToolUse':
    case 'PostToolUse':
      return toolEvent(call, event, given.tool_input);
    default:
      return opaque(call, event, 'the event is not followed');
  }
}

const Payload = z.object({
  session_id: Name,
  cwd: Path,
  model: Model,
  tool_name: z.optional(Id),
  tool_use_id: z.optional(Id),
  tool_input: z.optional(z.unknown()),
});

function toolEvent(call: AgentCall, event: 'PreToolUse' | 'PostToolUse', input: unknown): AgentEvent {
  const isBefore = event === 'PreToolUse';
  if (call.tool === 'Bash') {
    return shellEvent(call, event, isBefore ? 'shell-starting' : 'shell-finished', input);
  }
  if (call.tool !== 'apply_patch') return opaque(call, event, `the tool ${call.tool} is not followed`);
  const patch = PatchInput.safeParse(input);
  if (!patch.success) return opaque(call, event, `tool_input: ${reasonOf(patch.error)}`);
  const edits = parsePatch(patch.data.command);
  return { ...call, kind: isBefore ? 'edit-starting' : 'edit-finished', edits };
}

const PatchInput = z.object({ command: Text });
