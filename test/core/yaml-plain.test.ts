import assert from 'node:assert/strict';
import { readPlainYaml } from '../../src/core/yaml-plain';
import { readAnyYaml, readYaml, type YamlDocument, type YamlRead } from '../../src/core/yaml-text';
import { damagedPolicies } from '../support/adversarial';
import { largePolicy } from '../support/large-policy';
import { Chance } from '../support/line-model';

const WHOLE_POLICY = `version: 1
systems:
  checkout:
    tier: 1                   # 0–9, lower is more critical
    description: Order checkout and payment capture
    owners: ["@pay-oncall", "ana@example.com"]
    paths: ["services/checkout/**", "config/pricing/*.yml"]
  search: { tier: 2, paths: [services/search/**] }
tiers:
  1:
    warn: warning
    changeRef: "CHG-*"
    until: 2027-03-31
exempt:
  - { author: "*[bot]@users.noreply.github.com", paths: ["**/package-lock.json"] }
include: [".hunkmark/*.yml"]
import:
  - { kind: backstage, files: "**/catalog-info.yaml", tierFrom: "metadata.labels.tier" }
`;

/** Texts that are plain, between them all that may stand in one. */
const PLAIN: readonly string[] = [
  'version: 1\n',
  'a: b',
  '  a: 1\n  b: 2\n',
  '# first\n\na: 0 # zero\n\n  # deeper\nb: word   \n',
  'a:\n  b:\n    c: 10\n  d: two words, and more\ne: f\n',
  'a:\n- 1\n- b c\nd:\n  - e\n  - "f # g"\n',
  '- a: 1\n  b: 2\n-   c: 3\n    d:\n    - e\n- f\n',
  'a: [b, "c, d", [1, 2], {}, []]\nb: { c: 1, "d e": [f], g: { h: i } } # end\n',
  `a: 'it: is'\nb: "#"\n"c d": ''\n1: one\n`,
  'a: 2027-03-31\nb: services/**/x-*.[jt]s\n',
  'a: x:y\nb: [group:default/team]\nc: .github/x\nd: Nullable\ne: true story\n',
  'a:\n  # nothing yet\n  - b\n  # nothing more\n',
  'constructor: 1\n__proto__: 2\n',
  'a: déjà vu\nb: [é]\n',
  WHOLE_POLICY,
];

/** What is not plain, or not right; the package says what it is. */
const OTHER: readonly string[] = [
  ...['', '# nothing\n', 'a', '[a]', '{ a: 1 }', 'a: ~', 'a:', 'a: null', 'a: True', 'a: .inf', 'a: 01'],
  ...['a: 1.5', 'a: 0x1', 'a: -1', 'a: *b', 'a: &b c', 'a: !!str b', 'a: |\n  b', 'a: >\n  b', 'a: b: c'],
  ...['a: b\n  c', 'a: "b\n  c"', 'a: [b,\n  c]', 'a: "\\n"', "a: 'it''s'", 'a: b\n c: d', 'a: 1\na: 2'],
  ...['a:\tb', 'a: b\r\n', '---\na: 1', 'a: 1\n...\n', '%YAML 1.2\n---\na: 1', '? a\n: b', 'a : b', '- - a'],
  ...['a: [b: c]', 'a: {b}', 'a: [b,,c]', 'a: [b', 'a: "b', 'a: b #c\n d', 'a:\n  - b\n c', '\ufeffa: 1'],
  ...[
    'a: {"b":1}',
    '"a":1',
    'a: "b"c',
    'a: [b]c',
    'a: `b',
    'a: @b',
    'a: %b',
    'a: -',
    '-',
    '- ',
    'null: 1',
    'é: 1',
  ],
];

/** The value, and where all of it stands. */
function told(read: YamlRead): unknown {
  if (read.kind === 'problem') return read;
  return read.documents.map((document) => ({ value: document.value, places: placesIn(document, []) }));
}

function placesIn(document: YamlDocument, path: readonly PropertyKey[]): unknown[] {
  const here = path.reduce<unknown>((value, key) => Object(value)[key], document.value);
  const keys = typeof here === 'object' && here !== null ? Object.keys(here) : [];
  const own = keys.map((key) => [document.placeOfKey(path, key), ...placesIn(document, [...path, key])]);
  return [document.placeOf(path), document.placeOfKey(path, 'nowhere'), ...own];
}

function isRight(text: string): void {
  assert.deepEqual(told(readYaml(text)), told(readAnyYaml(text)), JSON.stringify(text));
}

/** A text with a sign or two put in, taken out or written twice. */
function changed(chance: Chance, text: string): string {
  const at = chance.number(text.length);
  const end = at + chance.number(4);
  const signs = [
    '\n',
    ' ',
    '  ',
    ':',
    ': ',
    '#',
    ' #',
    '- ',
    ',',
    '[',
    ']',
    '{ ',
    ' }',
    '"',
    "'",
    'é',
    '1',
    '.',
  ];
  const put = chance.percent(60) ? (chance.pick(signs) ?? '') : text.slice(at, end + chance.number(9));
  return text.slice(0, at) + put + text.slice(chance.percent(50) ? at : end);
}

describe('a plain YAML text', () => {
  for (const text of PLAIN)
    it(`is read as the package reads it: ${JSON.stringify(text)}`, () => {
      assert.ok(readPlainYaml(text));
      isRight(text);
    });

  for (const text of OTHER)
    it(`is left to the package: ${JSON.stringify(text)}`, () => {
      assert.equal(readPlainYaml(text), null);
      isRight(text);
    });

  it('is what a large policy is, and a file with too much in it is not', () => {
    assert.ok(readPlainYaml(largePolicy(60, 900)));
    isRight(largePolicy(60, 900));
    assert.equal(readPlainYaml(`a: [${'a, '.repeat(13_001)}a]`), null);
    assert.equal(readPlainYaml(`a: ${'['.repeat(10)}1${']'.repeat(10)}`), null);
  });

  it('is read as the package reads it wherever something is changed in it', () => {
    const chance = new Chance(7);
    const others = [...OTHER, ...damagedPolicies(7, 300).filter((text) => text.length < 2000)];
    let plain = 0;
    for (let round = 0; round < 4000; round++) {
      let text = chance.pick(chance.percent(80) ? PLAIN : others) ?? '';
      for (let times = 1 + chance.number(2); times > 0; times--) text = changed(chance, text);
      if (readPlainYaml(text)) plain++;
      isRight(text);
    }
    // Of what is broken at random not much is plain any more; enough is.
    assert.ok(plain > 700, `${plain}`);
  });
});
