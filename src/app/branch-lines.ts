import { acknowledgeable, isAcknowledged } from '../core/judge';
import type { PolicyMatcher } from '../core/placing';
import { placePath } from '../core/placing';
import { asksAcknowledgement } from '../core/policy';
import { listCommits } from '../git/commit-list';
import { digestLines } from '../git/text';
import { blame } from './blame';
import { resolveRange } from './check-range';
import { readHistory } from './commit-facts';
import type { BranchLine } from './open-ranges';
import { withRepository } from './opened';
import { Refused } from './refused';

/** The commits of the branch that its target does not have. */
export interface Branch {
  readonly commits: ReadonlySet<string>;
  /** Those whose AI ranges their committer has acknowledged, all of them. */
  readonly acknowledged: ReadonlySet<string>;
}

export const NO_BRANCH: Branch = { commits: new Set(), acknowledged: new Set() };

/** The branch against its upstream or the default branch; without one nothing is of the branch. */
export async function readBranch(root: string, matcher: PolicyMatcher, today: string): Promise<Branch> {
  return await withRepository({ cwd: root, env: {} }, async (opened) => {
    try {
      const { query } = await resolveRange(opened, { env: {} }, { range: null, base: null });
      const history = await readHistory(opened, await listCommits(root, query));
      const asks = (path: string): boolean => asksAcknowledgement(placePath(matcher, path, today).rules);
      const done = history.filter(({ facts }) => {
        const ranges = acknowledgeable(facts.resolved, asks);
        return ranges.length > 0 && isAcknowledged(facts, ranges, (text) => digestLines([text]));
      });
      const ids = (commits: typeof history): ReadonlySet<string> => new Set(commits.map(({ oid }) => oid));
      return { commits: ids(history), acknowledged: ids(done) };
    } catch (error) {
      if (error instanceof Refused) return NO_BRANCH;
      throw error;
    }
  });
}

/** The lines of a file of the last commit that commits of the branch brought; null for all others. */
export async function readBranchLines(
  root: string,
  path: string,
  { commits }: Branch,
): Promise<readonly (BranchLine | null)[]> {
  if (commits.size === 0) return [];
  const { lines } = await blame({ cwd: root, env: {} }, path, 'HEAD');
  return lines.map(({ commit, class: name, via, agent, model }) => {
    if (commit === null || !commits.has(commit) || name === 'unknown') return null;
    return { commit, origin: { class: name, via, agent, model, evidence: 'matched' } };
  });
}
