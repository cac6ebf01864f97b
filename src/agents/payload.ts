import { createHash } from 'node:crypto';
import type { AgentCall, AgentEvent, Change, ReportedEdit } from '../core/agent-event';
import * as z from '../core/schema';

// What the parsers of all agents share. A payload is hostile until one of these has read it.

/** The call of a payload that does not say whose it is, and what every call of the agent says alike. */
export function nobody(agent: string): AgentCall {
  return {
    agent,
    session: '',
    subagent: null,
    call: null,
    tool: null,
    cwd: '',
    model: null,
    transcript: null,
  };
}

/** An edit of which the payload says what changes, and no text before or after it. */
export function editOf(path: string, change: Change): ReportedEdit {
  return { path, change, before: undefined, after: undefined, userModified: false };
}

export function opaque(call: AgentCall, event: string, reason: string): AgentEvent {
  return { ...call, kind: 'opaque', event, reason };
}

/**
 * An edit that cannot be read, of the file that is in the tool's input under this key. Before it is made, who may write
 * the file is the guard's question all the same.
 */
export function unreadEdit(call: AgentCall, event: string, phase: Phase, unread: Unread): AgentEvent {
  const { input, key, reason } = unread;
  const path = phase === 'before' ? z.object({ [key]: Path }).safeParse(input).data?.[key] : undefined;
  return path === undefined
    ? opaque(call, event, reason)
    : { ...call, kind: 'write-starting', paths: [path] };
}

interface Unread {
  readonly input: unknown;
  readonly key: string;
  readonly reason: string;
}

interface ParseError {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}

export interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: ParseError };
}

/** Says where the payload is wrong, never what is in it: it may be somebody's code. */
export function reasonOf(error: ParseError, whole = 'the payload is not an object'): string {
  const path = error.issues[0]?.path ?? [];
  return path.length === 0 ? whole : `${path.map(String).join('.')} is not as expected`;
}

/** A lone surrogate cannot be on a disk in UTF-8, so a text that has one was not read from, nor written to, a file. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

export const Text = z.string().check(z.refine(isWellFormed));
export const Id = z.string().check(z.minLength(1), z.maxLength(256));
/** Becomes part of a file's name; `NAME@TEAM` is one too. */
export const Name = z.string().check(z.regex(/^[\w-][\w.@+-]{0,127}$/));
export const Path = Text.check(
  z.minLength(1),
  z.maxLength(4096),
  z.refine((path) => !path.includes('\0')),
);
export const Flag = z.optional(z.nullable(z.boolean()));
/** A model that is not named by a word is not known; the edit is. */
export const Model = z.union([
  z.optional(Id),
  z.pipe(
    z.unknown(),
    z.transform(() => undefined),
  ),
]);

/** The payload without fields that are null: agents write a field that has no value so, or leave it out. */
export function withoutNulls(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null));
}

/** Claude Code has `run_in_background`, Gemini CLI `is_background`. */
const ShellInput = z.object({
  command: z.string(),
  run_in_background: z.optional(z.unknown()),
  is_background: z.optional(z.unknown()),
});

/** A shell command that begins or has ended; every agent's tool for it has the text in `command`. */
export function shellEvent(
  call: AgentCall,
  event: string,
  kind: 'shell-starting' | 'shell-finished',
  toolInput: unknown,
): AgentEvent {
  const input = ShellInput.safeParse(toolInput);
  if (!input.success) return opaque(call, event, `tool_input: ${reasonOf(input.error)}`);
  const { command, run_in_background: claude, is_background: gemini } = input.data;
  if (kind === 'shell-finished' && (claude === true || gemini === true))
    return { ...call, kind, command, inBackground: true };
  return { ...call, kind, command };
}

/** When an event of a tool comes: before the tool runs, after it, or after it could not do what it was to. */
export type Phase = 'before' | 'after' | 'failed';

export const EDIT_KIND = { before: 'edit-starting', after: 'edit-finished', failed: 'edit-failed' } as const;
export const SHELL_KIND = {
  before: 'shell-starting',
  after: 'shell-finished',
  failed: 'shell-finished',
} as const;

/** Joins the events of one call for agents that give it no id: the same tool with the same input, in one session. */
export function callOf(tool: string, input: unknown): string {
  const text = JSON.stringify([tool, input]);
  return `input-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
