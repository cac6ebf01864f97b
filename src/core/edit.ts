import { addDelete, addInsert, addRetain, finish, newDraft, outputLength } from './edit-draft';

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

export function requireLength(expected: number, actual: number): void {
  if (expected !== actual) throw new RangeError(`${actual} characters where ${expected} are expected`);
}

export function textOf(text: string, range: { readonly start: number; readonly end: number }): string {
  return text.slice(range.start, range.end);
}

/**
 * Reads ascending `ranges` through windows: each call cuts them to one, which must not begin before the last. Throws a
 * RangeError when they do not cover it.
 */
export function windowsOver<O>(
  ranges: readonly OriginRange<O>[],
): (from: number, to: number) => OriginRange<O>[] {
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
