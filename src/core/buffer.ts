import { compose } from './compose';
import { applyEdit, deletedRanges, identity, originsOf, type Edit, type OriginRange } from './edit';
import { reduce } from './reduce';
import { addDelete, addInsert, addRetain, finish, newDraft } from './edit-draft';
import type { KnownText } from './known';
import { splitLines } from './lines';
import { isEvidenced, UNKNOWN, type LineOrigin } from './origin';

// A file that is open in an editor: the text that was found when it was opened, and everything that has been seen
// since as one edit. Offsets are 0-based UTF-16 offsets, lines are 0-based.

/** One replacement of an editor's change, in offsets of the text before the whole change. */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Who made a change: whoever inserted text also removed what it replaced. `pieces`: inserted text that was copied. */
export type Writer =
  | { readonly kind: 'one'; readonly origin: LineOrigin }
  | {
      readonly kind: 'pieces';
      readonly origin: LineOrigin;
      readonly pieces: readonly OriginRange<LineOrigin>[];
    };

/** An immutable value; `edit` leads from the text of `start` to `text`. */
export interface Buffer {
  /** What was known when the file was opened; `base` means that the last commit has the line. */
  readonly start: KnownText;
  /** Whose the lines of `start` are by history; matters only where `start` says `base`. */
  readonly history: readonly LineOrigin[];
  readonly baseline: string;
  readonly edit: Edit<LineOrigin>;
  readonly text: string;
}

/** Law: `knownText(openBuffer(k, h))` has the lines, origins and tombstones of `k`. */
export function openBuffer(start: KnownText, history: readonly LineOrigin[]): Buffer {
  const baseline = start.lines.join('');
  return { start, history, baseline, edit: identity(baseline.length), text: baseline };
}

/**
 * The buffer after a change. What a replacement leaves as it was stays whose it was; lines that one change only moves
 * or doubles keep their origin. null where the changes do not fit the text: whoever sent them saw another one.
 */
export function changeBuffer(buffer: Buffer, changes: readonly TextChange[], writer: Writer): Buffer | null {
  const step = stepOf(buffer, changes, writer);
  if (step === null) return null;
  return { ...buffer, edit: compose(buffer.edit, step), text: applyEdit(step, buffer.text) };
}

/** The text that changes lead to, whoever made them; null where they do not fit. */
export function changedText(text: string, changes: readonly TextChange[]): string | null {
  const edit = editOf(text.length, changes, () => UNKNOWN);
  return edit === null ? null : applyEdit(edit, text);
}

/**
 * The origins of a stretch of the text, ascending, relative to `from`; what was there when the file was opened has the
 * origin of its line, by history where the last commit has it.
 */
export function originsBetween(buffer: Buffer, from: number, to: number): OriginRange<LineOrigin>[] {
  return resolved(readOrigins(buffer), from, to).map(({ start, end, origin }) => ({
    start: start - from,
    end: end - from,
    origin,
  }));
}

// ---- a change as an edit

function editOf(
  length: number,
  changes: readonly TextChange[],
  originOf: (change: TextChange) => LineOrigin,
): Edit<LineOrigin> | null {
  const ascending = changes.toSorted((x, y) => x.offset - y.offset || x.length - y.length);
  const draft = newDraft<LineOrigin>();
  let [end, grown] = [0, length];
  // In one pass: a formatter changes ten thousand places of a file at once.
  for (const change of ascending) {
    if (change.offset < end || change.length < 0 || change.offset + change.length > length) return null;
    addRetain(draft, change.offset - end);
    addDelete(draft, change.length, originOf(change));
    addInsert(draft, change.text, originOf(change));
    end = change.offset + change.length;
    grown += change.text.length - change.length;
  }
  addRetain(draft, length - end);
  return finish(draft, length, grown);
}

function stepOf(buffer: Buffer, changes: readonly TextChange[], writer: Writer): Edit<LineOrigin> | null {
  const { text } = buffer;
  const raw = editOf(text.length, changes, () => writer.origin);
  if (raw === null) return null;
  const replaces = changes.some((change) => change.length > 0 && change.text !== '');
  const edit = replaces ? reduce(raw, text) : raw;
  if (writer.kind === 'pieces') return withPieces(edit, writer.pieces);
  if (writer.origin.class === 'human') return edit;
  return withMoves(buffer, edit);
}

/** Pasted text: every inserted character has the origin it had where it was copied. */
function withPieces(edit: Edit<LineOrigin>, pieces: readonly OriginRange<LineOrigin>[]): Edit<LineOrigin> {
  return mapInserts(edit, (text, origin) => {
    const cut = pieces.filter(({ start }) => start < text.length);
    const covered = cut.at(-1)?.end ?? 0;
    return [
      ...cut.map((piece) => ({
        text: text.slice(piece.start, Math.min(piece.end, text.length)),
        origin: piece.origin,
      })),
      ...(covered < text.length ? [{ text: text.slice(covered), origin }] : []),
    ];
  });
}

interface Piece {
  readonly text: string;
  readonly origin: LineOrigin;
}

function mapInserts(
  edit: Edit<LineOrigin>,
  split: (text: string, origin: LineOrigin, at: number) => readonly Piece[],
): Edit<LineOrigin> {
  let at = 0;
  const ops = edit.ops.flatMap((op): Edit<LineOrigin>['ops'] => {
    if (op.kind !== 'insert') {
      if (op.kind === 'retain') at += op.length;
      return [op];
    }
    const pieces = split(op.text, op.origin, at);
    at += op.text.length;
    return pieces
      .filter(({ text }) => text !== '')
      .map(({ text, origin }) => ({ kind: 'insert', text, origin }) as const);
  });
  // Composing with an identity brings the ops back into normal form.
  return compose({ ...edit, ops }, identity(edit.newLength));
}

/**
 * A line that the same change takes out elsewhere was moved (a row of lines sorted, dragged, shifted up), and text that
 * stands just so beside itself was doubled: neither was written by whoever moved it. A deletion that only moved text is
 * nobody's.
 */
function withMoves(buffer: Buffer, edit: Edit<LineOrigin>): Edit<LineOrigin> {
  const inserts = edit.ops.filter((op) => op.kind === 'insert');
  if (inserts.length === 0) return edit;
  const reading = readOrigins(buffer);
  const lost = lostLines(reading, edit);
  const moved = new Set<LostLine>();
  const after = applyEdit(edit, buffer.text);
  const inserted = mapInserts(edit, (text, origin, at) => {
    const copy = doubled(after, text, at);
    if (copy !== null && lost.size === 0) return copiedPieces(reading, edit, copy, text, origin);
    return splitLines(text).flatMap((line) => {
      const found = lost.get(line.trim())?.shift();
      if (!found) return [{ text: line, origin }];
      moved.add(found);
      return movedPieces(line, found, origin);
    });
  });
  if (moved.size === 0) return inserted;
  let end = 0;
  const ops = inserted.ops.map((op) => {
    const start = end;
    if (op.kind !== 'insert') end += op.length;
    return op.kind === 'delete' && deletesOnly(buffer, start, end, moved) ? { ...op, origin: UNKNOWN } : op;
  });
  return compose({ ...inserted, ops }, identity(inserted.newLength));
}

interface LostLine {
  /** In the text before, without the white space around it. */
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly Piece[];
}

function lostLines(reading: Reading, edit: Edit<LineOrigin>): Map<string, LostLine[]> {
  const { buffer } = reading;
  const lost = new Map<string, LostLine[]>();
  for (const { start, end } of deletedRanges(edit)) {
    let at = start;
    for (const text of splitLines(buffer.text.slice(start, end))) {
      const key = text.trim();
      const from = at + text.length - text.trimStart().length;
      at += text.length;
      if (key === '') continue;
      const line = {
        start: from,
        end: from + key.length,
        pieces: piecesOf(reading, from, from + key.length),
      };
      const alike = lost.get(key);
      if (alike) alike.push(line);
      else lost.set(key, [line]);
    }
  }
  return lost;
}

/** Whether all that a deletion takes out, but white space, was moved. */
function deletesOnly(buffer: Buffer, from: number, to: number, moved: ReadonlySet<LostLine>): boolean {
  const visible = (start: number, end: number): number =>
    buffer.text.slice(start, end).replace(/\s+/g, '').length;
  let count = 0;
  for (const { start, end } of moved) if (start >= from && end <= to) count += visible(start, end);
  return count > 0 && count === visible(from, to);
}

function movedPieces(line: string, { pieces }: LostLine, origin: LineOrigin): Piece[] {
  const key = line.trim();
  const before = line.slice(0, line.length - line.trimStart().length);
  return [{ text: before, origin }, ...pieces, { text: line.slice(before.length + key.length), origin }];
}

/** The offset in the new text at which a text of at least one visible line stands that was inserted right beside it. */
function doubled(after: string, text: string, at: number): number | null {
  if (!text.includes('\n') || text.trim() === '') return null;
  if (after.startsWith(text, at + text.length)) return at + text.length;
  return at >= text.length && after.startsWith(text, at - text.length) ? at - text.length : null;
}

function copiedPieces(
  reading: Reading,
  edit: Edit<LineOrigin>,
  copy: number,
  text: string,
  origin: LineOrigin,
): Piece[] {
  const from = oldOffset(edit, copy);
  if (from === null || reading.buffer.text.slice(from, from + text.length) !== text)
    return [{ text, origin }];
  return piecesOf(reading, from, from + text.length);
}

/** Where a kept character of the new text stood in the old one. */
function oldOffset(edit: Edit<LineOrigin>, offset: number): number | null {
  let [old, at] = [0, 0];
  for (const op of edit.ops) {
    if (op.kind === 'retain') {
      if (offset >= at && offset < at + op.length) return old + offset - at;
      at += op.length;
      old += op.length;
    } else if (op.kind === 'insert') at += op.text.length;
    else old += op.length;
  }
  return null;
}

// ---- origins of characters

/** A mark for what was there when the file was opened: which line it is of says the rest. */
const FOUND: LineOrigin = { class: 'base' };

/** A buffer with what a search in it needs: its texts may have ten thousand lines, and as many questions are asked. */
interface Reading {
  readonly buffer: Buffer;
  readonly ranges: readonly OriginRange<LineOrigin>[];
  /** Where kept characters are now and were before, ascending. */
  readonly kept: readonly { readonly start: number; readonly end: number; readonly old: number }[];
  /** Offsets of the baseline at which its lines begin. */
  readonly lines: readonly number[];
}

function readOrigins(buffer: Buffer): Reading {
  const kept: { start: number; end: number; old: number }[] = [];
  let [old, at] = [0, 0];
  for (const op of buffer.edit.ops) {
    if (op.kind === 'retain') kept.push({ start: at, end: at + op.length, old });
    if (op.kind !== 'insert') old += op.length;
    if (op.kind !== 'delete') at += op.kind === 'insert' ? op.text.length : op.length;
  }
  let start = 0;
  const lines = buffer.start.lines.map((line) => (start += line.length) - line.length);
  return { buffer, ranges: originsOf(buffer.edit, FOUND), kept, lines };
}

function piecesOf(reading: Reading, from: number, to: number): Piece[] {
  return resolved(reading, from, to).map(({ start, end, origin }) => ({
    text: reading.buffer.text.slice(start, end),
    origin,
  }));
}

function resolved(reading: Reading, from: number, to: number): OriginRange<LineOrigin>[] {
  const found: OriginRange<LineOrigin>[] = [];
  const { ranges } = reading;
  for (let at = lastAt(ranges, from, ({ start }) => start); at < ranges.length; at++) {
    const range = ranges[at];
    if (range === undefined || range.start >= to) break;
    const [start, end] = [Math.max(range.start, from), Math.min(range.end, to)];
    if (start >= end) continue;
    if (range.origin === FOUND) found.push(...foundPieces(reading, start, end));
    else found.push({ start, end, origin: range.origin });
  }
  return found;
}

/** Kept characters by the line they stood in; a stretch of them may hold several lines. */
function foundPieces(
  { buffer, kept, lines }: Reading,
  start: number,
  end: number,
): OriginRange<LineOrigin>[] {
  const pieces: OriginRange<LineOrigin>[] = [];
  let before = -1;
  for (let at = start; at < end;) {
    const run = kept[lastAt(kept, at, (each) => each.start)];
    if (run === undefined || at >= run.end) return pieces;
    const old = run.old + at - run.start;
    const line = lastAt(lines, old, (offset) => offset);
    const stop = Math.min(end, run.end, at + (lines[line + 1] ?? buffer.baseline.length) - old);
    const last = line === before ? pieces.pop() : undefined;
    pieces.push({ start: last?.start ?? at, end: stop, origin: copiedOrigin(buffer, line) });
    [before, at] = [line, stop];
  }
  return pieces;
}

/** The index of the last entry whose place is at or before `offset`; 0 where there is none. */
function lastAt<T>(entries: readonly T[], offset: number, place: (entry: T) => number): number {
  let [low, high] = [0, entries.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && place(entry) <= offset) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** A copy of a committed line is no committed line: history says whose it is, or nobody does. */
function copiedOrigin({ start, history }: Buffer, line: number): LineOrigin {
  const origin = start.origins[line] ?? UNKNOWN;
  if (origin.class !== 'base') return origin;
  const before = history[line] ?? UNKNOWN;
  return isEvidenced(before) ? before : UNKNOWN;
}
