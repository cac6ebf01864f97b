import { isMarkedGenerated, parseAttributes, type AttributesFile } from '../core/attributes';
import { isLockFile } from '../core/generated';
import type { ObjectReader } from '../git/objects';

/** Which files programs make: lock files, and what `.gitattributes` marks `linguist-generated`. */
export interface GeneratedFiles {
  /**
   * Those of the paths that are. `root` is what stands before a path in a name of git: `TREE:` for the files of a tree,
   * `:` for those of the index. The working tree and the user's own attributes have no say.
   */
  among(root: string, paths: readonly string[]): Promise<ReadonlySet<string>>;
}

const LARGEST = 1024 * 1024;
const NAME = '.gitattributes';

/** Whether a path is one of those files that say so. */
export function saysWhatIsGenerated(path: string): boolean {
  return path === NAME || path.endsWith(`/${NAME}`);
}

export function openGenerated(objects: ObjectReader): GeneratedFiles {
  const parsed = new Map<string, AttributesFile>();
  const read = async (root: string, folder: string): Promise<AttributesFile | null> => {
    const object = await objects.read(`${root}${folder}${NAME}`);
    if (object?.type !== 'blob' || object.bytes.length > LARGEST) return null;
    const key = `${object.oid} ${folder === ''}`;
    const file = parsed.get(key) ?? parseAttributes(object.bytes.toString('latin1'), folder === '');
    parsed.set(key, file);
    return file;
  };
  const files = new Map<string, Promise<AttributesFile | null>>();
  const at = (root: string, folder: string): Promise<AttributesFile | null> => {
    const name = root + folder;
    const reading = files.get(name) ?? read(root, folder);
    files.set(name, reading);
    return reading;
  };
  return Object.freeze({
    async among(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
      const isGenerated = async (path: string): Promise<boolean> => {
        if (isLockFile(path)) return true;
        const above = await Promise.all(
          foldersOf(path).map(async (folder) => ({
            file: await at(root, folder),
            path: path.slice(folder.length),
          })),
        );
        return isMarkedGenerated(
          above.flatMap(({ file, path: rest }) => (file ? [{ file, path: rest }] : [])),
        );
      };
      const found = await Promise.all(paths.map(async (path) => [path, await isGenerated(path)] as const));
      return new Set(found.flatMap(([path, is]) => (is ? [path] : [])));
    },
  });
}

/** The folders that a path lies in, the root first: each ends with a slash, but for the root, which is empty. */
function foldersOf(path: string): string[] {
  return ['', ...[...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1))];
}
