import * as path from 'node:path';
import type { ProvenanceRange } from '../core/range';
import { readAcknowledged, writeAcknowledged } from '../git/acknowledged';
import { repositoryPath } from '../git/repository';
import { amendStamp, type Amended } from './amend';
import { askOf } from './asking';
import { attributeIndex } from './index-provenance';
import { withRepository, type Opened, type Place } from './opened';
import { requirePerson } from './person';
import { judge } from './provenance';
import { Refused } from './refused';
import { evidenceHost, nextCommit } from './uncommitted';

/** What a person has acknowledged of the index, and what is left to be looked at. */
export interface Acknowledged {
  readonly now: readonly ProvenanceRange[];
  readonly left: readonly ProvenanceRange[];
}

/** Part of the index: a path, or added lines of it, 1-based and inclusive. */
export interface AckTarget {
  readonly path: string;
  readonly lines: { readonly start: number; readonly end: number } | null;
}

/**
 * Acknowledges AI ranges of the index in files whose policy asks for it; without targets all of them. A range counts
 * when all of it was named. The reason stays in this repository. Refused in a shell that an agent started.
 */
export async function acknowledgeIndex(
  place: Place,
  targets: readonly AckTarget[],
  { now, reason }: { readonly now: number; readonly reason: string | null },
): Promise<Acknowledged> {
  requirePerson(place, LOOKED);
  return await withRepository(place, async (opened) => {
    const { commonDir, worktree } = opened.repository;
    if (worktree === null) throw new Refused('there is no working tree here');
    const named = targets.map((target) => ({ ...target, path: pathIn(opened, place.cwd, target.path) }));
    const { making } = await nextCommit(opened);
    const files = await attributeIndex(evidenceHost(opened), making);
    const { toAcknowledge } = await askOf(opened, making, files, judge(files));
    const isNamed = (range: ProvenanceRange): boolean =>
      named.length === 0 || named.some((target) => covers(target, range));
    const chosen = toAcknowledge.filter(isNamed);
    const missed = named.find((target) => !toAcknowledge.some((range) => covers(target, range)));
    if (missed) throw new Refused(`nothing in ${missed.path} as it is staged asks for an acknowledgement`);
    if (chosen.length > 0) writeAcknowledged(commonDir, chosen, now, reason);
    const isDone = readAcknowledged(commonDir);
    return { now: chosen, left: toAcknowledge.filter((range) => !isDone(range)) };
  });
}

/** Acknowledges all that the last commit is asked for, and writes that into its message. */
export async function acknowledgeHead(place: Place, reason: string | null): Promise<Amended> {
  requirePerson(place, LOOKED);
  return await amendStamp(place, { acknowledges: true, reason });
}

const LOOKED = 'ack says that a person has looked';

function covers({ path: name, lines }: AckTarget, range: ProvenanceRange): boolean {
  if (range.path !== name && !range.path.startsWith(`${name}/`)) return false;
  if (lines === null) return true;
  return range.side === '+' && range.start >= lines.start && range.start + range.count - 1 <= lines.end;
}

function pathIn({ repository }: Opened, cwd: string, given: string): string {
  const found = repositoryPath(repository, path.resolve(cwd, given));
  if (found === null) throw new Refused(`${given} is not in this repository`);
  return found;
}
