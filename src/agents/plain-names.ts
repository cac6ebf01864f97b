/** The events of the plain protocol, and what they are to us. */
export const PLAIN_KINDS = {
  'session-start': 'session-started',
  'session-end': 'session-ended',
  'turn-end': 'turn-ended',
  'before-edit': 'edit-starting',
  'after-edit': 'edit-finished',
  'edit-failed': 'edit-failed',
  'before-shell': 'shell-starting',
  'after-shell': 'shell-finished',
} as const;

type PlainEvent = keyof typeof PLAIN_KINDS;

export function isPlainEvent(event: string): event is PlainEvent {
  return Object.hasOwn(PLAIN_KINDS, event);
}

/** What an agent may call itself, as AGENT in a trailer but for `/`: it becomes part of a file's name too. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(name);
}
