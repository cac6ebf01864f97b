import type { Finding, RuleId, Severity } from './finding';
import { aiRule, aiSeverity, isModelClass, judgeRun, systemBehind, type Asking } from './line-rules';
import type { Author, LineClass } from './origin';
import { isExempt, placePaths, type Placement, type PolicyMatcher } from './placing';
import { matchesWildcards, NO_RULES, type Rules } from './policy';
import type { LineSpan, Side } from './range';
import type { Reading } from './reading';
import type { ResolvedRange } from './resolve';
import { ackDigestText } from './trailer';

/** A commit as git shows it. Nothing in here is believed that could be recomputed and was not. */
export interface CommitFacts {
  /** null: it is still to be made. */
  readonly oid: string | null;
  /** Mail addresses. */
  readonly author: string;
  readonly committer: string;
  readonly reading: Reading;
  readonly resolved: readonly ResolvedRange[];
  /** Whether the numbers of `AI-Provenance` are those of the commit. */
  readonly countsAreRight: boolean;
  /** Values of its `Change-Ref` trailers. */
  readonly changeRefs: readonly string[];
  /** What git alone shows it to be. */
  readonly restored: Restored | null;
  readonly files: readonly FileFacts[];
}

/** An exact revert or cherry-pick of that commit; a merge without lines of its own. */
export type Restored =
  | { readonly kind: 'revert' | 'cherry-pick'; readonly of: string }
  | { readonly kind: 'merge' };

/** Every file that a commit touches, also one without lines. */
export interface FileFacts {
  readonly path: string | null;
  readonly oldPath: string | null;
  readonly runs: readonly ClassedRun[];
  /** Made by a program (a lock file): counted, never warned about. */
  readonly isGenerated: boolean;
}

/** Adjacent lines of one side with one origin. */
export interface ClassedRun extends LineSpan, Author {
  readonly side: Side;
  readonly class: LineClass;
}

export interface Court {
  /** The policy of the target; null: it has none. */
  readonly matcher: PolicyMatcher | null;
  /** `YYYY-MM-DD`, UTC: rules count until the day that they name. */
  readonly day: string;
  /** Files that the policy is made of, before or after. */
  readonly policyFiles: ReadonlySet<string>;
  /** First 8 hex digits of SHA-256 over the bytes of a text. */
  readonly digest: (text: string) => string;
}

/**
 * What the policy of the target says of one commit. An exact revert is never an error, whatever it touches. Every
 * claim of the commit is held against its content: `AI-Tier` and `AI-Policy` are not looked at.
 */
export function judgeCommit(facts: CommitFacts, court: Court): Finding[] {
  const touched = facts.files.map((file) => ({ file, place: placed(file, court) }));
  const about = { facts, touched, day: court.day, digest: court.digest };
  const changed = policyChanged(about, court.policyFiles);
  const overridden = override(about);
  if (facts.restored?.kind === 'revert')
    return [restored(about, facts.restored), ...overridden.map(notGrave), ...changed];
  const addresses = touched.flatMap(({ file }) => namesOf(file));
  if (court.matcher && isExempt(court.matcher, facts.author, addresses))
    return [exempt(about), ...overridden, ...changed];
  return [
    ...provenanceFindings(about),
    ...aiFindings(about),
    ...unlistedFindings(about),
    ...unknownFindings(about),
    ...acknowledgement(about),
    ...changeReference(about),
    ...overridden,
    ...changed,
  ];
}

/** The `N` of `AI-Ack: N/N`: the AI ranges of the commit in files whose rule asks for an acknowledgement. */
export function acknowledgeable(
  resolved: readonly ResolvedRange[],
  asks: (path: string) => boolean,
): ResolvedRange[] {
  return resolved.filter(
    ({ range, verdict, at }) =>
      isModelClass(range.class) && isFound(verdict) && (asks(range.path) || (at !== null && asks(at.path))),
  );
}

/** Whether `AI-Ack` says what the commit's own ranges and committer say. */
export function isAcknowledged(
  { reading, committer }: Pick<CommitFacts, 'reading' | 'committer'>,
  ranges: readonly ResolvedRange[],
  digest: (text: string) => string,
): boolean {
  const ack = reading.block?.ack;
  if (!ack || ack.acknowledged !== ack.required || ack.required !== ranges.length) return false;
  const email = /<([^<>]*)>$/.exec(ack.by)?.[1];
  return email === committer && ack.digest === digest(ackDigestText(ranges.map(({ range }) => range.digest)));
}

interface Touched {
  readonly file: FileFacts;
  readonly place: Placement;
}

interface About {
  readonly facts: CommitFacts;
  readonly touched: readonly Touched[];
  readonly day: string;
  readonly digest: (text: string) => string;
}

const NOWHERE: Placement = { tier: null, systems: [], rules: NO_RULES, changeRefs: [], lapsed: [] };

function placed(file: FileFacts, { matcher, day }: Court): Placement {
  return matcher ? placePaths(matcher, namesOf(file), day) : NOWHERE;
}

/** A renamed file has two names, and belongs to the systems of both. */
export function namesOf({ path, oldPath }: Pick<FileFacts, 'path' | 'oldPath'>): string[] {
  return [...new Set([path, oldPath])].filter((name) => name !== null);
}

function isFound(verdict: ResolvedRange['verdict']): boolean {
  return verdict === 'exact' || verdict === 'moved';
}

// ---- making a finding

interface Where {
  readonly place?: Placement | undefined;
  /** The rule that the finding is about: the system whose rule it is is named. */
  readonly rule?: keyof Rules;
  readonly path?: string | null;
  readonly start?: number;
  readonly end?: number;
  readonly side?: Side;
}

function finding(
  { facts }: About,
  ruleId: RuleId,
  severity: Severity,
  where: Where,
  message: string,
  help: string,
): Finding {
  const system = where.place && systemBehind(where.place, where.rule);
  return {
    ruleId,
    severity,
    tier: system?.tier ?? null,
    system: system?.name ?? null,
    owners: system?.owners ?? [],
    commit: facts.oid,
    path: where.path ?? null,
    start: where.start ?? null,
    end: where.end ?? null,
    message,
    help,
    side: where.side ?? '+',
  };
}

function inSystem({ place, rule }: Where): string {
  const system = place && systemBehind(place, rule);
  return system ? `tier ${system.tier} system ${system.name}` : 'no system';
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

/** The files by the system that is asked about, the most critical first; one finding each is enough. */
function bySystem(touched: readonly Touched[], rule: keyof Rules): (Touched & { readonly count: number })[] {
  const groups = new Map<string, Touched & { count: number }>();
  for (const each of touched) {
    const name = systemBehind(each.place, rule)?.name ?? '';
    const known = groups.get(name);
    if (known) known.count++;
    else groups.set(name, { ...each, count: 1 });
  }
  return [...groups.values()].toSorted((a, b) => (a.place.tier ?? 10) - (b.place.tier ?? 10));
}

function nameOf({ path, oldPath }: FileFacts): string | null {
  return path ?? oldPath;
}

// ---- provenance

function provenanceFindings(about: About): Finding[] {
  const { facts } = about;
  if (facts.restored) return [restored(about, facts.restored), ...brokenRanges(about)];
  if (facts.reading.tracked === 'no') return missing(about);
  const broken = [...unreadable(about), ...brokenRanges(about)];
  return broken.length > 0 ? broken : wrongCounts(about);
}

function restored(about: About, what: Restored): Finding {
  const said =
    what.kind === 'merge'
      ? 'a merge without lines of its own'
      : what.kind === 'revert'
        ? `an exact revert of ${what.of.slice(0, 12)}`
        : `an exact cherry-pick of ${what.of.slice(0, 12)}, which has provenance`;
  const message = `This is ${said}; it needs no provenance of its own.`;
  return finding(about, 'provenance/restored', 'information', {}, message, 'There is nothing to do.');
}

function exempt(about: About): Finding {
  const message = `The policy exempts ${about.facts.author} for the files that this commit touches.`;
  return finding(about, 'provenance/exempt', 'information', {}, message, 'There is nothing to do.');
}

const INSTALL = 'Run hunkmark install here, so that the commit gets its trailers.';
const RESTAMP = 'hunkmark stamp --amend writes the trailers of the last commit anew.';

function missing(about: About): Finding[] {
  const asked = about.touched.filter(({ place }) => place.rules.provenance !== 'off');
  return bySystem(asked, 'provenance').map(({ file, place, count }) => {
    const where = { place, rule: 'provenance', path: nameOf(file) } as const;
    const isRequired = place.rules.provenance === 'required';
    const more = count > 1 ? ` and ${count - 1} more of its files` : '';
    const message = `A commit without provenance touches this file${more} (${inSystem(where)}), where it is ${place.rules.provenance}.`;
    const help =
      about.facts.oid === null
        ? INSTALL
        : `Run hunkmark install in the clone the commits come from. ${RESTAMP}`;
    return finding(about, 'provenance/missing', isRequired ? 'error' : 'warning', where, message, help);
  });
}

/** What stands under our keys and cannot be read; nobody knows which file it is about. */
function unreadable(about: About): Finding[] {
  const tiered = mostCritical(about.touched.filter(({ place }) => place.tier !== null));
  return about.facts.reading.invalid.map(({ key, reason }) => {
    const message = `${key} of this commit cannot be read: ${reason}.`;
    const where = tiered ? { place: tiered.place, path: nameOf(tiered.file) } : {};
    return finding(about, 'provenance/invalid', tiered ? 'error' : 'warning', where, message, RESTAMP);
  });
}

function brokenRanges(about: About): Finding[] {
  return about.facts.resolved.flatMap(({ range, verdict }) => {
    if (range.source !== 'block' || isFound(verdict)) return [];
    const place = placeOf(about, range.path);
    const where = {
      place,
      rule: 'provenance',
      path: range.path,
      start: range.start,
      end: range.start + range.count - 1,
      side: range.side,
    } as const;
    if (verdict === 'invalid') {
      const severity = (place?.tier ?? null) === null ? 'warning' : 'error';
      const message = 'The commit names lines that this file does not have.';
      return finding(about, 'provenance/invalid', severity, where, message, RESTAMP);
    }
    const severity = place?.rules.provenance === 'required' ? 'error' : 'warning';
    const message = 'These lines were changed since their provenance was recorded.';
    return finding(about, 'provenance/stale', severity, where, message, RESTAMP);
  });
}

function wrongCounts(about: About): Finding[] {
  const { reading, countsAreRight } = about.facts;
  if (reading.block === null || countsAreRight) return [];
  const required = mostCritical(about.touched.filter(({ place }) => place.rules.provenance === 'required'));
  const where = required
    ? ({ place: required.place, rule: 'provenance', path: nameOf(required.file) } as const)
    : {};
  const message = 'The numbers of AI-Provenance are not those of the commit.';
  const severity = required ? 'error' : 'warning';
  return [finding(about, 'provenance/count-mismatch', severity, where, message, RESTAMP)];
}

function placeOf({ touched }: About, path: string): Placement | undefined {
  return touched.find(({ file }) => file.path === path || file.oldPath === path)?.place;
}

function mostCritical(touched: readonly Touched[]): Touched | undefined {
  return touched.toSorted((a, b) => (a.place.tier ?? 10) - (b.place.tier ?? 10))[0];
}

// ---- what a model wrote

function overrideOf({ reading }: CommitFacts): string | null {
  return reading.override ?? reading.buriedOverride;
}

/** What a person types; what is staged is no commit yet. */
function recommit({ oid }: CommitFacts): string {
  return oid === null ? 'git commit' : 'git commit --amend';
}

function ackCommand({ oid }: CommitFacts): string {
  return oid === null ? 'hunkmark ack' : 'hunkmark ack HEAD';
}

function askingOf({ facts }: About): Asking {
  return { kind: 'check', isOverridden: overrideOf(facts) !== null };
}

function aiHelp({ facts }: About, rules: Rules): string {
  if (rules.commit === 'block')
    return `A person has to write these lines, or to say why not: ${recommit(facts)} --trailer 'AI-Override: REASON'.`;
  if (rules.commit === 'acknowledge') return `A person looks at the lines, then: ${ackCommand(facts)}.`;
  return 'Have a person look at the lines.';
}

function aiFindings(about: About): Finding[] {
  const seen = about.touched.filter(({ file }) => !file.isGenerated);
  return [
    ...seen.flatMap(({ file, place }) =>
      file.runs.filter((run) => isModelClass(run.class)).flatMap((run) => aiRun(about, file, place, run)),
    ),
    ...unplaced(about, seen),
  ];
}

function aiRun(about: About, file: FileFacts, place: Placement, run: ClassedRun): Finding[] {
  const judgement = judgeRun(place, run, askingOf(about));
  if (judgement === null) return [];
  const where = {
    place,
    rule: aiRule(place.rules),
    path: run.side === '-' ? file.oldPath : file.path,
    start: run.start,
    end: run.start + run.count - 1,
    side: run.side,
  };
  const by = run.agent === null ? 'an AI' : [run.agent, run.model].filter((name) => name !== null).join(':');
  const did = run.side === '-' ? 'deleted' : run.class === 'mixed' ? 'changed' : 'written';
  const message = `${lines(run.count)} ${did} by ${by} in ${inSystem(where)}.`;
  const { ruleId, severity } = judgement;
  return [finding(about, ruleId, severity, where, message, aiHelp(about, place.rules))];
}

/** Ranges that stand at one of several places: counted, and nobody can say on which lines. */
function unplaced(about: About, seen: readonly Touched[]): Finding[] {
  return about.facts.resolved.flatMap(({ range, verdict, at }) => {
    if (verdict !== 'moved' || at !== null || !isModelClass(range.class)) return [];
    const there = seen.find(({ file }) => file.path === range.path || file.oldPath === range.path);
    const severity =
      there && there.place.tier !== null ? aiSeverity(there.place.rules, askingOf(about)) : null;
    if (!there || severity === null) return [];
    const where = { place: there.place, rule: aiRule(there.place.rules), path: range.path, side: range.side };
    const message = `${lines(range.count)} ${range.side === '-' ? 'deleted' : 'written'} by an AI in ${inSystem(where)}; they fit several places, so nobody can say where.`;
    const ruleId = range.side === '-' ? 'tier/ai-deletion' : 'tier/ai-code';
    return [finding(about, ruleId, severity, where, message, aiHelp(about, there.place.rules))];
  });
}

/** AI lines that the numbers name and no range lists may be wherever the commit changes lines of unknown origin. */
function unlistedFindings(about: About): Finding[] {
  return (['+', '-'] as const).flatMap((side) => {
    const count = unlisted(about.facts, side);
    const open = about.touched.filter(
      ({ file, place }) =>
        !file.isGenerated &&
        place.tier !== null &&
        file.runs.some((run) => run.side === side && run.class === 'unknown'),
    );
    const first = mostCritical(open);
    const severity = first && count > 0 ? aiSeverity(first.place.rules, askingOf(about)) : null;
    if (!first || severity === null) return [];
    const path = side === '-' ? first.file.oldPath : first.file.path;
    const where = { place: first.place, rule: aiRule(first.place.rules), path, side };
    const message = `${lines(count)} ${side === '-' ? 'deleted' : 'written'} by an AI in this commit are not listed; some may be in this file (${inSystem(where)}).`;
    const help = `git config hunkmark.detail full, then: ${RESTAMP}`;
    return [
      finding(about, side === '-' ? 'tier/ai-deletion' : 'tier/ai-code', severity, where, message, help),
    ];
  });
}

function unlisted({ reading: { block } }: CommitFacts, side: Side): number {
  const said = block?.provenance;
  if (!block || !said || said.listed === said.hunks) return 0;
  const listed = block.ranges
    .filter((range) => range.side === side && isModelClass(range.class))
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, (side === '+' ? said.ai + said.mixed : said.aiDeleted) - listed);
}

function unknownFindings(about: About): Finding[] {
  return about.touched.flatMap(({ file, place }) => {
    const runs = file.runs.filter((run) => run.side === '+' && run.class === 'unknown');
    const [first] = runs;
    const judgement = first && !file.isGenerated ? judgeRun(place, first, askingOf(about)) : null;
    if (!first || judgement === null) return [];
    const where = {
      place,
      rule: 'unknown',
      path: file.path,
      start: first.start,
      end: first.start + first.count - 1,
    } as const;
    const count = runs.reduce((sum, run) => sum + run.count, 0);
    const more = runs.length > 1 ? `, in ${runs.length} places` : '';
    const message = `${lines(count)} of unknown origin in ${inSystem(where)}${more}.`;
    const help =
      place.rules.unknown === 'warn'
        ? 'Nothing says who wrote them; a person looks at the lines.'
        : `They count as written by an AI here. ${aiHelp(about, place.rules)}`;
    return [finding(about, judgement.ruleId, judgement.severity, where, message, help)];
  });
}

// ---- what a person has to add

function acknowledgement(about: About): Finding[] {
  const asking = about.touched.filter(({ place }) => place.rules.commit === 'acknowledge');
  const namedIn =
    (files: readonly Touched[]) =>
    (path: string): boolean =>
      files.some(({ file }) => namesOf(file).includes(path));
  const ranges = acknowledgeable(about.facts.resolved, namedIn(asking));
  // What programs make is counted with the others, and nobody is asked for its sake alone.
  const seen = asking.filter(({ file }) => !file.isGenerated);
  const open = seen.filter(({ file }) => file.runs.some((run) => run.class === 'unknown'));
  const hidden = open.length > 0 ? unlisted(about.facts, '+') + unlisted(about.facts, '-') : 0;
  if (hidden === 0 && acknowledgeable(about.facts.resolved, namedIn(seen)).length === 0) return [];
  if (hidden === 0 && isAcknowledged(about.facts, ranges, about.digest)) return [];
  const paths = new Set(ranges.flatMap(({ range, at }) => [range.path, at?.path ?? range.path]));
  const first =
    mostCritical(seen.filter(({ file }) => namesOf(file).some((name) => paths.has(name)))) ??
    mostCritical(open);
  if (!first) return [];
  const where = { place: first.place, rule: 'commit', path: nameOf(first.file) } as const;
  const ack = about.facts.reading.block?.ack;
  const said = ack ? ` AI-Ack says ${ack.acknowledged} of ${ack.required}, which is not valid here.` : '';
  const [count, are] = ranges.length === 1 ? ['1 AI range', 'is'] : [`${ranges.length} AI ranges`, 'are'];
  const message =
    hidden > 0
      ? `AI lines in ${inSystem(where)} are not all listed, so that nobody can have acknowledged them.`
      : `${count} in ${inSystem(where)} ${are} not acknowledged.${said}`;
  const help = `The committer looks at them, then: ${ackCommand(about.facts)}.`;
  return [finding(about, 'tier/not-acknowledged', 'error', where, message, help)];
}

function changeReference(about: About): Finding[] {
  const { changeRefs } = about.facts;
  // A merge brings what other commits changed, and they are asked themselves.
  if (about.facts.restored?.kind === 'merge') return [];
  const failing = about.touched.filter(({ place }) =>
    place.changeRefs.some((pattern) => !changeRefs.some((value) => matchesWildcards(pattern, value))),
  );
  return bySystem(failing, 'changeRef').map(({ file, place }) => {
    const system = place.systems.find(
      ({ rules }) =>
        rules.changeRef !== null &&
        !changeRefs.some((value) => matchesWildcards(rules.changeRef ?? '', value)),
    );
    const where = { place: system ? { ...place, systems: [system] } : place, path: nameOf(file) };
    const pattern = system?.rules.changeRef ?? '';
    const message =
      changeRefs.length === 0
        ? `A change of ${inSystem(where)} needs a Change-Ref that matches ${pattern}.`
        : `No Change-Ref of this commit matches ${pattern}, as ${inSystem(where)} asks.`;
    const help = `${recommit(about.facts)} --trailer ${shellWord(`Change-Ref: ${pattern}`)}`;
    // What is staged has no message yet: as an error this would hold up every commit, also one that will say it.
    const severity = about.facts.oid === null ? 'warning' : 'error';
    return finding(about, 'tier/change-ref', severity, where, message, help);
  });
}

/** What a person pastes into a shell: the policy's own words cannot end the quotation. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const OVERRIDE_SEVERITY = { allow: 'warning', approve: 'error', deny: 'error' } as const;
const OVERRIDE_HELP = {
  allow: 'Nothing takes this finding away: a reviewer sees it.',
  approve:
    'Hunkmark cannot see approvals: require them in your forge, and let whoever may approve merge past this check.',
  deny: 'The policy allows no override here.',
} as const;

/** An override stays in sight whatever the commit is, but never fails what restores a service. */
function notGrave(found: Finding): Finding {
  return found.severity === 'error' ? { ...found, severity: 'warning' } : found;
}

function override(about: About): Finding[] {
  const reason = overrideOf(about.facts);
  if (reason === null) return [];
  const order = ['allow', 'approve', 'deny'];
  const strict = about.touched
    .filter(({ place }) => place.tier !== null)
    .toSorted(
      (a, b) =>
        order.indexOf(b.place.rules.override) - order.indexOf(a.place.rules.override) ||
        (a.place.tier ?? 10) - (b.place.tier ?? 10),
    )[0];
  const rule = strict?.place.rules.override ?? 'allow';
  const where = strict ? ({ place: strict.place, rule: 'override', path: nameOf(strict.file) } as const) : {};
  const message = `A person has overridden the policy: ${reason}`;
  return [finding(about, 'tier/override', OVERRIDE_SEVERITY[rule], where, message, OVERRIDE_HELP[rule])];
}

function policyChanged(about: About, policyFiles: ReadonlySet<string>): Finding[] {
  const changed = about.touched.flatMap(({ file }) => namesOf(file)).filter((name) => policyFiles.has(name));
  return [...new Set(changed)].map((path) => {
    const message = 'This change touches the policy. It is judged by the policy of the target all the same.';
    const help = 'Whoever answers for the policy looks at this.';
    return finding(about, 'policy/changed', 'warning', { path }, message, help);
  });
}
