import assert from 'node:assert/strict';
import { judgeCommit } from '../../src/core/judge';
import { type CommitFacts, type Restored } from '../../src/core/judge-facts';
import { NO_RULES, type Rules } from '../../src/core/policy';
import type { ResolvedRange } from '../../src/core/resolve';
import {
  ADDRESS,
  ELSEWHERE,
  factsOf,
  fileOf,
  matcherOf,
  NOTHING_SAID,
  rangeOf,
  readingOf,
  runOf,
  TIERED,
} from '../support/commit-facts';

const DAY = '2027-02-01';

/** What a commit may say of itself. */
const STATES = [
  'nothing',
  'all of it right',
  'a range that has moved',
  'a stale range',
  'a range outside the file',
  'a trailer that does not parse',
  'wrong numbers',
  'wrong numbers and a stale range',
  'a stale range buried in the body',
  'buried trailers only',
] as const;
const RESTORED: readonly (Restored | null)[] = [
  null,
  { kind: 'merge' },
  { kind: 'cherry-pick', of: 'd'.repeat(40) },
  { kind: 'revert', of: 'd'.repeat(40) },
];

interface Case extends Pick<Rules, 'provenance'> {
  readonly state: (typeof STATES)[number];
  readonly path: typeof TIERED | typeof ELSEWHERE;
  readonly restored: Restored | null;
  /** Which of the two is exempt; both: the commit is. */
  readonly exempt: 'no' | 'author' | 'path' | 'both';
  readonly overridden: boolean;
  readonly lapsed: boolean;
}

function* cases(): Generator<Case> {
  for (const state of STATES)
    for (const provenance of ['off', 'expected', 'required'] as const)
      for (const path of [TIERED, ELSEWHERE] as const)
        for (const restored of RESTORED)
          for (const exempt of ['no', 'author', 'path', 'both'] as const)
            for (const overridden of [false, true])
              for (const lapsed of [false, true])
                yield { state, provenance, path, restored, exempt, overridden, lapsed };
}

/** The rows of policy.md that are about provenance, and what is said of a commit that needs none. */
function expected({ state, provenance, path, restored, exempt, overridden, lapsed }: Case): string[] {
  const isTiered = path === TIERED;
  const rule = isTiered && !lapsed ? provenance : 'off';
  const errorWhere = (isError: boolean): string => (isError ? 'error' : 'warning');
  // Nothing removes an override, which is denied here; an exact revert never fails.
  const overrideIs = (severity: string): string[] => (overridden ? [`tier/override ${severity}`] : []);
  if (restored?.kind === 'revert')
    return ['provenance/restored information', ...overrideIs('warning')].toSorted();
  const override = overrideIs(errorWhere(isTiered && !lapsed));
  if (exempt === 'both') return ['provenance/exempt information', ...override].toSorted();
  const needsNone = restored !== null;
  const rows: [boolean, string][] = [
    [needsNone, 'provenance/restored information'],
    [!needsNone && state === 'nothing' && rule === 'required', 'provenance/missing error'],
    [!needsNone && state === 'nothing' && rule === 'expected', 'provenance/missing warning'],
    [!needsNone && state === 'a trailer that does not parse', `provenance/invalid ${errorWhere(isTiered)}`],
    [state === 'a range outside the file', `provenance/invalid ${errorWhere(isTiered)}`],
    [
      state === 'a stale range' || state === 'wrong numbers and a stale range',
      `provenance/stale ${errorWhere(rule === 'required')}`,
    ],
    [!needsNone && state === 'wrong numbers', `provenance/count-mismatch ${errorWhere(rule === 'required')}`],
  ];
  return [...rows.flatMap(([holds, row]) => (holds ? row : [])), ...override].toSorted();
}

function judged(one: Case): string[] {
  const { provenance, lapsed } = one;
  const rules: Rules = { ...NO_RULES, provenance, override: 'deny', until: lapsed ? '2027-01-31' : DAY };
  const from = { file: '.hunkmark.yml', line: 9 };
  const exempt = [
    { author: 'ana@*', patterns: [{ pattern: 'nowhere/', from }] },
    {
      author: 'bob@*',
      patterns: [
        { pattern: 'docs/', from },
        { pattern: 'pay/*.ts', from },
      ],
    },
    {
      author: 'carl@*',
      patterns: [
        { pattern: 'docs/', from },
        { pattern: 'pay/*.ts', from },
      ],
    },
  ];
  const court = {
    matcher: matcherOf(rules, exempt),
    day: DAY,
    policyFiles: new Set<string>(),
    digest: (text: string) => text,
  };
  const isShown = (ruleId: string): boolean => ruleId !== 'tier/ai-code';
  return judgeCommit(commitOf(one), court)
    .filter(({ ruleId }) => isShown(ruleId))
    .map(({ ruleId, severity }) => `${ruleId} ${severity}`)
    .toSorted();
}

const AUTHORS = { no: ADDRESS, author: 'bob@example.com', path: ADDRESS, both: 'bob@example.com' };

function commitOf({ state, path, restored, exempt, overridden }: Case): CommitFacts {
  const resolved = rangesOf(state, path);
  const said = overridden ? { override: 'INC-1' } : {};
  const saysNothing = { ...NOTHING_SAID, ...said };
  const parts = { ...saysNothing, tracked: 'parts' as const, ranges: resolved.map(({ range }) => range) };
  const broken = { key: 'AI-Hunk', text: 'x', reason: 'not a valid AI-Hunk' };
  const invalid = state === 'a trailer that does not parse' ? [broken] : [];
  const reading =
    state === 'nothing'
      ? saysNothing
      : state === 'buried trailers only'
        ? parts
        : readingOf(resolved, { ...said, invalid }, { invalid });
  // A file that nobody exempts makes the whole commit one that is not exempt.
  const beside = exempt === 'both' || exempt === 'path' ? [] : [fileOf('other.ts')];
  return factsOf({
    author: AUTHORS[exempt],
    reading,
    resolved,
    countsAreRight:
      state !== 'nothing' && !state.startsWith('wrong numbers') && state !== 'buried trailers only',
    restored,
    files: [fileOf(path, [runOf('+', 'human')]), ...beside],
  });
}

function rangesOf(state: Case['state'], path: string): ResolvedRange[] {
  switch (state) {
    case 'nothing':
      return [];
    case 'a range that has moved':
      return [rangeOf('moved', { path })];
    case 'a stale range':
    case 'wrong numbers and a stale range':
      return [rangeOf('exact', { path }), rangeOf('stale', { path })];
    case 'a range outside the file':
      return [rangeOf('invalid', { path })];
    case 'a stale range buried in the body':
      return [rangeOf('exact', { path }), rangeOf('stale', { path, source: 'body' })];
    case 'all of it right':
    case 'a trailer that does not parse':
    case 'wrong numbers':
    case 'buried trailers only':
      return [rangeOf('exact', { path, source: state === 'buried trailers only' ? 'body' : 'block' })];
  }
}

describe('judgeCommit, of provenance', () => {
  it('is the table of the policy in every case', function () {
    this.timeout(60_000);
    let count = 0;
    for (const one of cases()) {
      count++;
      const [found, wanted] = [judged(one).join('\n'), expected(one).join('\n')];
      if (found !== wanted) assert.equal(found, wanted, JSON.stringify(one));
    }
    assert.equal(count, 10 * 3 * 2 * 4 * 4 * 2 * 2);
  });
});
