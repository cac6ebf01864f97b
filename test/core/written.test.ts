import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { changeBuffer, openBuffer, originsBetween, type Buffer, type Writer } from '../../src/core/buffer';
import { splitLines } from '../../src/core/lines';
import { BASE, UNKNOWN, type Evidenced, type LineOrigin } from '../../src/core/origin';
import { knownText } from '../../src/core/written';

const AI: Evidenced = {
  class: 'ai',
  via: 'completion',
  agent: 'copilot',
  model: null,
  evidence: 'reported',
};
const OTHER: Evidenced = { ...AI, agent: 'other' };
const MIXED: Evidenced = { ...AI, class: 'mixed' };
const HUMAN: Evidenced = { class: 'human', via: null, agent: null, model: null, evidence: 'reported' };
const ORIGINS: Readonly<Record<string, LineOrigin>> = {
  ai: AI,
  other: OTHER,
  mixed: MIXED,
  human: HUMAN,
  unknown: UNKNOWN,
  base: BASE,
};

/** `CLASS TEXT` a line; history, where it says something, as `base/ai TEXT`. */
function opened(...lines: readonly string[]): Buffer {
  const parsed = lines.map((line) => /^(\w+)(?:\/(\w+))? ?([^]*)$/.exec(line) ?? []);
  const start = parsed.map(([, found = '', , text = '']) => ({
    text: `${text}\n`,
    origin: ORIGINS[found] ?? UNKNOWN,
  }));
  return openBuffer(
    { lines: start.map(({ text }) => text), origins: start.map(({ origin }) => origin), tombstones: [] },
    parsed.map(([, , before = '']) => ORIGINS[before] ?? UNKNOWN),
  );
}

const by = (who: string): Writer => ({ kind: 'one', origin: ORIGINS[who] ?? UNKNOWN });

/** `who` puts `text` in the place of `old`, which occurs once; `|` in `old` is where nothing is replaced. */
function edit(buffer: Buffer, who: string, old: string, text: string): Buffer {
  const place = old.replace('|', '');
  const offset = buffer.text.indexOf(place);
  assert.ok(
    offset >= 0 && buffer.text.indexOf(place, offset + 1) < 0,
    `${JSON.stringify(old)} is there once`,
  );
  const change = old.includes('|')
    ? { offset: offset + old.indexOf('|'), length: 0, text }
    : { offset, length: old.length, text };
  return did(changeBuffer(buffer, [change], by(who)));
}

function did(buffer: Buffer | null): Buffer {
  assert.ok(buffer !== null, 'the change fits');
  return buffer;
}

function type(buffer: Buffer, who: string, after: string, text: string): Buffer {
  return text
    .split('')
    .reduce((at, char, index) => edit(at, who, `${after}${text.slice(0, index)}|`, char), buffer);
}

function check(buffer: Buffer, lines: readonly string[], deleted: readonly string[] = []): void {
  const known = knownText(buffer);
  assert.deepEqual(known.lines, splitLines(buffer.text));
  const said = known.lines.map((line, at) => `${nameOf(known.origins[at])} ${line.replace('\n', '')}`);
  assert.deepEqual(said, lines);
  assert.deepEqual(
    known.tombstones.map(({ before, text, author }) => `${before} ${author.agent} ${text.replace('\n', '')}`),
    deleted,
  );
}

function nameOf(origin: LineOrigin | undefined): string {
  return origin === OTHER || (origin?.class === 'ai' && 'agent' in origin && origin.agent === 'other')
    ? 'other'
    : (origin?.class ?? 'none');
}

describe('core/written: whose the lines of an open file are', () => {
  it('nothing happened', () => {
    const buffer = opened('base one();', 'ai two();', 'unknown three();');
    check(buffer, ['base one();', 'ai two();', 'unknown three();']);
  });

  it('a person types a line', () => {
    check(type(opened('base one();'), 'human', 'one();', '\nmine();'), ['base one();', 'human mine();']);
  });

  it('a completion of whole lines', () => {
    const buffer = edit(opened('base one();', 'base two();'), 'ai', 'one();|', '\nthree();\n}');
    check(buffer, ['base one();', 'ai three();', 'ai }', 'base two();']);
  });

  it('a completion of a line that a person began', () => {
    const begun = type(opened('base one();'), 'human', 'one();', '\nconst total = ');
    check(edit(begun, 'ai', 'total = |', 'sum(items);\nreturn total;'), [
      'base one();',
      'mixed const total = sum(items);',
      'ai return total;',
    ]);
  });

  it('a completion of a word that a person began is neither the model’s nor the person’s alone', () => {
    const begun = type(opened('base one();'), 'human', 'one();', '\nret');
    check(edit(begun, 'ai', '\nret|', 'urn;'), ['base one();', 'mixed return;']);
  });

  it('indentation and a bracket typed by a person take no line from a model', () => {
    const begun = type(opened('base one();'), 'human', 'one();', '\n  ');
    check(edit(begun, 'ai', '\n  |', 'call(x'), ['base one();', 'ai   call(x']);
    check(type(edit(begun, 'ai', '\n  |', 'call(x'), 'human', 'call(x', ');'), [
      'base one();',
      'ai   call(x);',
    ]);
  });

  it('a person types into a model’s line, and takes it back by hand', () => {
    const accepted = edit(opened('base one();'), 'ai', 'one();|', '\ncall(first);');
    const typed = type(accepted, 'human', 'first', ', second');
    check(typed, ['base one();', 'mixed call(first, second);']);
    check(edit(typed, 'human', ', second', ''), ['base one();', 'ai call(first);']);
  });

  it('a person replaces every word of a model’s line', () => {
    const accepted = edit(opened('base one();'), 'ai', 'one();|', '\ncall(first);');
    check(edit(edit(accepted, 'human', 'call', 'mine'), 'human', 'first', 'own'), [
      'base one();',
      'human mine(own);',
    ]);
  });

  it('a person changes a word of a committed line', () => {
    check(edit(opened('base const a = 1;'), 'human', '1', '2'), ['human const a = 2;']);
    check(edit(opened('base/ai const a = 1;'), 'human', '1', '2'), ['mixed const a = 2;']);
    check(edit(opened('base/human const a = 1;'), 'human', '1', '2'), ['human const a = 2;']);
  });

  it('a person changes a word of a line that nobody knows', () => {
    check(edit(opened('unknown const a = 1;'), 'human', '1', '2'), ['unknown const a = 2;']);
  });

  it('a model changes a word of a person’s line', () => {
    check(
      edit(opened("base const a = '1';"), 'ai', '1', '2'),
      ["mixed const a = '2';"],
      ["0 copilot const a = '1';"],
    );
  });

  it('a person takes a word out', () => {
    check(edit(opened('base call(a, b);'), 'human', ', b', ''), ['human call(a);']);
    check(edit(opened('base/ai call(a, b);'), 'human', ', b', ''), ['ai call(a);']);
    check(edit(opened('base call(a, b);'), 'unknown', ', b', ''), ['unknown call(a);']);
  });

  it('white space, commas, quotes and semicolons change nothing', () => {
    const buffer = opened('base one()', 'ai two("x")', 'unknown three()', 'mixed four()');
    const formatted = ['one()', 'two("x")', 'three()', 'four()'].reduce(
      (at, text) => edit(at, 'unknown', `${text}|`, ';'),
      buffer,
    );
    check(edit(edit(formatted, 'unknown', '"x"', "'x'"), 'unknown', '|two', '    '), [
      'base one();',
      "ai     two('x');",
      'unknown three();',
      'mixed four();',
    ]);
  });

  it('a formatter that sends the whole text writes nothing of it', () => {
    const buffer = opened('base one()', 'ai two("x")', 'base three()');
    const text = "one();\n  two('x');\nthree();\n";
    const whole = [{ offset: 0, length: buffer.text.length, text }];
    check(did(changeBuffer(buffer, whole, by('unknown'))), [
      'base one();',
      "ai   two('x');",
      'base three();',
    ]);
  });

  it('a model that sends the whole text is the author of what it alters', () => {
    const buffer = opened('base one();', 'base two();', 'base three();');
    const text = 'one();\nnew(line);\ntwo();\nthree();\n';
    const whole = [{ offset: 0, length: buffer.text.length, text }];
    check(did(changeBuffer(buffer, whole, by('ai'))), [
      'base one();',
      'ai new(line);',
      'base two();',
      'base three();',
    ]);
  });

  it('what a model takes out leaves a mark where it stood', () => {
    const buffer = opened('base one();', 'base two();', 'base three();', 'base four();');
    check(
      edit(buffer, 'ai', 'two();\nthree();\n', ''),
      ['base one();', 'base four();'],
      ['1 copilot two();', '1 copilot three();'],
    );
    check(edit(buffer, 'human', 'two();\nthree();\n', ''), ['base one();', 'base four();']);
    check(
      edit(buffer, 'ai', 'four();\n', ''),
      ['base one();', 'base two();', 'base three();'],
      ['3 copilot four();'],
    );
  });

  it('a line that a model and a person took out together is nobody’s', () => {
    const buffer = opened('base one();', 'base call(first, second);');
    const person = edit(buffer, 'human', ', second', '');
    check(edit(person, 'ai', 'call(first);\n', ''), ['base one();']);
  });

  it('a line that a person types again was not deleted', () => {
    const gone = edit(opened('base one();', 'base two();', 'base four();'), 'ai', 'two();\n', '');
    check(type(gone, 'human', 'one();', '\ntwo();'), ['base one();', 'human two();', 'base four();']);
  });

  it('marks of earlier deletions keep their place', () => {
    const buffer = opened('base one();', 'base two();', 'base three();');
    const start = {
      ...buffer.start,
      tombstones: [{ before: 2, text: 'gone();\n', origin: BASE, author: AI }],
    };
    check(
      type(openBuffer(start, buffer.history), 'human', 'one();', '\nmine();'),
      ['base one();', 'human mine();', 'base two();', 'base three();'],
      ['3 copilot gone();'],
    );
  });

  it('a line break in a line makes nothing new', () => {
    check(type(opened('base one(); two();'), 'human', 'one();', '\n'), ['base one();', 'base  two();']);
    check(type(opened('ai one(); two();'), 'human', 'one();', '\n'), ['ai one();', 'ai  two();']);
    check(edit(opened('ai one();', 'base two();'), 'human', '\ntwo', ' two'), ['mixed one(); two();']);
  });

  it('lines that one change moves or doubles are not written by whoever moved them', () => {
    const buffer = opened('base one();', 'ai two();', 'human three();');
    const moved = [
      { offset: 7, length: 7, text: '' },
      { offset: 23, length: 0, text: 'two();\n' },
    ];
    check(did(changeBuffer(buffer, moved, by('unknown'))), ['base one();', 'human three();', 'ai two();']);
    check(edit(buffer, 'unknown', 'two();\n|', 'two();\n'), [
      'base one();',
      'ai two();',
      'ai two();',
      'human three();',
    ]);
  });

  it('a model that moves lines wrote none of them', () => {
    const buffer = opened('base one();', 'human two();', 'base three();');
    const moved = [
      { offset: 7, length: 7, text: '' },
      { offset: 23, length: 0, text: 'two();\n' },
    ];
    check(did(changeBuffer(buffer, moved, by('ai'))), ['base one();', 'base three();', 'human two();']);
  });

  it('of two models the one that wrote more of a line is named', () => {
    const first = edit(opened('base one();'), 'ai', 'one();|', '\nab(');
    check(edit(first, 'other', 'ab(|', 'longer, words)'), ['base one();', 'other ab(longer, words)']);
  });

  it('copied text takes its origins along', () => {
    const buffer = opened('base/ai old();', 'ai two();', 'base three();');
    const pieces = originsBetween(buffer, 0, buffer.text.length);
    const pasted = changeBuffer(buffer, [{ offset: buffer.text.length, length: 0, text: buffer.text }], {
      kind: 'pieces',
      origin: UNKNOWN,
      pieces,
    });
    check(did(pasted), [
      'base old();',
      'ai two();',
      'base three();',
      'ai old();',
      'ai two();',
      'unknown three();',
    ]);
  });

  it('of a line with another one behind its beginning, each half has the origin of its own line', () => {
    const joined = edit(opened('ai one();', 'mixed two();'), 'human', 'e();\ntw', '');
    assert.deepEqual(
      originsBetween(joined, 0, joined.text.length).map(({ start, end, origin }) => [
        joined.text.slice(start, end),
        nameOf(origin),
      ]),
      [
        ['on', 'ai'],
        ['o();\n', 'mixed'],
      ],
    );
  });

  it('a change of another text is refused', () => {
    assert.equal(
      changeBuffer(opened('base one();'), [{ offset: 5, length: 20, text: '' }], by('human')),
      null,
    );
    const overlapping = [
      { offset: 0, length: 4, text: '' },
      { offset: 2, length: 3, text: '' },
    ];
    assert.equal(changeBuffer(opened('base one();'), overlapping, by('human')), null);
  });

  it('signs and letters beyond the first plane', () => {
    check(type(opened('base one();'), 'human', 'one();', '\n}'), ['base one();', 'human }']);
    check(edit(opened('base one();'), 'ai', 'one();|', '\n🙂 }'), ['base one();', 'ai 🙂 }']);
    check(edit(opened('base one();'), 'ai', 'one();|', '\n名前();'), ['base one();', 'ai 名前();']);
  });

  it('laws, over random edits, against a text of tagged characters', () => {
    const insertion = fc.record({
      who: fc.constantFrom('ai', 'other', 'human', 'unknown'),
      text: fc.stringMatching(/^[ab ;{}]{1,8}$/),
    });
    const lineBreak = fc.constant({ who: 'human', text: '\n' });
    const deletion = fc.record({ who: fc.constant('human'), length: fc.integer({ min: 1, max: 6 }) });
    const at = fc.double({ min: 0, max: 1, noNaN: true });
    const steps = fc.array(fc.tuple(at, fc.oneof(insertion, lineBreak, deletion)), { maxLength: 14 });
    fc.assert(fc.property(steps, holdsLaws), { numRuns: 4000 });
  });
});

interface Tagged {
  readonly char: string;
  readonly who: string;
}

type Step =
  | { readonly who: string; readonly text: string }
  | { readonly who: string; readonly length: number };

/** Insertions and deletions only: a replacement keeps what it brings again, which a model of characters cannot tell. */
function holdsLaws(steps: readonly (readonly [number, Step])[]): void {
  let buffer = opened('base aa bb', 'ai ab;', 'human ba {', 'unknown b');
  let model: Tagged[] = buffer.start.lines.flatMap((line, at) =>
    line.split('').map((char) => ({ char, who: buffer.start.origins[at]?.class ?? 'unknown' })),
  );
  for (const [share, step] of steps) {
    const offset = Math.floor(share * buffer.text.length);
    const text = 'text' in step ? step.text : '';
    const length = 'length' in step ? Math.min(step.length, buffer.text.length - offset) : 0;
    buffer = did(changeBuffer(buffer, [{ offset, length, text }], by(step.who)));
    const inserted = text.split('').map((char) => ({ char, who: step.who }));
    model = [...model.slice(0, offset), ...inserted, ...model.slice(offset + length)];
  }
  const known = knownText(buffer);
  assert.equal(known.lines.join(''), model.map(({ char }) => char).join(''));
  let at = 0;
  known.lines.forEach((line, index) => {
    const writers = model
      .slice(at, at + line.length)
      .filter(({ char }) => /[ab]/.test(char))
      .map(({ who }) => (who === 'other' ? 'ai' : who));
    at += line.length;
    if (writers.length > 0)
      assert.ok(
        allowed(writers).includes(known.origins[index]?.class ?? ''),
        JSON.stringify({ line, writers }),
      );
  });
}

/** The classes that a line may have by who wrote the letters that are left of it. */
function allowed(writers: readonly string[]): readonly string[] {
  const has = (who: string): boolean => writers.includes(who);
  if (has('ai')) return writers.every((who) => who === 'ai') ? ['ai'] : ['mixed'];
  if (has('unknown')) return ['unknown'];
  if (has('human')) return ['human'];
  return ['base', 'human'];
}
