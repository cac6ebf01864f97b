import * as fs from 'node:fs';
import * as path from 'node:path';
import { blobId } from '../git/came-from-git';
import { readHead } from '../git/head';
import { readIndexFile, type IndexedFile } from '../git/index-file';
import type { SeenFile } from '../git/shell-windows';
import { untrackedFiles } from '../git/staged';
import { decodeText, hasLines } from '../git/text';
import { LARGEST_FILE } from '../git/working-file';
import type { OpenedObjects } from './opened-objects';

/** Files as they stand at one moment. */
export interface Look {
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Every file that is watched is among them. */
  readonly isComplete: boolean;
}

/** How many files are looked at before a command, and for how many milliseconds of work. */
export const MOST_FILES = 25_000;
const BUDGET_MS = 250;
/** How long an agent waits, in milliseconds, where the machine is busy or the disk is far away. */
const LONGEST_MS = 1500;
/** So many files are looked at however long it takes. */
const ALWAYS = 1000;
/** After so many files the time is looked at. */
const SOME = 500;
/** How much is read of files that no blob has. */
const BUDGET_BYTES = 8 * 1024 * 1024;

/**
 * Every file of the working tree that git does not ignore, by size, time and inode, and the text of those that no blob
 * has. null: there are too many of them. `inTime`: an agent waits.
 */
export async function lookAtTree({ repository, root }: OpenedObjects, inTime: boolean): Promise<Look | null> {
  const isLate = lateness();
  // git works meanwhile.
  const untracked = untrackedFiles(root);
  untracked.catch(() => {});
  await new Promise<void>((resolve) => setImmediate(resolve));
  const index = readIndexFile(repository, MOST_FILES);
  if (index.kind === 'unread') return null;
  const like = index.files[0]?.oid ?? (await readHead(repository)) ?? '';
  const files = new Map<string, SeenFile>();
  let left = BUDGET_BYTES;
  const add = (name: string, indexed: IndexedFile | null): boolean => {
    if (inTime && files.size > ALWAYS && files.size % SOME === 0 && isLate()) return false;
    // Joining paths properly would take longer than looking at the files.
    const seen = lookAt(`${root}${path.sep}${name}`, indexed, like, left);
    if (seen !== null) files.set(name, seen);
    left -= seen?.text?.length ?? 0;
    return true;
  };
  for (const indexed of index.files) if (!add(indexed.path, indexed)) return null;
  for (const name of await untracked) if (!add(name, null)) return null;
  return { files, isComplete: true };
}

function lateness(): () => boolean {
  const [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return user + system > BUDGET_MS * 1000 || performance.now() - began > LONGEST_MS;
  };
}

/** null: there is no such file. A text that is not read (`left` bytes are too few) can be nobody's afterwards. */
function lookAt(file: string, indexed: IndexedFile | null, like: string, left: number): SeenFile | null {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return null;
  const seen = { stat: `${stat.size} ${stat.mtimeMs} ${stat.ino}`, oid: null, text: null };
  if (!stat.isFile() || stat.size > LARGEST_FILE) return { ...seen, stat: 'not followed' };
  if (indexed && isAsIndexed(stat, indexed)) return { ...seen, oid: indexed.oid };
  if (stat.size > left) return seen;
  const bytes = fs.readFileSync(file);
  if (indexed && blobId(bytes, like) === indexed.oid) return { ...seen, oid: indexed.oid };
  return hasLines(bytes) ? { ...seen, text: decodeText(bytes) } : seen;
}

/** As git judges it: the times of the index are from when the file had the blob's bytes. */
function isAsIndexed(stat: fs.Stats, { mtimeMs, size, isRacy }: IndexedFile): boolean {
  return !isRacy && stat.size === size && Math.abs(stat.mtimeMs - mtimeMs) < 0.001;
}
