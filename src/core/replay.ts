import type { Change, PatchHunk, Replacement } from './agent-event';
import { splitLines } from './lines';

/**
 * Carries out a reported change on `before` (null: there is no file) and returns the text after it, or null when the
 * change does not apply: the old text is not there, or is there more than once and not all were meant, or a line that
 * a patch keeps or deletes is another one. The empty text is what a deleted file leaves.
 *
 * Whoever gets null must not guess: the file was not what the agent took it for. Time is linear in the texts, and so
 * is memory: a result longer than `MAX_LENGTH` counts as not applicable.
 */
export function replay(change: Change, before: string | null): string | null {
  switch (change.kind) {
    case 'write':
      return change.content;
    case 'replace':
      return replace(change, before);
    case 'replacements':
      return replaceInTurn(change.parts, before);
    case 'patch':
      return patch(change.hunks, before ?? '');
    case 'rename':
      return before === null ? null : replaceInTurn(change.parts, before);
    case 'delete':
      return before === null ? null : '';
  }
}

/**
 * The same on another text than the one that the change was made on. It does not apply either where the old text begins a
 * line in one of them and stands within a line in the other: a blank line and the next one are also the end of any line.
 */
export function replayElsewhere(change: Change, text: string, madeOn: string): string | null {
  return areAtLikePlaces(change, text, madeOn) ? replay(change, text) : null;
}

function areAtLikePlaces(change: Change, text: string, madeOn: string): boolean {
  const parts = change.kind === 'replace' ? [change] : 'parts' in change ? change.parts : [];
  let here: string | null = text;
  let there: string | null = madeOn;
  for (const part of parts) {
    const [own, other] = [beginsLine(part, here), beginsLine(part, there)];
    if (own !== null && other !== null && own !== other) return false;
    here = replace(part, here);
    there = replace(part, there);
  }
  return true;
}

/** null: the old text is not there. */
function beginsLine({ old }: Replacement, text: string | null): boolean | null {
  const [at] = text === null || old === '' ? [] : occurrences(text, old, 1);
  if (text === null || at === undefined) return null;
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

/** In UTF-16 units. One letter replaced everywhere by a long text would otherwise grow without bound. */
const MAX_LENGTH = 32 * 1024 * 1024;

function replaceInTurn(parts: readonly Replacement[], before: string | null): string | null {
  let text = before;
  for (const part of parts) {
    text = replace(part, text);
    if (text === null) return null;
  }
  return text;
}

/** Occurrences do not overlap: `aa` is once in `aaa`. `String.replace` would give `$&` in the new text a meaning. */
function replace(part: Replacement, before: string | null): string | null {
  if (part.old === '') return before === null || before === '' ? part.new : null;
  if (before === null) return null;
  const places = occurrences(before, part.old, part.all ? Infinity : 2);
  if (places.length === 0 || (places.length > 1 && !part.all)) return null;
  if (before.length + places.length * (part.new.length - part.old.length) > MAX_LENGTH) return null;
  const pieces: string[] = [];
  let from = 0;
  for (const place of places) {
    pieces.push(before.slice(from, place));
    from = place + part.old.length;
  }
  pieces.push(before.slice(from));
  return pieces.join(part.new);
}

function occurrences(text: string, pattern: string, limit: number): number[] {
  return text.length * pattern.length <= QUADRATIC_IS_FINE
    ? searchPlainly(text, pattern, limit)
    : searchLinearly(text, pattern, limit);
}

/** Up to this product of the lengths `indexOf` takes some 20 ms at worst. */
const QUADRATIC_IS_FINE = 1e8;

function searchPlainly(text: string, pattern: string, limit: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + pattern.length)) {
    if (found.push(at) >= limit) break;
  }
  return found;
}

/** Knuth, Morris and Pratt; V8's `indexOf` took 40 s for 400,000 letters `a` with one `b` in the middle. */
function searchLinearly(text: string, pattern: string, limit: number): number[] {
  const border = borders(pattern);
  const found: number[] = [];
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && pattern.charCodeAt(matched) !== unit) matched = border[matched - 1] ?? 0;
    if (pattern.charCodeAt(matched) === unit) matched++;
    if (matched < pattern.length) continue;
    if (found.push(at + 1 - matched) >= limit) break;
    matched = 0;
  }
  return found;
}

/** For each prefix of the pattern, by its last index: the length of its longest proper border. */
function borders(pattern: string): Int32Array {
  const border = new Int32Array(pattern.length);
  let length = 0;
  for (let at = 1; at < pattern.length; at++) {
    const unit = pattern.charCodeAt(at);
    while (length > 0 && pattern.charCodeAt(length) !== unit) length = border[length - 1] ?? 0;
    if (pattern.charCodeAt(length) === unit) length++;
    border[at] = length;
  }
  return border;
}

function patch(hunks: readonly PatchHunk[], before: string): string | null {
  const lines = splitLines(before);
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const from = hunk.oldStart - 1;
    if (!Number.isInteger(from) || from < at || from > lines.length) return null;
    for (; at < from; at++) out.push(lines[at] ?? '');
    const kept = patchHunk(hunk.lines, lines, at, out);
    if (kept === null) return null;
    at = kept;
  }
  for (; at < lines.length; at++) out.push(lines[at] ?? '');
  const endless = out.findIndex((line) => !line.endsWith('\n'));
  return endless < 0 || endless === out.length - 1 ? out.join('') : null;
}

/** Puts the hunk's lines after into `out`; returns the index of the first line behind it, null on another line. */
function patchHunk(
  hunk: readonly string[],
  lines: readonly string[],
  start: number,
  out: string[],
): number | null {
  let at = start;
  for (const [index, line] of hunk.entries()) {
    const sign = line.slice(0, 1);
    if (sign === '\\') continue;
    const body = line.slice(1) + (hunk[index + 1]?.startsWith('\\') ? '' : '\n');
    if (sign === '+') {
      out.push(body);
      continue;
    }
    if (!(sign === '-' || sign === ' ' || sign === '') || lines[at] !== body) return null;
    if (sign !== '-') out.push(body);
    at++;
  }
  return at;
}
