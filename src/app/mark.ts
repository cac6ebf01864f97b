import * as path from 'node:path';
import { splitLines } from '../core/lines';
import type { LineSpan } from '../core/range';
import { readWorkingFile } from '../git/working-file';
import { followBuffer } from './open-buffer';
import { openFile, recordFile, uncommittedLines, type OpenedFile, type OpenFile } from './open-file';
import type { Place } from './opened';
import { requirePerson } from './person';
import { Refused } from './refused';

/** Lines of a file of the working tree (1-based, both inclusive), and whose a person says they are. */
export interface Marking {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly as: 'ai' | 'human';
  /** Name as trailers have it; null: not known, or a person. */
  readonly agent: string | null;
}

export interface Marked {
  /** Path in the repository. */
  readonly path: string;
  /** Lines that are marked now. */
  readonly marked: number;
  /** Lines of the range that the last commit has already; what it says of them stands. */
  readonly committed: number;
}

/** Names as trailers have them. */
const AGENT = /^[A-Za-z0-9][A-Za-z0-9._/@+-]{0,63}$/;

/**
 * A person says where lines came from that are not committed yet. Refused in a shell that an agent started, and where
 * nothing would come of it.
 */
export async function mark(place: Place, marking: Marking, now: number): Promise<Marked> {
  requirePerson(place, 'mark is the word of a person');
  const { as, agent } = marking;
  if (agent !== null && as === 'human') throw new Refused('--agent goes with --as ai');
  if (agent !== null && !AGENT.test(agent))
    throw new Refused(
      'an agent is named with letters, digits and . _ / @ + -, at most 64, beginning with a letter or digit',
    );
  const { file, text } = await openNamed(place, marking.path);
  const spans = chosenLines(file, splitLines(text), marking);
  const buffer = followBuffer(file);
  for (const { start, count } of spans) buffer.declare(start - 1, start + count - 2, as, agent, now);
  if (recordFile(file, { known: buffer.known(), writer: WRITER, now }) === null)
    throw new Refused('Hunkmark is not installed in this repository: hunkmark install');
  const marked = spans.reduce((sum, { count }) => sum + count, 0);
  return { path: file.path, marked, committed: marking.end - marking.start + 1 - marked };
}

const WRITER = 'hunkmark-mark';

async function openNamed(place: Place, name: string): Promise<{ file: OpenFile; text: string }> {
  const absolute = path.resolve(place.cwd, name);
  const found = readWorkingFile(absolute);
  if (found.kind === 'missing') throw new Refused(`there is no file ${name}`);
  if (found.kind === 'untracked') throw new Refused(`${name} has no lines that Hunkmark follows`);
  const opened = await openFile(absolute, found.text);
  if (opened.kind === 'untracked') throw new Refused(`${name} ${WHY_NOT[opened.why]}`);
  return { file: opened.file, text: found.text };
}

const WHY_NOT: Readonly<Record<Extract<OpenedFile, { kind: 'untracked' }>['why'], string>> = {
  'no-repository': 'is not in a git working tree',
  'too-large': 'is too large to be followed',
  ignored: 'is ignored by git',
};

function chosenLines(file: OpenFile, lines: readonly string[], { start, end }: Marking): LineSpan[] {
  if (end > lines.length) throw new Refused(`${file.path} has ${lines.length} lines`);
  const spans = uncommittedLines(file.head, lines).flatMap((span) => {
    const first = Math.max(span.start, start);
    const count = Math.min(span.start + span.count - 1, end) - first + 1;
    return count > 0 ? [{ start: first, count }] : [];
  });
  if (spans.length === 0)
    throw new Refused(
      `these lines of ${file.path} are committed; only what is not committed yet can be marked`,
    );
  return spans;
}
