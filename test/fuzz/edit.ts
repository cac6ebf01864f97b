import assert from 'node:assert/strict';
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
  type Edit,
  type OriginRange,
  type Provenance,
} from '../../src/core/edit';
import { reduce } from '../../src/core/reduce';
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
  unitsText,
  parseEdit,
  parseText,
  type Splice,
  type TaggedModel,
} from '../support/tagged-model';

/** What is done to a document. `settle` reduces all that happened so far against the baseline. */
type Step =
  | { readonly kind: 'edit' | 'reduced'; readonly edit: Edit<string> }
  | { readonly kind: 'undo' | 'redo' | 'settle' };

/** One document: what the code says of it, and what the model does. */
interface State {
  readonly provenance: Provenance<string>;
  /** The provenance's edit once more, in two parts that were composed apart. */
  readonly older: Edit<string>;
  readonly newer: Edit<string>;
  readonly model: TaggedModel;
  readonly past: readonly Done[];
  readonly future: readonly Done[];
}

interface Done {
  readonly edit: Edit<string>;
  readonly before: TaggedModel;
  readonly origins: readonly OriginRange<string>[];
}

export interface Fuzzed {
  readonly operations: number;
}

/**
 * Does `operations` random steps to random documents and holds the result of each against the model. Throws with the
 * seed and a program, which `runProgram` runs, at the first that differs.
 */
export function fuzzEdits({ seed, operations }: Fuzzed & { readonly seed: number }): Fuzzed {
  const random = randomFrom(seed);
  let done = 0;
  while (done < operations) {
    const count = Math.min(operations - done, 20 + random(180));
    fuzzDocument(random, count, (step) => `seed ${seed}, operation ${done + step}`);
    done += count;
  }
  return { operations };
}

/**
 * Runs a program: in its first line `text` and the baseline, then a step in each; in a test, as `String.raw`. Throws
 * where code and model differ.
 */
export function runProgram(program: string): void {
  const [first = '', ...rest] = program.trim().split('\n');
  const baseline = parseText(first.trim().slice('text '.length));
  runSteps(
    baseline,
    rest.map((line) => parseStep(line.trim())),
  );
}

/** The program that does `steps` to `baseline`. */
export function formatProgram(baseline: string, steps: readonly Step[]): string {
  const text = formatEdit(
    { oldLength: 0, newLength: 0, ops: [{ kind: 'insert', text: baseline, origin: '' }] },
    String,
  );
  return [`text ${text.slice(1, -1)}`, ...steps.map(formatStep)].join('\n');
}

function runSteps(baseline: string, steps: readonly Step[]): void {
  steps.reduce(perform, startOf(baseline));
}

function fuzzDocument(random: Random, count: number, nameOf: (step: number) => string): void {
  const steps: Step[] = [];
  const texts: string[] = [];
  let state = startOf(randomText(random));
  while (steps.length < count) {
    const text = modelText(state.model);
    const step = randomStep(random, text);
    texts.push(text);
    steps.push(step);
    try {
      state = perform(state, step);
    } catch (error) {
      throw new Error(`${nameOf(steps.length)}\n${shortest(texts, steps)}\n${String(error)}`, {
        cause: error,
      });
    }
  }
}

/** The shortest end of the program that still fails when it begins with the text it finds. */
function shortest(texts: readonly string[], steps: readonly Step[]): string {
  const from = texts.findLastIndex((text, index) => fails(text, steps.slice(index)));
  return formatProgram(texts[Math.max(0, from)] ?? '', steps.slice(Math.max(0, from)));
}

function fails(text: string, steps: readonly Step[]): boolean {
  try {
    runSteps(text, steps);
    return false;
  } catch {
    return true;
  }
}

function formatStep(step: Step): string {
  return 'edit' in step ? `${step.kind} ${formatEdit(step.edit, String)}` : step.kind;
}

function parseStep(line: string): Step {
  const [kind = ''] = line.split(' ', 1);
  if (kind === 'edit' || kind === 'reduced') return { kind, edit: parseEdit(line.slice(kind.length).trim()) };
  if (kind === 'undo' || kind === 'redo' || kind === 'settle') return { kind };
  throw new Error(`no step: ${line}`);
}

// Carrying out a step, and what must be true afterwards.

function startOf(baseline: string): State {
  const edit = identity(baseline.length);
  return {
    provenance: { baseline, edit },
    older: edit,
    newer: edit,
    model: modelOf(baseline),
    past: [],
    future: [],
  };
}

function perform(state: State, step: Step): State {
  switch (step.kind) {
    case 'edit':
      return edited(state, step.edit);
    case 'reduced':
      return edited(state, checkedReduction(step.edit, modelText(state.model)));
    case 'undo':
      return undone(state);
    case 'redo':
      return redone(state);
    case 'settle':
      return settled(state);
  }
}

function edited(state: State, edit: Edit<string>): State {
  const done = { edit, before: state.model, origins: originsOf(state.provenance.edit, BASE) };
  return { ...advance(state, edit), past: [...state.past.slice(-20), done], future: [] };
}

function undone(state: State): State {
  const done = state.past.at(-1);
  if (done === undefined) return state;
  const inverse = invert(done.edit, modelText(done.before), done.origins, 'undo');
  const after = advance(state, inverse);
  assert.equal(modelText(after.model), modelText(done.before), 'undo brings back the text');
  assert.deepEqual(modelOrigins(after.model), modelOrigins(done.before), 'undo brings back the origins');
  return { ...after, past: state.past.slice(0, -1), future: [...state.future, done] };
}

function redone(state: State): State {
  const done = state.future.at(-1);
  if (done === undefined) return state;
  const again = { ...done, before: state.model, origins: originsOf(state.provenance.edit, BASE) };
  return { ...advance(state, done.edit), past: [...state.past, again], future: state.future.slice(0, -1) };
}

function settled({ provenance, model }: State): State {
  const edit = reduce(provenance.edit, provenance.baseline);
  const after = {
    ...startOf(provenance.baseline),
    older: edit,
    newer: identity(edit.newLength),
    provenance: { ...provenance, edit },
  };
  const settledModel = applyOps(after.model, edit.ops);
  assert.equal(modelText(settledModel), modelText(model), 'settling keeps the text');
  if (modelText(model) === provenance.baseline) assert.deepEqual(edit, identity(model.units.length));
  return checked({ ...after, model: settledModel });
}

function advance(state: State, edit: Edit<string>): State {
  const model = applyOps(state.model, edit.ops);
  assert.equal(applyEdit(edit, modelText(state.model)), modelText(model), 'apply');
  const provenance = { ...state.provenance, edit: compose(state.provenance.edit, edit) };
  const newer = compose(state.newer, edit);
  same(compose(state.older, newer), provenance.edit, 'compose is associative');
  const fold = newer.ops.length > 20;
  const parts = fold
    ? { older: provenance.edit, newer: identity(edit.newLength) }
    : { older: state.older, newer };
  return checked({ ...state, ...parts, provenance, model });
}

function checked(state: State): State {
  const { model, provenance } = state;
  same(provenance.edit, modelEdit(model), 'compose');
  assert.equal(applyEdit(provenance.edit, provenance.baseline), modelText(model), 'apply of all');
  if ((model.units.length + provenance.edit.ops.length) % 4 === 0) checkReadings(provenance, model);
  return state;
}

function checkReadings({ baseline, edit }: Provenance<string>, model: TaggedModel): void {
  same(originsOf(edit, BASE), modelOrigins(model), 'origins');
  same(insertedRanges(edit), modelInserted(model), 'inserted ranges');
  same(deletedRanges(edit), modelDeleted(model), 'deleted ranges');
  const offset = (model.units.length * 7919) % (baseline.length + 1);
  assert.equal(mapOffset(edit, offset, 'before'), modelOffset(model, offset, 'before'), 'bias before');
  assert.equal(mapOffset(edit, offset, 'after'), modelOffset(model, offset, 'after'), 'bias after');
}

/** As `assert.deepEqual`, which is slow and left to say what differs. */
function same(actual: object, expected: object, what: string): void {
  if (!isSame(actual, expected)) assert.deepEqual(actual, expected, what);
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

// Reducing: what a reduction must keep, judged from the texts alone.

/** `reduce(edit, text)`, after a look at it. */
export function checkedReduction(edit: Edit<string>, text: string): Edit<string> {
  const reduced = reduce(edit, text);
  const model = applyOps(modelOf(text), edit.ops);
  const after = applyOps(modelOf(text), reduced.ops);
  assert.equal(modelText(after), modelText(model), 'a reduction keeps the text');
  assert.deepEqual(reduced, modelEdit(after), 'a reduction is in normal form');
  const origins = new Set(edit.ops.flatMap((op) => (op.kind === 'retain' ? [] : op.origin)));
  for (const op of reduced.ops)
    assert.ok(op.kind === 'retain' || origins.has(op.origin), 'a reduction makes up no origin');
  if (isOneChange(edit)) {
    assertLinesKept(text, after);
    assertInkKept(text, after);
    assertPairsWhole(text, after);
  }
  return reduced;
}

function isOneChange(edit: Edit<string>): boolean {
  return edit.ops.slice(1, -1).every(({ kind }) => kind !== 'retain');
}

/**
 * When the new text is the old one with lines taken out and lines put in that it did not have, the lines it still has
 * were not touched: no character of theirs may be claimed, however often they occur. Where the old text has a line in
 * two forms that only a formatter tells apart, it is enough that no ink is.
 */
function assertLinesKept(oldText: string, { units }: TaggedModel): void {
  const oldLines = linesOf(oldText);
  const forms = new Map<string, number>();
  for (const line of new Set(oldLines)) forms.set(inkOf(line), (forms.get(inkOf(line)) ?? 0) + 1);
  const wrong: string[] = [];
  let [next, at] = [0, 0];
  for (const line of linesOf(unitsText(units))) {
    const claimed = unitsText(units.slice(at, at + line.length).filter(({ was }) => was === null));
    const same = forms.get(inkOf(line)) ?? 0;
    at += line.length;
    if (same === 0) continue;
    next = oldLines.indexOf(line, next) + 1;
    if (next === 0) return;
    if (same === 1 ? claimed !== '' : inkOf(claimed) !== '') wrong.push(line);
  }
  assert.deepEqual(wrong, [], 'a reduction claims no line that was kept');
}

/** When a formatter could have made the new text from the old one, no ink may be claimed. */
function assertInkKept(oldText: string, { units }: TaggedModel): void {
  if (inkOf(oldText) !== inkOf(unitsText(units))) return;
  const claimed = units.filter(({ was }) => was === null);
  assert.equal(inkOf(unitsText(claimed)), '', 'a reduction claims nothing of what was only formatted');
}

function inkOf(text: string): string {
  return text.replaceAll(/[\s,;'"`()]/g, '');
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/gu) ?? [];
}

/** Both units of a surrogate pair, in the old text and in the new one, are kept or both are not. */
function assertPairsWhole(oldText: string, { units, removedBy }: TaggedModel): void {
  const oldKept = removedBy.map((by) => by === null);
  const newKept = units.map(({ was }) => was !== null);
  for (const [text, kept] of [[oldText, oldKept] as const, [unitsText(units), newKept] as const]) {
    for (const { index } of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) {
      assert.equal(kept[index], kept[index + 1], 'a reduction takes surrogate pairs whole');
    }
  }
}

// Random documents and what people, agents and formatters do to them.

/** A whole number from 0 up to but not including `below`. */
type Random = (below: number) => number;

/** mulberry32: the same numbers for the same seed everywhere. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const ORIGINS = ['human', 'ai', 'chat', 'unknown', BASE];
const WORDS = [
  'a',
  'x1',
  'total',
  '😀',
  '😁',
  '👩‍👩‍👧',
  'é',
  '\t',
  ' ',
  '  ',
  ';',
  '\r',
  '{',
  "'",
  '"',
  '\\',
  '\ud83d',
  '\ude00',
];
const LINES = [
  '',
  '}',
  '  }',
  'return null;',
  'const a = 1;',
  'const b = "😀";',
  '  foo(x, y);',
  '\tif (a) {',
  '// 😁😀',
];
/** Behind this many characters a document is made smaller again. */
const ROOM = 1500;

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random(items.length)] as T;
}

function several<T>(random: Random, most: number, one: () => T): T[] {
  return Array.from({ length: random(most + 1) }, one);
}

function randomLine(random: Random): string {
  const end = random(6) === 0 ? '\r\n' : '\n';
  if (random(40) === 0) return pick(random, WORDS).repeat(random(200)) + end;
  if (random(3) > 0) return pick(random, LINES) + end;
  return `${pick(random, LINES)} ${pick(random, WORDS)}${random(1000)}${end}`;
}

function randomText(random: Random): string {
  const text = several(random, pick(random, [0, 3, 10, 40]), () => randomLine(random)).join('');
  return random(3) === 0 ? text + pick(random, WORDS) : text;
}

function randomStep(random: Random, text: string): Step {
  const draw = random(100);
  if (draw < 12) return { kind: 'undo' };
  if (draw < 18) return { kind: 'redo' };
  if (draw < 19) return { kind: 'settle' };
  const origin = pick(random, ORIGINS);
  const edit = editOf(
    text.length,
    text.length > ROOM ? cutDown(random, text, origin) : randomSplices(random, text, origin),
  );
  return { kind: random(3) === 0 ? 'reduced' : 'edit', edit };
}

function randomSplices(random: Random, text: string, origin: string): Splice[] {
  const draw = random(100);
  if (draw < 35) return typed(random, text, origin);
  if (draw < 50) return selected(random, text, origin);
  if (draw < 60) return linesPut(random, text, origin);
  if (draw < 70) return atCursors(random, text, origin);
  if (draw < 80) return formatted(random, text, origin);
  if (draw < 83) return rewritten(text, spliced(text, formatted(random, text, origin)), origin);
  if (draw < 90) return rewritten(text, rewriteOf(random, text), origin);
  return trimmed(text, rewriteOf(random, text), origin);
}

function typed(random: Random, text: string, origin: string): Splice[] {
  const start = random(text.length + 1);
  const end = Math.min(text.length, start + (random(3) === 0 ? random(4) : 0));
  return [{ start, end, text: random(4) === 0 ? '\n' : pick(random, WORDS), origin }];
}

function selected(random: Random, text: string, origin: string): Splice[] {
  const start = random(text.length + 1);
  const end = start + random(Math.min(60, text.length - start) + 1);
  return [{ start, end, text: random(2) === 0 ? '' : randomText(random).slice(0, random(80)), origin }];
}

function linesPut(random: Random, text: string, origin: string): Splice[] {
  const start = text.lastIndexOf('\n', random(text.length + 1)) + 1;
  const end = random(2) === 0 ? start : text.indexOf('\n', start) + 1 || text.length;
  return [{ start, end, text: several(random, 4, () => randomLine(random)).join(''), origin }];
}

function atCursors(random: Random, text: string, origin: string): Splice[] {
  const word = pick(random, WORDS);
  const gone = random(2);
  const starts = several(random, 8, () => random(text.length + 1)).sort((a, b) => a - b);
  const apart = starts.filter((start, index) => index === 0 || start > (starts[index - 1] ?? 0) + 1);
  return apart.map((start) => ({ start, end: Math.min(text.length, start + gone), text: word, origin }));
}

/** Indentation, white space at the ends of lines, line ends: many small changes at once. */
function formatted(random: Random, text: string, origin: string): Splice[] {
  const [pattern, by] = pick(random, [
    [/^(?=[^\n])/gmu, '  '],
    [/^[ \t]+/gmu, ''],
    [/^[ \t]+/gmu, '\t'],
    [/[ \t]+$/gmu, ''],
    [/\r\n/gu, '\n'],
    [/(?<!\r)\n/gu, '\r\n'],
    [/ /gu, '  '],
  ] as const);
  const splices: Splice[] = [];
  for (const { index, 0: found } of text.matchAll(pattern)) {
    if (index <= (splices.at(-1)?.end ?? -1)) continue;
    splices.push({ start: index, end: index + found.length, text: by, origin });
  }
  return splices;
}

/** Some lines left out, altered or put in; now and then two change their places. */
function rewriteOf(random: Random, text: string): string {
  const lines = linesOf(text).flatMap((line) => {
    const draw = random(20);
    if (draw === 0) return [];
    if (draw === 1) return [randomLine(random), line];
    if (draw === 2)
      return [
        `${line.slice(0, random(line.length + 1))}new${random(1e6)}${line.slice(random(line.length + 1))}`,
      ];
    if (draw === 3) return [`fresh ${random(1e6)}\n`, line];
    return [line];
  });
  if (random(5) === 0) lines.push(...lines.splice(0, random(4)));
  return lines.join('');
}

function spliced(text: string, splices: readonly Splice[]): string {
  return modelText(applyOps(modelOf(text), editOf(text.length, splices).ops));
}

function rewritten(text: string, newText: string, origin: string): Splice[] {
  return text === '' && newText === '' ? [] : [{ start: 0, end: text.length, text: newText, origin }];
}

/** The same as an editor may say it: without the characters in which both begin and end. */
function trimmed(text: string, newText: string, origin: string): Splice[] {
  const room = Math.min(text.length, newText.length);
  let start = 0;
  while (start < room && text[start] === newText[start]) start += 1;
  let tail = 0;
  while (tail < room - start && text.at(-1 - tail) === newText.at(-1 - tail)) tail += 1;
  const end = text.length - tail;
  const come = newText.slice(start, newText.length - tail);
  return end === start && come === '' ? [] : [{ start, end, text: come, origin }];
}

function cutDown(random: Random, text: string, origin: string): Splice[] {
  const start = random(text.length >> 1);
  return [{ start, end: start + (text.length >> 1), text: pick(random, WORDS), origin }];
}
