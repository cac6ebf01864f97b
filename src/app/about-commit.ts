import { Refused } from './refused';
import { showCommit, type ShownAck } from './show';
import { tiersOf, type TierAnswer } from './tier';
import type { Place } from './opened';

/** What a reviewer wants to know of the commit that a line comes from, and of the file it is in. */
export interface CommitAbout {
  readonly commit: string;
  readonly subject: string;
  /** `NAME <EMAIL>`. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly ack: ShownAck | null;
  /** By the policy of the working tree; none where it cannot be read. */
  readonly systems: TierAnswer['systems'];
}

/** null: the commit, or what it changes, is not here. `file` is absolute, `now` in milliseconds since 1970. */
export async function aboutCommit(
  place: Place,
  commit: string,
  file: string,
  now: number,
): Promise<CommitAbout | null> {
  try {
    const { subject, author, time, ack, commit: oid } = await showCommit(place, commit);
    return {
      commit: oid,
      subject,
      author,
      time: time * 1000,
      ack,
      systems: await systemsOf(place, file, now),
    };
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

async function systemsOf(place: Place, file: string, now: number): Promise<TierAnswer['systems']> {
  try {
    return (await tiersOf(place, [file], null, now)).answers[0]?.systems ?? [];
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
