import { isEvidenced, isModelWritten, type LineOrigin } from '../core/origin';
import type { ReadRange } from '../core/reading';
import { resolveRanges, type ResolvedRange } from '../core/resolve';
import { runGit } from '../git/run';
import { digestLines } from '../git/text';
import { diffIndexWhole, type WholeFile } from '../git/whole-diff';
import { attribute, type Attributed } from './attribute';
import { changedFile } from './committed';
import { openSources, rangeOrigin, type EvidenceHost } from './evidence';
import type { Making } from './making';
import { onlyNewInMerge, wholeTargets, type Target } from './targets';

/** What the index (or GIT_INDEX_FILE) changes against each parent of a commit to be, or against the empty tree. */
export type IndexChanges = readonly (readonly WholeFile[])[];

/** Asks git, which has the answer ready by the time that the journal is read. */
export async function indexChanges(
  { cwd }: Pick<EvidenceHost, 'cwd'>,
  { parents }: Making,
): Promise<IndexChanges> {
  const trees = parents.length > 0 ? parents : [await emptyTree(cwd)];
  return await Promise.all(trees.map((tree) => diffIndexWhole(cwd, tree)));
}

/** The lines that the index adds and deletes, each with its origin. */
export async function attributeIndex(
  host: EvidenceHost,
  making: Making,
  changes: Promise<IndexChanges> = indexChanges(host, making),
): Promise<Attributed[]> {
  const [first = [], ...others] = await changes;
  const all = wholeTargets(first.filter(({ hasPatch }) => hasPatch));
  const targets = others.length === 0 ? all : onlyNewInMerge(all, others);
  const files = withClaims(await attribute(targets, openSources(host, making, targets)), making.claims);
  return others.length === 0 ? withTouched(files, first) : files;
}

/** With the files that are touched without a changed line, by name or mode: a policy may ask about them all the same. */
export function withTouched(
  files: readonly Attributed[],
  touched: readonly Pick<Target, 'path' | 'oldPath'>[],
): Attributed[] {
  const nameOf = ({ path, oldPath }: Pick<Target, 'path' | 'oldPath'>): string =>
    JSON.stringify([path, oldPath]);
  const known = new Set(files.map(({ target }) => nameOf(target)));
  const others = touched.filter((file) => !known.has(nameOf(file)));
  return [
    ...files,
    ...others.map(({ path, oldPath }): Attributed => {
      const target = { path, oldPath, lines: [], oldLines: [], added: [], deleted: [] };
      return { target, origins: [], deletedBy: new Map() };
    }),
  ];
}

/**
 * Fills in what nothing else has told: a range that the message brings along says whose these lines are where exactly
 * they are added (deleted) here. After `cherry-pick -n` in a clone nothing else does.
 */
export function withClaims(files: Attributed[], claims: readonly ReadRange[]): Attributed[] {
  if (claims.length === 0) return files;
  const changed = files.map(({ target }) => changedFile(target));
  const resolved = resolveRanges(claims, changed, digestLines);
  return files.map((file) => resolved.reduce(withClaim, file));
}

function withClaim(file: Attributed, { range, at }: ResolvedRange): Attributed {
  const { target, origins, deletedBy } = file;
  const author = rangeOrigin(range);
  const path = range.side === '+' ? target.path : target.oldPath;
  if (at === null || at.path !== path || !isModelWritten(author)) return file;
  const isClaimed = (line: number): boolean => line >= at.start - 1 && line < at.start - 1 + range.count;
  if (range.side === '+') {
    const isOpen = (line: number, origin: LineOrigin): boolean => isClaimed(line) && !isEvidenced(origin);
    return { ...file, origins: origins.map((origin, line) => (isOpen(line, origin) ? author : origin)) };
  }
  const lines = target.oldLines.flatMap((_, line) => (isClaimed(line) && !deletedBy.has(line) ? [line] : []));
  return { ...file, deletedBy: new Map([...deletedBy, ...lines.map((line) => [line, author] as const)]) };
}

/** The empty tree has another name in a SHA-256 repository; git knows both without keeping them. */
export async function emptyTree(cwd: string): Promise<string> {
  const answer = await runGit(cwd, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return answer.stdout.toString('latin1').trim();
}
