import { numberLines, type LineNumbers } from './line-numbers';
import {
  ANCHOR_WEIGHT,
  anchoredRuns,
  longestFirst,
  weighShared,
  type Interned,
  type Run,
  type Window,
} from './runs';
import { finish, type Steps } from './steps';
import { heavyWords, lineKey, lineTokens, weighUpTo, weightOf, wordWeight } from './tokens';

/**
 * Where a new line comes from. `same`: the same line but for white space. `reformat`: its words and signs all come
 * from these old lines, a formatter broke them differently. `derived`: it shares at least half of its words with
 * this old line. `new`: none of these. Lines are 0-based.
 */
export type LineSource =
  | { readonly kind: 'same'; readonly old: number }
  | { readonly kind: 'reformat'; readonly olds: readonly number[] }
  | { readonly kind: 'derived'; readonly old: number }
  | { readonly kind: 'new' };

export interface Alignment {
  /** One entry for each new line. */
  readonly sources: readonly LineSource[];
  /** 1 for every old line that is still in place: the same, or reformatted. */
  readonly kept: Uint8Array;
  /** Runs of equal lines that are anchored, ascending on both sides. */
  readonly runs: readonly Run[];
  /** The numbers under which the lines were compared; null: the texts are equal. */
  readonly numbers: LineNumbers | null;
}

const NEW: LineSource = { kind: 'new' };
/** Tokens a gap may have on both sides together before only the whole gap is looked at. */
const TOKEN_BUDGET = 4000;
/** Pairs of lines that one gap may compare for shared words. */
const DERIVE_BUDGET = 400_000;
/** Weight that a line must share with one outside its gap. */
const FAR_WEIGHT = 10;

/**
 * Which runs of equal lines count. `anchored`: those that hold a line of weight or touch a proved one; for texts
 * between which anybody may have typed anything. `every`: boilerplate too; for one step of one writer, who did not
 * write the bracket that was there before and is there still.
 */
export type Matching = 'anchored' | 'every';

/**
 * Matches the lines of two texts (laws L and W of carrying provenance). Lines are matched by their keys, so
 * indentation and line ends never matter; longest runs first; a run counts only if it is anchored.
 *
 * Laws: runs ascend on both sides; a `same` line has the key of its old line; equal texts are `same` throughout;
 * no old line is `same` for two new lines.
 */
export function align(
  oldLines: readonly string[],
  newLines: readonly string[],
  matching: Matching = 'anchored',
): Alignment {
  return finish(aligning(oldLines, newLines, matching));
}

/** How many gaps are looked into at a time. */
const GAPS = 250;

/** The same in steps. */
export function* aligning(
  oldLines: readonly string[],
  newLines: readonly string[],
  matching: Matching,
): Steps<Alignment> {
  const sources: LineSource[] = Array.from({ length: newLines.length }, () => NEW);
  const kept = new Uint8Array(oldLines.length);
  const keep = (run: Run): void => {
    for (let i = 0; i < run.length; i++) {
      sources[run.bStart + i] = { kind: 'same', old: run.aStart + i };
      kept[run.aStart + i] = 1;
    }
  };
  if (areEqual(oldLines, newLines)) {
    const runs = newLines.length === 0 ? [] : [{ aStart: 0, bStart: 0, length: newLines.length }];
    runs.forEach(keep);
    return { sources, kept, runs, numbers: null };
  }
  const numbers = numberLines(oldLines, newLines);
  yield;
  const runs = matchRuns(oldLines, newLines, numbers);
  runs.forEach(keep);
  yield;
  const touching: Run[] = [];
  for (const [at, gap] of gapsBetween(runs, oldLines.length, newLines.length).entries()) {
    if (at % GAPS === GAPS - 1) yield;
    if (!reformatGap(oldLines, newLines, gap, sources, kept)) continue;
    for (const run of lightRunsTouchingProof(numbers, gap, sources, kept)) {
      keep(run);
      touching.push(run);
    }
  }
  const ordered = [...runs, ...touching].sort((x, y) => x.bStart - y.bStart);
  if (matching === 'every')
    for (const [at, gap] of gapsBetween(ordered, oldLines.length, newLines.length).entries()) {
      if (at % GAPS === GAPS - 1) yield;
      lightRuns(numbers, gap, sources, kept).forEach(keep);
    }
  return { sources, kept, runs: ordered, numbers };
}

/** Line for line, white space too. */
export function areEqual(oldLines: readonly string[], newLines: readonly string[]): boolean {
  if (oldLines === newLines) return true;
  return oldLines.length === newLines.length && oldLines.every((line, at) => line === newLines[at]);
}

/**
 * The second half of law W: new lines that are still unexplained derive from the unplaced old line of their gap with
 * which they share the most. Moves are looked for between the two, because a moved line is no edit of another.
 *
 * `reach` is where else an old line is looked for. `text`: anywhere, if the two are nearly the same; a writer who
 * moves a line and changes a word of it in one step has not written the line.
 *
 * A gap with no old line that `matters` is left out: whoever asks makes nothing of a line that derives from its lines.
 */
export function derive(
  oldLines: readonly string[],
  newLines: readonly string[],
  alignment: Alignment,
  isOpen: { readonly old: (line: number) => boolean; readonly new: (line: number) => boolean },
  reach: 'gap' | 'text' = 'gap',
  matters: (old: number) => boolean = () => true,
): LineSource[] {
  const sources = [...alignment.sources];
  for (const gap of gapsBetween(alignment.runs, oldLines.length, newLines.length)) {
    if (!someLine(gap.aLow, gap.aHigh, (old) => matters(old) && isOpen.old(old))) continue;
    const open = (line: number): boolean => sources[line]?.kind === 'new' && isOpen.new(line);
    const index = wordsOf(oldLines, gap, isOpen.old);
    let budget = DERIVE_BUDGET;
    for (let line = gap.bLow; line < gap.bHigh && budget > 0; line++) {
      if (!open(line)) continue;
      const found = mostShared(newLines[line] ?? '', index);
      budget -= found.looked;
      if (isDerived(found)) sources[line] = { kind: 'derived', old: found.old };
    }
  }
  if (reach === 'text') deriveAnywhere(oldLines, newLines, alignment, isOpen, sources);
  return sources;
}

function someLine(from: number, to: number, is: (line: number) => boolean): boolean {
  for (let line = from; line < to; line++) if (is(line)) return true;
  return false;
}

function deriveAnywhere(
  oldLines: readonly string[],
  newLines: readonly string[],
  alignment: Alignment,
  isOpen: { readonly old: (line: number) => boolean; readonly new: (line: number) => boolean },
  sources: LineSource[],
): void {
  const open = openLines(0, newLines.length, (line) => sources[line]?.kind === 'new' && isOpen.new(line));
  if (open.length === 0) return;
  const all = { aLow: 0, aHigh: oldLines.length, bLow: 0, bHigh: newLines.length };
  const index = wordsOf(oldLines, all, (line) => !alignment.kept[line] && isOpen.old(line));
  let budget = DERIVE_BUDGET;
  for (const line of open) {
    if (budget <= 0) break;
    const found = mostShared(newLines[line] ?? '', index);
    budget -= found.looked;
    if (isNearlySame(found)) sources[line] = { kind: 'derived', old: found.old };
  }
}

/** The parts between runs where the sides differ; runs ascend on both sides. */
function gapsBetween(runs: readonly Run[], oldLength: number, newLength: number): Window[] {
  const gaps: Window[] = [];
  let [a, b] = [0, 0];
  for (const run of [...runs, { aStart: oldLength, bStart: newLength, length: 0 }]) {
    if (run.aStart > a || run.bStart > b)
      gaps.push({ aLow: a, aHigh: run.aStart, bLow: b, bHigh: run.bStart });
    [a, b] = [run.aStart + run.length, run.bStart + run.length];
  }
  return gaps;
}

/** L1 and L2: equal ends first, then longest anchored common run, recursively. */
function matchRuns(oldLines: readonly string[], newLines: readonly string[], numbers: LineNumbers): Run[] {
  const { a, b } = numbers;
  const [n, m] = [a.length, b.length];
  const { head, tail } = equalEnds(a, b);
  if (head === n && n === m) return n === 0 ? [] : [{ aStart: 0, bStart: 0, length: n }];
  const holdsAnchor = (run: Run): boolean => {
    for (let i = 0; i < run.length; i++)
      if (weighUpTo(oldLines[run.aStart + i] ?? '', ANCHOR_WEIGHT) >= ANCHOR_WEIGHT) return true;
    return false;
  };
  const ends = [
    { aStart: 0, bStart: 0, length: head },
    { aStart: n - tail, bStart: m - tail, length: tail },
  ].filter((run) => run.length > 0 && holdsAnchor(run));
  const middle = { aLow: head, aHigh: n - tail, bLow: head, bHigh: m - tail };
  const inner = middleRuns(numbers, newLines, middle);
  return [...inner, ...ends].sort((x, y) => x.aStart - y.aStart);
}

/** How many lines are equal from the beginning on, and of the others from the end on. */
function equalEnds(a: Int32Array, b: Int32Array): { readonly head: number; readonly tail: number } {
  const [n, m] = [a.length, b.length];
  const shortest = Math.min(n, m);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shortest - head && a[n - 1 - tail] === b[m - 1 - tail]) tail++;
  return { head, tail };
}

function middleRuns({ a, b, count }: LineNumbers, newLines: readonly string[], middle: Window): Run[] {
  const { aLow, aHigh, bLow, bHigh } = middle;
  if (aLow === aHigh || bLow === bHigh) return [];
  const inside = { a: a.subarray(aLow, aHigh), b: b.subarray(bLow, bHigh), count };
  const weight = weighShared(inside, (line) => weighUpTo(newLines[bLow + line] ?? '', ANCHOR_WEIGHT));
  const lines = { a, b, weight };
  return longestFirst(anchoredRuns(lines, middle), { a: a.length, b: b.length }, 'monotone', (run) =>
    isAnchored(lines, run),
  );
}

function isAnchored(lines: Interned, run: Run): boolean {
  for (let i = 0; i < run.length; i++)
    if ((lines.weight[lines.a[run.aStart + i] ?? -1] ?? 0) >= ANCHOR_WEIGHT) return true;
  return false;
}

interface Token {
  readonly word: string;
  readonly line: number;
}

/**
 * W1: a gap whose tokens are equal is a reformat. W2: else single new lines all of whose tokens are kept. Whether any line
 * was explained.
 */
function reformatGap(
  oldLines: readonly string[],
  newLines: readonly string[],
  gap: Window,
  sources: LineSource[],
  kept: Uint8Array,
): boolean {
  const { aLow, aHigh, bLow, bHigh } = gap;
  if (aLow === aHigh || bLow === bHigh) return false;
  if (haveEqualTokens(oldLines, newLines, gap)) {
    const before = tokensWithin(Infinity, oldLines, aLow, aHigh) ?? [];
    const after = tokensWithin(Infinity, newLines, bLow, bHigh) ?? [];
    if (after.length === 0) return false;
    const from = after.map((_, i) => before[i]?.line ?? aLow);
    explainByTokens(newLines, gap, after, from, sources);
    kept.fill(1, aLow, aHigh);
    return true;
  }
  const before = tokensWithin(TOKEN_BUDGET, oldLines, aLow, aHigh);
  const after = before && tokensWithin(TOKEN_BUDGET - before.length, newLines, bLow, bHigh);
  if (!before || !after || !hasKeptLine(newLines, before, after)) return false;
  return reformatSingleLines(newLines, gap, before, after, sources, kept);
}

/** Reads only as far as they are equal: most gaps differ in their first token. */
function haveEqualTokens(oldLines: readonly string[], newLines: readonly string[], gap: Window): boolean {
  let [old, line] = [gap.aLow, gap.bLow];
  let [before, after]: [string[], string[]] = [[], []];
  let [at, to] = [0, 0];
  for (;;) {
    for (; at === before.length && old < gap.aHigh; at = 0) before = lineTokens(oldLines[old++] ?? '');
    for (; to === after.length && line < gap.bHigh; to = 0) after = lineTokens(newLines[line++] ?? '');
    const isEnd = at === before.length;
    if (isEnd || to === after.length) return isEnd && to === after.length;
    if (before[at++] !== after[to++]) return false;
  }
}

/** null: there are more than `most`. */
function tokensWithin(most: number, lines: readonly string[], from: number, to: number): Token[] | null {
  const tokens: Token[] = [];
  for (let line = from; line < to; line++) {
    for (const word of lineTokens(lines[line] ?? '')) tokens.push({ word, line });
    if (tokens.length > most) return null;
  }
  return tokens;
}

/** Whether `before` has all tokens of some line of weight, in whatever order; else there is no need to compare them. */
function hasKeptLine(
  newLines: readonly string[],
  before: readonly Token[],
  after: readonly Token[],
): boolean {
  const there = new Set(before.map(({ word }) => word));
  for (let at = 0; at < after.length;) {
    const line = after[at]?.line ?? -1;
    let isKept = true;
    for (; after[at]?.line === line; at++) isKept &&= there.has(after[at]?.word ?? '');
    if (isKept && weighUpTo(newLines[line] ?? '', ANCHOR_WEIGHT) >= ANCHOR_WEIGHT) return true;
  }
  return false;
}

/** Gives each new line of a gap the old lines its tokens come from; separators alone go with the token before. */
function explainByTokens(
  newLines: readonly string[],
  gap: Window,
  after: readonly Token[],
  from: readonly number[],
  sources: LineSource[],
): void {
  const olds = new Map<number, number[]>();
  after.forEach((token, i) => {
    const list = olds.get(token.line) ?? [];
    const old = from[i] ?? -1;
    if (!list.includes(old)) list.push(old);
    olds.set(token.line, list);
  });
  let last = from[0] ?? gap.aLow;
  for (let line = gap.bLow; line < gap.bHigh; line++) {
    const own = olds.get(line);
    if (own) last = own.at(-1) ?? last;
    if (own || lineKey(newLines[line] ?? '') !== '')
      sources[line] = { kind: 'reformat', olds: own ?? [last] };
  }
}

function reformatSingleLines(
  newLines: readonly string[],
  gap: Window,
  before: readonly Token[],
  after: readonly Token[],
  sources: LineSource[],
  kept: Uint8Array,
): boolean {
  const from = commonTokens(before, after);
  let isAny = false;
  const total = countBy(before.map((token) => token.line));
  const keptTokens = countBy(from.flatMap((at) => (at < 0 ? [] : [before[at]?.line ?? -1])));
  let at = 0;
  for (let line = gap.bLow; line < gap.bHigh; line++) {
    const first = at;
    while (at < after.length && after[at]?.line === line) at++;
    const own = from.slice(first, at);
    if (own.length === 0 || own.includes(-1)) continue;
    const olds = [...new Set(own.map((token) => before[token]?.line ?? -1))];
    const halfKept = olds.every((old) => 2 * (keptTokens.get(old) ?? 0) >= (total.get(old) ?? 0));
    if (!halfKept || weighUpTo(newLines[line] ?? '', ANCHOR_WEIGHT) < ANCHOR_WEIGHT) continue;
    sources[line] = { kind: 'reformat', olds };
    for (const old of olds) kept[old] = 1;
    isAny = true;
  }
  return isAny;
}

function countBy(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** For each token of `after` the token of `before` it is, or -1: longest common subsequence, by dynamic programming. */
function commonTokens(before: readonly Token[], after: readonly Token[]): number[] {
  const [n, m] = [before.length, after.length];
  const numbers = new Map<string, number>();
  const number = (token: Token): number => {
    const known = numbers.get(token.word) ?? numbers.size;
    numbers.set(token.word, known);
    return known;
  };
  const a = Int32Array.from(before, number);
  const b = Int32Array.from(after, number);
  const width = m + 1;
  const length = new Uint16Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      length[i * width + j] =
        a[i] === b[j]
          ? 1 + (length[(i + 1) * width + j + 1] ?? 0)
          : Math.max(length[(i + 1) * width + j] ?? 0, length[i * width + j + 1] ?? 0);
  const from: number[] = Array.from({ length: m }, () => -1);
  for (let i = 0, j = 0; i < n && j < m;) {
    if (a[i] === b[j]) from[j++] = i++;
    else if ((length[(i + 1) * width + j] ?? 0) >= (length[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return from;
}

/** L2's second way to be anchored: equal lines that touch a line which W1 or W2 has proved. */
function lightRunsTouchingProof(
  { a, b }: LineNumbers,
  gap: Window,
  sources: readonly LineSource[],
  kept: Uint8Array,
): Run[] {
  const runs: Run[] = [];
  const claimedOld = new Set<number>();
  const claimedNew = new Set<number>();
  const free = (old: number, line: number): boolean =>
    old >= gap.aLow &&
    old < gap.aHigh &&
    line >= gap.bLow &&
    line < gap.bHigh &&
    !kept[old] &&
    !claimedOld.has(old) &&
    !claimedNew.has(line) &&
    sources[line]?.kind === 'new' &&
    a[old] === b[line];
  const walk = (old: number, line: number, step: 1 | -1): void => {
    let length = 0;
    while (free(old + step * length, line + step * length)) {
      claimedOld.add(old + step * length);
      claimedNew.add(line + step * length++);
    }
    if (length === 0) return;
    const back = step === 1 ? 0 : length - 1;
    runs.push({ aStart: old - back, bStart: line - back, length });
  };
  for (let line = gap.bLow; line < gap.bHigh; line++) {
    const source = sources[line];
    if (source?.kind !== 'reformat') continue;
    walk(Math.max(...source.olds) + 1, line + 1, 1);
    walk(Math.min(...source.olds) - 1, line - 1, -1);
  }
  return runs;
}

/**
 * Equal lines of a gap that nothing has explained, whatever they weigh: equal ends first, then the longest runs, in
 * any order, for of two brackets that changed places neither is new. They stand beside the alignment's own runs.
 */
function lightRuns(
  numbers: LineNumbers,
  gap: Window,
  sources: readonly LineSource[],
  kept: Uint8Array,
): Run[] {
  const olds = openLines(gap.aLow, gap.aHigh, (line) => !kept[line]);
  const news = openLines(gap.bLow, gap.bHigh, (line) => sources[line]?.kind === 'new');
  if (olds.length === 0 || news.length === 0) return [];
  const lines = denseNumbers(numbers, olds, news);
  const { a, b } = lines;
  const { head, tail } = equalEnds(a, b);
  const middle = { aLow: head, aHigh: a.length - tail, bLow: head, bHigh: b.length - tail };
  const runs = [
    { aStart: 0, bStart: 0, length: head },
    ...longestFirst(anchoredRuns(lines, middle), { a: a.length, b: b.length }, 'any', () => true),
    { aStart: a.length - tail, bStart: b.length - tail, length: tail },
  ];
  return runs.flatMap((run) =>
    olds
      .slice(run.aStart, run.aStart + run.length)
      .map((aStart, i) => ({ aStart, bStart: news[run.bStart + i] ?? 0, length: 1 })),
  );
}

/** Some lines under numbers of their own, as few as they are; all anchor a run. */
function denseNumbers({ a, b }: LineNumbers, olds: readonly number[], news: readonly number[]): Interned {
  const dense = new Map<number, number>();
  const number = (line: number): number => {
    const known = dense.get(line) ?? dense.size;
    dense.set(line, known);
    return known;
  };
  const left = Int32Array.from(olds, (line) => number(a[line] ?? 0));
  const right = Int32Array.from(news, (line) => number(b[line] ?? 0));
  return { a: left, b: right, weight: new Int32Array(dense.size).fill(ANCHOR_WEIGHT) };
}

function openLines(from: number, to: number, isOpen: (line: number) => boolean): number[] {
  const lines: number[] = [];
  for (let line = from; line < to; line++) if (isOpen(line)) lines.push(line);
  return lines;
}

interface WordIndex {
  /** Ascending; a line that has the word twice is there twice. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly weights: ReadonlyMap<number, number>;
}

/** For each heavy word the old lines of the gap that have it, and how often. */
function wordsOf(lines: readonly string[], gap: Window, isOpen: (line: number) => boolean): WordIndex {
  const places = new Map<string, number[]>();
  const weights = new Map<number, number>();
  for (let line = gap.aLow; line < gap.aHigh; line++) {
    if (!isOpen(line)) continue;
    const words = heavyWords(lines[line] ?? '');
    weights.set(line, weightOf(words));
    for (const word of words) {
      const at = places.get(word);
      if (at) at.push(line);
      else places.set(word, [line]);
    }
  }
  return { places, weights };
}

/** The old line that shares the most with a new one (-1: none), and the weights that say how much that is. */
interface Shared {
  readonly old: number;
  readonly weight: number;
  readonly lighter: number;
  readonly heavier: number;
  readonly looked: number;
}

function mostShared(line: string, index: WordIndex): Shared {
  const words = heavyWords(line);
  const shared = new Map<number, number>();
  let looked = 1;
  for (const [word, times] of tally(words.filter((each) => index.places.has(each)))) {
    const weight = wordWeight(word);
    const places = index.places.get(word) ?? [];
    for (let at = 0; at < places.length;) {
      const old = places[at] ?? -1;
      const first = at;
      while (places[at] === old) at++;
      looked++;
      shared.set(old, (shared.get(old) ?? 0) + Math.min(times, at - first) * weight);
    }
  }
  if (shared.size === 0) return { old: -1, weight: 0, lighter: 0, heavier: 0, looked };
  let [best, most] = [-1, 0];
  for (const [old, weight] of shared) if (weight > most) [best, most] = [old, weight];
  const [own, other] = [weightOf(words), index.weights.get(best) ?? 0];
  return { old: best, weight: most, lighter: Math.min(own, other), heavier: Math.max(own, other), looked };
}

/** W3: at least 3, and at least half of the lighter of the two. */
function isDerived({ weight, lighter }: Shared): boolean {
  return weight >= ANCHOR_WEIGHT && 2 * weight >= lighter;
}

/** Half of the heavier of the two, and more than a name or two that any line of the file may have. */
function isNearlySame({ weight, heavier }: Shared): boolean {
  return weight >= FAR_WEIGHT && 2 * weight >= heavier;
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
