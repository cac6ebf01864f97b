import type { FileChange, LineSpan, Side } from './range';

/** One changed file of a commit with its texts as `splitLines` gives them; a missing side has no lines. */
export interface ChangedFile {
  readonly change: FileChange;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/** One side of a changed file. */
export interface Text {
  readonly path: string;
  readonly side: Side;
  readonly lines: readonly string[];
  /** The lines the commit adds (deletes): maximal runs, ascending. */
  readonly runs: readonly LineSpan[];
  /** Places that are taken: disjoint, ascending. */
  readonly taken: LineSpan[];
  /** For each run: `[n]` is the number of characters of its first n lines. */
  readonly lengths: readonly (readonly number[])[];
  /** Digest of each window of so many lines inside a run, with the start of the first such window. */
  readonly windows: Map<number, Map<string, number>>;
  positions: ReadonlyMap<string, readonly number[]> | null;
  /** The shift of the latest range found here; ranges of one file mostly move together. */
  shift: number;
}

/** A place in a text, by its first line, 1-based. */
export interface Place {
  readonly text: Text;
  readonly start: number;
}

/** Both sides of a changed file; a side that is missing has no text. */
export function textsOf({ change, oldLines, newLines }: ChangedFile): Text[] {
  return [
    ...textOf('+', change.path, newLines, change.added),
    ...textOf('-', change.oldPath, oldLines, change.deleted),
  ];
}

/** The characters of lines that lie in one run. */
export function charactersOf(text: Text, start: number, count: number): number {
  const at = lastAtOrBefore(text.runs, start);
  const lengths = text.lengths[at];
  const from = start - (text.runs[at]?.start ?? start);
  return (lengths?.[from + count] ?? 0) - (lengths?.[from] ?? 0);
}

/** Whether all of these lines lie in one run. */
export function isInsideRun(runs: readonly LineSpan[], { start, count }: LineSpan): boolean {
  const run = runs[lastAtOrBefore(runs, start)];
  return run !== undefined && start + count <= run.start + run.count;
}

/** Marks a place as taken, together with what it overlaps. */
export function take(text: Text, { start, count }: LineSpan): void {
  let from = lastAtOrBefore(text.taken, start);
  if (from < 0 || endOf(text.taken[from]) <= start) from++;
  let [first, end, to] = [start, start + count, from];
  for (; (text.taken[to]?.start ?? Number.POSITIVE_INFINITY) < end; to++) {
    first = Math.min(first, text.taken[to]?.start ?? first);
    end = Math.max(end, endOf(text.taken[to]));
  }
  text.taken.splice(from, to - from, { start: first, count: end - first });
}

/** Whether none of these lines is taken. */
export function isFree(text: Text, start: number, count: number): boolean {
  return endOf(text.taken[lastAtOrBefore(text.taken, start + count - 1)]) <= start;
}

/** The lines of all spans. */
export function numbersOf(spans: readonly LineSpan[]): number[] {
  return spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, at) => start + at));
}

/** Adds to the values of a key. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function textOf(
  side: Side,
  path: string | null,
  lines: readonly string[],
  spans: readonly LineSpan[],
): Text[] {
  if (path === null) return [];
  const runs = maximalRuns(spans, lines.length);
  const lengths = runs.map((run) => lengthsOf(lines, run));
  return [{ path, side, lines, runs, taken: [], lengths, windows: new Map(), positions: null, shift: 0 }];
}

function maximalRuns(spans: readonly LineSpan[], lineCount: number): LineSpan[] {
  const runs: LineSpan[] = [];
  for (const { start, count } of spans) {
    const end = Math.min(start + count, lineCount + 1);
    const last = runs.at(-1);
    if (end <= start) continue;
    if (last !== undefined && last.start + last.count >= start) {
      runs[runs.length - 1] = { start: last.start, count: end - last.start };
    } else runs.push({ start, count: end - start });
  }
  return runs;
}

function lengthsOf(lines: readonly string[], { start, count }: LineSpan): number[] {
  const lengths = [0];
  for (let at = 0; at < count; at++) lengths.push((lengths[at] ?? 0) + (lines[start - 1 + at]?.length ?? 0));
  return lengths;
}

/** Index of the last span that starts at or before a line; -1 if none does. */
function lastAtOrBefore(spans: readonly LineSpan[], line: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function endOf(span: LineSpan | undefined): number {
  return span === undefined ? 0 : span.start + span.count;
}
