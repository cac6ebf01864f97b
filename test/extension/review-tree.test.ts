import assert from 'node:assert/strict';
import type { Review, ReviewHunk } from '../../src/app/review';
import { reviewSummary } from '../../src/extension/views/text/review-summary';
import {
  childrenOf,
  NO_FILTER,
  reviewLook,
  reviewNotes,
  reviewTree,
  seenKey,
  type ReviewFilter,
  type ReviewNode,
} from '../../src/extension/views/text/review-tree';
import { english } from '../support/translate';

const HUNK: ReviewHunk = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  subject: 'feat: charge',
  side: '+',
  class: 'ai',
  via: 'agent',
  agent: 'claude-code',
  model: null,
  verdict: 'exact',
  path: 'pay/a.ts',
  start: 3,
  count: 2,
  digest: '11111111',
  now: 5,
  acknowledged: null,
};
const CHECKOUT = { name: 'checkout', tier: 1, owners: ['@pay'] };
const REVIEW: Review = {
  base: { name: 'origin/main', oid: 'b' },
  head: 'h',
  fork: 'f',
  commits: 3,
  tracked: 2,
  ends: [],
  policyProblem: null,
  unlisted: 0,
  files: [
    {
      path: 'pay/a.ts',
      systems: [CHECKOUT, { name: 'search', tier: 2, owners: [] }],
      unknown: 0,
      hunks: [
        HUNK,
        { ...HUNK, side: '-', now: null, start: 9, count: 1, digest: '22222222', acknowledged: true },
      ],
    },
    {
      path: 'web/b.ts',
      systems: [],
      unknown: 4,
      hunks: [
        {
          ...HUNK,
          path: 'web/b.ts',
          class: 'mixed',
          agent: 'codex',
          verdict: 'stale',
          now: null,
          digest: '33333333',
        },
      ],
    },
  ],
};

/** Each entry with its label and description, indented. */
function drawn(nodes: readonly ReviewNode[], depth = 0): string[] {
  return nodes.flatMap((node) => {
    const { label, description, isSeen } = reviewLook(english, node);
    return [
      `${' '.repeat(depth)}${isSeen ? '☑' : '☐'} ${label} | ${description}`,
      ...drawn(childrenOf(node), depth + 1),
    ];
  });
}

describe('the tree of a review', () => {
  const SEEN = new Set(
    REVIEW.files
      .flatMap(({ hunks }) => hunks.slice(0, 1))
      .slice(0, 1)
      .map(seenKey),
  );

  it('is tier, system, file and hunk, with counts, verdicts and what was seen', () =>
    assert.deepEqual(drawn(reviewTree(REVIEW, SEEN, NO_FILTER)), [
      '☐ Tier 1 | 1 of 2 seen',
      ' ☐ checkout | 1 of 2 seen',
      '  ☐ a.ts | pay · 1 of 2 seen',
      '   ☑ lines 5–6 | Claude Code · exact · 01234567',
      '   ☐ deleted: line 9 | Claude Code · exact · 01234567',
      '☐ In no system | 0 of 1 seen, 1 not verified',
      ' ☐ b.ts | web · 0 of 1 seen, 1 not verified',
      '  ☐ lines 3–4 | mixed · Codex · stale · changed since · 01234567',
    ]));

  const FILTERS: readonly [string, Partial<ReviewFilter>, readonly string[]][] = [
    ['a tier', { tiers: [1] }, ['lines 5–6', 'deleted: line 9']],
    ['no tier', { tiers: [null] }, ['lines 3–4']],
    ['deletions', { classes: ['deleted'] }, ['deleted: line 9']],
    ['an agent', { agents: ['codex'] }, ['lines 3–4']],
    ['two kinds at once', { tiers: [1], agents: ['codex'] }, []],
    ['what was not seen', { unseenOnly: true }, ['deleted: line 9', 'lines 3–4']],
  ];
  for (const [name, chosen, expected] of FILTERS)
    it(`can be filtered by ${name}`, () => {
      const tree = reviewTree(REVIEW, SEEN, { ...NO_FILTER, ...chosen });
      const labels = drawn(tree).filter((row) => /lines? \d/.test(row));
      assert.deepEqual(
        labels.map((row) => row.trim().slice(2).split(' | ')[0]),
        expected,
      );
    });

  it('forgets what was seen when a line, the path or the side is another', () => {
    const keys = [
      HUNK,
      { ...HUNK, digest: '99999999' },
      { ...HUNK, path: 'x' },
      { ...HUNK, side: '-' as const },
    ];
    assert.equal(new Set(keys.map(seenKey)).size, 4);
    assert.equal(
      seenKey({ ...HUNK, start: 70, now: 80, commit: 'another', verdict: 'moved' }),
      seenKey(HUNK),
    );
  });

  it('says what is not known', () => {
    const notes = (more: Partial<Review>): string[] => reviewNotes(english, { ...REVIEW, ...more });
    assert.deepEqual(notes({}), ['1 commit says nothing about its lines.']);
    assert.match(notes({ tracked: 0, files: [] }).join(), /proves nothing/);
    assert.match(notes({ commits: 0, tracked: 0, files: [] }).join(), /no commits between/);
    assert.match(notes({ ends: ['0123456789'] }).join(), /shallow: what 01234567 changes/);
    assert.match(notes({ unlisted: 7 }).join(), /7 lines of AI are counted and not listed/);
    assert.match(notes({ policyProblem: 'x\u202e' }).join(), /The tiers are not known: x\uFFFD/);
  });

  it('is a summary in Markdown', () =>
    assert.equal(
      reviewSummary(english, 'topic`', REVIEW, SEEN),
      [
        '## AI hunks of `` topic` `` against `origin/main`',
        '',
        '2 AI lines, 2 mixed, 1 deleted by AI, in 3 hunks of 3 commits. Seen: 1.',
        '',
        '1 commit says nothing about its lines.',
        '',
        '### Tier 1: `checkout`',
        '',
        '**`pay/a.ts`**',
        '',
        '- [x] lines 5–6, `claude-code`, exact, 0123456789ab',
        '- [ ] deleted: line 9, `claude-code`, exact, acknowledged, 0123456789ab',
        '',
        '### In no system',
        '',
        '**`web/b.ts`**',
        '',
        '- [ ] lines 3–4, mixed, `codex`, stale, 0123456789ab',
        '',
      ].join('\n'),
    ));
});
