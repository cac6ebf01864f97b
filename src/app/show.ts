import { createHash } from 'node:crypto';
import { asksAcknowledgement } from '../core/policy';
import type { LineClass, Via } from '../core/origin';
import { fromByteString, percentDecodePath } from '../core/path';
import type { Side } from '../core/range';
import type { Reading } from '../core/reading';
import { countsAreRight } from '../core/line-classes';
import type { Found, ResolvedRange, Verdict } from '../core/resolve';
import { ackDigestText, type InvalidTrailer, type Provenance, type TierMark } from '../core/trailer';
import { personOf, timeOf, type CommitObject } from '../git/commit-object';
import { mailOf, readCommitPolicy } from './commit-policy';
import { dayOf, openPolicies } from './policy';
import type { CommitProvenance } from './committed';
import { headPolicyProblem } from './head-policy';
import { noteTracked, withRepository, type Opened, type Place } from './opened';
import { Refused } from './refused';

/** The provenance of one commit. */
export interface Shown {
  readonly commit: string;
  readonly subject: string;
  /** `NAME <EMAIL>`. */
  readonly author: string;
  readonly committer: string;
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
  readonly tracked: Reading['tracked'];
  /** null where the trailer block has none that can be read. */
  readonly provenance: Provenance | null;
  /** Whether these numbers are those of the commit. */
  readonly countsAreRight: boolean;
  readonly ranges: readonly ShownRange[];
  readonly tiers: readonly TierMark[];
  readonly policy: string | null;
  readonly ack: ShownAck | null;
  readonly override: string | null;
}

/** The same for a person, who is told what is wrong with the policy at HEAD. */
export interface ShownFor extends Shown {
  readonly policyProblem: string | null;
}

/**
 * A range as the message states it and where it was found. What does not parse stands behind the others with verdict
 * `invalid`, class `unknown` and the path and side that can be read (else empty and `+`); its lines are 0,0.
 */
export interface ShownRange {
  readonly path: string;
  readonly side: Side;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
  readonly class: LineClass;
  readonly via: Via | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly verdict: Verdict;
  /** Where the lines are: for `exact` the range's own place; null where nobody can tell. */
  readonly at: Found | null;
  readonly source: 'block' | 'body';
}

export interface ShownAck {
  readonly acknowledged: number;
  readonly required: number;
  readonly by: string;
  /** All are acknowledged, by the committer, and these are the commit's ranges. */
  readonly valid: boolean;
}

/** What the commit `name` says about itself, held against what it changes. */
export async function show(place: Place, name: string): Promise<ShownFor> {
  return await withRepository(place, async (opened) => ({
    ...(await shown(opened, name)),
    policyProblem: await headPolicyProblem(opened),
  }));
}

/** The same for an editor, which says by itself what is wrong with the policy. */
export async function showCommit(place: Place, name: string): Promise<Shown> {
  return await withRepository(place, async (opened) => await shown(opened, name));
}

async function shown(opened: Opened, name: string): Promise<Shown> {
  const found = await readCommit(opened, name);
  const { oid, commit, reading, resolved } = found;
  const { block } = reading;
  if (reading.tracked !== 'no') noteTracked(opened);
  return {
    commit: oid,
    subject: subjectOf(commit),
    author: personOf(commit.author),
    committer: personOf(commit.committer),
    time: timeOf(commit.committer),
    tracked: reading.tracked,
    provenance: block?.provenance ?? null,
    countsAreRight: countsAreRight(reading, resolved, found.files),
    ranges: [...resolved.map(shownRange), ...reading.invalid.flatMap(unreadableRange)],
    tiers: block?.tiers ?? [],
    policy: block?.policy ?? null,
    ack: await shownAck(opened, found),
    override: reading.override ?? reading.buriedOverride,
  };
}

async function readCommit({ commits }: Opened, name: string): Promise<CommitProvenance> {
  const found = await commits.commit(name);
  if (!found) throw new Refused(`there is no commit ${name}`);
  try {
    const read = await commits.read(found.oid);
    if (read) return read;
  } catch (error) {
    const parents = await Promise.all(found.commit.parents.map((parent) => commits.commit(parent)));
    if (!parents.includes(null)) throw error;
  }
  throw new Refused(
    `the history ends at ${found.oid}: what it changes is not here, git fetch --deepen=1 brings it`,
  );
}

/** The first line of the message that says something, in the encoding that the commit names. */
export function subjectOf({ message, encoding }: CommitObject): string {
  const line = message.split('\n').find((each) => each.trim() !== '') ?? '';
  return decoded(line, encoding).trim();
}

function decoded(bytes: string, encoding: string | null): string {
  if (encoding === null) return fromByteString(bytes);
  try {
    return new TextDecoder(encoding).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    // An encoding that this Node does not know.
    return fromByteString(bytes);
  }
}

function shownRange({ range, verdict, at }: ResolvedRange): ShownRange {
  const { path, side, start, count, digest, class: lineClass, via, agent, model, source } = range;
  return { path, side, start, count, digest, class: lineClass, via, agent, model, verdict, at, source };
}

function unreadableRange({ key, text }: InvalidTrailer): ShownRange[] {
  if (key !== 'AI-Hunk') return [];
  const [path = '', place = ''] = text.split(/[ \t]+/);
  const side = place.startsWith('-') ? '-' : '+';
  const nobody = { class: 'unknown', via: null, agent: null, model: null } as const;
  const nowhere = { start: 0, count: 0, digest: '', verdict: 'invalid', at: null, source: 'block' } as const;
  return [{ path: percentDecodePath(path) ?? '', side, ...nobody, ...nowhere }];
}

/** Which files ask for it the policy of the first parent says, on the day of the commit; without one all are asked for. */
async function shownAck(opened: Opened, found: CommitProvenance): Promise<ShownAck | null> {
  const { commit, reading, resolved } = found;
  const ack = reading.block?.ack;
  if (!ack) return null;
  const asks = await askingPaths(opened, found);
  const digests = resolved.flatMap(({ range, verdict }) =>
    range.source === 'block' &&
    (range.class === 'ai' || range.class === 'mixed') &&
    (verdict === 'exact' || verdict === 'moved') &&
    asks(range.path)
      ? [range.digest]
      : [],
  );
  const digest = createHash('sha256').update(ackDigestText(digests)).digest('hex').slice(0, 8);
  const isWhole = ack.acknowledged === ack.required && ack.required === digests.length;
  const { acknowledged, required, by } = ack;
  const isCommitter = mailOf(by) === mailOf(fromByteString(commit.committer));
  return { acknowledged, required, by, valid: isWhole && ack.digest === digest && isCommitter };
}

async function askingPaths(
  opened: Opened,
  { commit, files }: CommitProvenance,
): Promise<(path: string) => boolean> {
  const day = dayOf(timeOf(commit.committer) * 1000);
  const [parent = null] = commit.parents;
  const policy = await readCommitPolicy(openPolicies(opened), opened.commits, parent, day);
  if (policy.kind !== 'policy') return () => true;
  const asking = new Set<string>();
  for (const { change } of files)
    if (asksAcknowledgement(policy.placementOf(change).rules))
      for (const path of [change.path, change.oldPath]) if (path !== null) asking.add(path);
  return (path) => asking.has(path);
}
