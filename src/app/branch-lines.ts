import { acknowledgeable, isAcknowledged } from '../core/judge-person';
import { type CommitFacts } from '../core/judge-facts';
import { diffLines } from '../core/line-diff';
import type { PolicyMatcher } from '../core/placing';
import { placePath } from '../core/placing';
import { asksAcknowledgement } from '../core/policy';
import { listCommits } from '../git/commit-list';
import { digestLines } from '../git/text';
import { blame } from './blame';
import { resolveRange } from './check-range';
import { readHistory } from './commit-facts';
import { runGit } from '../git/run';
import { deletedPlaces, type BranchDeletion, type BranchLine, type BranchLines } from './open-ranges';
import { withRepository } from './opened';
import { Refused } from './refused';
import { committedDeletions } from './shown-lines';
import { linesAt } from './targets';

/** The commits of the branch that its target does not have. */
export interface Branch {
  readonly commits: ReadonlySet<string>;
  /** Those whose AI ranges their committer has acknowledged, all of them. */
  readonly acknowledged: ReadonlySet<string>;
  /** Where it forks off its target; null: it does not, or that is not here. */
  readonly fork: string | null;
  /** Paths of files that the branch has renamed, as they are at its tip, with those that they had at the fork. */
  readonly renamed: ReadonlyMap<string, string>;
}

export const NO_BRANCH: Branch = {
  commits: new Set(),
  acknowledged: new Set(),
  fork: null,
  renamed: new Map(),
};

/** The branch against its upstream or the default branch; without one nothing is of the branch. */
export async function readBranch(root: string, matcher: PolicyMatcher, today: string): Promise<Branch> {
  return await withRepository({ cwd: root, env: {} }, async (opened) => {
    try {
      const { query, base, head } = await resolveRange(opened, { env: {} }, { range: null, base: null });
      const history = await readHistory(opened, await listCommits(root, query));
      const asks = (path: string): boolean => asksAcknowledgement(placePath(matcher, path, today).rules);
      const done = history.filter(({ facts }) => {
        const ranges = acknowledgeable(facts.resolved, asks);
        return ranges.length > 0 && isAcknowledged(facts, ranges, (text) => digestLines([text]));
      });
      const ids = (commits: typeof history): ReadonlySet<string> => new Set(commits.map(({ oid }) => oid));
      const fork = base === null ? null : await runGit(root, ['merge-base', base, head]);
      return {
        commits: ids(history),
        acknowledged: ids(done),
        fork: fork?.status === 0 ? fork.stdout.toString('latin1').trim() : null,
        renamed: renamedIn(history.map(({ facts }) => facts)),
      };
    } catch (error) {
      if (error instanceof Refused) return NO_BRANCH;
      throw error;
    }
  });
}

/** `commits`: parents before children. */
function renamedIn(commits: readonly CommitFacts[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { files } of commits)
    for (const { path, oldPath } of files) {
      if (path === null || oldPath === null || path === oldPath) continue;
      names.set(path, names.get(oldPath) ?? oldPath);
      names.delete(oldPath);
    }
  return names;
}

/** What commits of the branch brought to a file of the last commit and took out of it. */
export async function readBranchLines(root: string, path: string, branch: Branch): Promise<BranchLines> {
  if (branch.commits.size === 0) return { lines: [], gone: [] };
  const { lines } = await blame({ cwd: root, env: {} }, path, 'HEAD');
  const own = lines.map(({ commit, class: name, via, agent, model }): BranchLine | null => {
    if (commit === null || !branch.commits.has(commit) || name === 'unknown') return null;
    return { commit, origin: { class: name, via, agent, model, evidence: 'matched' } };
  });
  return { lines: own, gone: await branchDeletions(root, path, branch) };
}

async function branchDeletions(
  root: string,
  path: string,
  { commits, fork, renamed }: Branch,
): Promise<BranchDeletion[]> {
  if (fork === null) return [];
  const place = { cwd: root, env: {} };
  const then = renamed.get(path) ?? path;
  const runs = (await committedDeletions(place, { path: then, from: fork, to: 'HEAD' })).filter(
    ({ commit }) => commit !== null && commits.has(commit),
  );
  if (runs.length === 0) return [];
  return await withRepository(place, async ({ objects }) => {
    const old = (await linesAt(`${fork}:${then}`, objects)) ?? [];
    const now = (await linesAt(`HEAD:${path}`, objects)) ?? [];
    const { placeOf } = deletedPlaces(old.length, now.length, diffLines(old, now));
    return runs.map(({ commit, ...run }) => ({
      start: run.start,
      count: run.count,
      class: run.class,
      via: run.via,
      agent: run.agent,
      model: run.model,
      path: then,
      side: '-',
      digest: digestLines(old.slice(run.start - 1, run.start - 1 + run.count)),
      commit: commit ?? '',
      at: placeOf(run),
      isBlank: false,
    }));
  });
}
