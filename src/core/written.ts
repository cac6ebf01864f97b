import type { Buffer } from './buffer';
import { mapOffset, type Op } from './edit';
import { combine, type KnownText } from './known';
import { splitLines } from './lines';
import { isEvidenced, isModelWritten, UNKNOWN, type Evidenced, type LineOrigin } from './origin';
import { lineKey, lineTokens } from './tokens';
import type { Tombstone } from './tombstones';

/**
 * What is known of a buffer's text line by line, from who wrote which characters of it.
 *
 * A line whose words all came from models is `ai`; with at least one word of a model, or a part of one, and others
 * `mixed`; else a person who wrote or took out a word of it made it `human`, unless a word of it is of unknown origin. White
 * space, closing brackets, quotes, commas and semicolons decide nothing where there is anything else to go by. A line
 * as it was found keeps its origin; so does one whose words are all of it still.
 *
 * Laws: the lines are those of the text; the words of a `human` line hold no character of a model; those of an
 * `ai` line hold nothing else.
 */
export function knownText(buffer: Buffer): KnownText {
  const lines = splitLines(buffer.text);
  if (buffer.edit.ops.every((op) => op.kind === 'retain')) return buffer.start;
  const found = partition(buffer, lines);
  const origins = lines.map((line, at) => originOfLine(buffer, line, found.lines[at] ?? NO_PARTS));
  return { lines, origins, tombstones: tombstonesOf(buffer, lines, found) };
}

/** Characters of one new line that have one source, or the place where characters of an old line were taken out. */
type Part =
  | { readonly kind: 'kept'; readonly start: number; readonly end: number; readonly line: number }
  | { readonly kind: 'inserted'; readonly start: number; readonly end: number; readonly origin: LineOrigin }
  | { readonly kind: 'deleted'; readonly line: number; readonly text: string; readonly origin: LineOrigin };

type Deleted = Extract<Part, { readonly kind: 'deleted' }>;

interface LineParts {
  readonly parts: readonly Part[];
  /** The old line that stands here as it was, to the letter; -1: none. */
  readonly whole: number;
}

const NO_PARTS: LineParts = { parts: [], whole: -1 };

// ---- the parts of every new line; offsets are relative to the line

interface Partition {
  readonly lines: readonly LineParts[];
  /** What was taken out behind the last line. */
  readonly rest: readonly Deleted[];
}

function partition({ edit, start }: Buffer, lines: readonly string[]): Partition {
  const cursor: Cursor = { lines: start.lines, line: 0, column: 0 };
  const reader = { ops: edit.ops, index: 0, used: 0 };
  const result = lines.map((text) => partsOfLine(text, reader, cursor));
  return { lines: result, rest: takeDeletes(reader, cursor) };
}

interface OpReader {
  readonly ops: readonly Op<LineOrigin>[];
  index: number;
  /** Characters of the op at `index` that lines before have taken. */
  used: number;
}

function partsOfLine(text: string, reader: OpReader, cursor: Cursor): LineParts {
  const parts: Part[] = [];
  let whole = -1;
  for (let at = 0; at < text.length;) {
    parts.push(...takeDeletes(reader, cursor));
    const op = reader.ops[reader.index];
    if (op === undefined || op.kind === 'delete') break;
    const size = op.kind === 'insert' ? op.text.length : op.length;
    const end = at + Math.min(size - reader.used, text.length - at);
    if (op.kind === 'insert') parts.push({ kind: 'inserted', start: at, end, origin: op.origin });
    else {
      if (end - at === text.length && cursor.column === 0 && lengthAt(cursor) === text.length)
        whole = cursor.line;
      parts.push({ kind: 'kept', start: at, end, line: cursor.line });
      advance(cursor, end - at);
    }
    reader.used += end - at;
    if (reader.used === size) [reader.index, reader.used] = [reader.index + 1, 0];
    at = end;
  }
  return { parts, whole };
}

function takeDeletes(reader: OpReader, cursor: Cursor): Deleted[] {
  const deleted: Deleted[] = [];
  for (let op = reader.ops[reader.index]; op?.kind === 'delete'; op = reader.ops[++reader.index]) {
    for (let left = op.length; left > 0;) {
      const { line, column } = cursor;
      const length = Math.min(left, lengthAt(cursor) - column);
      if (length <= 0) break;
      const text = cursor.lines[line]?.slice(column, column + length) ?? '';
      deleted.push({ kind: 'deleted', line, text, origin: op.origin });
      advance(cursor, length);
      left -= length;
    }
  }
  return deleted;
}

/** A place in the old text. */
interface Cursor {
  readonly lines: readonly string[];
  line: number;
  column: number;
}

function lengthAt({ lines, line }: Cursor): number {
  return lines[line]?.length ?? 0;
}

function advance(cursor: Cursor, length: number): void {
  cursor.column += length;
  while (cursor.line < cursor.lines.length && cursor.column >= lengthAt(cursor)) {
    cursor.column -= lengthAt(cursor);
    cursor.line++;
  }
}

// ---- a line

const WORDS = /[\p{L}\p{N}\p{M}_$]+/gu;
/** Signs that a formatter puts in and takes out. */
const NEUTRAL = /[\s)\]},;'"`]/u;

function originOfLine(buffer: Buffer, line: string, { parts, whole }: LineParts): LineOrigin {
  if (whole >= 0) return buffer.start.origins[whole] ?? UNKNOWN;
  const words = [...line.matchAll(WORDS)].map(({ index, 0: word }) =>
    wordOf(buffer, parts, index, index + word.length),
  );
  if (words.length === 0) return originOfSigns(buffer, line, parts);
  const model = strongest(words);
  if (model)
    return words.every((word) => word.kind === 'model' && word.origin.class === 'ai')
      ? model
      : { ...model, class: 'mixed' };
  if (words.some(({ kind }) => kind === 'unknown')) return UNKNOWN;
  const written = words.find(({ kind }) => kind === 'human');
  if (written) return written.origin;
  const removed = removedWords(line, parts);
  return removed.length > 0 ? afterDeletion(removed) : keptOrigin(buffer, parts);
}

/** Words that were taken out of the old lines whose other words are here. */
function removedWords(line: string, parts: readonly Part[]): Deleted[] {
  const olds = new Set(
    parts.flatMap((part) =>
      part.kind === 'kept' && hasWord(line.slice(part.start, part.end)) ? [part.line] : [],
    ),
  );
  return parts.filter(
    (part): part is Deleted => part.kind === 'deleted' && olds.has(part.line) && hasWord(part.text),
  );
}

/** How a word came about: all of it from models, a part of it, by a person, as it was found, or nobody knows. */
interface Word {
  readonly kind: 'model' | 'part' | 'human' | 'found' | 'unknown';
  readonly origin: LineOrigin;
  readonly length: number;
}

function wordOf(buffer: Buffer, parts: readonly Part[], start: number, end: number): Word {
  const origins = parts.flatMap((part) =>
    part.kind !== 'deleted' && part.start < end && part.end > start ? [partOrigin(buffer, part)] : [],
  );
  const [first = UNKNOWN] = origins;
  const model = origins.find(isModelWritten);
  const length = end - start;
  if (model)
    return { kind: origins.every((o) => o.class === 'ai') ? 'model' : 'part', origin: model, length };
  if (origins.some((origin) => origin.class === 'unknown'))
    return { kind: 'unknown', origin: UNKNOWN, length };
  const human = origins.find((origin) => origin.class === 'human');
  return human ? { kind: 'human', origin: human, length } : { kind: 'found', origin: first, length };
}

/** Kept characters of a committed line are whose history says; where it says nothing, they are just as they were. */
function partOrigin({ start, history }: Buffer, part: Exclude<Part, { kind: 'deleted' }>): LineOrigin {
  if (part.kind === 'inserted') return part.origin;
  const origin = start.origins[part.line] ?? UNKNOWN;
  if (origin.class !== 'base') return origin;
  const before = history[part.line];
  return before && isModelWritten(before) ? before : origin;
}

/** The model that wrote most of the line. */
function strongest(words: readonly Word[]): Evidenced | null {
  const weights = new Map<LineOrigin, number>();
  for (const { kind, origin, length } of words)
    if (kind === 'model' || kind === 'part') weights.set(origin, (weights.get(origin) ?? 0) + length);
  const [best] = [...weights].toSorted((x, y) => y[1] - x[1]);
  return best && isEvidenced(best[0]) ? best[0] : null;
}

function hasWord(text: string): boolean {
  return text.search(WORDS) >= 0;
}

/** No word was taken out or put in: a formatter, or whoever broke or joined lines, made nothing new. */
function keptOrigin(buffer: Buffer, parts: readonly Part[]): LineOrigin {
  const lines = new Set(parts.flatMap((part) => (part.kind === 'kept' ? [part.line] : [])));
  return combine([...lines].map((line) => buffer.start.origins[line] ?? UNKNOWN));
}

/** Words were only taken out of lines that no model wrote: whose that was decides. */
function afterDeletion(removed: readonly Deleted[]): LineOrigin {
  const origins = removed.map(({ origin }) => origin);
  const model = origins.find(isModelWritten);
  if (model) return { ...model, class: 'mixed' };
  const [first = UNKNOWN] = origins;
  return origins.every((origin) => origin.class === 'human') ? first : UNKNOWN;
}

/** A line without a word: what its signs say if they agree, those that a formatter does not touch before the others. */
function originOfSigns(buffer: Buffer, line: string, parts: readonly Part[]): LineOrigin {
  const chars = [...line.matchAll(/[^]/gu)].map(({ index, 0: char }) => ({ char, at: index }));
  const strong = chars.filter(({ char }) => !NEUTRAL.test(char));
  const visible = strong.length > 0 ? strong : chars.filter(({ char }) => /\S/u.test(char));
  const deciding = visible.length > 0 ? visible : chars;
  const origins = deciding.map(({ at }) => charOrigin(buffer, parts, at));
  const [first = UNKNOWN] = origins;
  if (origins.every((origin) => origin === first)) return first;
  if (origins.every(isModelWritten)) return first;
  return origins.every((origin) => origin.class === 'human' || origin.class === 'base')
    ? (origins.find((origin) => origin.class === 'human') ?? first)
    : UNKNOWN;
}

function charOrigin(buffer: Buffer, parts: readonly Part[], at: number): LineOrigin {
  const part = parts.find((each) => each.kind !== 'deleted' && each.start <= at && at < each.end);
  return part && part.kind !== 'deleted' ? partOrigin(buffer, part) : UNKNOWN;
}

// ---- deletions

/** Old lines that models alone took out or changed, and those that had been taken out before. */
function tombstonesOf(buffer: Buffer, lines: readonly string[], found: Partition): Tombstone[] {
  const { edit, start } = buffer;
  const isBack = (before: number, text: string): boolean => {
    const key = lineKey(text);
    const isNew = (at: number): boolean => (found.lines[at]?.whole ?? 0) < 0;
    return key !== '' && [before - 1, before].some((at) => isNew(at) && lineKey(lines[at] ?? '') === key);
  };
  const [starts, oldStarts] =
    start.tombstones.length > 0 ? [lineStarts(lines), lineStarts(start.lines)] : [[], []];
  const standing = start.tombstones.map((stone) => {
    const offset = mapOffset(edit, oldStarts[stone.before] ?? edit.oldLength, 'after');
    return {
      stone: { ...stone, before: firstFrom(starts, offset, lines.length) },
      order: stone.before - 0.5,
    };
  });
  const fresh = removals(lines, found).map(({ line, before, author }) => {
    const [text = '', origin = UNKNOWN] = [start.lines[line], start.origins[line]];
    return { stone: { before, text, origin, author }, order: line };
  });
  return [...standing, ...fresh]
    .filter(({ stone }) => !isBack(stone.before, stone.text))
    .toSorted((x, y) => x.stone.before - y.stone.before || x.order - y.order)
    .map(({ stone }) => stone);
}

interface Removal {
  readonly line: number;
  /** The new line before which it stood. */
  readonly before: number;
  readonly author: Evidenced;
}

/** Old lines that are not there any more, each with the model that changed it, where nobody else did. */
function removals(lines: readonly string[], { lines: found, rest }: Partition): Removal[] {
  const changed = new Map<number, { before: number; origins: LineOrigin[] }>();
  const note = (line: number, before: number, origin: LineOrigin): void => {
    const known = changed.get(line);
    if (known) known.origins.push(origin);
    else changed.set(line, { before, origins: [origin] });
  };
  const noteDeleted = ({ line, text, origin }: Deleted, before: number): void => {
    if (lineTokens(text).length > 0) note(line, before, origin);
  };
  found.forEach(({ parts, whole }, at) => {
    const holds = (part: Exclude<Part, Deleted>): boolean =>
      lineTokens(lines[at]?.slice(part.start, part.end) ?? '').length > 0;
    const olds = new Set(parts.flatMap((part) => (part.kind === 'kept' && holds(part) ? [part.line] : [])));
    for (const part of parts) {
      if (part.kind === 'deleted') noteDeleted(part, at);
      if (part.kind === 'inserted' && whole < 0 && holds(part))
        for (const line of olds) note(line, at, part.origin);
    }
  });
  for (const part of rest) noteDeleted(part, lines.length);
  return [...changed].flatMap(([line, { before, origins }]) => {
    const [first] = origins;
    const isModels = first && isModelWritten(first) && origins.every(isModelWritten);
    return isModels ? [{ line, before, author: { ...first, class: 'ai' as const } }] : [];
  });
}

function lineStarts(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length;
    return start;
  });
}

/** The first line that starts at or behind an offset. */
function firstFrom(starts: readonly number[], offset: number, none: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) >= offset) high = middle;
    else low = middle + 1;
  }
  return low === starts.length ? none : low;
}
