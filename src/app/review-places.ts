import type { Side } from '../core/range';
import { digestLines } from '../git/text';
import type { Opened } from './opened';
import { linesAt } from './targets';

interface Wanted {
  readonly side: Side;
  readonly path: string;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
}

/** The line (1-based) at which exactly these lines stand now; null: nowhere, or it takes too long to say. */
export type PlacesAt = (wanted: Wanted) => Promise<number | null>;

/** Characters hashed at most, for all hunks of a review together: some 200 ms. */
const MOST_WORK = 60_000_000;
const WORK_PER_WINDOW = 256;

/** Looks for added lines in the files of a commit by their digest: first where they were, then nearest to that. */
export function placesAt({ objects }: Opened, commit: string): PlacesAt {
  const texts = new Map<string, Promise<readonly string[]>>();
  const indexes = new Map<string, ReadonlyMap<string, readonly number[]>>();
  let left = MOST_WORK;

  const textOf = (path: string): Promise<readonly string[]> => {
    const text = texts.get(path) ?? linesAt(`${commit}:${path}`, objects).then((lines) => lines ?? []);
    texts.set(path, text);
    return text;
  };
  const indexOf = (
    path: string,
    lines: readonly string[],
    count: number,
  ): ReadonlyMap<string, readonly number[]> => {
    const key = `${count} ${path}`;
    const known = indexes.get(key);
    if (known) return known;
    const size = lines.reduce((sum, line) => sum + line.length, 0);
    left -= size * count + WORK_PER_WINDOW * lines.length;
    const index = left < 0 ? new Map<string, number[]>() : windowsOf(lines, count);
    indexes.set(key, index);
    return index;
  };
  return async ({ side, path, start, count, digest }) => {
    if (side === '-') return null;
    const lines = await textOf(path);
    if (count > lines.length) return null;
    if (digestLines(lines.slice(start - 1, start - 1 + count)) === digest) return start;
    const starts = indexOf(path, lines, count).get(digest) ?? [];
    return starts.toSorted((a, b) => Math.abs(a - start) - Math.abs(b - start))[0] ?? null;
  };
}

function windowsOf(lines: readonly string[], count: number): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (let at = 0; at + count <= lines.length; at++) {
    const digest = digestLines(lines.slice(at, at + count));
    const starts = index.get(digest);
    if (starts) starts.push(at + 1);
    else index.set(digest, [at + 1]);
  }
  return index;
}
