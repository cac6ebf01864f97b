import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compose } from '../../src/core/compose';
import {
  applyEdit,
  deletedRanges,
  formatEdit,
  identity,
  insertedRanges,
  invert,
  mapOffset,
  originsOf,
  replacement,
  type Edit,
} from '../../src/core/edit';
import { reduce } from '../../src/core/reduce';
import { checkedReduction, formatProgram, fuzzEdits, runProgram } from '../fuzz/edit';
import {
  applyOps,
  BASE,
  editOf,
  modelDeleted,
  modelEdit,
  modelInserted,
  modelOf,
  modelOffset,
  modelOrigins,
  modelText,
  parseEdit,
  splice,
  type Splice,
} from '../support/tagged-model';

describe('an edit', () => {
  describe('applied', () => {
    const check = (text: string, edit: string, expected: string): void => {
      it(`${edit} makes '${text}' '${expected}'`, () =>
        assert.equal(applyEdit(parseEdit(edit), text), expected));
    };
    check('abcdefghi', "2 -3@ai +'xyz'@ai 4", 'abxyzfghi');
    check('abc', '3', 'abc');
    check('', "+'new'@human", 'new');
    check('😀a\r\n', "2 -1@ai +'\\n'@ai 2", '😀\n\r\n');

    it('does what the model does', () => {
      holds(chains, ({ text, edits: [edit] }) => {
        assert.equal(applyEdit(edit, text), modelText(applyOps(modelOf(text), edit.ops)));
      });
    });

    it('refuses a text of another length', () => {
      assert.throws(() => applyEdit(parseEdit('3'), 'ab'), RangeError);
    });
  });

  describe('composed', () => {
    const check = (first: string, second: string, expected: string): void => {
      it(`(${first}) with (${second}) is (${expected})`, () => {
        const both = compose(parseEdit(first), parseEdit(second));
        assert.equal(formatEdit(both, String), expected);
        assert.deepEqual(both, parseEdit(expected));
      });
    };
    check("1 +'ab'@ai 1", "2 +'c'@human 2", "1 +'a'@ai +'c'@human +'b'@ai 1");
    check("1 +'ab'@ai 1", "2 +'c'@ai 2", "1 +'acb'@ai 1");
    check("1 +'ab'@ai 1", '1 -2@human 1', '2');
    check("1 +'a'@ai 1", "1 +'b'@human 2", "1 +'b'@human +'a'@ai 1");
    check('1 -2@ai 1', '-1@human 1', '-1@human -2@ai 1');
    check('1 -1@ai 1', '-2@ai', '-3@ai');
    check('1 -1@ai 1', "1 +'b'@base 1", "1 -1@ai +'b'@base 1");
    check("+'a'@ai 1", "1 -1@human +'b'@human", "-1@human +'a'@ai +'b'@human");
    check("2 +'x'@ai 2 +'y'@ai 2", "3 +'z'@human 5", "2 +'x'@ai +'z'@human 2 +'y'@ai 2");
    check("1 -1@ai +'x'@ai 1 -1@ai 1", '1 -2@human 1', '1 -1@ai -1@human -1@ai 1');

    it('does what both do one after the other, to the text and to every origin', () => {
      holds(chains, ({ text, edits: [first, second] }) => {
        const both = compose(first, second);
        const model = applyOps(applyOps(modelOf(text), first.ops), second.ops);
        assert.equal(applyEdit(both, text), applyEdit(second, applyEdit(first, text)));
        assert.deepEqual(both, modelEdit(model));
        assert.deepEqual(originsOf(both, BASE), modelOrigins(model));
      });
    });

    it('is associative', () => {
      holds(chains, ({ edits: [a, b, c] }) => {
        assert.deepEqual(compose(compose(a, b), c), compose(a, compose(b, c)));
      });
    });

    it('with the identity stays what it is', () => {
      holds(chains, ({ edits: [edit] }) => {
        assert.deepEqual(compose(identity(edit.oldLength), edit), edit);
        assert.deepEqual(compose(edit, identity(edit.newLength)), edit);
      });
    });

    it('refuses an edit of another text', () => {
      assert.throws(() => compose(parseEdit('3'), parseEdit('2')), RangeError);
      assert.throws(() => compose({ oldLength: 3, newLength: 3, ops: [] }, parseEdit('3')), RangeError);
    });
  });

  describe('that replaces a range', () => {
    it('does what a splice does', () => {
      holds(changes, ({ text, change }) => {
        const edit = replacement(text.length, change.start, change.end, change.text, change.origin);
        assert.deepEqual(edit, modelEdit(splice(modelOf(text), change)));
        assert.equal(
          applyEdit(edit, text),
          text.slice(0, change.start) + change.text + text.slice(change.end),
        );
      });
    });

    for (const [start, end] of [
      [-1, 0],
      [2, 1],
      [0, 4],
      [Number.NaN, 1],
    ] as const) {
      it(`refuses ${start}..${end} of 3`, () => {
        assert.throws(() => replacement(3, start, end, '', 'ai'), RangeError);
      });
    }
  });

  describe('inverted', () => {
    const check = (text: string, earlier: string, edit: string, expected: string): void => {
      it(`${edit} after ${earlier} is taken back by ${expected}`, () => {
        const before = parseEdit(earlier);
        const inverse = invert(parseEdit(edit), applyEdit(before, text), originsOf(before, BASE), 'human');
        assert.equal(formatEdit(inverse, String), expected);
      });
    };
    check('abc', '3', '1 -1@ai 1', "1 +'b'@base 1");
    check('abc', '3', "1 -1@ai +'xy'@ai 1", "1 -2@human +'b'@base 1");
    check('abc', "1 +'x'@ai +'y'@chat 2", '-5@human', "+'a'@base +'x'@ai +'y'@chat +'bc'@base");

    it('brings back the text and the origins it had', () => {
      holds(chains, ({ text, edits: [earlier, edit] }) => {
        const before = applyOps(modelOf(text), earlier.ops);
        const inverse = invert(edit, modelText(before), originsOf(earlier, BASE), 'human');
        const after = applyOps(applyOps(before, edit.ops), inverse.ops);
        assert.equal(modelText(after), modelText(before));
        assert.deepEqual(modelOrigins(after), modelOrigins(before));
        assert.deepEqual(originsOf(compose(compose(earlier, edit), inverse), BASE), modelOrigins(before));
        assert.equal(inverse.newLength, edit.oldLength);
        assert.deepEqual(
          inverse,
          modelEdit(applyOps(modelOf(applyEdit(edit, modelText(before))), inverse.ops)),
        );
      });
    });

    it('and composed, it changes nothing', () => {
      holds(chains, ({ text, edits: [edit] }) => {
        const inverse = invert(edit, text, originsOf(identity(text.length), BASE), 'human');
        assert.deepEqual(reduce(compose(edit, inverse), text), identity(text.length));
      });
    });

    it('refuses when it is not told an origin', () => {
      assert.throws(
        () => invert(parseEdit('1 -1@ai 1'), 'abc', [{ start: 0, end: 1, origin: 'ai' }], 'ai'),
        RangeError,
      );
      assert.throws(
        () => invert(parseEdit('1 -1@ai 1'), 'ab', [{ start: 0, end: 3, origin: 'ai' }], 'ai'),
        RangeError,
      );
    });
  });

  describe('read', () => {
    it('tells what was inserted and what was deleted', () => {
      const edit = parseEdit("2 -3@ai +'abc'@ai +'d'@human 1 -1@human 4");
      assert.deepEqual(insertedRanges(edit), [
        { start: 2, end: 5, origin: 'ai' },
        { start: 5, end: 6, origin: 'human' },
      ]);
      assert.deepEqual(deletedRanges(edit), [
        { start: 2, end: 5, origin: 'ai', at: 2 },
        { start: 6, end: 7, origin: 'human', at: 7 },
      ]);
    });

    it('tells the ranges that the model has', () => {
      holds(chains, ({ text, edits: [first, second] }) => {
        const edit = compose(first, second);
        const model = applyOps(applyOps(modelOf(text), first.ops), second.ops);
        assert.deepEqual(insertedRanges(edit), modelInserted(model));
        assert.deepEqual(deletedRanges(edit), modelDeleted(model));
      });
    });

    const check = (edit: string, offset: number, before: number, after: number): void => {
      it(`${edit} has ${offset} at ${before} or ${after}`, () => {
        assert.equal(mapOffset(parseEdit(edit), offset, 'before'), before);
        assert.equal(mapOffset(parseEdit(edit), offset, 'after'), after);
      });
    };
    check("2 +'abc'@ai 2", 1, 1, 1);
    check("2 +'abc'@ai 2", 2, 2, 5);
    check("2 +'abc'@ai 2", 4, 7, 7);
    check("1 -2@ai +'x'@ai 1", 1, 1, 2);
    check("1 -2@ai +'x'@ai 1", 2, 1, 2);
    check("1 -2@ai +'x'@ai 1", 3, 1, 2);
    check("-2@ai +'x'@ai", 1, 0, 1);

    it('maps every offset as the model does', () => {
      holds(chains, ({ text, edits: [edit] }) => {
        const model = applyOps(modelOf(text), edit.ops);
        for (let offset = 0; offset <= text.length; offset += 1) {
          assert.equal(mapOffset(edit, offset, 'before'), modelOffset(model, offset, 'before'));
          assert.equal(mapOffset(edit, offset, 'after'), modelOffset(model, offset, 'after'));
        }
      });
    });

    it('refuses an offset outside the text', () => {
      assert.throws(() => mapOffset(parseEdit('3'), 4, 'after'), RangeError);
      assert.throws(() => mapOffset(parseEdit('3'), -1, 'before'), RangeError);
    });
  });

  describe('reduced', () => {
    /** Replaces all of `text` by `marked` without its marks; what is between marks must be what the edit still inserts. */
    const check = (name: string, text: string, marked: string, deleted: readonly string[] = []): void => {
      it(name, () => {
        const edit = replacement(text.length, 0, text.length, marked.replaceAll(/[≪≫]/gu, ''), 'ai');
        const reduced = checkedReduction(edit, text);
        assert.equal(marks(applyEdit(reduced, text), reduced), marked);
        assert.deepEqual(
          deletedRanges(reduced).map(({ start, end }) => text.slice(start, end)),
          deleted,
        );
      });
    };
    check('an equal text is no change', 'a\nb\n', 'a\nb\n');
    check('one letter', 'const a = 1;', 'const a = ≪2≫;', ['1']);
    check('one line of three', 'a\nb\nc\n', 'a\n≪x≫\nc\n', ['b']);
    check(
      'three lines of a file',
      'one\ntwo\nthree\nfour\nfive\n}\n\n}\nsix\n',
      'one\n≪2≫\nthree\nf≪4≫r\nfive\n}\n\n}\n≪6≫\n',
      ['two', 'ou', 'six'],
    );
    check(
      'a line put in before one that begins alike',
      'function a() {\n}\n',
      '≪function b() {\n}\n≫function a() {\n}\n',
    );
    check('a line put in that ends alike', 'x;\n}\n', 'x;\n≪y;\n≫}\n');
    check('a line taken out', 'a\nb\nc\n', 'a\nc\n', ['b\n']);
    check('line ends', 'a\r\nb\r\n', 'a\nb\n', ['\r', '\r']);
    check('white space', 'if (a) {\nb();\n}\n', 'if (a) {\n≪  ≫b();\n}\n');
    check(
      'a block put into another one',
      'a();\nif (b) {\n  return;\n}\n',
      '≪if (c) {\n  ≫a();\n≪  ≫if (b) {\n  ≪  ≫return;\n≪  }\n≫}\n',
    );
    check('wrapped, with a comma', 'call(one, two);\n', 'call(≪\n  ≫one,≪\n ≫ two≪,\n≫);\n');
    check(
      'wrapped, where a part of a line is like another line',
      'x\nf(a);\na;\ny(z);\n',
      'x\nf(≪\n≫a≪\n≫);\na;\ny(≪\n≫z≪\n≫);\n',
    );
    check(
      'a line put in that looks like the next but for its indentation',
      'p\nu\n}\nq\nr\n',
      '≪P≫\nu\n≪  }\n≫}\nq\n≪R≫\n',
      ['p', 'r'],
    );
    check('other quotes', "a('b', 1)", 'a(≪"≫b≪"≫, 1)', ["'", "'"]);
    check('a pair is whole', '😀', '≪😁≫', ['😀']);
    check('a pair is whole at its other half', 'a\u{1f600}b', 'a≪\u{1fa00}≫b', ['\u{1f600}']);
    check('a moved line is new where it is put', 'a\nb\nc\nd\n', 'b\nc\nd\n≪a\n≫', ['a\n']);
    check('no line in common', 'a\nb\n', '≪c\nd≫\n', ['a\nb']);
    check('from nothing', '', '≪a\n≫');
    check('to nothing', 'a\n', '', ['a\n']);

    it('sees whole lines in what an editor cut at the first different letter', () => {
      const text = 'ab\nX\n';
      const edit = parseEdit("1 +'c\\na'@ai 4");
      assert.equal(marks(applyEdit(edit, text), reduce(edit, text)), '≪ac\n≫ab\nX\n');
    });

    it('is nothing when the text is as it was', () => {
      assert.deepEqual(reduce(parseEdit("-2@human 2 +'ab'@human"), 'abab'), identity(4));
    });

    it('keeps the origins of several authors', () => {
      const text = 'a\nb\nc\n';
      const edit = parseEdit("-2@human -4@ai +'x\\n'@human +'b\\n'@ai +'y\\n'@ai");
      assert.equal(formatEdit(reduce(edit, text), String), "-1@human +'x'@human 3 -1@ai +'y'@ai 1");
    });

    it('keeps the text, the lines that were kept and the pairs', () => {
      holds(changes, ({ text, edit }) => {
        checkedReduction(edit, text);
      });
      holds(chains, ({ text, edits: [edit] }) => {
        checkedReduction(edit, text);
      });
      holds(rewrites, ({ text, edit }) => {
        checkedReduction(edit, text);
      });
    });

    it('finds three changed lines among 5,000', () => {
      const lines = Array.from({ length: 5000 }, (_, at) => (at % 3 === 0 ? '}\n' : `line ${at % 2000}\n`));
      const text = lines.join('');
      const changed = lines.map((line, at) => (at % 2000 === 1000 ? `≪changed≫\n` : line)).join('');
      const edit = replacement(text.length, 0, text.length, changed.replaceAll(/[≪≫]/gu, ''), 'ai');
      assert.equal(marks(applyEdit(edit, text), reduce(edit, text)), changed);
    });

    it('keeps the longer part in its place when thousands of lines move', () => {
      const lines = (name: string, count: number): string =>
        Array.from({ length: count }, (_, at) => `${name} ${at}\n`).join('');
      const [short, long] = [lines('short', 1000), lines('long', 3000)];
      const edit = replacement(short.length + long.length, 0, short.length + long.length, long + short, 'ai');
      assert.equal(marks(long + short, reduce(edit, short + long)), `${long}≪${short}≫`);
    });

    it('gives up on thousands of lines without order, but not on those around them', () => {
      const text = ['first\n', ...mess(5000, 1), 'middle\n', 'a\n', 'last\n'].join('');
      const changed = ['first\n', ...mess(5000, 7), 'middle\n', 'b\n', 'last\n'].join('');
      const edit = reduce(replacement(text.length, 0, text.length, changed, 'ai'), text);
      assert.equal(applyEdit(edit, text), changed);
      assert.equal(edit.ops.length, 7);
    });

    it('gives up on the last of many places without order', () => {
      const places = (step: number): string[] =>
        Array.from({ length: 20 }, (_, at) => [`place ${at}\n`, ...mess(100, step)].join(''));
      const [text, changed] = [places(1).join(''), places(7).join('')];
      const claimed = insertedRanges(reduce(replacement(text.length, 0, text.length, changed, 'ai'), text));
      const [second, last] = [changed.indexOf('place 1'), changed.indexOf('place 19')];
      assert.ok(claimed.filter(({ end }) => end <= second).length > 20);
      assert.equal(claimed.filter(({ start }) => start > last).length, 1);
    });
  });

  describe('in its notation', () => {
    it('comes back as it was', () => {
      holds(chains, ({ edits }) => {
        for (const edit of edits) assert.deepEqual(parseEdit(formatEdit(edit, String)), edit);
      });
    });
  });

  describe('in long sequences', () => {
    const check = (name: string, program: string): void => {
      it(name, () => runProgram(program));
    };
    check(
      'undo, redo and undo again',
      String.raw`text 'one\n😀two\r\n'
       edit 4 -2@ai +'x'@ai 5
       reduced -10@chat +'one\ny\n'@chat
       undo
       undo
       redo
       undo
       settle`,
    );

    it('does what the model does', () => {
      fuzzEdits({ seed: 7, operations: 3000 });
    }).timeout(30_000);
  });
});

// Documents with edits to them, random but the same in every run; a counter-example prints as a program.

type EditOfThree = readonly [Edit<string>, Edit<string>, Edit<string>];

interface Wish {
  readonly skipped: number;
  readonly deleted: number;
  readonly text: string;
  readonly origin: string;
}

const texts = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'ab',
      ' ',
      '\n',
      '\r\n',
      '}\n',
      'x = 1;\n',
      '😀',
      '😁',
      '\ud83d',
      '\ude00',
      "'",
      '"',
      '\\',
    ),
  )
  .map((pieces) => pieces.join(''));

const wishes = fc.array(
  fc.record<Wish>({
    skipped: fc.nat(6),
    deleted: fc.nat(4),
    text: fc.oneof(fc.constant(''), texts),
    origin: fc.constantFrom('ai', 'human', 'chat', BASE),
  }),
  { maxLength: 4 },
);

/** A text and three edits, each of the text that the one before it makes. */
const chains = fc.tuple(texts, wishes, wishes, wishes).map(([text, ...all]) => {
  let [model, edits] = [modelOf(text), [] as Edit<string>[]];
  for (const some of all) {
    const edit = editOf(model.units.length, splicesOf(model.units.length, some));
    edits.push(edit);
    model = applyOps(model, edit.ops);
  }
  return shown({ text, edits: edits as unknown as EditOfThree }, edits);
});

/** A text and one change of it. */
const changes = fc.tuple(texts, fc.nat(), fc.nat(), texts).map(([text, some, more, inserted]) => {
  const start = some % (text.length + 1);
  const change = { start, end: start + (more % (text.length - start + 1)), text: inserted, origin: 'ai' };
  const edit = modelEdit(splice(modelOf(text), change));
  return shown({ text, change, edit }, [edit]);
});

/** A text of lines, and a second one in which some of them are missing and some are new, as one replacement of all of it. */
const rewrites = fc
  .array(
    fc.tuple(
      fc.constantFrom('a\n', 'b\n', '}\n', '\n', 'c\r\n', '😀\n'),
      fc.constantFrom('kept', 'kept', 'gone', 'new', 'altered'),
    ),
  )
  .map((lines) => {
    const text = lines.map(([line, fate]) => (fate === 'new' ? '' : line)).join('');
    const after = lines.map(
      ([line, fate]) => ({ kept: line, gone: '', new: `new ${line}`, altered: `${line.charAt(0)}!\n` })[fate],
    );
    const edit = editOf(
      text.length,
      splicesOf(text.length, [{ skipped: 0, deleted: text.length, text: after.join(''), origin: 'ai' }]),
    );
    return shown({ text, edit }, [edit]);
  });

function splicesOf(length: number, all: readonly Wish[]): Splice[] {
  const splices: Splice[] = [];
  for (const { skipped, deleted, text, origin } of all) {
    const last = splices.at(-1)?.end;
    const start = last === undefined ? Math.min(length, skipped) : last + 1 + skipped;
    const end = Math.min(length, start + deleted);
    if (start <= length && (end > start || text !== '')) splices.push({ start, end, text, origin });
  }
  return splices;
}

function shown<T extends { readonly text: string }>(value: T, edits: readonly Edit<string>[]): T {
  const program = formatProgram(
    value.text,
    edits.map((edit) => ({ kind: 'edit', edit })),
  );
  return { ...value, [fc.toStringMethod]: () => `\n${program}\n` };
}

/** `law` holds for all values: the same ones in every run, from the seed. */
function holds<T>(values: fc.Arbitrary<T>, law: (value: T) => void): void {
  fc.assert(fc.property(values, law), { seed: 20, numRuns: 500 });
}

/** Lines of few different words in an order that has nothing to do with that of another step. */
function mess(count: number, step: number): string[] {
  return Array.from({ length: count }, (_, at) => `w${(at * at * step) % 53}\n`);
}

/** The new text with `≪≫` around what the edit inserts. */
function marks(text: string, edit: Edit<string>): string {
  let marked = '';
  let at = 0;
  for (const { start, end } of insertedRanges(edit)) {
    marked += `${text.slice(at, start)}≪${text.slice(start, end)}≫`;
    at = end;
  }
  return marked + text.slice(at);
}
