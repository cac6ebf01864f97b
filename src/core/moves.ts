import { numberLines, type LineNumbers } from './line-numbers';
import { ANCHOR_WEIGHT, anchoredRuns, longestFirst, weighShared, type Interned, type Run } from './runs';
import { isVisible, lineKey, lineWeight } from './tokens';

/** The lines of a text that may take part in a move; the others only separate them. */
export interface MoveSide {
  readonly lines: readonly string[];
  readonly isOpen: (line: number) => boolean;
}

/**
 * Where the lines went. `step`: one writer took them out and put them in again at once; however little such a line
 * weighs, it is not that writer's. `file`: they stand elsewhere in the same file now, whoever moved them. `across`:
 * in another file.
 */
export type MoveReach = 'step' | 'file' | 'across';

/** Two different lines of this weight together, or one line of the second, are no coincidence. */
const RUN_WEIGHT = 16;
const LINE_WEIGHT = 30;
/** Within one file a shorter run will do, if its first line is the only one of its kind. */
const SAME_FILE_WEIGHT = 10;

/**
 * Runs of displaced lines (`from`) that stand again among unexplained lines (`to`): the longest first, each line used
 * once on either side, contiguous on both (law M). Text moves, it is not copied: the caller opens only lines of
 * `from` that are no longer in their place. `known`: the numbers of all lines of both, where somebody has them already.
 */
export function findMoves(
  from: MoveSide,
  to: MoveSide,
  reach: MoveReach,
  known: LineNumbers | null = null,
): Run[] {
  const numbers = numberOpenLines(from, to, known);
  if (numbers === null) return [];
  const lines = { ...numbers, weight: weighShared(numbers, (line) => lineWeight(to.lines[line] ?? '')) };
  const occursOnce = once(() => known ?? numberLines(from.lines, to.lines));
  const isNoCoincidence = (run: Run): boolean => {
    if (reach === 'step') return holdsAnchor(lines, run);
    const visible = new Set<number>();
    for (let i = run.aStart; i < run.aStart + run.length; i++)
      if (isVisible(lineKey(from.lines[i] ?? ''))) visible.add(lines.a[i] ?? -1);
    const weights = [...visible].map((number) => lines.weight[number] ?? 0);
    const total = weights.reduce((sum, own) => sum + own, 0);
    if (visible.size >= 2 && total >= RUN_WEIGHT) return true;
    if (weights.some((own) => own >= LINE_WEIGHT)) return true;
    return reach === 'file' && total >= SAME_FILE_WEIGHT && occursOnce(run.aStart);
  };
  const all = { aLow: 0, aHigh: from.lines.length, bLow: 0, bHigh: to.lines.length };
  const candidates = anchoredRuns(lines, all);
  return longestFirst(candidates, { a: all.aHigh, b: all.bHigh }, 'any', isNoCoincidence);
}

/**
 * Closed lines have numbers that the other side has not, so that no run reaches over one. null: a side has no open line.
 */
function numberOpenLines(from: MoveSide, to: MoveSide, known: LineNumbers | null): LineNumbers | null {
  const [olds, news] = [openLines(from), openLines(to)];
  if (olds.length === 0 || news.length === 0) return null;
  const all = known ?? numberLines(linesAt(from, olds), linesAt(to, news));
  const a = new Int32Array(from.lines.length).fill(all.count);
  const b = new Int32Array(to.lines.length).fill(all.count + 1);
  for (const [at, line] of olds.entries()) a[line] = all.a[known ? line : at] ?? 0;
  for (const [at, line] of news.entries()) b[line] = all.b[known ? line : at] ?? 0;
  return { a, b, count: all.count + 2 };
}

function linesAt({ lines }: MoveSide, places: readonly number[]): string[] {
  return places.map((line) => lines[line] ?? '');
}

function holdsAnchor(lines: Interned, run: Run): boolean {
  const own = lines.a.subarray(run.aStart, run.aStart + run.length);
  return own.some((line) => (lines.weight[line] ?? 0) >= ANCHOR_WEIGHT);
}

function openLines({ lines, isOpen }: MoveSide): number[] {
  const open: number[] = [];
  for (let line = 0; line < lines.length; line++) if (isOpen(line)) open.push(line);
  return open;
}

/** Whether a line of the first text stands exactly once in each of two; they are read when that is asked for the first time. */
function once(numbersOf: () => LineNumbers): (line: number) => boolean {
  let found: { readonly a: Int32Array; readonly counts: readonly Int32Array[] } | null = null;
  const read = (): NonNullable<typeof found> => {
    const { a, b, count } = numbersOf();
    return { a, counts: [countNumbers(a, count), countNumbers(b, count)] };
  };
  return (line) => {
    const { a, counts } = (found ??= read());
    return counts.every((each) => each[a[line] ?? -1] === 1);
  };
}

function countNumbers(numbers: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1;
  return counts;
}
