import {
  addTo,
  charactersOf,
  isInsideRun,
  numbersOf,
  textsOf,
  type ChangedFile,
  type Place,
  type Text,
} from './changed-text';
import type { LineSpan, ProvenanceRange } from './range';

/** First 8 hex digits of SHA-256 over the bytes of the lines, line ends included. */
export type LinesDigest = (lines: readonly string[]) => string;

/**
 * Finds runs of lines again of which only the number and the digest are known. The work is bounded by the size of the
 * commit, whatever the message claims.
 */
export interface Search {
  readonly texts: ReadonlyMap<string, readonly Text[]>;
  readonly digest: LinesDigest;
  /** Places of a run of lines by texts, count and digest. */
  readonly places: Map<string, readonly Place[]>;
  /** Work that is left, in characters hashed or looked at. */
  left: number;
}

/** What a hostile message may cost beyond the commit's own size: some 50 ms. */
const BASE_WORK = 24_000_000;
/** How often every added character may be looked at. */
const WORK_PER_CHARACTER = 24;
/** What hashing costs beyond its characters. */
const WORK_PER_WINDOW = 256;

/** What looking at one place costs. */
export const WORK_PER_PLACE = 32;

export function startSearch(files: readonly ChangedFile[], digest: LinesDigest): Search {
  const texts = new Map<string, Text[]>();
  let size = 0;
  for (const file of files) {
    const names = new Set([file.change.path, file.change.oldPath]);
    for (const text of textsOf(file)) {
      for (const run of text.runs) size += charactersOf(text, run.start, run.count);
      for (const name of names) if (name !== null) addTo(texts, text.side + name, text);
    }
  }
  return { texts, digest, places: new Map(), left: BASE_WORK + WORK_PER_CHARACTER * size };
}

/** Where a range may stand: the texts of its path and of the path it was renamed to or from. */
export function textsFor(search: Search, range: ProvenanceRange): readonly Text[] {
  return search.texts.get(range.side + range.path) ?? [];
}

/** Whether there is work left for this; if so it is used up. */
export function afford(search: Search, work: number): boolean {
  if (work > search.left) return false;
  search.left -= work;
  return true;
}

/** Whether the window of the range's size at `start` lies inside a run and has its digest. */
export function hasDigestAt(search: Search, range: ProvenanceRange, text: Text, start: number): boolean {
  if (!isInsideRun(text.runs, { start, count: range.count })) return false;
  if (!afford(search, WORK_PER_WINDOW + charactersOf(text, start, range.count))) return false;
  return search.digest(text.lines.slice(start - 1, start - 1 + range.count)) === range.digest;
}

/** All places where the run of a range stands among the added (deleted) lines of these texts, free or not. */
export function placesOf(search: Search, range: ProvenanceRange, texts: readonly Text[]): readonly Place[] {
  const key = [range.side, range.count, range.digest, range.path].join(' ');
  const known = search.places.get(key);
  const places = known ?? findPlaces(search, range, texts);
  if (known === undefined) search.places.set(key, places);
  return places;
}

function findPlaces(search: Search, range: ProvenanceRange, texts: readonly Text[]): Place[] {
  for (const text of texts) {
    const start = locate(search, range, text);
    if (start === null) continue;
    const run = text.lines.slice(start - 1, start - 1 + range.count);
    return texts.flatMap((other) => occurrences(search, run, other));
  }
  return [];
}

/** One place of the run in a text: where its neighbours went, at the edge of a run of changed lines, then anywhere. */
function locate(search: Search, range: ProvenanceRange, text: Text): number | null {
  const shifted = range.start + text.shift;
  if (hasDigestAt(search, range, text, shifted)) return shifted;
  if (!text.windows.has(range.count)) {
    for (const run of text.runs) {
      if (run.count < range.count) continue;
      if (hasDigestAt(search, range, text, run.start)) return run.start;
      const last = run.start + run.count - range.count;
      if (hasDigestAt(search, range, text, last)) return last;
    }
  }
  return windowsOf(search, text, range.count).get(range.digest) ?? null;
}

/** The index of all windows of `count` lines, made when first asked for; empty when that is too much work. */
function windowsOf(search: Search, text: Text, count: number): ReadonlyMap<string, number> {
  const known = text.windows.get(count);
  if (known !== undefined) return known;
  const windows = new Map<string, number>();
  text.windows.set(count, windows);
  const runs = text.runs.filter((run) => run.count >= count);
  if (
    !afford(
      search,
      runs.reduce((sum, run) => sum + workOf(text, run, count), 0),
    )
  )
    return windows;
  for (const run of runs) {
    for (let start = run.start; start + count <= run.start + run.count; start++) {
      const digest = search.digest(text.lines.slice(start - 1, start - 1 + count));
      if (!windows.has(digest)) windows.set(digest, start);
    }
  }
  return windows;
}

/** At most this many characters are hashed for all windows of a run: each line is in at most so many of them. */
function workOf(text: Text, run: LineSpan, count: number): number {
  const windows = run.count - count + 1;
  return windows * WORK_PER_WINDOW + charactersOf(text, run.start, run.count) * Math.min(windows, count);
}

/** All places in a text where these lines stand inside a run; none when there are too many to look at. */
function occurrences(search: Search, wanted: readonly string[], text: Text): Place[] {
  const { index, starts } = rarest(wanted, positionsOf(text));
  const places: Place[] = [];
  for (const position of starts) {
    const start = position - index;
    if (!afford(search, WORK_PER_PLACE)) return [];
    if (!isInsideRun(text.runs, { start, count: wanted.length })) continue;
    if (wanted.some((line, at) => line !== text.lines[start - 1 + at])) continue;
    if (!afford(search, charactersOf(text, start, wanted.length) >> 3)) return [];
    places.push({ text, start });
  }
  return places;
}

/** The line among those wanted that stands at the fewest places. */
function rarest(
  wanted: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
): { index: number; starts: readonly number[] } {
  let best = { index: 0, starts: positions.get(wanted[0] ?? '') ?? [] };
  for (const [index, line] of wanted.entries()) {
    const starts = positions.get(line) ?? [];
    if (starts.length < best.starts.length) best = { index, starts };
  }
  return best;
}

/** For each line that the commit adds (deletes) its numbers in the text, ascending; made when first asked for. */
function positionsOf(text: Text): ReadonlyMap<string, readonly number[]> {
  if (text.positions !== null) return text.positions;
  const positions = new Map<string, number[]>();
  for (const line of numbersOf(text.runs)) addTo(positions, text.lines[line - 1] ?? '', line);
  text.positions = positions;
  return positions;
}
