import { agentDeletions } from '../core/deletions';
import { modelRanges, originRuns, settleBlankLines, unknownRanges } from '../core/hunks';
import type { OpenRange } from '../core/inline';
import type { KnownText } from '../core/known';
import { diffLines, type LineDiff } from '../core/line-diff';
import { isEvidenced, UNKNOWN, type LineOrigin } from '../core/origin';
import type { ProvenanceRange } from '../core/range';
import { isVisible, lineKey } from '../core/tokens';
import { digestLines } from '../git/text';
import type { OpenFile } from './open-file';

/** A line of the last commit that a commit of the branch brought, and that commit. */
export interface BranchLine {
  readonly commit: string;
  readonly origin: LineOrigin;
}

/**
 * The ranges that a commit of an open text would have, AI and unknown ones, cut as `stamp` cuts them: what is
 * acknowledged here is acknowledged there. `branch` has one entry for each line of the last commit (null: not the
 * branch's); its lines that still stand in the text are ranges too.
 */
export function openRanges(
  { path, head }: Pick<OpenFile, 'path' | 'head'>,
  known: KnownText,
  branch: readonly (BranchLine | null)[] = [],
): OpenRange[] {
  const old = head ?? [];
  const diff = diffLines(old, known.lines);
  return [
    ...addedRanges(path, known, diff),
    ...deletedRanges(path, known, old, diff),
    ...branchRanges(path, known, diff, branch),
  ];
}

function addedRanges(path: string, { lines, origins }: KnownText, { added }: LineDiff): OpenRange[] {
  const own = lines.map((_, line) => evidenced(origins[line] ?? UNKNOWN));
  const settled = settleBlankLines(lines, added, own);
  const runs = originRuns(added, (line) => settled[line] ?? UNKNOWN);
  const ranges = [
    ...modelRanges(path, '+', runs, lines, digestLines),
    ...unknownRanges(path, runs, lines, digestLines),
  ];
  return ranges.map((range) => placed(range, lines, range.start - 1, null));
}

/** What the last commit has not is nobody's but for evidence. */
function evidenced(origin: LineOrigin): LineOrigin {
  return isEvidenced(origin) ? origin : UNKNOWN;
}

function deletedRanges(path: string, known: KnownText, old: readonly string[], diff: LineDiff): OpenRange[] {
  const deletedBy = agentDeletions(old, diff.deleted, known);
  if (deletedBy.size === 0) return [];
  const runs = originRuns(diff.deleted, (line) => deletedBy.get(line) ?? UNKNOWN);
  const kept = keptLines(old.length, known.lines.length, diff);
  return modelRanges(path, '-', runs, old, digestLines).map((range) => {
    const next = kept.find(({ old: line }) => line >= range.start - 1 + range.count);
    const before = next === undefined ? known.lines.length : runStart(diff, next.now);
    return placed(range, old, before, null);
  });
}

/** Lines that were put in the place of deleted ones stand above the line that follows: the deletion is before them. */
function runStart({ added }: LineDiff, line: number): number {
  const above = added.find(({ start, count }) => start - 1 + count === line);
  return above ? above.start - 1 : line;
}

function branchRanges(
  path: string,
  { lines }: KnownText,
  diff: LineDiff,
  branch: readonly (BranchLine | null)[],
): OpenRange[] {
  if (branch.every((line) => line === null)) return [];
  const byLine = new Map(
    keptLines(branch.length, lines.length, diff).flatMap(({ old, now }) => {
      const from = branch[old] ?? null;
      return from === null ? [] : [[now, from] as const];
    }),
  );
  return [...new Set([...byLine.values()].map(({ commit }) => commit))].flatMap((commit) => {
    const own = [...byLine].flatMap(([line, from]) => (from.commit === commit ? [line] : []));
    const spans = own.map((line) => ({ start: line + 1, count: 1 }));
    const runs = originRuns(spans, (line) => byLine.get(line)?.origin ?? UNKNOWN);
    const ranges = modelRanges(path, '+', runs, lines, digestLines);
    return ranges.map((range) => placed(range, lines, range.start - 1, commit));
  });
}

/** Pairs of equal lines, 0-based, ascending. */
function keptLines(
  oldCount: number,
  newCount: number,
  { added, deleted }: LineDiff,
): { readonly old: number; readonly now: number }[] {
  const olds = without(oldCount, deleted);
  const news = without(newCount, added);
  return olds.flatMap((old, at) => {
    const now = news[at];
    return now === undefined ? [] : [{ old, now }];
  });
}

function without(count: number, spans: LineDiff['added']): number[] {
  const out = new Set(
    spans.flatMap((span) => Array.from({ length: span.count }, (_, i) => span.start - 1 + i)),
  );
  return Array.from({ length: count }, (_, line) => line).filter((line) => !out.has(line));
}

function placed(
  range: ProvenanceRange,
  lines: readonly string[],
  at: number,
  commit: string | null,
): OpenRange {
  const own = lines.slice(range.start - 1, range.start - 1 + range.count);
  return { ...range, at, commit, isBlank: !own.some((line) => isVisible(lineKey(line))) };
}
