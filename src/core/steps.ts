/**
 * A long computation that lets others go in between: each `next()` takes a step, of some milliseconds for ten thousand
 * lines. Whoever has no time to wait takes all that are left at once ({@link finish}), to the same result.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
