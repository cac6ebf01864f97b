import type { Change } from './agent-event';
import type { KnownText, Tombstone } from './known';
import { splitLines } from './lines';
import { isEvidenced, type Evidenced, type LineClass, type LineOrigin } from './origin';
import * as z from './schema';

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
  /** Milliseconds since 1970, of the writer's clock: orders heads, decides nothing else. */
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

/**
 * All whole records of a segment in order, or only those of one path; a damaged line is counted and skipped. Never
 * throws.
 */
export function decodeSegment(
  text: string,
  checksum: Checksum,
  onlyPath: string | null = null,
): { readonly records: readonly JournalRecord[]; readonly damaged: number } {
  const records: JournalRecord[] = [];
  let damaged = 0;
  const mark = onlyPath === null ? null : `,"path":${JSON.stringify(onlyPath)},`;
  for (const line of text.split('\n')) {
    if (line === '' || (mark !== null && !line.slice(0, mark.length + 64).includes(mark))) continue;
    const record = decodeLine(line, checksum);
    if (record) records.push(record);
    else damaged++;
  }
  return { records, damaged };
}

function decodeLine(line: string, checksum: Checksum): JournalRecord | null {
  const framed = /^(\d{1,9}) ([0-9a-f]{16}) /.exec(line);
  if (!framed) return null;
  const json = line.slice(framed[0].length);
  const id = framed[2] ?? '';
  if (json.length !== Number(framed[1]) || checksum(json) !== id) return null;
  try {
    const value: unknown = JSON.parse(json);
    const known = KnownShape.safeParse(value);
    if (known.success) return unpackKnown(known.data, id);
    const started = StartedShape.safeParse(value);
    return started.success ? { ...started.data, id } : null;
  } catch {
    // A record of a later version, or one that another program forged: it is not ours to read.
    return null;
  }
}

const Via = z.nullable(z.enum(['completion', 'chat', 'agent', 'shell', 'declared']));
const OriginShape = z.object({
  class: z.enum(['ai', 'mixed', 'human', 'unknown', 'base']),
  via: z.optional(Via),
  agent: z.optional(z.nullable(z.string())),
  model: z.optional(z.nullable(z.string())),
  evidence: z.optional(z.enum(['reported', 'matched', 'declared', 'inferred'])),
});
type OriginShape = z.infer<typeof OriginShape>;

const KnownShape = z.object({
  kind: z.literal('known'),
  path: z.string(),
  text: z.string(),
  /** Runs of lines: how many, and the place of their origin in `origins`. */
  lines: z.array(z.tuple([z.number(), z.number()])),
  origins: z.array(OriginShape),
  /** Before which line, text, place of its origin, place of the deleting author. */
  tombstones: z.array(z.tuple([z.number(), z.string(), z.number(), z.number()])),
  exists: z.boolean(),
  commit: z.nullable(z.string()),
  from: z.array(z.string()),
  at: z.number(),
  session: z.string(),
  call: z.nullable(z.string()),
  claimed: z.array(z.string()),
});
type KnownShape = z.infer<typeof KnownShape>;

const ReplacementShape = z.object({ old: z.string(), new: z.string(), all: z.boolean() });
const ChangeShape = z.union([
  z.extend(ReplacementShape, { kind: z.literal('replace') }),
  z.object({ kind: z.literal('replacements'), parts: z.array(ReplacementShape) }),
  z.object({ kind: z.literal('write'), content: z.string() }),
]);

const StartedShape = z.object({
  kind: z.literal('started'),
  path: z.string(),
  before: z.nullable(z.string()),
  change: z.nullable(ChangeShape),
  agent: z.string(),
  model: z.nullable(z.string()),
  session: z.string(),
  call: z.nullable(z.string()),
  at: z.number(),
});

function packKnown(record: Draft<KnownRecord>): KnownShape {
  const origins: OriginShape[] = [];
  const places = new Map<string, number>();
  const place = (origin: LineOrigin): number => {
    const json = JSON.stringify(origin);
    const known = places.get(json);
    if (known !== undefined) return known;
    places.set(json, origins.length);
    return origins.push(origin) - 1;
  };
  const runs: [number, number][] = [];
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
