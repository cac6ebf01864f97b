import { acknowledgeable, isAcknowledged } from '../core/judge-person';
import { namesOf } from '../core/judge-finding';
import { type CommitFacts, type FileFacts } from '../core/judge-facts';
import type { Author } from '../core/origin';
import { placePaths, type PolicyMatcher } from '../core/placing';
import { problemText, type PolicyRead } from '../core/policy';
import type { Side } from '../core/range';
import type { ResolvedRange, Verdict } from '../core/resolve';
import { listCommits, type CommitQuery, type ListedCommit } from '../git/commit-list';
import { runGit } from '../git/run';
import { digestLines } from '../git/text';
import { readHistory, type HistoryCommit } from './commit-facts';
import { isPartialClone } from './installation';
import { noteTracked, withRepository, type Opened, type Place } from './opened';
import { dayOf, openPolicies, type PolicyReader } from './policy';
import { Refused } from './refused';
import { placesAt, type PlacesAt } from './review-places';
import { subjectOf } from './show';

/** A branch against its base (null: what the repository calls its main branch), or one commit. */
export type ReviewRequest =
  | { readonly kind: 'branch'; readonly base: string | null; readonly head: string }
  | { readonly kind: 'commit'; readonly revision: string };

/** What models wrote and deleted in a branch or a commit, as its commits say and as they verify. */
export interface Review {
  readonly base: { readonly name: string; readonly oid: string } | null;
  readonly head: string;
  /** What the left side of a diff of the whole is: where the branch forks off, a commit's parent. */
  readonly fork: string | null;
  readonly commits: number;
  /** Of these, with trailers of ours. */
  readonly tracked: number;
  /** Commits at which the history that is here ends: what they change is not known. */
  readonly ends: readonly string[];
  /** Why no tiers are known; null: they are, or there is no policy. */
  readonly policyProblem: string | null;
  /** Lines that models wrote or deleted, by the numbers of commits that do not list all of their ranges. */
  readonly unlisted: number;
  /** By path; the hunks of each from its top. */
  readonly files: readonly ReviewFile[];
}

export interface ReviewFile {
  readonly path: string;
  /** Most critical first. */
  readonly systems: readonly {
    readonly name: string;
    readonly tier: number;
    readonly owners: readonly string[];
  }[];
  readonly hunks: readonly ReviewHunk[];
  /** Added lines of which nobody knows who wrote them. */
  readonly unknown: number;
}

export interface ReviewHunk extends Author {
  readonly commit: string;
  readonly subject: string;
  readonly side: Side;
  readonly class: 'ai' | 'mixed';
  readonly verdict: Verdict;
  /** Where it is in the commit, for `-` in its parent, 1-based. What is not found has the place that it says. */
  readonly path: string;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
  /** The line at which exactly these lines stand at the head; null: they do not, or they are deleted ones. */
  readonly now: number | null;
  /** Whether the committer says so, validly; null: nothing asks for it. */
  readonly acknowledged: boolean | null;
}

/** Reads what there is to review. `now`: milliseconds since 1970. */
export async function review(place: Place, request: ReviewRequest, now: number): Promise<Review> {
  return await withRepository(place, async (opened) => {
    if (isPartialClone(opened.repository.commonDir)) throw new Refused(PARTIAL);
    const scope = await scopeOf(opened, request);
    const { here, ends } = await partedAtEnds(opened, scope.listed);
    const history = await readHistory(opened, here);
    const policies = openPolicies(opened);
    const policy = await policyOf(opened, policies, scope);
    const matcher = policy.kind === 'policy' ? policies.matcherOf(policy) : null;
    const tracked = history.filter(({ facts }) => facts.reading.tracked !== 'no').length;
    if (tracked > 0) noteTracked(opened);
    const places = placesAt(opened, scope.head);
    return {
      base: scope.base,
      head: scope.head,
      fork: scope.fork,
      commits: scope.listed.length,
      tracked,
      ends,
      policyProblem: policy.kind === 'invalid' ? problemText(policy) : null,
      unlisted: history.reduce((sum, { facts }) => sum + unlistedLines(facts), 0),
      files: await filesOf(history, matcher, dayOf(now), places),
    };
  });
}

const PARTIAL =
  'this clone is partial: git would have to fetch what its commits change, and Hunkmark fetches nothing by itself; in a whole clone all of it can be read';

// ---- which commits

interface Scope {
  readonly base: Review['base'];
  readonly head: string;
  readonly fork: string | null;
  readonly listed: readonly ListedCommit[];
}

async function scopeOf(opened: Opened, request: ReviewRequest): Promise<Scope> {
  if (request.kind === 'commit') {
    const head = await commitNamed(opened, request.revision);
    const listed = await listCommits(opened.root, { tips: ['--no-walk', head], excluded: [] });
    return { base: null, head, fork: listed[0]?.parents[0] ?? null, listed };
  }
  const head = await commitNamed(opened, request.head);
  const base = request.base === null ? await mainBranch(opened) : await namedBase(opened, request.base);
  const query: CommitQuery = { tips: [head], excluded: [base.oid] };
  const [listed, fork] = await Promise.all([
    listCommits(opened.root, query),
    runGit(opened.root, ['merge-base', base.oid, head]),
  ]);
  return { base, head, fork: fork.stdout.toString('latin1').trim() || null, listed };
}

async function commitNamed({ commits }: Opened, name: string): Promise<string> {
  const found = /^[^-].{0,250}$/.test(name) ? await commits.commit(name) : null;
  if (found === null) throw new Refused(`there is no commit ${name} here`);
  return found.oid;
}

async function namedBase(opened: Opened, name: string): Promise<{ name: string; oid: string }> {
  return { name, oid: await commitNamed(opened, name) };
}

const MAIN_BRANCHES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

async function mainBranch(opened: Opened): Promise<{ name: string; oid: string }> {
  for (const name of MAIN_BRANCHES) {
    const found = await opened.commits.commit(
      `refs/${name.startsWith('origin/') ? 'remotes' : 'heads'}/${name}`,
    );
    if (found) return { name, oid: found.oid };
  }
  throw new Refused('nothing here says what the base of this branch is: name it');
}

/** At the end of a shallow history git follows fewer parents than the commit has. */
async function partedAtEnds(
  { commits }: Opened,
  listed: readonly ListedCommit[],
): Promise<{ here: ListedCommit[]; ends: string[] }> {
  const found = await Promise.all(
    listed.map(async (each) => {
      const all = (await commits.commit(each.oid))?.commit.parents.length ?? 0;
      return { each, isEnd: each.parents.length < all };
    }),
  );
  return {
    here: found.flatMap(({ each, isEnd }) => (isEnd ? [] : [each])),
    ends: found.flatMap(({ each, isEnd }) => (isEnd ? [each.oid] : [])),
  };
}

/** That of the base judges, as in a check; where there is none, the one that the branch brings. */
async function policyOf(
  opened: Opened,
  policies: PolicyReader,
  { base, fork, head }: Scope,
): Promise<PolicyRead> {
  for (const commit of [base?.oid ?? fork, head]) {
    const found = commit === null ? null : await opened.commits.commit(commit);
    const read = found ? await policies.ofTree(found.commit.tree) : null;
    if (read && read.kind !== 'none') return read;
  }
  return { kind: 'none' };
}

// ---- what is in them

async function filesOf(
  history: readonly HistoryCommit[],
  matcher: PolicyMatcher | null,
  day: string,
  places: PlacesAt,
): Promise<ReviewFile[]> {
  const files = new Map<string, { hunks: ReviewHunk[]; unknown: number }>();
  const at = (path: string): { hunks: ReviewHunk[]; unknown: number } => {
    const file = files.get(path) ?? { hunks: [], unknown: 0 };
    files.set(path, file);
    return file;
  };
  for (const each of history) {
    const asking = askingPaths(each.facts, matcher, day);
    const ranges = acknowledgeable(each.facts.resolved, (path) => asking.has(path));
    const isDone = isAcknowledged(each.facts, ranges, (text) => digestLines([text]));
    for (const found of reviewable(each.facts)) {
      const hunk = hunkOf(each, found, ranges.includes(found) ? isDone : null);
      at(hunk.path).hunks.push({ ...hunk, now: await places(hunk) });
    }
    for (const file of each.facts.files) countUnknown(file, at);
  }
  const systemsAt = (path: string): ReviewFile['systems'] =>
    matcher
      ? placePaths(matcher, [path], day).systems.map(({ name, tier, owners }) => ({ name, tier, owners }))
      : [];
  return [...files]
    .filter(([, { hunks }]) => hunks.length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { hunks, unknown }]) => {
      return { path, systems: systemsAt(path), hunks: hunks.toSorted(byPlace), unknown };
    });
}

/** As a person reads a diff: from the top, what is taken out before what comes. */
function byPlace(a: ReviewHunk, b: ReviewHunk): number {
  return (a.now ?? a.start) - (b.now ?? b.start) || (a.side === b.side ? 0 : a.side === '-' ? -1 : 1);
}

function countUnknown(file: FileFacts, at: (path: string) => { unknown: number }): void {
  if (file.path === null) return;
  for (const run of file.runs)
    if (run.side === '+' && run.class === 'unknown') at(file.path).unknown += run.count;
}

function askingPaths(facts: CommitFacts, matcher: PolicyMatcher | null, day: string): ReadonlySet<string> {
  if (matcher === null) return new Set();
  const asks = (names: readonly string[]): boolean =>
    placePaths(matcher, names, day).rules.commit === 'acknowledge';
  return new Set(facts.files.map(namesOf).filter(asks).flat());
}

/** Ranges of models. A squash says the same again in its block; what is buried and not found is nobody's claim here. */
function reviewable({ resolved }: CommitFacts): ResolvedRange[] {
  const key = ({ range, at }: ResolvedRange): string =>
    [range.side, at?.path, at?.start, range.count, range.digest].join(' ');
  const own = resolved.filter(({ range: { class: name } }) => name === 'ai' || name === 'mixed');
  const block = own.filter(({ range }) => range.source === 'block');
  const said = new Set(block.map(key));
  return [
    ...block,
    ...own.filter((each) => each.range.source === 'body' && each.at !== null && !said.has(key(each))),
  ];
}

function hunkOf(
  { oid, commit }: HistoryCommit,
  { range, verdict, at }: ResolvedRange,
  acknowledged: boolean | null,
): Omit<ReviewHunk, 'now'> {
  const { side, count, digest, via, agent, model } = range;
  return {
    commit: oid,
    subject: subjectOf(commit),
    side,
    class: range.class === 'mixed' ? 'mixed' : 'ai',
    via,
    agent,
    model,
    verdict,
    path: at?.path ?? range.path,
    start: at?.start ?? range.start,
    count,
    digest,
    acknowledged,
  };
}

function unlistedLines({ reading: { block } }: CommitFacts): number {
  const said = block?.provenance;
  if (!block || !said || said.listed === said.hunks) return 0;
  const listed = block.ranges
    .filter(({ class: name }) => name === 'ai' || name === 'mixed')
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, said.ai + said.mixed + said.aiDeleted - listed);
}
