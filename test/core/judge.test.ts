import assert from 'node:assert/strict';
import { judgeCommit } from '../../src/core/judge';
import { type CommitFacts } from '../../src/core/judge-facts';
import { NO_RULES, type Rules } from '../../src/core/policy';
import type { Side } from '../../src/core/range';
import type { Reading } from '../../src/core/reading';
import type { Acknowledgement } from '../../src/core/trailer';
import {
  ADDRESS,
  factsOf,
  fileOf,
  matcherOf,
  rangeOf,
  readingOf,
  runOf,
  TIERED,
} from '../support/commit-facts';

const DAY = '2027-02-01';
/** Not in the order in which they are digested. */
const DIGESTS = ['9876fedc', '0123abcd'];

type Class = 'ai' | 'mixed' | 'human' | 'unknown';
type Policied = Pick<Rules, 'warn' | 'commit' | 'unknown' | 'override'>;

/** Every way in which an `AI-Ack` can be there; only one of them is valid. */
const ACKS = [
  'valid',
  'none',
  'of some',
  'of another number',
  'of other lines',
  'of the lines unsorted',
  'of another person',
  'of another person by name',
] as const;
const OVERRIDES = ['none', 'in the block', 'buried'] as const;

interface Case extends Policied {
  readonly class: Class;
  readonly side: Side;
  readonly ack: (typeof ACKS)[number];
  readonly overridden: (typeof OVERRIDES)[number];
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
              for (const ack of ACKS)
                for (const overridden of OVERRIDES)
                  for (const lapsed of both)
                    for (const policyChanged of both)
                      yield {
                        class: name,
                        side,
                        warn,
                        commit,
                        unknown,
                        override,
                        ack,
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
  const overridden = one.overridden !== 'none';
  const rows: [boolean, string][] = [
    // error in check for a range under commit: block without override; an override that is denied is none
    [isAi && commit === 'block' && !overridden, `${codeRule(one.side)} error`],
    [isAi && commit === 'block' && overridden && override === 'deny', `${codeRule(one.side)} error`],
    // else the tier's warn
    [
      isAi && warn !== 'off' && (commit !== 'block' || (overridden && override !== 'deny')),
      `${codeRule(one.side)} ${warn}`,
    ],
    // warning; under treat-as-ai as tier/ai-code. Nothing says whose a deleted line without a range is
    [one.class === 'unknown' && one.side === '+' && unknown === 'warn', 'tier/unknown-origin warning'],
    [
      one.class === 'unknown' &&
        one.side === '+' &&
        unknown === 'treat-as-ai' &&
        commit === 'block' &&
        (!overridden || override === 'deny'),
      'tier/unknown-origin error',
    ],
    [
      one.class === 'unknown' &&
        one.side === '+' &&
        unknown === 'treat-as-ai' &&
        warn !== 'off' &&
        (commit !== 'block' || (overridden && override !== 'deny')),
      `tier/unknown-origin ${warn}`,
    ],
    [isAi && commit === 'acknowledge' && one.ack !== 'valid', 'tier/not-acknowledged error'],
    [overridden && override === 'allow', 'tier/override warning'],
    [overridden && override !== 'allow', 'tier/override error'],
    [one.policyChanged, 'policy/changed warning'],
  ];
  return rows.flatMap(([holds, row]) => (holds ? row : [])).toSorted();
}

function codeRule(side: Side): string {
  return side === '+' ? 'tier/ai-code' : 'tier/ai-deletion';
}

function judged(one: Case): string[] {
  const { warn, commit, unknown, override, lapsed } = one;
  const rules: Rules = { ...NO_RULES, warn, commit, unknown, override, until: lapsed ? '2027-01-31' : DAY };
  const court = {
    matcher: matcherOf(rules),
    day: DAY,
    policyFiles: new Set(['.hunkmark.yml']),
    digest: (text: string) => `of ${text}`,
  };
  return judgeCommit(commitOf(one), court)
    .map(({ ruleId, severity }) => `${ruleId} ${severity}`)
    .toSorted();
}

/** One run of lines, which two ranges account for if a model wrote them; one of those has moved. */
function commitOf(one: Case): CommitFacts {
  const isAi = one.class === 'ai' || one.class === 'mixed';
  const words = { side: one.side, name: one.class };
  const resolved = isAi
    ? DIGESTS.map((digest, at) => rangeOf(at === 0 ? 'exact' : 'moved', { ...words, digest }))
    : [];
  const reading = readingOf(resolved, overrideOf(one), { ack: ackOf(one) });
  const file = fileOf(TIERED, [runOf(one.side, one.class)]);
  return factsOf({
    reading,
    resolved,
    files: one.policyChanged ? [file, fileOf('.hunkmark.yml')] : [file],
  });
}

function overrideOf({ overridden }: Case): Partial<Reading> {
  if (overridden === 'none') return {};
  return overridden === 'buried' ? { buriedOverride: 'INC-1' } : { override: 'INC-1' };
}

/** By the words of format.md: over the sorted digests, each followed by LF. */
function ackOf({ ack }: Case): Acknowledgement | null {
  const valid = {
    acknowledged: 2,
    required: 2,
    digest: 'of 0123abcd\n9876fedc\n',
    by: `Ana Diaz <${ADDRESS}>`,
  };
  switch (ack) {
    case 'valid':
      return valid;
    case 'none':
      return null;
    case 'of some':
      return { ...valid, acknowledged: 1 };
    case 'of another number':
      return { ...valid, acknowledged: 3, required: 3 };
    case 'of other lines':
      return { ...valid, digest: 'of 0123abcd\n0123abcd\n' };
    case 'of the lines unsorted':
      return { ...valid, digest: 'of 9876fedc\n0123abcd\n' };
    case 'of another person':
      return { ...valid, by: 'Ana Diaz <bob@example.com>' };
    case 'of another person by name':
      return { ...valid, by: `Ana <${ADDRESS}> <bob@example.com>` };
  }
}

describe('judgeCommit', () => {
  it('is the table of the policy in every case', function () {
    this.timeout(60_000);
    let count = 0;
    for (const one of cases()) {
      count++;
      const [found, wanted] = [judged(one).join('\n'), expected(one).join('\n')];
      if (found !== wanted) assert.equal(found, wanted, JSON.stringify(one));
    }
    assert.equal(count, 4 * 2 * 4 * 3 * 3 * 3 * 8 * 3 * 2 * 2);
  });
});
