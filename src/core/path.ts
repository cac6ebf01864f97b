/**
 * Paths as git has them are bytes; inside the program a path is a string. Every byte that is not part of valid UTF-8
 * becomes a lone surrogate U+DC80..U+DCFF, so that nothing is lost: `encodePath(decodePath(bytes))` equals `bytes`.
 */
export const decodePath = decodeUtf8;
export const encodePath = encodeUtf8;

/**
 * A path as an `AI-Hunk` trailer writes it: percent-encoded are all bytes outside printable ASCII, the space and
 * `% # @ " :`. Law: `percentDecodePath(percentEncodePath(p)) === p` for every path that git can have.
 */
export function percentEncodePath(path: string): string {
  if (PLAIN.test(path)) return path;
  let text = '';
  for (const byte of encodePath(path)) text += staysItself(byte) ? String.fromCharCode(byte) : escaped(byte);
  return text;
}

/** The path of a trailer; null if an escape is malformed, or if it is no path at all: empty, a NUL, a raw byte. */
export function percentDecodePath(text: string): string | null {
  if (PLAIN.test(text)) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    if (byte !== PERCENT) {
      if (!isPrintable(byte)) return null;
      bytes.push(byte);
      continue;
    }
    const digits = text.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return null;
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  return bytes.length === 0 || bytes.includes(0) ? null : decodePath(Uint8Array.from(bytes));
}

/** Decodes UTF-8 strictly (no overlong forms, no surrogates); each byte that fails becomes U+DC00 plus itself. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + byteAt(bytes, at)) : character(bytes, at, length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Encodes to UTF-8; U+DC80..U+DCFF alone becomes the byte it stands for, any other lone surrogate U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) pushCodePoint(bytes, char.codePointAt(0) ?? 0);
  return Uint8Array.from(bytes);
}

/** A text as a byte string: its UTF-8 bytes, one character code each, as commit messages are handled. */
export function toByteString(text: string): string {
  let bytes = '';
  for (const byte of encodeUtf8(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text that a byte string holds; the inverse of `toByteString` for every byte string. */
export function fromByteString(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  const codes = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) codes[at] = bytes.charCodeAt(at);
  return decodeUtf8(codes);
}

/** What a trailer writes as it is; most paths need no more than this look. */
const PLAIN = /^[!$&-9;-?A-~]+$/;
const PERCENT = 0x25;
const RESERVED = new Set(Array.from('%#@":', (char) => char.charCodeAt(0)));

function isPrintable(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}

function staysItself(byte: number): boolean {
  return isPrintable(byte) && !RESERVED.has(byte);
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Number of bytes of the UTF-8 sequence that starts here; 0 if none does. Unicode, table 3-7. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = byteAt(bytes, at);
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let next = 1; next < length; next++) {
    const byte = byteAt(bytes, at + next);
    if (byte < (next === 1 ? lowestSecond(lead) : 0x80)) return 0;
    if (byte > (next === 1 ? highestSecond(lead) : 0xbf)) return 0;
  }
  return length;
}

function lowestSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}

function character(bytes: Uint8Array, at: number, length: number): string {
  let point = byteAt(bytes, at) & (length === 1 ? 0x7f : 0xff >> (length + 1));
  for (let next = 1; next < length; next++) point = (point << 6) | (byteAt(bytes, at + next) & 0x3f);
  return String.fromCodePoint(point);
}

function pushCodePoint(bytes: number[], point: number): void {
  if (point >= 0xdc80 && point <= 0xdcff) bytes.push(point - 0xdc00);
  else if (point >= 0xd800 && point <= 0xdfff) bytes.push(0xef, 0xbf, 0xbd);
  else if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
  else {
    bytes.push(
      0xf0 | (point >> 18),
      continuation(point >> 12),
      continuation(point >> 6),
      continuation(point),
    );
  }
}

function continuation(point: number): number {
  return 0x80 | (point & 0x3f);
}
