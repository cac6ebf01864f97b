import { openMatcher, placePath } from '../../src/core/placing';
import type { Policy } from '../../src/core/policy';
import { readRootFile } from '../../src/core/policy-file';
import { damagedPolicies, patternFailure, patternTrials, policyOutcome } from '../support/adversarial';
import { largePolicy, manyPaths } from '../support/large-policy';
import { median, PAIRS } from './pairs';
import type { Row } from './row';

const PATHS = 100_000;
const SYSTEMS = 335;
const TODAY = '2026-11-26';

/** What the policy costs: looking paths up, and reading it. */
export async function rows(): Promise<Row[]> {
  await Promise.resolve();
  return [
    lookUps('tier look-ups, 1,000 patterns', policyOf(largePolicy(100, 1000)), 100),
    lookUps('tier look-ups, 335 systems with 5,000 patterns', policyOf(largePolicy(SYSTEMS, 5000)), SYSTEMS),
    reading(largePolicy(SYSTEMS, 5000)),
    slowest(
      'slowest of 1,000 patterns that are made to be slow, on its path',
      '≤ 5',
      patternTrials(),
      patternFailure,
    ),
    slowest('slowest of 1,200 damaged policies', '≤ 50', damagedPolicies(1, 1200), policyOutcome),
  ];
}

/** P10. Every round has a new matcher, so that no folder is known beforehand. */
function lookUps(what: string, policy: Policy, systems: number): Row {
  const paths = manyPaths(PATHS, systems);
  let placed = 0;
  const rates = Array.from({ length: PAIRS }, () => {
    const began = performance.now();
    const matcher = openMatcher(policy);
    for (const path of paths) if (placePath(matcher, path, TODAY).tier !== null) placed++;
    return (PATHS * 1000) / (performance.now() - began);
  });
  const share = Math.round((100 * placed) / (PATHS * PAIRS));
  return {
    id: 'P10',
    what,
    target: '≥ 200,000',
    value: median(rates),
    unit: 'paths/s',
    pairs: PAIRS,
    samples: { rates },
    note: `${share} % of the paths are in a system`,
  };
}

/** R10. The best of three times for each of them, so that what another process takes is left out. */
function slowest<T>(what: string, target: string, trials: readonly T[], run: (trial: T) => unknown): Row {
  const times = trials.map((trial) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const began = performance.now();
        run(trial);
        return performance.now() - began;
      }),
    ),
  );
  const value = Math.max(...times);
  return { id: 'R10', what, target, value, unit: 'ms', pairs: 3, samples: { times } };
}

/** What a hook saves that finds the policy where the last one left it. */
function reading(text: string): Row {
  const times = Array.from({ length: PAIRS }, () => {
    const began = performance.now();
    policyOf(text);
    return performance.now() - began;
  });
  return {
    id: 'P10',
    what: 'reading .hunkmark.yml of 335 systems with 5,000 patterns',
    target: 'none',
    value: median(times),
    unit: 'ms',
    pairs: PAIRS,
    samples: { times },
    note: 'once for each version of the policy',
  };
}

function policyOf(text: string): Policy {
  const read = readRootFile(text);
  if (read.kind === 'problem') throw new Error(`${read.line}:${read.column}: ${read.what}`);
  const { systems, tiers, exempt, unsupported } = read.root;
  return { systems, tiers, exempt, unsupported };
}
