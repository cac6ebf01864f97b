import * as path from 'node:path';
import { headsOf, type KnownRecord } from '../core/journal';
import { splitLines } from '../core/lines';
import { isEvidenced, UNKNOWN } from '../core/origin';
import { isVisible, lineKey } from '../core/tokens';
import {
  dropSegments,
  journalOf,
  outdatedSegments,
  readJournal,
  type Outdated,
  type Placed,
} from '../git/journal-files';
import { openObjects, type ObjectReader } from '../git/objects';
import type { Repository } from '../git/repository';
import { readWorkingFile } from '../git/working-file';
import { linesAt } from './targets';

/**
 * Takes the outdated part of the journal out, but for what a commit still needs: the last known text of a file whose
 * evidence is not committed yet.
 */
export async function compactJournal(repository: Repository, now: number): Promise<void> {
  const journal = journalOf(repository);
  const outdated = outdatedSegments(journal, now);
  if (outdated.segments.length === 0) return;
  const objects = openObjects(repository.worktree ?? repository.gitDir);
  try {
    dropSegments(journal, outdated.segments, await stillNeeded(repository, outdated, objects));
  } finally {
    objects.close();
  }
}

async function stillNeeded(
  repository: Repository,
  outdated: Outdated,
  objects: ObjectReader,
): Promise<Placed<KnownRecord>[]> {
  const needed: Placed<KnownRecord>[] = [];
  for (const placed of outdatedHeads(repository, outdated)) {
    // What a file of another working tree is now, that one's own sessions see.
    const isOwn = placed.worktree === repository.worktreeName;
    if (!isOwn || (await isUncommitted(repository, placed.record, objects))) needed.push(placed);
  }
  return needed;
}

/** Last known texts of their path, with something to say, that are in no other segment. */
function outdatedHeads(repository: Repository, { records }: Outdated): Placed<KnownRecord>[] {
  const gone = new Set(records.map(({ record }) => record.id));
  const byPlace = new Map<string, KnownRecord[]>();
  for (const { worktree, record } of readJournal(journalOf(repository), { kind: 'known' }).records) {
    if (record.kind !== 'known') continue;
    const place = `${worktree}/${record.path}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), record]);
  }
  return [...byPlace].flatMap(([place, known]) =>
    headsOf(known)
      .filter((record) => gone.has(record.id) && saysSomething(record))
      .map((record) => ({ worktree: place.slice(0, place.indexOf('/')), record })),
  );
}

function saysSomething({ known }: KnownRecord): boolean {
  return known.origins.some(isEvidenced) || known.tombstones.length > 0;
}

/** Whether a line it knows stands in the working tree or the index and not in HEAD; or is gone there and not in HEAD. */
async function isUncommitted(
  repository: Repository,
  { path: name, known }: KnownRecord,
  objects: ObjectReader,
): Promise<boolean> {
  const working = readWorkingFile(path.join(repository.worktree ?? '', name));
  const head = keysOf((await linesAt(`HEAD:${name}`, objects)) ?? []);
  const now = [
    keysOf(working.kind === 'text' ? splitLines(working.text) : []),
    keysOf((await linesAt(`:${name}`, objects)) ?? []),
  ];
  const isAdded = known.lines.some((line, at) => {
    const key = lineKey(line);
    const isKnown = isEvidenced(known.origins[at] ?? UNKNOWN) && isVisible(key);
    return isKnown && !head.has(key) && now.some((keys) => keys.has(key));
  });
  const isDeleted = known.tombstones.some(({ text }) => {
    const key = lineKey(text);
    return head.has(key) && now.some((keys) => !keys.has(key));
  });
  return isAdded || isDeleted;
}

function keysOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.map(lineKey));
}
