import type { CommittedState, DeletedLines, DocumentState } from '../../tracking';

/** A place that the keys for the next and the previous hunk go to; lines are 0-based, `last` inclusive. */
export interface Place {
  readonly first: number;
  readonly last: number;
}

/** Lines of a document by what is marked on them. */
export interface Counts {
  readonly ai: number;
  readonly mixed: number;
  readonly unknown: number;
  readonly deleted: number;
}

export function countLines(state: DocumentState): Counts {
  const counts = { ai: 0, mixed: 0, unknown: 0, deleted: 0 };
  if (state.kind === 'untracked') return counts;
  for (const run of state.runs) counts[run.class] += run.count;
  for (const deletion of state.deletions) counts.deleted += deletion.lines.length;
  return counts;
}

/**
 * AI and mixed runs that touch each other are one hunk; where AI deleted lines outside of them, that is one too.
 * Committed lines count as those that are not.
 */
export function hunksOf(state: DocumentState, committed: CommittedState, lineCount: number): Place[] {
  const { runs: own, deletions } = state.kind === 'tracked' ? state : { runs: [], deletions: [] };
  const runs: Place[] = [
    ...own.filter((run) => run.class !== 'unknown'),
    ...committed.runs,
    ...committed.gone,
  ].map(({ start, count }) => ({ first: start, last: start + count - 1 }));
  const deleted: Place[] = deletions.map((deletion) => {
    const { line } = markOf(deletion, lineCount);
    return { first: line, last: line };
  });
  return joined([...runs, ...deleted].toSorted((a, b) => a.first - b.first || b.last - a.last));
}

function joined(places: readonly Place[]): Place[] {
  const hunks: Place[] = [];
  for (const place of places) {
    const before = hunks.at(-1);
    if (before !== undefined && place.first <= before.last + 1) {
      hunks[hunks.length - 1] = { first: before.first, last: Math.max(before.last, place.last) };
    } else hunks.push(place);
  }
  return hunks;
}

/** The index of the next or previous hunk seen from a line, around the end; null where there is none. */
export function stepFrom(
  hunks: readonly Place[],
  line: number,
  direction: 'next' | 'previous',
): number | null {
  if (hunks.length === 0) return null;
  const index =
    direction === 'next'
      ? hunks.findIndex(({ first }) => first > line)
      : hunks.findLastIndex(({ last }) => last < line);
  if (index !== -1) return index;
  return direction === 'next' ? 0 : hunks.length - 1;
}

/** Where the mark of deleted lines stands: above a line, or below the last one of the document. */
export function markOf(
  { before }: DeletedLines,
  lineCount: number,
): { line: number; side: 'above' | 'below' } {
  return before < lineCount
    ? { line: before, side: 'above' }
    : { line: Math.max(0, lineCount - 1), side: 'below' };
}

export function runAt<R extends { readonly start: number; readonly count: number }>(
  runs: readonly R[],
  line: number,
): R | null {
  return runs.find(({ start, count }) => start <= line && line < start + count) ?? null;
}
