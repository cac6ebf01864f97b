import { readProvenance, type ReadRange } from '../core/reading';
import type { CommitReader } from './committed';
import type { Operation } from '../git/operation';
import { readHead } from '../git/head';
import type { Repository } from '../git/repository';
import { runGit } from '../git/run';
import { hasMarker } from '../git/state-files';

/** What a commit is made of, as far as provenance can come from it. */
export interface Making {
  /** Parents of the commit to be; the first is what it is judged against. */
  readonly parents: readonly string[];
  /** Commits that it takes over: amended, picked, squashed, reset; nearest first. */
  readonly takenOver: readonly string[];
  /** Commits whose text may stand in it again though it does not take them over. */
  readonly alsoFrom: readonly Reverted[];
  /** Ranges that its message brings along from another commit; they count where they resolve. */
  readonly claims: readonly ReadRange[];
}

/** The parent of a commit that is reverted. */
export interface Reverted {
  readonly commit: string;
  readonly child: string;
}

/** How many commits of a soft reset are taken over. */
const COMMITS = 200;

/**
 * What the commit that is being made is made of. `message` is a byte string: a revert says in it what it reverts, and
 * a message that was copied says what stood in the commit it is from.
 * Names that stand for no commit are left out.
 */
export async function readMaking(
  cwd: string,
  repository: Repository,
  commits: CommitReader,
  operation: Operation,
  message: string,
): Promise<Making> {
  const head = await readHead(repository);
  const amended = operation.amend && head !== null ? await commits.commit(head) : null;
  const parents = amended
    ? amended.commit.parents
    : [...(head === null ? [] : [head]), ...operation.mergeHeads];
  // Where no commit has trailers, none of them has anything to hand on.
  const isTracked = hasMarker(repository.commonDir, 'tracked');
  const reset = isTracked ? await resetCommits(cwd, head, operation.origHead) : [];
  const takenOver = await existing(commits, [
    ...(amended ? [amended.oid] : []),
    ...operation.madeFrom,
    ...operation.squashed,
    ...reset,
  ]);
  const told = [message, operation.mergeMessage ?? ''];
  const alsoFrom = await parentsOf(commits, told.flatMap(revertedCommits));
  const claims = told.flatMap(claimsIn);
  return { parents, takenOver: takenOver.filter((oid) => !parents.includes(oid)), alsoFrom, claims };
}

function claimsIn(message: string): readonly ReadRange[] {
  return message.includes('AI-Hunk') ? readProvenance(message).ranges : [];
}

function revertedCommits(message: string): string[] {
  return [...message.matchAll(/\bThis reverts commit ([0-9a-f]{7,64})\b/g)].map((found) => found[1] ?? '');
}

async function existing(commits: CommitReader, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => commits.commit(name)));
  return [...new Set(found.flatMap((commit) => (commit ? [commit.oid] : [])))];
}

async function parentsOf(commits: CommitReader, names: readonly string[]): Promise<Reverted[]> {
  const found = await Promise.all(names.map((name) => commits.commit(name)));
  return found.flatMap((child) => {
    const parents = child?.commit.parents.slice(0, 1) ?? [];
    return parents.map((commit) => ({ commit, child: child?.oid ?? commit }));
  });
}

/** After a soft reset ORIG_HEAD is ahead of HEAD; the commits between them are what is committed again. */
async function resetCommits(cwd: string, head: string | null, origHead: string | null): Promise<string[]> {
  if (head === null || origHead === null || head === origHead) return [];
  const ancestor = await runGit(cwd, ['merge-base', '--is-ancestor', head, origHead]);
  if (ancestor.status !== 0) return [];
  const list = await runGit(cwd, ['rev-list', `--max-count=${COMMITS}`, origHead, `^${head}`, '--']);
  return list.stdout.toString('latin1').split('\n').filter(Boolean);
}
