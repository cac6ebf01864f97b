import type { CommitFacts, Restored } from '../core/judge-facts';
import { readProvenance } from '../core/reading';
import { isExactRevert, pickedBy, revertedBy, type PathChange } from '../core/restored';
import { parseCommit } from '../git/commit-object';
import type { PatchedFile } from '../git/diff';
import { runGit } from '../git/run';
import { emailOf, factsOf, type Message } from './facts';
import type { Opened } from './opened';

/** A commit that a message names, compared with one parent. */
export interface Named {
  readonly kind: 'revert' | 'cherry-pick';
  readonly message: Message & { readonly oid: string };
  /** undefined: it is a root. */
  readonly parent: string | undefined;
}

/** A commit with what it changes. */
export interface Held {
  readonly message: Message;
  readonly files: readonly PatchedFile[];
}

/** What a commit says that it takes back or picks, where that is here; null: nothing. */
export async function namedBy(opened: Opened, { commit, reading }: Message): Promise<Named | null> {
  const revert = revertedBy(commit.message);
  const picked = reading.tracked === 'no' ? pickedBy(commit.message) : null;
  const of = revert?.of ?? picked;
  const message = of === null || commit.parents.length !== 1 ? null : await messageOf(opened, of);
  if (!message) return null;
  const keeping = revert?.keeping ?? '';
  const parent = message.commit.parents.find((each) => each.startsWith(keeping));
  if (parent === undefined && revert) return null;
  return { kind: revert ? 'revert' : 'cherry-pick', message, parent };
}

async function messageOf({ objects }: Opened, oid: string): Promise<Named['message'] | null> {
  const object = await objects.read(oid);
  // An abbreviation is also a name that a branch may have.
  const isNamed = object?.type === 'commit' && object.oid.startsWith(oid);
  const commit = isNamed ? parseCommit(object.bytes) : null;
  return object && commit ? { oid: object.oid, commit, reading: readProvenance(commit.message) } : null;
}

/** The facts of a commit that is exactly what it says; the others stay as they are. `original`: what the named one changes. */
export async function restoredFacts(
  opened: Opened,
  own: Held,
  { kind, message }: Named,
  original: readonly PatchedFile[],
  facts: CommitFacts,
): Promise<CommitFacts> {
  const restored: Restored = { kind, of: message.oid };
  if (kind === 'revert') {
    const isExact =
      isExactRevert(pathChanges(own.files), pathChanges(original)) &&
      (await isAncestor(opened, message.oid, own.message.commit.parents[0] ?? ''));
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
