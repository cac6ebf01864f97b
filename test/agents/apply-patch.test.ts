import assert from 'node:assert/strict';
import { parsePatch } from '../../src/agents/apply-patch';

/** A patch as `PATH: CHANGE` a file: `+` the text that is written, `-` deleted, `> TO`, or `OLD => NEW` a part. */
function read(...lines: readonly string[]): string[] {
  return parsePatch(['*** Begin Patch', ...lines, '*** End Patch'].join('\n')).map(({ path, change }) => {
    switch (change.kind) {
      case 'write':
        return `${path}: + ${JSON.stringify(change.content)}`;
      case 'delete':
        return `${path}: -`;
      case 'rename':
        return `${path}: > ${change.to}`;
      case 'replacements':
        return `${path}: ${change.parts.map((part) => JSON.stringify([part.old, part.new])).join(' ')}`;
      case 'replace':
      case 'patch':
        return `${path}: ${change.kind}`;
    }
  });
}

describe('a patch of apply_patch', () => {
  const ROWS: readonly (readonly [why: string, lines: readonly string[], expected: readonly string[]])[] = [
    ['nothing', [], []],
    ['a new file', ['*** Add File: a b.js', '+x', '+', '+y'], ['a b.js: + "x\\n\\ny\\n"']],
    ['a file taken away', ['*** Delete File: a.js'], ['a.js: -']],
    [
      'two parts with context',
      ['*** Update File: a.js', '@@ function f() {', ' keep', '-old', '+new', '@@', '+more'],
      ['a.js: ["keep\\nold\\n","keep\\nnew\\n"] ["","more\\n"]'],
    ],
    [
      'empty lines without a blank between two others, and none at an end',
      ['*** Update File: a.js', '@@', ' keep', '', '-old', '+new', '', '', ' more', '', '@@', '-x', ''],
      ['a.js: ["keep\\n\\nold\\n\\n\\nmore\\n","keep\\n\\nnew\\n\\n\\nmore\\n"] ["x\\n",""]'],
    ],
    ['a move', ['*** Update File: a.js', '*** Move to: b.js', '@@', '-x', '+y'], ['a.js: > b.js']],
    [
      'a header that content only looks like',
      ['*** Add File: a.js', '+*** Delete File: b.js'],
      ['a.js: + "*** Delete File: b.js\\n"'],
    ],
    [
      'headers that another reader would take',
      ['  *** Delete File:   a.js  ', '*** End of File', 'rubbish', '*** Update File: b.js'],
      ['a.js: -', 'b.js: '],
    ],
    [
      'a file that is changed twice as one change',
      [
        '*** Update File: a.js',
        '@@',
        '-x',
        '+y',
        '*** Delete File: b.js',
        '*** Update File: a.js',
        '@@',
        '-z',
        '+w',
      ],
      ['a.js: ["x\\n","y\\n"] ["z\\n","w\\n"]', 'b.js: -'],
    ],
    [
      'a new file that is changed as a new file',
      ['*** Add File: a.js', '+x', '*** Update File: a.js', '@@', ' x', '+y'],
      ['a.js: + "x\\ny\\n"'],
    ],
    [
      'a file that is taken away and written anew as both',
      ['*** Delete File: a.js', '*** Add File: a.js', '+x'],
      ['a.js: -', 'a.js: + "x\\n"'],
    ],
  ];
  for (const [why, lines, expected] of ROWS)
    it(`reads ${why}`, () => assert.deepEqual(read(...lines), expected));

  it('reads line ends of Windows', () => {
    assert.deepEqual(read('*** Delete File: a.js\r'), ['a.js: -']);
  });
});
