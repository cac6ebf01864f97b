import { splitLines } from './lines';
import type { Trailer } from './trailer';

/*
 * Messages are byte strings: one character code 0–255 per byte, so that Latin-1 and broken UTF-8 survive untouched.
 */

/** How git is configured to read trailers; the defaults are git's own. */
export interface TrailerRules {
  /** Lines that begin so are passed over, also inside a commit. */
  readonly commentPrefix?: string;
  /** Keys of the user's `trailer.<name>` configuration. */
  readonly configured?: readonly string[];
}

/** The last paragraph, if it is trailers by git's rule. `start` and `end` are 0-based line numbers, `end` exclusive. */
export interface TrailerBlock {
  readonly start: number;
  readonly end: number;
  readonly trailers: readonly Trailer[];
}

/** How git will clean the message file up: `core.commentChar` or `commentString`, `commit.cleanup`, `commit -v`. */
export interface Cleanup {
  /** Lines that begin so will be removed; null where comments stay (`verbatim`, `whitespace`, `scissors`). */
  readonly commentPrefix: string | null;
  /** Whether everything from the scissors line on will be cut (`commit -v`, cleanup `scissors`). */
  readonly scissors: boolean;
}

/**
 * The trailers of a message, as `git interpret-trailers --parse --no-divider` sees them: the last paragraph, never
 * the title, if all its lines are trailers or their continuations, or if one is git's own or configured and at least
 * a quarter are trailers (trailer.c).
 */
export function parseTrailerBlock(message: string, rules: TrailerRules = {}): TrailerBlock | null {
  const lines = splitLines(message);
  const comment = rules.commentPrefix ?? '#';
  const end = trailerEnd(lines, comment);
  const start = trailerStart(lines.slice(0, end), comment, rules.configured ?? []);
  return start === null ? null : { start, end, trailers: trailersOf(lines, start, end, comment) };
}

/**
 * Takes out every set of ours: from an `AI-Provenance: v1` line at column 0, the `Assisted-by` lines directly under
 * it, and our keys that follow in that paragraph, each with its folds. Where that leaves a paragraph empty, the blank
 * line before it goes too. Everything else stays, byte for byte: `removeOurs(insertBlock(m, b)) === removeOurs(m)`.
 */
export function removeOurs(message: string): string {
  return withoutOurs(message, []);
}

/**
 * Adds our lines to a message that has none of ours: to the last paragraph if, with ours, that is a trailer block,
 * else in a new one. Blank lines at the end stay behind them, and a missing line end stays missing. A message without
 * a visible character has no title that ours could stand under, and is returned as it is.
 */
export function insertBlock(message: string, lines: readonly string[]): string {
  return insertInto(message, lines, []);
}

/**
 * Makes `lines` the only set of ours in a message file, above trailing comments and the scissors line; null takes
 * ours out. A message that is nothing else stays: git would refuse an empty one.
 * Laws: `stamp(stamp(m, x), y) === stamp(m, y)`; `stamp(m, null) === m` where `m` has none of ours.
 */
export function stampMessage(message: string, lines: readonly string[] | null, cleanup: Cleanup): string {
  const { kept, cut } = splitAtScissors(message, cleanup);
  const bare = withoutOurs(kept, prefixes(cleanup));
  if (splitTail(bare, cleanup).text === '' && splitTail(kept, cleanup).text !== '') return message;
  if (lines === null || lines.length === 0) return bare + cut;
  const { text, tail } = splitTail(bare, cleanup);
  return insertInto(text, lines, prefixes(cleanup)) + tail + cut;
}

/**
 * Whether git would abort on this message file: cut at the scissors line and stripped of comments and
 * `Signed-off-by`, nothing is left, or what the template leaves when stripped alike.
 */
export function isEmptyMessage(message: string, cleanup: Cleanup & { readonly template?: string }): boolean {
  const left = strippedText(message, cleanup);
  return left === '' || left === strippedText(cleanup.template ?? '', cleanup);
}

// ---- git's rule

const CUT = '------------------------ >8 ------------------------';
const GIT_GENERATED = /^(?:Signed-off-by: |\(cherry picked from commit )/;
const KEY = /^([A-Za-z0-9-]+)[ \t]*:/;

/** Whether a line holds nothing but what git calls white space. */
export function isBlank(line: string): boolean {
  return /^[ \t\r]*\n?$/.test(line);
}

function isIndented(line: string): boolean {
  return /^[ \t\r\n]/.test(line);
}

function isComment(line: string, prefix: string): boolean {
  return prefix !== '' && line.startsWith(prefix);
}

function isAnyComment(line: string, comments: readonly string[]): boolean {
  return comments.some((prefix) => isComment(line, prefix));
}

/** The line after the last one that git looks at: not the cut line, nor trailing comments and old `Conflicts:`. */
function trailerEnd(lines: readonly string[], comment: string): number {
  const cut = lines.indexOf(`${comment} ${CUT}\n`);
  const cutoff = cut < 0 ? lines.length : cut;
  // git keeps a byte offset here and takes 0 for "none": the first line never begins the ignored part.
  let ignored = 0;
  let inConflicts = false;
  for (let at = 0; at < cutoff; at++) {
    const line = lines[at] ?? '';
    if (line === 'Conflicts:\n') inConflicts = true;
    else if (inConflicts && line.startsWith('\t')) continue;
    else if (line !== '\n' && !isComment(line, comment)) {
      ignored = 0;
      inConflicts = false;
      continue;
    }
    ignored ||= at;
  }
  return ignored === 0 ? cutoff : ignored;
}

/** The number of the first line of the block that ends these lines; null if they end in none. */
function trailerStart(
  lines: readonly string[],
  comment: string,
  configured: readonly string[],
): number | null {
  const titleEnd = lines.findIndex((line) => !isComment(line, comment) && isBlank(line));
  if (titleEnd < 0) return null;
  const seen = { trailers: 0, others: 0, indented: 0, isRecognized: false };
  let at = lines.length - 1;
  for (let isTrailing = true; at >= titleEnd; at--) {
    const line = lines[at] ?? '';
    const isEmpty = !isComment(line, comment) && isBlank(line);
    if (isEmpty && !isTrailing) break;
    if (!isEmpty) count(seen, line, comment, configured);
    isTrailing &&= isEmpty || isComment(line, comment);
  }
  seen.others += seen.indented;
  const isBlock = seen.isRecognized ? seen.trailers * 3 >= seen.others : seen.others === 0;
  return isBlock && at >= titleEnd ? at + 1 : null;
}

/** Lines of a paragraph, counted from its end: `indented` ones belong to the line above them, not yet seen. */
interface Seen {
  trailers: number;
  others: number;
  indented: number;
  isRecognized: boolean;
}

function count(seen: Seen, line: string, comment: string, configured: readonly string[]): void {
  const key = KEY.exec(line)?.[0].slice(0, -1);
  if (!isComment(line, comment) && isIndented(line)) {
    seen.indented++;
    return;
  }
  if (isComment(line, comment)) seen.others += seen.indented;
  else if (GIT_GENERATED.test(line)) {
    seen.trailers++;
    seen.isRecognized = true;
  } else if (key !== undefined) {
    seen.trailers++;
    seen.isRecognized ||= isConfigured(key, configured);
  } else seen.others += 1 + seen.indented;
  seen.indented = 0;
}

/** git compares as much as stands before the colon: `Sign` matches a configured `Signed-off-by`, `Sign ` does not. */
function isConfigured(key: string, configured: readonly string[]): boolean {
  return configured.some((name) => name.toLowerCase().startsWith(key.toLowerCase()));
}

function trailersOf(lines: readonly string[], start: number, end: number, comment: string): Trailer[] {
  const trailers: Trailer[] = [];
  for (let at = start; at < end;) {
    const from = at++;
    const line = lines[from] ?? '';
    const match = isComment(line, comment) ? null : KEY.exec(line);
    if (match === null) continue;
    while (at < end && isIndented(lines[at] ?? '')) at++;
    const value = unfold([line.slice(match[0].length), ...lines.slice(from + 1, at)]);
    trailers.push({ key: match[1] ?? '', value, line: from, end: at });
  }
  return trailers;
}

/** The value of a trailer from what its lines hold: each line break and the white space after it is one space. */
export function unfold(parts: readonly string[]): string {
  return parts
    .map(trimWhite)
    .filter((part) => part !== '')
    .join(' ');
}

function trimWhite(text: string): string {
  return trimEnd(text.replace(/^[ \t\r\n]+/, ''));
}

/** The look-behind keeps this linear: only the start of a run of white space is tried. */
function trimEnd(text: string): string {
  return text.replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '');
}

// ---- our lines

const OPENING = /^AI-Provenance:[ \t]*v1(?![^ \t\r\n])/;
const NUMBERED_OPENING = /^AI-Provenance:[ \t]*v1[ \t]+ai=\d/;
const ASSISTED_BY = /^Assisted-by[ \t]*:/;
const OUR_KEY = /^AI-(?:Provenance|Hunk|Tier|Policy|Ack)[ \t]*:/;

/** For each line whether it belongs to a set of ours. A title opens one only if it says numbers. */
function linesOfOurs(lines: readonly string[], comments: readonly string[]): boolean[] {
  const title = lines.findIndex((line) => !isBlank(line) && !isAnyComment(line, comments));
  let place: 'outside' | 'head' | 'set' = 'outside';
  let isLastOurs = false;
  return lines.map((line, at) => {
    if (isBlank(line)) place = 'outside';
    else if (isIndented(line)) return isLastOurs;
    else if ((at === title ? NUMBERED_OPENING : OPENING).test(line)) place = 'head';
    else if (place === 'head' && !ASSISTED_BY.test(line)) place = 'set';
    isLastOurs = place === 'head' || (place === 'set' && OUR_KEY.test(line) && !isOtherVersion(line));
    return isLastOurs;
  });
}

function isOtherVersion(line: string): boolean {
  return line.startsWith('AI-Provenance') && !OPENING.test(line);
}

function withoutOurs(message: string, comments: readonly string[]): string {
  const lines = splitLines(message);
  const ours = linesOfOurs(lines, comments);
  if (!ours.includes(true)) return message;
  dropSeparators(lines, ours, comments);
  const kept = lines.filter((_, at) => ours[at] !== true).join('');
  const endsOpen = ours.at(-1) === true && !message.endsWith('\n');
  return endsOpen ? kept.replace(/\n$/, '') : kept;
}

/**
 * Where nothing is left of a paragraph, but perhaps comments that stood below ours, marks the blank line before it, or
 * at the very start the one after.
 */
function dropSeparators(lines: readonly string[], ours: boolean[], comments: readonly string[]): void {
  for (let at = 0; at < lines.length; at++) {
    const from = at;
    while (at < lines.length && ours[at] === true) at++;
    const isOurs = at > from;
    while (at < lines.length && isAnyComment(lines[at] ?? '', comments)) at++;
    const isWhole = isOurs && (at === lines.length || isBlank(lines[at] ?? ''));
    if (isWhole && from > 0) ours[from - 1] = true;
    else if (isWhole && at < lines.length) ours[at] = true;
    while (at < lines.length && !isBlank(lines[at] ?? '')) at++;
  }
}

// ---- inserting

function insertInto(message: string, ours: readonly string[], comments: readonly string[]): string {
  const lines = splitLines(message);
  const end = lines.findLastIndex((line) => !isBlank(line)) + 1;
  const text = lines.slice(0, end).join('');
  const cleaned = lines.slice(0, end).filter((line) => !isAnyComment(line, comments));
  if (cleaned.every(isBlank) || ours.length === 0) return message;
  const separator = joins(cleaned, ours) ? '' : '\n';
  const block = `${text.endsWith('\n') ? '' : '\n'}${separator}${ours.join('\n')}`;
  return text + block + (text.endsWith('\n') ? '\n' : '') + lines.slice(end).join('');
}

/** Whether ours at the end of the last paragraph make a trailer block, for git as it is and with other comments. */
function joins(cleaned: readonly string[], ours: readonly string[]): boolean {
  const lines = cleaned.slice(cleaned.findIndex((line) => !isBlank(line)));
  const text =
    lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('') + `${ours.join('\n')}\n`;
  return ['#', ''].every((commentPrefix) => {
    const block = parseTrailerBlock(text, { commentPrefix });
    return block !== null && block.start < lines.length;
  });
}

function prefixes({ commentPrefix }: Cleanup): string[] {
  return commentPrefix === null || commentPrefix === '' ? [] : [commentPrefix];
}

// ---- the message file

function splitAtScissors(message: string, cleanup: Cleanup): { kept: string; cut: string } {
  const lines = splitLines(message);
  const end = cutLine(lines, cleanup);
  return { kept: lines.slice(0, end).join(''), cut: lines.slice(end).join('') };
}

/** What will be the message, and the comments and blank lines behind it. */
function splitTail(message: string, cleanup: Cleanup): { text: string; tail: string } {
  const lines = splitLines(message);
  const end = lines.findLastIndex((line) => !isTail(line, cleanup)) + 1;
  return { text: lines.slice(0, end).join(''), tail: lines.slice(end).join('') };
}

function isTail(line: string, cleanup: Cleanup): boolean {
  return isBlank(line) || isAnyComment(line, prefixes(cleanup));
}

/**
 * The number of the scissors line, or of lines. Where comments stay, a scissors line that stays with them also ends
 * what git looks at for trailers, whatever its prefix.
 */
function cutLine(lines: readonly string[], { commentPrefix, scissors }: Cleanup): number {
  if (!scissors && commentPrefix !== null) return lines.length;
  const at = lines.findIndex((line) => isScissors(line, commentPrefix));
  return at < 0 ? lines.length : at;
}

function isScissors(line: string, commentPrefix: string | null): boolean {
  const content = line.replace(/\r?\n$/, '');
  if (commentPrefix !== null && commentPrefix !== '') return content === `${commentPrefix} ${CUT}`;
  return content.endsWith(` ${CUT}`) && !/[ \t]/.test(content.slice(0, -CUT.length - 1));
}

/** What git's own check for an empty message looks at: trailing white space gone, blank lines collapsed. */
function strippedText(message: string, cleanup: Cleanup): string {
  const lines = splitLines(message);
  const kept = lines
    .slice(0, cutLine(lines, cleanup))
    .filter((line) => isBlank(line) || (!isTail(line, cleanup) && !line.startsWith('Signed-off-by: ')))
    .map((line) => (isBlank(line) ? '' : trimEnd(line)));
  return kept
    .filter((line, at) => line !== '' || (at > 0 && kept[at - 1] !== ''))
    .join('\n')
    .replace(/\n+$/, '');
}
