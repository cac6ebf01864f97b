import type { Check } from '../../app/doctor';
import { oneLine } from '../streams';
import { counted, type Style } from './style';

/** What was looked at, area by area, with what to do about each under it. */
export function doctorText(checks: readonly Check[], style: Style): string {
  const lines: string[] = [];
  for (const area of new Set(checks.map((check) => check.area))) {
    lines.push(style.strong(area));
    for (const { state, what, help } of checks.filter((check) => check.area === area)) {
      lines.push(`  ${WORD[state]} ${state === 'fine' ? style.quiet(oneLine(what)) : oneLine(what)}`);
      if (help !== null) lines.push(`          -> ${oneLine(help)}`);
    }
  }
  const problems = checks.filter(({ state }) => state === 'problem').length;
  const end = problems === 0 ? 'Hunkmark works here.' : `${counted(problems, 'problem')} to mend.`;
  return [...lines, '', style.strong(end)].map((line) => `${line}\n`).join('');
}

const WORD: Readonly<Record<Check['state'], string>> = {
  fine: 'ok     ',
  note: 'note   ',
  problem: 'problem',
};
