/**
 * Changes a JSON text in place and leaves every other byte as it is: another program's settings are not ours to
 * reformat. The text must be valid JSON (`JSON.parse` accepts it); offsets are UTF-16.
 */
export interface Child {
  /** The member's name; null for an item of an array. */
  readonly key: string | null;
  /** Where the member's name or the item begins. */
  readonly start: number;
  /** Where the value begins. */
  readonly value: number;
  readonly end: number;
}

/** The members or items of the object or array that begins at `open`, in their order; duplicates included. */
export function children(text: string, open: number): Child[] {
  const found: Child[] = [];
  const isObject = text[open] === '{';
  let at = skipSpace(text, open + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const start = at;
    let key: string | null = null;
    if (isObject) {
      const keyEnd = endOfString(text, at);
      key = JSON.parse(text.slice(at, keyEnd)) as string;
      at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    }
    const end = endOfValue(text, at);
    found.push({ key, start, value: at, end });
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

/** Where the value begins that is the whole text. */
export function root(text: string): number {
  return skipSpace(text, 0);
}

/** Adds a member (`key` given) or an item behind the others of the container at `open`, in the style of the text. */
export function append(text: string, open: number, key: string | null, value: unknown): string {
  const siblings = children(text, open);
  const last = siblings.at(-1);
  const style = styleOf(text);
  const first = siblings[0];
  const inOneLine = first === undefined ? style === null : !text.slice(open, first.start).includes('\n');
  const name = key === null ? '' : `${JSON.stringify(key)}:${text.includes('": ') || !inOneLine ? ' ' : ''}`;
  if (inOneLine || style === null) {
    const entry = name + JSON.stringify(value);
    if (last !== undefined)
      return splice(text, last.end, last.end, `,${gapAfterComma(text, siblings)}${entry}`);
    return splice(text, open + 1, endOfValue(text, open) - 1, entry);
  }
  const outer = indentAt(text, open);
  const inner = first === undefined ? outer + style.indent : indentAt(text, first.start);
  const entry = name + JSON.stringify(value, null, style.indent).replaceAll('\n', style.eol + inner);
  if (last !== undefined) return splice(text, last.end, last.end, `,${style.eol}${inner}${entry}`);
  const close = endOfValue(text, open) - 1;
  return splice(text, open + 1, close, `${style.eol}${inner}${entry}${style.eol}${outer}`);
}

/** Takes out one child with the comma that goes with it; the last one leaves an empty container. */
export function remove(text: string, open: number, child: Child): string {
  const siblings = children(text, open);
  const at = siblings.findIndex((sibling) => sibling.start === child.start);
  const next = siblings[at + 1];
  const previous = siblings[at - 1];
  if (previous !== undefined && next === undefined) return splice(text, previous.end, child.end, '');
  if (next !== undefined) return splice(text, child.start, next.start, '');
  return splice(text, open + 1, endOfValue(text, open) - 1, '');
}

function splice(text: string, from: number, to: number, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to);
}

interface Style {
  readonly indent: string;
  readonly eol: string;
}

/** null: the whole text is in one line. Two spaces where no line is indented. */
function styleOf(text: string): Style | null {
  const body = text.trimEnd();
  if (!body.includes('\n') && body.replace(/\s/g, '') !== '{}') return null;
  const indent = /\n([ \t]+)\S/.exec(body)?.[1] ?? '  ';
  return { indent: indent.startsWith('\t') ? '\t' : indent, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function indentAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, at))?.[0] ?? '';
}

function gapAfterComma(text: string, siblings: readonly Child[]): string {
  const [first, second] = siblings;
  if (first !== undefined && second !== undefined) {
    return /\s*$/.exec(text.slice(first.end, second.start))?.[0] ?? '';
  }
  return text.includes('": ') ? ' ' : '';
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Counts brackets instead of recursing, so that no depth of nesting is too much. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '{' || char === '[') {
      depth++;
      at++;
      continue;
    } else if (char === '}' || char === ']') {
      depth--;
      at++;
    } else if (depth > 0) {
      at++;
      continue;
    } else {
      while (at < text.length && !' \t\r\n,]}'.includes(text.charAt(at))) at++;
    }
    if (depth === 0) return at;
  }
  return at;
}
