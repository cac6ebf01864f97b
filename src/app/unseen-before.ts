import type { ReportedEdit } from '../core/agent-event';
import { headsOf, type KnownRecord } from '../core/journal';
import { replay } from '../core/replay';
import { unreplay } from '../core/unreplay';
import { lastKnown } from './fold';

/** The texts around an edit, as far as they are known. */
export interface TextsAround {
  readonly before: string | undefined;
  /** What stands there, or will when the editor saves it. */
  readonly disk: string;
}

/**
 * The texts around an edit that nobody announced, so that nobody saw the one before it. Throws where all of the file
 * would have to be taken for the agent's.
 */
export function unseenBefore(
  { change, after }: ReportedEdit,
  disk: string,
  known: readonly KnownRecord[],
  via: 'agent' | 'completion',
): TextsAround {
  const before = unreplay(change, after ?? disk);
  if (before !== null) return { before, disk };
  // A completion is in the editor's buffer first.
  const saved = via === 'completion' ? replay(change, disk) : null;
  if (saved !== null) return { before: disk, disk: saved };
  const last = lastKnown(headsOf(known));
  if (last && change.kind !== 'write' && replay(change, last.lines.join('')) !== null)
    return { before: undefined, disk };
  throw new Error('it was not seen before the edit, which does not say what was there');
}
