import { isModelWritten, isRedeclared, sameOrigin, UNKNOWN, type Evidenced, type LineOrigin } from './origin';
import type { LineSpan, ProvenanceRange, Side } from './range';
import { isVisible, lineKey } from './tokens';

/**
 * Settles the lines without a visible character among added lines: such a line takes the origin of the nearest
 * visible lines above and below in its run where they agree (one of them may be missing); otherwise it is unknown.
 *
 * `origins` has one entry for each line of the text and is not changed; only lines inside `spans` are looked at.
 */
export function settleBlankLines(
  lines: readonly string[],
  spans: readonly LineSpan[],
  origins: readonly LineOrigin[],
): LineOrigin[] {
  const settled = [...origins];
  for (const span of spans) {
    const [low, high] = [span.start - 1, span.start - 1 + span.count];
    const visible = (line: number): boolean => isVisible(lineKey(lines[line] ?? ''));
    for (let line = low; line < high; line++) {
      if (visible(line)) continue;
      let [above, below] = [line - 1, line + 1];
      while (above >= low && !visible(above)) above--;
      while (below < high && !visible(below)) below++;
      settled[line] = agreed(
        above >= low ? origins[above] : undefined,
        below < high ? origins[below] : undefined,
      );
    }
  }
  return settled;
}

function agreed(above: LineOrigin | undefined, below: LineOrigin | undefined): LineOrigin {
  if (above && below) return sameOrigin(above, below) ? above : UNKNOWN;
  return above ?? below ?? UNKNOWN;
}

/** A run of adjacent lines with one origin; `start` is 1-based. */
export interface OriginRun {
  readonly start: number;
  readonly count: number;
  readonly origin: LineOrigin;
}

/** The maximal runs of equal origin inside `spans`, every class. Adjacent spans are one run. */
export function originRuns(spans: readonly LineSpan[], originOf: (line: number) => LineOrigin): OriginRun[] {
  const runs: { start: number; count: number; origin: LineOrigin }[] = [];
  for (const span of spans) {
    for (let line = span.start; line < span.start + span.count; line++) {
      const origin = originOf(line - 1);
      const last = runs.at(-1);
      if (last && last.start + last.count === line && sameOrigin(last.origin, origin)) last.count++;
      else runs.push({ start: line, count: 1, origin });
    }
  }
  return runs;
}

/** The runs that a model wrote, as ranges with the digest of their lines. */
export function modelRanges(
  path: string,
  side: Side,
  runs: readonly OriginRun[],
  lines: readonly string[],
  digest: (lines: readonly string[]) => string,
): ProvenanceRange[] {
  return evidencedRanges({ path, side, runs, lines, digest }, isModelWritten);
}

/** The runs that a person declared human against a model's evidence, as ranges with the digest of their lines. */
export function redeclaredRanges(
  path: string,
  runs: readonly OriginRun[],
  lines: readonly string[],
  digest: (lines: readonly string[]) => string,
): ProvenanceRange[] {
  return evidencedRanges({ path, side: '+', runs, lines, digest }, isRedeclared);
}

interface Cut {
  readonly path: string;
  readonly side: Side;
  readonly runs: readonly OriginRun[];
  readonly lines: readonly string[];
  readonly digest: (lines: readonly string[]) => string;
}

function evidencedRanges(
  { path, side, runs, lines, digest }: Cut,
  isWanted: (origin: LineOrigin) => origin is Evidenced,
): ProvenanceRange[] {
  return runs.flatMap(({ start, count, origin }) => {
    if (!isWanted(origin)) return [];
    const { class: name, via, agent, model } = origin;
    const slice = lines.slice(start - 1, start - 1 + count);
    return [{ path, side, start, count, digest: digest(slice), class: name, via, agent, model }];
  });
}

/** The runs that nobody knows, as ranges with the digest of their lines. */
export function unknownRanges(
  path: string,
  runs: readonly OriginRun[],
  lines: readonly string[],
  digest: (lines: readonly string[]) => string,
): ProvenanceRange[] {
  return runs.flatMap(({ start, count, origin }) => {
    if (origin.class !== 'unknown' && origin.class !== 'base') return [];
    const slice = lines.slice(start - 1, start - 1 + count);
    const nobody = { class: 'unknown', via: null, agent: null, model: null } as const;
    return [{ path, side: '+', start, count, digest: digest(slice), ...nobody }];
  });
}

/**
 * A diff may cut an insertion one or more lines above or below where it was made, when the lines at its edges are
 * equal. An added line that was there all along (`base`) then has the origin of the equal line just outside its span:
 * the texts are the same either way. A line that nobody knows (`unknown`) takes part in no such exchange.
 */
export function slideAdded(
  lines: readonly string[],
  spans: readonly LineSpan[],
  origins: LineOrigin[],
  outside: (line: number) => LineOrigin,
): void {
  const key = (line: number): string => lineKey(lines[line] ?? '');
  for (const span of spans) {
    let [low, high] = [span.start - 1, span.start - 1 + span.count];
    const slides = (from: number, to: number): boolean =>
      origins[from]?.class === 'base' && isModelWritten(outside(to)) && key(from) === key(to);
    for (; low < span.start - 1 + span.count && high < lines.length && slides(low, high); low++, high++)
      origins[low] = outside(high);
    [low, high] = [span.start - 2, span.start - 2 + span.count];
    for (; low >= 0 && high >= span.start - 1 && slides(high, low); low--, high--)
      origins[high] = outside(low);
  }
}
