import * as fs from 'node:fs';
import * as path from 'node:path';
import { listWorkingFiles } from '../git/staged';
import { LARGEST_YAML } from '../core/policy';
import type { PolicyEntry, PolicyFiles } from './policy-reading';

/** The files of the working tree, those that git ignores left out. Nothing is hashed, so no filter runs. */
export function workingFiles(worktree: string): PolicyFiles {
  const entryAt = (file: string): PolicyEntry | null => {
    const stat = fs.lstatSync(path.join(worktree, file), { throwIfNoEntry: false });
    if (!stat) return null;
    return { path: file, mode: stat.isFile() ? '100644' : '120000', oid: '' };
  };
  return {
    find: (file) => Promise.resolve(entryAt(file)),
    list: async () =>
      (await listWorkingFiles(worktree)).map((file) => ({ path: file, mode: '100644', oid: '' })),
    read: (entry) => Promise.resolve(readRegular(path.join(worktree, entry.path))),
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
