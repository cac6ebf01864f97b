import * as fs from 'node:fs';
import * as path from 'node:path';
import { runGit } from '../git/run';
import { leftOutFiles, listWorkingFiles } from '../git/staged';
import { LARGEST_YAML } from '../core/policy';
import type { PolicyEntry, PolicyFiles } from './policy-reading';

/**
 * The files of the working tree, those that git ignores left out; what a sparse checkout does not have there is as in
 * the index. Nothing is hashed, so no filter runs.
 */
export function workingFiles(worktree: string): PolicyFiles {
  const readLeftOut = leftOutReader(worktree);
  const entryAt = (file: string): PolicyEntry | null => {
    const stat = fs.lstatSync(path.join(worktree, file), { throwIfNoEntry: false });
    if (!stat) return null;
    return { path: file, mode: stat.isFile() ? '100644' : '120000', oid: '' };
  };
  return {
    find: async (file) => entryAt(file) ?? (await leftOutAt(worktree, file)),
    list: async () =>
      (await listWorkingFiles(worktree)).map((file) => ({ path: file, mode: '100644', oid: '' })),
    read: async ({ path: file }) => {
      const name = path.join(worktree, file);
      return fs.lstatSync(name, { throwIfNoEntry: false }) ? readRegular(name) : await readLeftOut(file);
    },
  };
}

async function leftOutAt(worktree: string, file: string): Promise<PolicyEntry | null> {
  const oid = (await leftOutFiles(worktree, [file])).get(file);
  return oid === undefined ? null : { path: file, mode: '100644', oid };
}

/** One blob after the other: a catalog of thousands of files must not start as many processes at once. */
function leftOutReader(worktree: string): (file: string) => Promise<Buffer | null> {
  let listing: Promise<ReadonlyMap<string, string>> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const readNow = async (file: string): Promise<Buffer | null> => {
    const oid = (await (listing ??= leftOutFiles(worktree))).get(file);
    if (oid === undefined) return null;
    const blob = await runGit(worktree, ['cat-file', 'blob', oid]);
    return blob.status === 0 ? blob.stdout : null;
  };
  return async (file) => {
    const reading = last.then(async () => readNow(file));
    last = reading.catch(() => {});
    return await reading;
  };
}

/** A file that is too large is read up to where that shows; a link, a folder or a pipe is not read at all. */
function readRegular(file: string): Buffer | null {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const opened = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(LARGEST_YAML + 1);
    let size = 0;
    for (let got = -1; got !== 0 && size < bytes.length; size += got)
      got = fs.readSync(opened, bytes, size, bytes.length - size, null);
    return bytes.subarray(0, size);
  } finally {
    fs.closeSync(opened);
  }
}
