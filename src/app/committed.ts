import { readProvenance, type Reading } from '../core/reading';
import type { ChangedFile } from '../core/changed-text';
import { resolveRanges, type ResolvedRange } from '../core/resolve';
import type { CommitObject } from '../git/commit-object';
import { diffCommit, type FileDiff } from '../git/diff';
import type { ObjectReader } from '../git/objects';
import { digestLines } from '../git/text';
import { openCommitObjects, type CommitObjects } from './opened-objects';
import { onlyNewInMerge, targetsOf, type Target } from './targets';

/** A commit with what its message says about provenance, held against what it really changes. */
export interface CommitProvenance {
  readonly oid: string;
  readonly commit: CommitObject;
  readonly reading: Reading;
  /** The files the commit changes; empty where its message says nothing (`reading.tracked` is `no`). */
  readonly files: readonly ChangedFile[];
  readonly resolved: readonly ResolvedRange[];
}

/** Reads commits of one repository, each once. */
export interface CommitReader extends CommitObjects {
  /** null: there is no such commit. */
  read(name: string): Promise<CommitProvenance | null>;
  /** What the commit changes, tracked or not. */
  changes(oid: string): Promise<readonly Target[]>;
}

export function openCommits(cwd: string, objects: ObjectReader): CommitReader {
  const commits = new Map<string, Promise<CommitProvenance | null>>();
  const changed = new Map<string, Promise<readonly Target[]>>();

  const { commit } = openCommitObjects(objects);
  const changes = (oid: string): Promise<readonly Target[]> => {
    const known = changed.get(oid) ?? commitTargets(cwd, oid, commit, objects);
    changed.set(oid, known);
    return known;
  };
  const read = async (name: string): Promise<CommitProvenance | null> => {
    const found = await commit(name);
    if (!found) return null;
    const known = commits.get(found.oid) ?? provenanceOf(found.oid, found.commit, changes);
    commits.set(found.oid, known);
    return await known;
  };
  return Object.freeze({ read, commit, changes });
}

async function provenanceOf(
  oid: string,
  commit: CommitObject,
  changes: (oid: string) => Promise<readonly Target[]>,
): Promise<CommitProvenance> {
  const reading = readProvenance(commit.message);
  if (reading.tracked === 'no') return { oid, commit, reading, files: [], resolved: [] };
  const files = (await changes(oid)).map(changedFile);
  return { oid, commit, reading, files, resolved: resolveRanges(reading.ranges, files, digestLines) };
}

/** The diff of format.md: against the parent, the root against the empty tree, a merge only what no parent has. */
async function commitTargets(
  cwd: string,
  oid: string,
  commit: CommitReader['commit'],
  objects: ObjectReader,
): Promise<readonly Target[]> {
  const parents = (await commit(oid))?.commit.parents ?? [];
  const diffs: FileDiff[][] = await Promise.all(
    (parents.length > 0 ? parents : [null]).map((parent) => diffCommit(cwd, oid, parent)),
  );
  return await targetsOfDiffs(diffs, objects);
}

/** The diffs of one commit against each of its parents as targets. */
export async function targetsOfDiffs(
  [first = [], ...others]: readonly (readonly FileDiff[])[],
  objects: ObjectReader,
): Promise<readonly Target[]> {
  const targets = await targetsOf(first, objects);
  return others.length === 0 ? targets : onlyNewInMerge(targets, others);
}

export function changedFile(target: Target): ChangedFile {
  const { path, oldPath, added, deleted, lines, oldLines } = target;
  return { change: { path, oldPath, added, deleted }, oldLines, newLines: lines };
}
