import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { splitLines } from '../../src/core/lines';
import type { LineSpan, RangeClass, Side } from '../../src/core/range';
import { type ReadRange, type Reading, readProvenance } from '../../src/core/reading';
import type { ChangedFile } from '../../src/core/changed-text';
import { countsAreRight, lineClasses } from '../../src/core/line-classes';
import { type ResolvedRange, resolveRanges } from '../../src/core/resolve';

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 8);
}

/** A changed file as a diff shows it, lines parted by `|`: `' same|-old|+new'`; `name` may be `old>new`, `-` for none. */
function file(name: string, diff: string): ChangedFile {
  const [oldPath = name, path = oldPath] = name.split('>');
  const rows = diff === '' ? [] : diff.split('|');
  const side = (without: string): string[] => rows.filter((row) => row[0] !== without);
  const lines = (without: string): string[] => side(without).map((row) => `${row.slice(1)}\n`);
  return {
    change: {
      path: path === '-' ? null : path,
      oldPath: oldPath === '-' ? null : oldPath,
      added: runsOf(side('-').map((row) => row[0] === '+')),
      deleted: runsOf(side('+').map((row) => row[0] === '-')),
    },
    oldLines: lines('+'),
    newLines: lines('-'),
  };
}

function runsOf(marked: readonly boolean[]): LineSpan[] {
  const runs: { start: number; count: number }[] = [];
  for (const [at, mark] of marked.entries()) {
    if (mark && at > 0 && marked[at - 1]) (runs.at(-1) ?? { count: 0 }).count++;
    else if (mark) runs.push({ start: at + 1, count: 1 });
  }
  return runs;
}

/** `PATH ±START LINE|LINE…`; buried if it begins with `*`. */
function range(text: string, name: RangeClass = 'ai'): ReadRange {
  const [, buried, path = '', side, start, content = ''] = /^(\*?)(\S+) ([+-])(\d+) (.*)$/s.exec(text) ?? [];
  const lines = content.split('|').map((line) => `${line}\n`);
  const place = {
    path,
    side: side as Side,
    start: Number(start),
    count: lines.length,
    digest: digest(lines),
  };
  const origin = { class: name, via: 'agent' as const, agent: 'x', model: null };
  return { ...place, ...origin, source: buried === '*' ? 'body' : 'block' };
}

/** `VERDICT`, and where: `PATH START`, or `? STARTS` for the places it may have. */
function verdict({ verdict: found, at, candidates }: ResolvedRange): string {
  if (at !== null) return `${found} ${at.path} ${at.start}`;
  return candidates.length === 0 ? found : `${found} ? ${candidates.map((place) => place.start).join(' ')}`;
}

const ALPHA = 'const alpha = 1;';
const BETA = 'const beta = 22;';
const GAMMA = 'const gamma = 3;';

describe('the verdict of a range', () => {
  const cases: readonly [string, readonly ChangedFile[], readonly string[], readonly string[]][] = [
    [
      'exact: the lines are added there',
      [file('a', ` x|+${ALPHA}|+${BETA}`)],
      [`a +2 ${ALPHA}|${BETA}`, `a +3 ${BETA}`],
      ['exact a 2', 'exact a 3'],
    ],
    ['exact: the lines are deleted there', [file('a', ` x|-${ALPHA}|+y`)], [`a -2 ${ALPHA}`], ['exact a 2']],
    ['exact: in a new file', [file('->a', `+${ALPHA}`)], [`a +1 ${ALPHA}`], ['exact a 1']],
    ['exact: in a file that is gone', [file('a>-', `-${ALPHA}`)], [`a -1 ${ALPHA}`], ['exact a 1']],
    [
      'exact: a renamed file, each side by its name',
      [file('a>b', `-${ALPHA}|+${BETA}`)],
      [`b +1 ${BETA}`, `a -1 ${ALPHA}`],
      ['exact b 1', 'exact a 1'],
    ],
    ['exact: however short', [file('a', '+}|+}')], ['a +2 }'], ['exact a 2']],
    ['stale: the lines are there but not added', [file('a', ` ${ALPHA}|+x`)], [`a +1 ${ALPHA}`], ['stale']],
    [
      'stale: a line of them is not added',
      [file('a', `+${ALPHA}| ${BETA}`)],
      [`a +1 ${ALPHA}|${BETA}`],
      ['stale'],
    ],
    ['stale: they were changed', [file('a', `+${ALPHA}|+x`)], [`a +1 ${BETA}`], ['stale']],
    ['stale: white space was changed', [file('a', `+ ${ALPHA}`)], [`a +1 ${ALPHA}`], ['stale']],
    ['stale: the file was not changed', [file('a', `+${ALPHA}`)], [`b +1 ${ALPHA}`], ['stale']],
    [
      'stale: added is not deleted',
      [file('a', `+${ALPHA}|-${BETA}`)],
      [`a -1 ${ALPHA}`, `a +1 ${BETA}`],
      ['stale', 'stale'],
    ],
    [
      'stale: parted by a line that was there',
      [file('a', `+${ALPHA}| x|+${BETA}`)],
      [`a +1 ${ALPHA}|${BETA}`],
      ['stale'],
    ],
    [
      'invalid: outside the file',
      [file('a', `+${ALPHA}`)],
      [`a +2 ${BETA}`, `a +1 ${BETA}|${BETA}`],
      ['invalid', 'invalid'],
    ],
    ['invalid: in a file without lines', [file('a', '')], [`a +1 ${BETA}`], ['invalid']],
    ['moved: shifted', [file('a', ` x| x|+${ALPHA}`)], [`a +1 ${ALPHA}`], ['moved a 3']],
    ['moved: shifted from outside the file', [file('a', `+${ALPHA}`)], [`a +9 ${ALPHA}`], ['moved a 1']],
    ['moved: deleted lines too', [file('a', ` x|-${ALPHA}`)], [`a -1 ${ALPHA}`], ['moved a 2']],
    [
      'moved: from the middle of a run to that of another',
      [file('a', `+x|+${ALPHA}|+y| z|+q|+r|+${BETA}|+s|+t`)],
      [`a +3 ${BETA}`],
      ['moved a 7'],
    ],
    ['moved: to the path it was renamed to', [file('a>b', ` x|+${ALPHA}`)], [`a +1 ${ALPHA}`], ['moved b 2']],
    [
      'moved: to the path it was renamed from',
      [file('a>b', ` x|-${ALPHA}`)],
      [`b -1 ${ALPHA}`],
      ['moved a 2'],
    ],
    ['moved: renamed, the same line', [file('a>b', ` x|+${ALPHA}`)], [`a +2 ${ALPHA}`], ['moved b 2']],
    ['moved: not to any other path', [file('a', '+x'), file('b', `+${ALPHA}`)], [`a +1 ${ALPHA}`], ['stale']],
    [
      'moved: each place once, in order of START',
      [file('a', ` x|+${ALPHA}`)],
      [`a +7 ${ALPHA}`, `a +1 ${ALPHA}`],
      ['invalid', 'moved a 2'],
    ],
    [
      'moved: none over an exact one',
      [file('a', `+${ALPHA}|+${BETA}| x`)],
      [`a +1 ${ALPHA}|${BETA}`, `a +3 ${BETA}`],
      ['exact a 1', 'stale'],
    ],
    [
      'stale: its only place lies over one that is exact by chance, after a line above',
      [file('a', ` x|+${ALPHA}|+${BETA}|+${GAMMA}| y|+${BETA}`)],
      [`a +1 ${ALPHA}|${BETA}|${GAMMA}`, `a +3 ${BETA}`],
      ['stale', 'exact a 3'],
    ],
    [
      'moved: to the place an exact one leaves',
      [file('a', `+${ALPHA}| x|+${ALPHA}| x`)],
      [`a +1 ${ALPHA}`, `a +4 ${ALPHA}`],
      ['exact a 1', 'moved a 3'],
    ],
    [
      'moved: of several, at the shift of the one before',
      [file('a', ` x|+${ALPHA}|+${BETA}| y|+${BETA}`)],
      [`a +1 ${ALPHA}`, `a +2 ${BETA}`],
      ['moved a 2', 'moved a 3'],
    ],
    [
      'moved: of several, at the shift of the one after',
      [file('a', ` x|+${BETA}|+${ALPHA}| y|+${BETA}`)],
      [`a +2 ${ALPHA}`, `a +1 ${BETA}`],
      ['moved a 3', 'moved a 2'],
    ],
    [
      'moved: of several, none at a shift',
      [file('a', ` x|+${BETA}| y|+${BETA}`)],
      [`a +1 ${BETA}`],
      ['moved ? 2 4'],
    ],
    [
      'moved: of several, two at a shift',
      [file('a', `+${ALPHA}| y|+${BETA}| z|+${BETA}|+${GAMMA}`)],
      [`a +2 ${ALPHA}`, `a +4 ${BETA}`, `a +4 ${GAMMA}`],
      ['moved a 1', 'moved a 3', 'moved a 6'],
    ],
    [
      'moved: between neighbours that disagree',
      [file('a', ` z| z| z| z|+${ALPHA}|+${BETA}| z|+${BETA}|+${GAMMA}`)],
      [`a +4 ${ALPHA}`, `a +5 ${BETA}`, `a +6 ${GAMMA}`],
      ['moved a 5', 'moved ? 6 8', 'moved a 9'],
    ],
    [
      'moved: two ranges, two places, nobody knows which',
      [file('a', ` x|+${BETA}| y|+${BETA}`)],
      [`a +1 ${BETA}`, `a +3 ${BETA}`],
      ['moved ? 2 4', 'moved ? 4'],
    ],
    [
      'moved: three ranges, two places',
      [file('a', ` x|+${BETA}| y|+${BETA}`)],
      [`a +1 ${BETA}`, `a +3 ${BETA}`, `a +9 ${BETA}`],
      ['moved ? 2 4', 'moved ? 4', 'invalid'],
    ],
    ['moved: a short run that is unique', [file('a', ' x|+let a = 1;')], ['a +1 let a = 1;'], ['moved a 2']],
    [
      'moved: a short run that is not, even at its neighbour’s shift',
      [file('a', ` x|+${ALPHA}|+}| y|+}`)],
      [`a +1 ${ALPHA}`, 'a +2 }'],
      ['moved a 2', 'moved ? 3 5'],
    ],
    [
      'moved: a short run with one place left',
      [file('a', '+}| y|+}| z')],
      ['a +1 }', 'a +4 }'],
      ['exact a 1', 'moved ? 3'],
    ],
    [
      'moved: twelve visible characters are enough',
      [file('a', ` x|+${ALPHA}|+a b cdefghijkl| y|+a b cdefghijkl`)],
      [`a +1 ${ALPHA}`, 'a +2 a b cdefghijkl'],
      ['moved a 2', 'moved a 3'],
    ],
    [
      'moved: eleven are not',
      [file('a', ` x|+${ALPHA}|+a b cdefghijk| y|+a b cdefghijk`)],
      [`a +1 ${ALPHA}`, 'a +2 a b cdefghijk'],
      ['moved a 2', 'moved ? 3 5'],
    ],
    [
      'moved: places may overlap each other',
      [file('a', ` z| z|+${ALPHA}|+${ALPHA}|+${ALPHA}`)],
      [`a +1 ${ALPHA}|${ALPHA}`],
      ['moved ? 3 4'],
    ],
    [
      'buried: takes no place from the block',
      [file('a', ` x|+${ALPHA}`)],
      [`*a +1 ${ALPHA}`, `a +3 ${ALPHA}`],
      ['stale', 'moved a 2'],
    ],
    [
      'buried: resolves by itself',
      [file('a', ` x|+${ALPHA}`)],
      [`*a +1 ${ALPHA}`, `*a +2 ${ALPHA}`],
      ['stale', 'exact a 2'],
    ],
  ];
  for (const [name, files, ranges, expected] of cases) {
    it(`is ${name}`, () => {
      const found = resolveRanges(
        ranges.map((text) => range(text)),
        files,
        digest,
      );
      assert.deepEqual(found.map(verdict), expected);
      assert.deepEqual(
        found.map((one) => one.range),
        ranges.map((text) => range(text)),
      );
    });
  }

  it('takes the last line without a line end as it is', () => {
    const change = { path: 'a', oldPath: null, added: [{ start: 1, count: 2 }], deleted: [] };
    const newLines = splitLines(`${ALPHA}\r\n${BETA}`);
    const one = { ...range(`a +1 ${ALPHA}`), count: 2, digest: digest([`${ALPHA}\r\n`, BETA]) };
    assert.deepEqual(resolveRanges([one], [{ change, oldLines: [], newLines }], digest).map(verdict), [
      'exact a 1',
    ]);
  });

  it('takes adjacent spans as one run', () => {
    const added = [
      { start: 1, count: 1 },
      { start: 2, count: 1 },
    ];
    const change = { path: 'a', oldPath: 'a', added, deleted: [] };
    const files = [{ change, oldLines: [], newLines: [`${ALPHA}\n`, `${BETA}\n`] }];
    assert.deepEqual(resolveRanges([range(`a +1 ${ALPHA}|${BETA}`)], files, digest).map(verdict), [
      'exact a 1',
    ]);
  });

  it('carries + only in a merge', () => {
    const merge = file('a', ` x|+${ALPHA}`);
    const found = resolveRanges(
      [range(`a +2 ${ALPHA}`), range('a -1 x')],
      [{ ...merge, oldLines: [] }],
      digest,
    );
    assert.deepEqual(found.map(verdict), ['exact a 2', 'invalid']);
  });
});

// ---- classes

/** A reading with these numbers: ai mixed human unknown ai-deleted hunks listed. */
function reading(numbers: string, ranges: readonly ReadRange[], extra = ''): Reading {
  const [ai, mixed, human, unknown, deleted, hunks, listed] = numbers.split(' ');
  const provenance = `AI-Provenance: v1 ai=${ai} mixed=${mixed} human=${human} unknown=${unknown} ai-deleted=${deleted} hunks=${hunks} listed=${listed}`;
  const lines = ranges
    .filter((r) => r.source === 'block')
    .map((r) => `AI-Hunk: ${r.path} ${r.side}${r.start},${r.count}:${r.digest} ${origin(r)}\n`);
  return readProvenance(`t\n\n${numbers === '' ? '' : `${provenance}\n`}${lines.join('')}${extra}`);
}

function origin({ class: name, via, agent }: ReadRange): string {
  return name === 'unknown' ? name : `${name} ${via} ${agent}`;
}

/** The classes of the added lines, then those of the deleted lines, by first letter; `!` where a range was moved. */
function classes(
  numbers: string,
  ranges: readonly ReadRange[],
  files: readonly ChangedFile[],
  extra = '',
): string {
  const read = reading(numbers, ranges, extra);
  const resolved = resolveRanges(ranges, files, digest);
  const letters = lineClasses(read, resolved, files).map(({ added, deleted }) =>
    [added, deleted]
      .map((lines) => lines.map(({ origin: o }) => o.class[0] + (o.verdict === 'moved' ? '!' : '')).join(''))
      .join('-'),
  );
  return letters.join(' ');
}

describe('the class of a line', () => {
  const one = [file('a', `+${ALPHA}|+${BETA}| x|-old 1|-old 2|+${GAMMA}`)];
  const ai = range(`a +1 ${ALPHA}`);
  const mixed = range(`a +2 ${BETA}`, 'mixed');
  const gone = range('a -2 old 1');
  const stale = range('a +2 other');
  const cases: readonly [string, string, string, readonly ReadRange[], readonly ChangedFile[], string?][] = [
    ['what its range says, the rest human', 'amh-au', '1 1 1 0 1 3 3', [ai, mixed, gone], one],
    ['human without any range', 'hhh-uu', '0 0 3 0 0 0 0', [], one],
    ['unknown where nothing is said', 'uuu-uu', '', [], one],
    ['unknown without AI-Provenance', 'auu-uu', '', [ai], one],
    ['unknown where some are unknown', 'auu-uu', '1 0 1 1 0 1 1', [ai], one],
    ['unknown where not all are listed', 'auu-uu', '1 0 2 0 0 2 1', [ai], one],
    ['unknown where the sum is wrong', 'auu-uu', '1 0 1 0 0 1 1', [ai], one],
    ['unknown where ai is wrong', 'auu-uu', '2 0 1 0 0 1 1', [ai], one],
    ['unknown where mixed is wrong', 'amu-uu', '1 2 0 0 0 2 2', [ai, mixed], one],
    ['unknown where ai and mixed are confused', 'amu-uu', '2 0 1 0 0 2 2', [ai, mixed], one],
    ['unknown where ai-deleted is wrong', 'auu-uu', '1 0 2 0 1 1 1', [ai], one],
    ['unknown where a deletion is not counted', 'auu-au', '1 0 2 0 0 2 2', [ai, gone], one],
    ['unknown where hunks is wrong', 'auu-uu', '1 0 2 0 0 2 2', [ai], one],
    ['unknown where a range is stale', 'auu-uu', '1 0 2 0 0 2 2', [ai, stale], one],
    ['unknown where a range is stale and counted', 'auu-uu', '2 0 1 0 0 2 2', [ai, stale], one],
    [
      'unknown where a trailer does not parse',
      'auu-uu',
      '1 0 2 0 0 1 1',
      [ai],
      one,
      'AI-Hunk: a +0,1:01234567 ai\n',
    ],
    ['human though another trailer does not parse', 'ahh-uu', '1 0 2 0 0 1 1', [ai], one, 'AI-Policy: x\n'],
    [
      'human though a buried range does not resolve',
      'ahh-uu',
      '1 0 2 0 0 1 1',
      [ai, range('*a +2 other')],
      one,
    ],
    [
      'human though a buried range may stand at several places',
      'auuh-',
      '1 0 3 0 0 1 1',
      [ai, range('*a +9 }')],
      [file('a', `+${ALPHA}|+}|+}|+y`)],
    ],
    ['human beside a buried copy', 'ahh-uu', '1 0 2 0 0 1 1', [ai, { ...ai, source: 'body' }], one],
    [
      'that of a buried range which the block forgets',
      'aau-uu',
      '1 0 2 0 0 1 1',
      [ai, range(`*a +2 ${BETA}`)],
      one,
    ],
    [
      'that of the block before a buried one',
      'ahh-uu',
      '1 0 2 0 0 1 1',
      [ai, range(`*a +1 ${ALPHA}`, 'mixed')],
      one,
    ],
    ['ai where ranges disagree', 'auu-uu', '1 1 1 0 0 2 2', [range(`a +1 ${ALPHA}`, 'mixed'), ai], one],
    ['that of its parts', 'auu-uu', '', [{ ...ai, source: 'body' }], one],
    ['moved', 'ha!h-', '1 0 2 0 0 1 1', [range(`a +1 ${ALPHA}`)], [file('a', `+x|+${ALPHA}|+y`)]],
    [
      'never one of a place nobody knows',
      'uhu-',
      '1 0 2 0 0 1 1',
      [range(`a +9 ${ALPHA}`)],
      [file('a', `+${ALPHA}|+y|+${ALPHA}`)],
    ],
    [
      'that of each file and side',
      'a- -a u-',
      '',
      [range(`a +1 ${ALPHA}`), range(`b -1 ${ALPHA}`)],
      [file('a', `+${ALPHA}`), file('b', `-${ALPHA}`), file('c', `+${ALPHA}`)],
    ],
  ];
  for (const [name, expected, numbers, ranges, files, extra] of cases) {
    it(`is ${name}`, () => assert.equal(classes(numbers, ranges, files, extra), expected));
  }

  it('is human where a person declared it, and says who is contradicted', () => {
    const declared = { ...ai, class: 'human' as const, via: 'declared' as const };
    const files = [file('a', `+${ALPHA}`)];
    const [found] = lineClasses(
      reading('0 0 1 0 0 1 1', [declared]),
      resolveRanges([declared], files, digest),
      files,
    );
    const origin = { class: 'human', via: 'declared', agent: 'x', model: null, verdict: 'exact' };
    assert.deepEqual(found?.added, [{ line: 1, origin }]);
  });

  it('is not human where AI-Provenance stands twice', () => {
    const files = [file('a', '+x')];
    const twice = 'AI-Provenance: v1 ai=0 mixed=0 human=1 unknown=0 ai-deleted=0 hunks=0 listed=0\n';
    assert.equal(lineClasses(readProvenance(`t\n\n${twice}`), [], files)[0]?.added[0]?.origin.class, 'human');
    assert.equal(
      lineClasses(readProvenance(`t\n\n${twice}${twice}`), [], files)[0]?.added[0]?.origin.class,
      'unknown',
    );
  });
});

describe('the numbers of a commit', () => {
  const files = [file('a', `+${ALPHA}|+${BETA}|-old`)];
  const ai = range(`a +1 ${ALPHA}`);
  const cases: readonly [string, boolean, string, readonly ReadRange[]][] = [
    ['are right', true, '1 0 1 0 0 1 1', [ai]],
    ['are right where some are unknown', true, '1 0 0 1 0 1 1', [ai]],
    ['are right where not all are listed', true, '2 0 0 0 1 3 1', [ai]],
    ['are right in a summary', true, '1 0 1 0 1 2 0', []],
    ['are wrong where fewer are counted than listed', false, '0 1 1 0 0 2 1', [ai]],
    ['are wrong where more are listed than there are', false, '1 0 1 0 0 0 1', [ai]],
    ['are wrong where they are not those of the message', false, '1 0 1 0 0 2 2', [ai]],
    [
      'are wrong where a person declared more than are human',
      false,
      '1 0 0 1 0 2 2',
      [
        ai,
        {
          ...ai,
          class: 'human',
          via: 'declared',
          start: 1,
          count: 2,
          digest: digest([`${ALPHA}\n`, `${BETA}\n`]),
        },
      ],
    ],
    [
      'are wrong where a line listed as unknown is not counted',
      false,
      '1 0 1 0 0 2 2',
      [ai, range(`a +2 ${BETA}`, 'unknown')],
    ],
    [
      'are right where a line listed as unknown is counted',
      true,
      '1 0 0 1 0 2 2',
      [ai, range(`a +2 ${BETA}`, 'unknown')],
    ],
    ['are no numbers', false, '', [ai]],
  ];
  for (const [name, isRight, numbers, ranges] of cases) {
    it(name, () => {
      const resolved = resolveRanges(ranges, files, digest);
      assert.equal(countsAreRight(reading(numbers, ranges), resolved, files), isRight);
    });
  }
});

// ---- any commit

const words = fc.constantFrom('}', '', 'a', 'return value;', 'const alpha = 1;', 'let other = two(3);');
const rows = fc.tuple(fc.constantFrom(' ', '+', '+', '-'), words).map((row) => row.join(''));
const diffs = fc.array(rows, { maxLength: 14 }).map((all) => all.join('|'));
const claims = fc.record({
  side: fc.constantFrom<Side>('+', '-'),
  start: fc.integer({ min: 1, max: 14 }),
  count: fc.integer({ min: 1, max: 4 }),
});

/** All starts of windows of `count` lines that are all in `marked` and have this digest, found the slow way. */
function windows({ oldLines, newLines, change }: ChangedFile, one: ReadRange): number[] {
  const [lines, spans] = one.side === '+' ? [newLines, change.added] : [oldLines, change.deleted];
  const marked = new Set(
    spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, at) => start + at)),
  );
  const starts = [...lines.keys()].map((at) => at + 1);
  return starts.filter((start) => {
    const window = lines.slice(start - 1, start - 1 + one.count);
    return (
      window.length === one.count &&
      window.every((_, at) => marked.has(start + at)) &&
      digest(window) === one.digest
    );
  });
}

describe('any commit', () => {
  it('has the verdicts that the slow way finds', () => {
    fc.assert(
      fc.property(diffs, diffs, claims, (before, after, { side, start, count }) => {
        const [was, is] = [file('a', before), file('a', after)];
        const lines = (side === '+' ? was.newLines : was.oldLines).slice(start - 1, start - 1 + count);
        const one = { ...range('a +1 x'), side, start, count, digest: digest(lines) };
        const [found] = resolveRanges([one], [is], digest);
        const places = windows(is, one);
        const text = lines.join('').replace(/\s/g, '');
        const size = (side === '+' ? is.newLines : is.oldLines).length;
        const isOutside = start + count - 1 > size;
        if (places.includes(start)) assert.equal(found?.verdict, 'exact');
        else if (places.length > 0) assert.equal(found?.verdict, 'moved');
        else assert.equal(found?.verdict, isOutside ? 'invalid' : 'stale');
        if (found?.verdict === 'moved')
          assert.equal(found.at?.start ?? null, places.length === 1 ? places[0] : null);
        assert.ok(text.length >= 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives each place once', () => {
    const many = fc.array(claims, { maxLength: 8 });
    fc.assert(
      fc.property(diffs, diffs, many, (before, after, wanted) => {
        const [was, is] = [file('a', before), file('a', after)];
        const ranges = wanted.map(({ side, start, count }) => {
          const lines = (side === '+' ? was.newLines : was.oldLines).slice(start - 1, start - 1 + count);
          return { ...range('a +1 x'), side, start, count, digest: digest(lines) };
        });
        const found = resolveRanges(ranges, [is], digest);
        const covered = new Set<string>();
        for (const { range: one, at, verdict: name } of found) {
          if (at === null) continue;
          assert.ok(windows(is, one).includes(at.start));
          assert.equal(name === 'exact', at.start === one.start);
          const cells = Array.from({ length: one.count }, (_, line) => `${one.side}${at.start + line}`);
          if (name === 'moved') assert.ok(cells.every((cell) => !covered.has(cell) || isExact(found, cell)));
          for (const cell of cells) covered.add(cell);
        }
        for (const { range: one, at, verdict: name } of found) {
          if (at === null || name !== 'moved') continue;
          for (let line = 0; line < one.count; line++)
            assert.ok(!isExact(found, `${one.side}${at.start + line}`));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('resolves wholly after a rebase that shifts it', () => {
    const source = fc.array(fc.tuple(fc.constantFrom('+', ' '), fc.nat(9)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(source, fc.integer({ min: 1, max: 30 }), (lines, shift) => {
        const diff = lines.map(([mark, word], at) => `${mark}const word${word}of${at} = ${word};`);
        const was = file('a', diff.join('|'));
        const is = file('a', [...Array.from({ length: shift }, () => ' //'), ...diff].join('|'));
        const ranges = was.change.added.map((run) =>
          range(
            `a +${run.start} ${was.newLines
              .slice(run.start - 1, run.start - 1 + run.count)
              .join('|')
              .replaceAll('\n', '')}`,
          ),
        );
        const found = resolveRanges(ranges, [is], digest).map(verdict);
        assert.deepEqual(
          found,
          ranges.map((one) => `moved a ${one.start + shift}`),
        );
      }),
    );
  });
});

function isExact(found: readonly ResolvedRange[], cell: string): boolean {
  return found.some(({ range: one, verdict: name }) => {
    const line = Number(cell.slice(1));
    return name === 'exact' && one.side === cell[0] && line >= one.start && line < one.start + one.count;
  });
}

describe('a large commit', () => {
  const LINES = 100_000;
  const newLines = Array.from({ length: LINES }, (_, at) => `  const value${at} = compute(${at % 977});\n`);
  const change = { path: 'a', oldPath: 'a', added: [{ start: 1, count: LINES }], deleted: [] };
  const files: ChangedFile[] = [{ change, oldLines: [], newLines }];
  const large = (shift: number, salt: string): ReadRange[] =>
    Array.from({ length: 2000 }, (_, at) => {
      const start = at * 50 + 1;
      const count = (at % 40) + 1;
      const lines = newLines.slice(start - 1, start - 1 + count);
      return { ...range('a +1 x'), start: start + shift, count, digest: digest([...lines, salt]) };
    });
  /** Seconds of the processor, which a busy machine does not make more. */
  const secondsSince = (start: NodeJS.CpuUsage): number => process.cpuUsage(start).user / 1e6;
  const timed = (ranges: readonly ReadRange[], on = files): { found: ResolvedRange[]; seconds: number } => {
    const start = process.cpuUsage();
    const found = resolveRanges(ranges, on, digest);
    return { found, seconds: secondsSince(start) };
  };

  it('resolves 2,000 ranges that are exact, and 2,000 that are moved', () => {
    assert.ok(timed(large(0, '')).found.every((one) => one.verdict === 'exact'));
    const { found, seconds } = timed(large(7, ''));
    assert.equal(found.filter((one) => one.at?.start !== one.range.start - 7).length, 0);
    assert.ok(seconds < 5, `${seconds} s`);
  });

  it('is not held up by ranges that are nowhere, or everywhere', () => {
    const nowhere = timed(large(0, 'salt'));
    assert.ok(nowhere.found.every((one) => one.verdict === 'stale'));
    assert.ok(nowhere.seconds < 5, `${nowhere.seconds} s`);
    const same: ChangedFile[] = [
      { change, oldLines: [], newLines: newLines.map(() => 'const same = same;\n') },
    ];
    const everywhere = large(LINES, '').map((one) => {
      return { ...one, digest: digest(Array.from({ length: one.count }, () => 'const same = same;\n')) };
    });
    const { found, seconds } = timed(everywhere, same);
    assert.ok(seconds < 5, `${seconds} s`);
    const start = process.cpuUsage();
    lineClasses(readProvenance(''), found, same);
    assert.ok(secondsSince(start) < 5);
  });

  it('is not held up by a message that says the same ten thousand times', () => {
    const whole = { ...range('a +1 x'), count: LINES, digest: digest(newLines) };
    const { found, seconds } = timed(Array.from({ length: 10_000 }, () => whole));
    assert.equal(found[0]?.verdict, 'exact');
    assert.ok(seconds < 5, `${seconds} s`);
    assert.equal(lineClasses(readProvenance(''), found, files)[0]?.added[0]?.origin.class, 'ai');
  });
});
