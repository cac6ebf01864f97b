import { createHash } from 'node:crypto';
import type { Chance } from '../support/line-model';
import type { Story } from './tamper-stories';

/** A commit that is being tampered with. */
export interface Draft {
  readonly story: Story;
  message: string;
  /** By path; bytes, one character each. */
  readonly after: Map<string, string>;
  readonly oldNames: Map<string, string>;
  /** Files that are links now. */
  readonly links: Set<string>;
  /** The trailers were made to say something else that may be consistent: nobody can see that. */
  isLie: boolean;
  lines: number;
}

/** Does one thing to a draft and says what, or null where there is nothing to do it to. */
type Edit = (draft: Draft, chance: Chance) => string | null;

export function draftOf(story: Story): Draft {
  const { message, after, oldNames } = story;
  return {
    story,
    message,
    after: new Map(after),
    oldNames: new Map(oldNames),
    links: new Set(),
    isLie: false,
    lines: 0,
  };
}

/** Some random edits, and what they did. */
export function tamper(draft: Draft, chance: Chance): string[] {
  const done: string[] = [];
  const wanted = chance.percent(3) ? 0 : 1 + chance.number(3);
  while (done.length < wanted) {
    const edit = chance.pick(EDITS);
    const said = edit?.(draft, chance) ?? null;
    if (said !== null) done.push(said);
  }
  return done;
}

export function sha(lines: readonly string[]): string {
  return createHash('sha256')
    .update(Buffer.from(lines.join(''), 'latin1'))
    .digest('hex')
    .slice(0, 8);
}

export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

// ---- of the message

const TOKEN = /[+-]\d+,\d+:[0-9a-f]{8}/g;
const CONTROLS = [
  '\0',
  '\x07',
  '\b',
  '\x1b[31m',
  '\x1b]0;x\x07',
  '\r',
  '\x7f',
  '\t',
  '\v',
  '\x9b1m',
  '\xc2\x9b',
  '\xe2\x80\xae',
  '\xff',
];

function ours(message: string): { line: string; at: number }[] {
  return message
    .split('\n')
    .map((line, at) => ({ line, at }))
    .filter(({ line }) => /^[ \t*-]*(?:AI-|Assisted-by)/i.test(line));
}

function pickLine(draft: Draft, chance: Chance): { line: string; at: number } | null {
  return chance.pick(ours(draft.message)) ?? null;
}

function setLine(draft: Draft, at: number, ...now: string[]): void {
  const lines = draft.message.split('\n');
  // What is said of numbers, classes and places can be made to agree with itself.
  if (/AI-Provenance/i.test(lines[at] ?? '')) draft.isLie = true;
  lines.splice(at, 1, ...now);
  draft.message = lines.join('\n');
}

function changeByte(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  const { line, at } = found;
  const column = chance.number(line.length);
  const sign =
    chance.pick(['0', '1', '9', 'a', 'f', '+', '-', ',', ':', ' ', '%', '/', 'A', '\xe9', ...CONTROLS]) ?? '';
  setLine(draft, at, line.slice(0, column) + sign + line.slice(column + chance.number(2)));
  return `byte ${column} of line ${at} becomes ${JSON.stringify(sign)}`;
}

function countOffByOne(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  const numbers = found ? [...found.line.matchAll(/(?<=[=+,-])\d+/g)] : [];
  const number = chance.pick(numbers);
  if (!found || !number) return null;
  const now = String(Math.max(0, Number(number[0]) + (chance.percent(50) ? 1 : -1)));
  const { line, at } = found;
  setLine(draft, at, line.slice(0, number.index) + now + line.slice(number.index + number[0].length));
  return `${number[0]} in line ${at} becomes ${now}`;
}

function swapLines(draft: Draft, chance: Chance): string | null {
  const [one, other] = [pickLine(draft, chance), pickLine(draft, chance)];
  if (!one || !other || one.at === other.at) return null;
  setLine(draft, one.at, other.line);
  setLine(draft, other.at, one.line);
  return `lines ${one.at} and ${other.at} change places`;
}

function dropLine(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  setLine(draft, found.at);
  return `line ${found.at} is dropped`;
}

function duplicateLine(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  setLine(draft, found.at, found.line, found.line);
  return `line ${found.at} stands twice`;
}

function fold(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  const { line, at } = found;
  const spaces = [...line.matchAll(/ /g)].map(({ index }) => index);
  const column = chance.percent(70) ? (chance.pick(spaces) ?? 3) : chance.number(line.length);
  const blank = chance.pick([' ', '\t', '   ', '']) ?? ' ';
  setLine(draft, at, line.slice(0, column), blank + line.slice(column).trimStart());
  return `line ${at} is folded at ${column}`;
}

function recase(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  const upper = chance.percent(50);
  const key = /^[^:]*/.exec(found.line)?.[0] ?? '';
  setLine(draft, found.at, (upper ? key.toUpperCase() : key.toLowerCase()) + found.line.slice(key.length));
  return `the key of line ${found.at} is in ${upper ? 'upper' : 'lower'} case`;
}

/** Percent-encodes what need not be, or what is no path at all. */
function reencode(draft: Draft, chance: Chance): string | null {
  const hunks = ours(draft.message).filter(({ line }) => line.startsWith('AI-Hunk: '));
  const found = chance.pick(hunks);
  if (!found) return null;
  const [path = ''] = found.line.slice(9).split(' ');
  const at = chance.number(path.length);
  const code = path.charCodeAt(at).toString(16).padStart(2, '0');
  const now =
    chance.pick([
      `${path.slice(0, at)}%${code}${path.slice(at + 1)}`,
      `${path.slice(0, at)}%${code.toUpperCase()}${path.slice(at + 1)}`,
      path.replaceAll('%', '%25'),
      path.toLowerCase(),
      `./${path}`,
      `${path}%00`,
      `${path}%1B%5B31m`,
      `${path}%0Ax`,
      `%ZZ${path}`,
      `${path}%C2%9B`,
      `../${path}`,
      `"${path}"`,
    ]) ?? '';
  setLine(draft, found.at, `AI-Hunk: ${now}${found.line.slice(9 + path.length)}`);
  return `the path of line ${found.at} becomes ${JSON.stringify(now)}`;
}

function reorderRanges(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  const tokens = found ? [...found.line.matchAll(TOKEN)].map(([token]) => token) : [];
  if (!found || tokens.length < 2) return null;
  const turned = tokens.toReversed();
  let next = 0;
  setLine(
    draft,
    found.at,
    found.line.replace(TOKEN, () => turned[next++] ?? ''),
  );
  return `the ranges of line ${found.at} are in reverse`;
}

/** Two tokens exchange their digests or the places before them. */
function crossTokens(draft: Draft, chance: Chance): string | null {
  const tokens = [...draft.message.matchAll(TOKEN)];
  const [one, other] = [chance.pick(tokens), chance.pick(tokens)];
  if (!one || !other || one.index >= other.index) return null;
  const crossed = (a: string, b: string): string => `${a.split(':')[0]}:${b.split(':')[1]}`;
  const { message } = draft;
  draft.message =
    message.slice(0, one.index) +
    crossed(one[0], other[0]) +
    message.slice(one.index + one[0].length, other.index) +
    crossed(other[0], one[0]) +
    message.slice(other.index + other[0].length);
  return `${one[0]} and ${other[0]} exchange digests`;
}

/** The digest becomes that of other lines, which may stand anywhere; sometimes the place follows it. */
function otherLines(draft: Draft, chance: Chance): string | null {
  const token = chance.pick([...draft.message.matchAll(TOKEN)]);
  const text = chance.pick([...draft.after.values(), ...draft.story.before.values()]) ?? '';
  const lines = linesOf(text);
  if (!token || lines.length === 0) return null;
  const start = chance.number(lines.length);
  const count = 1 + chance.number(Math.min(4, lines.length - start));
  const digest = sha(lines.slice(start, start + count));
  const follows = chance.percent(50);
  const [place = ''] = token[0].split(':');
  const now = `${follows ? `${place.charAt(0)}${start + 1},${count}` : place}:${digest}`;
  draft.message =
    draft.message.slice(0, token.index) + now + draft.message.slice(token.index + token[0].length);
  draft.isLie = true;
  return `${token[0]} becomes ${now}`;
}

function otherClass(draft: Draft, chance: Chance): string | null {
  const hunks = ours(draft.message).filter(({ line }) => / (?:ai|mixed) /.test(line));
  const found = chance.pick(hunks);
  if (!found) return null;
  const word = chance.pick(['mixed', 'human', 'unknown', 'human declared', 'AI', 'robot']) ?? '';
  setLine(draft, found.at, found.line.replace(/ (?:ai|mixed) /, ` ${word} `));
  draft.isLie = true;
  return `the class in line ${found.at} becomes ${word}`;
}

function addControl(draft: Draft, chance: Chance): string | null {
  const at = chance.number(draft.message.length);
  const control = chance.pick(CONTROLS) ?? '';
  draft.message = draft.message.slice(0, at) + control + draft.message.slice(at);
  if (control.includes('\r') || control === '\v') draft.isLie = true;
  return `${JSON.stringify(control)} goes in at ${at}`;
}

function bury(draft: Draft, chance: Chance): string {
  const how = chance.number(4);
  const lead = ['    ', '* ', '- ', '\t'][how] ?? '';
  if (how < 2) draft.message = draft.message.replace(/^(?=AI-|Assisted-by)/gm, lead);
  else draft.message = `${draft.message.trimEnd()}\n\n${lead}and that is all of it\nno trailer here\n`;
  return `the trailers are buried (${how})`;
}

function strangeHunk(draft: Draft, chance: Chance): string | null {
  const found = pickLine(draft, chance);
  if (!found) return null;
  const path =
    chance.pick([
      '%1B%5B2J',
      'a.ts%0D%0Ab',
      '%E2%80%AEst.a',
      '..',
      '%FF%FE',
      'x'.repeat(5000),
      '/etc/passwd',
    ]) ?? '';
  const place =
    chance.pick(['+1,1', '+9007199254740991,1', '+1,9007199254740991', '-1,999999', '+0,1']) ?? '';
  const more =
    chance.pick([
      'AI-Override: \x1b[2Jnow',
      'AI-Tier: 1 \x1b[31mred',
      'AI-Ack: 1/1:00000000 \x07 <a@b>',
      '',
    ]) ?? '';
  const hunk = `AI-Hunk: ${path} ${place}:00000000 ai agent claude-code`;
  setLine(draft, found.at, found.line, hunk, ...(more === '' ? [] : [more]));
  return `${JSON.stringify(hunk.slice(0, 60))} and ${JSON.stringify(more)} go in`;
}

// ---- of the content

function newLine(draft: Draft, chance: Chance): string {
  return `const tampered_${++draft.lines}_${chance.number(1e9)} = nobody(${chance.number(1e9)});\n`;
}

function pickFile(draft: Draft, chance: Chance): { path: string; lines: string[] } | null {
  const changed = [...draft.after].filter(
    ([path, text]) => path !== '.hunkmark.yml' && text !== '' && text !== draft.story.before.get(path),
  );
  const [path, text] = chance.pick(changed) ?? [];
  return path === undefined || text === undefined ? null : { path, lines: linesOf(text) };
}

const editLines =
  (what: string, change: (lines: string[], at: number, line: string) => void): Edit =>
  (draft, chance) => {
    const found = pickFile(draft, chance);
    if (!found) return null;
    const at = chance.number(found.lines.length);
    change(found.lines, at, newLine(draft, chance));
    draft.after.set(found.path, found.lines.join(''));
    return `${what} ${at + 1} of ${JSON.stringify(found.path)}`;
  };

const changeLine = editLines('change line', (lines, at, line) => lines.splice(at, 1, line));
const insertLine = editLines('a line goes in before line', (lines, at, line) => lines.splice(at, 0, line));
const deleteLine = editLines('take out line', (lines, at) => lines.splice(at, 1));
const blankAtEnd = editLines('a blank at the end of line', (lines, at) => {
  lines[at] = (lines[at] ?? '').replace(/(\r?\n)?$/, ' $1');
});

function swapAdded(draft: Draft, chance: Chance): string | null {
  const found = pickFile(draft, chance);
  if (!found) return null;
  const { path, lines } = found;
  const old = new Set(linesOf(draft.story.before.get(draft.oldNames.get(path) ?? path) ?? ''));
  const ends = (at: number): boolean => lines[at]?.endsWith('\n') === true;
  const places = lines.flatMap((line, at) =>
    !old.has(line) && !old.has(lines[at + 1] ?? '') && ends(at) && ends(at + 1) ? [at] : [],
  );
  const at = chance.pick(places);
  if (at === undefined) return null;
  [lines[at], lines[at + 1]] = [lines[at + 1] ?? '', lines[at] ?? ''];
  draft.after.set(path, lines.join(''));
  return `added lines ${at + 1} and ${at + 2} of ${JSON.stringify(path)} change places`;
}

function moveFile(draft: Draft, chance: Chance): string | null {
  const found = pickFile(draft, chance);
  if (!found || draft.links.has(found.path)) return null;
  const to =
    chance.pick([`moved/${found.path}`, `${found.path}.moved`, 'odd\x1b[1m\u202e.ts', 'two\nlines.ts']) ?? '';
  if (draft.after.has(to) || draft.story.before.has(to)) return null;
  draft.after.set(to, found.lines.join(''));
  draft.after.delete(found.path);
  const was = draft.oldNames.get(found.path) ?? found.path;
  draft.oldNames.delete(found.path);
  if (draft.story.before.has(was)) draft.oldNames.set(to, was);
  return `${JSON.stringify(found.path)} moves to ${JSON.stringify(to)}`;
}

function putBack(draft: Draft, chance: Chance): string | null {
  const found = pickFile(draft, chance);
  const old = found && draft.story.before.get(found.path);
  if (!found || old === undefined || old === null) return null;
  draft.after.set(found.path, old);
  return `${JSON.stringify(found.path)} is as it was before`;
}

function makeLink(draft: Draft, chance: Chance): string | null {
  const found = pickFile(draft, chance);
  if (!found || draft.oldNames.has(found.path)) return null;
  draft.links.add(found.path);
  return `${JSON.stringify(found.path)} becomes a link`;
}

function makeBinary(draft: Draft, chance: Chance): string | null {
  const found = pickFile(draft, chance);
  if (!found || draft.oldNames.has(found.path)) return null;
  draft.after.set(found.path, `\0${found.lines.join('')}`);
  return `${JSON.stringify(found.path)} begins with a NUL`;
}

const OF_MESSAGE: readonly Edit[] = [
  changeByte,
  changeByte,
  countOffByOne,
  countOffByOne,
  swapLines,
  dropLine,
  duplicateLine,
  fold,
  recase,
  reencode,
  reorderRanges,
  crossTokens,
  otherLines,
  otherClass,
  addControl,
  bury,
  strangeHunk,
];
const OF_CONTENT: readonly Edit[] = [
  changeLine,
  changeLine,
  insertLine,
  insertLine,
  deleteLine,
  blankAtEnd,
  swapAdded,
  moveFile,
  putBack,
  makeLink,
  makeBinary,
];
const EDITS: readonly Edit[] = [...OF_MESSAGE, ...OF_CONTENT];
