import assert from 'node:assert/strict';
import { inlineFindings, type InlineFinding, type OpenRange } from '../../src/core/inline';
import { openMatcher, placePath } from '../../src/core/placing';
import { NO_RULES, type Policy, type Rules } from '../../src/core/policy';

const TODAY = '2027-02-01';
const PATH = 'pay/charge.ts';

/** `CLASS SIDE FIRST+COUNT`, 1-based in what a person sees: `ai +3+2` is lines 3 and 4. */
type Run = `${'ai' | 'mixed' | 'unknown' | 'human'} ${'+' | '-'}${number}+${number}`;

interface Row {
  readonly it: string;
  readonly rules?: Partial<Rules>;
  readonly path?: string;
  readonly generated?: boolean;
  readonly runs: readonly Run[];
  /** Runs that were acknowledged. */
  readonly done?: readonly Run[];
  /** Runs without a visible character. */
  readonly blank?: readonly Run[];
  readonly most?: number;
  /** `SEVERITY RULE FIRST-LAST`, lines 1-based; `hint` where it was acknowledged. */
  readonly expected: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    it: 'says one thing for each run of AI lines, as grave as the tier says',
    rules: { warn: 'warning' },
    runs: ['ai +3+2', 'mixed +8+1'],
    expected: ['warning tier/ai-code 3-4', 'warning tier/ai-code 8-8'],
  },
  {
    it: 'says what a tier without an entry asks for: information',
    runs: ['ai +1+1'],
    expected: ['information tier/ai-code 1-1'],
  },
  {
    it: 'says nothing where the tier wants no warning',
    rules: { warn: 'off', commit: 'acknowledge' },
    runs: ['ai +1+1'],
    expected: [],
  },
  {
    it: 'says nothing of unknown lines where the tier wants no warning',
    rules: { warn: 'off', unknown: 'warn' },
    runs: ['unknown +1+1'],
    expected: [],
  },
  {
    it: 'is as grave as warn says where the commit would be refused: an editor refuses nothing',
    rules: { warn: 'information', commit: 'block' },
    runs: ['ai +1+1'],
    expected: ['information tier/ai-code 1-1'],
  },
  {
    it: 'names deletions where they were, and never lines of a person',
    rules: { warn: 'error' },
    runs: ['human +1+4', 'ai -6+9'],
    expected: ['error tier/ai-deletion 6-6'],
  },
  {
    it: 'leaves unknown lines alone where nothing asks',
    rules: { warn: 'warning' },
    runs: ['unknown +1+3', 'ai +4+1'],
    expected: ['warning tier/ai-code 4-4'],
  },
  {
    it: 'names unknown lines by rule, but for blank ones',
    rules: { warn: 'information', unknown: 'warn' },
    runs: ['unknown +1+3', 'unknown +7+1', 'ai +9+1'],
    blank: ['unknown +7+1'],
    expected: ['warning tier/unknown-origin 1-3', 'information tier/ai-code 9-9'],
  },
  {
    it: 'holds unknown lines as grave as AI lines where they count as such',
    rules: { warn: 'error', unknown: 'treat-as-ai' },
    runs: ['unknown +1+3'],
    expected: ['error tier/unknown-origin 1-3'],
  },
  {
    it: 'is a hint once acknowledged, and unknown lines cannot be',
    rules: { warn: 'warning', unknown: 'warn' },
    runs: ['ai +1+2', 'ai +5+1', 'unknown +7+1', 'ai -9+1'],
    done: ['ai +1+2', 'unknown +7+1', 'ai -9+1'],
    expected: [
      'hint tier/ai-code 1-2',
      'warning tier/ai-code 5-5',
      'warning tier/unknown-origin 7-7',
      'hint tier/ai-deletion 9-9',
    ],
  },
  {
    it: 'asks for nothing once the rules have lapsed',
    rules: { warn: 'error', unknown: 'warn', until: '2027-01-31' },
    runs: ['ai +1+1', 'unknown +4+1'],
    expected: ['information tier/ai-code 1-1'],
  },
  {
    it: 'is quiet outside of every system',
    rules: { warn: 'error' },
    path: 'docs/a.md',
    runs: ['ai +1+1'],
    expected: [],
  },
  {
    it: 'is quiet in files that programs make',
    rules: { warn: 'error' },
    generated: true,
    runs: ['ai +1+1'],
    expected: [],
  },
  {
    it: 'merges the nearest where there are too many, and drops none',
    rules: { warn: 'warning' },
    runs: ['ai +1+1', 'ai +10+2', 'ai +13+1', 'ai +30+1', 'ai -32+4'],
    most: 3,
    expected: ['warning tier/ai-code 1-1', 'warning tier/ai-code 10-13', 'warning tier/ai-code 30-32'],
  },
  {
    it: 'lets the graver speak for what is merged, and one that waits for one that does not',
    rules: { warn: 'information', unknown: 'warn' },
    runs: ['ai +1+1', 'ai +3+1', 'unknown +5+1', 'ai +90+1'],
    done: ['ai +1+1', 'ai +90+1'],
    most: 2,
    expected: ['warning tier/unknown-origin 1-5', 'hint tier/ai-code 90-90'],
  },
];

describe('what the editor says beside lines', () => {
  for (const row of ROWS) it(row.it, () => assert.deepEqual(findings(row).map(said), row.expected));

  it('keeps every range, whatever is merged', () => {
    const runs = Array.from({ length: 5000 }, (_, at): Run => `ai +${at * 3 + 1}+1`);
    const found = findings({ it: '', rules: { warn: 'warning' }, runs, expected: [], most: 1000 });
    assert.equal(found.length, 1000);
    assert.equal(found.flatMap(({ ranges }) => ranges).length, 5000);
  });

  for (const [until, daysLeft] of [
    ['2027-02-01', 0],
    ['2027-02-02', 1],
    ['2027-03-31', 58],
    ['2028-03-01', 394],
    ['2101-03-01', 27056],
    [null, null],
  ] as const)
    it(`counts the days left until ${until ?? 'never'}: ${daysLeft ?? 'none'}`, () => {
      const [found] = findings({
        it: '',
        rules: { warn: 'warning', until },
        runs: ['ai +1+1'],
        expected: [],
      });
      assert.equal(found?.daysLeft, daysLeft);
    });
});

function findings({
  rules,
  path = PATH,
  generated = false,
  runs,
  done = [],
  blank = [],
  most = 1000,
}: Row): InlineFinding[] {
  const patterns = [{ pattern: 'pay/**', from: { file: '.hunkmark.yml', line: 5 } }];
  const system = { name: 'checkout', tier: 1, description: null, owners: ['@pay'], patterns };
  const tiers = new Map<number, Rules>(rules === undefined ? [] : [[1, { ...NO_RULES, ...rules }]]);
  const policy: Policy = { systems: [system], tiers, exempt: [], unsupported: [] };
  const byDigest = new Set(done);
  return inlineFindings({
    isGenerated: generated,
    ranges: runs.map((run) => rangeOf(run, blank.includes(run))),
    placement: placePath(openMatcher(policy), path, TODAY),
    acknowledgedWhy: ({ digest }) => (byDigest.has(digest as Run) ? { reason: null } : null),
    today: TODAY,
    most,
  });
}

function rangeOf(run: Run, isBlank: boolean): OpenRange {
  const [, name, side, first, count] = /^(\w+) ([+-])(\d+)\+(\d+)$/.exec(run) ?? [];
  return {
    path: PATH,
    side: side === '-' ? '-' : '+',
    start: Number(first),
    count: Number(count),
    digest: run,
    class: name === 'ai' || name === 'mixed' || name === 'human' ? name : 'unknown',
    via: 'agent',
    agent: 'claude-code',
    model: null,
    at: Number(first) - 1,
    commit: null,
    isBlank,
  };
}

function said({ acknowledged, severity, ruleId, first, last }: InlineFinding): string {
  return `${acknowledged ? 'hint' : severity} ${ruleId} ${first + 1}-${last + 1}`;
}
