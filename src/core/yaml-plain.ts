/** What stands at a place of a YAML text; `at` counts UTF-16 units from 0. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly at: number; readonly entries: ReadonlyMap<string, YamlEntry> };

export interface YamlEntry {
  /** Where the key stands. */
  readonly at: number;
  readonly value: YamlNode;
}

/**
 * Reads a text that is plain: maps and lists by indentation, or in brackets on one line, of words, whole numbers and
 * quoted texts without escapes. null: there is something else in it, a mistake maybe, and the parser of the package has
 * to say what. Law: where this is not null, that parser says the same, places among it. It exists because a policy is
 * nearly always plain, and the package takes twenty times as long for one.
 */
export function readPlainYaml(text: string): YamlNode | null {
  if (UNUSUAL.test(text)) return null;
  const reader: Reader = { text, lines: linesOf(text), next: 0, nodes: 0 };
  const root = readBlock(reader, -1, 0);
  return root !== null && reader.next === reader.lines.length && reader.nodes <= MOST_NODES ? root : null;
}

/** A tab, a carriage return, what is not visible; the marks of documents and directives. */
const UNUSUAL = /[^\n\x20-\x7e\u00a1-\u2027\u202a-\ud7ff]|^(?:---|\.\.\.|%)/m;
/** Of more, the limits that the package is held to have to decide. */
const MOST_NODES = 13_000;
const DEEPEST = 8;

interface Line {
  /** How many blanks stand before what begins at `at`. */
  readonly indent: number;
  readonly at: number;
}

interface Reader {
  readonly text: string;
  /** Those with more than blanks or a comment. */
  readonly lines: Line[];
  next: number;
  nodes: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const { index, 0: blanks } of text.matchAll(/^ *(?=[^ #\n])/gm))
    lines.push({ indent: blanks.length, at: index + blanks.length });
  return lines;
}

// ---- by indentation

/** The map or list that begins on the next line, which is indented deeper than `outer`. */
function readBlock(reader: Reader, outer: number, depth: number): YamlNode | null {
  const line = reader.lines[reader.next];
  if (!line || line.indent <= outer || depth > DEEPEST) return null;
  return isItem(reader, line) ? readItems(reader, line, depth) : readEntries(reader, line, depth);
}

function isItem({ text }: Reader, { at }: Line): boolean {
  return text.startsWith('- ', at);
}

function readItems(reader: Reader, first: Line, depth: number): YamlNode | null {
  const items: YamlNode[] = [];
  let line: Line | undefined = first;
  for (; line?.indent === first.indent && isItem(reader, line); line = reader.lines[reader.next]) {
    const at = skipBlanks(reader.text, line.at + 1);
    const indent = line.indent + at - line.at;
    const item =
      keyAt(reader.text, at) === null
        ? readRest(reader, at, line.indent)
        : // The rest of the line begins a map, as if it stood on a line of its own.
          readEntries(reader, (reader.lines[reader.next] = { indent, at }), depth + 1);
    if (item === null) return null;
    items.push(item);
  }
  return { kind: 'list', at: first.at, items };
}

function readEntries(reader: Reader, first: Line, depth: number): YamlNode | null {
  const entries = new Map<string, YamlEntry>();
  let line: Line | undefined = first;
  for (; line?.indent === first.indent; line = reader.lines[reader.next]) {
    const key = keyAt(reader.text, line.at);
    if (key === null || entries.has(key.name) || depth > DEEPEST) return null;
    const value = readValue(reader, key.end, line.indent, depth);
    if (value === null) return null;
    entries.set(key.name, { at: line.at, value });
  }
  return { kind: 'map', at: first.at, entries };
}

/** What stands behind a colon, or on the lines below; a list may be indented like the key that it belongs to. */
function readValue(reader: Reader, at: number, indent: number, depth: number): YamlNode | null {
  if (!isLineEnd(reader.text, at)) return readRest(reader, skipBlanks(reader.text, at), indent);
  const below = reader.lines[++reader.next];
  const isLevelList = below?.indent === indent && isItem(reader, below);
  return readBlock(reader, isLevelList ? indent - 1 : indent, depth + 1);
}

/** A value that ends with its line. What is indented deeper below would belong to it, too. */
function readRest(reader: Reader, at: number, indent: number): YamlNode | null {
  const found = readInline(reader, at, WORDS, 0);
  if (found === null || !isLineEnd(reader.text, found.end)) return null;
  const below = reader.lines[++reader.next];
  return below && below.indent > indent ? null : found.node;
}

// ---- on one line

interface Inline {
  readonly node: YamlNode;
  readonly end: number;
}

const WORDS = /[\w./\u00a1-\ud7ff](?:[\w./*@+~=()&;,'?!{}[\]\u00a1-\ud7ff-]|:(?=\w)| +(?=[^ #:"\n]))*/y;
const WORDS_IN_BRACKETS =
  /[\w./\u00a1-\ud7ff](?:[\w./*@+~=()&;\u00a1-\ud7ff-]|:(?=\w)| +(?=[\w./*@+~=()&;\u00a1-\ud7ff-]))*/y;
const QUOTED = /"([^"\\\n]*)"|'([^'\n]*)'/y;

function readInline(reader: Reader, at: number, words: RegExp, depth: number): Inline | null {
  const sign = reader.text.charAt(at);
  reader.nodes++;
  if (depth > DEEPEST) return null;
  if (sign === '[') return readList(reader, at, depth);
  if (sign === '{') return readMap(reader, at, depth);
  if (sign === '"' || sign === "'") {
    const found = matchAt(QUOTED, reader.text, at);
    return found && scalar(at, found[1] ?? found[2] ?? '', found[0].length);
  }
  const word = matchAt(words, reader.text, at)?.[0];
  const value = word === undefined ? null : valueOf(word);
  return word === undefined || value === null ? null : scalar(at, value, word.length);
}

function scalar(at: number, value: string | number, length: number): Inline {
  return { node: { kind: 'scalar', at, value }, end: at + length };
}

/** Words that YAML takes for something else than the text that stands there. */
const NO_TEXT = /^(?:null|true|false|\.inf|\.nan)$/i;
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,8})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** null: it takes a closer look to say what it stands for. */
function valueOf(word: string): string | number | null {
  if (/^(?:[A-Za-z_/\u00a1-\ud7ff]|\.[A-Za-z])/.test(word)) return NO_TEXT.test(word) ? null : word;
  if (WHOLE_NUMBER.test(word)) return Number(word);
  return DAY.test(word) ? word : null;
}

function readList(reader: Reader, at: number, depth: number): Inline | null {
  const items: YamlNode[] = [];
  const end = readBracketed(reader.text, at, ']', (from) => {
    const item = readInline(reader, from, WORDS_IN_BRACKETS, depth + 1);
    if (item) items.push(item.node);
    return item && item.end;
  });
  return end === null ? null : { node: { kind: 'list', at, items }, end };
}

function readMap(reader: Reader, at: number, depth: number): Inline | null {
  const entries = new Map<string, YamlEntry>();
  const end = readBracketed(reader.text, at, '}', (from) => {
    const key = keyAt(reader.text, from);
    if (key === null || entries.has(key.name)) return null;
    const value = readInline(reader, skipBlanks(reader.text, key.end), WORDS_IN_BRACKETS, depth + 1);
    if (value) entries.set(key.name, { at: from, value: value.node });
    return value && value.end;
  });
  return end === null ? null : { node: { kind: 'map', at, entries }, end };
}

/** From the opening bracket at `at` to behind the closing one; `read` says where one part ends. */
function readBracketed(
  text: string,
  at: number,
  closing: string,
  read: (from: number) => number | null,
): number | null {
  let next = skipBlanks(text, at + 1);
  if (text.charAt(next) === closing) return next + 1;
  for (;;) {
    const end = read(next);
    if (end === null) return null;
    next = skipBlanks(text, end);
    if (text.charAt(next) === closing) return next + 1;
    if (text.charAt(next) !== ',') return null;
    next = skipBlanks(text, next + 1);
  }
}

// ---- signs

const KEY = /(?:([A-Za-z_][\w.-]{0,99}|0|[1-9]\d{0,8})|"([^"\\\n]{0,200})"):(?=[ \n]|$)/y;

/** A key with its colon; `end` is behind that. */
function keyAt(text: string, at: number): { readonly name: string; readonly end: number } | null {
  const found = matchAt(KEY, text, at);
  if (!found || NO_TEXT.test(found[1] ?? '')) return null;
  return { name: found[1] ?? found[2] ?? '', end: at + found[0].length };
}

const LINE_END = / *(?:$| #.*$)/my;

/** Whether nothing but a comment is left of the line. */
function isLineEnd(text: string, at: number): boolean {
  return matchAt(LINE_END, text, at) !== null;
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (text.charCodeAt(next) === 0x20) next++;
  return next;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
