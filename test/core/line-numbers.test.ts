import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { numberLines } from '../../src/core/line-numbers';

const bare = (line: string): string => line.replace(/\s+/g, '');

/** Few characters, so that lines are often equal, and white space of every kind. */
const line = fc.string({
  unit: fc.constantFrom('a', 'b', '(', '}', 'é', ' ', '\t', '\r', '\n', '\u00a0', '\u2028', '\u{1f600}'),
});
const text = fc.oneof(
  fc.array(line, { maxLength: 12 }),
  fc.array(fc.constantFrom('a', 'b', ' a', '', '}'), { maxLength: 30 }),
);

describe('core/line-numbers', () => {
  it('two lines have one number where they differ in white space only, and the numbers are dense', () =>
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { a: left, b: right, count } = numberLines(a, b);
        const [lines, numbers] = [
          [...a, ...b],
          [...left, ...right],
        ];
        for (const [i, one] of lines.entries())
          for (const [j, other] of lines.entries())
            assert.equal(numbers[i] === numbers[j], bare(one) === bare(other), JSON.stringify([one, other]));
        assert.deepEqual(
          [...new Set(numbers)].toSorted((x, y) => x - y),
          Array.from({ length: count }, (_, number) => number),
        );
      }),
      { seed: 20261126, numRuns: 500 },
    ));

  it('white space is what a regular expression takes for it', () => {
    for (let code = 0; code <= 0xffff; code++) {
      const { a, b } = numberLines(['ab'], [`a${String.fromCharCode(code)}b`]);
      assert.equal(a[0] === b[0], /\s/.test(String.fromCharCode(code)), code.toString(16));
    }
  });

  it('lines of one checksum are told apart', () => {
    // Of so many some have the same one, whatever it is: it has 30 bits.
    const lines = Array.from({ length: 200_000 }, (_, at) => `value ${at};`);
    assert.equal(numberLines(lines, []).count, lines.length);
  });
});
