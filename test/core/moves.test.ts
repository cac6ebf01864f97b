import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findMoves, type MoveReach } from '../../src/core/moves';

/**
 * The runs that moved, as `FROM>TO+LENGTH`. Of either text only the lines that begin with `*` are open: displaced on
 * the left, unexplained on the right. Lines are 0-based.
 */
function movesOf(from: readonly string[], to: readonly string[], reach: MoveReach): string {
  const side = (marked: readonly string[]) => ({
    lines: marked.map((line) => line.slice(1)),
    isOpen: (line: number) => marked[line]?.startsWith('*') === true,
  });
  return findMoves(side(from), side(to), reach)
    .map(({ aStart, bStart, length }) => `${aStart}>${bStart}+${length}`)
    .join(' ');
}

function check(
  name: string,
  from: readonly string[],
  to: readonly string[],
  within: string,
  across = within,
): void {
  it(name, () => {
    assert.equal(movesOf(from, to, 'file'), within, 'within one file');
    assert.equal(movesOf(from, to, 'across'), across, 'from another file');
  });
}

const LONG = '*const total = computeTheTotal(ofAllTheItems)';

describe('moves', () => {
  check(
    'two lines of weight 16 together',
    ['*abcdefgh', '*ijklmnop'],
    [' zulu', '*abcdefgh', '*ijklmnop'],
    '0>1+2',
  );
  check('two lines of weight 9', ['*abcd', '*efghi'], ['*abcd', '*efghi'], '');
  check('two lines of weight 10, within one file', ['*abcde', '*fghij'], ['*abcde', '*fghij'], '0>0+2', '');
  check('the same line twice is one line', ['*abcdefgh', '*abcdefgh'], ['*abcdefgh', '*abcdefgh'], '');
  check('one line of weight 30', [LONG], [' zulu', LONG], '0>1+1');
  check('one line of less, within one file', ['*sum(alphabet)'], ['*sum(alphabet)'], '0>0+1', '');
  check('one line of weight 16', ['*abcdefghijklmnop'], ['*abcdefghijklmnop'], '0>0+1', '');
  check('not if its first line is there twice', ['*alphabetical', '*alphabetical'], ['*alphabetical'], '');
  check(
    'not if its first line is there twice now',
    ['*alphabetical'],
    ['*alphabetical', ' alphabetical'],
    '',
  );
  it('a light line, in one writer’s step', () => {
    assert.equal(movesOf(['*abc'], [' zulu', '*abc'], 'step'), '0>1+1');
    assert.equal(movesOf(['*abc'], [' zulu', '*abc'], 'file'), '');
    assert.equal(movesOf(['*}'], [' zulu', '*}'], 'step'), '');
  });
  check('never boilerplate', ['*}', '*return null;', '*}'], ['*}', '*return null;', '*}'], '');
  check(
    'boilerplate and blank lines go with their run',
    ['*abcdefgh {', '*', '*}', '*ijklmnop'],
    ['*abcdefgh {', '*', '*}', '*ijklmnop'],
    '0>0+4',
  );
  check('indentation does not matter', [LONG], [LONG.replace('*', '*    ')], '0>0+1');
  check('what is in place moves nowhere', [LONG.replace('*', ' ')], [LONG], '');
  check('what is explained came from nowhere', [LONG], [LONG.replace('*', ' ')], '');
  check('a run does not reach over a line in place', ['*abcdefgh', ' zulu', '*ijklmnop'], ['*abcdefgh', '*zulu', '*ijklmnop'], '', ''); // prettier-ignore
  check('once, to one place', [LONG], [LONG, ' zulu', LONG], '0>0+1');
  check(
    'the longest run first',
    ['*abcdefgh', '*ijklmnop', '*qrstuvwx'],
    ['*ijklmnop', '*qrstuvwx', ' zulu', '*abcdefgh', '*ijklmnop', '*qrstuvwx'],
    '0>3+3',
  );
});

const WORDS = [
  'alphabetical',
  'bravissimo',
  'charliechaplin',
  'deltaofthenile',
  'x',
  '}',
  'return null;',
  '',
];
const marked = fc.array(
  fc.tuple(fc.boolean(), fc.constantFrom(...WORDS)).map(([open, word]) => `${open ? '*' : ' '}${word}`),
  { maxLength: 12 },
);

describe('moves: laws', () => {
  const law = (name: string, holds: (from: string[], to: string[], moves: string) => void): void => {
    it(name, () => {
      const told = fc.property(
        marked,
        marked,
        fc.constantFrom<MoveReach>('step', 'file', 'across'),
        (from, to, reach) => {
          const moves = movesOf(from, to, reach);
          try {
            holds(from, to, moves);
          } catch (error) {
            const program = `movesOf(${JSON.stringify(from)}, ${JSON.stringify(to)}, '${reach}') gave '${moves}'`;
            throw new Error(`${program}\n${String(error)}`, { cause: error });
          }
        },
      );
      fc.assert(told, { seed: 20261122, numRuns: 1000 });
    });
  };
  const pairsOf = (moves: string): [number, number][] =>
    moves.split(' ').flatMap((move) => {
      const [, from = '', to = '', length = ''] = /^(\d+)>(\d+)\+(\d+)$/.exec(move) ?? [];
      return Array.from({ length: Number(length) }, (_, i): [number, number] => [
        Number(from) + i,
        Number(to) + i,
      ]);
    });

  law('only open lines with equal keys move, each once on either side', (from, to, moves) => {
    const pairs = pairsOf(moves);
    for (const [a, b] of pairs) {
      assert.match(from[a] ?? '', /^\*/);
      assert.equal(from[a], to[b]);
    }
    assert.equal(new Set(pairs.map(([a]) => a)).size, pairs.length);
    assert.equal(new Set(pairs.map(([, b]) => b)).size, pairs.length);
  });
  law('there are never more lines after a move than before it', (from, _to, moves) => {
    const count = (lines: readonly string[], line: string): number =>
      lines.filter((own) => own === line).length;
    const moved = pairsOf(moves).map(([a]) => from[a] ?? '');
    for (const line of moved) assert.ok(count(moved, line) <= count(from, line));
  });
  law('every run has a word in it', (from, _to, moves) => {
    for (const move of moves.split(' ').filter(Boolean)) {
      const [start = 0] = pairsOf(move)[0] ?? [];
      const lines = from.slice(start, start + pairsOf(move).length);
      assert.ok(
        lines.some((line) => line.length > 9),
        lines.join('|'),
      );
    }
  });
});
