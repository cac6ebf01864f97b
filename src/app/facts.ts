import type { ClassedRun, CommitFacts, FileFacts, Restored } from '../core/judge-facts';
import { parseTrailerBlock } from '../core/message';
import { fromByteString } from '../core/path';
import type { LineSpan, Side } from '../core/range';
import type { Reading } from '../core/reading';
import type { ChangedFile } from '../core/changed-text';
import { classify, type ClassedFile, type ClassedLine, type LineVerdict } from '../core/line-classes';
import { resolveRanges } from '../core/resolve';
import type { CommitDiff, MergedFile } from '../git/commit-diffs';
import type { CommitObject } from '../git/commit-object';
import type { PatchedFile } from '../git/diff';
import { digestLines } from '../git/text';
import { patchedTargets, tellsNumbers } from './added-lines';
import { changedFile } from './committed';
import { isText, withoutLineless } from './lineless';
import type { Opened } from './opened';
import { linesAt, targetsOf, type Target } from './targets';

/** A commit with what its message says; the one that is still to be made has no id. */
export interface Message {
  readonly oid: string | null;
  readonly commit: Pick<CommitObject, 'author' | 'committer' | 'parents' | 'message'>;
  readonly reading: Reading;
}

/**
 * What can be judged of one commit: what it says, held against what it changes. `restored`: what git alone shows it to
 * be; of a merge without lines of its own that is found here.
 */
export async function factsOf(
  { objects }: Opened,
  { oid, commit, reading }: Message,
  given: CommitDiff,
  restored: Restored | null,
): Promise<CommitFacts> {
  const diff = await onlyLines(given, objects);
  const isMerge = commit.parents.length > 1;
  const hasOwnLines = diff.files.some(({ added }) => added.length > 0);
  const isBareMerge = isMerge && !hasOwnLines && reading.tracked === 'no';
  const about = {
    oid,
    author: emailOf(commit.author),
    committer: emailOf(commit.committer),
    reading,
    changeRefs: changeRefs(commit.message),
    restored: restored ?? (isBareMerge ? { kind: 'merge' as const } : null),
  };
  if (reading.tracked === 'no') {
    const files = diff.kind === 'merge' ? diff.files.map(mergedFile) : diff.files.map(untrackedFile);
    return { ...about, resolved: [], countsAreRight: false, files };
  }
  const targets =
    diff.kind === 'merge' ? await mergeTargets(diff.files, objects) : await patchTargets(diff.files);
  const files: ChangedFile[] = targets.map(changedFile);
  const resolved = resolveRanges(reading.ranges, files, digestLines);
  const classified = classify(reading, resolved, files);
  return {
    ...about,
    resolved,
    countsAreRight: classified.countsAreRight,
    files: filesOf(diff, classified.files),
  };

  async function patchTargets(patched: readonly PatchedFile[]): Promise<readonly Target[]> {
    const patch = patchedTargets([patched]);
    return tellsNumbers(reading, patch) ? patch : await targetsOf(patched, objects);
  }
}

/** The diff without the lines of files that have none. A merge that settles a file by itself is rare, and is looked at. */
async function onlyLines(diff: CommitDiff, objects: Opened['objects']): Promise<CommitDiff> {
  if (diff.kind === 'diff') return { ...diff, files: await withoutLineless(diff.files, objects) };
  const files = diff.files.map(async (file) =>
    file.added.length === 0 || (await isText(file.oid, objects)) ? file : { ...file, added: [] },
  );
  return { ...diff, files: await Promise.all(files) };
}

/** The address of `NAME <EMAIL> TIME ZONE`. */
export function emailOf(person: string): string {
  return fromByteString(/<([^<>]*)>[^<>]*$/.exec(person)?.[1] ?? '');
}

function changeRefs(message: string): string[] {
  const trailers = parseTrailerBlock(message)?.trailers ?? [];
  return trailers
    .filter(({ key }) => key.toLowerCase() === 'change-ref')
    .map(({ value }) => fromByteString(value));
}

async function mergeTargets(files: readonly MergedFile[], objects: Opened['objects']): Promise<Target[]> {
  return await Promise.all(
    files
      .filter(({ added }) => added.length > 0)
      .map(async ({ path, oid, added }) => {
        const lines = (await linesAt(oid, objects)) ?? [];
        const own = lines.length > 0 ? added : [];
        return { path, oldPath: path, lines, oldLines: [], added: own, deleted: [] };
      }),
  );
}

/** All files that the commit touches, with the runs of those that have lines. */
function filesOf(diff: CommitDiff, classed: readonly ClassedFile[]): FileFacts[] {
  const runs = new Map<string, ClassedRun[]>();
  for (const { change, added, deleted } of classed)
    runs.set(`${change.path}\0${change.oldPath}`, [...runsOf('+', added), ...runsOf('-', deleted)]);
  if (diff.kind === 'merge')
    return diff.files.map(({ path }) => fileFacts(path, path, runs.get(`${path}\0${path}`) ?? []));
  return diff.files.map(({ path, oldPath }) =>
    fileFacts(path, oldPath, runs.get(`${path}\0${oldPath}`) ?? []),
  );
}

function runsOf(side: Side, lines: readonly ClassedLine[]): ClassedRun[] {
  const runs: { start: number; count: number; origin: LineVerdict }[] = [];
  for (const { line, origin } of lines) {
    const last = runs.at(-1);
    if (last && last.start + last.count === line && isSame(last.origin, origin)) last.count++;
    else runs.push({ start: line, count: 1, origin });
  }
  return runs.map(({ start, count, origin: { class: name, via, agent, model } }) => {
    return { side, start, count, class: name, via, agent, model };
  });
}

function isSame(a: LineVerdict, b: LineVerdict): boolean {
  return a.class === b.class && a.via === b.via && a.agent === b.agent && a.model === b.model;
}

function untrackedFile(file: PatchedFile): FileFacts {
  const { path, oldPath, added, deleted } = file;
  return fileFacts(path, oldPath, [...unknownRuns('+', added), ...unknownRuns('-', deleted)]);
}

function mergedFile({ path, added }: MergedFile): FileFacts {
  return fileFacts(path, path, unknownRuns('+', added));
}

function unknownRuns(side: Side, spans: readonly LineSpan[]): ClassedRun[] {
  const nobody = { class: 'unknown', via: null, agent: null, model: null } as const;
  return spans.map(({ start, count }) => ({ side, start, count, ...nobody }));
}

function fileFacts(path: string | null, oldPath: string | null, runs: readonly ClassedRun[]): FileFacts {
  return { path, oldPath, runs, isGenerated: false };
}
