export const REWRITTEN_LINES = 10_000;
/** Per cent of the lines that are others. */
export const SHARES = [10, 50, 100];

/** `share` per cent of the lines are others than in the text with none. */
export function rewritten(share: number): string {
  return Array.from({ length: REWRITTEN_LINES }, (_, at) =>
    (at * 37) % 100 < share
      ? `  return transformed_${at}.apply(context_${(at * 3) % 577}, [${at * 5}]);\n`
      : `export const value_${at} = compute_${at % 97}(input_${(at * 7) % 1013}, ${at});\n`,
  ).join('');
}
