import { align } from './align';
import type { KnownText } from './known';
import { isModelWritten, sameOrigin, UNKNOWN, type Evidenced, type LineOrigin } from './origin';
import type { LineSpan } from './range';
import { ANCHOR_WEIGHT } from './runs';
import { lineKey, lineWeight } from './tokens';

/** Deleted lines of the parent (0-based) with the agent that deleted them. */
export type DeletedBy = ReadonlyMap<number, Evidenced>;

/**
 * Which of the lines that a commit deletes were deleted by an agent (law D3): the parent's text is aligned with the
 * last known text, its tombstones standing in their places; a deleted line that matches a tombstone is the agent's if
 * its run has a line of weight or is the whole deleted run.
 */
export function agentDeletions(
  parent: readonly string[],
  deleted: readonly LineSpan[],
  known: KnownText,
): DeletedBy {
  const found = new Map<number, Evidenced>();
  if (known.tombstones.length === 0 || deleted.length === 0) return found;
  const merged = mergeTombstones(known);
  const fates = fatesByPlace(parent, merged) ?? fatesByAlignment(parent, merged);
  for (const span of deleted) slideIntoSpan(parent, fates, span);
  for (const span of deleted) {
    for (const run of runsOf(fates, span)) {
      const whole = run.count === span.count;
      const weighs = parent
        .slice(run.start, run.start + run.count)
        .some((line) => lineWeight(line) >= ANCHOR_WEIGHT);
      if (!whole && !weighs) continue;
      for (let line = run.start; line < run.start + run.count; line++) found.set(line, run.author);
    }
  }
  return found;
}

/** What became of a line of the parent: still there, deleted by an agent, or not told. */
type Fate = Evidenced | 'stands' | 'unmatched';

interface Entry {
  readonly text: string;
  /** Whose line it is, or was. */
  readonly origin: LineOrigin;
  readonly author: Evidenced | null;
}

/** Where only agents edited, the lines that were there before them are the parent's text, line by line. */
function fatesByPlace(parent: readonly string[], merged: readonly Entry[]): Fate[] | null {
  const before = merged.filter((entry) => !isModelWritten(entry.origin));
  if (before.length !== parent.length) return null;
  if (!before.every((entry, line) => entry.text === parent[line])) return null;
  return before.map((entry) => entry.author ?? 'stands');
}

function fatesByAlignment(parent: readonly string[], merged: readonly Entry[]): Fate[] {
  const { sources } = align(
    merged.map((entry) => entry.text),
    parent,
  );
  return parent.map((_, line) => {
    const source = sources[line];
    return source?.kind === 'same' ? (merged[source.old]?.author ?? 'stands') : 'unmatched';
  });
}

function mergeTombstones(known: KnownText): Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (let line = 0; line <= known.lines.length; line++) {
    for (; known.tombstones[next] && (known.tombstones[next]?.before ?? 0) <= line; next++) {
      const tombstone = known.tombstones[next];
      if (tombstone) merged.push(tombstone);
    }
    if (line < known.lines.length)
      merged.push({ text: known.lines[line] ?? '', origin: known.origins[line] ?? UNKNOWN, author: null });
  }
  return merged;
}

/**
 * A diff may cut a deletion one or more lines above or below where the agent made it, when the lines at its edges
 * are equal. Then the agent's run is slid, over equal lines only, until it lies inside the deleted span.
 */
function slideIntoSpan(parent: readonly string[], fates: Fate[], span: LineSpan): void {
  const exchange = (inside: number, outside: number): boolean => {
    const fate = fates[outside];
    if (fates[inside] !== 'stands' || typeof fate !== 'object') return false;
    if (lineKey(parent[inside] ?? '') !== lineKey(parent[outside] ?? '')) return false;
    fates[inside] = fate;
    fates[outside] = 'stands';
    return true;
  };
  let [low, high] = [span.start - 1, span.start - 1 + span.count];
  while (high < parent.length && exchange(low, high)) [low, high] = [low + 1, high + 1];
  [low, high] = [span.start - 2, span.start - 2 + span.count];
  while (low >= 0 && exchange(high, low)) [low, high] = [low - 1, high - 1];
}

function runsOf(
  fates: readonly Fate[],
  span: LineSpan,
): { readonly start: number; readonly count: number; readonly author: Evidenced }[] {
  const runs: { start: number; count: number; author: Evidenced }[] = [];
  for (let line = span.start - 1; line < span.start - 1 + span.count; line++) {
    const author = fates[line];
    const last = runs.at(-1);
    if (typeof author !== 'object') continue;
    if (last && last.start + last.count === line && sameOrigin(last.author, author)) last.count++;
    else runs.push({ start: line, count: 1, author });
  }
  return runs;
}

/** A deleted run of a commit that is taken over: its lines, and who deleted them. */
export interface DeletedRun {
  readonly lines: readonly string[];
  readonly author: Evidenced;
}

/** Law D4: the deletions of commits that are taken over, handed on by equal run; each run serves one place. */
export function inheritedDeletions(
  parent: readonly string[],
  deleted: readonly LineSpan[],
  known: DeletedBy,
  runs: readonly DeletedRun[],
): DeletedBy {
  const found = new Map(known);
  for (const run of runs) {
    const place = deleted
      .flatMap((span) => placesIn(span, run.lines.length))
      .find((start) => run.lines.every((text, i) => !found.has(start + i) && parent[start + i] === text));
    if (place === undefined) continue;
    run.lines.forEach((_, i) => found.set(place + i, run.author));
  }
  return found;
}

function placesIn(span: LineSpan, length: number): number[] {
  const places: number[] = [];
  for (let start = span.start - 1; start + length <= span.start - 1 + span.count; start++) places.push(start);
  return places;
}
