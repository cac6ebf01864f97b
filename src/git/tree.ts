import { encodePath } from '../core/path';
import type { GitObject, ObjectReader } from './objects';

/** What a tree holds at a path. `mode` as git writes it in trees: `100644`, `120000` a link, `40000` a folder. */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: string;
}

/**
 * Looks a path up in a tree, folder by folder: unlike a name such as `REV:PATH` that holds for every path git can
 * have, one with a line end among them. null: there is nothing.
 */
export async function findEntry(
  objects: ObjectReader,
  tree: string,
  path: string,
): Promise<TreeEntry | null> {
  let entry: TreeEntry | null = { mode: '40000', oid: tree };
  for (const name of path.split('/')) {
    const object: GitObject | null = entry.mode === '40000' ? await objects.read(entry.oid) : null;
    entry = object?.type === 'tree' ? entryNamed(object.bytes, object.oid.length / 2, name) : null;
    if (!entry) return null;
  }
  return entry;
}

/** A tree is entries of `MODE SP NAME NUL` and the raw bytes of an object id. */
function entryNamed(bytes: Buffer, idLength: number, name: string): TreeEntry | null {
  const wanted = Buffer.from(encodePath(name));
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) return null;
    if (bytes.subarray(space + 1, end).equals(wanted)) {
      const oid = bytes.toString('hex', end + 1, end + 1 + idLength);
      return { mode: bytes.toString('latin1', at, space), oid };
    }
    at = end + 1 + idLength;
  }
  return null;
}
