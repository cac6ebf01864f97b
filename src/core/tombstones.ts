import type { Alignment } from './align';
import type { Evidenced, LineOrigin } from './origin';
import { isVisible, lineKey } from './tokens';

/** A line that an agent deleted, kept in its place so that the deletion can be recorded at the commit. */
export interface Tombstone {
  /** 0-based line of the text before which it stood; the number of lines when it stood at the end. */
  readonly before: number;
  readonly text: string;
  /** Whose line it was. */
  readonly origin: LineOrigin;
  /** Who deleted it. */
  readonly author: Evidenced;
}

/** A text and what was deleted in it. */
interface Entombed {
  readonly lines: readonly string[];
  readonly tombstones: readonly Tombstone[];
}

/** New line → tombstone, for deleted lines that are back where they were. */
export function restoredLines(
  known: Entombed,
  lines: readonly string[],
  alignment: Alignment,
): ReadonlyMap<number, number> {
  const restored = new Map<number, number>();
  if (known.tombstones.length === 0) return restored;
  const place = boundaryMap(alignment, known.lines.length, lines.length);
  const unexplainedLines = linesByKey(lines, (line) => alignment.sources[line]?.kind === 'new');
  let next = 0;
  known.tombstones.forEach((tombstone, index) => {
    const { low, high } = place(tombstone.before);
    const candidates = unexplainedLines.get(lineKey(tombstone.text)) ?? [];
    const line = candidates[firstFrom(candidates, (at) => at >= Math.max(low, next))];
    if (line === undefined || line >= high) return;
    restored.set(line, index);
    next = line + 1;
  });
  return restored;
}

/** Key → the visible lines that have it, ascending, of those that count. */
function linesByKey(
  lines: readonly string[],
  counts: (line: number) => boolean,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((text, line) => {
    const key = counts(line) ? lineKey(text) : '';
    if (!isVisible(key)) return;
    const same = places.get(key);
    if (same) same.push(line);
    else places.set(key, [line]);
  });
  return places;
}

/** Index of the first item that `isBehind`; all behind it are, too. The number of items where none is. */
function firstFrom<T>(items: readonly T[], isBehind: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isBehind(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Moves tombstones from places in the old text to places in the new one; their order in the old text stays. */
export function placeTombstones(
  tombstones: readonly Tombstone[],
  alignment: Alignment,
  known: Pick<Entombed, 'lines'>,
  lines: readonly string[],
): Tombstone[] {
  if (tombstones.length === 0) return [];
  const place = boundaryMap(alignment, known.lines.length, lines.length);
  const inOrder = tombstones
    .map((tombstone, index) => ({ tombstone, index }))
    .sort((x, y) => x.tombstone.before - y.tombstone.before || x.index - y.index);
  return inOrder.map(({ tombstone }) => ({ ...tombstone, before: place(tombstone.before).low }));
}

/**
 * Where a boundary of the old text (before old line p) lies in the new one: inside a run exactly there, else
 * anywhere in the gap it touches, `low` to `high`.
 */
function boundaryMap(
  alignment: Alignment,
  oldLength: number,
  newLength: number,
): (boundary: number) => { readonly low: number; readonly high: number } {
  const { runs } = alignment;
  return (boundary) => {
    if (boundary > oldLength) return { low: newLength, high: newLength };
    const next = firstFrom(runs, ({ aStart, length }) => aStart + length > boundary);
    const [before, after] = [runs[next - 1], runs[next]];
    if (after && boundary > after.aStart) {
      const at = after.bStart + boundary - after.aStart;
      return { low: at, high: at };
    }
    return { low: before ? before.bStart + before.length : 0, high: after ? after.bStart : newLength };
  };
}
