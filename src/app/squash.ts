import { readProvenance } from '../core/reading';
import { parseTrailerBlock } from '../core/message';
import { fromByteString } from '../core/path';
import { listCommits } from '../git/commit-list';
import { diffCommit } from '../git/diff';
import { git } from '../git/run';
import { readSettings, type Settings } from '../git/settings';
import { attribute } from './attribute';
import { resolveRange } from './check-range';
import { shallowAt } from './commit-facts';
import { askPolicy, generatedIn, readCommitPolicy } from './commit-policy';
import { openSources, type EvidenceHost } from './evidence';
import { lineless, withClaims } from './index-provenance';
import type { Making } from './making';
import { withRepository, type Opened, type Place } from './opened';
import { dayOf, openPolicies } from './policy';
import { judge, trailerLines } from './provenance';
import { Refused } from './refused';
import { targetsOfDiffs } from './committed';

export interface Squashed {
  /** The trailer lines, without line ends, as text; empty where the squash needs none. */
  readonly lines: readonly string[];
  readonly commits: number;
}

/**
 * The trailers that the squash of a range must carry: what its commits together change, each line with the origin that
 * their own trailers give it. The journal has no say, so that every clone gives the same answer. Acknowledgements are
 * not carried over: whoever commits the squash has not given them. Overrides and change references are, as they stand.
 */
export async function squashMessage(place: Place, range: string | null, now: number): Promise<Squashed> {
  return await withRepository(place, async (opened) => {
    const { query, base, head } = await resolveRange(opened, place, { range, base: null });
    if (base === null || query.excluded.length === 0)
      throw new Refused('squash-message takes a range with a beginning, such as origin/main..HEAD');
    const [listed, parent] = [await listCommits(opened.root, query), await forkOf(opened, base, head)];
    const messages = await Promise.all(
      listed.map(async ({ oid, parents }) => {
        const found = await opened.commits.commit(oid);
        if (found && found.commit.parents.length > parents.length) throw new Refused(shallowAt(oid));
        return found?.commit.message ?? '';
      }),
    );
    const making: Making = {
      parents: [parent],
      takenOver: listed.map(({ oid }) => oid).toReversed(),
      alsoFrom: [],
      claims: messages.flatMap((message) => readProvenance(message).ranges).toReversed(),
    };
    const ours = await trailersOf(opened, making, base, head, now);
    const persons = [...new Set(messages.flatMap(personsTrailers))];
    return { lines: [...ours, ...persons].map(fromByteString), commits: listed.length };
  });
}

async function trailersOf(
  opened: Opened,
  making: Making,
  base: string,
  head: string,
  now: number,
): Promise<readonly string[]> {
  const { root, objects, commits } = opened;
  const [parent = base] = making.parents;
  const files = await diffCommit(root, head, parent);
  const targets = await targetsOfDiffs([files], objects);
  const sources = openSources(committedOnly(opened), making, targets);
  const attributed = [...withClaims(await attribute(targets, sources), making.claims), ...lineless(files)];
  const judged = judge(attributed);
  const policy = await readCommitPolicy(openPolicies(opened), commits, base, dayOf(now));
  if (policy.kind === 'unusable') throw new Refused(policy.problem);
  const generated = await generatedIn(objects, `${head}:`, policy, attributed);
  const asked = askPolicy(policy, attributed, judged.ranges, generated);
  return trailerLines(judged, await readSettings(root), null, asked, null) ?? [];
}

/** History has all the time it needs here: nobody's commit waits. */
function committedOnly({ repository, root, objects, commits }: Opened): EvidenceHost {
  const journal = { records: [], damaged: 0 };
  const settings = async (): Promise<Settings> => await readSettings(root);
  return { repository, cwd: root, objects, commits, journal, tracked: true, settings, hasTime: () => true };
}

/** Where the range leaves its target: the squash is compared with that. */
async function forkOf({ root }: Opened, base: string, head: string): Promise<string> {
  const output = await git(root, ['merge-base', base, head]).catch(() => null);
  if (output === null)
    throw new Refused(
      'the range and its target have no commit in common here: fetch all of the history (fetch-depth: 0)',
    );
  return output.toString('latin1').trim();
}

const PERSONS = ['ai-override', 'change-ref'];

function personsTrailers(message: string): string[] {
  const trailers = parseTrailerBlock(message)?.trailers ?? [];
  return trailers
    .filter(({ key }) => PERSONS.includes(key.toLowerCase()))
    .map(({ key, value }) => `${key}: ${value}`);
}
