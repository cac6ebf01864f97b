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
  return {
    added: spansWithout(newMiddle.length, kept.new, head),
    deleted: spansWithout(oldMiddle.length, kept.old, head),
  };
}

interface Kept {
  /** 1 for every line that the other side has too, by its place. */
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** Lines that the other side does not have are out at once; the search is over what is left. */
function keptLines(oldLines: readonly string[], newLines: readonly string[]): Kept {
  const kept = { old: new Uint8Array(oldLines.length), new: new Uint8Array(newLines.length) };
  const numbers = new Map<string, number>();
  const olds = oldLines.map((line) => numberOf(line, numbers));
  const inOld = numbers.size;
  const news = newLines.map((line) => numberOf(line, numbers));
  const inNew = new Set(news);
  const oldPlaces = [...olds.keys()].filter((at) => inNew.has(olds[at] ?? -1));
  const newPlaces = [...news.keys()].filter((at) => (news[at] ?? inOld) < inOld);
  const [left, right] = [oldPlaces.map((at) => olds[at]), newPlaces.map((at) => news[at])];
  const isSame = left.length === right.length && left.every((line, at) => line === right[at]);
  const changes = isSame
    ? [{ added: false, removed: false, count: left.length }]
    : diffArrays(left, right, { maxEditLength: MOST_EDITS });
  let [a, b] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) {
      for (const at of oldPlaces.slice(a, a + count)) kept.old[at] = 1;
      for (const at of newPlaces.slice(b, b + count)) kept.new[at] = 1;
    }
    if (!added) a += count;
    if (!removed) b += count;
  }
  return kept;
}

function numberOf(line: string, numbers: Map<string, number>): number {
  const known = numbers.get(line) ?? numbers.size;
  numbers.set(line, known);
  return known;
}

function spansWithout(length: number, kept: Uint8Array, offset: number): LineSpan[] {
  const spans: { start: number; count: number }[] = [];
  for (let at = 0; at < length; at++) {
    if (kept[at] === 1) continue;
    const last = spans.at(-1);
    const line = offset + at + 1;
    if (last && last.start + last.count === line) last.count++;
    else spans.push({ start: line, count: 1 });
  }
  return spans;
}
