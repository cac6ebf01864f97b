import * as fs from 'node:fs';
import * as path from 'node:path';
import { journalOf, readJournal } from '../git/journal-files';
import { readOperation } from '../git/operation';
import { readSettings } from '../git/settings';
import { hasMarker, isInstalled } from '../git/state-files';
import { attribute, type Attributed } from './attribute';
import { KNOWN_TEXTS } from './open-lines';
import { openSources, type EvidenceHost } from './evidence';
import { readMaking, type Making } from './making';
import type { Opened } from './opened';
import { STAMP_DEFAULTS } from './stamp';
import type { Target } from './targets';

/** What the next `git commit` would be made of, with the message git holds ready for it (a byte string, or empty). */
export interface NextCommit {
  readonly making: Making;
  readonly message: string;
}

/** A merge, a cherry-pick, a squash or a soft reset that waits for its commit counts; an amend does not. */
export async function nextCommit({ repository, root, commits }: Opened): Promise<NextCommit> {
  const message =
    readState(repository.gitDir, 'MERGE_MSG') ?? readState(repository.gitDir, 'SQUASH_MSG') ?? '';
  const making = await readMaking(root, repository, commits, readOperation(repository, null), message);
  return { making, message };
}

/** The origins of a file that is not committed as it stands. */
export async function attributeNow(opened: Opened, target: Target): Promise<Attributed> {
  const { making } = await nextCommit(opened);
  const sources = openSources(evidenceHost(opened), making, [target]);
  const [attributed] = await attribute([target], sources);
  return attributed ?? { target, origins: [], deletedBy: new Map() };
}

function readState(gitDir: string, name: string): string | null {
  const file = path.join(gitDir, name);
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file, 'latin1') : null;
}

/**
 * Where the lines that are not committed may come from. History is asked as long as `stamp` would ask it, so that the
 * answer is the same; without an installation nobody has noted whether it knows anything, so it is asked too.
 */
export function evidenceHost({ repository, root, objects, commits }: Opened, tracked = false): EvidenceHost {
  const began = performance.now();
  return {
    repository,
    cwd: root,
    objects,
    commits,
    journal: readJournal(journalOf(repository), { kind: 'known', latest: KNOWN_TEXTS }),
    tracked: tracked || !isInstalled(repository.commonDir) || hasMarker(repository.commonDir, 'tracked'),
    settings: async () => await readSettings(root),
    hasTime: () => performance.now() - began < STAMP_DEFAULTS.historyBudget,
  };
}
