import type { Checked } from '../../app/check';
import { SEVERITIES, type Finding, type Severity } from '../../core/finding';
import { oneLine } from '../streams';
import { subjectText } from './check';
import { counted } from './style';

/** What GitHub shows of one step, for each level. */
const SHOWN = 10;
const COMMAND = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** Workflow commands: at most ten of a level, the most critical first, then how many there are besides. */
export function annotations(checked: Checked): string {
  const { findings, summary } = checked;
  const shown = SEVERITIES.flatMap((severity) => levelOf(findings, severity));
  const { error, warning, information } = summary;
  const numbers = `${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(information, 'note')}`;
  return [...shown, `hunkmark: ${subjectText(checked)} checked: ${numbers}.`]
    .map((line) => `${line}\n`)
    .join('');
}

function levelOf(findings: readonly Finding[], severity: Severity): string[] {
  const level = findings.filter((finding) => finding.severity === severity);
  const more = level.length - SHOWN;
  const word = severity === 'information' ? 'note' : severity;
  return [
    ...level.slice(0, SHOWN).map(annotation),
    ...(more > 0 ? [`hunkmark: ${counted(more, word)} more; hunkmark check says all of them.`] : []),
  ];
}

function annotation({ severity, ruleId, path, start, end, side, message, help }: Finding): string {
  const hasLines = start !== null && side === '+';
  const properties = [
    ...(path === null ? [] : [`file=${property(path)}`]),
    ...(hasLines ? [`line=${start}`, `endLine=${end ?? start}`] : []),
    `title=${property(ruleId)}`,
  ];
  return `::${COMMAND[severity]} ${properties.join(',')}::${data(`${message} ${help}`)}`;
}

function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
