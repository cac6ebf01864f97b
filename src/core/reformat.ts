import type { LineSource } from './align';
import { ANCHOR_WEIGHT, type Window } from './runs';
import { lineKey, lineTokens, weighUpTo } from './tokens';

/** Tokens a gap may have on both sides together before only the whole gap is looked at. */
const TOKEN_BUDGET = 4000;

interface Token {
  readonly word: string;
  readonly line: number;
}

/**
 * W1: a gap whose tokens are equal is a reformat. W2: else single new lines all of whose tokens are kept. Whether any line
 * was explained.
 */
export function reformatGap(
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
    explainByTokens({ oldLines, newLines, gap }, after, from, sources);
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

interface Gap {
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  readonly gap: Window;
}

/**
 * Gives each new line of a gap the old lines its tokens come from. Separators alone go with the token before, unless
 * separators alone stood there already: these are those, the last with the last, for what a broken line adds comes first.
 */
function explainByTokens(
  texts: Gap,
  after: readonly Token[],
  from: readonly number[],
  sources: LineSource[],
): void {
  const { gap, newLines } = texts;
  const olds = new Map<number, number[]>();
  after.forEach((token, i) => {
    const list = olds.get(token.line) ?? [];
    const old = from[i] ?? -1;
    if (!list.includes(old)) list.push(old);
    olds.set(token.line, list);
  });
  let above = gap.aLow - 1;
  let bare: number[] = [];
  const settle = (below: number): void => {
    if (bare.length === 0) return;
    const there = visibleLines(texts.oldLines, above + 1, below);
    const last = above < gap.aLow ? (from[0] ?? gap.aLow) : above;
    const added = bare.length - there.length;
    bare.forEach((line, at) => {
      sources[line] = { kind: 'reformat', olds: [there[at - added] ?? last] };
    });
    bare = [];
  };
  for (let line = gap.bLow; line < gap.bHigh; line++) {
    const own = olds.get(line);
    if (own) {
      settle(own[0] ?? above);
      sources[line] = { kind: 'reformat', olds: own };
      above = own.at(-1) ?? above;
    } else if (lineKey(newLines[line] ?? '') !== '') bare.push(line);
  }
  settle(gap.aHigh);
}

function visibleLines(lines: readonly string[], from: number, to: number): number[] {
  const visible: number[] = [];
  for (let line = from; line < to; line++) if (lineKey(lines[line] ?? '') !== '') visible.push(line);
  return visible;
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
