import { acknowledgeable, isAcknowledged } from '../core/judge-person';
import { namesOf } from '../core/judge-finding';
import { type CommitFacts, type FileFacts } from '../core/judge-facts';
import { isExempt, placePaths, type PolicyMatcher } from '../core/placing';
import { problemText } from '../core/policy';
import type { Verdict } from '../core/resolve';
import { listCommits, type CommitQuery } from '../git/commit-list';
import { personOf, timeOf } from '../git/commit-object';
import { readSignatures } from '../git/signatures';
import { digestLines } from '../git/text';
import { resolveRange, type JudgedRange } from './check-range';
import { readHistory, type HistoryCommit } from './commit-facts';
import { openLineless, type LinelessFinder } from './lineless';
import { noteTracked, withRepository, type Opened, type Place } from './opened';
import { dayOf, openPolicies, type PolicyReader } from './policy';
import { Refused } from './refused';
import { subjectOf } from './show';

export interface LogRequest {
  readonly range: string | null;
  readonly tier: number | null;
  /** `YYYY-MM-DD`, UTC, inclusive, of the committer's date; null: no bound. */
  readonly since: string | null;
  readonly until: string | null;
}

/** One commit that touches a system, as an auditor samples from them. */
export interface LogRow {
  readonly commit: string;
  readonly subject: string;
  /** `NAME <EMAIL>`. */
  readonly author: string;
  readonly committer: string;
  /** When it was committed, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly date: string;
  /** Most critical first. Empty where the policy of that time cannot be read. */
  readonly systems: readonly { readonly name: string; readonly tier: number }[];
  readonly tier: number | null;
  /** Lines of the whole commit, counted from its ranges and its content. */
  readonly counts: LogCounts;
  readonly state: 'tracked' | 'untracked' | 'restored' | 'exempt';
  /** null: nothing asks for it. */
  readonly acknowledged: boolean | null;
  readonly override: string | null;
  readonly changeRefs: readonly string[];
  /** `G B U X Y R E N`, as `git log --format=%G?`. */
  readonly signature: string;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** The blob id of the policy, or `invalid`. */
  readonly policy: string;
}

export interface LogCounts {
  readonly ai: number;
  readonly mixed: number;
  readonly human: number;
  readonly unknown: number;
  readonly aiDeleted: number;
}

/**
 * Every commit that touches a system of the policy of its first parent, the latest first. The rules are those of the
 * day it was committed on, so that the answer stays the same.
 */
export async function log(place: Place, request: LogRequest): Promise<readonly LogRow[]> {
  const [since, until] = [dayGiven(request.since), dayGiven(request.until)];
  return await withRepository(place, async (opened) => {
    const range = await resolveRange(opened, place, { range: request.range ?? 'HEAD', base: null });
    const policies = openPolicies(opened);
    const now = await policies.at(range.head);
    if (now.kind === 'invalid') throw new Refused(problemText(now));
    const history = await readHistory(opened, await listCommits(opened.root, queryOf(request, range)));
    if (history.some(({ facts }) => facts.reading.tracked !== 'no')) noteTracked(opened);
    const trees = new Map(history.map(({ oid, commit }) => [oid, commit.tree]));
    const lineless = openLineless(opened.objects);
    const rows: LogRow[] = [];
    for (const each of history.toReversed()) {
      const day = dayOf(1000 * timeOf(each.commit.committer));
      if ((since !== null && day < since) || (until !== null && day > until)) continue;
      const row = await rowOf(policies, each, await parentTree(opened, each, trees), day, lineless);
      if (row && (request.tier === null || row.systems.some(({ tier }) => tier === request.tier)))
        rows.push(row);
    }
    return await withSignatures(opened, rows, history);
  });
}

/** As git log takes it, three dots are what either side has and the other has not. */
function queryOf(request: LogRequest, { query, base, head }: JudgedRange): CommitQuery {
  return request.range?.includes('...') ? { tips: [`${base}...${head}`], excluded: [] } : query;
}

function dayGiven(day: string | null): string | null {
  if (day === null) return null;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || dayOf(time) !== day) throw new Refused(`${day} is no day: write YYYY-MM-DD`);
  return day;
}

async function parentTree(
  { commits }: Opened,
  { commit: { parents } }: HistoryCommit,
  trees: ReadonlyMap<string, string>,
): Promise<string | null> {
  const [parent] = parents;
  if (parent === undefined) return null;
  return trees.get(parent) ?? (await commits.commit(parent))?.commit.tree ?? null;
}

async function rowOf(
  policies: PolicyReader,
  { oid, commit, facts }: HistoryCommit,
  tree: string | null,
  day: string,
  lineless: LinelessFinder,
): Promise<LogRow | null> {
  const read = await policies.ofTree(tree);
  if (read.kind === 'none') return null;
  const matcher = read.kind === 'policy' ? policies.matcherOf(read) : null;
  const systems = matcher ? systemsOf(matcher, facts.files, day) : [];
  if (matcher && systems.length === 0) return null;
  return {
    commit: oid,
    subject: subjectOf(commit),
    author: personOf(commit.author),
    committer: personOf(commit.committer),
    date: `${new Date(1000 * timeOf(commit.committer)).toISOString().slice(0, 19)}Z`,
    systems,
    tier: systems[0]?.tier ?? null,
    counts: countsOf((await lineless.among(facts, () => true)).files),
    state: stateOf(facts, matcher),
    acknowledged: matcher ? acknowledged(facts, matcher, day) : null,
    override: facts.reading.override ?? facts.reading.buriedOverride,
    changeRefs: facts.changeRefs,
    signature: 'N',
    verdicts: verdictsOf(facts),
    policy: read.kind === 'policy' ? read.oid : 'invalid',
  };
}

function systemsOf(matcher: PolicyMatcher, files: readonly FileFacts[], day: string): LogRow['systems'] {
  const found = new Map<string, number>();
  for (const file of files)
    for (const { name, tier } of placePaths(matcher, namesOf(file), day).systems) found.set(name, tier);
  return [...found]
    .map(([name, tier]) => ({ name, tier }))
    .toSorted((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1));
}

function countsOf(files: readonly FileFacts[]): LogCounts {
  const counts = { ai: 0, mixed: 0, human: 0, unknown: 0, aiDeleted: 0 };
  for (const run of files.flatMap(({ runs }) => runs)) {
    if (run.side === '+') counts[run.class] += run.count;
    else if (run.class === 'ai' || run.class === 'mixed') counts.aiDeleted += run.count;
  }
  return counts;
}

function stateOf(facts: CommitFacts, matcher: PolicyMatcher | null): LogRow['state'] {
  if (facts.restored) return 'restored';
  if (matcher && isExempt(matcher, facts.author, facts.files.flatMap(namesOf))) return 'exempt';
  return facts.reading.tracked === 'no' ? 'untracked' : 'tracked';
}

function acknowledged(facts: CommitFacts, matcher: PolicyMatcher, day: string): boolean | null {
  const asking = new Set(
    facts.files
      .map(namesOf)
      .filter((names) => placePaths(matcher, names, day).rules.commit === 'acknowledge')
      .flat(),
  );
  const ranges = acknowledgeable(facts.resolved, (path) => asking.has(path));
  return ranges.length === 0 ? null : isAcknowledged(facts, ranges, (text) => digestLines([text]));
}

function verdictsOf({ resolved, reading }: CommitFacts): LogRow['verdicts'] {
  const counts = { exact: 0, moved: 0, stale: 0, invalid: 0 };
  for (const { verdict, range } of resolved)
    if (range.source === 'block' || verdict === 'exact' || verdict === 'moved') counts[verdict]++;
  counts.invalid += reading.invalid.length;
  return counts;
}

async function withSignatures(
  { root }: Opened,
  rows: readonly LogRow[],
  history: readonly HistoryCommit[],
): Promise<LogRow[]> {
  const signed = new Set(history.flatMap(({ oid, commit }) => (commit.isSigned ? [oid] : [])));
  const wanted = rows.map(({ commit }) => commit).filter((oid) => signed.has(oid));
  const signatures = await readSignatures(root, wanted);
  return rows.map((row) => ({ ...row, signature: signatures.get(row.commit) ?? 'N' }));
}
