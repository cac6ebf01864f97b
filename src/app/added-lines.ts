import { readProvenance, type Reading } from '../core/reading';
import type { ChangedFile } from '../core/changed-text';
import { lineClasses, type LineVerdict } from '../core/line-classes';
import { resolveRanges } from '../core/resolve';
import type { LineSpan } from '../core/range';
import { streamDiffs } from '../git/commit-diffs';
import type { PatchedFile } from '../git/diff';
import { decodeText, digestLines } from '../git/text';
import { changedFile, targetsOfDiffs } from './committed';
import { looksLineless } from './lineless';
import type { Opened } from './opened';
import { onlyNewInMerge, type Target } from './targets';

/** Whose the lines are that commits of a history added. Commits may be asked for while others are being read. */
export interface AddedLines {
  /** `isBoundary`: the history that is here begins with it, and what it changes can only be told of a root. */
  want(commit: string, isBoundary: boolean): void;
  /** What the commits say, by path and line; nothing of a commit that says nothing. No commit is wanted after this. */
  read(): Promise<SaidOfLines>;
  close(): void;
}

export interface SaidOfLines {
  /** Whether any of the commits has trailers of ours. */
  readonly tracked: boolean;
  of(commit: string, path: string, line: number): LineVerdict | null;
}

interface Asked {
  readonly commit: string;
  readonly reading: Reading;
  readonly parents: readonly string[];
}

/** Git finds most of a file's commits shortly before it ends; then a processor is free for a second `diff-tree`. */
const LANES = 2;
const BACKLOG = 16;

/**
 * One `cat-file` reads the messages and a `diff-tree` or two the changes of all commits that speak of provenance. The
 * lines come from the diff itself: of a file with 500 versions none is read as a whole. `onSaid` hears of each commit as
 * soon as it is known what it says, if it says anything.
 */
export function openAddedLines(
  { root, objects, commits }: Opened,
  onSaid: (commit: string, said: SaidOfLines) => void = () => {},
): AddedLines {
  const wanted = new Map<string, Promise<void>>();
  const found = new Map<string, LinesByPath>();
  const lanes: Lane[] = [];
  const said: SaidOfLines = {
    get tracked() {
      return lanes.length > 0;
    },
    of: (commit, path, line) => found.get(commit)?.get(path)?.get(line) ?? null,
  };

  const laneFor = (): Lane => {
    const free = lanes.toSorted((a, b) => a.waiting() - b.waiting())[0];
    if (free && (lanes.length === LANES || free.waiting() < BACKLOG)) return free;
    const lane = openLane(root, async ({ commit, reading }, files) => {
      found.set(commit, await classesOf(reading, files, objects));
      onSaid(commit, said);
    });
    lanes.push(lane);
    return lane;
  };
  const ask = async (oid: string, isBoundary: boolean): Promise<void> => {
    const message = (await commits.commit(oid))?.commit;
    if (!message || !mentionsUs(message.message)) return;
    const reading = readProvenance(message.message);
    const { parents } = message;
    if (reading.tracked === 'no' || (isBoundary && parents.length > 0)) return;
    laneFor().ask({ commit: oid, reading, parents });
  };
  return Object.freeze({
    want(commit: string, isBoundary: boolean): void {
      if (wanted.has(commit)) return;
      const asking = ask(commit, isBoundary);
      // `read` waits for all of them and hears of a failure.
      asking.catch(() => {});
      wanted.set(commit, asking);
    },
    async read(): Promise<SaidOfLines> {
      await Promise.all(wanted.values());
      await Promise.all(lanes.map((lane) => lane.end()));
      return said;
    },
    close: () => lanes.forEach((lane) => lane.close()),
  });
}

/** One `diff-tree` and what it is still to answer. */
interface Lane {
  ask(asked: Asked): void;
  waiting(): number;
  /** No question comes after this; all are answered. */
  end(): Promise<void>;
  close(): void;
}

function openLane(
  root: string,
  onAnswer: (asked: Asked, diffs: readonly (readonly PatchedFile[])[]) => Promise<void>,
): Lane {
  const diffs = streamDiffs(root);
  const asked: Asked[] = [];
  let answered = 0;
  let answering: Promise<void> | null = null;

  const answer = async (): Promise<void> => {
    let files: (readonly PatchedFile[])[] = [];
    for await (const diff of diffs.answers) {
      const next = asked[answered];
      if (!next || diff.kind === 'merge') continue;
      files.push(diff.files);
      if (files.length < next.parents.length) continue;
      await onAnswer(next, files);
      answered++;
      files = [];
    }
  };
  return {
    ask(next: Asked): void {
      asked.push(next);
      if (next.parents.length === 0) diffs.ask(next.commit);
      for (const parent of next.parents) diffs.ask(next.commit, parent);
      answering ??= answer();
      // `end` waits for it and hears of a failure.
      answering.catch(() => {});
    },
    waiting: () => asked.length - answered,
    async end(): Promise<void> {
      diffs.endOfQuestions();
      await answering;
    },
    close: () => diffs.close(),
  };
}

/** Most messages of a history need not be read. */
function mentionsUs(message: string): boolean {
  return message.includes('AI-Provenance') || message.includes('AI-Hunk');
}

type LinesByPath = ReadonlyMap<string, ReadonlyMap<number, LineVerdict>>;

async function classesOf(
  reading: Reading,
  diffs: readonly (readonly PatchedFile[])[],
  objects: Opened['objects'],
): Promise<LinesByPath> {
  const patched = patchedTargets(diffs);
  const targets = tellsEnough(reading, diffs, patched) ? patched : await targetsOfDiffs(diffs, objects);
  const files: ChangedFile[] = targets.map(changedFile);
  const resolved = resolveRanges(reading.ranges, files, digestLines);
  const lines = new Map<string, ReadonlyMap<number, LineVerdict>>();
  for (const { change, added } of lineClasses(reading, resolved, files))
    if (change.path !== null)
      lines.set(change.path, new Map(added.map(({ line, origin }) => [line, origin])));
  return lines;
}

/**
 * Whether a file has lines at all (lineless.ts) decides nothing for the lines that it has but whether the numbers of the
 * commit are right, which only its human lines depend on; when they are not right by the diff, or a changed line looks
 * like none, the files are read.
 */
function tellsEnough(
  reading: Reading,
  diffs: readonly (readonly PatchedFile[])[],
  targets: readonly Target[],
): boolean {
  if (diffs.flat().some((file) => looksLineless(file.addedLines) || looksLineless(file.deletedLines)))
    return false;
  return reading.block?.provenance?.human === 0 || tellsNumbers(reading, targets);
}

/** Whether the numbers of the commit are right by its diff, or it has none. */
export function tellsNumbers({ block }: Reading, targets: readonly Target[]): boolean {
  const said = block?.provenance;
  if (!said) return true;
  const added = targets.flatMap((target) => target.added).reduce((sum, { count }) => sum + count, 0);
  return said.ai + said.mixed + said.human + said.unknown === added;
}

/** The files of a commit with those of their lines that it changes, in their places; the others are empty. */
export function patchedTargets([first = [], ...others]: readonly (readonly PatchedFile[])[]): Target[] {
  const targets = first
    .filter(({ added, deleted }) => added.length > 0 || deleted.length > 0)
    .map(({ path, oldPath, added, deleted, addedLines, deletedLines }) => ({
      path,
      oldPath,
      added,
      deleted,
      lines: inPlace(added, addedLines),
      oldLines: inPlace(deleted, deletedLines),
    }));
  return others.length === 0 ? targets : onlyNewInMerge(targets, others);
}

/** Holes are cheap: filling a long file for each commit that changes one line of it was a third of all work. */
function inPlace(spans: readonly LineSpan[], texts: readonly string[]): string[] {
  const last = spans.at(-1);
  const lines = new Array<string>(last ? last.start + last.count - 1 : 0);
  let next = 0;
  for (const { start, count } of spans)
    for (let line = start; line < start + count; line++) lines[line - 1] = decoded(texts[next++] ?? '');
  return lines;
}

function decoded(bytes: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(bytes) ? bytes : decodeText(Buffer.from(bytes, 'latin1'));
}
