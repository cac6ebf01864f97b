import type { Edit, Insert, Op, OriginRange } from '../../src/core/edit';

/**
 * A second implementation of edits, to judge the first by: a text is an array with one entry for each UTF-16 unit that
 * says whose it is. Slow and obvious; takes nothing but types from the code it judges.
 */
export interface TaggedModel {
  readonly baseline: string;
  readonly units: readonly TaggedUnit[];
  /** For each unit of the baseline who removed it, or null while it is there. */
  readonly removedBy: readonly (string | null)[];
}

export interface TaggedUnit {
  readonly unit: string;
  readonly origin: string;
  /** Offset in the baseline; null for what was inserted. */
  readonly was: number | null;
}

/** Of the text from `start` to `end` becomes `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly origin: string;
}

/** The origin of what nobody has touched. */
export const BASE = 'base';

export function modelOf(baseline: string): TaggedModel {
  const units = Array.from({ length: baseline.length }, (_, was) => ({
    unit: baseline.charAt(was),
    origin: BASE,
    was,
  }));
  return { baseline, units, removedBy: units.map(() => null) };
}

export function splice(model: TaggedModel, { start, end, text, origin }: Splice): TaggedModel {
  const units = [...model.units];
  const removedBy = [...model.removedBy];
  for (const { was } of units.splice(start, end - start, ...tagged(text, origin))) {
    if (was !== null) removedBy[was] = origin;
  }
  return { baseline: model.baseline, units, removedBy };
}

/** Carries out the ops one by one. Their order within a change makes no difference, as deletes and inserts are apart. */
export function applyOps(model: TaggedModel, ops: readonly Op<string>[]): TaggedModel {
  const units: TaggedUnit[] = [];
  const removedBy = [...model.removedBy];
  let at = 0;
  for (const op of ops) {
    if (op.kind === 'insert') {
      for (const unit of tagged(op.text, op.origin)) units.push(unit);
      continue;
    }
    for (const unit of model.units.slice(at, at + op.length)) {
      if (op.kind === 'retain') units.push(unit);
      else if (unit.was !== null) removedBy[unit.was] = op.origin;
    }
    at += op.length;
  }
  if (at !== model.units.length)
    throw new Error(`the ops are for ${at} units, the text has ${model.units.length}`);
  return { baseline: model.baseline, units, removedBy };
}

function tagged(text: string, origin: string): TaggedUnit[] {
  return Array.from({ length: text.length }, (_, at) => ({ unit: text.charAt(at), origin, was: null }));
}

export function modelText(model: TaggedModel): string {
  return unitsText(model.units);
}

export function unitsText(units: readonly TaggedUnit[]): string {
  let text = '';
  for (const { unit } of units) text += unit;
  return text;
}

/** What `originsOf` has to say. */
export function modelOrigins(model: TaggedModel): OriginRange<string>[] {
  return rangesBy(model.units.map(({ origin }) => origin));
}

/** What `insertedRanges` has to say of everything since the baseline. */
export function modelInserted(model: TaggedModel): OriginRange<string>[] {
  return rangesBy(model.units.map(({ origin, was }) => (was === null ? origin : null)));
}

/** What `deletedRanges` has to say of everything since the baseline. */
export function modelDeleted(model: TaggedModel): (OriginRange<string> & { at: number })[] {
  const places = new Map(model.units.map(({ was }, at) => [was, at]));
  let behind = 0;
  const ats = model.removedBy.map((_, was) => (behind = (places.get(was) ?? behind - 1) + 1));
  return rangesBy(model.removedBy).map((range) => ({ ...range, at: ats[range.start] ?? 0 }));
}

/** Where the place before the baseline's unit `offset` is now, by the rule of `mapOffset`. */
export function modelOffset(model: TaggedModel, offset: number, bias: 'before' | 'after'): number {
  if (bias === 'before') return model.units.findLastIndex(({ was }) => was !== null && was < offset) + 1;
  const next = model.units.findIndex(({ was }) => was !== null && was >= offset);
  return next < 0 ? model.units.length : next;
}

/** Everything since the baseline as one edit, in normal form. */
export function modelEdit(model: TaggedModel): Edit<string> {
  const ops: Op<string>[] = [];
  let was = 0;
  let gap: TaggedUnit[] = [];
  for (const unit of model.units) {
    if (unit.was === null) gap.push(unit);
    else {
      for (const op of changeOps(model, was, unit.was, gap)) ops.push(op);
      retainOne(ops);
      was = unit.was + 1;
      gap = [];
    }
  }
  ops.push(...changeOps(model, was, model.baseline.length, gap));
  return { oldLength: model.baseline.length, newLength: model.units.length, ops };
}

function changeOps(model: TaggedModel, from: number, to: number, gap: readonly TaggedUnit[]): Op<string>[] {
  const deletes = rangesBy(model.removedBy.slice(from, to)).map(({ start, end, origin }): Op<string> => ({
    kind: 'delete',
    length: end - start,
    origin,
  }));
  const inserts = rangesBy(gap.map(({ origin }) => origin)).map(({ start, end, origin }): Op<string> => {
    const text = gap.slice(start, end).map(({ unit }) => unit);
    return { kind: 'insert', text: text.join(''), origin };
  });
  return [...deletes, ...inserts];
}

function retainOne(ops: Op<string>[]): void {
  const last = ops.at(-1);
  if (last?.kind === 'retain') ops.pop();
  ops.push({ kind: 'retain', length: last?.kind === 'retain' ? last.length + 1 : 1 });
}

function rangesBy(origins: readonly (string | null)[]): OriginRange<string>[] {
  const ranges: { start: number; end: number; origin: string }[] = [];
  for (const [at, origin] of origins.entries()) {
    const last = ranges.at(-1);
    if (last?.end === at && last.origin === origin) last.end += 1;
    else if (origin !== null) ranges.push({ start: at, end: at + 1, origin });
  }
  return ranges;
}

/** The edit that makes all `splices` of one text at once: ascending, with at least one unit between two of them. */
export function editOf(length: number, splices: readonly Splice[]): Edit<string> {
  const ops: Op<string>[] = [];
  let at = 0;
  let newLength = length;
  for (const { start, end, text, origin } of splices) {
    if (start > at) ops.push({ kind: 'retain', length: start - at });
    if (end > start) ops.push({ kind: 'delete', length: end - start, origin });
    if (text !== '') ops.push({ kind: 'insert', text, origin });
    newLength += text.length - (end - start);
    at = end;
  }
  if (at < length) ops.push({ kind: 'retain', length: length - at });
  return { oldLength: length, newLength, ops };
}

/** Reads the notation of `formatEdit`, with the names as origins. The ops are taken as they are written. */
export function parseEdit(notation: string): Edit<string> {
  const token =
    /\s*(?:(?<retain>\d+)|-(?<gone>\d+)@(?<by>\w+)|\+(?<text>'(?:[^'\\]|\\.)*')@(?<of>\w+))\s*/suy;
  const ops: Op<string>[] = [];
  while (token.lastIndex < notation.length) {
    const { retain, gone, by = '', text = "''", of = '' } = token.exec(notation)?.groups ?? {};
    if (retain !== undefined) ops.push({ kind: 'retain', length: Number(retain) });
    else if (gone !== undefined) ops.push({ kind: 'delete', length: Number(gone), origin: by });
    else if (of !== '') ops.push({ kind: 'insert', text: parseText(text), origin: of });
    else throw new Error(`no edit: ${notation}`);
  }
  const inserted = ops.filter((op): op is Insert<string> => op.kind === 'insert');
  const kept = ops.flatMap((op) => (op.kind === 'retain' ? op.length : []));
  const removed = ops.flatMap((op) => (op.kind === 'delete' ? op.length : []));
  const newLength = sum(kept) + sum(inserted.map(({ text }) => text.length));
  return { oldLength: sum(kept) + sum(removed), newLength, ops };
}

/** Reads a text as the notation writes it: JSON, between single quotes. */
export function parseText(quoted: string): string {
  const body = quoted.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"');
  return JSON.parse(`"${body}"`) as string;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
