import type { LineSource } from './align';
import { isModelWritten, UNKNOWN, type LineOrigin } from './origin';
import { ANCHOR_WEIGHT } from './runs';
import { lineWeight } from './tokens';

/** Another text in which lines are found again. */
export interface FoundIn {
  readonly lines: readonly string[];
  /** Where a line (0-based) stands there; null: it does not. */
  readonly placeOf: (line: number) => number | null;
}

/**
 * Which lines may hand on a model's origin when only some lines of their text are found again. A line of weight always.
 * Boilerplate only with its own: a line of weight in its run of a model's lines is found too; or, if the run has none, the
 * lines of weight on both sides of it, with no line of weight between them but theirs. Otherwise the brackets of a function
 * that a person threw away would make the next one, typed in its place, the model's, and so would a bracket that a model has
 * added below a function which the commit has without it.
 */
export function vouchedLines(
  text: { readonly lines: readonly string[]; readonly origins: readonly LineOrigin[] },
  { lines: now, placeOf }: FoundIn,
): (line: number) => boolean {
  const { lines, origins } = text;
  const isModels = (line: number): boolean => isModelWritten(origins[line] ?? UNKNOWN);
  const vouched = new Map<number, boolean>();
  const judgeRun = (first: number): boolean => {
    let hasHeavy = false;
    let last = first;
    for (; isModels(last); last++) {
      if (!weighs(lines, last)) continue;
      if (placeOf(last) !== null) return true;
      hasHeavy = true;
    }
    if (hasHeavy) return false;
    let above = first - 1;
    while (above >= 0 && !weighs(lines, above)) above--;
    while (last < lines.length && !weighs(lines, last)) last++;
    const from = above < 0 ? -1 : placeOf(above);
    const to = last === lines.length ? now.length : placeOf(last);
    return from !== null && to !== null && from < to && !someWeighs(now, from + 1, to);
  };
  let starts: readonly number[] | null = null;
  return (line) => {
    if (!isModels(line) || weighs(lines, line)) return true;
    // Once for all lines: a run may be long.
    const first = (starts ??= runStarts(lines, isModels))[line] ?? line;
    const known = vouched.get(first) ?? judgeRun(first);
    vouched.set(first, known);
    return known;
  };
}

/** For each line where the run of a model's lines that it is in begins. */
function runStarts(lines: readonly string[], isModels: (line: number) => boolean): number[] {
  let first = 0;
  return lines.map((_, line) => {
    if (!isModels(line - 1)) first = line;
    return first;
  });
}

export function weighs(lines: readonly string[], line: number): boolean {
  return lineWeight(lines[line] ?? '') >= ANCHOR_WEIGHT;
}

function someWeighs(lines: readonly string[], from: number, to: number): boolean {
  for (let line = from; line < to; line++) if (weighs(lines, line)) return true;
  return false;
}

/** Lines that stand in another text as they were, or broken by a formatter, and those of `more` (new line → old line). */
export function foundIn(
  lines: readonly string[],
  sources: readonly LineSource[],
  more: ReadonlyMap<number, number> = new Map(),
): FoundIn {
  let places: Map<number, number> | null = null;
  const read = (): Map<number, number> => {
    const found = new Map<number, number>();
    sources.forEach((source, line) => {
      if (source.kind === 'same') found.set(source.old, line);
      if (source.kind === 'reformat') for (const old of source.olds) found.set(old, line);
    });
    for (const [line, old] of more) found.set(old, line);
    return found;
  };
  return { lines, placeOf: (line) => (places ??= read()).get(line) ?? null };
}
