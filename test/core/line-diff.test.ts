import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diffLines } from '../../src/core/line-diff';
import type { LineSpan } from '../../src/core/range';

/** Texts as words of one letter, a line each; spans as `START,COUNT`. */
function check(before: string, after: string, added: string, deleted: string): void {
  const diff = diffLines(Array.from(before), Array.from(after));
  const text = (spans: readonly LineSpan[]): string =>
    spans.map(({ start, count }) => `${start},${count}`).join(' ');
  assert.deepEqual([text(diff.added), text(diff.deleted)], [added, deleted], `${before} ${after}`);
}

function without(lines: readonly string[], spans: readonly LineSpan[]): string[] {
  return lines.filter(
    (_, at) => !spans.some(({ start, count }) => at + 1 >= start && at + 1 < start + count),
  );
}

describe('the line diff', () => {
  it('finds what was added and deleted', () => {
    check('', '', '', '');
    check('abc', 'abc', '', '');
    check('', 'ab', '1,2', '');
    check('ab', '', '', '1,2');
    check('abc', 'axc', '2,1', '2,1');
    check('abcd', 'acd', '', '2,1');
    check('aa', 'aaa', '3,1', '');
    check('abcdef', 'xabydef', '1,1 4,1', '3,1');
    check('abc', 'xyz', '1,3', '1,3');
  });

  it('leaves the same lines on both sides', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'd'), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { added, deleted } = diffLines(before, after);
        assert.deepEqual(without(after, added), without(before, deleted));
        if (before.join() === after.join()) assert.deepEqual([added, deleted], [[], []]);
      }),
    );
  });

  it('ends for long texts that have little in common', function () {
    this.timeout(60_000);
    const lines = (step: number): string[] =>
      Array.from({ length: 20_000 }, (_, i) => `${(i * step) % 7919}\n`);
    const { added, deleted } = diffLines(lines(31), lines(37));
    assert.deepEqual(without(lines(37), added), without(lines(31), deleted));
  });
});
