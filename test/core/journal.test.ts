import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  decodeSegment,
  encodeRecord,
  headsOf,
  type Draft,
  type JournalRecord,
  type KnownRecord,
  type StartedRecord,
} from '../../src/core/journal';
import { splitLines } from '../../src/core/lines';
import { BASE, UNKNOWN, type Evidenced, type LineOrigin } from '../../src/core/origin';

const checksum = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);

const name = fc.constantFrom('claude-code', 'codex', 'a "quoted" name', '名前', '');
const words = fc.constantFrom(
  'alpha\n',
  'beta {\r\n',
  '}\n',
  '\n',
  '"quoted" \\ back\n',
  'ünïcode 🎈\n',
  '\u2028',
);
const text = fc.array(words, { maxLength: 6 }).map((lines) => lines.join(''));
const evidenced: fc.Arbitrary<Evidenced> = fc.record({
  class: fc.constantFrom('ai', 'mixed', 'human'),
  via: fc.constantFrom('agent', 'shell', null),
  agent: fc.option(name),
  model: fc.option(name),
  evidence: fc.constantFrom('reported', 'matched', 'declared', 'inferred'),
});
const origin: fc.Arbitrary<LineOrigin> = fc.oneof(fc.constant(BASE), fc.constant(UNKNOWN), evidenced);
const time = fc.integer({ min: 0, max: 2 ** 45 });

const known: fc.Arbitrary<Draft<KnownRecord>> = text.chain((text) => {
  const lines = splitLines(text);
  return fc.record({
    kind: fc.constant('known' as const),
    path: fc.constantFrom('src/a.ts', 'src/b "c".ts', 'ö/日本.ts'),
    known: fc.record({
      lines: fc.constant(lines),
      origins: fc.array(origin, { minLength: lines.length, maxLength: lines.length }),
      tombstones: fc
        .array(fc.record({ before: fc.nat(lines.length), text: words, origin, author: evidenced }), {
          maxLength: 2,
        })
        .map((stones) => stones.toSorted((x, y) => x.before - y.before)),
    }),
    exists: fc.boolean(),
    commit: fc.option(fc.constant('a'.repeat(40))),
    from: fc.array(fc.constantFrom('0123456789abcdef', 'fedcba9876543210'), { maxLength: 2 }),
    at: time,
    session: name,
    call: fc.option(name),
    claimed: fc.array(name, { maxLength: 2 }),
  });
});

const started: fc.Arbitrary<Draft<StartedRecord>> = fc.record({
  kind: fc.constant('started' as const),
  path: fc.constantFrom('src/a.ts', 'src/b "c".ts', 'ö/日本.ts'),
  before: fc.option(text),
  change: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('write' as const), content: text }),
      fc.record({ kind: fc.constant('replace' as const), old: text, new: text, all: fc.boolean() }),
      fc.record({
        kind: fc.constant('replacements' as const),
        parts: fc.array(fc.record({ old: text, new: text, all: fc.boolean() }), { maxLength: 2 }),
      }),
    ),
  ),
  agent: name,
  model: fc.option(name),
  session: name,
  call: fc.option(name),
  at: time,
});

type AnyDraft = Draft<KnownRecord> | Draft<StartedRecord>;
const drafts = fc.array<AnyDraft>(fc.oneof(known, started), { maxLength: 5 });

function segmentOf(records: readonly AnyDraft[]): string {
  return records.map((record) => encodeRecord(record, checksum)).join('');
}

function withoutIds(records: readonly JournalRecord[]): AnyDraft[] {
  return records.map((record) => Object.assign({ ...record }, { id: undefined }));
}

/** JSON, because fast-check's records have no prototype. */
function same(found: readonly AnyDraft[], expected: readonly AnyDraft[]): void {
  const sorted = (record: AnyDraft): unknown => JSON.parse(JSON.stringify(record, orderKeys));
  assert.deepEqual(found.map(sorted), expected.map(sorted));
}

function orderKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function law<T>(title: string, of: fc.Arbitrary<T>, holds: (value: T) => void, runs = 300): void {
  it(title, () => fc.assert(fc.property(of, holds), { seed: 20261122, numRuns: runs }));
}

/** A few records of every kind: short, because every byte of them is damaged in turn. */
const SAMPLE: readonly AnyDraft[] = fc.sample(fc.oneof(known, started), { seed: 7, numRuns: 6 });

describe('journal: segments', () => {
  law('what is written is read', drafts, (records) => {
    const { records: found, damaged } = decodeSegment(segmentOf(records), checksum);
    assert.equal(damaged, 0);
    same(withoutIds(found), records);
  });
  law('of one path only those are read', drafts, (records) => {
    const { records: found } = decodeSegment(segmentOf(records), checksum, { path: 'src/a.ts' });
    same(
      withoutIds(found),
      records.filter(({ path }) => path === 'src/a.ts'),
    );
  });
  law('equal records have equal ids, others have others', fc.tuple(known, known), ([one, two]) => {
    const [a, b] = decodeSegment(segmentOf([one, two]), checksum).records;
    assert.equal(a?.id === b?.id, JSON.stringify(one, orderKeys) === JSON.stringify(two, orderKeys));
  });
  law('any text at all opens', fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
    assert.deepEqual(decodeSegment(text, checksum).records, []);
  });
});

describe('journal: damage', () => {
  const records = SAMPLE.map((record) => encodeRecord(record, checksum));
  const segment = Buffer.from(records.join(''), 'utf8');
  /** Where every record begins and ends, in bytes. */
  const places = records.map((_, at) => {
    const start = Buffer.byteLength(records.slice(0, at).join(''), 'utf8');
    return { start, end: start + Buffer.byteLength(records[at] ?? '', 'utf8') };
  });
  const intact = decodeSegment(segment.toString('utf8'), checksum).records;
  const readBack = (bytes: Buffer): readonly JournalRecord[] =>
    decodeSegment(bytes.toString('utf8'), checksum).records;

  it('cut at every byte, all records before the cut are there', () => {
    for (let cut = 0; cut <= segment.length; cut++) {
      const whole = places.filter(({ end }) => end - 1 <= cut).length;
      assert.deepEqual(readBack(segment.subarray(0, cut)), intact.slice(0, whole), `cut at ${cut}`);
    }
  });
  it('cut at every byte and written on, all but the torn record are there', () => {
    const next = Buffer.from(encodeRecord(SAMPLE[0] as AnyDraft, checksum), 'utf8');
    for (let cut = 0; cut <= segment.length; cut++) {
      const whole = places.filter(({ end }) => end - 1 <= cut).length;
      const found = readBack(Buffer.concat([segment.subarray(0, cut), next]));
      assert.deepEqual(found, [...intact.slice(0, whole), intact[0]], `cut at ${cut}`);
    }
  });
  for (const [how, damage] of [
    ['with one bit flipped', (byte: number) => byte ^ 1],
    ['with another bit flipped', (byte: number) => byte ^ 0x20],
    ['become a line end', () => 0x0a],
    ['become NUL', () => 0],
    ['become no UTF-8', () => 0xff],
  ] as const) {
    it(`a byte ${how} costs at most its own record`, () => {
      for (let at = 0; at < segment.length; at++) {
        const bytes = Buffer.from(segment);
        bytes[at] = damage(bytes[at] ?? 0);
        const hit = places.findIndex(({ start, end }) => at >= start && at < end);
        const found = readBack(bytes);
        const others = intact.filter((_, record) => record !== hit);
        const left = found.filter(({ id }) => others.some((other) => other.id === id));
        assert.deepEqual(left, others, `byte ${at}`);
        for (const record of found)
          assert.deepEqual(
            record,
            intact.find(({ id }) => id === record.id),
            `byte ${at}`,
          );
      }
    });
  }
});

describe('journal: heads', () => {
  const record = (id: string, at: number, from: string[] = []): KnownRecord => ({
    kind: 'known',
    id,
    path: 'f',
    known: { lines: [], origins: [], tombstones: [] },
    exists: true,
    commit: null,
    from,
    at,
    session: '',
    call: null,
    claimed: [],
  });
  const heads = (...records: KnownRecord[]): string =>
    headsOf(records)
      .map(({ id }) => id)
      .join(' ');

  it('are the records that no other was made from, the latest first', () => {
    assert.equal(heads(record('a', 1), record('b', 2, ['a']), record('c', 3)), 'c b');
  });
  it('the clock does not decide what was made from what', () => {
    assert.equal(heads(record('a', 9), record('b', 1, ['a'])), 'b');
  });
  it('two that were made from one are both', () => {
    assert.equal(heads(record('a', 1), record('b', 2, ['a']), record('c', 3, ['a'])), 'c b');
  });
});
