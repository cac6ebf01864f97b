import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ProvenanceRange } from '../core/range';
import {
  ACKNOWLEDGED_FILE,
  acknowledgedVersion,
  readAcknowledged,
  readAcknowledgements,
  writeAcknowledged,
  type RangeContent,
  type WaitingAck,
} from '../git/acknowledged';
import { committerIdentity } from '../git/identity';
import { findRepository, repositoryPath } from '../git/repository';
import { isInstalled } from '../git/state-files';
import { amendStamp, type Amended } from './amend';
import { askOf } from './asking';
import { mailOf } from './commit-policy';
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
    const given = targets.map((target) => ({ ...target, path: pathIn(opened, place.cwd, target.path) }));
    const named = given.some(({ path: name, lines }) => name === '' && lines === null) ? [] : given;
    const { making } = await nextCommit(opened);
    const files = await attributeIndex(evidenceHost(opened), making);
    const { toAcknowledge } = await askOf(opened, making, files, judge(files));
    const isNamed = (range: ProvenanceRange): boolean =>
      named.length === 0 || named.some((target) => covers(target, range));
    const chosen = toAcknowledge.filter(isNamed);
    const missed = named.find((target) => !toAcknowledge.some((range) => covers(target, range)));
    if (missed) throw new Refused(`nothing in ${missed.path} as it is staged asks for an acknowledgement`);
    const by = await callerOf(opened.root);
    if (chosen.length > 0) writeAcknowledged(commonDir, chosen, now, { by, reason });
    const isDone = readAcknowledged(commonDir, by);
    return { now: chosen, left: toAcknowledge.filter((range) => !isDone(range)) };
  });
}

/** Acknowledges all that the last commit is asked for, and writes that into its message. */
export async function acknowledgeHead(place: Place, reason: string | null): Promise<Amended> {
  requirePerson(place, LOOKED);
  return await amendStamp(place, { acknowledges: true, reason });
}

const LOOKED = 'ack says that a person has looked';

/**
 * Acknowledges ranges of a text that is open in an editor; the commit that has them finds that, as it finds what `ack`
 * says. Whoever calls has asked a person. Refused where Hunkmark is not installed.
 */
export async function acknowledgeOpen(
  root: string,
  ranges: readonly RangeContent[],
  now: number,
  reason: string | null,
): Promise<void> {
  const commonDir = findRepository(root)?.commonDir ?? null;
  if (commonDir === null || !isInstalled(commonDir))
    throw new Refused('Hunkmark is not set up in this repository, so no commit would know of it');
  const by = await callerOf(root);
  writeAcknowledged(commonDir, ranges, now, { by, reason });
}

/** The address under which the person commits here; null where git knows none, which it asks for at the commit. */
async function callerOf(root: string): Promise<string | null> {
  try {
    return mailOf(await committerIdentity(root));
  } catch {
    return null;
  }
}

/** What waits for its commit. */
export interface WaitingAcks {
  /** Another one where something has been acknowledged since. */
  readonly version: string;
  readonly of: (range: RangeContent) => WaitingAck | null;
}

/** What waits for its commit in the repository of a working tree; `last` where nothing has changed. Reads one file. */
export function waitingAcks(root: string, last: WaitingAcks | null): WaitingAcks {
  const repository = findRepository(root);
  const version = repository === null ? '' : acknowledgedVersion(repository.commonDir);
  if (repository === null || version === '') return { version: '', of: () => null };
  return last?.version === version ? last : { version, of: readAcknowledgements(repository.commonDir) };
}

/** The name, in the state folder, of the file that changes when something is acknowledged. */
export const ACKNOWLEDGEMENTS = ACKNOWLEDGED_FILE;

function covers({ path: name, lines }: AckTarget, range: ProvenanceRange): boolean {
  if (range.path !== name && !range.path.startsWith(`${name}/`)) return false;
  if (lines === null) return true;
  return range.side === '+' && range.start >= lines.start && range.start + range.count - 1 <= lines.end;
}

/** The path in the repository; empty for its root, which holds all. */
function pathIn({ repository }: Opened, cwd: string, given: string): string {
  const { worktree } = repository;
  if (given !== '' && worktree !== null && isSameFolder(path.resolve(cwd, given), worktree)) return '';
  const found = repositoryPath(repository, path.resolve(cwd, given));
  if (found === null) throw new Refused(`${given} is not in this repository`);
  return found;
}

function isSameFolder(one: string, other: string): boolean {
  return fs.existsSync(one) && fs.realpathSync(one) === fs.realpathSync(other);
}
