import { withoutBrought } from '../core/brought';
import { isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import type { Settings } from '../git/settings';
import type { Attributed } from './attribute';
import type { Target } from './targets';

/**
 * With `hunkmark.movedLines` = `unknown` an agent is no writer of lines that it has written into one file and, in a call of
 * its own, taken out of another: they may be a person's. By default they are the agent's, as the format has it, which
 * knows moves within one call only.
 */
export async function leaveMoved(
  files: Attributed[],
  settings: () => Promise<Pick<Settings, 'movedLines'>>,
): Promise<Attributed[]> {
  const taken = files.map(({ target }) => deletedAlone(target));
  const mayHaveMoved = files.some(
    (file, at) => hasModels(file) && taken.some((lines, other) => other !== at && lines.length > 0),
  );
  if (!mayHaveMoved || (await settings()).movedLines === 'agent') return files;
  return files.map((file, at) => {
    const otherFiles = taken.filter((lines, other) => other !== at && lines.length > 0);
    return withoutBroughtFrom(file, otherFiles);
  });
}

function hasModels({ origins }: Attributed): boolean {
  return origins.some(isModelWritten);
}

/** The old text with its deleted lines alone, the others empty. */
function deletedAlone({ deleted, oldLines }: Target): readonly string[] {
  if (deleted.length === 0) return [];
  const lines = oldLines.map(() => '');
  for (const { start, count } of deleted)
    for (let line = start - 1; line < start - 1 + count; line++) lines[line] = oldLines[line] ?? '';
  return lines;
}

function withoutBroughtFrom(file: Attributed, otherFiles: readonly (readonly string[])[]): Attributed {
  const { lines, added } = file.target;
  const origins: LineOrigin[] = lines.map(() => UNKNOWN);
  for (const { start, count } of added)
    for (let line = start - 1; line < start - 1 + count; line++)
      origins[line] = file.origins[line] ?? UNKNOWN;
  const { known } = withoutBrought(
    { lines, origins, tombstones: [] },
    { sameFile: [], otherFiles },
    () => true,
  );
  return { ...file, origins: known.origins };
}
