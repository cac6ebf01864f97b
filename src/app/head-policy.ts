import { openPaths, type PolicyMatcher } from '../core/placing';
import { problemText } from '../core/policy';
import { readHead } from '../git/head';
import type { Repository } from '../git/repository';
import type { Opened } from './opened';
import { withObjects, type OpenedObjects } from './opened-objects';
import { openPolicies } from './policy';
import { policyStore } from './policy-store';

/** The policy at HEAD, by which hooks of agents judge. */
export interface HeadPolicy {
  readonly matcher: PolicyMatcher;
  /** Whether the policy is, or would be, made of this file too. */
  readonly isPolicyFile: (path: string) => boolean;
}

/** Works with the policy at HEAD, or says that there is `none`; `problem`: there is one that cannot be used. */
export async function withHeadPolicy<T>(
  repository: Repository,
  what: {
    readonly none: (problem: string | null) => T;
    readonly work: (policy: HeadPolicy, opened: OpenedObjects) => T | Promise<T>;
  },
): Promise<T> {
  const head = await readHead(repository);
  if (head === null) return what.none(null);
  return await withObjects(repository, async (opened) => {
    const policies = openPolicies(opened, policyStore(repository.commonDir));
    const read = await policies.at(head);
    if (read.kind === 'none') return what.none(null);
    if (read.kind === 'invalid')
      return what.none(`hunkmark: ${problemText(read)}; agents go on without the policy.`);
    const named = openPaths(policies.namedBy(read));
    const isPolicyFile = (path: string): boolean => read.files.includes(path) || named(path).length > 0;
    return await what.work({ matcher: policies.matcherOf(read), isPolicyFile }, opened);
  });
}

/** What is wrong with the policy at HEAD, which every command says that a person runs; null: nothing, or there is none. */
export async function headPolicyProblem(opened: Opened): Promise<string | null> {
  const head = await opened.commits.commit('HEAD');
  if (!head) return null;
  const policies = openPolicies(opened, policyStore(opened.repository.commonDir));
  const read = await policies.ofTree(head.commit.tree);
  return read.kind === 'invalid' ? problemText(read) : null;
}
