import { git, LITERAL } from './run';
import { decodePath } from '../core/path';

/** One entry of the index. `stage` is 0, or 1 to 3 in a conflict (the base, ours, theirs). */
export interface IndexEntry {
  readonly mode: string;
  readonly oid: string;
  readonly stage: number;
  readonly path: string;
}

/** How many paths are given to git by name; for more of them it lists everything. */
const NAMED = 200;

/** What the index holds at these paths. Runs no filter: the files themselves are not looked at. */
export async function indexEntries(root: string, paths: readonly string[]): Promise<IndexEntry[]> {
  const wanted = new Set(paths);
  return (await listIndex(root, namedPaths(paths))).filter(({ path }) => wanted.has(path));
}

/** All that the index (or GIT_INDEX_FILE) holds, or what it holds below these paths. */
export async function listIndex(root: string, paths: readonly string[] = []): Promise<IndexEntry[]> {
  const output = await git(root, [LITERAL, 'ls-files', '-s', '-z', '--', ...paths]);
  return records(output).flatMap((record) => {
    const found = /^(\d+) ([0-9a-f]+) (\d)\t(.+)$/s.exec(record.toString('latin1'));
    if (!found) return [];
    const path = decodePath(Buffer.from(found[4] ?? '', 'latin1'));
    return [{ mode: found[1] ?? '', oid: found[2] ?? '', stage: Number(found[3]), path }];
  });
}

/** Regular files that a sparse checkout leaves out of the working tree, with their blobs: those at `paths`, or all. */
export async function leftOutFiles(
  root: string,
  paths: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const output = await git(root, [LITERAL, 'ls-files', '-t', '-s', '-z', '--', ...paths]);
  return new Map(
    records(output).flatMap((record) => {
      const found = /^S 100\d{3} ([0-9a-f]+) 0\t(.+)$/s.exec(record.toString('latin1'));
      return found ? [[decodePath(Buffer.from(found[2] ?? '', 'latin1')), found[1] ?? ''] as const] : [];
    }),
  );
}

/** Which of these paths git neither tracks nor ignores. */
export async function untrackedPaths(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = new Set(paths);
  const output = await git(root, [
    LITERAL,
    'ls-files',
    '-o',
    '--exclude-standard',
    '-z',
    '--',
    ...namedPaths(paths),
  ]);
  return new Set(
    records(output)
      .map((record) => decodePath(record))
      .filter((path) => wanted.has(path)),
  );
}

/** All files that git neither tracks nor ignores. */
export async function untrackedFiles(root: string): Promise<readonly string[]> {
  return records(await git(root, ['ls-files', '-o', '--exclude-standard', '-z'])).map((name) =>
    decodePath(name),
  );
}

/** All files that git tracks, and those that it neither tracks nor ignores. */
export async function listWorkingFiles(root: string): Promise<string[]> {
  const output = await git(root, ['ls-files', '-z', '-c', '-o', '--exclude-standard', '--deduplicate']);
  return records(output).map((record) => decodePath(record));
}

/** A file of the working tree, as far as git knows it: with the blob of the index, or without where it has none or several. */
export interface ListedFile {
  readonly path: string;
  readonly oid: string | null;
}

/** Tracked files, and untracked ones that are not ignored, at or below these places; all of them where there are too many. */
export async function filesBelow(root: string, places: readonly string[]): Promise<ListedFile[]> {
  const below = ['-z', '--', ...namedPaths(places)];
  const [tracked, untracked] = await Promise.all([
    git(root, [LITERAL, 'ls-files', '-s', ...below]),
    git(root, [LITERAL, 'ls-files', '-o', '--exclude-standard', ...below]),
  ]);
  let previous: Buffer = Buffer.alloc(0);
  return [
    ...records(tracked).flatMap((record): ListedFile[] => {
      const tab = record.indexOf(9);
      const [mode = '', oid = '', stage] = record.toString('latin1', 0, tab).split(' ');
      // A file in conflict has up to three.
      const isFirst = stage === '0' || record.subarray(tab).compare(previous) !== 0;
      previous = record.subarray(tab);
      const isFile = mode.startsWith('100') && isFirst;
      return isFile ? [{ path: decodePath(record.subarray(tab + 1)), oid: stage === '0' ? oid : null }] : [];
    }),
    ...records(untracked).map((record) => ({ path: decodePath(record), oid: null })),
  ];
}

/** A path that is not UTF-8 cannot be an argument. */
function namedPaths(paths: readonly string[]): readonly string[] {
  return paths.length > NAMED || paths.some((path) => /[\udc80-\udcff]/u.test(path)) ? [] : paths;
}

function records(output: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let from = 0;
  for (let at = output.indexOf(0); at >= 0; at = output.indexOf(0, from)) {
    found.push(output.subarray(from, at));
    from = at + 1;
  }
  return found;
}
