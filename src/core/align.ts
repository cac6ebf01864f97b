import { lightRuns, lightRunsTouchingProof } from './light-runs';
import { numberLines, type LineNumbers } from './line-numbers';
import { reformatGap } from './reformat';
import {
  ANCHOR_WEIGHT,
  anchoredRuns,
  equalEnds,
  gapsBetween,
  longestFirst,
  weighShared,
  type Interned,
  type Run,
  type Window,
} from './runs';
import { finish, type Steps } from './steps';
import { weighUpTo } from './tokens';

/**
 * Where a new line comes from. `same`: the same line but for white space. `reformat`: its words and signs all come
 * from these old lines, a formatter broke them differently. `derived`: it shares at least half of its words with
 * this old line. `new`: none of these. Lines are 0-based.
 */
export type LineSource =
  | { readonly kind: 'same'; readonly old: number }
  | { readonly kind: 'reformat'; readonly olds: readonly number[] }
  | { readonly kind: 'derived'; readonly old: number }
  | { readonly kind: 'new' };

export interface Alignment {
  /** One entry for each new line. */
  readonly sources: readonly LineSource[];
  /** 1 for every old line that is still in place: the same, or reformatted. */
  readonly kept: Uint8Array;
  /** Runs of equal lines that are anchored, ascending on both sides. */
  readonly runs: readonly Run[];
  /** The numbers under which the lines were compared; null: the texts are equal. */
  readonly numbers: LineNumbers | null;
}

const NEW: LineSource = { kind: 'new' };

/**
 * Which runs of equal lines count. `anchored`: those that hold a line of weight or touch a proved one; for texts
 * between which anybody may have typed anything. `every`: boilerplate too; for one step of one writer, who did not
 * write the bracket that was there before and is there still.
 */
export type Matching = 'anchored' | 'every';

/**
 * Matches the lines of two texts (laws L and W of carrying provenance). Lines are matched by their keys, so
 * indentation and line ends never matter; longest runs first; a run counts only if it is anchored.
 *
 * Laws: runs ascend on both sides; a `same` line has the key of its old line; equal texts are `same` throughout;
 * no old line is `same` for two new lines.
 */
export function align(
  oldLines: readonly string[],
  newLines: readonly string[],
  matching: Matching = 'anchored',
): Alignment {
  return finish(aligning(oldLines, newLines, matching));
}

/** How many gaps are looked into at a time. */
const GAPS = 250;

/** The same in steps. */
export function* aligning(
  oldLines: readonly string[],
  newLines: readonly string[],
  matching: Matching,
): Steps<Alignment> {
  const sources: LineSource[] = Array.from({ length: newLines.length }, () => NEW);
  const kept = new Uint8Array(oldLines.length);
  const keep = (run: Run): void => {
    for (let i = 0; i < run.length; i++) {
      sources[run.bStart + i] = { kind: 'same', old: run.aStart + i };
      kept[run.aStart + i] = 1;
    }
  };
  if (areEqual(oldLines, newLines)) {
    const runs = newLines.length === 0 ? [] : [{ aStart: 0, bStart: 0, length: newLines.length }];
    runs.forEach(keep);
    return { sources, kept, runs, numbers: null };
  }
  const numbers = numberLines(oldLines, newLines);
  yield;
  const runs = matchRuns(oldLines, newLines, numbers);
  runs.forEach(keep);
  yield;
  const touching: Run[] = [];
  for (const [at, gap] of gapsBetween(runs, oldLines.length, newLines.length).entries()) {
    if (at % GAPS === GAPS - 1) yield;
    if (!reformatGap(oldLines, newLines, gap, sources, kept)) continue;
    for (const run of lightRunsTouchingProof(numbers, gap, sources, kept)) {
      keep(run);
      touching.push(run);
    }
  }
  const ordered = [...runs, ...touching].sort((x, y) => x.bStart - y.bStart);
  if (matching === 'every')
    for (const [at, gap] of gapsBetween(ordered, oldLines.length, newLines.length).entries()) {
      if (at % GAPS === GAPS - 1) yield;
      lightRuns(numbers, gap, sources, kept).forEach(keep);
    }
  return { sources, kept, runs: ordered, numbers };
}

/** Line for line, white space too. */
export function areEqual(oldLines: readonly string[], newLines: readonly string[]): boolean {
  if (oldLines === newLines) return true;
  return oldLines.length === newLines.length && oldLines.every((line, at) => line === newLines[at]);
}

/** L1 and L2: equal ends first, then longest anchored common run, recursively. */
function matchRuns(oldLines: readonly string[], newLines: readonly string[], numbers: LineNumbers): Run[] {
  const { a, b } = numbers;
  const [n, m] = [a.length, b.length];
  const { head, tail } = equalEnds(a, b);
  if (head === n && n === m) return n === 0 ? [] : [{ aStart: 0, bStart: 0, length: n }];
  const holdsAnchor = (run: Run): boolean => {
    for (let i = 0; i < run.length; i++)
      if (weighUpTo(oldLines[run.aStart + i] ?? '', ANCHOR_WEIGHT) >= ANCHOR_WEIGHT) return true;
    return false;
  };
  const ends = [
    { aStart: 0, bStart: 0, length: head },
    { aStart: n - tail, bStart: m - tail, length: tail },
  ].filter((run) => run.length > 0 && holdsAnchor(run));
  const middle = { aLow: head, aHigh: n - tail, bLow: head, bHigh: m - tail };
  const inner = middleRuns(numbers, newLines, middle);
  return [...inner, ...ends].sort((x, y) => x.aStart - y.aStart);
}

function middleRuns({ a, b, count }: LineNumbers, newLines: readonly string[], middle: Window): Run[] {
  const { aLow, aHigh, bLow, bHigh } = middle;
  if (aLow === aHigh || bLow === bHigh) return [];
  const inside = { a: a.subarray(aLow, aHigh), b: b.subarray(bLow, bHigh), count };
  const weight = weighShared(inside, (line) => weighUpTo(newLines[bLow + line] ?? '', ANCHOR_WEIGHT));
  const lines = { a, b, weight };
  return longestFirst(anchoredRuns(lines, middle), { a: a.length, b: b.length }, 'monotone', (run) =>
    isAnchored(lines, run),
  );
}

function isAnchored(lines: Interned, run: Run): boolean {
  for (let i = 0; i < run.length; i++)
    if ((lines.weight[lines.a[run.aStart + i] ?? -1] ?? 0) >= ANCHOR_WEIGHT) return true;
  return false;
}
