import { decodePath } from '../core/path';
import type { ObjectReader } from './objects';
import { git } from './run';
import type { TreeEntry } from './tree';

/** A file of a tree with its path from the root. */
export interface TreeFile extends TreeEntry {
  readonly path: string;
}

/** All files of a tree, in git's order. Works in a bare repository and reads no index. */
export async function listTree(cwd: string, tree: string): Promise<TreeFile[]> {
  const output = await git(cwd, ['ls-tree', '-r', '-z', '--full-tree', tree]);
  const files: TreeFile[] = [];
  for (let from = 0; from < output.length;) {
    const end = output.indexOf(0, from);
    const tab = output.indexOf(9, from);
    const [mode = '', , oid = ''] = output.toString('latin1', from, tab).split(' ');
    files.push({ path: decodePath(output.subarray(tab + 1, end)), mode, oid });
    from = end + 1;
  }
  return files;
}

/**
 * Whether two trees differ in a file that `isAsked`. Only folders that differ are read, so for trees of neighbouring
 * commits this costs a few objects, however many files there are.
 */
export async function treesDiffer(
  objects: ObjectReader,
  first: string,
  second: string,
  isAsked: (path: string) => boolean,
): Promise<boolean> {
  const differ = async (a: string | null, b: string | null, folder: string): Promise<boolean> => {
    if (a === b) return false;
    const [left, right] = await Promise.all([entriesOf(objects, a), entriesOf(objects, b)]);
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const [x, y] = [left.get(name), right.get(name)];
      if (x?.oid === y?.oid && x?.mode === y?.mode) continue;
      const path = folder + decodePath(Buffer.from(name, 'latin1'));
      if ([x, y].some((entry) => entry && !isFolder(entry)) && isAsked(path)) return true;
      if (await differ(folderOf(x), folderOf(y), `${path}/`)) return true;
    }
    return false;
  };
  return await differ(first, second, '');
}

function isFolder({ mode }: TreeEntry): boolean {
  return mode === '40000';
}

function folderOf(entry: TreeEntry | undefined): string | null {
  return entry && isFolder(entry) ? entry.oid : null;
}

/** By name, one character a byte. A tree is entries of `MODE SP NAME NUL` and the raw bytes of an object id. */
async function entriesOf(
  objects: ObjectReader,
  tree: string | null,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const object = tree === null ? null : await objects.read(tree);
  const entries = new Map<string, TreeEntry>();
  if (object?.type !== 'tree') return entries;
  const { bytes, oid } = object;
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) break;
    const next = end + 1 + oid.length / 2;
    entries.set(bytes.toString('latin1', space + 1, end), {
      mode: bytes.toString('latin1', at, space),
      oid: bytes.toString('hex', end + 1, next),
    });
    at = next;
  }
  return entries;
}
