import { splitLines } from '../core/lines';
import type { LineSpan } from '../core/range';
import { isRegular, type FileDiff } from '../git/diff';
import type { ObjectReader } from '../git/objects';
import { decodeText, hasLines } from '../git/text';

/** A file of the text that is judged (the index, a commit, the working tree) against the text it replaces. */
export interface Target {
  /** null: the file is gone. */
  readonly path: string | null;
  /** null: the file is new. */
  readonly oldPath: string | null;
  readonly lines: readonly string[];
  readonly oldLines: readonly string[];
  readonly added: readonly LineSpan[];
  readonly deleted: readonly LineSpan[];
}

/** The files of a diff with their texts; a side that has no lines (binary, link, submodule) has no spans. */
export async function targetsOf(files: readonly FileDiff[], objects: ObjectReader): Promise<Target[]> {
  const changed = files.filter(hasSpans);
  return await Promise.all(changed.map((file) => targetOf(file, objects)));
}

async function targetOf(file: FileDiff, objects: ObjectReader): Promise<Target> {
  const [after, before] = await Promise.all([
    blobLines(file.newMode, file.newOid, objects),
    blobLines(file.oldMode, file.oldOid, objects),
  ]);
  return {
    path: file.path,
    oldPath: file.oldPath,
    lines: after,
    oldLines: before,
    added: after.length > 0 ? file.added : [],
    deleted: before.length > 0 ? file.deleted : [],
  };
}

/** Files without a line to judge: their name or mode changes, they are empty, or git has no lines for them. */
export function linelessTargets(
  files: readonly Pick<FileDiff, 'path' | 'oldPath' | 'added' | 'deleted'>[],
): Target[] {
  const nothing = { lines: [], oldLines: [], added: [], deleted: [] };
  return files.filter((file) => !hasSpans(file)).map(({ path, oldPath }) => ({ path, oldPath, ...nothing }));
}

function hasSpans({ added, deleted }: Pick<FileDiff, 'added' | 'deleted'>): boolean {
  return added.length > 0 || deleted.length > 0;
}

function linesOf(bytes: Buffer): readonly string[] | null {
  return hasLines(bytes) ? splitLines(decodeText(bytes)) : null;
}

/** The lines of a committed blob; none for what has no lines. */
async function blobLines(mode: string, oid: string, objects: ObjectReader): Promise<readonly string[]> {
  return isRegular(mode) && !/^0+$/.test(oid) ? ((await linesAt(oid, objects)) ?? []) : [];
}

/** The lines of a committed blob, by its id or any other name; null for what has no lines or is not there. */
export async function linesAt(name: string, objects: ObjectReader): Promise<readonly string[] | null> {
  const blob = await objects.read(name);
  return blob?.type === 'blob' ? linesOf(blob.bytes) : null;
}

/** A merge adds only the lines that are in none of its parents: `others` are its diffs against the other parents. */
export function onlyNewInMerge(
  targets: readonly Target[],
  others: readonly (readonly Pick<FileDiff, 'path' | 'added'>[])[],
): Target[] {
  return targets.map((target) => ({
    ...target,
    deleted: [],
    added: others.reduce<readonly LineSpan[]>((spans, files) => {
      const there = files.find((file) => file.path === target.path);
      return there ? intersect(spans, there.added) : [];
    }, target.added),
  }));
}

function intersect(a: readonly LineSpan[], b: readonly LineSpan[]): LineSpan[] {
  return a.flatMap((x) =>
    b.flatMap((y) => {
      const start = Math.max(x.start, y.start);
      const end = Math.min(x.start + x.count, y.start + y.count);
      return end > start ? [{ start, count: end - start }] : [];
    }),
  );
}
