import * as path from 'node:path';
import { openMatcher, placePath, type Placement } from '../core/placing';
import { problemText, type PolicyRead, type Rules, type Unsupported, type WrittenAt } from '../core/policy';
import { repositoryPath } from '../git/repository';
import { withRepository, type Opened, type Place } from './opened';
import { dayOf, openPolicies } from './policy';
import { Refused } from './refused';
import { workingFiles } from './working-policy';

/** What the policy says of one path, and where it says so. */
export interface TierAnswer {
  readonly path: string;
  readonly tier: number | null;
  readonly systems: readonly {
    readonly name: string;
    readonly tier: number;
    readonly owners: readonly string[];
    readonly pattern: string;
    readonly from: WrittenAt;
  }[];
  readonly rules: Rules;
}

export interface Tiers {
  /** Whether there is a policy at all. */
  readonly hasPolicy: boolean;
  readonly answers: readonly (TierAnswer & { readonly lapsed: Placement['lapsed'] })[];
  readonly unsupported: readonly Unsupported[];
}

/**
 * Systems, tier and rules of paths, by the policy of the working tree or, with `at`, of a commit. `time` (milliseconds
 * since 1970) is the day that rules are valid on. Refused where the policy does not parse.
 */
export async function tiersOf(
  place: Place,
  paths: readonly string[],
  at: string | null,
  time: number,
): Promise<Tiers> {
  return await withRepository(place, async (opened) => {
    const names = paths.map((each) => pathIn(opened, place.cwd, each));
    const read = await policyFor(opened, at);
    if (read.kind === 'invalid') throw new Refused(problemText(read));
    const policy = read.kind === 'policy' ? read.policy : NO_POLICY;
    const matcher = openMatcher(policy);
    const answers = names.map((name) => {
      const { tier, systems, rules, lapsed } = placePath(matcher, name, dayOf(time));
      return {
        path: name,
        tier,
        systems: systems.map(({ rules: _rules, ...system }) => system),
        rules,
        lapsed,
      };
    });
    return { hasPolicy: read.kind === 'policy', answers, unsupported: policy.unsupported };
  });
}

const NO_POLICY = { systems: [], tiers: new Map<number, Rules>(), exempt: [], unsupported: [] };

async function policyFor(opened: Opened, at: string | null): Promise<PolicyRead> {
  if (at !== null) return await openPolicies(opened).at(at);
  const { worktree } = opened.repository;
  // A bare repository has no other.
  if (worktree === null) return await openPolicies(opened).at('HEAD');
  const { readPolicyFiles } = await import('./policy-reading.js');
  return (await readPolicyFiles(workingFiles(worktree))).read;
}

function pathIn({ repository }: Opened, cwd: string, given: string): string {
  if (repository.worktree === null) return given.replace(/^\.?\/+/, '');
  const found = repositoryPath(repository, path.resolve(cwd, given));
  if (found === null) throw new Refused(`${given} is not in this repository`);
  return found;
}
