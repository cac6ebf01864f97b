import assert from 'node:assert/strict';
import { inlineFindings, type AcknowledgedWhy, type OpenRange } from '../../src/core/inline';
import { openMatcher, placePath } from '../../src/core/placing';
import { NO_RULES, type Rules } from '../../src/core/policy';
import { findingText } from '../../src/extension/views/text/finding-text';
import { english as t } from '../support/translate';

const ASKED = 'For a person to look at; no change of code is asked for.';

interface Row {
  readonly it: string;
  readonly rules: Partial<Rules>;
  readonly ranges: readonly Partial<OpenRange>[];
  readonly owners?: readonly string[];
  readonly done?: AcknowledgedWhy;
  readonly most?: number;
  readonly text: string;
}

const ROWS: readonly Row[] = [
  {
    it: 'names agent, model, system, tier, owners, rule and days left',
    rules: { warn: 'warning', commit: 'acknowledge', until: '2027-03-31' },
    ranges: [{ count: 3, agent: 'claude-code', model: 'claude-opus-4-5' }],
    owners: ['@pay-oncall', 'ana@example.com'],
    text: `AI wrote these 3 lines (Claude Code, model claude-opus-4-5) in checkout (tier 1). Owners: @pay-oncall, ana@example.com. Rule: commit: acknowledge, until 2027-03-31 (58 days left). ${ASKED}`,
  },
  {
    it: 'is shorter where there is less to say',
    rules: { warn: 'information' },
    ranges: [{ agent: null }],
    text: `AI wrote this line (an assistant that is not identified) in checkout (tier 1). Rule: warn: information. ${ASKED}`,
  },
  {
    it: 'says what a person and AI wrote, and the last day of a rule',
    rules: { warn: 'error', commit: 'block', until: '2027-02-01' },
    ranges: [{ class: 'mixed' }],
    text: `AI wrote part of this line (Codex) in checkout (tier 1). Rule: commit: block, until 2027-02-01 (today is the last day). ${ASKED}`,
  },
  {
    it: 'says what AI deleted',
    rules: { warn: 'error', until: '2027-02-02' },
    ranges: [{ side: '-', count: 2 }],
    text: `AI deleted 2 lines here (Codex) in checkout (tier 1). Rule: warn: error, until 2027-02-02 (1 day left). ${ASKED}`,
  },
  {
    it: 'accuses nobody of lines of unknown origin',
    rules: { warn: 'warning', unknown: 'treat-as-ai' },
    ranges: [{ class: 'unknown', agent: null, count: 2 }],
    text: `Nothing says who wrote these 2 lines in checkout (tier 1). Rule: unknown: treat-as-ai. ${ASKED}`,
  },
  {
    it: 'names the commit of a line that the branch has committed',
    rules: { warn: 'warning' },
    ranges: [{ commit: '0123456789abcdef0123456789abcdef01234567' }],
    text: `AI wrote this line (Codex) in checkout (tier 1), committed in 0123456789. Rule: warn: warning. ${ASKED}`,
  },
  {
    it: 'says how much was merged',
    rules: { warn: 'warning' },
    ranges: [{ count: 2 }, { start: 7, at: 6 }],
    most: 1,
    text: `3 lines that AI wrote or deleted, in 2 places, in checkout (tier 1). Rule: warn: warning. ${ASKED}`,
  },
  {
    it: 'is a plain sentence once acknowledged, with the reason',
    rules: { warn: 'warning', commit: 'acknowledge' },
    ranges: [{}],
    owners: ['@pay'],
    done: { reason: 'checked\u001b[2J with Ana' },
    text: 'Acknowledged: AI wrote this line (Codex) in checkout (tier 1). Nothing is asked for. checked\uFFFD[2J with Ana',
  },
  {
    it: 'names five owners and counts the others',
    rules: { warn: 'warning' },
    ranges: [{}],
    owners: ['@a', '@b', '@c', '@d', '@e', '@f', '@g'],
    text: `AI wrote this line (Codex) in checkout (tier 1). Owners: @a, @b, @c, @d, @e and 2 more. Rule: warn: warning. ${ASKED}`,
  },
];

describe('what a diagnostic says', () => {
  for (const row of ROWS) it(row.it, () => assert.deepEqual(said(row), [row.text]));
});

function said({ rules, ranges, owners = [], done, most = 1000 }: Row): string[] {
  const patterns = [{ pattern: 'pay/', from: { file: '.hunkmark.yml', line: 5 } }];
  const system = { name: 'checkout', tier: 1, description: null, owners, patterns };
  const tiers = new Map([[1, { ...NO_RULES, ...rules }]]);
  const matcher = openMatcher({ systems: [system], tiers, exempt: [], unsupported: [] });
  return inlineFindings({
    isGenerated: false,
    ranges: ranges.map((range) => ({ ...RANGE, ...range })),
    placement: placePath(matcher, 'pay/a.ts', '2027-02-01'),
    acknowledgedWhy: () => done ?? null,
    today: '2027-02-01',
    most,
  }).map((finding) => findingText(t, finding));
}

const RANGE: OpenRange = {
  path: 'pay/a.ts',
  side: '+',
  start: 1,
  count: 1,
  digest: '01234567',
  class: 'ai',
  via: 'agent',
  agent: 'codex',
  model: null,
  at: 0,
  commit: null,
  isBlank: false,
};
