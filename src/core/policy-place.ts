/** A place in the text of a policy that is being written, and may not parse just now. */
export interface PolicyPlace {
  /** Keys from the top down to the map, list or value at the place; `null` stands for an entry of a list. */
  readonly path: readonly (string | null)[];
  /** Whether a key is expected there, a value, or (behind `- `) either. */
  readonly expects: 'key' | 'value' | 'either';
  /** What has been written of it, and the column (0-based) where that begins. */
  readonly word: string;
  readonly column: number;
}

/**
 * Finds the place by indentation, and within a line by brackets; a bracket that was opened on another line is not
 * seen. `line` and `column` are 0-based, UTF-16. null: in a comment.
 */
export function policyPlace(text: string, line: number, column: number): PolicyPlace | null {
  if (column > LONGEST) return null;
  const lines = text.split('\n');
  const own = scan((lines[line] ?? '').slice(0, column));
  if (own.isComment) return null;
  const indent = own.segments[0]?.indent ?? own.column;
  const above = ancestors(lines.slice(0, line), indent, own.segments[0]?.key === null);
  return {
    path: [...above, ...own.segments.map(({ key }) => key)],
    expects: own.expects,
    word: own.word,
    column: own.column,
  };
}

/** What a person writes in one line is shorter. */
const LONGEST = 1000;

/** A key or the `-` of an entry, and the column where it stands; within brackets the column says nothing. */
interface Segment {
  readonly key: string | null;
  readonly indent: number;
}

interface Scanned {
  readonly segments: readonly Segment[];
  readonly expects: PolicyPlace['expects'];
  readonly word: string;
  readonly column: number;
  readonly isComment: boolean;
}

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'{}[\],#:][^{}[\],#:]*?))\s*:(?=\s|$)\s*/;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'[^']*')/;

/** What the beginning of a line opens: entries, a key, brackets; and the word that it ends in. */
function scan(text: string): Scanned {
  const segments: Segment[] = [];
  const open: number[] = [];
  let at = text.length - text.trimStart().length;
  let expects: PolicyPlace['expects'] = 'key';
  for (let rest = text.slice(at); rest !== ''; rest = text.slice(at)) {
    const key = expects === 'value' ? null : KEY.exec(rest);
    if (rest.startsWith('#')) return { segments, expects, word: '', column: at, isComment: true };
    if (open.length === 0 && expects !== 'value' && /^-(?:\s|$)/.test(rest)) {
      segments.push({ key: null, indent: at });
      at += /^-\s*/.exec(rest)?.[0].length ?? 1;
      expects = 'either';
    } else if (key) {
      segments.push({ key: key[1] ?? key[2] ?? key[3] ?? '', indent: at });
      at += key[0].length;
      expects = 'value';
    } else if (rest.startsWith('{') || rest.startsWith('[')) {
      open.push(segments.length);
      if (rest.startsWith('[')) segments.push({ key: null, indent: at });
      expects = rest.startsWith('[') ? 'either' : 'key';
      at += 1 + leadingSpace(rest.slice(1));
    } else if (/^[}\]]/.test(rest)) {
      segments.length = open.pop() ?? segments.length;
      expects = 'value';
      at += 1 + leadingSpace(rest.slice(1));
    } else if (rest.startsWith(',') && open.length > 0) {
      const from = open.at(-1) ?? 0;
      const isList = segments[from]?.key === null;
      segments.length = from + (isList ? 1 : 0);
      expects = isList ? 'either' : 'key';
      at += 1 + leadingSpace(rest.slice(1));
    } else {
      const word = wordOf(rest, open.length > 0);
      if (word.length === rest.length) return { segments, expects, word, column: at, isComment: false };
      at += word.length + leadingSpace(rest.slice(word.length));
      if (word === '') at++;
    }
  }
  return { segments, expects, word: '', column: at, isComment: false };
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length;
}

/** A scalar; a comment begins behind a space. */
function wordOf(rest: string, isInBrackets: boolean): string {
  const quoted = QUOTED.exec(rest)?.[0];
  if (quoted !== undefined) return quoted;
  return (isInBrackets ? /^[^,}\]]*?(?=\s+#|[,}\]]|$)/ : /^.*?(?=\s+#|$)/).exec(rest)?.[0] ?? rest;
}

/** The keys and entries above a line that hold what stands at this indentation. */
function ancestors(lines: readonly string[], indent: number, isEntry: boolean): (string | null)[] {
  const found: (string | null)[] = [];
  let limit = indent;
  // A list may stand as far to the left as the key that it belongs to.
  let mayBeLevel = isEntry;
  for (const line of lines.toReversed()) {
    if (limit === 0 && !mayBeLevel) break;
    if (line.trim() === '') continue;
    const { segments, isComment } = scan(line.slice(0, LONGEST));
    const outside = segments.slice(0, blockCount(line, segments));
    if (isComment && outside.length === 0) continue;
    for (const { key, indent: at } of outside.toReversed()) {
      if (at > limit || (at === limit && !(mayBeLevel && key !== null))) continue;
      found.unshift(key);
      limit = at;
      mayBeLevel = key === null;
    }
  }
  return found;
}

/** Segments that are not within brackets. */
function blockCount(line: string, segments: readonly Segment[]): number {
  const bracket = /[{[]/.exec(line)?.index ?? line.length;
  return segments.filter(({ indent }) => indent < bracket).length;
}
