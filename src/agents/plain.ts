import type { AgentCall, AgentEvent, Change, ReportedEdit } from '../core/agent-event';
import * as z from '../core/schema';
import type { Agent } from './agent';
import { joinEdits } from './joined-edits';
import { callOf, Flag, Id, Name, nobody, opaque, Path, reasonOf, Text, withoutNulls } from './payload';
import { isPlainEvent, PLAIN_KINDS } from './plain-names';
import { parseUnifiedPatch } from './unified-patch';
import { answerText, decisionText } from './verdict';

/**
 * The plain protocol, for agents and scripts that have no parser of their own here; the README describes it. Its events
 * mean the same under every agent's name, for they are called like no other agent's.
 */
export function plainAgent(name: string): Agent {
  return {
    parse: (event, payload) => parsePlain(name, event, payload),
    modelOf: ({ model }) => model,
    asking: 'everywhere',
    stopText: (_event, stop) => decisionText(stop),
    goText: answerText({ decision: 'allow' }),
    isExplicit: true,
  };
}

function parsePlain(agent: string, event: string, payload: unknown): AgentEvent {
  const parsed = Payload.safeParse(withoutNulls(payload));
  if (!parsed.success) return opaque(nobody(agent), event, reasonOf(parsed.error));
  const given = parsed.data;
  const call: AgentCall = {
    agent,
    session: given.session,
    subagent: given.subagent ?? null,
    call: given.call ?? null,
    tool: null,
    cwd: given.cwd ?? '',
    model: given.model ?? null,
    transcript: null,
  };
  if (!isPlainEvent(event)) return opaque(call, event, `there is no such event; there are ${EVENTS}`);
  const kind = PLAIN_KINDS[event];
  switch (kind) {
    case 'session-started':
    case 'session-ended':
    case 'turn-ended':
      return { ...call, kind };
    case 'shell-starting':
    case 'shell-finished': {
      const command = given.command ?? '';
      return { ...call, kind, call: given.call ?? callOf('shell', command), command };
    }
    case 'edit-starting':
    case 'edit-finished':
    case 'edit-failed': {
      const edits = editsOf(given.edits);
      if (typeof edits === 'string') return opaque(call, event, edits);
      return { ...call, kind, call: given.call ?? callOf('edit', given.edits), edits };
    }
  }
}

const EVENTS = Object.keys(PLAIN_KINDS).join(', ');

const Payload = z.object({
  session: Name,
  call: z.optional(Id),
  subagent: z.optional(Name),
  cwd: z.optional(Path),
  model: z.optional(Id),
  command: z.optional(z.string()),
  edits: z.optional(z.unknown()),
});

/** How many files one call may name. */
const MOST_EDITS = 1000;

const Edit = z.object({
  path: Path,
  before: z.optional(z.nullable(Text)),
  content: z.optional(Text),
  old: z.optional(Text),
  new: z.optional(Text),
  all: Flag,
  patch: z.optional(Text),
  deleted: z.optional(z.literal(true)),
});
const Edits = z.array(Edit).check(z.minLength(1), z.maxLength(MOST_EDITS));

/** The edits, or why they cannot be read. */
function editsOf(given: unknown): readonly ReportedEdit[] | string {
  const parsed = Edits.safeParse(given);
  if (!parsed.success) return `edits: ${reasonOf(parsed.error, 'it is no list of edits')}`;
  const edits: ReportedEdit[] = [];
  for (const [at, edit] of parsed.data.entries()) {
    const change = changeOf(edit);
    if (change === null) return `edits.${at} does not say in one way what changes`;
    edits.push({ path: edit.path, change, before: edit.before, after: undefined, userModified: false });
  }
  return joinEdits(edits);
}

/** null: nothing, more than one thing, or a patch that is none of one file. */
function changeOf({ content, old, new: text, all, patch, deleted }: z.infer<typeof Edit>): Change | null {
  const ways = [content, old ?? text, patch, deleted].filter((way) => way !== undefined);
  if (ways.length !== 1) return null;
  if (content !== undefined) return { kind: 'write', content };
  if (deleted) return { kind: 'delete' };
  if (old !== undefined && text !== undefined) return { kind: 'replace', old, new: text, all: all ?? false };
  const hunks = patch === undefined ? null : parseUnifiedPatch(patch);
  return hunks === null ? null : { kind: 'patch', hunks };
}
