import type { Finding, RuleId, Severity } from './finding';
import type { CommitFacts, Court, FileFacts } from './judge-facts';
import { isModelClass, systemBehind } from './line-rules';
import { placePaths, type Placement } from './placing';
import { NO_RULES, type Rules } from './policy';
import type { Side } from './range';
import type { ResolvedRange } from './resolve';

export interface Touched {
  readonly file: FileFacts;
  readonly place: Placement;
}

export interface About {
  readonly facts: CommitFacts;
  readonly touched: readonly Touched[];
  readonly day: string;
  readonly digest: (text: string) => string;
}

const NOWHERE: Placement = { tier: null, systems: [], rules: NO_RULES, changeRefs: [], lapsed: [] };

export function placed(file: FileFacts, { matcher, day }: Court): Placement {
  return matcher ? placePaths(matcher, namesOf(file), day) : NOWHERE;
}

/** A renamed file has two names, and belongs to the systems of both. */
export function namesOf({ path, oldPath }: Pick<FileFacts, 'path' | 'oldPath'>): string[] {
  return [...new Set([path, oldPath])].filter((name) => name !== null);
}

export function isFound(verdict: ResolvedRange['verdict']): boolean {
  return verdict === 'exact' || verdict === 'moved';
}

interface Where {
  readonly place?: Placement | undefined;
  /** The rule that the finding is about: the system whose rule it is is named. */
  readonly rule?: keyof Rules;
  readonly path?: string | null;
  readonly start?: number;
  readonly end?: number;
  readonly side?: Side;
}

export function finding(
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

export function inSystem({ place, rule }: Where): string {
  const system = place && systemBehind(place, rule);
  return system ? `tier ${system.tier} system ${system.name}` : 'no system';
}

export function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

/** The files by the system that is asked about, the most critical first; one finding each is enough. */
export function bySystem(
  touched: readonly Touched[],
  rule: keyof Rules,
): (Touched & { readonly count: number })[] {
  const groups = new Map<string, Touched & { count: number }>();
  for (const each of touched) {
    const name = systemBehind(each.place, rule)?.name ?? '';
    const known = groups.get(name);
    if (known) known.count++;
    else groups.set(name, { ...each, count: 1 });
  }
  return [...groups.values()].toSorted((a, b) => (a.place.tier ?? 10) - (b.place.tier ?? 10));
}

export function nameOf({ path, oldPath }: FileFacts): string | null {
  return path ?? oldPath;
}

export function overrideOf({ reading }: CommitFacts): string | null {
  return reading.override ?? reading.buriedOverride;
}

/** What a person types; what is staged is no commit yet. */
export function recommit({ oid }: CommitFacts): string {
  return oid === null ? 'git commit' : 'git commit --amend';
}

export function ackCommand({ oid }: CommitFacts): string {
  return oid === null ? 'hunkmark ack' : 'hunkmark ack HEAD';
}

export function mostCritical(touched: readonly Touched[]): Touched | undefined {
  return touched.toSorted((a, b) => (a.place.tier ?? 10) - (b.place.tier ?? 10))[0];
}

export const RESTAMP = 'hunkmark stamp --amend writes the trailers of the last commit anew.';

export function unlisted({ reading: { block } }: CommitFacts, side: Side): number {
  const said = block?.provenance;
  if (!block || !said || said.listed === said.hunks) return 0;
  const listed = block.ranges
    .filter((range) => range.side === side && isModelClass(range.class))
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, (side === '+' ? said.ai + said.mixed : said.aiDeleted) - listed);
}
