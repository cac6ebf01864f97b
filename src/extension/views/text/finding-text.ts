import type { InlineFinding, OpenRange } from '../../../core/inline';
import type { PlacedSystem } from '../../../core/placing';
import { counted, visible, whoWords, type Translate } from './words';

/** How many owners a diagnostic names. */
const OWNERS = 5;

/**
 * What a diagnostic says: who wrote the lines, where, who answers for it and until when. It ends with what is asked,
 * so that an agent that reads the Problems panel and mends what it finds there leaves the code alone.
 */
export function findingText(t: Translate, finding: InlineFinding): string {
  const what = whereWords(t, finding);
  if (finding.acknowledged !== null) {
    const { reason } = finding.acknowledged;
    const said = reason === null ? [] : [visible(reason)];
    return [t('Acknowledged: {0}', what), t('Nothing is asked for.'), ...said].join(' ');
  }
  return [
    what,
    ...ownersWords(t, finding),
    t('Rule: {0}.', ruleWords(t, finding)),
    t('For a person to look at; no change of code is asked for.'),
  ].join(' ');
}

/** `checkout (tier 1), search (tier 2)`, the most critical first. */
export function systemsWords(
  t: Translate,
  { systems }: { readonly systems: readonly Pick<PlacedSystem, 'name' | 'tier'>[] },
): string {
  return systems.map(({ name, tier }) => t('{0} (tier {1})', visible(name), tier)).join(', ');
}

/** The owners of all the systems, each once. */
export function ownersOf({
  systems,
}: {
  readonly systems: readonly Pick<PlacedSystem, 'owners'>[];
}): string[] {
  return [...new Set(systems.flatMap(({ owners }) => owners))];
}

function whereWords(t: Translate, finding: InlineFinding): string {
  const [what, where] = [whatWords(t, finding), systemsWords(t, finding)];
  const commit = finding.ranges.length === 1 ? finding.ranges[0]?.commit : null;
  if (typeof commit !== 'string') return t('{0} in {1}.', what, where);
  return t('{0} in {1}, committed in {2}.', what, where, visible(commit.slice(0, 10)));
}

function whatWords(t: Translate, { ranges }: InlineFinding): string {
  const [first] = ranges;
  if (first === undefined) return '';
  const count = ranges.reduce((sum, range) => sum + range.count, 0);
  if (ranges.length === 1) return runWords(t, first);
  return ranges.some((range) => range.class === 'unknown')
    ? t('{0} lines by AI or of unknown origin, in {1} places,', count, ranges.length)
    : t('{0} lines that AI wrote or deleted, in {1} places,', count, ranges.length);
}

function runWords(t: Translate, range: OpenRange): string {
  const { count } = range;
  if (range.class === 'unknown')
    return counted(count, t('Nothing says who wrote this line'), (n) =>
      t('Nothing says who wrote these {0} lines', n),
    );
  const who = whoWords(t, range);
  if (range.side === '-')
    return counted(count, t('AI deleted 1 line here ({0})', who), (n) =>
      t('AI deleted {0} lines here ({1})', n, who),
    );
  if (range.class === 'mixed')
    return counted(count, t('AI wrote part of this line ({0})', who), (n) =>
      t('AI wrote parts of these {0} lines ({1})', n, who),
    );
  return counted(count, t('AI wrote this line ({0})', who), (n) =>
    t('AI wrote these {0} lines ({1})', n, who),
  );
}

function ownersWords(t: Translate, finding: InlineFinding): string[] {
  const owners = ownersOf(finding);
  if (owners.length === 0) return [];
  const shown = owners.slice(0, OWNERS).map(visible).join(', ');
  const rest = owners.length - OWNERS;
  return [t('Owners: {0}.', rest > 0 ? t('{0} and {1} more', shown, rest) : shown)];
}

/** The rule as the policy has it, `commit: acknowledge`, and how long it counts. */
function ruleWords(t: Translate, { ruleId, rules, system, daysLeft }: InlineFinding): string {
  const rule =
    ruleId === 'tier/unknown-origin'
      ? `unknown: ${rules.unknown}`
      : rules.commit === 'allow'
        ? `warn: ${rules.warn}`
        : `commit: ${rules.commit}`;
  const { until } = system.rules;
  if (until === null || daysLeft === null) return rule;
  const left =
    daysLeft === 0
      ? t('today is the last day')
      : counted(daysLeft, t('1 day left'), (n) => t('{0} days left', n));
  return t('{0}, until {1} ({2})', rule, until, left);
}
