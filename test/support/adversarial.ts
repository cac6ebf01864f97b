import { parsePattern } from '../../src/core/path-pattern';
import { openPaths } from '../../src/core/placing';
import { readRootFile } from '../../src/core/policy-file';
import { Chance } from './line-model';

/** A pattern and a path that are made to be slow, and whether they match by the rules of gitignore. */
export interface PatternTrial {
  readonly pattern: string;
  readonly path: string;
  readonly matches: boolean;
}

/** Shapes on which a matcher that goes back and tries again takes longer than a life; all of them are patterns. */
const SHAPES: readonly ((n: number) => readonly [pattern: string, path: string, matches: boolean])[] = [
  (n) => [`${'*a'.repeat(n)}*b`, 'a'.repeat(250), false],
  (n) => [`${'*a'.repeat(n)}*`, 'a'.repeat(250), true],
  (n) => [`${'**/a/'.repeat(1 + (n % 14))}b`, `${'a/'.repeat(1000 + n)}c`, false],
  (n) => [`${'**/*/'.repeat(1 + (n % 14))}b`, `${'a/'.repeat(1000 + n)}b`, true],
  (n) => [`**/${'a*'.repeat(n)}b/x`, `${`${'a'.repeat(250)}/`.repeat(16)}x`, false],
  (n) => [`${'?'.repeat(n)}*`, 'é'.repeat(120), n <= 240],
  (n) => [`${'[!b]*'.repeat(n)}c`, 'a'.repeat(250), false],
  (n) => [`${'[a-z]*'.repeat(n)}[!a]`, 'a'.repeat(250), false],
  (n) => [`${'*'.repeat(1)}${'?'.repeat(n)}*z`, 'y'.repeat(4000), false],
  (n) => [`a/**/${'**/'.repeat(n % 20)}${'*x'.repeat(n % 60)}*y/z`, `a/${'xx/'.repeat(900)}z`, false],
];

/** 1,000 of them, the same ones every time. */
export function patternTrials(): PatternTrial[] {
  return Array.from({ length: 100 }, (_, n) => n + 1).flatMap((n) =>
    SHAPES.map((shape) => {
      const [pattern, path, matches] = shape(n);
      return { pattern, path, matches };
    }),
  );
}

/** What is wrong with the answer to one trial; null: nothing. */
export function patternFailure({ pattern, path, matches }: PatternTrial): string | null {
  const parsed = parsePattern(pattern);
  if ('error' in parsed) return `${pattern.slice(0, 60)} is refused: ${parsed.error}`;
  const found = openPaths([{ pattern, from: { file: '.hunkmark.yml', line: 1 } }])(path).length > 0;
  return found === matches ? null : `${pattern.slice(0, 60)} on ${path.slice(0, 60)}: ${found}`;
}

const WHOLE = `version: 1
systems:
  checkout:
    tier: 1
    description: Order checkout
    owners: ["@pay-oncall", ana@example.com]
    paths:
      - services/checkout/**
      - "config/pricing/*.yml"
  "search & find": { tier: 2, paths: [services/search/**] }
tiers:
  1:
    warn: warning
    commit: acknowledge
    changeRef: "CHG-*"
    until: 2027-03-31
exempt:
  - { author: "*[bot]@users.noreply.github.com", paths: ["**/package-lock.json"] }
include: [".hunkmark/*.yml"]
import:
  - { kind: datadog, files: "**/entity.datadog.yaml", scale: { Gold: 1 } }
`;

/** Written at some place of the policy: what breaks YAML, what breaks a terminal, what is slow to read. */
const NOISE: readonly string[] = [
  ...[
    '\0',
    '\t',
    '"',
    "'",
    '{',
    '[',
    ']',
    '}',
    ':',
    '- ',
    '*x',
    '&a ',
    '!!js/function ',
    '%YAML 9\n',
    '\u2028',
    '\u202e',
  ],
  ...[
    '\ud800',
    '? ',
    '| \n',
    '#',
    ',',
    '\r',
    '\x1b[2J',
    '\n---\n',
    '\n...\n',
    '__proto__: ',
    '<<: *a\n',
    'é',
  ],
  ...['\n\n\n', '[', '{a: ', '- ', '\n  x:', '"\\'].map((text) => text.repeat(3000)),
  ...[
    'version: 2\n',
    'tier: 11\n',
    'tier: -1\n',
    'paths: 7\n',
    'commit: Block\n',
    'until: 2027-02-30\n',
    '  1: {}\n',
  ],
];

/** A policy with seeded damage, never the whole one. */
export function damagedPolicies(seed: number, count: number): string[] {
  const chance = new Chance(seed);
  return Array.from({ length: count }, () => {
    const at = chance.number(WHOLE.length);
    const noise = chance.percent(85) ? (chance.pick(NOISE) ?? '') : '';
    const gone = noise === '' ? 1 + chance.number(60) : chance.number(20);
    return WHOLE.slice(0, at) + noise + WHOLE.slice(at + gone);
  });
}

/** `harmless`, `found`, or what is wrong with the finding: it is one, in words, at a place of the file. */
export function policyOutcome(text: string): string {
  const read = readRootFile(text);
  if (read.kind !== 'problem') return 'harmless';
  const { line, column, what, file } = read;
  if (file !== '.hunkmark.yml' || line < 1 || column < 1) return `${file}:${line}:${column}`;
  if (line > text.split('\n').length + 1) return `line ${line} is none`;
  return /^[^\n]{5,399}$/.test(what) ? 'found' : `unclear: ${JSON.stringify(what.slice(0, 80))}`;
}
