import { agentDeletions } from '../core/deletions';
import { modelRanges, originRuns, settleBlankLines, slideAdded, unknownRanges } from '../core/hunks';
import type { OpenRange } from '../core/inline';
import type { KnownText } from '../core/known';
import { diffLines, type LineDiff } from '../core/line-diff';
import { isEvidenced, UNKNOWN, type LineOrigin } from '../core/origin';
import type { LineSpan, ProvenanceRange } from '../core/range';
import { isVisible, lineKey } from '../core/tokens';
import { digestLines } from '../git/text';
import type { OpenFile } from './open-file';

/** A line of the last commit that a commit of the branch brought, and that commit. */
export interface BranchLine {
  readonly commit: string;
  readonly origin: LineOrigin;
}

/** Lines of where the branch forks off that one of its commits took out. */
export interface BranchDeletion extends OpenRange {
  readonly commit: string;
  /** The line of the last commit (0-based) before which they stood. */
  readonly at: number;
}

/** What the branch has done to a file of the last commit. */
export interface BranchLines {
  /** One entry for each of its lines; null: not the branch's. */
  readonly lines: readonly (BranchLine | null)[];
  readonly gone: readonly BranchDeletion[];
}

export const NO_BRANCH_LINES: BranchLines = { lines: [], gone: [] };

/**
 * The ranges that a commit of an open text would have, AI and unknown ones, cut as `stamp` cuts them: what is
 * acknowledged here is acknowledged there. The branch's lines that still stand in the text are ranges too, and what it took
 * out.
 */
export function openRanges(
  { path, head, headPath }: Pick<OpenFile, 'path' | 'head' | 'headPath'>,
  known: KnownText,
  branch: BranchLines = NO_BRANCH_LINES,
): OpenRange[] {
  const old = head ?? [];
  const diff = diffLines(old, known.lines);
  const { placeOf } = deletedPlaces(old.length, known.lines.length, diff);
  return [
    ...addedRanges(path, known, diff),
    ...deletedRanges(headPath, known, old, { ...diff, placeOf }),
    ...branchRanges(path, known, diff, branch.lines),
    ...branch.gone
      .filter((range) => !isBack(range, known.lines, diff))
      .map((range) => ({ ...range, at: placeOf({ start: range.at + 1, count: 0 }) })),
  ];
}

function addedRanges(path: string, { lines, origins }: KnownText, { added }: LineDiff): OpenRange[] {
  const own = [...origins];
  slideAdded(lines, added, own, (line) => origins[line] ?? UNKNOWN);
  const settled = settleBlankLines(lines, added, own.map(evidenced));
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

/** A person has put the lines in again. */
function isBack({ count, digest }: BranchDeletion, lines: readonly string[], { added }: LineDiff): boolean {
  return added.some((span) => {
    for (let at = span.start - 1; at + count <= span.start - 1 + span.count; at++)
      if (digestLines(lines.slice(at, at + count)) === digest) return true;
    return false;
  });
}

interface Places {
  /** The line of the new text (0-based) before which lines of the old one (1-based) would be. */
  readonly placeOf: (span: LineSpan) => number;
}

function deletedRanges(
  path: string,
  known: KnownText,
  old: readonly string[],
  { deleted, placeOf }: LineDiff & Places,
): OpenRange[] {
  const deletedBy = agentDeletions(old, deleted, known);
  if (deletedBy.size === 0) return [];
  const runs = originRuns(deleted, (line) => deletedBy.get(line) ?? UNKNOWN);
  return modelRanges(path, '-', runs, old, digestLines).map((range) =>
    placed(range, old, placeOf(range), null),
  );
}

/** Where the lines that a diff deletes stood. */
export function deletedPlaces(oldCount: number, newCount: number, diff: LineDiff): Places {
  let kept: ReturnType<typeof keptLines> | null = null;
  return {
    placeOf: ({ start, count }) => {
      kept ??= keptLines(oldCount, newCount, diff);
      const next = kept.find(({ old }) => old >= start - 1 + count);
      return next === undefined ? newCount : runStart(diff, next.now);
    },
  };
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
