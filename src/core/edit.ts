import { commonRuns, endsLine, isPair, MOST_EFFORT, type Effort } from './common-text';

/** The next `length` characters of the old text stay. */
export interface Retain {
  readonly kind: 'retain';
  readonly length: number;
}

/** The next `length` characters of the old text go; `origin` is who removed them, whoever wrote them. */
export interface Delete<O> {
  readonly kind: 'delete';
  readonly length: number;
  readonly origin: O;
}

/** `text` comes in at this place; `origin` is who wrote it. */
export interface Insert<O> {
  readonly kind: 'insert';
  readonly text: string;
  readonly origin: O;
}

export type Op<O> = Retain | Delete<O> | Insert<O>;

/**
 * What happened to a text, as one pass over it from the left: an immutable value. All lengths and offsets in this
 * file are 0-based UTF-16 offsets, as JavaScript and the editor count.
 *
 * Normal form, which every function here returns and expects: no op is empty; between two retains, or between one and
 * an end of the text, all deletes come first and the inserts after them; adjacent retains are one op, and so are
 * adjacent deletes, or adjacent inserts, of one origin. Two edits that delete the same characters for the same
 * origins, and insert the same characters of the same origins at the same places, therefore have equal ops.
 *
 * Origins are compared by identity: whoever makes them up keeps one object for each.
 */
export interface Edit<O> {
  readonly oldLength: number;
  readonly newLength: number;
  readonly ops: readonly Op<O>[];
}

/** Where a text comes from: what it was before anybody touched it, and all that has happened since as one edit. */
export interface Provenance<O> {
  readonly baseline: string;
  readonly edit: Edit<O>;
}

/** The characters from `start` up to but not including `end`, all of one origin. Never empty. */
export interface OriginRange<O> {
  readonly start: number;
  readonly end: number;
  readonly origin: O;
}

/** Characters of the old text that are gone; `at` is the offset in the new text where they would stand. */
export interface DeletedRange<O> extends OriginRange<O> {
  readonly at: number;
}

/** `apply(identity(t.length), t) = t`, and composing with an identity, on either side, changes nothing. */
export function identity(length: number): Edit<never> {
  const draft = newDraft<never>();
  addRetain(draft, length);
  return finish(draft, length, length);
}

/**
 * The edit of a text of `textLength` characters that puts `insertedText` in the place of those from `start` to `end`:
 * `apply(replacement(t.length, s, e, x, o), t) = t.slice(0, s) + x + t.slice(e)`. `origin` both wrote what comes and
 * removed what goes. Throws a RangeError for a range outside the text.
 */
export function replacement<O>(
  textLength: number,
  start: number,
  end: number,
  insertedText: string,
  origin: O,
): Edit<O> {
  if (!(start >= 0 && start <= end && end <= textLength)) {
    throw new RangeError(`${start}..${end} is no range of a text of ${textLength} characters`);
  }
  const draft = newDraft<O>();
  addRetain(draft, start);
  addDelete(draft, end - start, origin);
  addInsert(draft, insertedText, origin);
  addRetain(draft, textLength - end);
  return finish(draft, textLength, start + insertedText.length + textLength - end);
}

/** The new text. Throws a RangeError when `text` has not the length that the edit was made for. */
export function applyEdit(edit: Edit<unknown>, text: string): string {
  requireLength(edit.oldLength, text.length);
  let at = 0;
  let result = '';
  for (const op of edit.ops) {
    if (op.kind === 'retain') result += text.slice(at, at + op.length);
    if (op.kind === 'insert') result += op.text;
    else at += op.length;
  }
  return result;
}

/**
 * Both edits as one: `apply(compose(a, b), t) = apply(b, apply(a, t))`, and every character has the origin it has
 * after `b`. Associative, with equal ops: `compose(compose(a, b), c) = compose(a, compose(b, c))`. What `a` inserted
 * and `b` deleted leaves no trace. Throws a RangeError when `second` was not made for the text `first` produces.
 */
export function compose<O>(first: Edit<O>, second: Edit<O>): Edit<O> {
  requireLength(second.oldLength, first.newLength);
  const draft = newDraft<O>();
  const reader = { ops: first.ops, index: 0, used: 0 };
  for (const op of second.ops) {
    if (op.kind === 'insert') addOp(draft, op);
    else if (op.kind === 'retain') retainNext(draft, reader, op.length);
    else deleteNext(draft, reader, op);
  }
  for (const rest of first.ops.slice(reader.index)) addOp(draft, rest);
  return finish(draft, first.oldLength, second.newLength);
}

/**
 * The edit that takes `edit` back: `apply(invert(e, t, o, by), apply(e, t)) = t`, and what comes back has the origin
 * it had. `oldOrigins` are the ranges of `oldText`, as `originsOf` gives them for the provenance before the edit; those of
 * the deleted characters suffice. `by` is who removes what the edit inserted.
 *
 * An undo of everything since some moment needs no inverse: edits are values, so the provenance of that moment is the
 * answer, and in it the characters were never deleted. Composed onto an edit, an inverse leaves them deleted and
 * inserted again with their old origin; `reduce` against the baseline takes that away.
 *
 * Throws a RangeError when the lengths do not fit or a deleted character has no origin.
 */
export function invert<O>(
  edit: Edit<O>,
  oldText: string,
  oldOrigins: readonly OriginRange<O>[],
  by: O,
): Edit<O> {
  requireLength(edit.oldLength, oldText.length);
  const draft = newDraft<O>();
  const originsIn = windowsOver(oldOrigins);
  let at = 0;
  for (const op of edit.ops) {
    if (op.kind === 'retain') addRetain(draft, op.length);
    else if (op.kind === 'insert') addDelete(draft, op.text.length, by);
    else for (const was of originsIn(at, at + op.length)) addInsert(draft, textOf(oldText, was), was.origin);
    if (op.kind !== 'insert') at += op.length;
  }
  return finish(draft, edit.newLength, edit.oldLength);
}

/** What the edit inserted, as ranges of the new text, ascending. They are never longer than an insert of the edit. */
export function insertedRanges<O>(edit: Edit<O>): OriginRange<O>[] {
  const ranges: OriginRange<O>[] = [];
  let at = 0;
  for (const op of edit.ops) {
    if (op.kind === 'insert') ranges.push({ start: at, end: at + op.text.length, origin: op.origin });
    if (op.kind !== 'delete') at += outputLength(op);
  }
  return ranges;
}

/** What the edit deleted, as ranges of the old text, ascending, each with its place in the new text. */
export function deletedRanges<O>(edit: Edit<O>): DeletedRange<O>[] {
  const ranges: DeletedRange<O>[] = [];
  let start = 0;
  let at = 0;
  for (const op of edit.ops) {
    if (op.kind === 'delete') ranges.push({ start, end: start + op.length, origin: op.origin, at });
    if (op.kind !== 'insert') start += op.length;
    at += outputLength(op);
  }
  return ranges;
}

/** The origin of every character of the new text: ranges that cover it, ascending. What was retained is of `base`. */
export function originsOf<O>(edit: Edit<O>, base: O): OriginRange<O>[] {
  const ranges: OriginRange<O>[] = [];
  for (const op of edit.ops) {
    const last = ranges.at(-1);
    const start = last?.end ?? 0;
    const origin = op.kind === 'insert' ? op.origin : base;
    const end = start + outputLength(op);
    if (end === start) continue;
    if (last === undefined || last.origin !== origin) ranges.push({ start, end, origin });
    else ranges[ranges.length - 1] = { start: last.start, end, origin };
  }
  return ranges;
}

/**
 * Where a place between characters of the old text is in the new one. `before` holds on to the characters before it:
 * the result is right behind the last of them that stayed, or 0. `after` holds on to those behind it: right before the
 * first of them that stayed, or the end. So text inserted at the place is behind a `before` and ahead of an `after`.
 * Throws a RangeError for an offset outside the text.
 */
export function mapOffset(edit: Edit<unknown>, offset: number, bias: 'before' | 'after'): number {
  if (!(offset >= 0 && offset <= edit.oldLength)) throw new RangeError(`no offset ${offset} in the text`);
  let old = 0;
  let at = 0;
  let before = 0;
  for (const op of edit.ops) {
    if (op.kind === 'retain' && bias === 'after' && offset < old + op.length)
      return at + Math.max(0, offset - old);
    if (op.kind === 'retain' && offset > old) before = at + Math.min(op.length, offset - old);
    if (op.kind !== 'insert') old += op.length;
    at += outputLength(op);
  }
  return bias === 'before' ? before : edit.newLength;
}

/**
 * The edit without what it only replaces by the same: `apply(reduce(e, t), t) = apply(e, t)`. An agent that rewrites a
 * file and alters three lines is the author of three lines.
 *
 * A change of several lines is looked at in whole lines: its ends are widened to them as far as the text there is
 * untouched, and lines that are in both texts stay. A line or a row of lines that differs only as a formatter may make
 * it differ (in white space, commas, semicolons, quotes, parentheses) keeps all its other characters. Of what is left,
 * the text between the equal beginning and the equal end counts as replaced, and nothing finer is looked for. Of lines
 * that changed their order, the longest row stays. A surrogate pair is kept or replaced whole. An inserted character
 * may end up at another place than in `edit`, where the new text is the same: it keeps its change's origin.
 *
 * `reduce(p.edit, p.baseline)` forgets what came back as it was. When `apply(e, t) = t`, `reduce(e, t)` is the identity.
 */
export function reduce<O>(edit: Edit<O>, oldText: string): Edit<O> {
  if (applyEdit(edit, oldText) === oldText) return identity(oldText.length);
  const draft = newDraft<O>();
  const changes = changesOf(edit);
  const effort = { left: MOST_EFFORT };
  let done = 0;
  for (const [index, change] of changes.entries()) {
    const wide = widen(change, oldText, done, changes[index + 1]?.start ?? oldText.length);
    addRetain(draft, wide.start - done);
    addReduced(draft, wide, oldText, effort);
    done = wide.end;
  }
  addRetain(draft, oldText.length - done);
  return finish(draft, edit.oldLength, edit.newLength);
}

/**
 * The edit in one line: `2 -3@ai +'abc'@ai 4` keeps two characters, replaces three by `abc` in the name of `ai` and
 * keeps four. `name` gives an origin's name, a word. Texts are escaped as in JSON, but between single quotes.
 */
export function formatEdit<O>(edit: Edit<O>, name: (origin: O) => string): string {
  return edit.ops.map((op) => formatOp(op, name)).join(' ');
}

function formatOp<O>(op: Op<O>, name: (origin: O) => string): string {
  switch (op.kind) {
    case 'retain':
      return `${op.length}`;
    case 'delete':
      return `-${op.length}@${name(op.origin)}`;
    case 'insert':
      return `+${quote(op.text)}@${name(op.origin)}`;
  }
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1);
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

// Building in normal form: the ops so far, which end with a retain or are none, and the change that is open behind them.

interface Draft<O> {
  readonly ops: Op<O>[];
  readonly deletes: Delete<O>[];
  readonly inserts: Insert<O>[];
}

function newDraft<O>(): Draft<O> {
  return { ops: [], deletes: [], inserts: [] };
}

function addOp<O>(draft: Draft<O>, op: Op<O>): void {
  switch (op.kind) {
    case 'retain':
      return addRetain(draft, op.length);
    case 'delete':
      return addDelete(draft, op.length, op.origin);
    case 'insert':
      return addInsert(draft, op.text, op.origin);
  }
}

function addRetain<O>(draft: Draft<O>, length: number): void {
  if (length === 0) return;
  closeChange(draft);
  const last = draft.ops.at(-1);
  if (last?.kind === 'retain') draft.ops.pop();
  draft.ops.push({ kind: 'retain', length: length + (last?.kind === 'retain' ? last.length : 0) });
}

function addDelete<O>({ deletes }: Draft<O>, length: number, origin: O): void {
  if (length === 0) return;
  const last = deletes.at(-1);
  if (last === undefined || last.origin !== origin) deletes.push({ kind: 'delete', length, origin });
  else deletes[deletes.length - 1] = { kind: 'delete', length: last.length + length, origin };
}

function addInsert<O>({ inserts }: Draft<O>, text: string, origin: O): void {
  if (text === '') return;
  const last = inserts.at(-1);
  if (last === undefined || last.origin !== origin) inserts.push({ kind: 'insert', text, origin });
  else inserts[inserts.length - 1] = { kind: 'insert', text: last.text + text, origin };
}

function closeChange<O>({ ops, deletes, inserts }: Draft<O>): void {
  for (const op of deletes) ops.push(op);
  for (const op of inserts) ops.push(op);
  deletes.length = 0;
  inserts.length = 0;
}

function finish<O>(draft: Draft<O>, oldLength: number, newLength: number): Edit<O> {
  closeChange(draft);
  return { oldLength, newLength, ops: draft.ops };
}

function outputLength(op: Op<unknown>): number {
  if (op.kind === 'insert') return op.text.length;
  return op.kind === 'retain' ? op.length : 0;
}

function requireLength(expected: number, actual: number): void {
  if (expected !== actual) throw new RangeError(`${actual} characters where ${expected} are expected`);
}

function textOf(text: string, range: { readonly start: number; readonly end: number }): string {
  return text.slice(range.start, range.end);
}

// Reading an edit by the characters of the text it produces.

interface Reader<O> {
  readonly ops: readonly Op<O>[];
  index: number;
  /** How much of the op at `index` has been read. */
  used: number;
}

function retainNext<O>(draft: Draft<O>, reader: Reader<O>, length: number): void {
  let left = length - retainOps(draft, reader, length);
  while (left > 0) {
    const piece = readPiece(reader, left);
    addOp(draft, piece);
    left -= outputLength(piece);
    left -= retainOps(draft, reader, left);
  }
}

/**
 * Takes over whole ops as they are, up to the last retain that ends within `room`, if they can follow the draft in normal
 * form; returns how many characters they produce. Of an edit with 20,000 ops, a keystroke changes three.
 */
function retainOps<O>({ ops, deletes, inserts }: Draft<O>, reader: Reader<O>, room: number): number {
  if (reader.used > 0 || deletes.length > 0 || inserts.length > 0) return 0;
  if (ops.length > 0 && reader.ops[reader.index]?.kind === 'retain') return 0;
  const { end, length } = lastRetain(reader, room);
  for (const op of reader.ops.slice(reader.index, end)) ops.push(op);
  reader.index = end;
  return length;
}

/** The index behind the last retain that ends within `room` characters from here, and how many it ends behind. */
function lastRetain<O>(reader: Reader<O>, room: number): { end: number; length: number } {
  const last = { end: reader.index, length: 0 };
  let seen = 0;
  for (let index = reader.index; index < reader.ops.length; index += 1) {
    const op = reader.ops[index];
    seen += op === undefined ? 0 : outputLength(op);
    if (seen > room) break;
    if (op?.kind === 'retain') [last.end, last.length] = [index + 1, seen];
  }
  return last;
}

function deleteNext<O>(draft: Draft<O>, reader: Reader<O>, { length, origin }: Delete<O>): void {
  let left = length;
  while (left > 0) {
    const piece = readPiece(reader, left);
    if (piece.kind === 'retain') addDelete(draft, piece.length, origin);
    if (piece.kind === 'delete') addOp(draft, piece);
    left -= outputLength(piece);
  }
}

/** The next delete, or the next at most `room` characters of the next other op. */
function readPiece<O>(reader: Reader<O>, room: number): Op<O> {
  const op = reader.ops[reader.index];
  if (op === undefined) throw new RangeError('the ops of an edit are shorter than its length');
  const from = reader.used;
  const to = Math.min(outputLength(op), from + room);
  const ended = to === outputLength(op);
  reader.used = ended ? 0 : to;
  if (ended) reader.index += 1;
  return ended && from === 0 ? op : cut(op, from, to);
}

function cut<O>(op: Op<O>, from: number, to: number): Op<O> {
  if (op.kind === 'insert') return { ...op, text: op.text.slice(from, to) };
  return { ...op, length: to - from };
}

/**
 * Reads ascending `ranges` through windows: each call cuts them to one, which must not begin before the last. Throws a
 * RangeError when they do not cover it.
 */
function windowsOver<O>(ranges: readonly OriginRange<O>[]): (from: number, to: number) => OriginRange<O>[] {
  let index = 0;
  return (from, to) => {
    const inside: OriginRange<O>[] = [];
    let at = from;
    while (at < to) {
      const range = ranges[index];
      if (range === undefined || range.start > at)
        throw new RangeError(`no origin for the character at ${at}`);
      const end = Math.min(to, range.end);
      if (end > at) inside.push({ start: at, end, origin: range.origin });
      at = Math.max(at, end);
      if (range.end <= to) index += 1;
    }
    return inside;
  };
}

// Reducing: an edit as changes between untouched text, and a change as two texts that may have much in common.

/** `text` comes in the place of the old text from `start` to `end`. Whose each is, in offsets from its own beginning. */
interface Change<O> {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly deleted: readonly OriginRange<O>[];
  readonly inserted: readonly OriginRange<O>[];
}

function changesOf<O>(edit: Edit<O>): Change<O>[] {
  const groups: { readonly start: number; readonly ops: Op<O>[] }[] = [];
  let at = 0;
  let open = false;
  for (const op of edit.ops) {
    if (op.kind !== 'retain' && !open) groups.push({ start: at, ops: [] });
    if (op.kind !== 'retain') groups.at(-1)?.ops.push(op);
    open = op.kind !== 'retain';
    if (op.kind !== 'insert') at += op.length;
  }
  return groups.map(({ start, ops }) => changeOf(start, ops));
}

function changeOf<O>(start: number, ops: readonly Op<O>[]): Change<O> {
  const text = ops.map((op) => (op.kind === 'insert' ? op.text : '')).join('');
  const length = ops.reduce((sum, op) => sum + (op.kind === 'delete' ? op.length : 0), 0);
  const edit = { oldLength: length, newLength: text.length, ops };
  return { start, end: start + length, text, deleted: deletedRanges(edit), inserted: insertedRanges(edit) };
}

/** The change with the text around it that has to be seen to judge it, taken from between `from` and `to`. */
function widen<O>(change: Change<O>, oldText: string, from: number, to: number): Change<O> {
  const lines = change.text.includes('\n') || textOf(oldText, change).includes('\n');
  const start = Math.max(from, lines ? lineStart(change, oldText) : pairStart(change, oldText));
  const end = Math.min(to, lines ? lineEnd(change, oldText) : pairEnd(change, oldText));
  const left = oldText.slice(start, change.start);
  const text = left + change.text + oldText.slice(change.end, end);
  const deleted = stretch(change.deleted, left.length, end - start, change.inserted);
  const inserted = stretch(change.inserted, left.length, text.length, change.deleted);
  return { start, end, text, deleted, inserted };
}

function lineStart(change: Change<unknown>, oldText: string): number {
  return change.start === 0 ? 0 : oldText.lastIndexOf('\n', change.start - 1) + 1;
}

function lineEnd(change: Change<unknown>, oldText: string): number {
  const oldEnds = endsLine(oldText.slice(0, change.end));
  const newEnds = endsLine(change.text === '' ? oldText.slice(0, change.start) : change.text);
  const next = oldText.indexOf('\n', change.end);
  if (oldEnds && newEnds) return change.end;
  return next < 0 ? oldText.length : next + 1;
}

function pairStart({ start, end, text }: Change<unknown>, oldText: string): number {
  const before = oldText.charCodeAt(start - 1);
  const after = text === '' ? oldText.charCodeAt(end) : text.charCodeAt(0);
  return isPair(before, oldText.charCodeAt(start)) || isPair(before, after) ? start - 1 : start;
}

function pairEnd({ start, end, text }: Change<unknown>, oldText: string): number {
  const after = oldText.charCodeAt(end);
  const before = text === '' ? oldText.charCodeAt(start - 1) : text.charCodeAt(text.length - 1);
  return isPair(oldText.charCodeAt(end - 1), after) || isPair(before, after) ? end + 1 : end;
}

/** The ranges moved by `by`, the first and the last stretched over `length` characters; if none, `others` lend an origin. */
function stretch<O>(
  ranges: readonly OriginRange<O>[],
  by: number,
  length: number,
  others: readonly OriginRange<O>[],
): OriginRange<O>[] {
  const last = ranges.length - 1;
  if (last < 0) return others.slice(0, 1).map(({ origin }) => ({ start: 0, end: length, origin }));
  return ranges.map(({ start, end, origin }, index) => ({
    start: index === 0 ? 0 : start + by,
    end: index === last ? length : end + by,
    origin,
  }));
}

function addReduced<O>(draft: Draft<O>, change: Change<O>, oldText: string, effort: Effort): void {
  const deleted = windowsOver(change.deleted);
  const inserted = windowsOver(change.inserted);
  let old = 0;
  let at = 0;
  const end = { oldStart: change.end - change.start, newStart: change.text.length, length: 0 };
  for (const common of [...commonRuns(textOf(oldText, change), change.text, effort), end]) {
    for (const gone of deleted(old, common.oldStart)) addDelete(draft, gone.end - gone.start, gone.origin);
    for (const come of inserted(at, common.newStart))
      addInsert(draft, textOf(change.text, come), come.origin);
    addRetain(draft, common.length);
    old = common.oldStart + common.length;
    at = common.newStart + common.length;
  }
}
