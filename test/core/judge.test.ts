import assert from 'node:assert/strict';
import { judgeCommit, type CommitFacts } from '../../src/core/judge';
import { openMatcher, type PolicyMatcher } from '../../src/core/placing';
import { NO_RULES, type Policy, type Rules } from '../../src/core/policy';
import type { Side } from '../../src/core/range';
import type { Reading } from '../../src/core/reading';
import type { ResolvedRange } from '../../src/core/resolve';
import { ackDigestText } from '../../src/core/trailer';

const DAY = '2027-02-01';
const PATH = 'pay/charge.ts';
const OWN_DIGEST = '0123abcd';

type Class = 'ai' | 'mixed' | 'human' | 'unknown';
type Policied = Pick<Rules, 'warn' | 'commit' | 'unknown' | 'override'>;

interface Case extends Policied {
  readonly class: Class;
  readonly side: Side;
  readonly acknowledged: boolean;
  readonly overridden: boolean;
  readonly lapsed: boolean;
  readonly policyChanged: boolean;
}

/** Every case there is. */
function* cases(): Generator<Case> {
  const both = [false, true];
  for (const name of ['ai', 'mixed', 'human', 'unknown'] as const)
    for (const side of ['+', '-'] as const)
      for (const warn of ['off', 'information', 'warning', 'error'] as const)
        for (const commit of ['allow', 'acknowledge', 'block'] as const)
          for (const unknown of ['allow', 'warn', 'treat-as-ai'] as const)
            for (const override of ['allow', 'approve', 'deny'] as const)
              for (const acknowledged of both)
                for (const overridden of both)
                  for (const lapsed of both)
                    for (const policyChanged of both)
                      yield {
                        class: name,
                        side,
                        warn,
                        commit,
                        unknown,
                        override,
                        acknowledged,
                        overridden,
                        lapsed,
                        policyChanged,
                      };
}

/**
 * The rows of the table that policy.md has, each as it stands there: `RULE SEVERITY`. What a tier that is not spelled
 * out asks for, AI lines shown as information, holds where the rules have lapsed.
 */
function expected(one: Case): string[] {
  const { warn, commit, unknown, override } = one.lapsed
    ? ({ warn: 'information', commit: 'allow', unknown: 'allow', override: 'allow' } as const)
    : one;
  const isAi = one.class === 'ai' || one.class === 'mixed';
  const rows: [boolean, string][] = [
    // error in check for a range under commit: block without override; an override that is denied is none
    [isAi && commit === 'block' && !one.overridden, `${codeRule(one.side)} error`],
    [isAi && commit === 'block' && one.overridden && override === 'deny', `${codeRule(one.side)} error`],
    // else the tier's warn
    [
      isAi && warn !== 'off' && (commit !== 'block' || (one.overridden && override !== 'deny')),
      `${codeRule(one.side)} ${warn}`,
    ],
    // warning; under treat-as-ai as tier/ai-code. Nothing says whose a deleted line without a range is
    [one.class === 'unknown' && one.side === '+' && unknown === 'warn', 'tier/unknown-origin warning'],
    [
      one.class === 'unknown' &&
        one.side === '+' &&
        unknown === 'treat-as-ai' &&
        commit === 'block' &&
        (!one.overridden || override === 'deny'),
      'tier/unknown-origin error',
    ],
    [
      one.class === 'unknown' &&
        one.side === '+' &&
        unknown === 'treat-as-ai' &&
        warn !== 'off' &&
        (commit !== 'block' || (one.overridden && override !== 'deny')),
      `tier/unknown-origin ${warn}`,
    ],
    [isAi && commit === 'acknowledge' && !one.acknowledged, 'tier/not-acknowledged error'],
    [one.overridden && override === 'allow', 'tier/override warning'],
    [one.overridden && override !== 'allow', 'tier/override error'],
    [one.policyChanged, 'policy/changed warning'],
  ];
  return rows.flatMap(([holds, row]) => (holds ? row : [])).toSorted();
}

function codeRule(side: Side): string {
  return side === '+' ? 'tier/ai-code' : 'tier/ai-deletion';
}

function judged(one: Case): string[] {
  const { warn, commit, unknown, override, lapsed } = one;
  const until = lapsed ? '2027-01-31' : DAY;
  const rules: Rules = { ...NO_RULES, warn, commit, unknown, override, until };
  const matcher = matcherOf(rules);
  const court = {
    matcher,
    day: DAY,
    policyFiles: new Set(['.hunkmark.yml']),
    digest: (text: string) => `of ${text}`,
  };
  return judgeCommit(factsOf(one), court)
    .map(({ ruleId, severity }) => `${ruleId} ${severity}`)
    .toSorted();
}

const matchers = new Map<string, PolicyMatcher>();

function matcherOf(rules: Rules): PolicyMatcher {
  const key = JSON.stringify(rules);
  const matcher = matchers.get(key) ?? openMatcher(policyOf(rules));
  matchers.set(key, matcher);
  return matcher;
}

function policyOf(rules: Rules): Policy {
  const patterns = [{ pattern: 'pay/**', from: { file: '.hunkmark.yml', line: 5 } }];
  const system = { name: 'checkout', tier: 1, description: null, owners: ['@pay'], patterns };
  return { systems: [system], tiers: new Map([[1, rules]]), exempt: [], unsupported: [] };
}

const ADDRESS = 'ana@example.com';

function factsOf(one: Case): CommitFacts {
  const isAi = one.class === 'ai' || one.class === 'mixed';
  const range = {
    path: PATH,
    side: one.side,
    start: 3,
    count: 2,
    digest: OWN_DIGEST,
    class: one.class,
    via: 'agent',
    agent: 'claude-code',
    model: null,
    source: 'block',
  } as const;
  const resolved: ResolvedRange[] = isAi
    ? [{ range, verdict: 'exact', at: { path: PATH, start: 3 }, candidates: [] }]
    : [];
  const run = { side: one.side, start: 3, count: 2, class: one.class, via: null, agent: null, model: null };
  const changed = { path: '.hunkmark.yml', oldPath: '.hunkmark.yml', runs: [], isGenerated: false };
  return {
    oid: 'c'.repeat(40),
    author: ADDRESS,
    committer: ADDRESS,
    reading: readingOf(one, resolved),
    resolved,
    countsAreRight: true,
    changeRefs: [],
    restored: null,
    files: [
      { path: PATH, oldPath: PATH, runs: [run], isGenerated: false },
      ...(one.policyChanged ? [changed] : []),
    ],
  };
}

function readingOf(one: Case, resolved: readonly ResolvedRange[]): Reading {
  const ack = {
    acknowledged: 1,
    required: 1,
    digest: `of ${ackDigestText([OWN_DIGEST])}`,
    by: `Ana <${ADDRESS}>`,
  };
  const provenance = {
    version: 1,
    ai: 0,
    mixed: 0,
    human: 0,
    unknown: 2,
    aiDeleted: 0,
    hunks: resolved.length,
    listed: resolved.length,
    redeclared: null,
  } as const;
  return {
    tracked: 'yes',
    block: {
      provenance,
      assistedBy: [],
      ranges: resolved.map(({ range }) => range),
      tiers: [],
      policy: null,
      ack: one.acknowledged ? ack : null,
      invalid: [],
    },
    ranges: resolved.map(({ range }) => range),
    invalid: [],
    override: one.overridden ? 'INC-1' : null,
    buriedOverride: null,
  };
}

describe('judgeCommit', () => {
  it('is the table of the policy in every case', () => {
    let count = 0;
    for (const one of cases()) {
      count++;
      const [found, wanted] = [judged(one).join('\n'), expected(one).join('\n')];
      if (found !== wanted) assert.equal(found, wanted, JSON.stringify(one));
    }
    assert.equal(count, 4 * 2 * 4 * 3 * 3 * 3 * 2 ** 4);
  });
});
