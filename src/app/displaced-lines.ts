import { align, type LineSource } from '../core/align';
import type { KnownText } from '../core/known';
import { findMoves, type MoveReach } from '../core/moves';
import { isEvidenced, UNKNOWN } from '../core/origin';
import { ANCHOR_WEIGHT } from '../core/runs';
import { isVisible, lineKey, lineWeight } from '../core/tokens';
import { foundIn, vouchedLines, weighs, type FoundIn } from '../core/vouched';
import {
  hasOpen,
  isOpen,
  KNOWN_TEXTS,
  offer,
  offerCommitted,
  offerInPlace,
  type CommittedText,
  type Lined,
  type Sources,
  type Work,
} from './open-lines';

/** Law O4: lines of this file's earlier texts that stand elsewhere now, or are back in the place where they were. */
export async function fromDisplaced(work: Work, sources: Sources): Promise<void> {
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
export async function fromOtherPaths(works: readonly Work[], sources: Sources): Promise<void> {
  for (const path of sources.knownPaths) {
    if (!works.some((work) => work.target.path !== path && hasOpen(work))) continue;
    const records = sources.known(path).slice(0, KNOWN_TEXTS);
    const lines = currentText(works, sources, path);
    const now = { lines, tombstones: records[0]?.known.tombstones ?? [] };
    // The last text, and older ones: lines that a person took out before the agent's next step are in no last text.
    const moved = new Set<string>();
    const wanted = openTexts(works);
    for (const { known } of records)
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

/** All that a text holds: its lines, and those that agents deleted from it. */
type Held = Pick<KnownText, 'lines' | 'tombstones'>;

/** How many lines of each key left a path: they neither stand there nor were deleted there. */
function missingKeys(then: Held, now: Held): ReadonlyMap<string, number> {
  const missing = new Map<string, number>();
  const count = ({ lines, tombstones }: Held, by: 1 | -1): void => {
    for (const key of [...lines, ...tombstones.map(({ text }) => text)].map(lineKey))
      missing.set(key, (missing.get(key) ?? 0) + by);
  };
  count(then, 1);
  count(now, -1);
  return missing;
}

/**
 * Moves to another file, without the boilerplate at their ends of which none has left the first: a person may take the
 * lines of a block away, leave its bracket where it was, and put them above a bracket of their own.
 */
function withoutStayed(
  work: Work,
  found: ReadonlyMap<number, readonly number[]>,
  missing: ReadonlyMap<string, number>,
): ReadonlyMap<number, readonly number[]> {
  const moves = new Map(found);
  const open = new Map(missing);
  const ends = endsOf(work.target.lines, found);
  const inOrder = [...found.keys()].toSorted((x, y) => Number(ends.has(x)) - Number(ends.has(y)));
  for (const line of inOrder) {
    const key = lineKey(work.target.lines[line] ?? '');
    const left = (open.get(key) ?? 0) - 1;
    if (left < 0 && ends.has(line)) moves.delete(line);
    else open.set(key, left);
  }
  return moves;
}

/** The lines (0-based) that have no line of weight above or below that came with them. Linear: a text may be brackets alone. */
function endsOf(
  lines: readonly string[],
  moves: ReadonlyMap<number, readonly number[]>,
): ReadonlySet<number> {
  const places = [...moves.keys()].toSorted((x, y) => x - y);
  const oldOf = (line: number): number => moves.get(line)?.[0] ?? Number.NaN;
  const cameWith = (inOrder: readonly number[], by: 1 | -1): ReadonlySet<number> => {
    const found = new Set<number>();
    for (const line of inOrder) {
      const isNext = oldOf(line) === oldOf(line - by) + by;
      if (weighs(lines, line) || (isNext && found.has(line - by))) found.add(line);
    }
    return found;
  };
  const [above, below] = [cameWith(places, 1), cameWith(places.toReversed(), -1)];
  return new Set(places.filter((line) => !above.has(line) || !below.has(line)));
}

/** `moved` are the lines of the path that have their new place already, by key. */
function fromKnownElsewhere(
  works: readonly Work[],
  path: string,
  known: KnownText,
  now: Held,
  moved: Set<string>,
): void {
  const { kept } = align(known.lines, now.lines);
  const keys = known.lines.map(lineKey);
  const gone = new Set(keys.flatMap((key, line) => (kept[line] || moved.has(key) ? [] : [line])));
  let missing: ReadonlyMap<string, number> | null = null;
  for (const work of works) {
    if (work.target.path === path || work.target.oldPath === path || !hasOpen(work)) continue;
    const found = movesInto(work, known.lines, (line) => gone.has(line), 'across');
    if (found.size === 0) continue;
    const moves = withoutStayed(work, found, (missing ??= missingKeys(known, now)));
    const isVouched = vouchedLines(known, movedInto(work, moves));
    for (const [line, [old = -1]] of moves) {
      gone.delete(old);
      moved.add(keys[old] ?? '');
      if (isVouched(old)) offer(work, line, known.origins[old] ?? UNKNOWN);
    }
  }
}

async function fromLostLines(works: readonly Work[], text: CommittedText, sources: Sources): Promise<void> {
  const lines = currentText(works, sources, text.path);
  const { kept } = align(text.lines, lines);
  const gone = new Set(text.lines.flatMap((_, line) => (kept[line] ? [] : [line])));
  for (const work of works) {
    if (work.target.path === text.path || work.target.oldPath === text.path || !hasOpen(work)) continue;
    const found = movesInto(work, text.lines, (line) => gone.has(line), 'across');
    if (found.size === 0) continue;
    const [last] = sources.known(text.path);
    const tombstones = last ? (await sources.unspent(last)).tombstones : [];
    const missing = missingKeys({ lines: text.lines, tombstones: [] }, { lines, tombstones });
    const moves = withoutStayed(work, found, missing);
    await offerCommitted(work, text, sources, (line) => moves.get(line) ?? []);
    for (const [old = -1] of moves.values()) gone.delete(old);
  }
}

function currentText(works: readonly Work[], sources: Sources, path: string): readonly string[] {
  const own = works.find((work) => work.target.path === path);
  if (own) return own.target.lines;
  return works.some((work) => work.target.oldPath === path) ? [] : (sources.current(path) ?? []);
}
