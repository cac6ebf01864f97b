import assert from 'node:assert/strict';
import { modelRanges, originRuns, settleBlankLines, slideAdded } from '../../src/core/hunks';
import { BASE, UNKNOWN, type LineOrigin } from '../../src/core/origin';
import type { LineSpan } from '../../src/core/range';

const LETTERS: Readonly<Record<string, LineOrigin>> = {
  b: BASE,
  '?': UNKNOWN,
  a: { class: 'ai', via: 'agent', agent: 'one', model: null, evidence: 'reported' },
  A: { class: 'ai', via: 'agent', agent: 'two', model: null, evidence: 'reported' },
  m: { class: 'mixed', via: 'agent', agent: 'one', model: null, evidence: 'reported' },
  h: { class: 'human', via: null, agent: null, model: null, evidence: 'declared' },
};

/**
 * A text as `ORIGIN TEXT` rows; rows that begin with a space were there before, the others are added. The first
 * letter is the origin: `a` and `A` two agents’, `m` mixed, `h` human, `?` unknown, `b` base.
 */
function read(rows: readonly string[]): {
  lines: string[];
  origins: LineOrigin[];
  spans: LineSpan[];
  added: boolean[];
} {
  const added = rows.map((row) => row.startsWith('+'));
  const spans: { start: number; count: number }[] = [];
  added.forEach((is, line) => {
    const last = spans.at(-1);
    if (!is) return;
    if (last && last.start - 1 + last.count === line) last.count++;
    else spans.push({ start: line + 1, count: 1 });
  });
  return {
    lines: rows.map((row) => row.slice(2)),
    origins: rows.map((row) => LETTERS[row.charAt(1)] ?? UNKNOWN),
    spans,
    added,
  };
}

function show(origins: readonly LineOrigin[], added: readonly boolean[]): string {
  const letter = (origin: LineOrigin): string =>
    Object.entries(LETTERS).find(([, own]) => own === origin)?.[0] ?? '!';
  return origins.map((origin, line) => (added[line] ? letter(origin) : '.')).join('');
}

describe('blank lines', () => {
  const check = (name: string, rows: readonly string[], expected: string): void => {
    it(name, () => {
      const { lines, origins, spans, added } = read(rows);
      assert.equal(show(settleBlankLines(lines, spans, origins), added), expected);
    });
  };
  check('go with their neighbours where they agree', ['+aone', '+?', '+?  ', '+atwo'], 'aaaa');
  check('not where they do not', ['+aone', '+?', '+?two'], 'a??');
  check('nor where agents differ', ['+aone', '+?', '+Atwo'], 'a?A');
  check('nor ai and mixed', ['+aone', '+?', '+mtwo'], 'a?m');
  check('at the edge of a run with the one neighbour', ['+?', '+aone', '+?'], 'aaa');
  check('what stands outside the run is no neighbour', [' aone', '+?', '+?two', ' athree'], '.??.');
  check('alone they are unknown, whatever was said of them', ['+a', ' bone', '+a '], '?.?');
  check('a neighbour’s word is stronger than their own', ['+?one', '+a', '+?two'], '???');
});

describe('runs of one origin', () => {
  const check = (name: string, rows: readonly string[], expected: string): void => {
    it(name, () => {
      const { origins, spans } = read(rows);
      const runs = originRuns(spans, (line) => origins[line] ?? UNKNOWN);
      const texts = runs.map(({ start, count, origin }) => `${start}+${count}:${show([origin], [true])}`);
      assert.equal(texts.join(' '), expected);
    });
  };
  check('are as long as can be', ['+aone', '+atwo', '+?three', '+afour'], '1+2:a 3+1:? 4+1:a');
  check('do not reach over what was there', ['+aone', ' btwo', '+athree'], '1+1:a 3+1:a');
  check('divide by agent and by class', ['+aone', '+Atwo', '+mthree'], '1+1:a 2+1:A 3+1:m');
  it('spans that touch are one', () => {
    const spans = [
      { start: 1, count: 2 },
      { start: 3, count: 1 },
    ];
    assert.equal(originRuns(spans, () => UNKNOWN).length, 1);
  });
  it('only a model’s are ranges, with the digest of their lines', () => {
    const { lines, origins, spans } = read(['+aone', '+?two', '+mthree', '+mfour', '+hfive']);
    const runs = originRuns(spans, (line) => origins[line] ?? UNKNOWN);
    const ranges = modelRanges('f.ts', '+', runs, lines, (slice) => slice.join('|'));
    assert.deepEqual(
      ranges.map(({ start, count, digest, class: kind }) => `${start}+${count} ${digest} ${kind}`),
      ['1+1 one ai', '3+2 three|four mixed'],
    );
  });
});

describe('a diff that cuts an insertion elsewhere', () => {
  const check = (name: string, rows: readonly string[], expected: string): void => {
    it(name, () => {
      const { lines, origins, spans, added } = read(rows);
      const seen = [...origins];
      slideAdded(lines, spans, origins, (line) => seen[line] ?? UNKNOWN);
      assert.equal(show(origins, added), expected);
    });
  };
  check('below where it was made', [' a}', '+aelse {', '+b}'], '.aa');
  check('above where it was made', ['+b}', '+aelse {', ' a}'], 'aa.');
  check('a line that nobody knows takes no part', [' a}', '+aelse {', '+?}'], '.a?');
  check('nor where the other line is nobody’s', [' ?}', '+aelse {', '+b}'], '.ab');
  check('nor one with other signs', [' a]', '+aelse {', '+b}'], '.ab');
});
