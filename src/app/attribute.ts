import { align } from '../core/align';
import { agentDeletions, inheritedDeletions, type DeletedBy } from '../core/deletions';
import { settleBlankLines, slideAdded } from '../core/hunks';
import { headsOf } from '../core/journal';
import { isEvidenced, UNKNOWN, type LineOrigin } from '../core/origin';
import { foundIn } from '../core/vouched';
import { fromDerived } from './derived-lines';
import { fromDisplaced, fromOtherPaths } from './displaced-lines';
import {
  hasComeHere,
  hasOpen,
  offer,
  offerCommitted,
  offerInPlace,
  placesOf,
  sameKeys,
  startWork,
  type Sources,
  type Work,
} from './open-lines';
import type { Target } from './targets';

export interface Attributed {
  readonly target: Target;
  /** One origin for each line of the target; only those of added lines mean anything. */
  readonly origins: readonly LineOrigin[];
  /** Deleted lines of the old text, 0-based, with the agent that deleted them. */
  readonly deletedBy: DeletedBy;
}

/** The origin of every added line and of every deleted one. */
export async function attribute(targets: readonly Target[], sources: Sources): Promise<Attributed[]> {
  const works = targets.map((target) => startWork(target, sources));
  for (const work of works) {
    fromExactTexts(work);
    fromLastTexts(work, sources);
    slideAdded(work.target.lines, work.target.added, work.origins, (line) => work.seen[line] ?? UNKNOWN);
    await fromCommitted(work, sources);
    await fromDisplaced(work, sources);
  }
  await fromOtherPaths(works, sources);
  for (const work of works) await fromDerived(work, sources);
  return await Promise.all(works.map((work) => finish(work, sources)));
}

function fromExactTexts(work: Work): void {
  const { lines } = work.target;
  for (const { known } of work.records) {
    if (!hasOpen(work)) return;
    if (!sameKeys(known.lines, lines)) continue;
    known.origins.forEach((origin, line) => offer(work, line, origin));
  }
}

function fromLastTexts(work: Work, sources: Sources): void {
  if (!hasOpen(work)) return;
  for (const record of headsOf(work.records)) {
    const { lines, origins } = record.known;
    const alignment = align(lines, work.target.lines);
    const head = { lines, origins, alignment, hasComeHere: hasComeHere(record, work.target, sources) };
    work.heads.push(head);
    offerInPlace(work, head, foundIn(work.target.lines, alignment.sources));
  }
}

async function fromCommitted(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  for (const text of await sources.committed(work.target)) {
    if (!hasOpen(work)) return;
    const alignment = align(text.lines, work.target.lines);
    work.committed.push({ text, alignment });
    await offerCommitted(work, text, sources, (line) => placesOf(alignment.sources[line]));
  }
}

async function finish(work: Work, sources: Sources): Promise<Attributed> {
  const { target } = work;
  const origins = work.origins.map((origin) => (isEvidenced(origin) ? origin : UNKNOWN));
  return {
    target,
    origins: settleBlankLines(target.lines, target.added, origins),
    deletedBy: await deletionsOf(target, sources),
  };
}

async function deletionsOf(target: Target, sources: Sources): Promise<DeletedBy> {
  let found: DeletedBy = new Map();
  if (target.deleted.length === 0 || target.oldPath === null) return found;
  const paths = [...new Set([target.oldPath, target.path].filter((path) => path !== null))];
  const heads = headsOf(paths.flatMap((path) => sources.known(path)));
  for (const head of heads.filter((each) => hasComeHere(each, target, sources))) {
    const own = agentDeletions(target.oldLines, target.deleted, await sources.unspent(head));
    found = new Map([...own, ...found]);
  }
  return inheritedDeletions(target.oldLines, target.deleted, found, await sources.deletions(target));
}
