import type { TierAnswer, Tiers } from '../../app/tier';
import { oneLine } from '../streams';
import { columns, type Style } from './style';

/** Paths with their systems, tier and rules, and where that is written. */
export function tierText({ hasPolicy, answers }: Tiers, style: Style): string {
  if (!hasPolicy) return 'There is no .hunkmark.yml here: no path belongs to a system.\n';
  return answers
    .map((answer) => blockOf(answer, style))
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

function blockOf(answer: Tiers['answers'][number], style: Style): string[] {
  const { path, tier, systems, rules, lapsed } = answer;
  const name = style.strong(oneLine(path));
  if (tier === null) return [`${name}: in no system`];
  const rows = systems.map((system) => [
    `tier ${system.tier}`,
    oneLine(system.name),
    oneLine(system.pattern),
    oneLine(`${system.from.file}:${system.from.line}`),
    system.owners.map(oneLine).join(', '),
  ]);
  return [
    `${name}: tier ${tier}`,
    ...columns(rows).map((row) => `  ${row}`),
    `  ${rulesText(rules)}`,
    ...lapsed.map((each) => `  the rules of tier ${each.tier} lapsed after ${each.rules.until}`),
  ];
}

/** The rules in the words of the policy. */
function rulesText(rules: TierAnswer['rules']): string {
  const words = Object.entries(rules).flatMap(([rule, word]: [string, string | null]) =>
    word === null ? [] : [`${rule}: ${oneLine(word)}`],
  );
  return words.join(', ');
}
