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
 * Lines as numbers: equal keys have equal numbers. `weight` is by number; only lines that weigh anchor a run. A line
 * that stands on one side only is in no run, and its weight is left at 0.
 */
export interface Interned {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly weight: readonly number[];
}

/** How many pairs of equal heavy lines one search looks at before it keeps only the rarer lines. */
const PAIR_BUDGET = 2_000_000;

/** Weight from which a line anchors a run whoever wrote it. */
export const ANCHOR_WEIGHT = 3;

/** Gives equal keys equal numbers, in order of first appearance; `weigh` is asked for lines of `b`. */
export function intern(
  a: readonly string[],
  b: readonly string[],
  weigh: (line: number) => number,
): Interned {
  const numbers = new Map<string, number>();
  const weight: number[] = [];
  const number = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return weight.push(0) - 1;
  };
  const left = Int32Array.from(a, number);
  const inA = weight.length;
  const right = Int32Array.from(b, (key, line) => {
    const shared = number(key);
    if (shared < inA && weight[shared] === 0) weight[shared] = weigh(line);
    return shared;
  });
  return { a: left, b: right, weight };
}

/**
 * All maximal common runs inside a window that hold an anchoring line, in no particular order. Every run of equal
 * lines on one diagonal is found once, from its first heavy line.
 */
export function anchoredRuns(lines: Interned, window: Window): Run[] {
  const { a, b, weight } = lines;
  const places = heavyPlaces(lines, window);
  const covered = new Map<number, number>();
  const runs: Run[] = [];
  for (let i = window.aLow; i < window.aHigh; i++) {
    for (const j of places.get(a[i] ?? -1) ?? []) {
      if ((covered.get(j - i) ?? -1) > i) continue;
      let before = 0;
      while (i - before > window.aLow && j - before > window.bLow && a[i - before - 1] === b[j - before - 1])
        before++;
      let after = 1;
      while (i + after < window.aHigh && j + after < window.bHigh && a[i + after] === b[j + after]) after++;
      covered.set(j - i, i + after);
      runs.push({ aStart: i - before, bStart: j - before, length: before + after });
    }
  }
  return runs;

  function heavyPlaces(all: Interned, inside: Window): Map<number, number[]> {
    const found = new Map<number, number[]>();
    const countA = new Map<number, number>();
    for (let i = inside.aLow; i < inside.aHigh; i++) {
      const line = all.a[i] ?? -1;
      if ((weight[line] ?? 0) >= ANCHOR_WEIGHT) countA.set(line, (countA.get(line) ?? 0) + 1);
    }
    for (let j = inside.bLow; j < inside.bHigh; j++) {
      const line = all.b[j] ?? -1;
      if (!countA.has(line)) continue;
      const list = found.get(line);
      if (list) list.push(j);
      else found.set(line, [j]);
    }
    return withinBudget(found, countA);
  }
}

/** Leaves out the most repeated lines when looking at all their pairs would take too long. */
function withinBudget(places: Map<number, number[]>, countA: Map<number, number>): Map<number, number[]> {
  const cost = (line: number): number => (places.get(line)?.length ?? 0) * (countA.get(line) ?? 0);
  let total = 0;
  for (const line of places.keys()) total += cost(line);
  if (total <= PAIR_BUDGET) return places;
  const cheapFirst = [...places.keys()].sort((x, y) => cost(x) - cost(y));
  const kept = new Map<number, number[]>();
  let spent = 0;
  for (const line of cheapFirst) {
    spent += cost(line);
    if (spent > PAIR_BUDGET) break;
    kept.set(line, places.get(line) ?? []);
  }
  return kept;
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
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.aStart ?? 0) <= run.aStart) low = middle + 1;
    else high = middle;
  }
  const rests: Run[] = [];
  // A run may reach over several gaps; each gap keeps the part of it that lies inside on both sides.
  for (let gap = low; gap <= taken.length; gap++) {
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
  let at = runs.length;
  while (at > 0 && (runs[at - 1]?.aStart ?? 0) > run.aStart) at--;
  runs.splice(at, 0, run);
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
