import type { ReportedEdit } from '../core/agent-event';
import { headsOf, type KnownRecord } from '../core/journal';
import { replay } from '../core/replay';
import { unreplay } from '../core/unreplay';
import { lastKnown } from './fold';

/**
 * The text before an edit that nobody announced, so that nobody saw it: worked out from what the edit has left, or
 * undefined where the last known text will do. Throws where all of the file would have to be taken for the agent's.
 */
export function unseenBefore(
  { change, after }: ReportedEdit,
  disk: string,
  known: readonly KnownRecord[],
): string | undefined {
  const before = unreplay(change, after ?? disk);
  if (before !== null) return before;
  const last = lastKnown(headsOf(known));
  if (last && change.kind !== 'write' && replay(change, last.lines.join('')) !== null) return undefined;
  throw new Error('it was not seen before the edit, which does not say what was there');
}
