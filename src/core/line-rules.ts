import type { RuleId, Severity } from './finding';
import type { LineClass } from './origin';
import type { PlacedSystem, Placement } from './placing';
import type { Rules } from './policy';
import type { Side } from './range';

/*
 * What a policy says of a run of lines, by what is known of it. A check of commits and the editor ask here, so that
 * they give the same answer.
 */

/** Who asks. The editor warns early and refuses nothing: there `warn` alone says how grave a run is. */
export type Asking =
  | { readonly kind: 'editor' }
  | { readonly kind: 'check'; /** The commit has an `AI-Override`. */ readonly isOverridden: boolean };

/** A rule that lines are held against, and how grave that is. */
export interface LineJudgement {
  readonly ruleId: Extract<RuleId, 'tier/ai-code' | 'tier/ai-deletion' | 'tier/unknown-origin'>;
  readonly severity: Severity;
}

/** What is said of a run of lines in a file placed so; null: nothing. */
export function judgeRun(
  placement: Pick<Placement, 'tier' | 'rules'>,
  run: { readonly side: Side; readonly class: LineClass },
  asking: Asking,
): LineJudgement | null {
  const severity = severityOf(placement, run, asking);
  return severity === null ? null : { ruleId: ruleOf(run), severity };
}

/** How grave AI lines are in a file with these rules; null: not worth a word. */
export function aiSeverity(rules: Rules, asking: Asking): Severity | null {
  if (asking.kind === 'check' && rules.commit === 'block') {
    const isOverridden = asking.isOverridden && rules.override !== 'deny';
    if (!isOverridden) return 'error';
  }
  return rules.warn === 'off' ? null : rules.warn;
}

export function isModelClass(name: LineClass): boolean {
  return name === 'ai' || name === 'mixed';
}

/** The most critical system that asks for as much as the strictest. */
export function systemBehind(
  { systems, rules }: Pick<Placement, 'systems' | 'rules'>,
  rule: keyof Rules | undefined,
): PlacedSystem | undefined {
  const strict = rule === undefined ? undefined : systems.find((each) => each.rules[rule] === rules[rule]);
  return strict ?? systems[0];
}

/** The rule that a person has to answer for AI lines. */
export function aiRule(rules: Rules): 'commit' | 'warn' {
  return rules.commit === 'block' ? 'commit' : 'warn';
}

function severityOf(
  { tier, rules }: Pick<Placement, 'tier' | 'rules'>,
  run: { readonly side: Side; readonly class: LineClass },
  asking: Asking,
): Severity | null {
  if (tier === null) return null;
  if (isModelClass(run.class)) return aiSeverity(rules, asking);
  if (run.class !== 'unknown' || run.side === '-' || rules.unknown === 'allow') return null;
  if (rules.unknown === 'treat-as-ai') return aiSeverity(rules, asking);
  return asking.kind === 'editor' && rules.warn === 'off' ? null : 'warning';
}

function ruleOf(run: { readonly side: Side; readonly class: LineClass }): LineJudgement['ruleId'] {
  if (run.class === 'unknown') return 'tier/unknown-origin';
  return run.side === '-' ? 'tier/ai-deletion' : 'tier/ai-code';
}
