import { align } from '../core/align';
import { withoutBrought } from '../core/brought';
import type { KnownRecord } from '../core/journal';
import { splitLines } from '../core/lines';
import type { LineOrigin } from '../core/origin';
import type { Folded } from './fold';
import { withoutModels } from './recording';

/*
 * A call that changes several files is one step: lines that it only moved from one to another keep whose they were.
 */

/** The lines that a step took out of a file, those of persons; the others are empty. */
export function linesTakenOut(before: string, now: string, known: readonly KnownRecord[]): readonly string[] {
  const lines = splitLines(before);
  const { kept } = align(lines, splitLines(now));
  return withoutModels(
    lines.map((line, at) => (kept[at] ? '' : line)),
    known,
  );
}

/** The step in one file, without the claim to what it took out of the others. `earlier`: what was known of this file. */
export function withoutMoved(
  folded: Folded,
  earlier: readonly KnownRecord[],
  otherFiles: readonly (readonly string[])[],
): Folded {
  if (otherFiles.length === 0) return folded;
  const before = new Set<LineOrigin>(earlier.flatMap(({ known }) => known.origins));
  const texts = { sameFile: [], otherFiles };
  return { ...folded, known: withoutBrought(folded.known, texts, (origin) => !before.has(origin)).known };
}
