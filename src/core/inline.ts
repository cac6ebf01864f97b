import { isModelClass, judgeRun, systemBehind, type LineJudgement } from './line-rules';
import type { Severity } from './finding';
import type { PlacedSystem, Placement } from './placing';
import type { Rules } from './policy';
import type { ProvenanceRange } from './range';

/*
 * What the editor says beside lines that are not committed yet, as a value. Lines of an open text are 0-based here, as
 * editors count them.
 */

/** A range that a commit of the open text would have, with the place where it is to be seen. */
export interface OpenRange extends ProvenanceRange {
  /** Of `+` its first line in the open text; of `-` the line before which the deleted lines stood. */
  readonly at: number;
  /** The commit of the branch that it is in; null: it is not committed. */
  readonly commit: string | null;
  /** Nothing can be seen in it. */
  readonly isBlank: boolean;
}

/** What was said of a range when a person acknowledged it. */
export interface AcknowledgedWhy {
  /** null: none was given, or it is not known here. */
  readonly reason: string | null;
}

/** One diagnostic: a run of lines, or several runs where there are too many for one each. */
export interface InlineFinding extends LineJudgement {
  /** A person has looked already: a plain hint. */
  readonly acknowledged: AcknowledgedWhy | null;
  /** Of the open text, 0-based, `last` inclusive; deleted lines stood before `first`. */
  readonly first: number;
  readonly last: number;
  /** Ascending; more than one where runs were merged. */
  readonly ranges: readonly OpenRange[];
  readonly systems: readonly PlacedSystem[];
  /** The system whose rule it is. */
  readonly system: PlacedSystem;
  readonly rules: Rules;
  /** Days on which the rules still count, today not counted; null: they do not lapse. */
  readonly daysLeft: number | null;
}

export interface InlineQuestion {
  readonly ranges: readonly OpenRange[];
  /** A program makes the file: nobody is warned of what is in it. */
  readonly isGenerated: boolean;
  readonly placement: Placement;
  readonly acknowledgedWhy: (range: OpenRange) => AcknowledgedWhy | null;
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** How many findings there may be; what is over that is merged with its neighbours. */
  readonly most: number;
}

/**
 * What is said of the ranges of an open file, by place. Law: every range that the tier asks about is in exactly one
 * finding; there are at most `most`.
 */
export function inlineFindings(question: InlineQuestion): InlineFinding[] {
  const { isGenerated, ranges, placement } = question;
  if (placement.tier === null || isGenerated) return [];
  const findings = ranges
    .filter(({ isBlank, class: name }) => !isBlank || isModelClass(name))
    .flatMap((range) => findingOf(question, range))
    .toSorted((a, b) => a.first - b.first || a.last - b.last);
  return merged(findings, question.most);
}

function findingOf({ placement, acknowledgedWhy, today }: InlineQuestion, range: OpenRange): InlineFinding[] {
  const judgement = judgeRun(placement, range, { kind: 'editor' });
  const isUnknown = judgement?.ruleId === 'tier/unknown-origin';
  const system = systemBehind(placement, isUnknown ? 'unknown' : placeRule(placement.rules));
  if (judgement === null || system === undefined) return [];
  const { until } = system.rules;
  return [
    {
      ...judgement,
      acknowledged: isUnknown ? null : acknowledgedWhy(range),
      first: range.at,
      last: range.side === '-' ? range.at : range.at + range.count - 1,
      ranges: [range],
      systems: placement.systems,
      system,
      rules: placement.rules,
      daysLeft: until === null ? null : daysBetween(today, until),
    },
  ];
}

/** A rule that asks for a step of a person is what they have to know of, else how it is shown. */
function placeRule({ commit }: Rules): 'commit' | 'warn' {
  return commit === 'allow' ? 'warn' : 'commit';
}

/** Of `YYYY-MM-DD`; the core has no clock and no calendar of the machine. */
function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Days of the Gregorian calendar, with years that begin in March, so that the leap day is the last one. */
function dayNumber(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const since = month > 2 ? year : year - 1;
  const leaps = Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400);
  return since * 365 + leaps + Math.floor((((month + 9) % 12) * 153 + 2) / 5) + day;
}

// ---- too many for one each

/** Neighbours with the least between them become one, until there are few enough. None is dropped. */
function merged(findings: readonly InlineFinding[], most: number): InlineFinding[] {
  const over = findings.length - most;
  if (over <= 0) return [...findings];
  const gaps = findings.slice(1).map((finding, at) => ({
    at: at + 1,
    gap: finding.first - (findings[at]?.last ?? 0),
  }));
  const joins = new Set(
    gaps
      .toSorted((a, b) => a.gap - b.gap || a.at - b.at)
      .slice(0, over)
      .map(({ at }) => at),
  );
  const found: InlineFinding[] = [];
  findings.forEach((finding, at) => {
    const before = joins.has(at) ? found.pop() : undefined;
    found.push(before ? joined(before, finding) : finding);
  });
  return found;
}

const GRAVEST: readonly Severity[] = ['error', 'warning', 'information'];

/** The graver speaks for both; only what is acknowledged altogether is. */
function joined(a: InlineFinding, b: InlineFinding): InlineFinding {
  const weight = ({ acknowledged, severity }: InlineFinding): number =>
    acknowledged === null ? GRAVEST.indexOf(severity) : GRAVEST.length;
  const grave = weight(b) < weight(a) ? b : a;
  const isDone = a.acknowledged !== null && b.acknowledged !== null;
  return {
    ...grave,
    acknowledged: isDone ? { reason: null } : null,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    ranges: [...a.ranges, ...b.ranges],
  };
}
