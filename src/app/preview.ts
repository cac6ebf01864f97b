import { stampMessage } from '../core/message';
import type { Evidenced } from '../core/origin';
import { readSettings } from '../git/settings';
import type { Attributed } from './attribute';
import { NOTHING_ASKED } from './commit-policy';
import { withRepository, type Place } from './opened';
import { judge, trailerLines } from './provenance';
import type { Target } from './targets';

/** The last commit's message, and what it would be like in each detail if an agent had written what it adds. */
export interface CommitPreview {
  readonly commit: string;
  /** The message without trailers of ours. */
  readonly message: string;
  readonly summary: string;
  readonly hunks: string;
  readonly full: string;
}

/** The agent of the example: what it says is true of nobody. */
const EXAMPLE: Evidenced = {
  class: 'ai',
  via: 'agent',
  agent: 'example-agent',
  model: null,
  evidence: 'reported',
};

/**
 * The repository's last commit as it would look if an agent had written all the lines it adds: an example to decide by,
 * with the person's own message and files. null: there is no commit yet.
 */
export async function previewCommit(place: Place): Promise<CommitPreview | null> {
  return await withRepository(place, async ({ root, commits }) => {
    const head = await commits.commit('HEAD');
    if (!head) return null;
    const settings = await readSettings(root);
    const judged = judge((await commits.changes(head.oid)).map(asIfByAgent));
    const bare = stampMessage(head.commit.message, null, { commentPrefix: null, scissors: false });
    const withDetail = (detail: 'summary' | 'hunks' | 'full'): string => {
      const lines = trailerLines(judged, { ...settings, detail }, null, NOTHING_ASKED, null);
      return decoded(stampMessage(bare, lines, { commentPrefix: null, scissors: false }));
    };
    return {
      commit: head.oid,
      message: decoded(bare),
      summary: withDetail('summary'),
      hunks: withDetail('hunks'),
      full: withDetail('full'),
    };
  });
}

function asIfByAgent(target: Target): Attributed {
  const deletedBy = new Map<number, Evidenced>();
  return { target, origins: target.lines.map(() => EXAMPLE), deletedBy };
}

/** Messages are byte strings. */
function decoded(message: string): string {
  return Buffer.from(message, 'latin1').toString('utf8');
}
