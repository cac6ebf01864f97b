import * as path from 'node:path';
import { splitLines } from '../core/lines';
import type { LineClass, LineOrigin, Via } from '../core/origin';
import { patchIndex, isRegular } from '../git/diff';
import { repositoryPath } from '../git/repository';
import { findEntry } from '../git/tree';
import { decodeText, hasLines } from '../git/text';
import { blameFiles, type BlameStore, type OriginRun } from './blame-store';
import { headPolicyProblem } from './head-policy';
import { historyRuns, type HistoryReading } from './history-lines';
import { withRepository, type Opened, type Place } from './opened';
import { Refused } from './refused';
import type { Target } from './targets';
import { diffWorking, readWorkingLines } from './working-lines';

/** A file line by line. `revision` is null for the working tree. */
export interface Blamed {
  readonly path: string;
  readonly revision: string | null;
  readonly lines: readonly BlamedOrigin[];
}

/** The same for a person, who is told what is wrong with the policy. */
export interface BlamedFor extends Blamed {
  readonly policyProblem: string | null;
}

/** Whose a line (1-based) is. `commit` is null where it is not committed, `verdict` where no range covers it. */
export interface BlamedOrigin {
  readonly line: number;
  readonly class: LineClass;
  readonly via: Via | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly commit: string | null;
  readonly verdict: 'exact' | 'moved' | null;
  readonly text: string;
}

/** Every line of a file with its origin: at a revision, or (null) as it stands in the working tree. */
export async function blame(place: Place, name: string, revision: string | null): Promise<BlamedFor> {
  return await withRepository(place, async (opened) => {
    const file = pathIn(opened, place.cwd, name);
    const blamed =
      revision === null
        ? { path: file, revision, lines: await workingLines(opened, file) }
        : await blameRevision(opened, file, revision);
    return { ...blamed, policyProblem: await headPolicyProblem(opened) };
  });
}

/** A committed file with its text and whose its lines are. */
export interface FileHistory {
  readonly commit: string;
  readonly lines: readonly string[];
  /** They cover all lines, ascending. */
  readonly runs: readonly OriginRun[];
}

/** The same for an editor, which keeps what it read and may lose interest. null: there is no such file in that commit. */
export async function fileHistory(
  place: Place,
  name: string,
  revision: string,
  reading: HistoryReading,
): Promise<FileHistory | null> {
  return await withRepository(place, async (opened) => {
    const file = pathIn(opened, place.cwd, name);
    const found = await opened.commits.commit(revision);
    const lines = found && (await committedLines(opened, found.commit.tree, file));
    if (!found || lines === null) return null;
    const runs = lines.length === 0 ? [] : await historyRuns(opened, found.oid, file, reading);
    return { commit: found.oid, lines, runs };
  });
}

/** In a bare repository there are no folders to be in: the path is the repository's. */
function pathIn({ repository }: Opened, cwd: string, name: string): string {
  const inside =
    repository.worktree === null
      ? path.posix.normalize(name)
      : repositoryPath(repository, path.resolve(cwd, name));
  if (inside === null || inside.startsWith('..') || path.posix.isAbsolute(inside))
    throw new Refused(`${name} is not in this repository`);
  return inside;
}

// ---- committed lines

/** Every line of a file (its path in the repository) as it is at a revision. */
export async function blameRevision(opened: Opened, file: string, revision: string): Promise<Blamed> {
  const found = await opened.commits.commit(revision);
  if (!found) throw new Refused(`there is no commit ${revision}`);
  const stop = new AbortController();
  // Git looks for the lines' commits while we look whether there are lines at all.
  const reading = historyRuns(opened, found.oid, file, { store: storeOf(opened), signal: stop.signal });
  reading.catch(() => {});
  const lines = await committedLines(opened, found.commit.tree, file);
  if (lines !== null && lines.length > 0)
    return { path: file, revision: found.oid, lines: linesOfRuns(await reading, lines) };
  stop.abort();
  if (lines === null) throw new Refused(`there is no file ${file} in ${revision}`);
  return { path: file, revision: found.oid, lines: [] };
}

/** The lines of a file in a tree; none for what has no lines, null for what is no file. */
async function committedLines(
  { objects }: Opened,
  tree: string,
  file: string,
): Promise<readonly string[] | null> {
  const entry = await findEntry(objects, tree, file);
  if (!entry || entry.mode === '40000') return null;
  const blob = isRegular(entry.mode) ? await objects.read(entry.oid) : null;
  return blob && hasLines(blob.bytes) ? splitLines(decodeText(blob.bytes)) : [];
}

/** The lines of a committed file, all of them, by git's blame and what the blamed commits say. */
async function originsAt(
  opened: Opened,
  commit: string,
  file: string,
  lines: readonly string[],
): Promise<BlamedOrigin[]> {
  if (lines.length === 0) return [];
  return linesOfRuns(await historyRuns(opened, commit, file, { store: storeOf(opened) }), lines);
}

function storeOf({ repository: { commonDir } }: Opened): BlameStore {
  return blameFiles(commonDir);
}

function linesOfRuns(runs: readonly OriginRun[], lines: readonly string[]): BlamedOrigin[] {
  return runs.flatMap(({ start, count, ...origin }) =>
    Array.from({ length: count }, (_, at) => {
      const line = start + at;
      return { line, ...origin, text: lines[line - 1] ?? '' };
    }),
  );
}

const NOBODY = { class: 'unknown', via: null, agent: null, model: null } as const;

// ---- the working tree

async function workingLines(opened: Opened, file: string): Promise<BlamedOrigin[]> {
  const { worktree } = opened.repository;
  if (worktree === null) throw new Refused('there is no working tree here: name a revision');
  const working = readWorkingLines(worktree, file);
  if (working.kind === 'missing') throw new Refused(`there is no file ${file} in the working tree`);
  if (working.kind === 'folder') throw new Refused(`${file} is a folder`);
  if (working.kind === 'no-lines') return [];
  const base = await committedBase(opened, file);
  const { added, deleted } = await diffWorking(worktree, file, base.lines, working.lines);
  const target: Target = {
    path: file,
    oldPath: base.path,
    lines: working.lines,
    oldLines: base.lines,
    added,
    deleted,
  };
  const isAdded = flagsOf(added, working.lines.length);
  const committed = isAdded.includes(0) ? await base.origins() : [];
  const uncommitted = working.tooLarge ? [] : await uncommittedOrigins(opened, target);
  const kept = keptLines(deleted, base.lines.length);
  let next = 0;
  return working.lines.map((text, at) => {
    const line = at + 1;
    if (isAdded[at]) return { line, ...originNow(uncommitted[at]), commit: null, verdict: null, text };
    const from = committed[(kept[next++] ?? 0) - 1];
    return from ? { ...from, line, text } : { line, ...NOBODY, commit: null, verdict: null, text };
  });
}

/** What HEAD has of a file, under the name it has there. */
interface Base {
  readonly path: string | null;
  readonly lines: readonly string[];
  readonly origins: () => Promise<readonly BlamedOrigin[]>;
}

async function committedBase(opened: Opened, file: string): Promise<Base> {
  const head = await opened.commits.commit('HEAD');
  const none: Base = { path: null, lines: [], origins: () => Promise.resolve([]) };
  if (!head) return none;
  const at = async (name: string): Promise<Base | null> => {
    const lines = await committedLines(opened, head.commit.tree, name);
    return lines && { path: name, lines, origins: () => originsAt(opened, head.oid, name, lines) };
  };
  const same = await at(file);
  if (same) return same;
  const renamed = (await patchIndex(opened.root, head.oid)).find((each) => each.path === file);
  return (typeof renamed?.oldPath === 'string' ? await at(renamed.oldPath) : null) ?? none;
}

async function uncommittedOrigins(opened: Opened, target: Target): Promise<readonly LineOrigin[]> {
  if (target.added.length === 0) return [];
  // A revision needs neither the journal nor what reads it.
  const { attributeNow } = await import('./uncommitted.js');
  return (await attributeNow(opened, target)).origins;
}

function originNow(origin: LineOrigin | undefined): typeof NOBODY | Pick<BlamedOrigin, keyof typeof NOBODY> {
  if (!origin || origin.class === 'unknown' || origin.class === 'base') return NOBODY;
  const { class: lineClass, via, agent, model } = origin;
  return { class: lineClass, via, agent, model };
}

function flagsOf(spans: Target['added'], length: number): Uint8Array {
  const flags = new Uint8Array(length);
  for (const { start, count } of spans) flags.fill(1, start - 1, start - 1 + count);
  return flags;
}

/** The lines (1-based) that are not deleted, ascending: the kept lines of the other side, in the same order. */
function keptLines(deleted: Target['deleted'], length: number): number[] {
  const flags = flagsOf(deleted, length);
  return Array.from({ length }, (_, at) => at + 1).filter((line) => flags[line - 1] === 0);
}
