import type { CommitFacts, FileFacts } from '../core/judge-facts';
import { isRegular, type PatchedFile } from '../git/diff';
import type { ObjectReader } from '../git/objects';
import { hasLines } from '../git/text';

/*
 * A diff does not show whether a file has lines at all: a binary file or a Git LFS pointer has none (format.md, "the
 * diff"). Its text is asked where that could be seen in the diff, or where something is about to be said of its lines.
 */

/** Whether the changed lines could be those of a file without lines; text may hold such lines too. */
export function looksLineless(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes('\0') || /^(?:version https:\/\/git-lfs|oid sha256:)/.test(line));
}

/** The diff of a commit without the lines of files that have none, as far as these lines show it. */
export async function withoutLineless(
  files: readonly PatchedFile[],
  objects: ObjectReader,
): Promise<readonly PatchedFile[]> {
  return await Promise.all(files.map((file) => withoutItsLineless(file, objects)));
}

async function withoutItsLineless(file: PatchedFile, objects: ObjectReader): Promise<PatchedFile> {
  const { oldMode, newMode, oldOid, newOid, addedLines, deletedLines } = file;
  if (!looksLineless(addedLines) && !looksLineless(deletedLines)) return file;
  const before = isRegular(oldMode) && (await isText(oldOid, objects));
  const after = isRegular(newMode) && (await isText(newOid, objects));
  return {
    ...file,
    ...(after ? {} : { added: [], addedLines: [] }),
    ...(before ? {} : { deleted: [], deletedLines: [] }),
  };
}

/** Whether the blob of this name has lines; what is not here has none. */
export async function isText(name: string, objects: ObjectReader): Promise<boolean> {
  const blob = await objects.read(name);
  return blob?.type === 'blob' && hasLines(blob.bytes);
}

/** Takes lines from files whose diff did not show that they have none. */
export interface LinelessFinder {
  /** Of these files of a commit, those that are asked about. Numbers that a commit gives were held against its files. */
  among(facts: CommitFacts, isAsked: (file: FileFacts) => boolean): Promise<CommitFacts>;
}

/** A path that has lines in one commit of a range is taken to have some in all: there is one question for each. */
export function openLineless(objects: ObjectReader): LinelessFinder {
  const first = new Map<string, Promise<boolean>>();
  const hasNone = async (commit: string, path: string): Promise<boolean> => {
    const known = first.get(path);
    if (known && (await known)) return false;
    const found = isText(`${commit}:${path}`, objects);
    if (!known) first.set(path, found);
    return !(await found);
  };
  return {
    async among(facts, isAsked) {
      const { oid, reading } = facts;
      if (oid === null || reading.block?.provenance) return facts;
      const files = await Promise.all(
        facts.files.map(async (file) => {
          const { path, oldPath, runs } = file;
          const isChanged = path !== null && oldPath !== null && runs.some(({ side }) => side === '+');
          if (!isChanged || !isAsked(file) || !(await hasNone(oid, path))) return file;
          return { ...file, runs: runs.filter(({ side }) => side === '-') };
        }),
      );
      return { ...facts, files };
    },
  };
}
