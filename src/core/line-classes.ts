import { numbersOf, type ChangedFile } from './changed-text';
import type { Author, LineClass } from './origin';
import type { FileChange, LineSpan, Side } from './range';
import type { ReadRange, Reading } from './reading';
import type { Found, ResolvedRange } from './resolve';

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
