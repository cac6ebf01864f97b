import { diffArrays } from 'diff';
import type { LineSpan } from './range';

/** The lines that one text does not have in the place of the other, 1-based. */
export interface LineDiff {
  /** Runs of lines of the new text, ascending. */
  readonly added: readonly LineSpan[];
  /** Runs of lines of the old text, ascending. */
  readonly deleted: readonly LineSpan[];
}

/** Beyond so many edits a shortest script costs seconds, and says nothing that a person would see. */
const MOST_EDITS = 1000;

/**
 * A line diff of two texts. Laws: with the added lines taken out of the new text and the deleted ones out of the old
 * the same lines are left; equal texts have an empty diff. Where the texts have little in common it need not be the
 * shortest.
 */
export function diffLines(oldLines: readonly string[], newLines: readonly string[]): LineDiff {
  const shortest = Math.min(oldLines.length, newLines.length);
  let head = 0;
  while (head < shortest && oldLines[head] === newLines[head]) head++;
  let tail = 0;
  while (tail < shortest - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail++;
  const oldMiddle = oldLines.slice(head, oldLines.length - tail);
  const newMiddle = newLines.slice(head, newLines.length - tail);
  const kept = keptLines(oldMiddle, newMiddle);
  return { added: spansWithout(newMiddle, kept.new, head), deleted: spansWithout(oldMiddle, kept.old, head) };
}

interface Kept {
  readonly old: ReadonlySet<number>;
  readonly new: ReadonlySet<number>;
}

/** Lines that the other side does not have are out at once; the search is over what is left. */
function keptLines(oldLines: readonly string[], newLines: readonly string[]): Kept {
  const kept = { old: new Set<number>(), new: new Set<number>() };
  const olds = placesOf(oldLines, new Set(newLines));
  const news = placesOf(newLines, new Set(oldLines));
  const changes = diffArrays(
    olds.map((at) => oldLines[at]),
    news.map((at) => newLines[at]),
    { maxEditLength: MOST_EDITS },
  );
  let [a, b] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) {
      for (const at of olds.slice(a, a + count)) kept.old.add(at);
      for (const at of news.slice(b, b + count)) kept.new.add(at);
    }
    if (!added) a += count;
    if (!removed) b += count;
  }
  return kept;
}

function placesOf(lines: readonly string[], other: ReadonlySet<string>): number[] {
  return [...lines.keys()].filter((at) => other.has(lines[at] ?? ''));
}

function spansWithout(lines: readonly string[], kept: ReadonlySet<number>, offset: number): LineSpan[] {
  const spans: { start: number; count: number }[] = [];
  for (const at of lines.keys()) {
    if (kept.has(at)) continue;
    const last = spans.at(-1);
    const line = offset + at + 1;
    if (last && last.start + last.count === line) last.count++;
    else spans.push({ start: line, count: 1 });
  }
  return spans;
}
