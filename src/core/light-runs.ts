import type { LineSource } from './align';
import type { LineNumbers } from './line-numbers';
import {
  ANCHOR_WEIGHT,
  anchoredRuns,
  equalEnds,
  longestFirst,
  openLines,
  type Interned,
  type Run,
  type Window,
} from './runs';

/** L2's second way to be anchored: equal lines that touch a line which W1 or W2 has proved. */
export function lightRunsTouchingProof(
  { a, b }: LineNumbers,
  gap: Window,
  sources: readonly LineSource[],
  kept: Uint8Array,
): Run[] {
  const runs: Run[] = [];
  const claimedOld = new Set<number>();
  const claimedNew = new Set<number>();
  const free = (old: number, line: number): boolean =>
    old >= gap.aLow &&
    old < gap.aHigh &&
    line >= gap.bLow &&
    line < gap.bHigh &&
    !kept[old] &&
    !claimedOld.has(old) &&
    !claimedNew.has(line) &&
    sources[line]?.kind === 'new' &&
    a[old] === b[line];
  const walk = (old: number, line: number, step: 1 | -1): void => {
    let length = 0;
    while (free(old + step * length, line + step * length)) {
      claimedOld.add(old + step * length);
      claimedNew.add(line + step * length++);
    }
    if (length === 0) return;
    const back = step === 1 ? 0 : length - 1;
    runs.push({ aStart: old - back, bStart: line - back, length });
  };
  for (let line = gap.bLow; line < gap.bHigh; line++) {
    const source = sources[line];
    if (source?.kind !== 'reformat') continue;
    walk(Math.max(...source.olds) + 1, line + 1, 1);
    walk(Math.min(...source.olds) - 1, line - 1, -1);
  }
  return runs;
}

/**
 * Equal lines of a gap that nothing has explained, whatever they weigh: equal ends first, then the longest runs, in
 * any order, for of two brackets that changed places neither is new. They stand beside the alignment's own runs.
 */
export function lightRuns(
  numbers: LineNumbers,
  gap: Window,
  sources: readonly LineSource[],
  kept: Uint8Array,
): Run[] {
  const olds = openLines(gap.aLow, gap.aHigh, (line) => !kept[line]);
  const news = openLines(gap.bLow, gap.bHigh, (line) => sources[line]?.kind === 'new');
  if (olds.length === 0 || news.length === 0) return [];
  const lines = denseNumbers(numbers, olds, news);
  const { a, b } = lines;
  const { head, tail } = equalEnds(a, b);
  const middle = { aLow: head, aHigh: a.length - tail, bLow: head, bHigh: b.length - tail };
  const runs = [
    { aStart: 0, bStart: 0, length: head },
    ...longestFirst(anchoredRuns(lines, middle), { a: a.length, b: b.length }, 'any', () => true),
    { aStart: a.length - tail, bStart: b.length - tail, length: tail },
  ];
  return runs.flatMap((run) =>
    olds
      .slice(run.aStart, run.aStart + run.length)
      .map((aStart, i) => ({ aStart, bStart: news[run.bStart + i] ?? 0, length: 1 })),
  );
}

/** Some lines under numbers of their own, as few as they are; all anchor a run. */
function denseNumbers({ a, b }: LineNumbers, olds: readonly number[], news: readonly number[]): Interned {
  const dense = new Map<number, number>();
  const number = (line: number): number => {
    const known = dense.get(line) ?? dense.size;
    dense.set(line, known);
    return known;
  };
  const left = Int32Array.from(olds, (line) => number(a[line] ?? 0));
  const right = Int32Array.from(news, (line) => number(b[line] ?? 0));
  return { a: left, b: right, weight: new Int32Array(dense.size).fill(ANCHOR_WEIGHT) };
}
