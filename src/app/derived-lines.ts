import { align } from '../core/align';
import { derive, sharedWeight } from '../core/derive';
import { derivedOrigin } from '../core/known';
import { isModelWritten, UNKNOWN } from '../core/origin';
import { lineKey } from '../core/tokens';
import {
  hasOpen,
  isOpen,
  KNOWN_TEXTS,
  offer,
  type CommittedText,
  type Sources,
  type Work,
} from './open-lines';

/**
 * What is still open and shares most of its words with a model's line of its gap was made out of that line; but for
 * a line that stands just so in a text we know. It was there already, and more likely the model's line was made out
 * of it: its former text is what is staged, while the agent's is not. And but for a line that shares as much with one
 * that is committed: git may have put that back since, and whatever the model wrote of the other is not in it.
 */
export async function fromDerived(work: Work, sources: Sources): Promise<void> {
  if (!hasOpen(work)) return;
  if (work.heads.some(mayBeDerivedFrom))
    for (const text of await sources.former(work.target))
      work.committed.push({ text, alignment: align(text.lines, work.target.lines) });
  const former = formerKeys(work);
  const open = {
    old: () => true,
    new: (line: number) =>
      isOpen(work, line) &&
      !former.has(lineKey(work.target.lines[line] ?? '')) &&
      !wasReformatted(work, line),
  };
  const nearest = nearestCommitted(work, open);
  for (const head of work.heads) {
    if (!hasOpen(work)) return;
    if (!mayBeDerivedFrom(head)) continue;
    derive(head.lines, work.target.lines, head.alignment, open).forEach((source, line) => {
      if (source.kind !== 'derived' || !isOpen(work, line)) return;
      const shared = sharedWeight(head.lines[source.old] ?? '', work.target.lines[line] ?? '');
      if (shared > (nearest.get(line)?.shared ?? 0))
        offer(work, line, derivedOrigin(head.origins[source.old] ?? UNKNOWN, null));
    });
  }
  for (const { text } of work.committed) await offerNearest(work, text, nearest, sources);
}

function mayBeDerivedFrom({ hasComeHere, origins }: Work['heads'][number]): boolean {
  return hasComeHere && origins.some(isModelWritten);
}

/** The committed line (0-based) with which an open one shares the most, of several the one nearest to the parent. */
interface Nearest {
  readonly text: CommittedText;
  readonly old: number;
  readonly shared: number;
}

type Open = Parameters<typeof derive>[3];

function nearestCommitted({ target, committed }: Work, open: Open): ReadonlyMap<number, Nearest> {
  const nearest = new Map<number, Nearest>();
  for (const { text, alignment } of committed)
    derive(text.lines, target.lines, alignment, open).forEach((source, line) => {
      if (source.kind !== 'derived' || !open.new(line)) return;
      const shared = sharedWeight(text.lines[source.old] ?? '', target.lines[line] ?? '');
      if (shared >= (nearest.get(line)?.shared ?? 0)) nearest.set(line, { text, old: source.old, shared });
    });
  return nearest;
}

async function offerNearest(
  work: Work,
  text: CommittedText,
  nearest: ReadonlyMap<number, Nearest>,
  sources: Sources,
): Promise<void> {
  const wanted = [...nearest].filter(([line, each]) => each.text === text && isOpen(work, line));
  if (wanted.length === 0) return;
  const numbers = [...new Set(wanted.map(([, { old }]) => old + 1))].toSorted((x, y) => x - y);
  const origins = await sources.origins(text, numbers);
  for (const [line, { old }] of wanted)
    offer(work, line, derivedOrigin(origins.get(old + 1) ?? UNKNOWN, null));
}

/** A committed line in another shape: nobody knows whose it is, but all of its words were there. */
function wasReformatted({ committed }: Work, line: number): boolean {
  return committed.some(({ alignment }) => alignment.sources[line]?.kind === 'reformat');
}

function formerKeys(work: Work): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { known } of work.records.slice(0, KNOWN_TEXTS)) {
    for (const line of known.lines) keys.add(lineKey(line));
    for (const { text } of known.tombstones) keys.add(lineKey(text));
  }
  for (const { text } of work.committed) for (const line of text.lines) keys.add(lineKey(line));
  return keys;
}
