import assert from 'node:assert/strict';
import type { DocumentState, LineRun, Seen } from '../../src/extension/tracking';
import { countLines, hunksOf, markOf, runAt, stepFrom } from '../../src/extension/views/text/marks';

const SEEN: Seen = { via: null, agent: null, model: null, evidence: null, at: null };

/** A document in one line: `ai 2-4, deleted 7 x3` are lines 2 to 4, and three lines deleted before line 7; 0-based. */
function state(notation: string): DocumentState {
  const parts = notation.split(', ').filter((part) => part !== '');
  const runs = parts.flatMap((part): LineRun[] => {
    const [, name, first, last] = /^(ai|mixed|unknown) (\d+)-(\d+)$/.exec(part) ?? [];
    if (name === undefined) return [];
    const start = Number(first);
    return [{ ...SEEN, class: name as LineRun['class'], start, count: Number(last) - start + 1 }];
  });
  const deletions = parts.flatMap((part) => {
    const [, before, count] = /^deleted (\d+) x(\d+)$/.exec(part) ?? [];
    if (before === undefined) return [];
    return [{ ...SEEN, before: Number(before), lines: Array.from({ length: Number(count) }, () => 'x') }];
  });
  return { kind: 'tracked', runs, deletions };
}

const NO_HISTORY = { runs: [], gone: [] };

describe('AI hunks of a file', () => {
  for (const [notation, hunks] of [
    ['', ''],
    ['unknown 1-3', ''],
    ['ai 2-4, mixed 5-6, ai 9-9', '2-6 9-9'],
    ['ai 2-4, unknown 5-6, ai 7-7', '2-4 7-7'],
    ['ai 2-4, deleted 3 x1', '2-4'],
    ['ai 2-4, deleted 5 x1', '2-5'],
    ['ai 2-4, deleted 8 x2', '2-4 8-8'],
    ['deleted 0 x1, ai 3-3', '0-0 3-3'],
    ['deleted 20 x2', '19-19'],
  ] as const) {
    it(`of "${notation}" are "${hunks}"`, () => {
      const found = hunksOf(state(notation), NO_HISTORY, 20);
      assert.equal(found.map(({ first, last }) => `${first}-${last}`).join(' '), hunks);
    });
  }

  const three = hunksOf(state('ai 2-4, ai 8-8, mixed 12-13'), NO_HISTORY, 20);
  for (const [line, next, previous] of [
    [0, 0, 2],
    [2, 1, 2],
    [3, 1, 2],
    [5, 1, 0],
    [8, 2, 0],
    [13, 0, 1],
    [19, 0, 2],
  ] as const) {
    it(`seen from line ${line} the next is ${next}, the previous ${previous}`, () => {
      assert.equal(stepFrom(three, line, 'next'), next);
      assert.equal(stepFrom(three, line, 'previous'), previous);
    });
  }

  it('are none to step to in a file without any', () => assert.equal(stepFrom([], 3, 'next'), null));

  it('are counted by line, deleted ones too', () => {
    const counts = countLines(state('ai 2-4, mixed 5-6, unknown 9-9, deleted 1 x3'));
    assert.deepEqual(counts, { ai: 3, mixed: 2, unknown: 1, deleted: 3 });
  });

  it('are none where nothing is followed', () => {
    const untracked = { kind: 'untracked', why: 'too-large' } as const;
    assert.deepEqual(hunksOf(untracked, NO_HISTORY, 5), []);
    const nobody = { via: null, agent: null, model: null, commit: null, verdict: null } as const;
    const committed = { runs: [{ start: 2, count: 2, class: 'ai' as const, ...nobody }], gone: [] };
    assert.deepEqual(hunksOf(untracked, committed, 5), [{ first: 2, last: 3 }]);
    assert.deepEqual(countLines({ kind: 'untracked', why: 'off' }), {
      ai: 0,
      mixed: 0,
      unknown: 0,
      deleted: 0,
    });
  });

  it('are found by their lines, the last one included', () => {
    const { runs } = state('ai 2-4') as Extract<DocumentState, { kind: 'tracked' }>;
    assert.deepEqual(
      [1, 2, 4, 5].map((line) => runAt(runs, line) !== null),
      [false, true, true, false],
    );
  });

  it('that were deleted at the end are marked below the last line', () => {
    assert.deepEqual(markOf({ ...SEEN, before: 5, lines: ['x'] }, 5), { line: 4, side: 'below' });
    assert.deepEqual(markOf({ ...SEEN, before: 4, lines: ['x'] }, 5), { line: 4, side: 'above' });
    assert.deepEqual(markOf({ ...SEEN, before: 0, lines: ['x'] }, 0), { line: 0, side: 'below' });
  });
});
