import { align, aligning, areEqual, type Alignment, type LineSource } from './align';
import { derive, openSharing, sharedWeight } from './derive';
import { findMoves, type MoveReach } from './moves';
import {
  BASE,
  isEvidenced,
  isModelWritten,
  UNKNOWN,
  type Author,
  type Evidence,
  type Evidenced,
  type LineOrigin,
} from './origin';
import { finish, type Steps } from './steps';
import { placeTombstones, restoredLines, type Tombstone } from './tombstones';
import { foundIn, vouchedLines, weighs } from './vouched';

/** A text that was seen, each line with its origin. `origins` has one entry a line; tombstones ascend by place. */
export interface KnownText {
  readonly lines: readonly string[];
  readonly origins: readonly LineOrigin[];
  readonly tombstones: readonly Tombstone[];
}

/** Who made a step, and why we believe it. */
export interface StepAuthor extends Author {
  readonly evidence: Evidence;
}

/** A text of which nothing is known yet but that it was there. */
export function baseText(lines: readonly string[]): KnownText {
  return { lines, origins: lines.map(() => BASE), tombstones: [] };
}

/**
 * An observation: the text is `lines` now and nobody reported the change. Lines in place keep their origin, what
 * derives from a model's line is mixed, a deleted line that is back has the origin it had, the rest is unknown.
 *
 * Law: `observe(k, k.lines)` is `k`.
 */
export function observe(known: KnownText, lines: readonly string[]): KnownText {
  return finish(observing(known, lines));
}

/** The same in steps. */
export function observing(known: KnownText, lines: readonly string[]): Steps<KnownText> {
  return advance(known, lines, null);
}

/**
 * An agent's step from the text `known` to `lines`. Lines in place and lines only moved keep their origin; what
 * derives from a model's line is the agent's; what derives from anything else is mixed; the rest is the agent's.
 * What the step neither keeps, reformats nor moves becomes a tombstone of the agent.
 */
export function step(known: KnownText, lines: readonly string[], author: StepAuthor): KnownText {
  return finish(advance(known, lines, author));
}

/**
 * Fills what `known` does not know from another known text of the same file: two writers that did not see each other
 * leave two, and neither may be lost. Only lines in place count, boilerplate of a model only where more of it stands there;
 * evidence is never replaced.
 */
export function supplement(known: KnownText, other: KnownText): KnownText {
  return withOriginsOf(known, other, (origin, from) => !isEvidenced(origin) && isEvidenced(from));
}

/** An earlier known text, but for the lines in place that a later one knows to be a person's, as when one said so since. */
export function corrected(earlier: KnownText, later: KnownText): KnownText {
  return withOriginsOf(earlier, later, (_, from) => from.class === 'human');
}

function withOriginsOf(
  known: KnownText,
  other: KnownText,
  isBetter: (origin: LineOrigin, from: LineOrigin) => boolean,
): KnownText {
  const { sources } = align(other.lines, known.lines);
  const isVouched = vouchedLines(other, foundIn(known.lines, sources));
  const origins = known.origins.map((origin, line) => {
    const source = sources[line];
    if (source?.kind !== 'same' || !isVouched(source.old)) return origin;
    const from = other.origins[source.old] ?? UNKNOWN;
    return isBetter(origin, from) ? from : origin;
  });
  return { ...known, origins, tombstones: jointTombstones(known, other) };
}

/** Of one text: an editor that saw it change on disk knows no author of a deletion, and the agent's own record does. */
function jointTombstones(known: KnownText, other: KnownText): readonly Tombstone[] {
  if (other.tombstones.length === 0 || !areEqual(known.lines, other.lines)) return known.tombstones;
  const place = ({ before, text }: Tombstone): string => `${before} ${text}`;
  const there = new Set(known.tombstones.map(place));
  const more = other.tombstones.filter((each) => !there.has(place(each)));
  return more.length === 0
    ? known.tombstones
    : [...known.tombstones, ...more].toSorted((a, b) => a.before - b.before);
}

/** How many lines of a text nothing in `known` accounts for. */
export function unexplained(known: KnownText, lines: readonly string[]): number {
  return align(known.lines, lines).sources.filter((source) => source.kind === 'new').length;
}

/** The same, of lines of weight: a bracket says of no step that it was taken. */
export function unexplainedHeavy(known: KnownText, lines: readonly string[]): number {
  const { sources } = align(known.lines, lines);
  return sources.filter((source, line) => source.kind === 'new' && weighs(lines, line)).length;
}

function* advance(known: KnownText, lines: readonly string[], author: StepAuthor | null): Steps<KnownText> {
  if (areEqual(known.lines, lines)) return known;
  const alignment = yield* aligning(known.lines, lines, author === null ? 'anchored' : 'every');
  const restored = restoredLines(known, lines, alignment);
  yield;
  const moved = movedLines(known.lines, lines, alignment, restored, author === null ? 'file' : 'step');
  yield;
  const movedAway = new Set(moved.values());
  const open = {
    old: (line: number) => !movedAway.has(line),
    new: (line: number) => !moved.has(line) && !restored.has(line),
  };
  // What nobody reported is unknown, unless it derives from a model's line.
  const isModels = (old: number): boolean => isModelWritten(known.origins[old] ?? UNKNOWN);
  const sources =
    author === null
      ? derive(known.lines, lines, alignment, open, 'gap', isModels)
      : derive(known.lines, lines, alignment, open, 'text');
  yield;
  const isVouched =
    author === null ? vouchedLines(known, foundIn(lines, alignment.sources, moved)) : () => true;
  const isMadeOf = author === null ? madeOf(known, lines) : () => true;
  const isBackForSure = (line: number): boolean => author !== null || isInHeavyRun(lines, restored, line);
  const origins = sources.map((source, line): LineOrigin => {
    const back = restored.get(line);
    if (back !== undefined)
      return restoredOrigin(known.tombstones[back]?.origin ?? UNKNOWN, isBackForSure(line));
    const from = moved.get(line);
    if (from !== undefined) return isVouched(from) ? (known.origins[from] ?? UNKNOWN) : UNKNOWN;
    if (source.kind === 'same' && !isVouched(source.old)) return UNKNOWN;
    if (source.kind === 'derived' && !isMadeOf(line, source.old)) return UNKNOWN;
    return originOf(source, known.origins, author);
  });
  const deleted = author === null ? [] : deletedLines(known, alignment, movedAway, wrote('ai', author));
  const isBack = new Set(restored.values());
  const standing = known.tombstones.filter((_, index) => !isBack.has(index));
  return { lines, origins, tombstones: placeTombstones([...standing, ...deleted], alignment, known, lines) };
}

/**
 * Whether a line (0-based) was made out of an old one, and not out of one that an agent has deleted: git may have put
 * that back since. A line that shares as much with such a one has none of the words that were the agent's.
 */
function madeOf(known: KnownText, lines: readonly string[]): (line: number, old: number) => boolean {
  if (known.tombstones.length === 0) return () => true;
  let deleted: ((line: string) => number) | null = null;
  return (line, old) => {
    const text = lines[line] ?? '';
    deleted ??= openSharing(known.tombstones.map((each) => each.text));
    return sharedWeight(known.lines[old] ?? '', text) > deleted(text);
  };
}

function originOf(source: LineSource, origins: readonly LineOrigin[], author: StepAuthor | null): LineOrigin {
  switch (source.kind) {
    case 'same':
      return origins[source.old] ?? UNKNOWN;
    case 'reformat':
      return combine(source.olds.map((old) => origins[old] ?? UNKNOWN));
    case 'derived':
      return derivedOrigin(origins[source.old] ?? UNKNOWN, author);
    case 'new':
      return author === null ? UNKNOWN : wrote('ai', author);
  }
}

/** The origin of a line that somebody made out of a line of origin `from`; null: nobody said who. */
export function derivedOrigin(from: LineOrigin, author: StepAuthor | null): LineOrigin {
  if (author === null) return isModelWritten(from) ? { ...from, class: 'mixed' } : UNKNOWN;
  return wrote(from.class === 'ai' ? 'ai' : 'mixed', author);
}

function wrote(lineClass: 'ai' | 'mixed', author: StepAuthor): Evidenced {
  const { via, agent, model, evidence } = author;
  return { class: lineClass, via, agent, model, evidence };
}

/** The origin of a line whose tokens come from lines of several origins: one class: that; AI and other: mixed. */
export function combine(origins: readonly LineOrigin[]): LineOrigin {
  const [first] = origins;
  if (!first) return UNKNOWN;
  const written = origins.filter(isModelWritten);
  const [model] = written;
  if (model) {
    const pure = written.length === origins.length && written.every((origin) => origin.class === 'ai');
    return pure ? model : { ...model, class: 'mixed' };
  }
  if (origins.every((origin) => origin.class === first.class)) return first;
  return origins.every((origin) => !isEvidenced(origin)) ? BASE : UNKNOWN;
}

/** A bracket that somebody types where an agent deleted one is not the agent's for that: its run must weigh. */
function restoredOrigin(origin: LineOrigin, isSure: boolean): LineOrigin {
  return isSure || !isModelWritten(origin) ? origin : UNKNOWN;
}

function isInHeavyRun(lines: readonly string[], run: ReadonlyMap<number, number>, line: number): boolean {
  for (let at = line; run.has(at); at--) if (weighs(lines, at)) return true;
  for (let at = line; run.has(at); at++) if (weighs(lines, at)) return true;
  return false;
}

/** New line → old line, for lines that only changed place within the text. */
function movedLines(
  oldLines: readonly string[],
  newLines: readonly string[],
  alignment: Alignment,
  restored: ReadonlyMap<number, number>,
  reach: MoveReach,
): ReadonlyMap<number, number> {
  const moves = findMoves(
    { lines: oldLines, isOpen: (line) => !alignment.kept[line] },
    {
      lines: newLines,
      isOpen: (line) => alignment.sources[line]?.kind === 'new' && !restored.has(line),
    },
    reach,
    alignment.numbers,
  );
  const moved = new Map<number, number>();
  for (const run of moves) for (let i = 0; i < run.length; i++) moved.set(run.bStart + i, run.aStart + i);
  return moved;
}

function deletedLines(
  known: KnownText,
  alignment: Alignment,
  movedAway: ReadonlySet<number>,
  author: Evidenced,
): Tombstone[] {
  return known.lines.flatMap((text, line) =>
    alignment.kept[line] || movedAway.has(line)
      ? []
      : [{ before: line, text, origin: known.origins[line] ?? UNKNOWN, author }],
  );
}
