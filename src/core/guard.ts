import { placePath, type PlacedSystem, type PolicyMatcher } from './placing';
import { rulesOf, STRICTNESS, type Rules } from './policy';

/** The answer to an agent that is about to do something, before it is said in the agent's own words. */
export type Verdict =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'ask' | 'deny';
      /** What is behind it: of several files the one that is judged most strictly. */
      readonly cause: GuardCause;
      /** Systems of the policy that it is about, the most critical first. */
      readonly systems: readonly PlacedSystem[];
      /** How many further files of the same call would have been stopped too. */
      readonly more: number;
    };

export type GuardCause =
  /** The path belongs to a system whose tier asks about agents. */
  | { readonly kind: 'system'; readonly path: string }
  /** The policy itself, or a file that it includes or imports. */
  | { readonly kind: 'policy'; readonly path: string }
  /** Hooks of ours, of git or of an agent, and what we keep beside the repository. */
  | { readonly kind: 'ours'; readonly path: string }
  /** A command that would keep our hooks from running; `what` is the part of it that does. */
  | { readonly kind: 'skips-hooks'; readonly what: string };

/** A file that an agent is about to write. */
export interface GuardedFile {
  /** In the repository, with `/`; of what is not in the working tree as a person would name it. */
  readonly path: string;
  readonly kind: 'file' | 'policy' | 'ours';
  /** A person has let exactly this be written once. */
  readonly hasLeave: boolean;
}

export const ALLOWED: Verdict = { kind: 'allow' };

/**
 * What the policy says of writing these files on this day (`YYYY-MM-DD`, UTC). The policy's own files and ours are
 * protected like a file of tier 1: by what that tier asks, and at least by a question.
 */
export function judgeWrites(matcher: PolicyMatcher, files: readonly GuardedFile[], today: string): Verdict {
  const verdicts = files.filter(({ hasLeave }) => !hasLeave).map((file) => judgeFile(matcher, file, today));
  return strictestVerdict(verdicts);
}

/** What the policy says of a command that would keep our hooks from running: a question, where there is a tier 1. */
export function judgeSkipping(matcher: PolicyMatcher, what: string, today: string): Verdict {
  const { systems } = protection(matcher, today);
  if (systems.length === 0) return ALLOWED;
  return { kind: 'ask', cause: { kind: 'skips-hooks', what }, systems, more: 0 };
}

/** One answer for one call: the strictest, which counts the others. */
export function strictestVerdict(verdicts: readonly Verdict[]): Verdict {
  const stopping = verdicts.filter((verdict) => verdict.kind !== 'allow');
  const [first, ...others] = stopping.toSorted((a, b) => rankOf(b.kind) - rankOf(a.kind));
  if (!first) return ALLOWED;
  return { ...first, more: others.reduce((sum, { more }) => sum + more + 1, first.more) };
}

type AgentRule = Rules['agents'];

function rankOf(rule: AgentRule): number {
  return STRICTNESS.agents.indexOf(rule);
}

function judgeFile(matcher: PolicyMatcher, { kind, path }: GuardedFile, today: string): Verdict {
  const placement = placePath(matcher, path, today);
  const asking = placement.systems.filter(({ rules }) => rules.agents === placement.rules.agents);
  const asFile = verdictOf(placement.rules.agents, { kind: 'system', path }, asking);
  if (kind === 'file') return asFile;
  const { rule, systems } = protection(matcher, today);
  return strictestVerdict([verdictOf(rule, { kind, path }, systems), asFile]);
}

function verdictOf(rule: AgentRule, cause: GuardCause, systems: readonly PlacedSystem[]): Verdict {
  return rule === 'allow' ? ALLOWED : { kind: rule, cause, systems, more: 0 };
}

/** The tier of the most critical systems, and of those that are more critical still. */
const CRITICAL = 1;

/** How the policy's files and ours are protected: where no system is critical, not at all. */
function protection(
  { policy }: PolicyMatcher,
  today: string,
): { readonly rule: AgentRule; readonly systems: readonly PlacedSystem[] } {
  const systems = policy.systems
    .filter(({ tier }) => tier <= CRITICAL)
    .toSorted((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1))
    .map(({ name, tier, owners, patterns: [first] }) => ({
      name,
      tier,
      owners,
      pattern: first?.pattern ?? '',
      from: first?.from ?? { file: '', line: 1 },
      rules: rulesOf(policy, tier, today),
    }));
  const rules = systems.map(({ rules }) => rules.agents);
  const rule = rules.includes('deny') ? 'deny' : systems.length > 0 ? 'ask' : 'allow';
  return { rule, systems };
}
