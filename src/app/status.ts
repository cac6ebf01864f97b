import { originRuns, type OriginRun } from '../core/hunks';
import type { KnownText } from '../core/known';
import { isModelWritten, UNKNOWN, type Evidence, type LineOrigin, type Via } from '../core/origin';
import type { LineSpan, Side } from '../core/range';
import { readProvenance } from '../core/reading';
import { splitLines } from '../core/lines';
import { isRegular } from '../git/diff';
import { readSettings } from '../git/settings';
import { indexEntries, untrackedPaths, type IndexEntry } from '../git/staged';
import { isInstalled } from '../git/state-files';
import { decodeText, hasLines } from '../git/text';
import { acknowledgement, askOf, policyOf } from './asking';
import { attribute, type Attributed } from './attribute';
import { openSources, type EvidenceHost } from './evidence';
import { attributeIndex } from './index-provenance';
import { withRepository, type Opened, type Place } from './opened';
import { Refused } from './refused';
import { judge, trailerLines } from './provenance';
import type { Target } from './targets';
import { evidenceHost, nextCommit } from './uncommitted';
import { diffWorking, readWorkingLines } from './working-lines';

/** What models have written or deleted since the last commit; files without any of it are left out. */
export interface Status {
  readonly files: readonly FileStatus[];
  readonly installed: boolean;
  /** Why the policy could not be asked; the files have no tier then. */
  readonly policyProblem: string | null;
}

export interface FileStatus {
  readonly path: string;
  readonly tier: number | null;
  readonly systems: readonly string[];
  /** The index against the parents: lines of the index, for `-` of the commit's blob. */
  readonly staged: readonly StatusRange[];
  /** The working tree against the index: lines of the file, for `-` of the index. */
  readonly unstaged: readonly StatusRange[];
}

export interface StatusRange {
  readonly side: Side;
  readonly start: number;
  readonly count: number;
  readonly class: 'ai' | 'mixed';
  readonly via: Via | null;
  readonly agent: string | null;
  readonly model: string | null;
  /** The weakest evidence of the lines. */
  readonly evidence: Evidence;
}

export async function status(place: Place): Promise<Status> {
  return await withRepository(place, async (opened) => {
    const worktree = workTreeOf(opened);
    const { making } = await nextCommit(opened);
    const host = evidenceHost(opened);
    const index = await attributeIndex(host, making);
    const staged = byPath(index);
    const targets = await unstagedTargets(host, worktree, [...staged.keys()]);
    const unstaged = byPath(await attribute(targets, openSources(host, making, targets)));
    const paths = [...new Set([...staged.keys(), ...unstaged.keys()])].toSorted();
    const policy = await policyOf(opened, making);
    const renamed = new Map(index.map(({ target: { path, oldPath } }) => [path ?? oldPath, oldPath]));
    const files = paths.map((path) => {
      const oldPath = renamed.get(path) ?? null;
      const placement = policy.kind === 'policy' ? policy.placementOf({ path, oldPath }) : null;
      return {
        path,
        tier: placement?.tier ?? null,
        systems: placement?.systems.map(({ name }) => name) ?? [],
        staged: staged.get(path) ?? [],
        unstaged: unstaged.get(path) ?? [],
      };
    });
    const policyProblem = policy.kind === 'unusable' ? policy.problem : null;
    return { files, installed: isInstalled(opened.repository.commonDir), policyProblem };
  });
}

/** The trailer lines, as byte strings, that the next `git commit` of the index gets from `stamp`. */
export async function nextTrailers(place: Place): Promise<readonly string[]> {
  return await withRepository(place, async (opened) => {
    workTreeOf(opened);
    const settings = await readSettings(opened.root);
    if (settings.stamp === 'off') return [];
    const { making, message } = await nextCommit(opened);
    const files = await attributeIndex(evidenceHost(opened), making);
    const judged = judge(files);
    const asked = await askOf(opened, making, files, judged);
    const reading = readProvenance(message);
    const ack = await acknowledgement(opened.repository, opened.root, asked, reading);
    return trailerLines(judged, settings, reading.block?.provenance ?? null, asked, ack) ?? [];
  });
}

function workTreeOf({ repository }: Opened): string {
  if (repository.worktree === null) throw new Refused('there is no working tree here');
  return repository.worktree;
}

function byPath(files: readonly Attributed[]): Map<string, StatusRange[]> {
  const ranges = new Map<string, StatusRange[]>();
  for (const file of files) {
    const path = file.target.path ?? file.target.oldPath;
    const found = rangesOf(file);
    if (path !== null && found.length > 0) ranges.set(path, found);
  }
  return ranges;
}

function rangesOf({ target, origins, deletedBy }: Attributed): StatusRange[] {
  const added = (line: number): LineOrigin => origins[line] ?? UNKNOWN;
  const deleted = (line: number): LineOrigin => deletedBy.get(line) ?? UNKNOWN;
  return [...modelRuns('+', target.added, added), ...modelRuns('-', target.deleted, deleted)];
}

const WEAKEST_LAST: readonly Evidence[] = ['reported', 'declared', 'matched', 'inferred'];

function modelRuns(
  side: Side,
  spans: readonly LineSpan[],
  originOf: (line: number) => LineOrigin,
): StatusRange[] {
  return originRuns(spans, originOf).flatMap(({ start, count, origin }: OriginRun) => {
    if (!isModelWritten(origin)) return [];
    const { via, agent, model } = origin;
    const lineClass = origin.class === 'ai' ? 'ai' : 'mixed';
    const evidence = weakestOf(start, count, originOf);
    return [{ side, start, count, class: lineClass, via, agent, model, evidence }];
  });
}

function weakestOf(start: number, count: number, originOf: (line: number) => LineOrigin): Evidence {
  let weakest = 0;
  for (let line = start - 1; line < start - 1 + count; line++) {
    const origin = originOf(line);
    if (isModelWritten(origin)) weakest = Math.max(weakest, WEAKEST_LAST.indexOf(origin.evidence));
  }
  return WEAKEST_LAST[weakest] ?? 'inferred';
}

// ---- the working tree against the index

/** Only a path that the journal knows something of, or that is staged with AI, can have AI hunks. */
async function unstagedTargets(
  host: EvidenceHost,
  worktree: string,
  staged: readonly string[],
): Promise<Target[]> {
  const own = host.repository.worktreeName;
  const known = host.journal.records.flatMap(({ worktree: of, record }) =>
    of === own && record.kind === 'known' && saysSomething(record.known) ? [record.path] : [],
  );
  const paths = [...new Set([...known, ...staged])];
  if (paths.length === 0) return [];
  const entries = await indexEntries(worktree, paths);
  const unlisted = paths.filter((path) => !entries.some((entry) => entry.path === path));
  const untracked = unlisted.length === 0 ? new Set<string>() : await untrackedPaths(worktree, unlisted);
  const targets = await Promise.all(
    paths.map((path) => unstagedTarget(host, worktree, path, entryOf(entries, path), untracked.has(path))),
  );
  return targets.filter((target) => target !== null);
}

function saysSomething({ origins, tombstones }: KnownText): boolean {
  return origins.some(isModelWritten) || tombstones.length > 0;
}

/** In a conflict what stands in the file is held against our side. */
function entryOf(entries: readonly IndexEntry[], path: string): IndexEntry | null {
  const own = entries.filter((entry) => entry.path === path);
  return own.find(({ stage }) => stage === 0) ?? own.find(({ stage }) => stage === 2) ?? null;
}

async function unstagedTarget(
  host: EvidenceHost,
  worktree: string,
  path: string,
  entry: IndexEntry | null,
  isUntracked: boolean,
): Promise<Target | null> {
  const working = readWorkingLines(worktree, path);
  if (entry === null) {
    if (!isUntracked || working.kind !== 'lines') return null;
    const added = [{ start: 1, count: working.lines.length }];
    return { path, oldPath: null, lines: working.lines, oldLines: [], added, deleted: [] };
  }
  const blob = isRegular(entry.mode) ? await host.objects.read(entry.oid) : null;
  if (!blob || !hasLines(blob.bytes)) return null;
  const oldLines = splitLines(decodeText(blob.bytes));
  if (working.kind === 'missing') {
    const deleted = [{ start: 1, count: oldLines.length }];
    return { path: null, oldPath: path, lines: [], oldLines, added: [], deleted };
  }
  if (working.kind !== 'lines' || working.tooLarge) return null;
  const { added, deleted } = await diffWorking(worktree, path, oldLines, working.lines);
  if (added.length === 0 && deleted.length === 0) return null;
  return { path, oldPath: path, lines: working.lines, oldLines, added, deleted };
}
