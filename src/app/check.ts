import { byGravity, type Finding, summarize, type Summary } from '../core/finding';
import { judgeCommit } from '../core/judge';
import { namesOf, placed } from '../core/judge-finding';
import { type CommitFacts, type Court, type FileFacts } from '../core/judge-facts';
import { placePaths, type PolicyMatcher } from '../core/placing';
import { hasLapsed, POLICY_FILE, problemText, type Policy, type PolicyRead } from '../core/policy';
import { listCommits } from '../git/commit-list';
import { timeOf } from '../git/commit-object';
import { digestLines } from '../git/text';
import { findEntry } from '../git/tree';
import { readHistory, type HistoryCommit } from './commit-facts';
import { openGenerated, saysWhatIsGenerated } from './generated';
import { openLineless } from './lineless';
import { resolveRange, type JudgedRange, type RangeWords } from './check-range';
import { noteTracked, withRepository, type Opened, type Place } from './opened';
import { dayOf, openPolicies, type PolicyReader } from './policy';
import { Refused } from './refused';

export interface CheckRequest extends RangeWords {
  /** `YYYY-MM-DD`; null: today. */
  readonly asOf: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Checked {
  readonly range: { readonly base: string | null; readonly head: string | null };
  /** The blob id of the policy that judged. */
  readonly policy: string | null;
  readonly asOf: string;
  readonly commits: number;
  /** Whether any of them has provenance. */
  readonly tracked: boolean;
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

/** Judges the commits of a range by the policy at the tip of their target. */
export async function check(place: Place, request: CheckRequest): Promise<Checked> {
  const asOf = dayAsked(request);
  return await withRepository(place, async (opened) => {
    const range = await resolveRange(opened, place, request);
    return await checkRange(opened, openPolicies(opened), range, asOf);
  });
}

/** The day by which a check judges. Refused where it is none. */
export function dayAsked({ asOf, now }: Pick<CheckRequest, 'asOf' | 'now'>): string {
  if (asOf === null) return dayOf(now);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(asOf) ? Date.parse(`${asOf}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || dayOf(time) !== asOf) throw new Refused(`${asOf} is no day: write YYYY-MM-DD`);
  return asOf;
}

export async function checkRange(
  opened: Opened,
  policies: PolicyReader,
  { query, base, head }: JudgedRange,
  asOf: string,
): Promise<Checked> {
  const stop = new AbortController();
  const reading = Promise.all([policyAt(opened, policies, base), policyAt(opened, policies, head)]);
  // Git compares the commits while the policy is being read.
  const listing = listCommits(opened.root, query);
  const comparing = listing.then((listed) => readHistory(opened, listed, stop.signal));
  comparing.catch(() => {});
  try {
    const [target, source] = await reading;
    const about = policyFindings(target, source, head, asOf);
    const range = { base, head };
    if (target.kind === 'invalid') return checkedOf(range, target, asOf, (await listing).length, about);
    const matcher = target.kind === 'policy' ? policies.matcherOf(target) : null;
    const history = await comparing;
    const findings = await judgedBy(opened, courtOf(matcher, asOf, [target, source]), history, base);
    const tracked = history.some(({ facts }) => facts.reading.tracked !== 'no');
    if (tracked) noteTracked(opened);
    return checkedOf(range, target, asOf, history.length, [...about, ...findings], tracked);
  } finally {
    stop.abort();
  }
}

async function judgedBy(
  opened: Opened,
  court: Court,
  history: readonly HistoryCommit[],
  base: string | null,
): Promise<Finding[]> {
  const younger = court.matcher ? await youngerThanPolicy(opened, history, base) : history;
  const roots = attributeRoots(history);
  const asked = younger.map(({ oid, facts }) => ({ facts, root: roots.get(oid) ?? '' }));
  const lineless = openLineless(opened.objects);
  // A file without lines has none of unknown origin.
  const isAsked = (file: FileFacts): boolean => placed(file, court).rules.unknown !== 'allow';
  const marked = await markGenerated(opened, asked, court);
  const found = await Promise.all(marked.map(async (facts) => lineless.among(facts, isAsked)));
  return found.flatMap((facts) => judgeCommit(facts, court));
}

/** A tree with the attributes of each commit: that of its parent as long as it changes none of them. */
function attributeRoots(history: readonly HistoryCommit[]): ReadonlyMap<string, string> {
  const roots = new Map<string, string>();
  for (const { oid, parents, commit, facts } of history) {
    const [parent, ...others] = parents;
    const isLike = others.length === 0 && !facts.files.flatMap(namesOf).some(saysWhatIsGenerated);
    const above = isLike && parent !== undefined ? roots.get(parent) : undefined;
    roots.set(oid, above ?? `${commit.tree}:`);
  }
  return roots;
}

/** An answer: of findings the gravest first. */
export function checkedOf(
  range: Checked['range'],
  target: PolicyRead,
  asOf: string,
  commits: number,
  findings: readonly Finding[],
  tracked = false,
): Checked {
  return {
    range,
    policy: target.kind === 'policy' ? target.oid : null,
    asOf,
    commits,
    tracked,
    findings: byGravity(findings),
    summary: summarize(findings),
  };
}

/**
 * Marks what programs make among the files of systems: other files are warned about in no case. `root` is where a
 * commit's own attributes are.
 */
export async function markGenerated(
  { objects }: Opened,
  commits: readonly { readonly facts: CommitFacts; readonly root: string }[],
  { matcher, day }: Court,
): Promise<CommitFacts[]> {
  if (!matcher) return commits.map(({ facts }) => facts);
  const generated = openGenerated(objects);
  return await Promise.all(
    commits.map(async ({ facts, root }) => {
      const asked = facts.files.filter((file) => placePaths(matcher, namesOf(file), day).systems.length > 0);
      const found = await generated.among(root, asked.flatMap(nameOf));
      if (found.size === 0) return facts;
      const files = facts.files.map((file) => ({
        ...file,
        isGenerated: nameOf(file).some((name) => found.has(name)),
      }));
      return { ...facts, files };
    }),
  );
}

/** The name under which a file is, or was. */
function nameOf({ path, oldPath }: FileFacts): string[] {
  const name = path ?? oldPath;
  return name === null ? [] : [name];
}

export function courtOf(matcher: PolicyMatcher | null, day: string, reads: readonly PolicyRead[]): Court {
  const files = reads.flatMap((read) => (read.kind === 'none' ? [] : read.files));
  return {
    matcher,
    day,
    // Without a policy at the target a change brings the first one, and that is said once.
    policyFiles: new Set(matcher ? [POLICY_FILE, ...files] : []),
    digest: (text) => digestLines([text]),
  };
}

async function policyAt(opened: Opened, policies: PolicyReader, commit: string | null): Promise<PolicyRead> {
  const found = commit === null ? null : await opened.commits.commit(commit);
  return await policies.ofTree(found?.commit.tree ?? null);
}

// ---- what is to be said of the policy itself

/** Milliseconds that `until` is announced before. */
const LAPSING_MS = 14 * 24 * 60 * 60 * 1000;

export function policyFindings(
  target: PolicyRead,
  source: PolicyRead,
  head: string | null,
  day: string,
): Finding[] {
  if (target.kind === 'invalid') return [unreadable(target, JUDGES_NOTHING)];
  const broken = source.kind === 'invalid' ? [unreadable(source, WOULD_JUDGE_NOTHING)] : [];
  if (target.kind === 'policy')
    return [...broken, ...lapses(target.policy, day), ...unsupported(target.policy)];
  if (source.kind !== 'policy') return broken;
  const message = 'This change brings the first policy. It judges what comes after it, not this change.';
  const at = { path: POLICY_FILE, commit: head };
  return [said('policy/introduced', 'information', message, 'There is nothing to do.', at)];
}

const JUDGES_NOTHING =
  'Nothing is judged until the policy of the target can be read; the change that mends it has to be merged past this check.';
const WOULD_JUDGE_NOTHING = 'Mend it before it is merged: after that nothing could be judged by it.';

function unreadable(read: PolicyRead & { readonly kind: 'invalid' }, help: string): Finding {
  const { file, line } = read;
  const at = { path: file, start: line, end: line, commit: null };
  return said('policy/invalid', 'error', problemText(read), help, at);
}

function lapses({ tiers }: Policy, day: string): Finding[] {
  return [...tiers].flatMap(([tier, rules]) => {
    const { until } = rules;
    if (until === null) return [];
    const help = `Set until to a later day in ${POLICY_FILE}, or take the rules out.`;
    const at = { path: POLICY_FILE, tier };
    if (hasLapsed(rules, day))
      return [
        said('policy/lapsed', 'information', `The rules of tier ${tier} have lapsed on ${until}.`, help, at),
      ];
    const left = Date.parse(until) - Date.parse(day);
    return left <= LAPSING_MS
      ? [said('policy/lapsing', 'information', `The rules of tier ${tier} lapse after ${until}.`, help, at)]
      : [];
  });
}

function unsupported(policy: Policy): Finding[] {
  return policy.unsupported.map(({ what, from }) =>
    said('policy/unsupported', 'information', `${what}.`, 'Nothing of it is enforced here.', {
      path: from.file,
      start: from.line,
      end: from.line,
    }),
  );
}

function said(
  ruleId: Finding['ruleId'],
  severity: Finding['severity'],
  message: string,
  help: string,
  at: Partial<Finding>,
): Finding {
  const nowhere = { tier: null, system: null, owners: [], commit: null, path: null, start: null, end: null };
  return { ruleId, severity, ...nowhere, ...at, message, help, side: '+' };
}

// ---- older than the policy

/**
 * The commits that are not older than the policy on the target: those that have it in their own history, and of the
 * others those committed after it was.
 */
async function youngerThanPolicy(
  opened: Opened,
  history: readonly HistoryCommit[],
  base: string | null,
): Promise<HistoryCommit[]> {
  const knows = new Map<string, boolean>();
  for (const { oid, parents, commit } of history) {
    const above = await Promise.all(
      parents.map(async (parent) => knows.get(parent) ?? (await hasPolicy(opened, parent))),
    );
    knows.set(oid, above.includes(true) || (await hasPolicyTree(opened, commit.tree)));
  }
  const others = history.filter(({ oid }) => knows.get(oid) !== true);
  if (others.length === 0 || base === null) return [...history];
  const since = await policySince(opened, base);
  return history.filter(({ oid, commit }) => knows.get(oid) === true || timeOf(commit.committer) > since);
}

async function hasPolicy(opened: Opened, oid: string): Promise<boolean> {
  const found = await opened.commits.commit(oid);
  return found !== null && (await hasPolicyTree(opened, found.commit.tree));
}

/** Asks the tree, and not for the file: that may be large, and there is one question for each commit. */
async function hasPolicyTree({ objects }: Opened, tree: string): Promise<boolean> {
  return (await findEntry(objects, tree, POLICY_FILE)) !== null;
}

/** When the target got its policy, in seconds. */
async function policySince(opened: Opened, base: string): Promise<number> {
  const [first] = await listCommits(opened.root, { tips: [base], excluded: [] }, [POLICY_FILE]);
  const commit = first && (await opened.commits.commit(first.oid));
  return commit ? timeOf(commit.commit.committer) : 0;
}
