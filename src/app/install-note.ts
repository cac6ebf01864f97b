import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Saved } from '../agents/hook-groups';

/** What an agent's settings were before us, and what we made of them. */
export interface Note extends Saved {
  /** How many folders above the settings were not there before us. */
  readonly madeFolders: number;
}

export function readNote(file: string): Note | null {
  try {
    const value = JSON.parse(fs.readFileSync(file, 'utf8')) as
      | (Partial<Note> & { madeFolder?: unknown })
      | null;
    const original = value?.original;
    if ((original !== null && typeof original !== 'string') || typeof value?.installed !== 'string')
      return null;
    // `madeFolder` is what notes of version 0.1 say.
    const { madeFolders = value.madeFolder === true ? 1 : 0 } = value;
    return { original, installed: value.installed, madeFolders };
  } catch {
    return null;
  }
}

/** For the owner only: settings may hold keys. */
export function writeNote(file: string, note: Note): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  fs.writeFileSync(temporary, JSON.stringify(note), { flag: 'wx', mode: 0o600 });
  fs.renameSync(temporary, file);
}
