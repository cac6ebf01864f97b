import type { Change } from './agent-event';
import type { KnownText } from './known';
import type { Tombstone } from './tombstones';
import { splitLines } from './lines';
import {
  isEvidenced,
  type Evidence,
  type Evidenced,
  type LineClass,
  type LineOrigin,
  type Via,
} from './origin';

/**
 * What the journal keeps. A segment is a text file, one record a line: the length of the JSON in characters, the
 * first 16 hex digits of SHA-256 over its UTF-8 bytes, the JSON. The checksum is the record's id. A line that does
 * not fit its length and checksum is skipped; nothing else depends on it.
 */
export type JournalRecord = KnownRecord | StartedRecord;

/** A text of a file as it was seen, with the origin of every line. */
export interface KnownRecord {
  readonly kind: 'known';
  readonly id: string;
  /** Path in the working tree, with `/`. */
  readonly path: string;
  readonly known: KnownText;
  /** False when the file was gone. */
  readonly exists: boolean;
  /** The commit the text was seen on; null before the first one. Its history says whose the `base` lines are. */
  readonly commit: string | null;
  /** Ids of the records it was made from: a record that no later one names is a head. */
  readonly from: readonly string[];
  /** Milliseconds since 1970, of the writer's clock or just after what it was made from ({@link timeAfter}). */
  readonly at: number;
  readonly session: string;
  /** The agent's id of the call that made the step; null for an observation. */
  readonly call: string | null;
  /** Calls of any session whose text is in here already, because it was seen before they reported it. */
  readonly claimed: readonly string[];
}

/** An agent is about to edit a file: the text it will find, and what it will do. */
export interface StartedRecord {
  readonly kind: 'started';
  readonly id: string;
  readonly path: string;
  /** Text on disk, null when there was no file. */
  readonly before: string | null;
  readonly change: ClaimableChange | null;
  readonly agent: string;
  readonly model: string | null;
  readonly session: string;
  readonly call: string | null;
  readonly at: number;
}

/** What can be looked for in a text that somebody else has seen: a change that says its new text by itself. */
export type ClaimableChange = Extract<Change, { readonly kind: 'replace' | 'replacements' | 'write' }>;

export function claimable(change: Change): ClaimableChange | null {
  return change.kind === 'replace' || change.kind === 'replacements' || change.kind === 'write'
    ? change
    : null;
}

/** 16 hex digits over the text's UTF-8 bytes; given by the host. */
export type Checksum = (text: string) => string;

/** One record as a line, ready to be appended. It starts with a line end, so that a torn line before it stays alone. */
export function encodeRecord(record: Draft<KnownRecord> | Draft<StartedRecord>, checksum: Checksum): string {
  const json = JSON.stringify(record.kind === 'known' ? packKnown(record) : packStarted(record));
  return `\n${json.length} ${checksum(json)} ${json}\n`;
}

/** A record before it is written: its id comes from what is written. */
export type Draft<R extends JournalRecord> = Omit<R, 'id'>;

/** Which records of a segment are wanted: of one path, of one kind, of each path and kind the latest so many. */
export interface Wanted {
  readonly path?: string;
  readonly kind?: JournalRecord['kind'];
  readonly latest?: number;
  /** Records that have been read before, by their ids: they are given again, and their lines are not looked into. */
  readonly known?: ReadonlyMap<string, JournalRecord>;
}

/**
 * The whole records of a segment that are wanted, in order; a damaged line is counted and skipped. Lines that nobody
 * wants are not looked into: a segment may be large, and every commit reads it. Never throws.
 */
export function decodeSegment(
  text: string,
  checksum: Checksum,
  wanted: Wanted = {},
): { readonly records: readonly JournalRecord[]; readonly damaged: number } {
  const records: JournalRecord[] = [];
  let damaged = 0;
  const isWanted = selector(wanted);
  for (const line of text.split('\n').reverse()) {
    if (line === '' || !isWanted(line)) continue;
    const record = knownRecord(line, wanted.known) ?? decodeLine(line, checksum);
    if (record) records.push(record);
    else damaged++;
  }
  return { records: records.reverse(), damaged };
}

/** Tells by the beginning of a line, from the last line to the first; a line with another beginning is looked into. */
function selector(wanted: Wanted): (line: string) => boolean {
  const path = wanted.path === undefined ? null : JSON.stringify(wanted.path);
  const seen = new Map<string, number>();
  return (line) => {
    const begin = BEGINNING.exec(line);
    if (!begin) return true;
    if (wanted.kind !== undefined && begin[1] !== wanted.kind) return false;
    if (path !== null && begin[2] !== path) return false;
    const key = `${begin[1]} ${begin[2]}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return wanted.latest === undefined || count <= wanted.latest;
  };
}

/** Every record begins with its kind and its path. */
const BEGINNING = /^\d{1,9} [0-9a-f]{16} \{"kind":"(\w+)","path":("(?:[^"\\]|\\.)*"),/;

function knownRecord(line: string, known: Wanted['known']): JournalRecord | null {
  const id = known && known.size > 0 ? FRAME.exec(line)?.[2] : undefined;
  return (id !== undefined && known?.get(id)) || null;
}

const FRAME = /^(\d{1,9}) ([0-9a-f]{16}) /;

function decodeLine(line: string, checksum: Checksum): JournalRecord | null {
  const framed = FRAME.exec(line);
  if (!framed) return null;
  const json = line.slice(framed[0].length);
  const id = framed[2] ?? '';
  if (json.length !== Number(framed[1]) || checksum(json) !== id) return null;
  try {
    return recordFrom(JSON.parse(json), id);
  } catch {
    // Well-framed, but not JSON: another program forged it, and it is not ours to read.
    return null;
  }
}

/** A record of a later version, or with a field that is not what it should be, is no record. */
function recordFrom(value: unknown, id: string): JournalRecord | null {
  if (!isObject(value)) return null;
  if (isKnownShape(value)) return unpackKnown(value, id);
  return isStartedShape(value) ? { ...value, id } : null;
}

interface OriginShape {
  readonly class: LineClass | 'base';
  readonly via?: Via | null;
  readonly agent?: string | null;
  readonly model?: string | null;
  readonly evidence?: Evidence;
  readonly at?: number;
  readonly sensor?: string;
}

/** A known text as it is written. */
interface KnownShape extends Omit<KnownRecord, 'id' | 'known'> {
  readonly text: string;
  /** Runs of lines: how many, and the place of their origin in `origins`. */
  readonly lines: readonly (readonly [number, number])[];
  readonly origins: readonly OriginShape[];
  /** Before which line, text, place of its origin, place of the deleting author. */
  readonly tombstones: readonly (readonly [number, string, number, number])[];
}

// The checks below are written out, where the payload of an agent is checked by a schema: every commit reads the
// journal, and starting the schema library would cost it more than reading.

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const tupleOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === checks.length && checks.every((check, i) => check(value[i]));
const fields = (shape: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(shape);
  return (value) => isObject(value) && checks.every(([name, check]) => check(value[name]));
};

const isOrigin = fields({
  class: oneOf('ai', 'mixed', 'human', 'unknown', 'base'),
  via: optional(oneOf('completion', 'chat', 'agent', 'shell', 'declared', null)),
  agent: optional(orNull(isText)),
  model: optional(orNull(isText)),
  evidence: optional(oneOf('reported', 'matched', 'declared', 'inferred')),
  at: optional(isCount),
  sensor: optional(isText),
});

const isKnown = fields({
  kind: oneOf('known'),
  path: isText,
  text: isText,
  lines: listOf(tupleOf(isCount, isCount)),
  origins: listOf(isOrigin),
  tombstones: listOf(tupleOf(isCount, isText, isCount, isCount)),
  exists: isFlag,
  commit: orNull(isText),
  from: listOf(isText),
  at: isCount,
  session: isText,
  call: orNull(isText),
  claimed: listOf(isText),
});

const isReplacement = fields({ old: isText, new: isText, all: isFlag });
const CHANGES: Readonly<Record<string, Check>> = {
  replace: isReplacement,
  replacements: fields({ parts: listOf(isReplacement) }),
  write: fields({ content: isText }),
};

const isStarted = fields({
  kind: oneOf('started'),
  path: isText,
  before: orNull(isText),
  change: orNull((value) => isObject(value) && CHANGES[String(value['kind'])]?.(value) === true),
  agent: isText,
  model: orNull(isText),
  session: isText,
  call: orNull(isText),
  at: isCount,
});

function isKnownShape(value: unknown): value is KnownShape {
  return isKnown(value);
}

function isStartedShape(value: unknown): value is Draft<StartedRecord> {
  return isStarted(value);
}

function packKnown(record: Draft<KnownRecord>): KnownShape {
  const origins: OriginShape[] = [];
  const places = new Map<string, number>();
  // Ten thousand lines share a few origins, mostly the same objects.
  const seen = new Map<LineOrigin, number>();
  const place = (origin: LineOrigin): number => {
    const before = seen.get(origin);
    if (before !== undefined) return before;
    const json = JSON.stringify(origin);
    const known = places.get(json) ?? origins.push(origin) - 1;
    places.set(json, known);
    seen.set(origin, known);
    return known;
  };
  const runs: [count: number, origin: number][] = [];
  for (const origin of record.known.origins) {
    const at = place(origin);
    const last = runs.at(-1);
    if (last && last[1] === at) last[0]++;
    else runs.push([1, at]);
  }
  const tombstones = record.known.tombstones.map((stone): [number, string, number, number] => [
    stone.before,
    stone.text,
    place(stone.origin),
    place(stone.author),
  ]);
  const { kind, path, exists, commit, from, at, session, call, claimed } = record;
  const text = record.known.lines.join('');
  return {
    kind,
    path,
    text,
    lines: runs,
    origins,
    tombstones,
    exists,
    commit,
    from: [...from],
    at,
    session,
    call,
    claimed: [...claimed],
  };
}

function packStarted(record: Draft<StartedRecord>): unknown {
  const { kind, path, before, change, agent, model, session, call, at } = record;
  return { kind, path, before, change, agent, model, session, call, at };
}

function unpackKnown(shape: KnownShape, id: string): KnownRecord | null {
  const lines = splitLines(shape.text);
  const palette = shape.origins.map(unpackOrigin);
  const origins: LineOrigin[] = [];
  for (const [count, at] of shape.lines) {
    const origin = palette[at];
    if (!origin || count < 1 || origins.length + count > lines.length) return null;
    for (let i = 0; i < count; i++) origins.push(origin);
  }
  if (origins.length !== lines.length) return null;
  const tombstones: Tombstone[] = [];
  for (const [before, text, originAt, authorAt] of shape.tombstones) {
    const [origin, author] = [palette[originAt], palette[authorAt]];
    if (!origin || !author || !isEvidenced(author) || before < 0 || before > lines.length) return null;
    tombstones.push({ before, text, origin, author });
  }
  const { path, exists, commit, from, at, session, call, claimed } = shape;
  return {
    kind: 'known',
    id,
    path,
    known: { lines, origins, tombstones },
    exists,
    commit,
    from,
    at,
    session,
    call,
    claimed,
  };
}

function unpackOrigin(shape: OriginShape): LineOrigin | null {
  if (isBare(shape.class)) return { class: shape.class };
  const evidenced: Evidenced = {
    class: shape.class,
    via: shape.via ?? null,
    agent: shape.agent ?? null,
    model: shape.model ?? null,
    evidence: shape.evidence ?? 'reported',
    ...(shape.at === undefined ? {} : { at: shape.at }),
    ...(shape.sensor === undefined ? {} : { sensor: shape.sensor }),
  };
  return evidenced;
}

function isBare(lineClass: LineClass | 'base'): lineClass is 'unknown' | 'base' {
  return lineClass === 'unknown' || lineClass === 'base';
}

/** Records of one path whose text no later record was made from, the latest first. */
export function headsOf(records: readonly KnownRecord[]): KnownRecord[] {
  const used = new Set(records.flatMap((record) => record.from));
  return records.filter((record) => !used.has(record.id)).sort((x, y) => y.at - x.at);
}

/**
 * The time of a record that is made from others: never before theirs, wherever somebody has set the clock. So the order
 * of records of one path is the order in which they were made, and the clock only tells apart what knew nothing of
 * each other.
 */
export function timeAfter(records: readonly Pick<JournalRecord, 'at'>[], now: number): number {
  return records.reduce((time, { at }) => Math.max(time, at + 1), now);
}
