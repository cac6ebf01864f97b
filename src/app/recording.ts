import type { AgentCall, Change } from '../core/agent-event';
import { headsOf, timeAfter, type KnownRecord, type StartedRecord } from '../core/journal';
import { isModelWritten, UNKNOWN } from '../core/origin';
import { replay } from '../core/replay';
import { lineKey } from '../core/tokens';
import { readHead } from '../git/head';
import { appendRecord, readJournal, type Journal } from '../git/journal-files';
import type { Repository } from '../git/repository';
import { markPending } from '../git/state-files';
import type { Folded } from './fold';

/** How many of a writer's records of a file say what is going on in it; each was made from those before it. */
export const RECENT = 12;

/** A file of a repository that has Hunkmark. */
export interface Place {
  readonly repository: Repository;
  readonly journal: Journal;
  readonly path: string;
  readonly file: string;
}

export async function appendKnown(
  place: Place,
  call: AgentCall,
  folded: Folded,
  exists: boolean,
  earlier: readonly KnownRecord[],
  now: number,
): Promise<void> {
  const used = new Set(earlier.flatMap((record) => record.from));
  markPending(place.repository.commonDir);
  appendRecord(place.journal, writerOf(call), {
    kind: 'known',
    path: place.path,
    known: folded.known,
    exists,
    commit: await readHead(place.repository),
    from: earlier.filter((record) => !used.has(record.id)).map((record) => record.id),
    at: timeAfter(earlier, now),
    session: call.session,
    call: call.call,
    claimed: folded.claimed,
  });
}

export interface PathRecords {
  readonly known: readonly KnownRecord[];
  readonly started: readonly StartedRecord[];
}

/** What this working tree's journal holds about the file. */
export function recordsOf(place: Place, latest: number): PathRecords {
  const { records } = readJournal(place.journal, { path: place.path, latest });
  const own = records.filter((placed) => placed.worktree === place.journal.worktree);
  return {
    known: own.flatMap(({ record }) =>
      record.kind === 'known' && record.path === place.path ? [record] : [],
    ),
    started: own.flatMap(({ record }) =>
      record.kind === 'started' && record.path === place.path ? [record] : [],
    ),
  };
}

/**
 * How the call began that has ended. Agents without ids of calls repeat one: it may have begun before and failed, or been
 * denied, and others have written since. So it is the last beginning from which the change can be carried out.
 */
export function startOf(
  { session, call }: AgentCall,
  change: Change,
  { started }: PathRecords,
): StartedRecord | undefined {
  const begun = started.filter((record) => record.session === session && record.call === call);
  return begun.findLast(({ before }) => replay(change, before) !== null) ?? begun.at(-1);
}

/** The lines of a text, but for those that a model is known to have written: they stay a model's wherever they go. */
export function withoutModels(lines: readonly string[], known: readonly KnownRecord[]): readonly string[] {
  const models = new Set<string>();
  for (const { known: text } of headsOf(known))
    text.lines.forEach((line, at) => {
      if (isModelWritten(text.origins[at] ?? UNKNOWN)) models.add(lineKey(line));
    });
  return models.size === 0 ? lines : lines.map((line) => (models.has(lineKey(line)) ? '' : line));
}

export function writerOf(call: AgentCall): string {
  return `${call.agent}-${call.session}${call.subagent === null ? '' : `-${call.subagent}`}`;
}
