import assert from 'node:assert/strict';
import { formerNames } from '../../src/extension/former-names';

describe('the names that files had before they were renamed', () => {
  const rows: readonly [string, readonly (readonly [string, string])[], string, string | null][] = [
    ['none', [], '/r/a', null],
    ['another file', [['/r/a', '/r/b']], '/r/c', null],
    ['a file', [['/r/a', '/r/b']], '/r/b', '/r/a'],
    [
      'a file, twice',
      [
        ['/r/a', '/r/b'],
        ['/r/b', '/r/c'],
      ],
      '/r/c',
      '/r/a',
    ],
    [
      'a file, and back',
      [
        ['/r/a', '/r/b'],
        ['/r/b', '/r/a'],
      ],
      '/r/a',
      null,
    ],
    ['a folder', [['/r/lib', '/r/src']], '/r/src/x/a', '/r/lib/x/a'],
    ['a folder with a name that begins alike', [['/r/lib', '/r/src']], '/r/src2/a', null],
    [
      'a file, then its folder',
      [
        ['/r/lib/a', '/r/lib/b'],
        ['/r/lib', '/r/src'],
      ],
      '/r/src/b',
      '/r/lib/a',
    ],
    [
      'a folder, then a file in it',
      [
        ['/r/lib', '/r/src'],
        ['/r/src/a', '/r/src/b'],
      ],
      '/r/src/b',
      '/r/lib/a',
    ],
    [
      'two that change places',
      [
        ['/r/a', '/r/t'],
        ['/r/b', '/r/a'],
        ['/r/t', '/r/b'],
      ],
      '/r/b',
      '/r/a',
    ],
  ];
  for (const [name, renames, now, expected] of rows)
    it(name, () => {
      const names = formerNames();
      for (const [from, to] of renames) names.renamed(from, to);
      assert.equal(names.of(now), expected);
    });
});
