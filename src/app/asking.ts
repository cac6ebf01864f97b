import type { Reading } from '../core/reading';
import type { Acknowledgement } from '../core/trailer';
import { readAcknowledged } from '../git/acknowledged';
import { committerIdentity } from '../git/identity';
import type { Repository } from '../git/repository';
import type { Attributed } from './attribute';
import {
  acknowledgementOf,
  mailOf,
  askPolicy,
  generatedIn,
  readCommitPolicy,
  type Asked,
  type CommitPolicy,
} from './commit-policy';
import type { Making } from './making';
import type { Opened } from './opened';
import { dayOf, openPolicies } from './policy';
import { policyStore } from './policy-store';
import type { Judged } from './provenance';
import { Refused } from './refused';

/**
 * What the policy asks today of a commit made so. `root` is where its files are: `:` the index, `TREE:` of a commit. A
 * person is told of a policy that does not parse: Refused.
 */
export async function askOf(
  opened: Opened,
  making: Making,
  files: readonly Attributed[],
  { ranges }: Judged,
  root = ':',
): Promise<Asked> {
  const policy = await policyOf(opened, making);
  if (policy.kind === 'unusable') throw new Refused(policy.problem);
  return askPolicy(policy, files, ranges, await generatedIn(opened.objects, root, policy, files));
}

/** The policy by which a commit made so is judged today. */
export async function policyOf(opened: Opened, { parents }: Making): Promise<CommitPolicy> {
  const policies = openPolicies(opened, policyStore(opened.repository.commonDir));
  return await readCommitPolicy(policies, opened.commits, parents[0] ?? null, dayOf(Date.now()));
}

/** What has been acknowledged of what the policy asks for; null where it asks for nothing. */
export async function acknowledgement(
  { commonDir }: Repository,
  cwd: string,
  asked: Asked,
  { block }: Reading,
  committer: Promise<string> | null = null,
): Promise<Acknowledgement | null> {
  if (asked.toAcknowledge.length === 0) return null;
  const by = await (committer ?? committerIdentity(cwd));
  return acknowledgementOf(asked, readAcknowledged(commonDir, mailOf(by)), block, by);
}
