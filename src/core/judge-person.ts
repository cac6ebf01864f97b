import type { Finding } from './finding';
import type { CommitFacts } from './judge-facts';
import {
  ackCommand,
  bySystem,
  finding,
  inSystem,
  isFound,
  mostCritical,
  nameOf,
  namesOf,
  overrideOf,
  recommit,
  unlisted,
  type About,
  type Touched,
} from './judge-finding';
import { isModelClass } from './line-rules';
import { matchesWildcards } from './policy';
import type { ResolvedRange } from './resolve';
import { ackDigestText } from './trailer';

export function acknowledgement(about: About): Finding[] {
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

export function changeReference(about: About): Finding[] {
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
export function notGrave(found: Finding): Finding {
  return found.severity === 'error' ? { ...found, severity: 'warning' } : found;
}

export function override(about: About): Finding[] {
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

export function policyChanged(about: About, policyFiles: ReadonlySet<string>): Finding[] {
  const changed = about.touched.flatMap(({ file }) => namesOf(file)).filter((name) => policyFiles.has(name));
  return [...new Set(changed)].map((path) => {
    const message = 'This change touches the policy. It is judged by the policy of the target all the same.';
    const help = 'Whoever answers for the policy looks at this.';
    return finding(about, 'policy/changed', 'warning', { path }, message, help);
  });
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
