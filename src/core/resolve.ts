import { addTo, isFree, take, type ChangedFile, type Place, type Text } from './changed-text';
import type { ProvenanceRange } from './range';
import type { ReadRange } from './reading';
import {
  afford,
  hasDigestAt,
  placesOf,
  startSearch,
  textsFor,
  WORK_PER_PLACE,
  type LinesDigest,
  type Search,
} from './run-search';

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

/** A range on its way to a verdict. */
interface Claim {
  readonly range: ReadRange;
  /** Where it may stand: the texts of its path and of the path it was renamed to or from. */
  readonly texts: readonly Text[];
  at: Place | null;
  candidates: readonly Place[];
}

// ---- exact

function placeExact(search: Search, claim: Claim): void {
  const { range } = claim;
  const text = claim.texts.find((candidate) => candidate.path === range.path);
  if (text === undefined || !hasDigestAt(search, claim.range, text, range.start)) return;
  claim.at = { text, start: range.start };
  take(text, range);
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
  const places = placesOf(search, claim.range, claim.texts);
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
  const free = freeOf(search, claim, placesOf(search, claim.range, claim.texts));
  if (!afford(search, free.length * claim.range.count)) return;
  claim.candidates = free;
  const [first] = claim.candidates;
  if (first !== undefined) take(first.text, { start: first.start, count: claim.range.count });
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
