import type { OpenRange } from '../core/inline';
import type { ProvenanceRange, Side } from '../core/range';
import { diffTexts } from '../git/diff';
import { withRepository } from './opened';
import type { OpenFile } from './open-file';
import { judge } from './provenance';
import { attributeNow } from './uncommitted';

/**
 * The AI ranges that a commit of an open text has, cut by git's own diff, of which a person has seen every line in the ranges
 * `seen` that the editor has cut: where lines repeat, the two may cut differently. What is known of the text must be in the
 * journal.
 */
export async function rangesSeen(
  { repository, path, head, headPath }: OpenFile,
  lines: readonly string[],
  seen: readonly OpenRange[],
): Promise<ProvenanceRange[]> {
  const old = head ?? [];
  const diff = await diffTexts(old, lines);
  const target = { path, oldPath: head === null ? null : headPath, lines, oldLines: old, ...diff };
  const place = { cwd: repository.worktree ?? '', env: {} };
  const file = await withRepository(place, async (opened) => await attributeNow(opened, target));
  return judge([file]).ranges.filter((range) => isSeen(range, range.side === '+' ? lines : old, seen));
}

/** Of the lines that are in none of the ranges, each says nothing by itself, as a bracket, or is one that was seen beside it. */
function isSeen(range: ProvenanceRange, lines: readonly string[], seen: readonly OpenRange[]): boolean {
  const shown = linesOf(range.side, seen);
  const own = spanOf(range);
  const texts = new Set(
    seen
      .filter((each) => each.side === range.side && meets(each, range))
      .flatMap(spanOf)
      .map((line) => lines[line]),
  );
  const isKnown = (line: number): boolean =>
    shown.has(line) || texts.has(lines[line]) || !SAYS.test(lines[line] ?? '');
  return own.every(isKnown) && own.some((line) => shown.has(line));
}

const SAYS = /[\p{L}\p{N}]/u;

function linesOf(side: Side, ranges: readonly OpenRange[]): ReadonlySet<number> {
  return new Set(ranges.filter((range) => range.side === side).flatMap(spanOf));
}

/** 0-based. */
function spanOf({ start, count }: ProvenanceRange): number[] {
  return Array.from({ length: count }, (_, at) => start - 1 + at);
}

function meets(one: ProvenanceRange, other: ProvenanceRange): boolean {
  return one.start < other.start + other.count && other.start < one.start + one.count;
}
