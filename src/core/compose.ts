import { requireLength, type Delete, type Edit, type Op } from './edit';
import { addDelete, addOp, finish, newDraft, outputLength, type Draft } from './edit-draft';

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
