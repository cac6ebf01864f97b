import { judgeCommit } from '../core/judge';
import type { PolicyRead } from '../core/policy';
import { listIndex } from '../git/staged';
import {
  checkedOf,
  courtOf,
  dayAsked,
  markGenerated,
  policyFindings,
  type Checked,
  type CheckRequest,
} from './check';
import { withRepository, type Opened, type Place } from './opened';
import { openPolicies } from './policy';
import { stagedFacts } from './staged-facts';

/** Judges what `git commit` would make of the index, by the policy at HEAD. */
export async function checkStaged(
  place: Place,
  request: Pick<CheckRequest, 'asOf' | 'now'>,
): Promise<Checked> {
  const asOf = dayAsked(request);
  return await withRepository(place, async (opened) => {
    const policies = openPolicies(opened);
    const head = await opened.commits.commit('HEAD');
    const target = await policies.ofTree(head?.commit.tree ?? null);
    const source = await policyOfIndex(opened);
    const about = policyFindings(target, source, null, asOf);
    const range = { base: head?.oid ?? null, head: null };
    if (target.kind === 'invalid') return checkedOf(range, target, asOf, 0, about);
    const facts = await stagedFacts(opened, place.env);
    if (!facts) return checkedOf(range, target, asOf, 0, about);
    const matcher = target.kind === 'policy' ? policies.matcherOf(target) : null;
    const court = courtOf(matcher, asOf, [target, source]);
    const [marked = facts] = await markGenerated(opened, [{ facts, root: ':' }], court);
    const findings = [...about, ...judgeCommit(marked, court)];
    return checkedOf(range, target, asOf, 1, findings, facts.reading.tracked !== 'no');
  });
}

/** The policy as the index has it. */
async function policyOfIndex({ root, objects }: Opened): Promise<PolicyRead> {
  // Reading YAML is brought in where there is something to read.
  const { readPolicyFiles } = await import('./policy-reading.js');
  const found = await readPolicyFiles({
    find: async (path) => (await listIndex(root, [path])).find((entry) => entry.path === path) ?? null,
    list: async () => (await listIndex(root)).filter(({ stage }) => stage === 0),
    read: async ({ oid }) => {
      const blob = await objects.read(oid);
      return blob?.type === 'blob' ? blob.bytes : null;
    },
  });
  return found.read;
}
