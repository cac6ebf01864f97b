import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Change } from '../../src/core/agent-event';
import { replay, replayElsewhere } from '../../src/core/replay';

/** `BEFORE | OLD -> NEW` and what comes of it; `+` before OLD: all of them. `⌀` is no file or no result. */
function check(row: string, expected: string): void {
  const [before = '', step = ''] = row.split(' | ');
  const [pattern = '', replacement = ''] = step.split(' -> ');
  const all = pattern.startsWith('+');
  const change: Change = { kind: 'replace', old: all ? pattern.slice(1) : pattern, new: replacement, all };
  const result = replay(change, before === '⌀' ? null : before);
  assert.equal(result ?? '⌀', expected, row);
}

const REPLACEMENTS: [string, string][] = [
  ['abc | b -> x', 'axc'],
  ['abc | b -> ', 'ac'],
  ['abc | d -> x', '⌀'],
  ['abcb | b -> x', '⌀'],
  ['abcb | +b -> x', 'axcx'],
  ['abc | +d -> x', '⌀'],
  ['aaa | aa -> x', 'xa'],
  ['aaaa | aa -> x', '⌀'],
  ['aaaa | +aa -> x', 'xx'],
  ["abc | b -> $& $1 $` $' $$", "a$& $1 $` $' $$c"],
  ['abcb | +b -> $&', 'a$&c$&'],
  ['⌀ |  -> x', 'x'],
  [' |  -> x', 'x'],
  ['abc |  -> x', '⌀'],
  ['⌀ | b -> x', '⌀'],
];

/** What was replaced, in the text it was replaced in and in another one, and what becomes of that. */
const ELSEWHERE: [
  about: string,
  parts: [old: string, text: string][],
  from: string,
  text: string,
  to: string | null,
][] = [
  ['the same place', [['b\n', 'x\n']], 'a\nb\n', 'n\na\nb\n', 'n\na\nx\n'],
  ['indented since', [['b;', 'x;']], 'b;\n', 'n\n  b;\n', 'n\n  x;\n'],
  ['within a line in both', [['b', 'x']], 'a b\n', 'n b\n', 'n x\n'],
  ['a blank line and the next one', [['\nb', 'b']], 'a\n\nb\n', 'n\na\n\nb\n', 'n\na\nb\n'],
  ['the end of a line, for a blank one', [['\nb\n', 'b\n']], '\nb\n', 'n\nb\n', null],
  ['within a line, for a whole one', [['b\n', 'x\n']], 'b\n', 'ab\n', null],
  [
    'the second of two',
    [
      ['a', 'x'],
      ['\nb\n', 'b\n'],
    ],
    'a\n\nb\n',
    'a\nn\nb\n',
    null,
  ],
  [
    'what the first one wrote',
    [
      ['a', 'c'],
      ['c', 'x'],
    ],
    'a\n',
    'n\na\n',
    'n\nx\n',
  ],
  ['not there', [['z', 'x']], 'z\n', 'a\n', null],
];

const ab = 'a\nb\nc\nd\ne\n';
const PATCHES: [string, string, [number, string][], string | null][] = [
  ['one hunk', ab, [[2, ' b|-c|+C|+CC| d']], 'a\nb\nC\nCC\nd\ne\n'],
  [
    'two hunks',
    ab,
    [
      [1, '-a|+A'],
      [5, '-e|+E'],
    ],
    'A\nb\nc\nd\nE\n',
  ],
  ['adds before the first line', ab, [[1, '+x']], `x\n${ab}`],
  ['adds behind the last line', ab, [[6, '+x']], `${ab}x\n`],
  ['a new file', '', [[1, '+x|+y']], 'x\ny\n'],
  ['all deleted', 'x\n', [[1, '-x']], ''],
  ['no line end before', 'x', [[1, '-x|\\ No newline at end of file|+y']], 'y\n'],
  ['no line end after', 'x\n', [[1, '-x|+y|\\ No newline at end of file']], 'y'],
  ['a line with CR', 'x\r\ny\r\n', [[1, ' x\r|-y\r|+z\r']], 'x\r\nz\r\n'],
  ['an empty context line without its space', 'a\n\nb\n', [[1, ' a||-b|+B']], 'a\n\nB\n'],
  ['another line where one is kept', ab, [[2, ' x|-c']], null],
  ['another line where one is deleted', ab, [[2, ' b|-x']], null],
  ['right lines at the wrong place', ab, [[1, ' b|-c']], null],
  ['a line end that is not there', 'x', [[1, '-x|+y']], null],
  ['no line end within the text', ab, [[1, '-a|+A|\\ No newline at end of file']], null],
  [
    'hunks out of order',
    ab,
    [
      [5, '-e'],
      [1, '-a'],
    ],
    null,
  ],
  ['a hunk behind the end', ab, [[7, '+x']], null],
  ['a hunk before the start', ab, [[0, '+x']], null],
  ['half a line number', ab, [[1.5, '+x']], null],
  ['an unknown sign', ab, [[1, '*a']], null],
];

describe('replay: on another text', () => {
  for (const [about, parts, from, text, to] of ELSEWHERE)
    it(about, () => {
      const all = parts.map(([old, written]) => ({ old, new: written, all: false }));
      const [only] = all;
      const change: Change =
        all.length === 1 && only ? { kind: 'replace', ...only } : { kind: 'replacements', parts: all };
      assert.equal(replayElsewhere(change, text, from), to);
    });
});

describe('replay', () => {
  it('replaces', () => {
    for (const [row, expected] of REPLACEMENTS) check(row, expected);
  });

  it('patches', () => {
    for (const [name, before, hunks, expected] of PATCHES) {
      const change: Change = {
        kind: 'patch',
        hunks: hunks.map(([oldStart, lines]) => ({ oldStart, lines: lines.split('|') })),
      };
      assert.equal(replay(change, before), expected, name);
    }
  });

  it('replaces in turn, all or nothing', () => {
    const parts = [
      { old: 'a', new: 'b', all: false },
      { old: 'b', new: 'c', all: true },
    ];
    assert.equal(replay({ kind: 'replacements', parts }, 'ab'), 'cc');
    assert.equal(
      replay({ kind: 'replacements', parts: [...parts, { old: 'a', new: '', all: false }] }, 'ab'),
      null,
    );
  });

  it('writes, deletes and renames', () => {
    const rename: Change = { kind: 'rename', to: 'b', parts: [{ old: 'x\n', new: 'y\n', all: false }] };
    assert.equal(replay({ kind: 'write', content: 'x' }, null), 'x');
    assert.equal(replay({ kind: 'write', content: 'x' }, 'y'), 'x');
    assert.equal(replay({ kind: 'delete' }, 'x'), '');
    assert.equal(replay({ kind: 'delete' }, null), null);
    assert.equal(replay(rename, 'x\n'), 'y\n');
    assert.equal(replay({ ...rename, parts: [] }, 'x\n'), 'x\n');
    assert.equal(replay(rename, null), null);
  });

  it('replaces as a naive search does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(
        text,
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }),
        text,
        fc.boolean(),
        (before, old, by, all) => {
          const pieces = before.split(old);
          const applies = all ? pieces.length > 1 : pieces.length === 2;
          assert.equal(
            replay({ kind: 'replace', old, new: by, all }, before),
            applies ? pieces.join(by) : null,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds the same in a long text as in a short one', () => {
    const padding = '-'.repeat(20_000);
    const short = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(short, { maxLength: 6 }), short, fc.boolean(), (parts, core, all) => {
        const old = `${core}${padding}${core}`;
        const before = parts.join(old);
        const pieces = before.split(old);
        const applies = all ? pieces.length > 1 : pieces.length === 2;
        assert.equal(
          replay({ kind: 'replace', old, new: 'x', all }, before),
          applies ? pieces.join('x') : null,
        );
      }),
    );
  });

  it('counts no overlap in a long text either', () => {
    const old = 'a'.repeat(20_000);
    const replaced = (length: number, all: boolean) =>
      replay({ kind: 'replace', old, new: 'x', all }, 'a'.repeat(length));
    assert.equal(replaced(50_000, true), `xx${'a'.repeat(10_000)}`);
    assert.equal(replaced(39_999, false), `x${'a'.repeat(19_999)}`);
    assert.equal(replaced(40_000, false), null);
  });

  it('takes linear time where a plain search takes minutes', () => {
    const half = 'a'.repeat(200_000);
    const change: Change = { kind: 'replace', old: `${half}b${half}`, new: 'x', all: false };
    const started = performance.now();
    assert.equal(replay(change, 'a'.repeat(800_000)), null);
    assert.equal(replay(change, `a${half}b${half}a`), 'axa');
    assert.ok(performance.now() - started < 1000);
  });

  it('refuses a result without bound', () => {
    const change: Change = { kind: 'replace', old: 'a', new: 'b'.repeat(1_000_000), all: true };
    assert.equal(replay(change, 'a'.repeat(1_000_000)), null);
  });
});
