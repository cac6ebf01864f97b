import assert from 'node:assert/strict';
import { openPolicyHelp } from '../../src/core/policy-help';

const TOP = 'version systems tiers exempt include import approvals';
const RULES = 'warn agents commit provenance unknown override changeRef detail until approvals';
const DIGITS = '0 1 2 3 4 5 6 7 8 9';

/** The cursor is at `|`; what is proposed there, in order. */
const PROPOSALS: readonly (readonly [text: string, proposed: string])[] = [
  ['|', TOP],
  ['ver|', TOP],
  ['version: |', '1'],
  ['version: 1\n|', TOP],
  ['version: 1\nsystems:\n  |', ''],
  ['systems:\n  checkout:\n    |', 'tier description owners paths'],
  ['systems:\n  checkout:\n    tier: |', DIGITS],
  ['systems:\n  checkout:\n    owners:\n      - |', ''],
  ['systems:\n  checkout:\n    paths: ["a", "b"]\n    |', 'tier description owners paths'],
  ['systems:\n  checkout: { |', 'tier description owners paths'],
  ['systems:\n  checkout: { tier: |', DIGITS],
  ['systems:\n  checkout: { tier: 1, |', 'tier description owners paths'],
  ['systems:\n  checkout: { paths: ["a", "b"], |', 'tier description owners paths'],
  ['systems:\n  checkout: { paths: ["a: b", |', ''],
  ['systems:\n  a: { tier: 1, paths: [x] }\n|', TOP],
  ['tiers:\n  |', DIGITS],
  ['tiers:\n  1:\n    |', RULES],
  ['tiers:\n  1:\n\n    # why\n    warn: error # as ever\n    |', RULES],
  ['tiers:\n  1: { warn: error }\n  2:\n    commit: |', 'allow acknowledge block'],
  ['tiers:\n  1:\n    warn: wa|', 'off information warning error'],
  ['tiers:\n  "1":\n    detail: |', 'full'],
  ['tiers:\n  1:\n    until: |', ''],
  ['exempt:\n  - |', 'author paths'],
  ['exempt:\n- author: a\n  |', 'author paths'],
  ['exempt: [{ |', 'author paths'],
  ['exempt: [{ author: a, paths: [x] }, { |', 'author paths'],
  ['import:\n  - kind: |', 'backstage datadog'],
  ['import:\n  - kind: datadog\n    |', 'kind files tierFrom scale'],
  ['import:\n  - kind: datadog\n    scale:\n      gold: |', DIGITS],
  ['version: 1 # |', ''],
  ['tiers:\n  1:\n    nothing:\n      |', ''],
  ['tiers:\n  1:\n    __proto__:\n      |', ''],
];

/** The pointer is at `|`; what the key there means begins so. */
const MEANINGS: readonly (readonly [text: string, meaning: string | null])[] = [
  ['ti|ers:\n  1: {}', 'tiers: What is asked of a change, by tier.'],
  [
    'tiers:\n  1:\n    com|mit: block',
    'commit: What is asked at the commit. Only block refuses one. allow acknowledge block',
  ],
  [
    'tiers:\n  1:\n    commit: bl|ock',
    'commit: What is asked at the commit. Only block refuses one. allow acknowledge block',
  ],
  [
    'systems:\n  a: { tie|r: 1 }',
    `tier: How critical the system is: 0 to 9, lower is more critical. ${DIGITS}`,
  ],
  ['systems:\n  check|out: {}', null],
  ['# tie|rs', null],
  ['nothing|: 1', null],
];

const help = openPolicyHelp();

describe('help while a policy is written', () => {
  for (const [text, proposed] of PROPOSALS)
    it(`proposes ${proposed || 'nothing'} at ${JSON.stringify(text)}`, () => {
      const { line, column, whole } = cursor(text);
      const found = help.proposalsAt(whole, line, column).proposals.map((each) => each.text);
      assert.equal(found.join(' '), proposed);
    });

  for (const [text, meaning] of MEANINGS)
    it(`says what ${JSON.stringify(text)} means`, () => {
      const { line, column, whole } = cursor(text);
      const found = help.meaningAt(whole, line, column);
      const said = found && `${found.key}: ${[found.description ?? '', ...found.values].join(' ').trim()}`;
      assert.equal(said, meaning);
    });

  it('replaces what has been written of the word', () => {
    const { line, column, whole } = cursor('tiers:\n  1:\n    warn: wa|');
    assert.equal(help.proposalsAt(whole, line, column).column, 10);
  });

  it('looks through long and strange texts in no time', () => {
    for (const text of ['{[', '- ', 'a: ', 'a ', '"', "'", '#', ': ', ',]}', '\\"'])
      help.proposalsAt(`${text.repeat(5000)}\n${text.repeat(5000)}`, 1, 5000 * text.length);
  });
});

function cursor(marked: string): { readonly whole: string; readonly line: number; readonly column: number } {
  const [before = '', after = ''] = marked.split('|');
  const lines = before.split('\n');
  return { whole: before + after, line: lines.length - 1, column: lines.at(-1)?.length ?? 0 };
}
