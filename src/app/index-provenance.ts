import { isEvidenced, isModelWritten, type LineOrigin } from '../core/origin';
import type { ReadRange } from '../core/reading';
import { resolveRanges, type ResolvedRange } from '../core/resolve';
import { diffIndex, type FileDiff } from '../git/diff';
import { runGit } from '../git/run';
import { digestLines } from '../git/text';
import { attribute, type Attributed } from './attribute';
import { changedFile, targetsOfDiffs } from './committed';
import { openSources, rangeOrigin, type EvidenceHost } from './evidence';
import type { Making } from './making';
import { leaveMoved } from './moved-lines';
import { linelessTargets } from './targets';

/** What the index (or GIT_INDEX_FILE) changes against each parent of a commit to be, or against the empty tree. */
export type IndexChanges = readonly (readonly FileDiff[])[];

/** Asks git, which has the answer ready by the time that the journal is read. */
export async function indexChanges(
  { cwd }: Pick<EvidenceHost, 'cwd'>,
  { parents }: Making,
): Promise<IndexChanges> {
  const trees = parents.length > 0 ? parents : [await emptyTree(cwd)];
  return await Promise.all(trees.map((tree) => diffIndex(cwd, tree)));
}

/** The lines that the index adds and deletes, each with its origin; then the files that change without any. */
export async function attributeIndex(
  host: EvidenceHost,
  making: Making,
  changes: Promise<IndexChanges> = indexChanges(host, making),
): Promise<Attributed[]> {
  const diffs = await changes;
  const targets = await targetsOfDiffs(diffs, host.objects);
  const found = withClaims(await attribute(targets, openSources(host, making, targets)), making.claims);
  const attributed = await leaveMoved(found, host.settings);
  const [first = [], ...others] = diffs;
  return others.length === 0 ? [...attributed, ...lineless(first)] : attributed;
}

/** Changed files that have no lines to attribute; a policy may ask about them all the same. */
export function lineless(files: Parameters<typeof linelessTargets>[0]): Attributed[] {
  return linelessTargets(files).map((target) => ({ target, origins: [], deletedBy: new Map() }));
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
