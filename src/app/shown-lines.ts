import { diffLines } from '../core/line-diff';
import { splitLines } from '../core/lines';
import type { Author } from '../core/origin';
import type { LineSpan, Side } from '../core/range';
import { lineClasses, type LineVerdict } from '../core/line-classes';
import { blameReverse } from '../git/blame';
import { listFirstParents } from '../git/commit-list';
import type { OriginRun } from './blame-store';
import { fileHistory } from './blame';
import { refuseBadSetting, type HistoryReading } from './history-lines';
import { withRepository, type Opened, type Place } from './opened';
import { status } from './status';
import { linesAt } from './targets';

/** Where a text that an editor shows is from: a file on disk, the index, or a commit by any of its names. */
export type TextPlace =
  | { readonly kind: 'working' }
  | { readonly kind: 'index' }
  | { readonly kind: 'commit'; readonly revision: string };

export interface ShownText {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly at: TextPlace;
  /** What stands beside it on the right, where it is the left side of a diff. */
  readonly right: TextPlace | null;
}

/** Lines (1-based) of the text that a model wrote, or (`gone`) that a model has taken out of what stands on the right. */
export interface ShownRun extends LineSpan, Author {
  readonly class: 'ai' | 'mixed';
  /** The commit that brought them, or took them out; null: it is still to be made. */
  readonly commit: string | null;
  readonly verdict: 'exact' | 'moved' | null;
}

export interface ShownLines {
  readonly runs: readonly ShownRun[];
  readonly gone: readonly ShownRun[];
}

/**
 * Whose the lines of a text in an editor are by the commits, and for the index by what is known of it. The uncommitted
 * lines of a file on disk are not among them: the editor follows those itself. `onLines` hears of a part of the answer
 * as soon as it is known, so that it is not lost where git fails later; the call then rejects.
 */
export async function shownLines(
  place: Place,
  shown: ShownText,
  { store, signal }: HistoryReading,
  onLines: (lines: ShownLines) => void = () => {},
): Promise<ShownLines> {
  const lines = bareText(shown.text);
  const revision = shown.at.kind === 'commit' ? shown.at.revision : 'HEAD';
  const early = shown.at.kind === 'commit' ? earlyRuns(onLines) : undefined;
  const history = await fileHistory(place, shown.path, revision, { store, signal, onRuns: early });
  const written = history ? carried(modelRuns(history.runs), bareLines(history.lines), lines) : [];
  onLines({ runs: written, gone: [] });
  const uncommitted = await uncommittedRuns(place, shown, lines);
  signal?.throwIfAborted();
  const runs = byStart([...written, ...uncommitted.runs]);
  onLines({ runs, gone: byStart(uncommitted.gone) });
  const committed = await deletedBeside(place, shown, signal);
  return { runs, gone: byStart([...uncommitted.gone, ...committed]) };
}

function byStart(runs: readonly ShownRun[]): ShownRun[] {
  return runs.toSorted((a, b) => a.start - b.start);
}

function earlyRuns(onLines: (lines: ShownLines) => void): (runs: readonly OriginRun[]) => void {
  const found: ShownRun[] = [];
  return (runs) => {
    const more = modelRuns(runs);
    found.push(...more);
    if (more.length > 0) onLines({ runs: byStart(found), gone: [] });
  };
}

function modelRuns(runs: readonly OriginRun[]): ShownRun[] {
  return runs.flatMap(({ class: name, ...run }) =>
    name === 'ai' || name === 'mixed' ? [{ ...run, class: name }] : [],
  );
}

/** The lines of an editor's text, to compare with others. */
export function bareText(text: string): string[] {
  return bareLines(splitLines(text));
}

/** An editor shows every text with one kind of line end. */
function bareLines(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\r?\n$/, ''));
}

/** Runs of one text in the places that their lines have in another; of lines that it does not have nothing is said. */
export function carried<R extends LineSpan>(
  runs: readonly R[],
  from: readonly string[],
  to: readonly string[],
): R[] {
  if (runs.length === 0) return [];
  const { added, deleted } = diffLines(from, to);
  if (added.length === 0 && deleted.length === 0) return [...runs];
  const places = placesOf(added, deleted, from.length);
  return runs.flatMap((run) => {
    const parts: R[] = [];
    for (let line = run.start; line < run.start + run.count; line++) {
      const now = places[line] ?? 0;
      const last = parts.at(-1);
      if (now === 0) continue;
      if (last && last.start + last.count === now)
        parts[parts.length - 1] = { ...last, count: last.count + 1 };
      else parts.push({ ...run, start: now, count: 1 });
    }
    return parts;
  });
}

/** For each line (1-based) of the old text its line in the new one; 0: it is gone. */
function placesOf(added: readonly LineSpan[], deleted: readonly LineSpan[], length: number): Uint32Array {
  const places = new Uint32Array(length + 1);
  let [now, nextAdded, nextDeleted] = [1, 0, 0];
  for (let line = 1; line <= length; line++) {
    const gone = deleted[nextDeleted];
    if (gone && line >= gone.start + gone.count) nextDeleted++;
    const current = deleted[nextDeleted];
    if (current && line >= current.start && line < current.start + current.count) continue;
    for (let span = added[nextAdded]; span && span.start === now; span = added[++nextAdded])
      now += span.count;
    places[line] = now++;
  }
  return places;
}

// ---- what is not committed

/**
 * What is staged, and what is not, counts in the lines of the index and of the last commit. The text may be neither, where
 * the editor has not noticed yet that something was staged, so everything is carried to the lines that are shown.
 */
async function uncommittedRuns(
  place: Place,
  { path, at, right }: ShownText,
  lines: readonly string[],
): Promise<ShownLines> {
  const nothing = { runs: [], gone: [] };
  const isAsked = at.kind === 'index' || (right !== null && right.kind !== 'commit');
  if (!isAsked) return nothing;
  const file = (await status(place)).files.find((each) => each.path === path);
  if (!file) return nothing;
  const textOf = async (name: string): Promise<string[]> =>
    bareLines((await withRepository(place, ({ objects }) => linesAt(`${name}:${path}`, objects))) ?? []);
  const [head, index] = await Promise.all([textOf('HEAD'), textOf('')]);
  const runsOf = (ranges: typeof file.staged, side: Side, from: readonly string[]): ShownRun[] =>
    carried(ranges.filter((range) => range.side === side).map(uncommittedRun), from, lines);
  const unstaged = right?.kind === 'working' ? runsOf(file.unstaged, '-', index) : [];
  if (at.kind === 'index') return { runs: runsOf(file.staged, '+', index), gone: unstaged };
  return { runs: [], gone: [...runsOf(file.staged, '-', head), ...unstaged] };
}

function uncommittedRun({ start, count, class: name, via, agent, model }: Uncommitted): ShownRun {
  return { start, count, class: name, via, agent, model, commit: null, verdict: null };
}

type Uncommitted = LineSpan & Author & { readonly class: 'ai' | 'mixed' };

// ---- what commits have taken out

/** What stands on the left and was taken out on the way to what stands on the right. */
async function deletedBeside(
  place: Place,
  { path, at, right }: ShownText,
  signal: AbortSignal | undefined,
): Promise<ShownRun[]> {
  if (at.kind !== 'commit' || right === null) return [];
  const to = right.kind === 'commit' ? right.revision : 'HEAD';
  return await committedDeletions(place, { path, from: at.revision, to }, signal);
}

/**
 * The lines of a file at `from` (1-based; `path` is its name there) that commits on the way to `to`, by first parents, took
 * out, where models did. Both are revisions; where the one does not lead to the other, nobody can say.
 */
export async function committedDeletions(
  place: Place,
  { path, ...names }: { readonly path: string; readonly from: string; readonly to: string },
  signal?: AbortSignal,
): Promise<ShownRun[]> {
  return await withRepository(place, async (opened) => {
    const from = await opened.commits.commit(names.from);
    const to = await opened.commits.commit(names.to);
    if (!from || !to || from.oid === to.oid) return [];
    const chain = await listFirstParents(opened.root, from.oid, to.oid);
    // Neither is the other's ancestor, or the history in between is not here: nobody can say.
    if (chain === null) return [];
    // A file that was not there yet has no lines that could have gone, and git takes the question for a mistake.
    if ((await opened.objects.read(`${from.oid}:${path}`)) === null) return [];
    const last = await blameReverse(opened.root, from.oid, to.oid, path, signal).catch(refuseBadSetting);
    const after = new Map(chain.map((oid, step) => [oid, chain[step + 1]]));
    const deleted = deletedLines(opened);
    const runs: ShownRun[] = [];
    for (const { line, commit, originalLine, path: then } of last) {
      const by = after.get(commit);
      const origin = by === undefined ? undefined : (await deleted(by, then)).get(originalLine);
      if (by === undefined || (origin?.class !== 'ai' && origin?.class !== 'mixed')) continue;
      const { class: name, via, agent, model, verdict } = origin;
      const before = runs.at(-1);
      const isSame = before?.commit === by && before.class === name && before.agent === agent;
      if (before && isSame && before.start + before.count === line)
        runs[runs.length - 1] = { ...before, count: before.count + 1 };
      else runs.push({ class: name, via, agent, model, verdict, start: line, count: 1, commit: by });
    }
    return runs;
  });
}

type LinesDeleted = ReadonlyMap<number, LineVerdict>;

/** What commits say of the lines that they delete, by the path and line that these had in the parent. */
function deletedLines({ commits }: Opened): (oid: string, path: string) => Promise<LinesDeleted> {
  const known = new Map<string, Promise<LinesDeleted>>();
  const read = async (oid: string, path: string): Promise<LinesDeleted> => {
    // At the end of a shallow history it cannot be told what a commit changes.
    const found = await commits.read(oid).catch(() => null);
    if (!found || found.reading.tracked === 'no') return new Map();
    const own = found.files.filter(({ change }) => change.oldPath === path);
    const classed = lineClasses(found.reading, found.resolved, own);
    return new Map(classed.flatMap(({ deleted }) => deleted.map(({ line, origin }) => [line, origin])));
  };
  return (oid, path) => {
    const lines = known.get(`${oid} ${path}`) ?? read(oid, path);
    known.set(`${oid} ${path}`, lines);
    return lines;
  };
}
