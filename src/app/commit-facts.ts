import { isLockFile } from '../core/generated';
import type { ClassedRun, CommitFacts, FileFacts, Restored } from '../core/judge';
import { parseTrailerBlock } from '../core/message';
import { fromByteString } from '../core/path';
import type { LineSpan, Side } from '../core/range';
import { readProvenance, type Reading } from '../core/reading';
import {
  countsAreRight,
  lineClasses,
  resolveRanges,
  type ChangedFile,
  type ClassedLine,
  type LineVerdict,
  type ResolvedRange,
} from '../core/resolve';
import { isExactRevert, pickedBy, revertedBy, type PathChange } from '../core/restored';
import { streamDiffs, type CommitDiff, type CommitDiffStream, type MergedFile } from '../git/commit-diffs';
import type { ListedCommit } from '../git/commit-list';
import { parseCommit, type CommitObject } from '../git/commit-object';
import type { PatchedFile } from '../git/diff';
import { runGit } from '../git/run';
import { digestLines } from '../git/text';
import { patchedTargets, tellsEnough } from './added-lines';
import { changedFile } from './committed';
import type { Opened } from './opened';
import { Refused } from './refused';
import { linesAt, targetsOf, type Target } from './targets';

/** A commit of a range with all that can be judged in it. */
export interface HistoryCommit {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly commit: CommitObject;
  readonly facts: CommitFacts;
}

/**
 * The facts of many commits, in the order given: messages from the one `cat-file`, changes from one `diff-tree` that
 * also answers for the commits which reverts and cherry-picks name. No text is kept of a commit that was read.
 */
export async function readHistory(opened: Opened, listed: readonly ListedCommit[]): Promise<HistoryCommit[]> {
  const diffs = streamDiffs(opened.root);
  try {
    for (const { oid } of listed) diffs.ask(oid);
    const messages = listed.map(({ oid, parents }) => readMessage(opened, oid, parents));
    const asking = askForNamed(opened, diffs, messages);
    // Where a message is refused, the answers end early too, and the message says why.
    asking.catch(() => diffs.close());
    return await gather(opened, listed, messages, diffs, asking);
  } finally {
    diffs.close();
  }
}

interface Message {
  readonly oid: string;
  readonly commit: CommitObject;
  readonly reading: Reading;
}

async function readMessage({ objects }: Opened, oid: string, parents: readonly string[]): Promise<Message> {
  const object = await objects.read(oid);
  const commit = object?.type === 'commit' ? parseCommit(object.bytes) : null;
  if (!commit) throw new Refused(`there is no commit ${oid}`);
  if (parents.length < commit.parents.length) throw new Refused(shallowAt(oid));
  return { oid, commit, reading: readProvenance(commit.message) };
}

/** A clone that ends inside the range cannot say what its last commits change. */
export function shallowAt(oid: string): string {
  return `the history ends at ${oid}, inside the range: fetch all of it (fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab CI, git fetch --unshallow)`;
}

/** A commit that a message names, compared with one parent. */
interface Named {
  readonly kind: 'revert' | 'cherry-pick';
  readonly by: string;
  readonly message: Message;
}

/** Asks for what the messages name; the answers come behind those of the range, in the order given back. */
async function askForNamed(
  opened: Opened,
  diffs: CommitDiffStream,
  messages: readonly Promise<Message>[],
): Promise<Named[]> {
  const named: Named[] = [];
  for (const each of messages) {
    const { oid, commit, reading } = await each;
    const revert = revertedBy(commit.message);
    const picked = reading.tracked === 'no' ? pickedBy(commit.message) : null;
    const of = revert?.of ?? picked;
    const message = of === null || commit.parents.length !== 1 ? null : await messageOf(opened, of);
    if (!message) continue;
    const parents = message.commit.parents;
    const parent = revert?.keeping ?? parents[0];
    if (parent !== undefined && !parents.includes(parent)) continue;
    if (parent === undefined && revert) continue;
    diffs.ask(message.oid, parent);
    named.push({ kind: revert ? 'revert' : 'cherry-pick', by: oid, message });
  }
  diffs.endOfQuestions();
  return named;
}

async function messageOf({ objects }: Opened, oid: string): Promise<Message | null> {
  const object = await objects.read(oid);
  const commit = object?.type === 'commit' ? parseCommit(object.bytes) : null;
  return object && commit ? { oid: object.oid, commit, reading: readProvenance(commit.message) } : null;
}

async function gather(
  opened: Opened,
  listed: readonly ListedCommit[],
  messages: readonly Promise<Message>[],
  diffs: CommitDiffStream,
  asking: Promise<readonly Named[]>,
): Promise<HistoryCommit[]> {
  const found = new Map<string, HistoryCommit>();
  const held = new Map<string, { readonly message: Message; readonly files: readonly PatchedFile[] }>();
  let at = 0;
  const answers = diffs.answers[Symbol.asyncIterator]();
  for (; at < listed.length; at++) {
    const message = await (messages[at] ?? Promise.reject(new Error('no message')));
    const { done, value } = await answers.next();
    if (done === true) throw new Error('git diff-tree ended early');
    const parents = listed[at]?.parents ?? [];
    if (value.kind === 'diff' && (revertedBy(message.commit.message) || pickedBy(message.commit.message)))
      held.set(message.oid, { message, files: value.files });
    const facts = await factsOf(opened, message, value, null);
    found.set(message.oid, { oid: message.oid, parents, commit: message.commit, facts });
  }
  for (const named of await asking) {
    const { done, value } = await answers.next();
    if (done === true) throw new Error('git diff-tree ended early');
    const own = held.get(named.by);
    const commit = found.get(named.by);
    if (!own || !commit || value.kind !== 'diff') continue;
    const facts = await restoredFacts(opened, own, named, value.files, commit.facts);
    found.set(named.by, { ...commit, facts });
  }
  return listed.flatMap(({ oid }) => found.get(oid) ?? []);
}

async function restoredFacts(
  opened: Opened,
  own: { readonly message: Message; readonly files: readonly PatchedFile[] },
  { kind, message, by }: Named,
  original: readonly PatchedFile[],
  facts: CommitFacts,
): Promise<CommitFacts> {
  const restored: Restored = { kind, of: message.oid };
  if (kind === 'revert') {
    const isExact =
      isExactRevert(pathChanges(own.files), pathChanges(original)) &&
      (await isAncestor(opened, message.oid, by));
    return isExact ? { ...facts, restored } : facts;
  }
  if (message.reading.tracked === 'no' || !isSamePatch(own.files, original)) return facts;
  // What it picks has the provenance, and whoever committed that has acknowledged it.
  const as = { ...own.message, reading: message.reading };
  const taken = await factsOf(opened, as, { kind: 'diff', files: own.files }, restored);
  return { ...taken, committer: emailOf(message.commit.committer) };
}

async function isAncestor({ root }: Opened, ancestor: string, commit: string): Promise<boolean> {
  return (await runGit(root, ['merge-base', '--is-ancestor', ancestor, commit])).status === 0;
}

/** A rename is a path that goes and a path that comes. */
function pathChanges(files: readonly PatchedFile[]): PathChange[] {
  return files.flatMap(({ path, oldPath, oldMode, newMode, oldOid, newOid }) => {
    const before = oldPath === null ? null : { mode: oldMode, oid: oldOid };
    const after = path === null ? null : { mode: newMode, oid: newOid };
    if (path !== null && path === oldPath) return { path, before, after };
    return [
      ...(oldPath === null ? [] : [{ path: oldPath, before, after: null }]),
      ...(path === null ? [] : [{ path, before: null, after }]),
    ];
  });
}

/** The same lines out and in, in the same files; where they stand may differ. */
function isSamePatch(a: readonly PatchedFile[], b: readonly PatchedFile[]): boolean {
  const text = (files: readonly PatchedFile[]): string =>
    JSON.stringify(
      files.map(({ path, oldPath, oldMode, newMode, addedLines, deletedLines, added, deleted }) => [
        path,
        oldPath,
        oldMode,
        newMode,
        addedLines,
        deletedLines,
        added.map(({ count }) => count),
        deleted.map(({ count }) => count),
      ]),
    );
  return text(a) === text(b);
}

// ---- facts

async function factsOf(
  { objects }: Opened,
  { oid, commit, reading }: Message,
  diff: CommitDiff,
  restored: Restored | null,
): Promise<CommitFacts> {
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
  return {
    ...about,
    resolved,
    countsAreRight: countsAreRight(reading, resolved, files),
    files: filesOf(diff, reading, resolved, files),
  };

  async function patchTargets(patched: readonly PatchedFile[]): Promise<readonly Target[]> {
    const patch = patchedTargets([patched]);
    return tellsEnough(reading, [patched], patch) ? patch : await targetsOf(patched, objects);
  }
}

/** The address of `NAME <EMAIL> TIME ZONE`. */
function emailOf(person: string): string {
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
function filesOf(
  diff: CommitDiff,
  reading: Reading,
  resolved: readonly ResolvedRange[],
  files: readonly ChangedFile[],
): FileFacts[] {
  const runs = new Map<string, ClassedRun[]>();
  for (const { change, added, deleted } of lineClasses(reading, resolved, files))
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
  const { path, oldPath, added, deleted, addedLines, deletedLines } = file;
  const runs = [
    ...(saysNoLines(addedLines) ? [] : unknownRuns('+', added)),
    ...(saysNoLines(deletedLines) ? [] : unknownRuns('-', deleted)),
  ];
  return fileFacts(path, oldPath, runs);
}

/** A binary file or a pointer of Git LFS has no lines. */
function saysNoLines(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes('\0') || /^oid sha256:[0-9a-f]{64}\n?$/.test(line));
}

function mergedFile({ path, added }: MergedFile): FileFacts {
  return fileFacts(path, path, unknownRuns('+', added));
}

function unknownRuns(side: Side, spans: readonly LineSpan[]): ClassedRun[] {
  const nobody = { class: 'unknown', via: null, agent: null, model: null } as const;
  return spans.map(({ start, count }) => ({ side, start, count, ...nobody }));
}

function fileFacts(path: string | null, oldPath: string | null, runs: readonly ClassedRun[]): FileFacts {
  const name = path ?? oldPath;
  return { path, oldPath, runs, isGenerated: name !== null && isLockFile(name) };
}
