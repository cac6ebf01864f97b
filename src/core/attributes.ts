import { fromByteString, toByteString } from './path';
import { matchesGlob, parseWhole, type Segment } from './path-pattern';

/** One `.gitattributes` file; the later of its rules is the stronger. */
export interface AttributesFile {
  readonly rules: readonly Rule[];
  /** What the attributes stand for that it defines. */
  readonly macros: ReadonlyMap<string, readonly Word[]>;
}

interface Rule {
  /** `null` is `**`; from the folder of the file to the path itself. */
  readonly segments: readonly (Segment | null)[];
  readonly words: readonly Word[];
}

/** null: the word takes back what was said before it. */
interface Word {
  readonly name: string;
  readonly value: boolean | string | null;
}

const ATTRIBUTE = 'linguist-generated';
/** git reads no longer line. */
const LONGEST_LINE = 2048;

/**
 * Reads a `.gitattributes` file (a byte string) as gitattributes(5) has it; only the file at the root may define macros.
 * What git would read past is read past.
 */
export function parseAttributes(text: string, isRoot: boolean): AttributesFile {
  const macros = new Map<string, readonly Word[]>();
  const rules: Rule[] = [];
  for (const line of text.replace(/^\xef\xbb\xbf/, '').split('\n')) {
    const [pattern, words] = line.length > LONGEST_LINE ? ['', []] : parted(line);
    if (pattern === '' || words.length === 0) continue;
    const macro = /^\[attr\](.+)$/.exec(pattern)?.[1];
    if (macro !== undefined) {
      if (isRoot) macros.set(macro, words.map(wordOf));
      continue;
    }
    const segments = segmentsOf(pattern);
    if (segments) rules.push({ segments, words: words.map(wordOf) });
  }
  return { rules, macros };
}

/**
 * Whether a path is marked as generated. `files` are those of its folders, the root's first, each with the path from
 * its folder on.
 */
export function isMarkedGenerated(
  files: readonly { readonly file: AttributesFile; readonly path: string }[],
): boolean {
  const said = new Map<string, Word['value']>();
  const macros = files[0]?.file.macros;
  // As git goes: from the strongest word to the weakest, and what is said first stays.
  const hear = (words: readonly Word[]): void => {
    for (const { name, value } of words.toReversed()) {
      if (said.has(name)) continue;
      said.set(name, value);
      if (value === true) hear(macros?.get(name) ?? []);
    }
  };
  for (const { file, path } of files.toReversed()) {
    const parts = toByteString(path).split('/');
    for (const { segments, words } of file.rules.toReversed()) {
      if (matches(segments, parts)) hear(words);
      if (said.has(ATTRIBUTE)) return isYes(said.get(ATTRIBUTE) ?? null);
    }
  }
  return false;
}

/** As Linguist has it: every value but `false`. */
function isYes(value: Word['value']): boolean {
  return value !== null && value !== false && value !== 'false';
}

/** The pattern of a line, which may be quoted as in C, and the words behind it. */
function parted(line: string): [pattern: string, words: readonly string[]] {
  const found = /^[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^# \t\r"][^ \t\r]*))(?=[ \t\r]|$)(.*)/.exec(line);
  if (!found) return ['', []];
  const words = (found[3] ?? '').split(/[ \t\r]+/).filter((word) => word !== '');
  return [found[2] ?? unquoted(found[1] ?? ''), words];
}

function unquoted(text: string): string {
  return text.replace(/\\([0-3][0-7]{2}|.)/g, (_, sign: string) =>
    sign.length === 3 ? String.fromCharCode(Number.parseInt(sign, 8)) : (ESCAPES[sign] ?? sign),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};

function wordOf(text: string): Word {
  const [, sign, name = '', value] = /^([-!]?)([^=]*)(?:=(.*))?$/.exec(text) ?? [];
  if (sign !== '') return { name, value: sign === '!' ? null : false };
  return { name, value: value ?? true };
}

/** Unlike an ignored folder, one with an attribute hands it on to nothing in it. */
function segmentsOf(pattern: string): readonly (Segment | null)[] | null {
  const parsed = parseWhole(fromByteString(pattern));
  if ('error' in parsed || parsed.foldersOnly) return null;
  return pattern.endsWith('/**') ? parsed.segments.toSpliced(-1, 0, null) : parsed.segments;
}

function matches(segments: readonly (Segment | null)[], parts: readonly string[]): boolean {
  let states = behind(segments, [0]);
  for (const part of parts) {
    const next: number[] = [];
    for (const at of states) {
      const segment = segments[at];
      if (segment === null) next.push(at);
      else if (segment && matchesPart(segment, part)) next.push(at + 1);
    }
    states = behind(segments, next);
    if (states.length === 0) return false;
  }
  return states.includes(segments.length);
}

/** These states and those that a `**` for no folder at all leads to. */
function behind(segments: readonly (Segment | null)[], states: readonly number[]): number[] {
  const found = new Set<number>();
  for (const state of states)
    for (let at = state; !found.has(at); at++) {
      found.add(at);
      if (segments[at] !== null) break;
    }
  return [...found];
}

function matchesPart(segment: Segment, part: string): boolean {
  return segment.kind === 'name' ? segment.name === part : matchesGlob(segment.glob, part);
}
