import { ANCHOR_WEIGHT, anchoredRuns, intern, longestFirst, type Interned, type Run } from './runs';
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
 * `from` that are no longer in their place.
 */
export function findMoves(from: MoveSide, to: MoveSide, reach: MoveReach): Run[] {
  if (!hasOpenLine(from) || !hasOpenLine(to)) return [];
  const [a, b] = [openKeys(from), openKeys(to)];
  const lines = intern(a, b, (line) => lineWeight(to.lines[line] ?? ''));
  const occursOnce = once(from.lines, to.lines);
  // A closed line gets a number of its own, so that no run reaches over it.
  const mask = (numbers: Int32Array, side: MoveSide, below: number): Int32Array =>
    numbers.map((number, line) => (side.isOpen(line) ? number : below - line));
  const masked = {
    a: mask(lines.a, from, -2),
    b: mask(lines.b, to, -2 - a.length),
    weight: lines.weight,
  };
  const all = { aLow: 0, aHigh: a.length, bLow: 0, bHigh: b.length };
  const isNoCoincidence = (run: Run): boolean => {
    if (reach === 'step') return holdsAnchor(masked, run);
    const keys = new Set(a.slice(run.aStart, run.aStart + run.length).filter(isVisible));
    let weight = 0;
    let heaviest = 0;
    for (const key of keys) {
      const own = lines.weight[lines.a[a.indexOf(key, run.aStart)] ?? -1] ?? 0;
      weight += own;
      heaviest = Math.max(heaviest, own);
    }
    if ((keys.size >= 2 && weight >= RUN_WEIGHT) || heaviest >= LINE_WEIGHT) return true;
    return reach === 'file' && weight >= SAME_FILE_WEIGHT && occursOnce(a[run.aStart] ?? '');
  };
  const candidates = anchoredRuns(masked, all);
  return longestFirst(candidates, { a: a.length, b: b.length }, 'any', isNoCoincidence);
}

function holdsAnchor(lines: Interned, run: Run): boolean {
  const own = lines.a.subarray(run.aStart, run.aStart + run.length);
  return own.some((line) => (lines.weight[line] ?? 0) >= ANCHOR_WEIGHT);
}

function hasOpenLine(side: MoveSide): boolean {
  return side.lines.some((_, line) => side.isOpen(line));
}

/** No key holds white space, so a closed line is like no open one. */
const CLOSED = ' ';

function openKeys({ lines, isOpen }: MoveSide): string[] {
  return lines.map((line, at) => (isOpen(at) ? lineKey(line) : CLOSED));
}

/** Whether a key stands exactly once in each of two texts; they are read when that is asked for the first time. */
function once(a: readonly string[], b: readonly string[]): (key: string) => boolean {
  const count = (lines: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const key of lines.map(lineKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  let counts: readonly Map<string, number>[] | null = null;
  return (key) => (counts ??= [count(a), count(b)]).every((each) => each.get(key) === 1);
}
