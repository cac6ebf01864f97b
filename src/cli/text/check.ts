import type { Checked } from '../../app/check';
import type { Finding } from '../../core/finding';
import { oneLine } from '../streams';
import { linesText } from './origin';
import { counted, type Style } from './style';

/** What a check has found, for a person to read: the gravest first, what is information only on a line each. */
export function checkText(checked: Checked, style: Style): string {
  const { findings, summary } = checked;
  const blocks = findings.map((finding) => blockOf(finding, style));
  const { error, warning, information } = summary;
  const numbers = [
    ...(error > 0 ? [counted(error, 'error')] : []),
    ...(warning > 0 ? [counted(warning, 'warning')] : []),
    ...(information > 0 ? [counted(information, 'note')] : []),
  ];
  const end = `${subjectText(checked)} checked: ${numbers.length === 0 ? 'nothing to report' : numbers.join(', ')}.\n`;
  return `${blocks.join('')}${blocks.length > 0 ? '\n' : ''}${end}`;
}

/** What was judged. */
export function subjectText({ range, commits }: Pick<Checked, 'range' | 'commits'>): string {
  if (range.head !== null) return counted(commits, 'commit');
  return commits === 0 ? 'nothing staged' : 'what is staged';
}

const WORD = { error: 'error', warning: 'warning', information: 'note' } as const;

function blockOf(finding: Finding, style: Style): string {
  const { severity, ruleId, message, help, owners, commit } = finding;
  const head = [`${WORD[severity]}:`, ruleId, placeText(finding), commit === null ? '' : commit.slice(0, 12)];
  const title = style.strong(head.filter((word) => word !== '').join(' '));
  const asking = owners.length > 0 ? ` Owners: ${oneLine(owners.join(', '))}.` : '';
  const more = severity === 'information' ? '' : `    ${style.quiet(oneLine(help) + asking)}\n`;
  return `${title}\n    ${oneLine(message)}\n${more}`;
}

/** `PATH:10-12`; of deleted lines `PATH:-10-12`. */
function placeText({ path, start, end, side }: Finding): string {
  if (path === null) return '';
  if (start === null || end === null) return oneLine(path);
  return `${oneLine(path)}:${side === '-' ? '-' : ''}${linesText(start, end - start + 1)}`;
}
