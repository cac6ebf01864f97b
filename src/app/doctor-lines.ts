import { UNKNOWN } from '../core/origin';
import { POLICY_FILE } from '../core/policy';
import { LARGEST_FILE } from '../git/working-file';
import type { Attributed } from './attribute';
import type { Check, Patient } from './doctor';
import type { EvidenceHost } from './evidence';
import { attributeIndex } from './index-provenance';
import { withRepository } from './opened';
import { readPolicyFiles } from './policy-reading';
import { evidenceHost, nextCommit } from './uncommitted';
import { workingFiles } from './working-policy';

/** Whether the policy of the working tree can be read, and what of it is left out. */
export async function checkPolicy({ worktree }: Patient): Promise<Check[]> {
  const { read } = await readPolicyFiles(workingFiles(worktree));
  switch (read.kind) {
    case 'none':
      return [check('policy', 'fine', `There is no ${POLICY_FILE}: nothing is asked of any path.`)];
    case 'invalid':
      return [
        check(
          'policy',
          'problem',
          `${read.file}:${read.line}:${read.column}: ${read.what}`,
          'mend it: until then commits are not judged, and check ends with 2',
        ),
      ];
    case 'policy': {
      const { systems, unsupported } = read.policy;
      const what = `${POLICY_FILE} holds for ${systems.length} ${systems.length === 1 ? 'system' : 'systems'}.`;
      return [
        check('policy', 'fine', what),
        ...unsupported.map(({ what, from }) => check('policy', 'note', `${from.file}:${from.line}: ${what}`)),
      ];
    }
  }
}

/** How many files are named. */
const FILES = 8;

/** Why lines that are staged are unknown, file by file. */
export async function checkLines({ place }: Patient): Promise<Check[]> {
  return await withRepository(place, async (opened) => {
    const host = evidenceHost(opened);
    const files = await attributeIndex(host, (await nextCommit(opened)).making);
    const open = files.flatMap((file) => {
      const count = unknownLines(file);
      return count === 0 ? [] : [{ file, count }];
    });
    const named = open.slice(0, FILES).map(({ file, count }) => {
      const lines = count === 1 ? '1 staged line' : `${count} staged lines`;
      return check('lines', 'note', `${lines} of ${file.target.path} unknown: ${whyUnknown(host, file)}.`);
    });
    const left = open.length - named.length;
    const more = left > 0 ? [check('lines', 'note', `Unknown lines in ${left} more staged files.`)] : [];
    return [...named, ...more];
  });
}

function unknownLines({ target, origins }: Attributed): number {
  const isUnknown = (line: number): boolean => {
    const { class: lineClass } = origins[line] ?? UNKNOWN;
    const isVisible = (target.lines[line] ?? '').trim() !== '';
    return isVisible && (lineClass === 'unknown' || lineClass === 'base');
  };
  return target.added.reduce((sum, { start, count }) => {
    const lines = Array.from({ length: count }, (_, at) => start - 1 + at);
    return sum + lines.filter(isUnknown).length;
  }, 0);
}

function whyUnknown({ journal }: EvidenceHost, { target }: Attributed): string {
  const size = target.lines.reduce((sum, line) => sum + line.length, 0);
  if (size > LARGEST_FILE) return 'files over 5 MiB are not followed';
  const records = journal.records.filter(({ record }) => record.path === target.path);
  return records.length === 0
    ? 'nobody reported an edit of this file; it was written by a program without hooks, or outside the editor'
    : 'they came after the last reported edit, from something that reports none, such as a shell or a formatter';
}

function check(area: Check['area'], state: Check['state'], what: string, help: string | null = null): Check {
  return { area, state, what, help };
}
