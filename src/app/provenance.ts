import { modelRanges, originRuns } from '../core/hunks';
import { isModelWritten, isRedeclared, UNKNOWN } from '../core/origin';
import { percentEncodePath } from '../core/path';
import type { ProvenanceRange } from '../core/range';
import {
  assistedBy,
  formatBlock,
  selectRanges,
  type Acknowledgement,
  type Provenance,
} from '../core/trailer';
import type { Settings } from '../git/settings';
import { digestLines } from '../git/text';
import type { Attributed } from './attribute';
import type { Asked } from './commit-policy';

/** What a commit's trailers are made of. */
export interface Judged {
  readonly ranges: readonly ProvenanceRange[];
  readonly counts: Counts;
  /** Added lines that a person declared human against a model's evidence. */
  readonly redeclared: number;
}

/** Added lines by class, and deleted lines that an agent deleted. */
export interface Counts {
  readonly ai: number;
  readonly mixed: number;
  readonly human: number;
  readonly unknown: number;
  readonly aiDeleted: number;
}

export function judge(files: readonly Attributed[]): Judged {
  const counts = { ai: 0, mixed: 0, human: 0, unknown: 0, aiDeleted: 0 };
  const ranges: ProvenanceRange[] = [];
  let redeclared = 0;
  for (const { target, origins, deletedBy } of files) {
    const added = originRuns(target.added, (line) => origins[line] ?? UNKNOWN);
    const deleted = originRuns(target.deleted, (line) => deletedBy.get(line) ?? UNKNOWN);
    for (const { count, origin } of added)
      counts[origin.class === 'base' ? 'unknown' : origin.class] += count;
    for (const { count, origin } of added) if (isRedeclared(origin)) redeclared += count;
    for (const { count, origin } of deleted) if (isModelWritten(origin)) counts.aiDeleted += count;
    if (target.path !== null) ranges.push(...modelRanges(target.path, '+', added, target.lines, digestLines));
    if (target.oldPath !== null)
      ranges.push(...modelRanges(target.oldPath, '-', deleted, target.oldLines, digestLines));
  }
  return { ranges, counts, redeclared };
}

/**
 * The trailer lines of a commit, without line ends; null where it needs none. `earlier` is what the message says as it
 * stands: human lines leave no ranges, so numbers that it gives and that still fit are kept.
 */
export function trailerLines(
  judged: Judged,
  settings: Settings,
  earlier: Provenance | null,
  asked: Asked,
  ack: Acknowledgement | null,
): readonly string[] | null {
  if (judged.ranges.length === 0 && settings.stamp !== 'always' && !asked.isTouched) return null;
  const ranges = [...judged.ranges, ...asked.redeclared, ...asked.unknown];
  const { detail, lines, lineLimit } = settings;
  const { tierOf, fullFor, tiers, policy } = asked;
  const selection = { detail, lines, lineLimit, tierOf, fullFor };
  const listed = selectRanges(listable(ranges, settings), selection);
  const counts = keepHuman(judged.counts, earlier);
  const provenance: Provenance = {
    version: 1,
    ...counts,
    hunks: ranges.length,
    listed: listed.length,
    redeclared: judged.redeclared || null,
  };
  return formatBlock(
    { provenance, assistedBy: assistedBy(ranges), ranges: listed, tiers, policy, ack },
    { lineLimit },
  );
}

/**
 * A path that is longer than a line stands whole in its trailer, by the format; commitlint's usual rules refuse such a
 * commit. With `hunkmark.longPaths` = `unlisted` its ranges are counted and not listed.
 */
function listable(ranges: readonly ProvenanceRange[], settings: Settings): readonly ProvenanceRange[] {
  if (settings.longPaths === 'whole') return ranges;
  return ranges.filter(({ path }) => percentEncodePath(path).length < settings.lineLimit);
}

function keepHuman(counts: Counts, earlier: Provenance | null): Counts {
  if (!earlier || earlier.ai !== counts.ai || earlier.mixed !== counts.mixed) return counts;
  if (earlier.human + earlier.unknown !== counts.human + counts.unknown) return counts;
  return { ...counts, human: earlier.human, unknown: earlier.unknown };
}
