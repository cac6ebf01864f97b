/** What a commit does to one path; null: there is nothing before (after). */
export interface PathChange {
  readonly path: string;
  readonly before: Entry | null;
  readonly after: Entry | null;
}

export interface Entry {
  readonly mode: string;
  readonly oid: string;
}

/** Whether `revert` takes back exactly what `original` does: the same paths, modes and blobs, the other way round. */
export function isExactRevert(revert: readonly PathChange[], original: readonly PathChange[]): boolean {
  const wanted = new Map(original.map((change) => [change.path, change]));
  return (
    revert.length > 0 &&
    revert.length === original.length &&
    revert.every(({ path, before, after }) => {
      const other = wanted.get(path);
      return other !== undefined && sameEntry(before, other.after) && sameEntry(after, other.before);
    })
  );
}

function sameEntry(a: Entry | null, b: Entry | null): boolean {
  return a === null || b === null ? a === b : a.mode === b.mode && a.oid === b.oid;
}

/**
 * The commit that `This reverts commit X` names, and of a merge the parent whose line of history stays. Both may be
 * abbreviated: with `revert.reference` git writes `X (SUBJECT, DATE)`.
 */
export function revertedBy(message: string): { readonly of: string; readonly keeping: string | null } | null {
  const found = REVERTS.exec(message);
  return found ? { of: found[1] ?? '', keeping: found[2] ?? null } : null;
}

const NAMED = '([0-9a-f]{4,64})(?: \\([^\\n]*\\))?';
const REVERTS = new RegExp(
  `^This reverts commit ${NAMED}(?:, reversing\\s+changes made to ${NAMED})?\\.`,
  'm',
);

/** The commit that `git cherry-pick -x` names; of several the last, which is the one that was picked. */
export function pickedBy(message: string): string | null {
  return [...message.matchAll(/^\(cherry picked from commit ([0-9a-f]{40,64})\)\s*$/gm)].at(-1)?.[1] ?? null;
}
