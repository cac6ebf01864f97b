import { align, type Alignment, type LineSource } from '../core/align';
import { derive } from '../core/derive';
import { agentDeletions, inheritedDeletions, type DeletedBy, type DeletedRun } from '../core/deletions';
import { settleBlankLines, slideAdded } from '../core/hunks';
import { headsOf, type KnownRecord } from '../core/journal';
import { combine, derivedOrigin, foundIn, vouchedLines, type FoundIn, type KnownText } from '../core/known';
import { findMoves, type MoveReach } from '../core/moves';
import { isEvidenced, isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import { ANCHOR_WEIGHT } from '../core/runs';
import { isVisible, lineKey, lineWeight } from '../core/tokens';
import type { Target } from './targets';

export interface Attributed {
  readonly target: Target;
  /** One origin for each line of the target; only those of added lines mean anything. */
  readonly origins: readonly LineOrigin[];
  /** Deleted lines of the old text, 0-based, with the agent that deleted them. */
  readonly deletedBy: DeletedBy;
}

/** A committed text that lines may come from. */
export interface CommittedText {
  readonly commit: string;
  readonly path: string;
  readonly lines: readonly string[];
}

/** Everything that lines may come from, in the order in which it is believed (law O). */
export interface Sources {
  /** Known texts of a path, the latest first; those of the own working tree before the others'. */
  known(path: string): readonly KnownRecord[];
  /** Whether a known text was seen in the own working tree. */
  isOwn(record: KnownRecord): boolean;
  /** Paths with known texts. */
  readonly knownPaths: readonly string[];
  /** The text that stands at a path now, for files that are not among the targets; null: none. */
  current(path: string): readonly string[] | null;
  /** Committed texts of a file, nearest first, the parent's last. */
  committed(target: Target): Promise<readonly CommittedText[]>;
  /** Committed texts of other files that lost lines, of which some may stand in a target now. */
  elsewhere(): Promise<readonly CommittedText[]>;
  /** Whose the given lines (1-based) of a committed text are, by its history. */
  origins(text: CommittedText, lines: readonly number[]): Promise<ReadonlyMap<number, LineOrigin>>;
  /** Deletions of commits that are taken over, of the file's old path. */
  deletions(target: Target): Promise<readonly DeletedRun[]>;
  /** The known text, without the deletions that earlier commits have recorded already. */
  unspent(record: KnownRecord): Promise<KnownText>;
}

/** How many known texts of a path are looked at, of each writer; 40 were enough. */
export const KNOWN_TEXTS = 40;

/** The origin of every added line and of every deleted one. */
export async function attribute(targets: readonly Target[], sources: Sources): Promise<Attributed[]> {
  const works = targets.map((target) => startWork(target, sources));
  for (const work of works) {
    fromExactTexts(work);
    fromLastTexts(work, sources);
    slideAdded(work.target.lines, work.target.added, work.origins, (line) => work.seen[line] ?? UNKNOWN);
    await fromCommitted(work, sources);
    await fromDisplaced(work, sources);
  }
  await fromOtherPaths(works, sources);
  for (const work of works) await fromDerived(work, sources);
  return await Promise.all(works.map((work) => finish(work, sources)));
}

/** A known text with its alignment to the target. */
interface Lined {
  readonly lines: readonly string[];
  readonly origins: readonly LineOrigin[];
  readonly alignment: Alignment;
}

interface Work {
  readonly target: Target;
  readonly records: readonly KnownRecord[];
  /** Added lines, by place. */
  readonly added: Uint8Array;
  /** Added lines with something to see, ascending. */
  readonly visible: readonly number[];
  readonly origins: LineOrigin[];
  /** What known texts say of every line, added or not. */
  readonly seen: LineOrigin[];
  readonly heads: (Lined & { readonly hasComeHere: boolean })[];
  readonly committed: { readonly text: CommittedText; readonly alignment: Alignment }[];
}

function startWork(target: Target, sources: Sources): Work {
  const paths = [...new Set([target.path, target.oldPath].filter((path) => path !== null))];
  const added = new Uint8Array(target.lines.length);
  for (const span of target.added) added.fill(1, span.start - 1, span.start - 1 + span.count);
  return {
    target,
    records: paths.flatMap((path) => sources.known(path)),
    added,
    visible: target.lines.flatMap((text, line) => (added[line] && isVisible(lineKey(text)) ? [line] : [])),
    origins: target.lines.map(() => UNKNOWN),
    seen: target.lines.map(() => UNKNOWN),
    heads: [],
    committed: [],
  };
}

function isOpen(work: Work, line: number): boolean {
  return (
    work.added[line] === 1 &&
    !isEvidenced(work.origins[line] ?? UNKNOWN) &&
    isVisible(lineKey(work.target.lines[line] ?? ''))
  );
}

function hasOpen(work: Work): boolean {
  return work.visible.some((line) => !isEvidenced(work.origins[line] ?? UNKNOWN));
}

/** The first evidence settles a line; unknown and base settle nothing. */
function offer(work: Work, line: number, origin: LineOrigin): void {
  if (!isEvidenced(work.seen[line] ?? UNKNOWN) && origin.class !== 'unknown') work.seen[line] = origin;
  if (!isEvidenced(work.origins[line] ?? UNKNOWN) && origin.class !== 'unknown') work.origins[line] = origin;
}

function fromExactTexts(work: Work): void {
  const { lines } = work.target;
  for (const { known } of work.records) {
    if (!hasOpen(work)) return;
    if (!sameKeys(known.lines, lines)) continue;
    known.origins.forEach((origin, line) => offer(work, line, origin));
  }
}

/** The same lines, but for their white space. */
export function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  const same = (line: string, other: string): boolean => line === other || lineKey(line) === lineKey(other);
  return a.length === b.length && a.every((line, i) => same(line, b[i] ?? ''));
}

function fromLastTexts(work: Work, sources: Sources): void {
  if (!hasOpen(work)) return;
  for (const record of headsOf(work.records)) {
    const { lines, origins } = record.known;
    const alignment = align(lines, work.target.lines);
    const head = { lines, origins, alignment, hasComeHere: hasComeHere(record, work.target, sources) };
    work.heads.push(head);
    offerInPlace(work, head, foundIn(work.target.lines, alignment.sources));
  }
}

function offerInPlace(work: Work, from: Lined, found: FoundIn): void {
  const isVouched = vouchedLines(from, found);
  from.alignment.sources.forEach((source, line) => {
    if (source.kind === 'same' && isVouched(source.old))
      offer(work, line, from.origins[source.old] ?? UNKNOWN);
    if (source.kind === 'reformat')
      offer(work, line, combine(source.olds.map((old) => from.origins[old] ?? UNKNOWN)));
  });
}

async function fromCommitted(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  for (const text of await sources.committed(work.target)) {
    if (!hasOpen(work)) return;
    const alignment = align(text.lines, work.target.lines);
    work.committed.push({ text, alignment });
    await offerCommitted(work, text, sources, (line) => placesOf(alignment.sources[line]));
  }
}

function placesOf(source: LineSource | undefined): readonly number[] {
  if (source?.kind === 'same') return [source.old];
  return source?.kind === 'reformat' ? source.olds : [];
}

/** Asks history once for all the lines of a committed text that open lines come from. */
async function offerCommitted(
  work: Work,
  text: CommittedText,
  sources: Sources,
  from: (line: number) => readonly number[],
): Promise<void> {
  const wanted = new Map<number, readonly number[]>();
  work.target.lines.forEach((_, line) => {
    const olds = isOpen(work, line) ? from(line) : [];
    if (olds.length > 0) wanted.set(line, olds);
  });
  if (wanted.size === 0) return;
  const numbers = [...new Set([...wanted.values()].flat())].map((old) => old + 1);
  const origins = await sources.origins(
    text,
    numbers.sort((x, y) => x - y),
  );
  for (const [line, olds] of wanted)
    offer(work, line, combine(olds.map((old) => origins.get(old + 1) ?? UNKNOWN)));
}

/** Law O4: lines of this file's earlier texts that stand elsewhere now, or are back in the place where they were. */
async function fromDisplaced(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  for (const head of work.heads) offerMoves(work, head);
  for (const { text, alignment } of work.committed) {
    if (!hasOpen(work)) return;
    const moves = movesInto(work, text.lines, (line) => !alignment.kept[line], 'file');
    await offerCommitted(work, text, sources, (line) => moves.get(line) ?? []);
  }
  for (const { known } of work.records.slice(0, KNOWN_TEXTS)) {
    if (!hasOpen(work)) return;
    if (!known.origins.some(isEvidenced)) continue;
    const alignment = align(known.lines, work.target.lines);
    const older = { lines: known.lines, origins: known.origins, alignment };
    // What is back came back together: boilerplate that is back alone was typed.
    const back = alignment.sources.map((source, line): LineSource =>
      isOpen(work, line) ? source : { kind: 'new' },
    );
    offerInPlace(work, older, foundIn(work.target.lines, back));
    offerMoves(work, older);
  }
}

function offerMoves(work: Work, from: Lined): void {
  const moves = movesInto(work, from.lines, (line) => !from.alignment.kept[line], 'file');
  const isVouched = vouchedLines(from, movedInto(work, moves));
  for (const [line, [old = -1]] of moves) if (isVouched(old)) offer(work, line, from.origins[old] ?? UNKNOWN);
}

function movedInto({ target }: Work, moves: ReadonlyMap<number, readonly number[]>): FoundIn {
  return foundIn(target.lines, [], new Map([...moves].map(([line, [old = -1]]) => [line, old])));
}

/** Target line → where it stood, for runs of displaced lines that stand again among open lines. */
function movesInto(
  work: Work,
  lines: readonly string[],
  displaced: (line: number) => boolean,
  reach: MoveReach,
): Map<number, readonly number[]> {
  // Blank lines belong to a moved run, so every unexplained added line takes part.
  const open = (line: number): boolean =>
    work.added[line] === 1 && !isEvidenced(work.origins[line] ?? UNKNOWN);
  const runs = findMoves({ lines, isOpen: displaced }, { lines: work.target.lines, isOpen: open }, reach);
  const moves = new Map<number, readonly number[]>();
  for (const run of runs) {
    const { from, to } = withoutStrayBrackets(work.target.lines.slice(run.bStart, run.bStart + run.length));
    for (let i = from; i < to; i++) moves.set(run.bStart + i, [run.aStart + i]);
  }
  return moves;
}

/**
 * A block that was moved does not begin with the bracket that closes what is above it, nor end with one that opens what
 * is below: there, such a bracket was there already, and only stood beside an equal one before.
 */
function withoutStrayBrackets(lines: readonly string[]): { readonly from: number; readonly to: number } {
  const isStray = (line: string, bracket: RegExp): boolean =>
    !isVisible(lineKey(line)) || (lineWeight(line) < ANCHOR_WEIGHT && bracket.test(line));
  let [from, to] = [0, lines.length];
  while (from < to && isStray(lines[from] ?? '', CLOSES)) from++;
  while (from < to && isStray(lines[to - 1] ?? '', OPENS)) to--;
  return { from, to };
}

const CLOSES = /^\s*[)\]}]/;
const OPENS = /[([{]\s*$/;

/** Law O5: lines that left another file. A line moves once, to one place. */
async function fromOtherPaths(works: readonly Work[], sources: Sources): Promise<void> {
  for (const path of sources.knownPaths) {
    if (!works.some((work) => work.target.path !== path && hasOpen(work))) continue;
    const now = currentText(works, sources, path);
    // The last text, and older ones: lines that a person took out before the agent's next step are in no last text.
    const moved = new Set<string>();
    const wanted = openTexts(works);
    for (const { known } of sources.known(path).slice(0, KNOWN_TEXTS))
      if (holdsEvidence(known, wanted)) fromKnownElsewhere(works, path, known, now, moved);
  }
  if (!works.some(hasOpen)) return;
  for (const text of await sources.elsewhere()) await fromLostLines(works, text, sources);
}

function openTexts(works: readonly Work[]): ReadonlySet<string> {
  const lines = works.flatMap((work) => work.target.lines.filter((_, line) => isOpen(work, line)));
  return new Set(lines.map((line) => line.trim()));
}

/** Whether a text knows whose one of the lines is; spares the others the search for moves. */
function holdsEvidence(known: KnownText, wanted: ReadonlySet<string>): boolean {
  return known.lines.some((line, at) => isEvidenced(known.origins[at] ?? UNKNOWN) && wanted.has(line.trim()));
}

/** `moved` are the lines of the path that have their new place already, by key. */
function fromKnownElsewhere(
  works: readonly Work[],
  path: string,
  known: KnownText,
  now: readonly string[],
  moved: Set<string>,
): void {
  const { kept } = align(known.lines, now);
  const keys = known.lines.map(lineKey);
  const gone = new Set(keys.flatMap((key, line) => (kept[line] || moved.has(key) ? [] : [line])));
  for (const work of works) {
    if (work.target.path === path || work.target.oldPath === path || !hasOpen(work)) continue;
    const moves = movesInto(work, known.lines, (line) => gone.has(line), 'across');
    const isVouched = vouchedLines(known, movedInto(work, moves));
    for (const [line, [old = -1]] of moves) {
      gone.delete(old);
      moved.add(keys[old] ?? '');
      if (isVouched(old)) offer(work, line, known.origins[old] ?? UNKNOWN);
    }
  }
}

async function fromLostLines(works: readonly Work[], text: CommittedText, sources: Sources): Promise<void> {
  const { kept } = align(text.lines, currentText(works, sources, text.path));
  const gone = new Set(text.lines.flatMap((_, line) => (kept[line] ? [] : [line])));
  for (const work of works) {
    if (work.target.path === text.path || work.target.oldPath === text.path || !hasOpen(work)) continue;
    const moves = movesInto(work, text.lines, (line) => gone.has(line), 'across');
    await offerCommitted(work, text, sources, (line) => moves.get(line) ?? []);
    for (const [old = -1] of moves.values()) gone.delete(old);
  }
}

function currentText(works: readonly Work[], sources: Sources, path: string): readonly string[] {
  const own = works.find((work) => work.target.path === path);
  if (own) return own.target.lines;
  return works.some((work) => work.target.oldPath === path) ? [] : (sources.current(path) ?? []);
}

/**
 * What is still open and shares most of its words with a model's line of its gap was made out of that line; but for
 * a line that stands just so in a text we know. It was there already, and more likely the model's line was made out
 * of it: its former text is what is staged, while the agent's is not.
 */
async function fromDerived(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  const former = formerKeys(work);
  const open = {
    old: () => true,
    new: (line: number) =>
      isOpen(work, line) &&
      !former.has(lineKey(work.target.lines[line] ?? '')) &&
      !wasReformatted(work, line),
  };
  for (const head of work.heads) {
    if (!hasOpen(work)) return;
    if (!head.hasComeHere || !head.origins.some(isModelWritten)) continue;
    derive(head.lines, work.target.lines, head.alignment, open).forEach((source, line) => {
      if (source.kind === 'derived' && isOpen(work, line))
        offer(work, line, derivedOrigin(head.origins[source.old] ?? UNKNOWN, null));
    });
  }
  for (const { text, alignment } of work.committed) {
    if (!hasOpen(work)) return;
    const derived = derive(text.lines, work.target.lines, alignment, open);
    const wanted = derived.flatMap((source, line) =>
      source.kind === 'derived' && isOpen(work, line) ? [{ line, old: source.old }] : [],
    );
    if (wanted.length === 0) continue;
    const numbers = [...new Set(wanted.map(({ old }) => old + 1))].sort((x, y) => x - y);
    const origins = await sources.origins(text, numbers);
    for (const { line, old } of wanted)
      offer(work, line, derivedOrigin(origins.get(old + 1) ?? UNKNOWN, null));
  }
}

/** A committed line in another shape: nobody knows whose it is, but all of its words were there. */
function wasReformatted({ committed }: Work, line: number): boolean {
  return committed.some(({ alignment }) => alignment.sources[line]?.kind === 'reformat');
}

function formerKeys(work: Work): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { known } of work.records.slice(0, KNOWN_TEXTS)) {
    for (const line of known.lines) keys.add(lineKey(line));
    for (const { text } of known.tombstones) keys.add(lineKey(text));
  }
  for (const { text } of work.committed) for (const line of text.lines) keys.add(lineKey(line));
  return keys;
}

async function finish(work: Work, sources: Sources): Promise<Attributed> {
  const { target } = work;
  const origins = work.origins.map((origin) => (isEvidenced(origin) ? origin : UNKNOWN));
  return {
    target,
    origins: settleBlankLines(target.lines, target.added, origins),
    deletedBy: await deletionsOf(target, sources),
  };
}

/**
 * Whose a line is that another working tree has is said by the line. What else was done there, its deletions and what its
 * lines were changed into, holds here only where some of it has come here: two may work on one line, each in a tree.
 */
function hasComeHere(record: KnownRecord, target: Target, sources: Sources): boolean {
  const { lines, origins } = record.known;
  if (sources.isOwn(record) || sameKeys(lines, target.lines)) return true;
  const added = target.added.flatMap(({ start, count }) => target.lines.slice(start - 1, start - 1 + count));
  const keys = new Set(added.filter((line) => lineWeight(line) >= ANCHOR_WEIGHT).map(lineKey));
  return lines.some((line, at) => isModelWritten(origins[at] ?? UNKNOWN) && keys.has(lineKey(line)));
}

async function deletionsOf(target: Target, sources: Sources): Promise<DeletedBy> {
  let found: DeletedBy = new Map();
  if (target.deleted.length === 0 || target.oldPath === null) return found;
  const paths = [...new Set([target.oldPath, target.path].filter((path) => path !== null))];
  const heads = headsOf(paths.flatMap((path) => sources.known(path)));
  for (const head of heads.filter((each) => hasComeHere(each, target, sources))) {
    const own = agentDeletions(target.oldLines, target.deleted, await sources.unspent(head));
    found = new Map([...own, ...found]);
  }
  return inheritedDeletions(target.oldLines, target.deleted, found, await sources.deletions(target));
}
