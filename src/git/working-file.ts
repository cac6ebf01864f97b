import * as fs from 'node:fs';
import { decodeText, hasLines } from './text';

/** Files above this are not tracked: their lines are unknown. */
export const LARGEST_FILE = 5 * 1024 * 1024;
const SECOND_LOOK_MS = 30;
const LOOKS = 4;

/** What stands at a path of the working tree. `untracked`: a link, a folder, a binary or a file too large. */
export type WorkingFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'untracked' };

export function readWorkingFile(file: string): WorkingFile {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return { kind: 'missing' };
  if (!stat.isFile() || stat.size > LARGEST_FILE) return { kind: 'untracked' };
  const bytes = fs.readFileSync(file);
  return hasLines(bytes) ? { kind: 'text', text: decodeText(bytes) } : { kind: 'untracked' };
}

/**
 * Reads a file that somebody may be writing at this moment. An empty text, or one that ends in the middle of what is
 * expected, is believed only when it is seen twice in a row.
 */
export async function readSettledFile(file: string, expected: string): Promise<WorkingFile> {
  let seen = readWorkingFile(file);
  for (let look = 1; look < LOOKS && looksTorn(seen, expected); look++) {
    await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
    const again = readWorkingFile(file);
    if (again.kind === seen.kind && (again.kind !== 'text' || again.text === textOf(seen))) return again;
    seen = again;
  }
  return seen;
}

function looksTorn(seen: WorkingFile, expected: string): boolean {
  if (seen.kind === 'missing') return expected !== '';
  if (seen.kind === 'untracked' || expected === '') return false;
  return seen.text.length < expected.length && expected.startsWith(seen.text);
}

function textOf(seen: WorkingFile): string {
  return seen.kind === 'text' ? seen.text : '';
}
