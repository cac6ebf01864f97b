import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parsePattern } from '../../src/core/path-pattern';
import { openPaths } from '../../src/core/placing';
import { scratchRepo } from '../support/scratch-repo';

const from = { file: '.hunkmark.yml', line: 1 };

function matches(pattern: string, path: string): boolean {
  return openPaths([{ pattern, from }])(path).length > 0;
}

/** What a row with blanks between its paths cannot say: the pattern, the paths that match, and those that do not. */
const WHITE: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ['a ', ['a', 'x/a'], ['a ']],
  ['a/**  ', ['a/b'], ['a']],
  ['a/ ', ['a/b'], ['a']],
  ['a\\ ', ['a '], ['a']],
  ['a\\  ', ['a '], ['a', 'a  ']],
  ['a\\\\ ', ['a\\'], ['a\\ ']],
  ['a\\\\', ['a\\'], ['a']],
  ['a\\\\/b', ['a\\/b'], ['a/b']],
  [' a', [' a'], ['a']],
];

/** `PATTERN: paths that match | paths that do not`. */
const ROWS = [
  'services/checkout/**: services/checkout/a services/checkout/a/b | services/checkout a/services/checkout/b',
  'config/pricing/*.yml: config/pricing/eu.yml config/pricing/d.yml/x | config/pricing/a/b.yml x/config/pricing/eu.yml',
  '*.tf: a.tf x/y.tf x.tf/y | a.tfx',
  'build/: build/x a/build/y/z | build a/build',
  '/build: build build/x | a/build',
  'a/**/b: a/b a/x/b a/x/y/b a/x/b/c | ab x/a/b',
  '**/catalog-info.yaml: catalog-info.yaml a/b/catalog-info.yaml | acatalog-info.yaml',
  '**: a a/b |',
  '/**: a a/b |',
  'a/**/: a/b/c | a/b a',
  'x?z: xyz a/xaz | xz xyyz x/z',
  '[a-c]x: ax bx | dx Ax',
  '[!a-c]x: dx | ax',
  '[]-]x: ]x -x | ax',
  '[[:digit:][:upper:]]x: 1x Ax | ax',
  'a\\*b: a*b | axb',
  '\\!x: !x | x',
  'A/b: A/b | a/b a/B',
  'a b/c: | a',
  'é?: é1 | é é12',
  '**/**/x: x a/x a/b/x | ax',
  'a/*/b: a/x/b | a/b a/x/y/b',
];

describe('a path pattern', () => {
  for (const row of ROWS) {
    it(row, () => {
      const [pattern = '', expected = ''] = row.split(': ', 2);
      const [yes = '', no = ''] = expected.split('|').map((side) => side.trim());
      for (const path of yes.split(' ').filter(Boolean)) assert.equal(matches(pattern, path), true, path);
      for (const path of no.split(' ').filter(Boolean)) assert.equal(matches(pattern, path), false, path);
    });
  }

  for (const [pattern, yes, no] of WHITE)
    it(`${JSON.stringify(pattern)} matches ${JSON.stringify(yes)}`, () =>
      assert.deepEqual(
        [...yes, ...no].filter((path) => matches(pattern, path)),
        yes,
      ));

  for (const pattern of [
    '',
    ' ',
    '/',
    '/ ',
    'a\\\\\\',
    '!a',
    'a//b',
    './a',
    'a/../b',
    'a\\',
    'a\\/b',
    'a[b',
    '[a/b]',
    '[[:nope:]]',
    'a**/b',
    'a\nb',
    'x'.repeat(1025),
    'a/'.repeat(65),
  ]) {
    it(`refuses ${JSON.stringify(pattern.slice(0, 20))}`, () =>
      assert.ok('error' in parsePattern(pattern), pattern));
  }

  it('matches as git check-ignore does, on thousands of random pairs', function () {
    this.timeout(120_000);
    const repo = scratchRepo();
    try {
      const part = fc.stringMatching(
        /^(?:\*\*|[ab*?]{1,3}|[ab]\[[!^]?[ab-]{1,3}\][ab*]?|\\[ab*? \\]|é|x\.y)$/,
      );
      const pattern = fc
        .tuple(
          fc.constantFrom('', '/', '**/'),
          fc.array(part, { minLength: 1, maxLength: 4 }),
          fc.constantFrom('', '/', '/**', ' ', '  '),
        )
        .map(([head, parts, tail]) => head + parts.join('/') + tail)
        .filter((each) => !('error' in parsePattern(each)));
      const name = fc.stringMatching(/^(?:[ab]{1,3}|[ab]é|é|x\.y|\*|a\*b|a |\\)$/);
      const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
      const seed = Number(process.env['HUNKMARK_SEED'] ?? 7);
      const patterns = fc.sample(pattern, { numRuns: 250, seed });
      const paths = [...new Set(fc.sample(path, { numRuns: 80, seed: seed + 1 }))];
      let matched = 0;
      for (const each of patterns) {
        repo.write('.git/info/exclude', `${each}\n`);
        const { stdout } = repo.run('git', ['check-ignore', '--no-index', '-z', '--stdin'], {
          stdin: paths.join('\0'),
        });
        const ignored = new Set(stdout.split('\0'));
        for (const one of paths) {
          assert.equal(matches(each, one), ignored.has(one), `seed ${seed}: ${each} on ${one}`);
          if (ignored.has(one)) matched++;
        }
      }
      assert.ok(matched > 500, `${matched} of ${patterns.length * paths.length} matched`);
    } finally {
      repo.dispose();
    }
  });

  it('takes steps in proportion to pattern and path, however they are made', () => {
    // A pattern that backtracks would take longer than a life on any of these.
    const shapes = [
      (n: number) => [`${'*a'.repeat(n)}b`, 'a'.repeat(250)],
      (n: number) => [`${'**/a/'.repeat(Math.min(n, 14))}b`, 'a/'.repeat(2000) + 'c'],
      (n: number) => [`${'**/*/'.repeat(Math.min(n, 14))}b`, 'a/'.repeat(2000) + 'c'],
      (n: number) => [`**/${'a*'.repeat(n)}b/x`, `${'a'.repeat(250)}/`.repeat(16) + 'x'],
      (n: number) => [`${'?'.repeat(n)}*`, 'é'.repeat(120)],
      (n: number) => [`${'[!b]*'.repeat(n)}c`, 'a'.repeat(250)],
    ] as const;
    for (let n = 1; n <= 170; n++)
      for (const shape of shapes) {
        const [pattern = '', path = ''] = shape(n);
        if (!('error' in parsePattern(pattern))) matches(pattern, path);
      }
  });
});
