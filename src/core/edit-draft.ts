import type { Delete, Edit, Insert, Op } from './edit';

/** An edit that is built in normal form: the ops so far, which end with a retain or are none, and the change behind them. */
export interface Draft<O> {
  readonly ops: Op<O>[];
  readonly deletes: Delete<O>[];
  readonly inserts: Insert<O>[];
}

export function newDraft<O>(): Draft<O> {
  return { ops: [], deletes: [], inserts: [] };
}

export function addOp<O>(draft: Draft<O>, op: Op<O>): void {
  switch (op.kind) {
    case 'retain':
      return addRetain(draft, op.length);
    case 'delete':
      return addDelete(draft, op.length, op.origin);
    case 'insert':
      return addInsert(draft, op.text, op.origin);
  }
}

export function addRetain<O>(draft: Draft<O>, length: number): void {
  if (length === 0) return;
  closeChange(draft);
  const last = draft.ops.at(-1);
  if (last?.kind === 'retain') draft.ops.pop();
  draft.ops.push({ kind: 'retain', length: length + (last?.kind === 'retain' ? last.length : 0) });
}

export function addDelete<O>({ deletes }: Draft<O>, length: number, origin: O): void {
  if (length === 0) return;
  const last = deletes.at(-1);
  if (last === undefined || last.origin !== origin) deletes.push({ kind: 'delete', length, origin });
  else deletes[deletes.length - 1] = { kind: 'delete', length: last.length + length, origin };
}

export function addInsert<O>({ inserts }: Draft<O>, text: string, origin: O): void {
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

export function finish<O>(draft: Draft<O>, oldLength: number, newLength: number): Edit<O> {
  closeChange(draft);
  return { oldLength, newLength, ops: draft.ops };
}

export function outputLength(op: Op<unknown>): number {
  if (op.kind === 'insert') return op.text.length;
  return op.kind === 'retain' ? op.length : 0;
}
