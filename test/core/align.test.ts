import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { align, type LineSource, type Matching } from '../../src/core/align';
import { derive } from '../../src/core/derive';

/** Lines of a text, written below one another. */
function linesOf(text: string): string[] {
  return text.split('\n').slice(1, -1);
}

/**
 * Where every new line comes from: `=2` the same as old line 2, `~2,3` reformatted from these, `<2` derived from it,
 * `+` new. Old lines are 0-based.
 */
function describeSources(sources: readonly LineSource[]): string {
  const words = sources.map((source) => {
    switch (source.kind) {
      case 'same':
        return `=${source.old}`;
      case 'reformat':
        return `~${source.olds.join(',')}`;
      case 'derived':
        return `<${source.old}`;
      case 'new':
        return '+';
    }
  });
  return words.join(' ');
}

const ALL = { old: () => true, new: () => true };

function check(
  name: string,
  old: string,
  now: string,
  expected: string,
  matching: Matching = 'anchored',
): void {
  it(name, () => {
    const [a, b] = [linesOf(old), linesOf(now)];
    const alignment = align(a, b, matching);
    const reach = matching === 'every' ? 'text' : 'gap';
    assert.equal(describeSources(derive(a, b, alignment, ALL, reach)), expected);
  });
}

describe('align: matching', () => {
  check('keeps equal texts', '\n}\n\n}\n', '\n}\n\n}\n', '=0 =1 =2');
  check('keeps equal ends', '\nalpha\nbeta\ngamma\n', '\nalpha\nquite new\ngamma\n', '=0 + =2');
  check('ignores white space and line ends', '\n  alpha(x)\r\n', '\nalpha( x )\nbeta\n', '=0 +');
  check(
    'prefers the long run',
    '\nalpha\nbeta\ngamma\ndelta\n',
    '\ndelta\nalpha\nbeta\ngamma\n',
    '+ =0 =1 =2',
  );
  check('does not match boilerplate alone', '\nalpha\n}\n', '\nomega\n}\n', '+ +');
  check('matches boilerplate next to a line of weight', '\nalpha\n}\n', '\nomega\nalpha\n}\n', '+ =0 =1');
  check(
    'does not match `return null;` and `} catch (e) {` of another function',
    '\nalpha {\n} catch (e) {\nreturn null;\n}\n',
    '\nomega {\n} catch (e) {\nreturn null;\n}\n',
    '+ + + +',
  );
  check(
    'what is left of a run when its line of weight went elsewhere is boilerplate alone',
    '\n}\nalpha\nalpha\nbeta\n',
    '\n{\n}\nalpha\nbeta\n{\n',
    '+ + =2 =3 +',
  );
  check('a line of weight 2 anchors nothing', '\nab;\nalpha\n', '\nab;\nomega\n', '+ +');
  check('a line of weight 3 does', '\nabc;\nalpha\n', '\nabc;\nomega\n', '=0 +');
});

describe('align: one step of one writer', () => {
  const step = (name: string, old: string, now: string, expected: string): void =>
    check(name, old, now, expected, 'every');
  step('keeps the bracket that was there', '\nalpha\n}\n', '\nomega\n}\n', '+ =1');
  step('keeps it at the top too', '\n{\nalpha\n', '\n{\nomega\n', '=0 +');
  step('keeps it in the middle', '\nalpha\n}\nbeta\n', '\nomega\n}\nzeta\n', '+ =1 +');
  step(
    'of two that changed places neither is new',
    '\nalpha\nreturn null;\n}\n',
    '\n}\nreturn null;\n',
    '=2 =1',
  );
  step(
    'knows a line again that was moved and changed',
    '\nalpha = bravo(charlie, delta)\nzulu\n',
    '\nzulu\nalpha = omega(charlie, delta)\n',
    '=1 <0',
  );
});

describe('align: formatters', () => {
  check('another quote', "\nsay('hello');\n", '\nsay("hello");\n', '~0');
  check('no semicolon', '\nsay(hello);\n', '\nsay(hello)\n', '~0');
  check(
    'wrapped, with a trailing comma',
    '\nconst total = sum(first, second);\n',
    '\nconst total = sum(\n  first,\n  second,\n);\n',
    '~0 ~0 ~0 ~0',
  );
  check(
    'unwrapped',
    '\nconst total = sum(\n  first,\n  second,\n);\n',
    '\nconst total = sum(first, second);\n',
    '~0,1,2',
  );
  check(
    'wrapped beside a new line',
    '\nconst total = sum(first, second);\n',
    '\nunrelated(words);\nconst total = sum(\n  first,\n  second,\n);\n',
    '+ ~0 ~0 ~0 +',
  );
  check('a bracket that stood there', '\nsay(hello);\n);\n', '\nsay(hello)\n)\n', '~0 ~1');
  check(
    'a bracket that stood below what is wrapped now',
    '\nconst total = sum(first, second);\n);\n',
    '\nconst total = sum(\n  first,\n  second,\n)\n)\n',
    '~0 ~0 ~0 ~0 ~1',
  );
  check('a bracket above all words', '\n(;\nsay(hello);\n', '\n(\nsay(hello)\n', '~0 ~1');
  check('a sign that is no separator is a change', '\na1b2 = c3d4 + e5f6\n', '\na1b2 = c3d4 - e5f6\n', '<0');
  check(
    'boilerplate that touches a proved line',
    "\nalpha('one')\n}\n",
    '\nomega\nalpha("one")\n}\n',
    '+ ~0 =1',
  );
});

describe('align: what derives', () => {
  check('one word changed', '\nconst total = sum(items)\n', '\nconst total = sum(goods)\n', '<0');
  check('half of the lighter line is enough', '\nabcd efgh\n', '\nabcd wxyz\n', '<0');
  check('less is not', '\nabcd efghi\n', '\nabcd vwxyz\n', '+');
  check('less than weight 3 is not', '\nab\n', '\nab cd\n', '+');
  check('the line that shares the most', '\nalpha one\nalpha beta one\n', '\nalpha beta two\n', '<1');
  check('only inside its gap', '\nalpha beta\nzulu\n', '\nzulu\nalpha omega\n', '=1 +');
});

/** A few lines that mean something, a few that do not, and what a formatter makes of them. */
const HEAVY = [
  'alpha = beta(gamma)',
  "say('delta')",
  'omega(one, two)',
  'const total = 1;',
  'zulu',
  'kilo += 7',
];
const LIGHT = ['}', '', 'return null;', '} catch (e) {', '{'];
const INDENTS = ['', '  ', '\t'];
const line = fc
  .tuple(fc.constantFrom(...INDENTS), fc.oneof(fc.constantFrom(...HEAVY), fc.constantFrom(...LIGHT)))
  .map(([indent, text]) => indent + text);
const text = fc.array(line, { maxLength: 14 });

interface Pair {
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/** Two texts: unrelated, or the second made out of the first. */
const pair: fc.Arbitrary<Pair> = fc.oneof(
  fc.record({ old: text, now: text }),
  fc
    .tuple(
      text,
      fc.array(fc.tuple(fc.nat(14), fc.nat(3), fc.array(line, { maxLength: 3 })), { maxLength: 3 }),
    )
    .map(([old, edits]) => {
      const now = [...old];
      for (const [at, gone, fresh] of edits) now.splice(at, gone, ...fresh);
      return { old, now };
    }),
);

function program({ old, now }: Pair): string {
  const quoted = (lines: readonly string[]): string => JSON.stringify(`\n${lines.join('\n')}\n`);
  return `check('found', ${quoted(old)}, ${quoted(now)}, '')`;
}

/** Holds for all texts; a counterexample is printed as the row that shows it. */
function law(name: string, holds: (texts: Pair) => void, texts = pair): void {
  it(name, () => {
    const told = fc.property(texts, (pair) => {
      try {
        holds(pair);
      } catch (error) {
        throw new Error(`${program(pair)}\n${String(error)}`, { cause: error });
      }
    });
    fc.assert(told, { seed: 20261122, numRuns: 600 });
  });
}

const keyOf = (line = ''): string => line.replace(/\s/g, '');
const isHeavy = (line = ''): boolean => HEAVY.includes(line.trim());

describe('align: laws', () => {
  for (const matching of ['anchored', 'every'] as const) {
    law(`runs of equal lines ascend on both sides (${matching})`, ({ old, now }) => {
      let [a, b] = [0, 0];
      for (const run of align(old, now, matching).runs) {
        assert.ok(run.aStart >= a && run.bStart >= b, JSON.stringify(run));
        for (let i = 0; i < run.length; i++)
          assert.equal(keyOf(old[run.aStart + i]), keyOf(now[run.bStart + i]));
        [a, b] = [run.aStart + run.length, run.bStart + run.length];
      }
    });
    law(`a same line has the key of its old line, which is so for no other (${matching})`, ({ old, now }) => {
      const used = new Set<number>();
      align(old, now, matching).sources.forEach((source, line) => {
        if (source.kind !== 'same') return;
        assert.equal(keyOf(old[source.old]), keyOf(now[line]));
        assert.ok(!used.has(source.old));
        used.add(source.old);
      });
    });
    law(`an old line is kept if and only if a new one says so (${matching})`, ({ old, now }) => {
      const { kept, sources } = align(old, now, matching);
      const named = new Set(
        sources.flatMap((source) =>
          source.kind === 'same' ? [source.old] : source.kind === 'reformat' ? source.olds : [],
        ),
      );
      for (const place of named) assert.equal(kept[place], 1);
      old.forEach((text, line) => {
        // A line of signs only may go with its neighbours when a gap is a reformat.
        if (kept[line] && /\w/.test(text)) assert.ok(named.has(line), `old line ${line}`);
      });
    });
    law(`equal texts are the same throughout (${matching})`, ({ old }) => {
      const sources = align(old, old, matching).sources;
      assert.equal(describeSources(sources), old.map((_, line) => `=${line}`).join(' '));
    });
    law(`a common beginning and end with a line of weight is kept (${matching})`, ({ old, now }) => {
      const [a, b] = [
        ['alpha', ...old, 'omega'],
        ['alpha', ...now, 'omega'],
      ];
      const { sources } = align(a, b, matching);
      assert.deepEqual(sources[0], { kind: 'same', old: 0 });
      assert.deepEqual(sources.at(-1), { kind: 'same', old: a.length - 1 });
    });
  }
  law('boilerplate alone never matches', ({ old, now }) => {
    const { sources, runs } = align(old, now);
    const whole = old.length === now.length && old.every((line, at) => keyOf(line) === keyOf(now[at]));
    if (whole) return;
    for (const run of runs) {
      const lines = now.slice(run.bStart, run.bStart + run.length);
      let [first, last] = [run.bStart, run.bStart + run.length - 1];
      while (sources[first - 1]?.kind === 'same') first--;
      while (sources[last + 1]?.kind === 'same') last++;
      const touches = [sources[first - 1], sources[last + 1]].some((source) => source?.kind === 'reformat');
      const anchored = now.slice(first, last + 1).some(isHeavy);
      assert.ok(anchored || touches, JSON.stringify(lines));
    }
  });
  law(
    'what a formatter does to a text leaves no line new',
    ({ old, now }) => {
      const { sources } = align(old, now);
      now.forEach((line, at) => {
        if (line.trim() !== '') assert.notEqual(sources[at]?.kind, 'new', `line ${at}`);
      });
    },
    fc.shuffledSubarray([...HEAVY, ...LIGHT], { minLength: 1 }).map((old) => ({
      old: ['first line', ...old],
      now: [
        'first line',
        ...old.flatMap((line) => {
          const call = /^(.*)\((.+)\)(;?)$/.exec(line);
          const lines = call ? [`${call[1]}(`, `    ${call[2]},`, `)${call[3]}`] : [line.replace(/;$/, '')];
          return lines.map((line) => `  ${line.replaceAll("'", '"')}`);
        }),
      ],
    })),
  );
});

describe('align: cost', () => {
  const numbers = (count: number, of: (at: number) => string): string[] =>
    Array.from({ length: count }, (_, at) => of(at));

  it('two unrelated texts of 5,000 lines', () => {
    const old = numbers(5000, (at) => `left${at} = call${at}(argument${at})`);
    const now = numbers(5000, (at) => `right${at}.other${at} += thing${at}`);
    const { sources } = align(old, now, 'every');
    assert.ok(sources.every(({ kind }) => kind === 'new'));
  });
  it('a rewrite of 10,000 lines of which many repeat', () => {
    const repeated = ['  total += 1;', '  }', '  return value;', '  log.info(message);', ''];
    const old = numbers(10_000, (at) =>
      at % 3 === 0 ? `const name${at} = ${at};` : (repeated[at % 5] ?? ''),
    );
    const now = numbers(10_000, (at) =>
      at % 6 === 0 ? `const name${at} = ${at};` : (repeated[at % 4] ?? ''),
    );
    for (const matching of ['anchored', 'every'] as const) {
      const alignment = align(old, now, matching);
      assert.ok(alignment.sources.filter(({ kind }) => kind === 'same').length > 1500);
      derive(old, now, alignment, ALL, 'text');
    }
  });
  it('a line that stands 10,000 times on both sides', () => {
    const old = ['alpha', ...numbers(10_000, () => 'again(and, again)'), 'omega'];
    const now = ['beta', ...numbers(9000, () => 'again(and, again)'), 'gamma'];
    const { sources } = align(old, now, 'every');
    assert.equal(sources.length, now.length);
  });
});
