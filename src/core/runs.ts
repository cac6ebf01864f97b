import type { LineNumbers } from './line-numbers';

/** Equal lines on both sides: `a[aStart + i]` equals `b[bStart + i]` for `i < length`. 0-based. */
export interface Run {
  readonly aStart: number;
  readonly bStart: number;
  readonly length: number;
}

/** A part of two sequences: `a[aLow, aHigh)` against `b[bLow, bHigh)`. */
export interface Window {
  readonly aLow: number;
  readonly aHigh: number;
  readonly bLow: number;
  readonly bHigh: number;
}

/**
 * Lines as numbers: equal keys have equal numbers. `weight` is by number; only lines that weigh anchor a run.
 */
export interface Interned {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly weight: ArrayLike<number>;
}

/** How many pairs of equal heavy lines one search looks at before it keeps only the rarer lines. */
const PAIR_BUDGET = 2_000_000;

/** Weight from which a line anchors a run whoever wrote it. */
export const ANCHOR_WEIGHT = 3;

/**
 * The weights of numbered lines. A line that stands on one side only is in no run: it is not weighed, and weighs 0. `weigh` is asked for lines of `b`: lines of one key may weigh differently, and the first
 * that weighs anything counts.
 */
export function weighShared({ a, b, count }: LineNumbers, weigh: (line: number) => number): Int32Array {
  const weight = new Int32Array(count);
  const isInA = new Uint8Array(count);
  for (const number of a) isInA[number] = 1;
  b.forEach((number, line) => {
    if (isInA[number] === 1 && weight[number] === 0) weight[number] = weigh(line);
  });
  return weight;
}

/**
 * All maximal common runs inside a window that hold an anchoring line, in no particular order. Every run of equal
 * lines on one diagonal is found once, from its first heavy line.
 */
export function anchoredRuns(lines: Interned, window: Window): Run[] {
  const { a, b } = lines;
  const { aLow, aHigh, bLow, bHigh } = window;
  if (aLow >= aHigh || bLow >= bHigh) return [];
  const places = heavyPlaces(lines, window);
  // How far each diagonal is searched; the lowest one has `j - i` of `bLow - (aHigh - 1)`.
  const covered = new Int32Array(aHigh - aLow + bHigh - bLow).fill(-1);
  const lowest = bLow - aHigh + 1;
  const runs: Run[] = [];
  for (let i = aLow; i < aHigh; i++)
    for (let j = places.first[a[i] ?? -1] ?? -1; j >= 0; j = places.next[j - bLow] ?? -1) {
      if ((covered[j - i - lowest] ?? -1) > i) continue;
      let before = 0;
      while (i - before > aLow && j - before > bLow && a[i - before - 1] === b[j - before - 1]) before++;
      let after = 1;
      while (i + after < aHigh && j + after < bHigh && a[i + after] === b[j + after]) after++;
      covered[j - i - lowest] = i + after;
      runs.push({ aStart: i - before, bStart: j - before, length: before + after });
    }
  return runs;
}

/** Where heavy lines of `a` stand in `b`: by number the first place, by place (from `bLow`) the next; -1: none. */
interface Places {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function heavyPlaces({ a, b, weight }: Interned, { aLow, aHigh, bLow, bHigh }: Window): Places {
  const countA = new Int32Array(weight.length);
  for (let i = aLow; i < aHigh; i++) {
    const line = a[i] ?? -1;
    if ((weight[line] ?? 0) >= ANCHOR_WEIGHT) countA[line] = (countA[line] ?? 0) + 1;
  }
  const first = new Int32Array(weight.length).fill(-1);
  const next = new Int32Array(bHigh - bLow).fill(-1);
  let pairs = 0;
  for (let j = bHigh - 1; j >= bLow; j--) {
    const line = b[j] ?? -1;
    const inA = countA[line] ?? 0;
    if (inA === 0) continue;
    pairs += inA;
    next[j - bLow] = first[line] ?? -1;
    first[line] = j;
  }
  if (pairs > PAIR_BUDGET) leaveOutRepeated(first, countA, b.subarray(bLow, bHigh));
  return { first, next };
}

/** Leaves out the most repeated lines, because looking at all their pairs would take too long. */
function leaveOutRepeated(first: Int32Array, countA: Int32Array, b: Int32Array): void {
  const costs = new Map<number, number>();
  for (const line of b) {
    const inA = countA[line] ?? 0;
    if (inA > 0) costs.set(line, (costs.get(line) ?? 0) + inA);
  }
  let spent = 0;
  for (const [line, cost] of [...costs].sort((x, y) => x[1] - y[1])) {
    spent += cost;
    if (spent > PAIR_BUDGET) first[line] = -1;
  }
}

/**
 * Longest run first, then the longest of what is left, and so on: runs that cross nothing already taken. `order`
 * says whether only runs that keep the order of both sides may stand together (a diff) or any (moves).
 * `accept` may refuse a run; a refused run gives its lines to nobody.
 */
export function longestFirst(
  candidates: readonly Run[],
  sizes: { readonly a: number; readonly b: number },
  order: 'monotone' | 'any',
  accept: (run: Run) => boolean,
): Run[] {
  const queue = new RunQueue(candidates);
  const takenA = new Uint8Array(sizes.a);
  const takenB = new Uint8Array(sizes.b);
  const taken: Run[] = [];
  for (let run = queue.pop(); run; run = queue.pop()) {
    const clash = order === 'monotone' ? crossing(run, taken) : overlapping(run, takenA, takenB);
    if (clash.length !== 1 || clash[0] !== run) {
      for (const rest of clash) queue.push(rest);
      continue;
    }
    if (!accept(run)) continue;
    takenA.fill(1, run.aStart, run.aStart + run.length);
    takenB.fill(1, run.bStart, run.bStart + run.length);
    insertSorted(taken, run);
  }
  return taken;
}

/** What is left of a run that keeps to the gap between its neighbours in `taken`; the run itself if it fits. */
function crossing(run: Run, taken: readonly Run[]): Run[] {
  const rests: Run[] = [];
  // A run may reach over several gaps; each gap keeps the part of it that lies inside on both sides.
  for (let gap = firstBehind(taken, run.aStart); gap <= taken.length; gap++) {
    const before = taken[gap - 1];
    const after = taken[gap];
    const shift = run.bStart - run.aStart;
    const from = Math.max(run.aStart, end(before, 'a'), end(before, 'b') - shift);
    const to = Math.min(
      run.aStart + run.length,
      after ? after.aStart : Infinity,
      after ? after.bStart - shift : Infinity,
    );
    if (from === run.aStart && to === run.aStart + run.length) return [run];
    if (to > from) rests.push({ aStart: from, bStart: from + shift, length: to - from });
    if (!after || after.aStart >= run.aStart + run.length) break;
  }
  return rests;
}

function end(run: Run | undefined, side: 'a' | 'b'): number {
  if (!run) return 0;
  return (side === 'a' ? run.aStart : run.bStart) + run.length;
}

/** The parts of a run whose lines nobody has taken on either side; the run itself if all of it is free. */
function overlapping(run: Run, takenA: Uint8Array, takenB: Uint8Array): Run[] {
  const parts: Run[] = [];
  let from = -1;
  for (let i = 0; i <= run.length; i++) {
    const free = i < run.length && !takenA[run.aStart + i] && !takenB[run.bStart + i];
    if (free && from < 0) from = i;
    if (!free && from >= 0) {
      parts.push({ aStart: run.aStart + from, bStart: run.bStart + from, length: i - from });
      from = -1;
    }
  }
  const [only] = parts;
  return parts.length === 1 && only?.length === run.length ? [run] : parts;
}

function insertSorted(runs: Run[], run: Run): void {
  const at = firstBehind(runs, run.aStart);
  if (at === runs.length) runs.push(run);
  else runs.splice(at, 0, run);
}

/** Index of the first of ascending runs that begins behind a line of `a`. */
function firstBehind(runs: readonly Run[], line: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.aStart ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A heap of runs: longest first, then nearest to its own place, then first in `a`, then first in `b`. */
class RunQueue {
  private readonly heap: Run[] = [];

  constructor(runs: readonly Run[]) {
    for (const run of runs) this.push(run);
  }

  push(run: Run): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(run);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !comesBefore(run, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = run;
  }

  pop(): Run | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left && right && comesBefore(right, left)) child++;
      const next = heap[child];
      if (!next || !comesBefore(next, last)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function comesBefore(x: Run, y: Run): boolean {
  if (x.length !== y.length) return x.length > y.length;
  const [shiftX, shiftY] = [Math.abs(x.bStart - x.aStart), Math.abs(y.bStart - y.aStart)];
  if (shiftX !== shiftY) return shiftX < shiftY;
  return x.aStart !== y.aStart ? x.aStart < y.aStart : x.bStart < y.bStart;
}

/** The parts between runs where the sides differ; runs ascend on both sides. */
export function gapsBetween(runs: readonly Run[], oldLength: number, newLength: number): Window[] {
  const gaps: Window[] = [];
  let [a, b] = [0, 0];
  for (const run of [...runs, { aStart: oldLength, bStart: newLength, length: 0 }]) {
    if (run.aStart > a || run.bStart > b)
      gaps.push({ aLow: a, aHigh: run.aStart, bLow: b, bHigh: run.bStart });
    [a, b] = [run.aStart + run.length, run.bStart + run.length];
  }
  return gaps;
}

/** How many lines are equal from the beginning on, and of the others from the end on. */
export function equalEnds(a: Int32Array, b: Int32Array): { readonly head: number; readonly tail: number } {
  const [n, m] = [a.length, b.length];
  const shortest = Math.min(n, m);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shortest - head && a[n - 1 - tail] === b[m - 1 - tail]) tail++;
  return { head, tail };
}

/** Of the lines from `from` up to but not including `to` those that are open. */
export function openLines(from: number, to: number, isOpen: (line: number) => boolean): number[] {
  const lines: number[] = [];
  for (let line = from; line < to; line++) if (isOpen(line)) lines.push(line);
  return lines;
}
