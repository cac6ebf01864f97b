import { align, derive, type Alignment, type LineSource } from '../core/align';
import { agentDeletions, inheritedDeletions, type DeletedBy, type DeletedRun } from '../core/deletions';
import { settleBlankLines, slideAdded } from '../core/hunks';
import { headsOf, type KnownRecord } from '../core/journal';
import { combine, derivedOrigin, type KnownText } from '../core/known';
import { findMoves } from '../core/moves';
import { isEvidenced, isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import { isVisible, lineKey } from '../core/tokens';
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

/** How many older texts of a path are looked at. */
const OLDER_TEXTS = 40;

/** The origin of every added line and of every deleted one. */
export async function attribute(targets: readonly Target[], sources: Sources): Promise<Attributed[]> {
  const works = targets.map((target) => startWork(target, sources));
  for (const work of works) {
    fromExactTexts(work);
    fromLastTexts(work);
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
  readonly origins: LineOrigin[];
  /** What known texts say of every line, added or not. */
  readonly seen: LineOrigin[];
  readonly heads: Lined[];
  committed: { readonly text: CommittedText; readonly alignment: Alignment }[];
}

function startWork(target: Target, sources: Sources): Work {
  const paths = [...new Set([target.path, target.oldPath].filter((path) => path !== null))];
  const added = new Uint8Array(target.lines.length);
  for (const span of target.added) added.fill(1, span.start - 1, span.start - 1 + span.count);
  return {
    target,
    records: paths.flatMap((path) => sources.known(path)),
    added,
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
  return work.target.lines.some((_, line) => isOpen(work, line));
}

/** The first evidence settles a line; unknown and base settle nothing. */
function offer(work: Work, line: number, origin: LineOrigin): void {
  if (!isEvidenced(work.seen[line] ?? UNKNOWN) && origin.class !== 'unknown') work.seen[line] = origin;
  if (!isEvidenced(work.origins[line] ?? UNKNOWN) && origin.class !== 'unknown') work.origins[line] = origin;
}

function fromExactTexts(work: Work): void {
  const keys = work.target.lines.map(lineKey);
  for (const record of work.records) {
    const { lines, origins } = record.known;
    if (lines.length !== keys.length || !lines.every((line, i) => lineKey(line) === keys[i])) continue;
    origins.forEach((origin, line) => offer(work, line, origin));
  }
}

function fromLastTexts(work: Work): void {
  if (!hasOpen(work)) return;
  for (const { known } of headsOf(work.records)) {
    const alignment = align(known.lines, work.target.lines);
    work.heads.push({ lines: known.lines, origins: known.origins, alignment });
    alignment.sources.forEach((source, line) => {
      if (source.kind === 'same') offer(work, line, known.origins[source.old] ?? UNKNOWN);
      if (source.kind === 'reformat')
        offer(work, line, combine(source.olds.map((old) => known.origins[old] ?? UNKNOWN)));
    });
  }
}

async function fromCommitted(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  for (const text of await sources.committed(work.target)) {
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

/** Law O4: lines of this file's earlier texts that are no longer in their place. */
async function fromDisplaced(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  for (const head of work.heads) offerMoves(work, head);
  for (const { text, alignment } of work.committed) {
    if (!hasOpen(work)) return;
    const moves = movesInto(work, text.lines, (line) => !alignment.kept[line], true);
    await offerCommitted(work, text, sources, (line) => moves.get(line) ?? []);
  }
  for (const { known } of work.records.slice(0, OLDER_TEXTS)) {
    if (!hasOpen(work)) return;
    if (!known.origins.some(isEvidenced)) continue;
    const alignment = align(known.lines, work.target.lines);
    offerMoves(work, { lines: known.lines, origins: known.origins, alignment });
  }
}

function offerMoves(work: Work, from: Lined): void {
  const moves = movesInto(work, from.lines, (line) => !from.alignment.kept[line], true);
  for (const [line, [old]] of moves) offer(work, line, from.origins[old ?? -1] ?? UNKNOWN);
}

/** Target line → where it stood, for runs of displaced lines that stand again among open lines. */
function movesInto(
  work: Work,
  lines: readonly string[],
  displaced: (line: number) => boolean,
  sameFile: boolean,
): Map<number, readonly number[]> {
  // Blank lines belong to a moved run, so every unexplained added line takes part.
  const open = (line: number): boolean =>
    work.added[line] === 1 && !isEvidenced(work.origins[line] ?? UNKNOWN);
  const runs = findMoves({ lines, isOpen: displaced }, { lines: work.target.lines, isOpen: open }, sameFile);
  const moves = new Map<number, readonly number[]>();
  for (const run of runs) for (let i = 0; i < run.length; i++) moves.set(run.bStart + i, [run.aStart + i]);
  return moves;
}

/** Law O5: lines that left another file. A line moves once, to one place. */
async function fromOtherPaths(works: readonly Work[], sources: Sources): Promise<void> {
  if (!works.some(hasOpen)) return;
  for (const path of sources.knownPaths) {
    const [head] = headsOf(sources.known(path));
    if (!head?.known.origins.some(isEvidenced)) continue;
    const now = currentText(works, sources, path);
    const { kept } = align(head.known.lines, now);
    const gone = new Set(head.known.lines.flatMap((_, line) => (kept[line] ? [] : [line])));
    for (const work of works) {
      if (work.target.path === path || work.target.oldPath === path || !hasOpen(work)) continue;
      const moves = movesInto(work, head.known.lines, (line) => gone.has(line), false);
      for (const [line, [old = -1]] of moves) {
        gone.delete(old);
        offer(work, line, head.known.origins[old] ?? UNKNOWN);
      }
    }
  }
  if (!works.some(hasOpen)) return;
  for (const text of await sources.elsewhere()) await fromLostLines(works, text, sources);
}

async function fromLostLines(works: readonly Work[], text: CommittedText, sources: Sources): Promise<void> {
  const { kept } = align(text.lines, currentText(works, sources, text.path));
  const gone = new Set(text.lines.flatMap((_, line) => (kept[line] ? [] : [line])));
  for (const work of works) {
    if (work.target.path === text.path || work.target.oldPath === text.path || !hasOpen(work)) continue;
    const moves = movesInto(work, text.lines, (line) => gone.has(line), false);
    await offerCommitted(work, text, sources, (line) => moves.get(line) ?? []);
    for (const [old = -1] of moves.values()) gone.delete(old);
  }
}

function currentText(works: readonly Work[], sources: Sources, path: string): readonly string[] {
  const own = works.find((work) => work.target.path === path);
  if (own) return own.target.lines;
  return works.some((work) => work.target.oldPath === path) ? [] : (sources.current(path) ?? []);
}

/** What is still open and shares most of its words with a model's line of its gap was made out of that line. */
async function fromDerived(work: Work, sources: Sources): Promise<void> {
  const open = { old: () => true, new: (line: number) => isOpen(work, line) };
  for (const head of work.heads) {
    if (!hasOpen(work)) return;
    if (!head.origins.some(isModelWritten)) continue;
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

async function finish(work: Work, sources: Sources): Promise<Attributed> {
  const { target } = work;
  const origins = work.origins.map((origin) => (isEvidenced(origin) ? origin : UNKNOWN));
  return {
    target,
    origins: settleBlankLines(target.lines, target.added, origins),
    deletedBy: await deletionsOf(target, sources),
  };
}

async function deletionsOf(target: Target, sources: Sources): Promise<DeletedBy> {
  let found: DeletedBy = new Map();
  if (target.deleted.length === 0 || target.oldPath === null) return found;
  const paths = [...new Set([target.oldPath, target.path].filter((path) => path !== null))];
  const heads = headsOf(paths.flatMap((path) => sources.known(path)));
  for (const head of heads) {
    const own = agentDeletions(target.oldLines, target.deleted, await sources.unspent(head));
    found = new Map([...own, ...found]);
  }
  return inheritedDeletions(target.oldLines, target.deleted, found, await sources.deletions(target));
}
