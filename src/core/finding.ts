/** What a check can find; the names are a contract with other programs. */
export type RuleId =
  | 'tier/ai-code'
  | 'tier/ai-deletion'
  | 'tier/not-acknowledged'
  | 'tier/change-ref'
  | 'tier/unknown-origin'
  | 'tier/override'
  | 'provenance/missing'
  | 'provenance/invalid'
  | 'provenance/stale'
  | 'provenance/count-mismatch'
  | 'provenance/restored'
  | 'provenance/exempt'
  | 'policy/invalid'
  | 'policy/changed'
  | 'policy/introduced'
  | 'policy/lapsing'
  | 'policy/lapsed'
  | 'policy/unsupported';

/** From the gravest to the mildest. */
export const SEVERITIES = ['error', 'warning', 'information'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One thing that a check has to say. What is not about a tier, a commit or a place has null there. */
export interface Finding {
  readonly ruleId: RuleId;
  readonly severity: Severity;
  readonly tier: number | null;
  readonly system: string | null;
  readonly owners: readonly string[];
  readonly commit: string | null;
  /** The path in the commit; of deleted lines the path they had in the parent. */
  readonly path: string | null;
  /** Lines, 1-based and inclusive: of the commit's file, or of the parent's where `side` is `-`. */
  readonly start: number | null;
  readonly end: number | null;
  readonly message: string;
  readonly help: string;
  readonly side: '+' | '-';
}

/** One sentence for each rule, for those who meet it first. */
export const RULES: Readonly<Record<RuleId, string>> = {
  'tier/ai-code': 'Lines that an AI wrote in a system of the policy.',
  'tier/ai-deletion': 'Lines of a system of the policy that an AI deleted.',
  'tier/not-acknowledged': 'AI ranges that nobody has acknowledged, where the policy asks for that.',
  'tier/change-ref': 'No Change-Ref trailer that matches, where the policy asks for one.',
  'tier/unknown-origin': 'Lines of unknown origin, where the policy asks about them.',
  'tier/override': 'A person has overridden the policy with AI-Override.',
  'provenance/missing': 'A commit without provenance, where the policy asks for it.',
  'provenance/invalid': 'Provenance that cannot be read, or names lines that are not there.',
  'provenance/stale': 'Provenance of lines that were changed since it was recorded.',
  'provenance/count-mismatch': 'Provenance whose numbers are not those of the commit.',
  'provenance/restored': 'Git alone shows what the commit is: it needs no provenance of its own.',
  'provenance/exempt': 'The policy exempts the author for these files.',
  'policy/invalid': 'The policy cannot be read.',
  'policy/changed': 'The change touches the policy; it is judged by the policy of the target.',
  'policy/introduced': 'The change brings the first policy, which judges nothing yet.',
  'policy/lapsing': 'Rules of a tier lapse soon.',
  'policy/lapsed': 'Rules of a tier have lapsed.',
  'policy/unsupported': 'The policy asks for something that Hunkmark does not enforce.',
};

export interface Summary {
  readonly error: number;
  readonly warning: number;
  readonly information: number;
}

export function summarize(findings: readonly Finding[]): Summary {
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  return { error: count('error'), warning: count('warning'), information: count('information') };
}

/** The gravest first, then the most critical tier; within that the order of the commits and files stays. */
export function byGravity(findings: readonly Finding[]): Finding[] {
  const tier = (finding: Finding): number => finding.tier ?? Number.MAX_SAFE_INTEGER;
  return findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || tier(a) - tier(b),
  );
}
