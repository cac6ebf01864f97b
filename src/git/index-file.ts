import * as fs from 'node:fs';
import * as path from 'node:path';
import { decodePath, encodePath } from '../core/path';
import type { Repository } from './repository';

/** A file as the index has it: its blob, and how the file stood on disk when git last looked. */
export interface IndexedFile {
  readonly path: string;
  readonly oid: string;
  /** Milliseconds since 1970, with fractions. */
  readonly mtimeMs: number;
  /** In bytes, modulo 2 to the 32. */
  readonly size: number;
  /** It was written when the index was, or it is in conflict: git itself does not believe the two figures above then. */
  readonly isRacy: boolean;
}

export type IndexReading =
  | { readonly kind: 'files'; readonly files: readonly IndexedFile[] }
  /** More entries than were asked for, or a form that is not read here (a split index). */
  | { readonly kind: 'unread' };

/**
 * Regular files of the index, those in conflict once each, read from the file itself: git has no command that says how
 * they stood without looking at the files. The format is git's `index-format.adoc`, versions 2 to 4.
 */
export function readIndexFile(repository: Repository, most: number): IndexReading {
  const file = path.join(repository.gitDir, 'index');
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return { kind: 'files', files: [] };
  const bytes = fs.readFileSync(file);
  const version = bytes.length < HEADER ? 0 : bytes.readUInt32BE(4);
  const count = bytes.length < HEADER ? 0 : bytes.readUInt32BE(8);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4 || count > most)
    return { kind: 'unread' };
  for (const oidLength of [20, 32]) {
    const read = readEntries(bytes, version, count, oidLength, stat.mtimeMs);
    if (read !== null) return read;
  }
  return { kind: 'unread' };
}

/**
 * Whether the index has a regular file or a link at a path. The bytes are searched, and no entry is read but the one that
 * is found: an index may have 100,000. False also where it takes git to tell (version 4, entries with more flags).
 */
export function hasInIndex(repository: Repository, name: string): boolean {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(path.join(repository.gitDir, 'index'));
  } catch {
    return false;
  }
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || bytes.readUInt32BE(4) > 3) return false;
  const wanted = Buffer.concat([encodePath(name), Buffer.of(0)]);
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1))
    if (isNameAt(bytes, at, wanted.length - 1)) return true;
  return false;
}

/** Whether an entry has its name here: before it stand the length of the name and, at the entry's place for it, a mode. */
function isNameAt(bytes: Buffer, at: number, length: number): boolean {
  if (at < HEADER + ENTRY || (bytes.readUInt16BE(at - 2) & ~STAGE) !== length) return false;
  return [20, 32].some((oidLength) => MODES.has(bytes.readUInt32BE(at - 2 - oidLength - 40 + 24)));
}

const MODES: ReadonlySet<number> = new Set([0o100644, 0o100755, 0o120000]);
/** What stands before the name in the shortest entry. */
const ENTRY = 40 + 20 + 2;
const HEADER = 12;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
const NAME_LENGTH = 0x0fff;

/** null: these are no entries with object ids of this length. */
function readEntries(
  bytes: Buffer,
  version: number,
  count: number,
  oidLength: number,
  writtenMs: number,
): IndexReading | null {
  const files: IndexedFile[] = [];
  let at = HEADER;
  let name: Buffer = Buffer.alloc(0);
  for (let entry = 0; entry < count; entry++) {
    const flagsAt = at + 40 + oidLength;
    if (flagsAt + 2 > bytes.length) return null;
    const flags = bytes.readUInt16BE(flagsAt);
    let nameAt = flagsAt + (flags & EXTENDED ? 4 : 2);
    let kept = 0;
    if (version === 4) {
      const strip = varint(bytes, nameAt);
      kept = name.length - strip.value;
      nameAt = strip.end;
    }
    const end = bytes.indexOf(0, nameAt);
    if (end < 0 || kept < 0) return null;
    if (version === 4) name = Buffer.concat([name.subarray(0, kept), bytes.subarray(nameAt, end)]);
    const length = version === 4 ? name.length : end - nameAt;
    if (length !== (flags & NAME_LENGTH) && (flags & NAME_LENGTH) !== NAME_LENGTH) return null;
    const mtimeMs = bytes.readUInt32BE(at + 8) * 1000 + bytes.readUInt32BE(at + 12) / 1e6;
    const isRegular = (bytes.readUInt32BE(at + 24) & 0o170000) === 0o100000;
    const ownPath = isRegular ? (version === 4 ? pathOf(name, 0, length) : pathOf(bytes, nameAt, end)) : '';
    const inConflict = (flags & STAGE) !== 0;
    if (isRegular && !(inConflict && files.at(-1)?.path === ownPath))
      files.push({
        path: ownPath,
        oid: bytes.toString('hex', at + 40, flagsAt),
        mtimeMs,
        size: bytes.readUInt32BE(at + 36),
        isRacy: inConflict || mtimeMs >= writtenMs,
      });
    // Before version 4 entries are filled up with NUL bytes, at least one, to a multiple of eight.
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7);
  }
  return bytes.toString('latin1', at, at + 4) === 'link' ? { kind: 'unread' } : { kind: 'files', files };
}

/** Without a buffer for each name of thousands: only what is no UTF-8 needs one. */
function pathOf(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  return text.includes('\ufffd') ? decodePath(bytes.subarray(from, to)) : text;
}

/** Git's offset encoding: seven bits a byte, and one is added at each further byte. */
function varint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 0x7f;
  while (byte & 0x80) {
    byte = bytes[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, end: at };
}
