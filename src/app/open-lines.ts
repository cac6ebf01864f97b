import type { Alignment, LineSource } from '../core/align';
import type { DeletedRun } from '../core/deletions';
import type { KnownRecord } from '../core/journal';
import { combine, type KnownText } from '../core/known';
import { isEvidenced, isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import { ANCHOR_WEIGHT } from '../core/runs';
import { isVisible, lineKey, lineWeight } from '../core/tokens';
import { vouchedLines, type FoundIn } from '../core/vouched';
import type { Target } from './targets';

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
  /** The same, where history has nothing to tell of whose their lines are: what stood there before. */
  former(target: Target): Promise<readonly CommittedText[]>;
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

/** A known text with its alignment to the target. */
export interface Lined {
  readonly lines: readonly string[];
  readonly origins: readonly LineOrigin[];
  readonly alignment: Alignment;
}

/** A target, what is known of its lines so far, and what was compared with it on the way. */
export interface Work {
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

/** Nothing is known yet but the texts to look into. */
export function startWork(target: Target, sources: Sources): Work {
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

/** An added line with something to see, of which nobody has said whose it is. `line` is 0-based. */
export function isOpen(work: Work, line: number): boolean {
  return (
    work.added[line] === 1 &&
    !isEvidenced(work.origins[line] ?? UNKNOWN) &&
    isVisible(lineKey(work.target.lines[line] ?? ''))
  );
}

export function hasOpen(work: Work): boolean {
  return work.visible.some((line) => !isEvidenced(work.origins[line] ?? UNKNOWN));
}

/** The first evidence settles a line; unknown and base settle nothing. */
export function offer(work: Work, line: number, origin: LineOrigin): void {
  if (!isEvidenced(work.seen[line] ?? UNKNOWN) && origin.class !== 'unknown') work.seen[line] = origin;
  if (!isEvidenced(work.origins[line] ?? UNKNOWN) && origin.class !== 'unknown') work.origins[line] = origin;
}

export function offerInPlace(work: Work, from: Lined, found: FoundIn): void {
  const isVouched = vouchedLines(from, found);
  from.alignment.sources.forEach((source, line) => {
    if (source.kind === 'same' && isVouched(source.old))
      offer(work, line, from.origins[source.old] ?? UNKNOWN);
    if (source.kind === 'reformat')
      offer(work, line, combine(source.olds.map((old) => from.origins[old] ?? UNKNOWN)));
  });
}

export function placesOf(source: LineSource | undefined): readonly number[] {
  if (source?.kind === 'same') return [source.old];
  return source?.kind === 'reformat' ? source.olds : [];
}

/** Asks history once for all the lines of a committed text that open lines come from. */
export async function offerCommitted(
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

/** The same lines, but for their white space. */
export function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  const same = (line: string, other: string): boolean => line === other || lineKey(line) === lineKey(other);
  return a.length === b.length && a.every((line, i) => same(line, b[i] ?? ''));
}

/**
 * Whose a line is that another working tree has is said by the line. What else was done there, its deletions and what its
 * lines were changed into, holds here only where some of it has come here: two may work on one line, each in a tree.
 */
export function hasComeHere(record: KnownRecord, target: Target, sources: Sources): boolean {
  const { lines, origins } = record.known;
  if (sources.isOwn(record) || sameKeys(lines, target.lines)) return true;
  const added = target.added.flatMap(({ start, count }) => target.lines.slice(start - 1, start - 1 + count));
  const keys = new Set(added.filter((line) => lineWeight(line) >= ANCHOR_WEIGHT).map(lineKey));
  return lines.some((line, at) => isModelWritten(origins[at] ?? UNKNOWN) && keys.has(lineKey(line)));
}
