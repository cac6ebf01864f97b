import type { PatchHunk } from '../core/agent-event';

/**
 * The hunks of a unified diff of one file, with or without the lines above them that name it. null: it is none, or the
 * counts of a hunk are not what its lines are, or there is a second file.
 */
export function parseUnifiedPatch(patch: string): readonly PatchHunk[] | null {
  const lines = patch.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const hunks: PatchHunk[] = [];
  for (let at = 0; at < lines.length;) {
    const header = HEADER.exec(lines[at] ?? '');
    if (header === null) {
      if (hunks.length > 0) return null;
      at++;
      continue;
    }
    const body = hunkLines(lines, at + 1, countOf(header[2]), countOf(header[3]));
    if (body === null) return null;
    // A hunk without old lines names the line that it comes after.
    const oldStart = Number(header[1]) + (countOf(header[2]) === 0 ? 1 : 0);
    hunks.push({ oldStart, lines: body });
    at += 1 + body.length;
  }
  return hunks.length === 0 ? null : hunks;
}

const HEADER = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;

function countOf(count: string | undefined): number {
  return count === undefined ? 1 : Number(count);
}

function hunkLines(
  lines: readonly string[],
  from: number,
  oldCount: number,
  newCount: number,
): readonly string[] | null {
  let [old, added, at] = [0, 0, from];
  for (; old < oldCount || added < newCount || (lines[at] ?? '').startsWith('\\'); at++) {
    const sign = lines[at]?.charAt(0);
    if (sign === undefined || !' -+\\'.includes(sign) || sign === '') return null;
    if (sign === ' ' || sign === '-') old++;
    if (sign === ' ' || sign === '+') added++;
  }
  return old === oldCount && added === newCount ? lines.slice(from, at) : null;
}
