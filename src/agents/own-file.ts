import { MARK, type SettingsChange, type SettingsRemoval } from './hook-groups';

/** Hooks in a file of our own, where the agent reads all files of a folder: it is ours, or it is left alone. */
export function addOwnFile(current: string | null, text: string): SettingsChange {
  if (current === text) return { kind: 'text', text, changed: false };
  if (current !== null && !current.includes(MARK))
    return { kind: 'refused', reason: 'it is in the way: it is not ours', snippet: text };
  return { kind: 'text', text, changed: true };
}

export function removeOwnFile(current: string): SettingsRemoval {
  return current.includes(MARK)
    ? { kind: 'text', text: null, changed: true }
    : { kind: 'text', text: current, changed: false };
}
