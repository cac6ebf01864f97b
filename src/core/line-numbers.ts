import { lineKey } from './tokens';

/** Lines as numbers: two lines have one number where they have one key. Numbers are dense: `0 <= number < count`. */
export interface LineNumbers {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly count: number;
}

/**
 * Numbers lines by their keys, in order of first appearance. A key is not made where that can be avoided: most lines are
 * told apart by a checksum of their visible characters, and a file has ten thousand of them.
 */
export function numberLines(a: readonly string[], b: readonly string[]): LineNumbers {
  const number = numbering();
  const left = Int32Array.from(a, number.of);
  const inA = number.count();
  const firstPlace = new Int32Array(inA);
  for (let line = left.length - 1; line >= 0; line--) firstPlace[left[line] ?? 0] = line;
  // What was in step goes on in step more often than not, and two equal lines are compared faster than one is looked up.
  let next = 0;
  const right = Int32Array.from(b, (line) => {
    if (line === a[next]) return left[next++] ?? 0;
    const found = number.of(line);
    next = (found < inA ? (firstPlace[found] ?? 0) : next) + 1;
    return found;
  });
  return { a: left, b: right, count: number.count() };
}

interface Numbering {
  readonly of: (line: string) => number;
  readonly count: () => number;
}

function numbering(): Numbering {
  /** By number: the first line that has it, and the next number of the same checksum; -1: none. */
  const lines: string[] = [];
  const next: number[] = [];
  const byChecksum = new Map<number, number>();
  return {
    count: () => lines.length,
    of(line) {
      const checksum = checksumOf(line);
      const first = byChecksum.get(checksum) ?? -1;
      for (let number = first; number >= 0; number = next[number] ?? -1)
        if (haveSameKey(lines[number] ?? '', line)) return number;
      byChecksum.set(checksum, lines.length);
      next.push(first);
      return lines.push(line) - 1;
    },
  };
}

function haveSameKey(a: string, b: string): boolean {
  return a === b || lineKey(a) === lineKey(b);
}

/** Of the characters that are in the line's key; a small integer, for those are looked up the fastest. */
function checksumOf(line: string): number {
  let sum = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (!isSpace(code)) sum = Math.imul(sum ^ code, 0x01000193) ^ (sum >>> 15);
  }
  return sum >> 2;
}

/** White space as `\s` has it. */
function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0xa0) return false;
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}
