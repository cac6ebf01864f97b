/**
 * The policy of a repository as a value: which systems its paths belong to, how critical they are and what is asked of
 * a change there. `policy-file.ts` reads one, `placing.ts` looks paths up in it.
 */
export interface Policy {
  /** By name; a name may stand once only, over all files. */
  readonly systems: readonly System[];
  /** The tiers that have an entry; what is not said in it is as in `TIER_DEFAULTS`. */
  readonly tiers: ReadonlyMap<number, Rules>;
  readonly exempt: readonly Exemption[];
  /** What the policy asks for and Hunkmark does not do; each is `policy/unsupported`, none is fatal. */
  readonly unsupported: readonly Unsupported[];
}

/** Where something is written: a file of the repository and a line, 1-based. */
export interface WrittenAt {
  readonly file: string;
  readonly line: number;
}

export interface System {
  readonly name: string;
  /** 0–9, lower is more critical. */
  readonly tier: number;
  readonly description: string | null;
  readonly owners: readonly string[];
  readonly patterns: readonly PathPattern[];
}

/** A gitignore pattern relative to the root; `path-pattern.ts` has the rules. */
export interface PathPattern {
  readonly pattern: string;
  readonly from: WrittenAt;
}

/** What a tier asks for. Every rule has an order, `STRICTNESS`, in which the later word is the stricter one. */
export interface Rules {
  /** How the editor and the check show AI lines. */
  readonly warn: 'off' | 'information' | 'warning' | 'error';
  /** Whether an agent may write here. */
  readonly agents: 'allow' | 'ask' | 'deny';
  readonly commit: 'allow' | 'acknowledge' | 'block';
  /** What a commit is that has no provenance of ours: nothing, a warning, an error. */
  readonly provenance: 'off' | 'expected' | 'required';
  /** Lines of unknown origin. */
  readonly unknown: 'allow' | 'warn' | 'treat-as-ai';
  /** What an `AI-Override` is in a check: a warning, an error until the forge approves, an error. */
  readonly override: 'allow' | 'approve' | 'deny';
  /** A `Change-Ref` trailer must match this, with `*` and `?` as wildcards; see `matchesWildcards`. */
  readonly changeRef: string | null;
  /** `full`: every range of these files is listed, whatever the detail. */
  readonly detail: 'full' | null;
  /** `YYYY-MM-DD`, UTC, inclusive: the last day on which these rules count. */
  readonly until: string | null;
}

/** Commits of this author that touch nothing else need no provenance. */
export interface Exemption {
  /** The author's mail address, with `*` and `?` as wildcards and nothing else: `*[bot]@users.noreply.github.com`. */
  readonly author: string;
  readonly patterns: readonly PathPattern[];
}

export interface Unsupported {
  readonly what: string;
  readonly from: WrittenAt;
}

/** The status by which the hook program tells the gate that the policy refuses a commit; a crash never gives it. */
export const REFUSED_STATUS = 79;

/** The text of a policy, or of a catalog, has at most so many bytes. */
export const LARGEST_YAML = 256 * 1024;

/** The policy's name at the root of a repository. */
export const POLICY_FILE = '.hunkmark.yml';

/**
 * The answer to "what is the policy?". `oid` is the blob id of `.hunkmark.yml`; `files` are all paths that the policy
 * is made of, `.hunkmark.yml` first: a change to one of them is a change of the policy.
 */
export type PolicyRead =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'policy';
      readonly policy: Policy;
      readonly oid: string;
      readonly files: readonly string[];
    }
  | ({ readonly kind: 'invalid'; readonly files: readonly string[] } & PolicyProblem);

/** The first thing that is wrong; `line` and `column` are 1-based, and 1 where it is the whole file. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** `FILE:LINE:COLUMN: what is wrong`, as every command says it. */
export function problemText({ file, line, column, what }: PolicyProblem): string {
  return `${file}:${line}:${column}: ${what}`;
}

/** A path of no system: nothing is asked. */
export const NO_RULES: Rules = {
  warn: 'off',
  agents: 'allow',
  commit: 'allow',
  provenance: 'off',
  unknown: 'allow',
  override: 'allow',
  changeRef: null,
  detail: null,
  until: null,
};

/**
 * A tier without an entry, one whose rules have lapsed, and what an entry does not say: AI lines in a system that was
 * named are shown, calmly, and nothing is asked of anybody. Whatever costs a person a step has to be written down.
 */
export const TIER_DEFAULTS: Rules = { ...NO_RULES, warn: 'information' };

/** From the mildest word of a rule to the strictest. */
export const STRICTNESS = {
  warn: ['off', 'information', 'warning', 'error'],
  agents: ['allow', 'ask', 'deny'],
  commit: ['allow', 'acknowledge', 'block'],
  provenance: ['off', 'expected', 'required'],
  unknown: ['allow', 'warn', 'treat-as-ai'],
  override: ['allow', 'approve', 'deny'],
} as const satisfies { readonly [K in keyof Rules]?: readonly Rules[K][] };

/**
 * The stricter of each rule. Of two `changeRef` the first is kept (`Placement.changeRefs` has both), of two `until` the
 * earlier.
 */
export function strictest(a: Rules, b: Rules): Rules {
  return {
    warn: stricter(STRICTNESS.warn, a.warn, b.warn),
    agents: stricter(STRICTNESS.agents, a.agents, b.agents),
    commit: stricter(STRICTNESS.commit, a.commit, b.commit),
    provenance: stricter(STRICTNESS.provenance, a.provenance, b.provenance),
    unknown: stricter(STRICTNESS.unknown, a.unknown, b.unknown),
    override: stricter(STRICTNESS.override, a.override, b.override),
    changeRef: a.changeRef ?? b.changeRef,
    detail: a.detail ?? b.detail,
    until: a.until === null || (b.until !== null && b.until < a.until) ? b.until : a.until,
  };
}

/** Whether every AI range of a file has to be acknowledged. */
export function asksAcknowledgement({ commit }: Pick<Rules, 'commit'>): boolean {
  return commit === 'acknowledge';
}

/** Whether a person is asked to look, to answer or to write here themselves: such files are marked in the editor. */
export function isCritical({ warn, agents, commit }: Pick<Rules, 'warn' | 'agents' | 'commit'>): boolean {
  return warn === 'warning' || warn === 'error' || agents !== 'allow' || commit !== 'allow';
}

/** Whether a commit that touches such a file says how many of its lines are unknown, AI lines or not. */
export function asksProvenance({ provenance, unknown }: Rules): boolean {
  return provenance !== 'off' || unknown !== 'allow';
}

/** Whether the ranges of unknown origin of such a file are listed. */
export function listsUnknown({ provenance, unknown }: Rules): boolean {
  return provenance === 'required' || unknown !== 'allow';
}

/** Whether every range of such a file is listed: an acknowledgement is held against the list. */
export function listsAll(rules: Pick<Rules, 'detail' | 'commit'>): boolean {
  return rules.detail === 'full' || asksAcknowledgement(rules);
}

/** What a tier asks for on this day (`YYYY-MM-DD`, UTC). */
export function rulesOf(policy: Policy, tier: number, today: string): Rules {
  const rules = policy.tiers.get(tier) ?? TIER_DEFAULTS;
  return hasLapsed(rules, today) ? TIER_DEFAULTS : rules;
}

export function hasLapsed({ until }: Rules, today: string): boolean {
  return until !== null && until < today;
}

function stricter<T extends string>(order: readonly T[], a: T, b: T): T {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** Whether the whole text matches: `*` stands for any characters, `?` for one, everything else for itself. */
export function matchesWildcards(pattern: string, text: string): boolean {
  return matchSigns(Array.from(pattern), Array.from(text));
}

function matchSigns(pattern: readonly string[], text: readonly string[]): boolean {
  let [at, inText, star, retry] = [0, 0, -1, 0];
  while (inText < text.length) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at++;
      retry = inText;
    } else if (sign === '?' || sign === text[inText]) {
      at++;
      inText++;
    } else if (star >= 0) {
      // The last star takes one more: earlier ones have no need to, whatever they match is a shortest match.
      at = star + 1;
      inText = ++retry;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
