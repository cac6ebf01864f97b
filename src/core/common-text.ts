import { diffArrays, type ChangeObject } from 'diff';
import { splitLines } from './lines';

/** `length` characters that are in both texts. */
export interface Common {
  readonly oldStart: number;
  readonly newStart: number;
  readonly length: number;
}

/** What stays when `newText` comes for `oldText`: ascending in both texts, without overlap, never empty. */
export function commonRuns(oldText: string, newText: string, effort: Effort): Common[] {
  if (!oldText.includes('\n') && !newText.includes('\n')) return commonInside(oldText, newText, 0, 0);
  const head = equalLinesAhead(oldText, newText);
  const tail = equalLinesBehind(oldText, newText, head);
  const [oldTail, newTail] = [oldText.length - tail, newText.length - tail];
  const [oldMiddle, newMiddle] = [oldText.slice(head, oldTail), newText.slice(head, newTail)];
  const middle =
    commonInk(oldMiddle, newMiddle, head, head) ?? commonByLine(oldMiddle, newMiddle, head, effort);
  const first = { oldStart: 0, newStart: 0, length: head };
  const last = { oldStart: oldTail, newStart: newTail, length: tail };
  return [first, ...middle, last].filter(({ length }) => length > 0);
}

/** The length of the lines that both texts begin with. */
function equalLinesAhead(oldText: string, newText: string): number {
  const head = equalHead(oldText, newText, Math.min(oldText.length, newText.length));
  return head === 0 ? 0 : oldText.lastIndexOf('\n', head - 1) + 1;
}

/** The length of the lines that both texts end with, not counting the first `head` characters. */
function equalLinesBehind(oldText: string, newText: string, head: number): number {
  const tail = equalTail(oldText, newText, Math.min(oldText.length, newText.length) - head);
  const [oldTail, newTail] = [oldText.length - tail, newText.length - tail];
  if (endsLine(oldText.slice(0, oldTail)) && endsLine(newText.slice(0, newTail))) return tail;
  const next = oldText.indexOf('\n', oldTail);
  return next < 0 ? 0 : oldText.length - next - 1;
}

function commonByLine(oldText: string, newText: string, start: number, effort: Effort): Common[] {
  const oldLines = splitLines(oldText);
  const newLines = splitLines(newText);
  const runs: Common[] = [];
  let [oldLine, newLine, oldStart, newStart] = [0, 0, start, start];
  const add = (gone: string, come: string): void => {
    for (const run of commonInside(gone, come, oldStart, newStart)) runs.push(run);
    oldStart += gone.length;
    newStart += come.length;
  };
  for (const [oldCommon, newCommon] of commonLines(oldLines, newLines, effort)) {
    add(oldLines.slice(oldLine, oldCommon).join(''), newLines.slice(newLine, newCommon).join(''));
    add(oldLines[oldCommon] ?? '', newLines[newCommon] ?? '');
    [oldLine, newLine] = [oldCommon + 1, newCommon + 1];
  }
  add(oldLines.slice(oldLine).join(''), newLines.slice(newLine).join(''));
  return runs;
}

function commonInside(oldText: string, newText: string, oldStart: number, newStart: number): Common[] {
  if (oldText === newText) return oldText === '' ? [] : [{ oldStart, newStart, length: oldText.length }];
  return commonInk(oldText, newText, oldStart, newStart) ?? commonEnds(oldText, newText, oldStart, newStart);
}

/** What a formatter changes, and what it leaves alone. */
const FILL = /[\s,;'"`()]+/y;
const INK = /[^\s,;'"`()]+/y;

/** The common runs of two texts that differ in nothing but fill; undefined for others. */
function commonInk(
  oldText: string,
  newText: string,
  oldStart: number,
  newStart: number,
): Common[] | undefined {
  const runs: Common[] = [];
  let [old, at] = [0, 0];
  while (old < oldText.length || at < newText.length) {
    const [oldInk, newInk] = [endOf(FILL, oldText, old), endOf(FILL, newText, at)];
    const length = Math.min(endOf(INK, oldText, oldInk) - oldInk, endOf(INK, newText, newInk) - newInk);
    const ended = oldInk === oldText.length && newInk === newText.length;
    if (length === 0 && !ended) return undefined;
    if (oldText.slice(oldInk, oldInk + length) !== newText.slice(newInk, newInk + length)) return undefined;
    const fill = [oldText.slice(old, oldInk), newText.slice(at, newInk)] as const;
    runs.push(...commonEnds(...fill, oldStart + old, newStart + at));
    if (length > 0) runs.push({ oldStart: oldStart + oldInk, newStart: newStart + newInk, length });
    old = oldInk + length;
    at = newInk + length;
  }
  return runs;
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** The equal beginning and the equal end of two texts that begin at `oldStart` and `newStart`. */
function commonEnds(oldText: string, newText: string, oldStart: number, newStart: number): Common[] {
  const room = Math.min(oldText.length, newText.length);
  const head = wholeHead(oldText, newText, equalHead(oldText, newText, room));
  const tail = wholeTail(oldText, newText, equalTail(oldText, newText, room - head));
  const oldTail = oldStart + oldText.length - tail;
  const newTail = newStart + newText.length - tail;
  const ends = [
    { oldStart, newStart, length: head },
    { oldStart: oldTail, newStart: newTail, length: tail },
  ];
  return ends.filter(({ length }) => length > 0);
}

function equalHead(oldText: string, newText: string, room: number): number {
  let length = 0;
  while (length < room && oldText.charCodeAt(length) === newText.charCodeAt(length)) length += 1;
  return length;
}

function equalTail(oldText: string, newText: string, room: number): number {
  const [oldEnd, newEnd] = [oldText.length - 1, newText.length - 1];
  let length = 0;
  while (length < room && oldText.charCodeAt(oldEnd - length) === newText.charCodeAt(newEnd - length))
    length += 1;
  return length;
}

function wholeHead(oldText: string, newText: string, head: number): number {
  const last = oldText.charCodeAt(head - 1);
  return isPair(last, oldText.charCodeAt(head)) || isPair(last, newText.charCodeAt(head)) ? head - 1 : head;
}

function wholeTail(oldText: string, newText: string, tail: number): number {
  const [oldAt, newAt] = [oldText.length - tail, newText.length - tail];
  const first = oldText.charCodeAt(oldAt);
  return isPair(oldText.charCodeAt(oldAt - 1), first) || isPair(newText.charCodeAt(newAt - 1), first)
    ? tail - 1
    : tail;
}

// Lines that two texts have in common, as pairs of indices (0-based lines), ascending on both sides.

type Pair = readonly [old: number, new: number];

interface Window {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** The lines of two texts, and of each line a number that is the same for all lines with the same ink. */
interface Lines {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly oldInk: readonly number[];
  readonly newInk: readonly number[];
  readonly effort: Effort;
}

/** What may still be spent on looking for differences, in squares of their number. */
export interface Effort {
  left: number;
}

function commonLines(oldLines: readonly string[], newLines: readonly string[], effort: Effort): Pair[] {
  const number = inkNumbers();
  const [oldInk, newInk] = [oldLines.map(number), newLines.map(number)];
  const all = { oldStart: 0, oldEnd: oldLines.length, newStart: 0, newEnd: newLines.length };
  return betweenAnchors({ old: oldLines, new: newLines, oldInk, newInk, effort }, all);
}

/** Numbers lines by their ink; those without any, by what else is visible. */
function inkNumbers(): (line: string) => number {
  const byLine = new Map<string, number>();
  const byInk = new Map<string, number>();
  return (line) => {
    let number = byLine.get(line);
    if (number === undefined) {
      const ink = line.replaceAll(/[\s,;'"`()]+/g, '') || line.replaceAll(/\s+/g, '');
      number = byInk.get(ink) ?? byInk.size;
      byInk.set(ink, number);
      byLine.set(line, number);
    }
    return number;
  };
}

/** Pairs the lines that occur once on each side, as many as keep their order, then looks between them. */
function betweenAnchors(lines: Lines, window: Window): Pair[] {
  const pairs: Pair[] = [];
  let { oldStart, newStart } = window;
  for (const [oldEnd, newEnd] of [...anchors(lines, window), [window.oldEnd, window.newEnd] as const]) {
    for (const pair of betweenEnds(lines, { oldStart, oldEnd, newStart, newEnd })) pairs.push(pair);
    if (oldEnd < window.oldEnd) pairs.push([oldEnd, newEnd]);
    oldStart = oldEnd + 1;
    newStart = newEnd + 1;
  }
  return pairs;
}

/** Pairs what both ends of the window have in common, first the equal lines, then those of equal ink, then looks between. */
function betweenEnds(lines: Lines, window: Window): Pair[] {
  const equal = endsOf(window, (old, at) => lines.old[old] === lines.new[at]);
  const alike = endsOf(equal.middle, (old, at) => lines.oldInk[old] === lines.newInk[at]);
  const { oldStart, oldEnd, newStart, newEnd } = alike.middle;
  const empty = oldStart === oldEnd || newStart === newEnd;
  const middle = empty ? [] : longestCommon(lines, alike.middle);
  return [...equal.head, ...alike.head, ...middle, ...alike.tail, ...equal.tail];
}

function endsOf(
  window: Window,
  same: (old: number, at: number) => boolean,
): { head: Pair[]; middle: Window; tail: Pair[] } {
  let { oldStart, oldEnd, newStart, newEnd } = window;
  const head: Pair[] = [];
  const tail: Pair[] = [];
  while (oldStart < oldEnd && newStart < newEnd && same(oldStart, newStart))
    head.push([oldStart++, newStart++]);
  while (oldStart < oldEnd && newStart < newEnd && same(oldEnd - 1, newEnd - 1))
    tail.push([--oldEnd, --newEnd]);
  return { head, middle: { oldStart, oldEnd, newStart, newEnd }, tail: tail.toReversed() };
}

function anchors(lines: Lines, window: Window): Pair[] {
  const inOld = placesOfSingles(lines.oldInk, window.oldStart, window.oldEnd);
  const inNew = placesOfSingles(lines.newInk, window.newStart, window.newEnd);
  const pairs: Pair[] = [];
  for (const [line, old] of inOld) {
    const at = inNew.get(line);
    if (at !== undefined) pairs.push([old, at]);
  }
  return longestAscending(pairs);
}

/** Where each line is that occurs once between `start` and `end`, in their order. */
function placesOfSingles(lines: readonly number[], start: number, end: number): Map<number, number> {
  const places = new Map<number, number>();
  const repeated = new Set<number>();
  for (const [index, line] of lines.slice(start, end).entries()) {
    if (places.has(line)) repeated.add(line);
    else places.set(line, start + index);
  }
  for (const line of repeated) places.delete(line);
  return places;
}

interface Chain {
  readonly pair: Pair;
  readonly before: Chain | undefined;
}

/** Of pairs ascending in the old text, the most that ascend in the new text too (patience sorting). */
function longestAscending(pairs: readonly Pair[]): Pair[] {
  const ends: Chain[] = [];
  for (const pair of pairs) {
    const rank = firstBehind(ends, pair[1]);
    ends[rank] = { pair, before: ends[rank - 1] };
  }
  const longest: Pair[] = [];
  for (let chain = ends.at(-1); chain !== undefined; chain = chain.before) longest.push(chain.pair);
  return longest.toReversed();
}

/** The first of the chains, which end ever later in the new text, that ends behind `at`. */
function firstBehind(ends: readonly Chain[], at: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle]?.pair[1] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * jsdiff's time grows with the square of the differences it has to find: two texts of 5,000 unrelated lines take 2.7 s.
 * This much, for all places of one edit together, takes some 10 ms; where it does not suffice, all lines are replaced.
 */
export const MOST_EFFORT = 300 ** 2;

/** The longest common row of lines. Those that only one side has are taken out first: they cost and match nothing. */
function longestCommon(lines: Lines, window: Window): Pair[] {
  const inOld = lines.oldInk.slice(window.oldStart, window.oldEnd);
  const inNew = lines.newInk.slice(window.newStart, window.newEnd);
  const oldPlaces = placesShared(inOld, inNew, window.oldStart);
  const newPlaces = placesShared(inNew, inOld, window.newStart);
  const maxEditLength = Math.floor(Math.sqrt(lines.effort.left));
  const parts = diffArrays(
    oldPlaces.map((place) => lines.oldInk[place]),
    newPlaces.map((place) => lines.newInk[place]),
    { maxEditLength },
  );
  const pairs = parts === undefined ? [] : pairsOf(parts, oldPlaces, newPlaces);
  const differences = oldPlaces.length + newPlaces.length - 2 * pairs.length;
  lines.effort.left -= Math.min(differences, maxEditLength) ** 2;
  return pairs;
}

/** Where the lines are, counted from `start`, that `others` have too. */
function placesShared(lines: readonly number[], others: readonly number[], start: number): number[] {
  const shared = new Set(others);
  const places: number[] = [];
  for (const [index, line] of lines.entries()) if (shared.has(line)) places.push(start + index);
  return places;
}

function pairsOf(
  parts: readonly ChangeObject<unknown>[],
  oldPlaces: readonly number[],
  newPlaces: readonly number[],
): Pair[] {
  const pairs: Pair[] = [];
  let [old, at] = [0, 0];
  for (const { added, removed, count } of parts) {
    const common = added || removed ? 0 : count;
    for (let i = 0; i < common; i += 1) pairs.push([oldPlaces[old + i] ?? 0, newPlaces[at + i] ?? 0]);
    if (!added) old += count;
    if (!removed) at += count;
  }
  return pairs;
}

export function endsLine(text: string): boolean {
  return text === '' || text.endsWith('\n');
}

/** The two code units are one character. False for the NaN that `charCodeAt` gives outside a text. */
export function isPair(high: number, low: number): boolean {
  return (high & 0xfc00) === 0xd800 && (low & 0xfc00) === 0xdc00;
}
