import type { Memento } from 'vscode';

/** What a person has looked at, in this workspace and nowhere else; the base that was chosen last is beside it. */
export interface Seen {
  of(root: string): ReadonlySet<string>;
  set(root: string, keys: readonly string[], isSeen: boolean): Promise<void>;
  baseOf(root: string): string | null;
  setBase(root: string, base: string): Promise<void>;
}

/** The oldest are forgotten beyond so many. */
const MOST = 20_000;

export function openSeen(memory: Memento): Seen {
  const keysOf = (root: string): readonly string[] => {
    const kept = memory.get<unknown>(`seen:${root}`);
    return Array.isArray(kept) ? kept.filter((key) => typeof key === 'string') : [];
  };
  return Object.freeze({
    of: (root: string) => new Set(keysOf(root)),
    async set(root: string, keys: readonly string[], isSeen: boolean): Promise<void> {
      const chosen = new Set(keys);
      const others = keysOf(root).filter((key) => !chosen.has(key));
      await memory.update(`seen:${root}`, (isSeen ? [...others, ...chosen] : others).slice(-MOST));
    },
    baseOf: (root: string) => memory.get<string>(`base:${root}`) ?? null,
    async setBase(root: string, base: string): Promise<void> {
      await memory.update(`base:${root}`, base);
    },
  });
}
