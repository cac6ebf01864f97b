import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isExempt, openMatcher, openPaths, placePath, placePaths } from '../../src/core/placing';
import {
  matchesWildcards,
  NO_RULES,
  STRICTNESS,
  strictest,
  TIER_DEFAULTS,
  type Policy,
  type Rules,
} from '../../src/core/policy';

const TODAY = '2026-11-26';

/** `NAME TIER PATTERN…`, one system each; rules by tier. */
function policyOf(
  systems: readonly string[],
  tiers: Readonly<Record<number, Partial<Rules>>> = {},
  exempt: readonly (readonly [author: string, ...patterns: string[]])[] = [],
): Policy {
  const from = { file: '.hunkmark.yml', line: 3 };
  return {
    systems: systems.map((text) => {
      const [name = '', tier = '', ...patterns] = text.split(' ');
      return {
        name,
        tier: Number(tier),
        description: null,
        owners: [],
        patterns: patterns.map((pattern) => ({ pattern, from })),
      };
    }),
    tiers: new Map(
      Object.entries(tiers).map(([tier, rules]) => [Number(tier), { ...TIER_DEFAULTS, ...rules }]),
    ),
    exempt: exempt.map(([author, ...patterns]) => ({
      author,
      patterns: patterns.map((pattern) => ({ pattern, from })),
    })),
    unsupported: [],
  };
}

describe('the place of a path', () => {
  it('is every system that has it, the most critical first, with its first pattern', () => {
    const matcher = openMatcher(policyOf(['c 2 *.ts', 'b 1 x/ x/a.ts', 'a 1 **/a.ts', 'd 0 y/']));
    const { tier, systems } = placePath(matcher, 'x/a.ts', TODAY);
    assert.equal(tier, 1);
    assert.deepEqual(
      systems.map(({ name, pattern }) => `${name} ${pattern}`),
      ['a **/a.ts', 'b x/', 'c *.ts'],
    );
  });

  it('asks for nothing outside every system, and for little in a tier without an entry', () => {
    const matcher = openMatcher(policyOf(['a 3 a/']));
    assert.deepEqual(placePath(matcher, 'b', TODAY), {
      tier: null,
      systems: [],
      rules: NO_RULES,
      changeRefs: [],
      lapsed: [],
    });
    assert.deepEqual(placePath(matcher, 'a/x', TODAY).rules, {
      warn: 'information',
      agents: 'allow',
      commit: 'allow',
      provenance: 'off',
      unknown: 'allow',
      override: 'allow',
      changeRef: null,
      detail: null,
      until: null,
    });
  });

  it('has the strictest of its systems, rule by rule', () => {
    const matcher = openMatcher(
      policyOf(['a 1 x', 'b 2 x'], {
        1: { commit: 'acknowledge', unknown: 'treat-as-ai', changeRef: 'CHG-*' },
        2: { commit: 'block', warn: 'error', provenance: 'required', changeRef: 'INC-*', detail: 'full' },
      }),
    );
    const { rules, changeRefs } = placePath(matcher, 'x', TODAY);
    assert.equal(
      [rules.warn, rules.commit, rules.unknown, rules.provenance, rules.detail, rules.changeRef].join(),
      'error,block,treat-as-ai,required,full,CHG-*',
    );
    assert.deepEqual(changeRefs, ['CHG-*', 'INC-*']);
  });

  it('lets rules lapse after their last day', () => {
    const matcher = openMatcher(
      policyOf(['a 1 x', 'b 2 x'], { 1: { commit: 'block', until: TODAY }, 2: { warn: 'warning' } }),
    );
    assert.equal(placePath(matcher, 'x', TODAY).rules.commit, 'block');
    const after = placePath(matcher, 'x', '2026-11-27');
    assert.deepEqual([after.rules.commit, after.rules.warn, after.tier], ['allow', 'warning', 1]);
    assert.deepEqual(
      after.lapsed.map(({ tier, rules }) => [tier, rules.until]),
      [[1, TODAY]],
    );
  });

  it('is that of both names of a renamed file', () => {
    const matcher = openMatcher(policyOf(['a 2 new/', 'b 1 old/']));
    const { tier, systems } = placePaths(matcher, ['new/x', 'old/x'], TODAY);
    assert.deepEqual([tier, systems.map(({ name }) => name)], [1, ['b', 'a']]);
  });

  it('needs no provenance of an exempt author in these files only', () => {
    const lock = ['*[bot]@users.noreply.github.com', '**/package-lock.json', 'docs/'] as const;
    const matcher = openMatcher(policyOf([], {}, [lock, ['ana@example.com', 'x']]));
    const bot = '49699333+dependabot[bot]@users.noreply.github.com';
    assert.equal(isExempt(matcher, bot, ['a/package-lock.json', 'docs/a']), true);
    assert.equal(isExempt(matcher, bot, ['a/package-lock.json', 'x']), false);
    assert.equal(isExempt(matcher, bot, []), false);
    assert.equal(isExempt(matcher, 'b@users.noreply.github.com', ['docs/a']), false);
  });

  it('is the same whatever was asked before, and however many patterns there are', () => {
    const part = fc.constantFrom('a', 'b', '*', 'a*', '**', 'c.ts');
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'c.ts'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 12 }),
        fc.array(path, { minLength: 1, maxLength: 8 }),
        (patterns, paths) => {
          const from = { file: 'x', line: 1 };
          const together = openPaths(patterns.map((each) => ({ pattern: each, from })));
          for (const one of paths) {
            const alone = patterns.filter((each) => openPaths([{ pattern: each, from }])(one).length > 0);
            const found = together(one).map((each) => each.pattern);
            assert.deepEqual(found.toSorted(), alone.toSorted(), one);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('rules', () => {
  it('are strictest together: any order, any number of times, none milder', () => {
    const rules: fc.Arbitrary<Rules> = fc.record(
      {
        warn: fc.constantFrom(...STRICTNESS.warn),
        agents: fc.constantFrom(...STRICTNESS.agents),
        commit: fc.constantFrom(...STRICTNESS.commit),
        provenance: fc.constantFrom(...STRICTNESS.provenance),
        unknown: fc.constantFrom(...STRICTNESS.unknown),
        override: fc.constantFrom(...STRICTNESS.override),
        changeRef: fc.constant(null),
        detail: fc.constantFrom('full' as const, null),
        until: fc.constantFrom('2026-01-01', '2027-01-01', null),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(rules, rules, (a, b) => {
        const both = strictest(a, b);
        assert.deepEqual(both, strictest(b, a));
        assert.deepEqual(strictest(both, a), both);
        assert.deepEqual(strictest(a, a), a);
        assert.equal(both.commit === 'block', a.commit === 'block' || b.commit === 'block');
        assert.equal(both.warn === 'off', a.warn === 'off' && b.warn === 'off');
      }),
    );
  });

  for (const [pattern, text, expected] of [
    ['CHG-*', 'CHG-12', true],
    ['CHG-*', 'XCHG-12', false],
    ['CHG-????', 'CHG-1234', true],
    ['CHG-????', 'CHG-123', false],
    ['CHG-?', 'CHG-\u{1f512}', true],
    ['*a*b', 'xaxxb', true],
    ['*a*b', 'xaxxbc', false],
    ['[x].+', '[x].+', true],
    ['', '', true],
    ['*', '', true],
    [`${'*a'.repeat(200)}b`, 'a'.repeat(4000), false],
  ] as const) {
    it(`${pattern.slice(0, 12)} ${expected ? 'is' : 'is not'} ${text.slice(0, 12)}`, () =>
      assert.equal(matchesWildcards(pattern, text), expected));
  }
});
