/**
 * One measurement. Untimed preparation is possible: an action that returns a number says itself how many milliseconds
 * it took; otherwise the time until it ends counts.
 */
export type Action = () => Promise<number | void> | number | void;

export interface Pairs {
  readonly pairs: number;
  /** Milliseconds, in the order of measuring. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly medianFirst: number;
  readonly medianSecond: number;
  /** `medianFirst / medianSecond`. */
  readonly ratio: number;
  /** `first[i] / second[i]`: how much the ratio varies. */
  readonly ratios: readonly number[];
}

/** Targets are medians of at least this many pairs. */
export const PAIRS = 20;

/**
 * Runs two actions alternately, `count` times each, after `warmUp` rounds that do not count. Which of them begins
 * changes from pair to pair, so that neither has the advantage of a machine that slows down or warms up.
 */
export async function pairs(
  first: Action,
  second: Action,
  count: number = PAIRS,
  warmUp = 2,
): Promise<Pairs> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = -warmUp; round < count; round++) {
    const begins = round % 2 === 0;
    const one = await timed(begins ? first : second);
    const other = await timed(begins ? second : first);
    if (round < 0) continue;
    a.push(begins ? one : other);
    b.push(begins ? other : one);
  }
  const [medianFirst, medianSecond] = [median(a), median(b)];
  return {
    pairs: count,
    first: a,
    second: b,
    medianFirst,
    medianSecond,
    ratio: medianFirst / medianSecond,
    ratios: a.map((value, i) => value / (b[i] ?? Number.NaN)),
  };
}

async function timed(action: Action): Promise<number> {
  const began = performance.now();
  const said = await action();
  return typeof said === 'number' ? said : performance.now() - began;
}

/** NaN for no values. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which the given share of all values lies, between the two nearest; NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at - Math.floor(at));
}
