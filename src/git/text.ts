import { constants, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { decodeUtf8, encodeUtf8 } from '../core/path';

/** How many bytes git looks at for a NUL before it calls a file binary. */
const BINARY_PROBE = 8000;
const LFS = 'version https://git-lfs.github.com/spec/';
const LFS_LARGEST = 1024;
/** A byte that is no UTF-8, as a text holds it: the low surrogate of no pair. */
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/u;

/** A file's bytes as text: UTF-8, every byte that is none as a lone surrogate. Law: `encodeText(decodeText(b))` is b. */
export function decodeText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeUtf8(bytes);
}

export function encodeText(text: string): Buffer {
  return ESCAPED_BYTE.test(text) ? Buffer.from(encodeUtf8(text)) : Buffer.from(text, 'utf8');
}

/**
 * Binary files and Git LFS pointers have no lines (format.md, "the diff"); nor has what is longer than a string can be, some
 * 512 MiB.
 */
export function hasLines(bytes: Buffer): boolean {
  if (bytes.length > constants.MAX_STRING_LENGTH) return false;
  if (bytes.subarray(0, BINARY_PROBE).includes(0)) return false;
  return !(bytes.length < LFS_LARGEST && bytes.subarray(0, LFS.length).toString('latin1') === LFS);
}

/** The digest of a range: first 8 hex digits of SHA-256 over the bytes of its lines, line ends included. */
export function digestLines(lines: readonly string[]): string {
  return createHash('sha256')
    .update(encodeText(lines.join('')))
    .digest('hex')
    .slice(0, 8);
}
