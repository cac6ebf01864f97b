import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  decodeSegment,
  encodeRecord,
  type Draft,
  type JournalRecord,
  type KnownRecord,
  type StartedRecord,
  type Wanted,
} from '../core/journal';
import type { Repository } from './repository';

const SUFFIX = '.log';
const SEGMENT_BYTES = 4 * 1024 * 1024;
export const TOTAL_BYTES = 64 * 1024 * 1024;
const YOUNG_MS = 60 * 60 * 1000;
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** The journal of one repository: a folder for each of its working trees under `hunkmark/` in the common directory. */
export interface Journal {
  readonly folder: string;
  readonly worktree: string;
}

/** One record and the working tree whose journal holds it. */
export interface Placed<R extends JournalRecord = JournalRecord> {
  readonly worktree: string;
  readonly record: R;
}

export interface JournalContents {
  readonly records: readonly Placed[];
  /** Lines that did not fit their checksum, and were skipped. */
  readonly damaged: number;
}

export function journalOf(repository: Repository): Journal {
  return {
    folder: path.join(repository.commonDir, 'hunkmark', 'worktrees'),
    worktree: repository.worktreeName,
  };
}

function checksum(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}

/**
 * Appends one record to the writer's own segment, with one write. A full segment is followed by a new one, so that
 * old ones can go as whole files. Returns the record's id. Errors of the file system are the caller's to tell.
 */
export function appendRecord(
  journal: Journal,
  writer: string,
  record: Draft<KnownRecord> | Draft<StartedRecord>,
): string {
  const folder = path.join(journal.folder, journal.worktree);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const line = encodeRecord(record, checksum);
  const bytes = Buffer.from(line, 'utf8');
  // A segment that somebody takes out at this moment takes the record along, so it is written again.
  while (!appendTo(path.join(folder, segmentName(folder, writer)), bytes));
  return /^\n\d+ (\w+) /.exec(line)?.[1] ?? '';
}

/** Appends with one write; false: the file is gone, and what was written with it. */
function appendTo(file: string, bytes: Buffer): boolean {
  const handle = fs.openSync(file, 'a', 0o600);
  try {
    const written = fs.writeSync(handle, bytes);
    if (written !== bytes.length)
      throw new Error(`${file}: only ${written} of ${bytes.length} bytes were written; is the disk full?`);
    return fs.fstatSync(handle).nlink > 0;
  } finally {
    fs.closeSync(handle);
  }
}

/** `WRITER-SESSION.N.log`: the latest of the writer's segments, or the next one when that is full. */
function segmentName(folder: string, writer: string): string {
  const name = `${writer.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 24)}-${checksum(writer)}`;
  const numbers = fs
    .readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`) && file.endsWith(SUFFIX))
    .map((file) => Number(file.slice(name.length + 1, -SUFFIX.length)));
  const latest = Math.max(0, ...numbers.filter(Number.isInteger));
  const current = `${name}.${latest}${SUFFIX}`;
  const stat = fs.statSync(path.join(folder, current), { throwIfNoEntry: false });
  return stat && stat.size > SEGMENT_BYTES ? `${name}.${latest + 1}${SUFFIX}` : current;
}

/** What can be read from the journals of all working trees: everything, or only what is wanted. */
export function readJournal(journal: Journal, wanted: Wanted = {}): JournalContents {
  const records: Placed[] = [];
  let damaged = 0;
  for (const { worktree, file } of segmentsOf(journal)) {
    const text = readSegment(file);
    const contents = text === null ? UNREADABLE : decodeSegment(text, checksum, wanted);
    damaged += contents.damaged;
    for (const record of contents.records) records.push({ worktree, record });
  }
  return { records, damaged };
}

/** Another text for every state of the journals: nothing has been written where it is the same. Nothing is read. */
export function journalState(journal: Journal): string {
  return segmentsOf(journal)
    .map(({ file, size, changed }) => `${file} ${size} ${changed}`)
    .join('\n');
}

const UNREADABLE = { records: [], damaged: 1 };

/** null where it cannot be read; empty where it was taken out meanwhile. */
function readSegment(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : null;
  }
}

/** How many files the journal has, and how many bytes. */
export function measureJournal(journal: Journal): { readonly files: number; readonly bytes: number } {
  const segments = segmentsOf(journal);
  return { files: segments.length, bytes: segments.reduce((sum, { size }) => sum + size, 0) };
}

interface Segment {
  readonly worktree: string;
  readonly file: string;
  readonly size: number;
  readonly changed: number;
}

function segmentsOf(journal: Journal): Segment[] {
  if (!fs.existsSync(journal.folder)) return [];
  return fs.readdirSync(journal.folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const folder = path.join(journal.folder, entry.name);
    return fs.readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name);
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (!name.endsWith(SUFFIX) || !stat?.isFile() || stat.size > TOTAL_BYTES) return [];
      return [{ worktree: entry.name, file, size: stat.size, changed: stat.mtimeMs }];
    });
  });
}

/** Records that are left out, and files that held them. */
export interface Outdated {
  readonly segments: readonly Segment[];
  readonly records: readonly Placed[];
}

/** Segments that nobody has written to for 30 days, and the oldest ones beyond 64 MiB; never one of this hour. */
export function outdatedSegments(journal: Journal, now: number): Outdated {
  let total = 0;
  const segments = segmentsOf(journal)
    .sort((x, y) => y.changed - x.changed)
    .filter((segment) => {
      total += segment.size;
      const age = now - segment.changed;
      // What is kept of them needs room too.
      return age > YOUNG_MS && (total > TOTAL_BYTES - SEGMENT_BYTES || age > KEEP_MS);
    });
  const records = segments.flatMap(({ worktree, file }) =>
    decodeSegment(readSegment(file) ?? '', checksum).records.map((record) => ({ worktree, record })),
  );
  return { segments, records };
}

/**
 * Takes segments out; `kept` of their records stay, in segments of their own, under the ids they have. A segment that has
 * been written to since it was looked at stays too.
 */
export function dropSegments(
  journal: Journal,
  segments: Outdated['segments'],
  kept: readonly Placed<KnownRecord>[],
): void {
  for (const { worktree, record } of kept) {
    const { id: _, ...draft } = record;
    appendRecord({ ...journal, worktree }, 'kept', draft);
  }
  for (const { file, size, changed } of segments) {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.size === size && stat.mtimeMs === changed) fs.rmSync(file, { force: true });
  }
}
