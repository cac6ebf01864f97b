import { toByteString } from './path';

/**
 * A gitignore pattern without `!`, parsed. It matches a path if it matches the path or a folder above it, as git
 * ignores everything in an ignored folder. Case counts, and `?` and `[…]` stand for one byte.
 */
export interface ParsedPattern {
  /** `null` is `**`: any number of folders. The last segment is never null. */
  readonly segments: readonly (Segment | null)[];
  /** It ended in `/`: it matches folders, so only what lies in them. */
  readonly foldersOnly: boolean;
}

/** One part of a path between slashes, in bytes. */
export type Segment =
  | { readonly kind: 'name'; readonly name: string }
  /** `prefix`: the bytes that a name has to begin with. */
  | { readonly kind: 'glob'; readonly source: string; readonly prefix: string; readonly glob: Glob };

export type Glob = readonly GlobSign[];
type GlobSign = { readonly star: true } | { readonly star: false; readonly has: (byte: number) => boolean };

/** A path of 4,096 bytes against a pattern within these limits takes a few thousand steps for each segment. */
const LONGEST_PATTERN = 1024;
const MOST_SEGMENTS = 32;

/** The pattern, or why it is none: what git would read and never match is an error here, for it is a mistake. */
export function parsePattern(pattern: string): ParsedPattern | { readonly error: string } {
  return parseWhole(withoutBlanksBehind(pattern));
}

/** The same where blanks at the end count, as between the quotes of `.gitattributes`. */
export function parseWhole(pattern: string): ParsedPattern | { readonly error: string } {
  const refused = refusal(pattern);
  if (refused !== null) return { error: refused };
  const bytes = toByteString(pattern);
  const foldersOnly = bytes.endsWith('/');
  const body = bytes.replace(/^\//, '').replace(/\/$/, '');
  const anchored = bytes.startsWith('/') || body.includes('/');
  const parts = body.split('/');
  if (parts.length > MOST_SEGMENTS) return { error: `it has over ${MOST_SEGMENTS} parts` };
  const segments: (Segment | null)[] = anchored ? [] : [null];
  for (const part of parts) {
    // Without a slash `**` is a `*` like any other.
    const segment = part === '**' && anchored ? null : parseSegment(part);
    if (segment !== null && 'error' in segment) return segment;
    if (segment !== null || segments.at(-1) !== null) segments.push(segment);
  }
  // All that lies in a folder is what each entry of it is or holds.
  if (segments.at(-1) === null)
    segments.splice(-1, 1, { kind: 'glob', source: '*', prefix: '', glob: [{ star: true }] });
  return { segments, foldersOnly };
}

/** The file or folder that all paths of a pattern are or lie in; null: they may lie anywhere. */
export function literalPlace(written: string): string | null {
  const pattern = withoutBlanksBehind(written);
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  if (!pattern.startsWith('/') && !body.includes('/')) return null;
  const parts = body.split('/');
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  const literal = wild < 0 ? parts : parts.slice(0, wild);
  return literal.length === 0 ? null : literal.join('/');
}

/** git passes over blanks at the end, but for one that is escaped. The look-behinds keep this linear. */
function withoutBlanksBehind(pattern: string): string {
  const bare = pattern.replace(/(?<! ) +$/, '');
  const backslashes = /(?<!\\)\\*$/.exec(bare)?.[0].length ?? 0;
  return backslashes % 2 === 1 && bare !== pattern ? `${bare} ` : bare;
}

function refusal(pattern: string): string | null {
  if (pattern.trim() === '' || /^\/+$/.test(pattern)) return 'it is empty';
  if (pattern.length > LONGEST_PATTERN) return `it is longer than ${LONGEST_PATTERN} characters`;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000\n]/.test(pattern)) return 'it holds a character that no path has';
  if (pattern.startsWith('!')) return '! takes nothing back here; list what belongs to the system';
  if (/(?<!\\)(?:\\\\)*\\(?:$|\/)/.test(pattern))
    return 'a backslash stands before nothing that it could escape';
  if (pattern.includes('//')) return 'two slashes in a row match nothing';
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(pattern)) return '. and .. match nothing: paths begin at the root';
  // git reads `a**/b` in two ways, depending on what stands before it.
  if (/[^/*]\*\*+\//.test(pattern)) return '** before a slash has to stand alone, as in a/**/b';
  return null;
}

function parseSegment(part: string): Segment | { readonly error: string } {
  if (!/[*?[\\]/.test(part)) return { kind: 'name', name: part };
  const glob: GlobSign[] = [];
  for (let at = 0; at < part.length;) {
    const sign = part.charAt(at);
    if (sign === '*') {
      if (glob.at(-1)?.star !== true) glob.push({ star: true });
      at++;
    } else if (sign === '?') {
      glob.push({ star: false, has: () => true });
      at++;
    } else if (sign === '[') {
      const set = parseSet(part, at + 1);
      if ('error' in set) return set;
      glob.push({ star: false, has: set.has });
      at = set.end;
    } else {
      const byte = part.charCodeAt(sign === '\\' ? at + 1 : at);
      glob.push({ star: false, has: (other) => other === byte });
      at += sign === '\\' ? 2 : 1;
    }
  }
  return { kind: 'glob', source: part, prefix: /^[^*?[\\]*/.exec(part)?.[0] ?? '', glob };
}

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  // eslint-disable-next-line no-control-regex
  ['cntrl', /[\u0000-\u001f\u007f]/],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\v\f\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[A-Fa-f0-9]/],
]);

/** `[…]`, from behind its bracket, by wildmatch.c; `end` is behind the closing one. */
function parseSet(
  part: string,
  start: number,
): { readonly has: (byte: number) => boolean; readonly end: number } | { readonly error: string } {
  const unclosed = { error: 'a [ has no ] before the next slash' };
  const bytes = new Set<number>();
  const negated = /[!^]/.test(part.charAt(start));
  let at = negated ? start + 1 : start;
  const byteHere = (): number => part.charCodeAt(part.charAt(at) === '\\' ? ++at : at);
  let previous: number | null = null;
  for (let first = true; first || part.charAt(at) !== ']'; first = false) {
    if (at >= part.length) return unclosed;
    const ranges = part.charAt(at) === '-' && previous !== null && at + 1 < part.length;
    if (ranges && part.charAt(at + 1) !== ']') {
      at++;
      const last = byteHere();
      for (let byte = previous ?? 0; byte <= last; byte++) bytes.add(byte);
      previous = null;
    } else if (part.startsWith('[:', at)) {
      const name = /^\[:([^\]]*?):\]/.exec(part.slice(at))?.[1];
      const members = CLASSES.get(name ?? '');
      if (!members) return { error: 'a [: is followed by no class of characters that git knows' };
      for (let byte = 0; byte < 128; byte++) if (members.test(String.fromCharCode(byte))) bytes.add(byte);
      at += (name ?? '').length + 3;
      previous = null;
    } else {
      previous = byteHere();
      bytes.add(previous);
    }
    at++;
  }
  return { has: (byte) => bytes.has(byte) !== negated, end: at + 1 };
}

/** Whether the glob matches all of a segment, a byte string. Each star is as short as it can be: no exponential search. */
export function matchesGlob(glob: Glob, segment: string): boolean {
  let [at, inText, star, retry] = [0, 0, -1, 0];
  while (inText < segment.length) {
    const sign = glob[at];
    if (sign?.star === true) {
      star = at++;
      retry = inText;
    } else if (sign?.has(segment.charCodeAt(inText)) === true) {
      at++;
      inText++;
    } else if (star >= 0) {
      at = star + 1;
      inText = ++retry;
    } else return false;
  }
  while (glob[at]?.star === true) at++;
  return at === glob.length;
}
