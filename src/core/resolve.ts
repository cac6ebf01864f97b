import type { Author, LineClass } from './origin';
import type { FileChange, LineSpan, ProvenanceRange, Side } from './range';
import type { ReadRange, Reading } from './reading';

/** One changed file of a commit with its texts as `splitLines` gives them; a missing side has no lines. */
export interface ChangedFile {
  readonly change: FileChange;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/** First 8 hex digits of SHA-256 over the bytes of the lines, line ends included. */
export type LinesDigest = (lines: readonly string[]) => string;

export type Verdict = 'exact' | 'moved' | 'stale' | 'invalid';

/** Where a range was found: `path` is that of the commit for `+` and that of the parent for `-`; lines are 1-based. */
export interface Found {
  readonly path: string;
  readonly start: number;
}

export interface ResolvedRange {
  readonly range: ReadRange;
  readonly verdict: Verdict;
  /** Null for `stale` and `invalid`, and for a `moved` range that may stand at several places. */
  readonly at: Found | null;
  /** The places a `moved` range without `at` may stand at; none of their lines can be called human. */
  readonly candidates: readonly Found[];
}

/**
 * The verdict of each range, in the order given. `exact`: the named lines are added (deleted) by the commit and their
 * digest matches. `moved`: not there, but that run is among the lines the commit adds (deletes) in the same path or
 * the one it was renamed to or from; ranges are placed in order of START, each place once and none over an exact one,
 * ranges of the block before buried ones. `invalid`: neither, and outside the file. `stale`: the rest.
 *
 * The work is bounded by the size of the commit, whatever the message claims; a range it does not suffice for is stale.
 */
export function resolveRanges(
  ranges: readonly ReadRange[],
  files: readonly ChangedFile[],
  digest: LinesDigest,
): ResolvedRange[] {
  const search = startSearch(files, digest);
  const claims = ranges.map((range) => ({ range, texts: textsFor(search, range), at: null, candidates: [] }));
  for (const claim of claims) placeExact(search, claim);
  for (const source of ['block', 'body'] as const) placeMoved(search, groupsByPath(claims), source);
  return claims.map(resolved);
}

/** What a commit says about one of its lines; `verdict` is null where no range covers it. */
export interface LineVerdict extends Author {
  readonly class: LineClass;
  readonly verdict: 'exact' | 'moved' | null;
}

/** A line that a commit adds or deletes, 1-based, in the committed blob or in the parent's. */
export interface ClassedLine {
  readonly line: number;
  readonly origin: LineVerdict;
}

export interface ClassedFile {
  readonly change: FileChange;
  readonly added: readonly ClassedLine[];
  readonly deleted: readonly ClassedLine[];
}

/** The class of every line that a commit changes, and whether its numbers are right. */
export interface Classified {
  readonly files: readonly ClassedFile[];
  readonly countsAreRight: boolean;
}

/** What {@link lineClasses} and {@link countsAreRight} say, from one look at the lines. */
export function classify(
  reading: Reading,
  ranges: readonly ResolvedRange[],
  files: readonly ChangedFile[],
): Classified {
  const covered = coveredLines(ranges);
  const isRight = numbersAreRight(reading, ranges, files, covered);
  const vouched = isRight && claimsAllHumans(reading, ranges);
  return { files: classedFiles(files, covered, vouched), countsAreRight: isRight };
}

/**
 * The class of every line a commit adds or deletes. A line that an `exact` or `moved` range covers has that range's;
 * another added line is `human` only if the commit says so and everything it says is right.
 * A deleted line that no range covers is `unknown`: no number in a commit speaks for it.
 */
export function lineClasses(
  reading: Reading,
  ranges: readonly ResolvedRange[],
  files: readonly ChangedFile[],
): ClassedFile[] {
  const covered = coveredLines(ranges);
  const vouched = claimsAllHumans(reading, ranges) && numbersAreRight(reading, ranges, files, covered);
  return classedFiles(files, covered, vouched);
}

function classedFiles(
  files: readonly ChangedFile[],
  covered: CoveredLines,
  vouchesForHumans: boolean,
): ClassedFile[] {
  const rest = vouchesForHumans ? HUMAN_LINE : UNKNOWN_LINE;
  const classed = (spans: readonly LineSpan[], key: string, other: LineVerdict): ClassedLine[] =>
    numbersOf(spans).map((line) => ({ line, origin: covered.get(key)?.get(line) ?? other }));
  return files.map(({ change }) => ({
    change,
    added: classed(change.added, `+${change.path}`, rest),
    deleted: classed(change.deleted, `-${change.oldPath}`, UNKNOWN_LINE),
  }));
}

/**
 * Whether the numbers of `AI-Provenance` agree with the commit: the four classes sum to its added lines, and ai,
 * mixed and deleted lines are as many as ranges cover (at least as many, where not all are listed). A range without a
 * place is counted, a buried one only where it stands at one. False where there is no `AI-Provenance`.
 */
export function countsAreRight(
  reading: Reading,
  ranges: readonly ResolvedRange[],
  files: readonly ChangedFile[],
): boolean {
  return numbersAreRight(reading, ranges, files, coveredLines(ranges));
}

function numbersAreRight(
  { block }: Reading,
  ranges: readonly ResolvedRange[],
  files: readonly ChangedFile[],
  covered: CoveredLines,
): boolean {
  const said = block?.provenance;
  if (!block || !said) return false;
  const counts = countedLines(ranges, covered);
  const deleted = counts('-', 'ai') + counts('-', 'mixed');
  const matches = (number: number, listed: number): boolean =>
    said.listed === said.hunks ? number === listed : number >= listed;
  return (
    said.ai + said.mixed + said.human + said.unknown === addedLines(files) &&
    matches(said.ai, counts('+', 'ai')) &&
    matches(said.mixed, counts('+', 'mixed')) &&
    matches(said.aiDeleted, deleted) &&
    said.human >= counts('+', 'human') &&
    said.unknown >= counts('+', 'unknown') &&
    said.listed === block.ranges.length &&
    said.hunks >= said.listed
  );
}

// ---- the texts that a commit changes

/** One side of a changed file. */
interface Text {
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

interface Place {
  readonly text: Text;
  readonly start: number;
}

/** A range on its way to a verdict. */
interface Claim {
  readonly range: ReadRange;
  /** Where it may stand: the texts of its path and of the path it was renamed to or from. */
  readonly texts: readonly Text[];
  at: Place | null;
  candidates: readonly Place[];
}

interface Search {
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
const WORK_PER_PLACE = 32;

function startSearch(files: readonly ChangedFile[], digest: LinesDigest): Search {
  const texts = new Map<string, Text[]>();
  let size = 0;
  for (const { change, oldLines, newLines } of files) {
    const names = new Set([change.path, change.oldPath]);
    for (const text of [
      ...textOf('+', change.path, newLines, change.added),
      ...textOf('-', change.oldPath, oldLines, change.deleted),
    ]) {
      for (const run of text.runs) size += charactersOf(text, run.start, run.count);
      for (const name of names) if (name !== null) addTo(texts, text.side + name, text);
    }
  }
  return { texts, digest, places: new Map(), left: BASE_WORK + WORK_PER_CHARACTER * size };
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

function lengthsOf(lines: readonly string[], { start, count }: LineSpan): number[] {
  const lengths = [0];
  for (let at = 0; at < count; at++) lengths.push((lengths[at] ?? 0) + (lines[start - 1 + at]?.length ?? 0));
  return lengths;
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

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function textsFor(search: Search, range: ProvenanceRange): readonly Text[] {
  return search.texts.get(range.side + range.path) ?? [];
}

/** Of lines that lie in one run. */
function charactersOf(text: Text, start: number, count: number): number {
  const at = lastAtOrBefore(text.runs, start);
  const lengths = text.lengths[at];
  const from = start - (text.runs[at]?.start ?? start);
  return (lengths?.[from + count] ?? 0) - (lengths?.[from] ?? 0);
}

/** Whether there is work left for this; if so it is used up. */
function afford(search: Search, work: number): boolean {
  if (work > search.left) return false;
  search.left -= work;
  return true;
}

// ---- exact

function placeExact(search: Search, claim: Claim): void {
  const { range } = claim;
  const text = claim.texts.find((candidate) => candidate.path === range.path);
  if (text === undefined || !hasDigestAt(search, claim.range, text, range.start)) return;
  claim.at = { text, start: range.start };
  take(text, range);
}

/** Whether the window of the range's size at `start` lies inside a run and has its digest. */
function hasDigestAt(search: Search, range: ProvenanceRange, text: Text, start: number): boolean {
  if (!isInsideRun(text.runs, { start, count: range.count })) return false;
  if (!afford(search, WORK_PER_WINDOW + charactersOf(text, start, range.count))) return false;
  return search.digest(text.lines.slice(start - 1, start - 1 + range.count)) === range.digest;
}

function isInsideRun(runs: readonly LineSpan[], { start, count }: LineSpan): boolean {
  const run = runs[lastAtOrBefore(runs, start)];
  return run !== undefined && start + count <= run.start + run.count;
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

/** Marks a place as taken, together with what it overlaps. */
function take(text: Text, { start, count }: LineSpan): void {
  let from = lastAtOrBefore(text.taken, start);
  if (from < 0 || endOf(text.taken[from]) <= start) from++;
  let [first, end, to] = [start, start + count, from];
  for (; (text.taken[to]?.start ?? Number.POSITIVE_INFINITY) < end; to++) {
    first = Math.min(first, text.taken[to]?.start ?? first);
    end = Math.max(end, endOf(text.taken[to]));
  }
  text.taken.splice(from, to - from, { start: first, count: end - first });
}

function isFree(text: Text, start: number, count: number): boolean {
  return endOf(text.taken[lastAtOrBefore(text.taken, start + count - 1)]) <= start;
}

function endOf(span: LineSpan | undefined): number {
  return span === undefined ? 0 : span.start + span.count;
}

// ---- moved

/** Fewer visible characters than this say nothing about where a line comes from. */
const FEW_VISIBLE = 12;

/** The claims of each path and side in order of START. */
function groupsByPath(claims: readonly Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) addTo(groups, claim.range.side + claim.range.path, claim);
  for (const group of groups.values()) group.sort((a, b) => a.range.start - b.range.start);
  return [...groups.values()];
}

/**
 * First the ranges that fit one free place, so that they tell the others the shift; then those for which one of
 * several free places is at that shift; what is left keeps a place from the others, but nobody knows which.
 */
function placeMoved(search: Search, groups: readonly Claim[][], source: ReadRange['source']): void {
  const open = groups.map((group) =>
    group.filter((claim) => claim.range.source === source && claim.at === null),
  );
  for (const claim of open.flat()) {
    const free = placeableAt(search, claim);
    if (free.length === 1) settle(claim, free[0]);
  }
  for (const group of groups) placeByNeighbours(search, group, source);
  for (const claim of open.flat()) if (claim.at === null) reserve(search, claim);
}

/** The free places of a claim; none where the run is too short to tell and stands at several. */
function placeableAt(search: Search, claim: Claim): readonly Place[] {
  const places = placesOf(search, claim);
  if (places.length === 0 || (places.length > 1 && isSlight(claim.range, places[0]))) return [];
  return freeOf(search, claim, places);
}

function freeOf(search: Search, { range }: Claim, places: readonly Place[]): readonly Place[] {
  if (!afford(search, WORK_PER_PLACE * places.length)) return [];
  return places.filter(({ text, start }) => isFree(text, start, range.count));
}

function isSlight(range: ProvenanceRange, place: Place | undefined): boolean {
  let visible = 0;
  for (const line of place?.text.lines.slice(place.start - 1, place.start - 1 + range.count) ?? []) {
    visible += line.replace(/\s+/g, '').length;
    if (visible >= FEW_VISIBLE) return false;
  }
  return true;
}

function settle(claim: Claim, place: Place | undefined): void {
  if (place === undefined) return;
  claim.at = place;
  place.text.shift = place.start - claim.range.start;
  take(place.text, { start: place.start, count: claim.range.count });
}

function placeByNeighbours(search: Search, group: readonly Claim[], source: ReadRange['source']): void {
  const above = placedAfter(group);
  let below: Claim | null = null;
  for (const [index, claim] of group.entries()) {
    if (claim.at === null && claim.range.source === source) {
      const free = placeableAt(search, claim);
      const near = free.filter(
        (place) => isAtShift(claim, place, below) || isAtShift(claim, place, above[index]),
      );
      settle(claim, free.length === 1 ? free[0] : near.length === 1 ? near[0] : undefined);
    }
    if (claim.at !== null) below = claim;
  }
}

/** For each claim the next one that has a place. */
function placedAfter(group: readonly Claim[]): (Claim | null)[] {
  const after: (Claim | null)[] = [];
  let next: Claim | null = null;
  for (const claim of group.toReversed()) {
    after.push(next);
    if (claim.at !== null) next = claim;
  }
  return after.toReversed();
}

function isAtShift(claim: Claim, place: Place, neighbour: Claim | null | undefined): boolean {
  if (!neighbour?.at || neighbour.at.text !== place.text) return false;
  return neighbour.at.start - neighbour.range.start === place.start - claim.range.start;
}

function reserve(search: Search, claim: Claim): void {
  const free = freeOf(search, claim, placesOf(search, claim));
  if (!afford(search, free.length * claim.range.count)) return;
  claim.candidates = free;
  const [first] = claim.candidates;
  if (first !== undefined) take(first.text, { start: first.start, count: claim.range.count });
}

// ---- finding a run again

/** All places where the run of a claim stands among the added (deleted) lines of its texts, free or not. */
function placesOf(search: Search, claim: Claim): readonly Place[] {
  const { range, texts } = claim;
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

// ---- the verdict

function resolved(claim: Claim): ResolvedRange {
  const { range, at, candidates } = claim;
  const verdict = at === null ? verdictWithout(claim) : isWhereItSays(range, at) ? 'exact' : 'moved';
  return {
    range,
    verdict,
    at: at === null ? null : foundAt(at),
    candidates: candidates.map(foundAt),
  };
}

function foundAt({ text, start }: Place): Found {
  return { path: text.path, start };
}

function isWhereItSays(range: ProvenanceRange, at: Place): boolean {
  return at.text.path === range.path && at.start === range.start;
}

function verdictWithout({ range, texts, candidates }: Claim): Verdict {
  if (candidates.length > 0) return 'moved';
  const own = texts.find((text) => text.path === range.path);
  return own !== undefined && range.start + range.count - 1 > own.lines.length ? 'invalid' : 'stale';
}

// ---- classes of lines

const HUMAN_LINE: LineVerdict = { class: 'human', via: null, agent: null, model: null, verdict: null };
const UNKNOWN_LINE: LineVerdict = { class: 'unknown', via: null, agent: null, model: null, verdict: null };

/** Where ranges overlap, those of the block come first, and the claim that a model wrote a line before any other. */
const PRECEDENCE: readonly LineClass[] = ['ai', 'mixed', 'unknown', 'human'];

/** No range is stale or invalid, all are listed and none of the numbers says unknown. */
function claimsAllHumans(reading: Reading, ranges: readonly ResolvedRange[]): boolean {
  const said = reading.block?.provenance;
  if (!said || said.unknown > 0 || said.listed !== said.hunks) return false;
  const isBroken = ({ range, verdict }: ResolvedRange): boolean =>
    range.source === 'block' && (verdict === 'stale' || verdict === 'invalid');
  return !ranges.some(isBroken) && !reading.invalid.some(({ key }) => key === 'AI-Hunk');
}

/** By side and path, then by line. */
type CoveredLines = ReadonlyMap<string, ReadonlyMap<number, LineVerdict>>;

/** What covers a line. Lines that an unplaced range may stand on are unknown. */
function coveredLines(ranges: readonly ResolvedRange[]): CoveredLines {
  const covered = new Map<string, Map<number, LineVerdict>>();
  for (const { range, verdict, at } of ranges.toSorted(byPrecedence)) {
    if (at !== null && (verdict === 'exact' || verdict === 'moved'))
      cover(covered, range, at, originOf(range, verdict));
  }
  for (const { range, candidates } of ranges) {
    for (const place of candidates) cover(covered, range, place, UNKNOWN_LINE);
  }
  return covered;
}

function byPrecedence(a: ResolvedRange, b: ResolvedRange): number {
  if (a.range.source !== b.range.source) return a.range.source === 'block' ? -1 : 1;
  return PRECEDENCE.indexOf(a.range.class) - PRECEDENCE.indexOf(b.range.class);
}

function originOf({ class: name, via, agent, model }: ReadRange, verdict: 'exact' | 'moved'): LineVerdict {
  return { class: name, via, agent, model, verdict };
}

function cover(
  covered: Map<string, Map<number, LineVerdict>>,
  range: ReadRange,
  at: Found,
  origin: LineVerdict,
): void {
  const key = range.side + at.path;
  const lines = covered.get(key) ?? new Map<number, LineVerdict>();
  covered.set(key, lines);
  for (let line = at.start; line < at.start + range.count; line++) {
    if (!lines.has(line)) lines.set(line, origin);
  }
}

/** How many lines of a side and class ranges account for: those covered, and those of the block without a place. */
function countedLines(
  ranges: readonly ResolvedRange[],
  covered: CoveredLines,
): (side: Side, name: LineClass) => number {
  const counts = new Map<string, number>();
  const add = (key: string, count: number): Map<string, number> =>
    counts.set(key, (counts.get(key) ?? 0) + count);
  for (const [key, lines] of covered) {
    for (const { class: name, verdict } of lines.values()) if (verdict !== null) add(`${key[0]}${name}`, 1);
  }
  for (const { range, verdict, at } of ranges) {
    const isUnplaced = verdict === 'moved' && at === null && range.source === 'block';
    if (isUnplaced) add(range.side + range.class, range.count);
  }
  return (side, name) => counts.get(side + name) ?? 0;
}

function addedLines(files: readonly ChangedFile[]): number {
  return files.reduce(
    (sum, { change }) => sum + change.added.reduce((lines, run) => lines + run.count, 0),
    0,
  );
}

function numbersOf(spans: readonly LineSpan[]): number[] {
  return spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, at) => start + at));
}
