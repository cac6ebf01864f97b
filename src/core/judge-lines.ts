import type { Finding } from './finding';
import type { ClassedRun, FileFacts } from './judge-facts';
import {
  RESTAMP,
  ackCommand,
  finding,
  inSystem,
  lines,
  mostCritical,
  overrideOf,
  recommit,
  unlisted,
  type About,
  type Touched,
} from './judge-finding';
import { aiRule, aiSeverity, isModelClass, judgeRun, type Asking } from './line-rules';
import type { Placement } from './placing';
import type { Rules } from './policy';

function askingOf({ facts }: About): Asking {
  return { kind: 'check', isOverridden: overrideOf(facts) !== null };
}

function aiHelp({ facts }: About, rules: Rules): string {
  if (rules.commit === 'block')
    return `A person has to write these lines, or to say why not: ${recommit(facts)} --trailer 'AI-Override: REASON'.`;
  if (rules.commit === 'acknowledge') return `A person looks at the lines, then: ${ackCommand(facts)}.`;
  return 'Have a person look at the lines.';
}

export function aiFindings(about: About): Finding[] {
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
export function unlistedFindings(about: About): Finding[] {
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

export function unknownFindings(about: About): Finding[] {
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
