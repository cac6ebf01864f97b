import type { Finding } from '../../../core/finding';
import type { StagedCheck } from '../../tracking';
import { counted, visible, type Translate } from './words';

/** `Check: 1 error, 2 warnings`; null: there is nothing that anybody has to do. */
export function checkWords(t: Translate, { summary }: Pick<StagedCheck, 'summary'>): string | null {
  const { error, warning } = summary;
  const numbers = [
    ...(error > 0 ? [counted(error, t('1 error'), (n) => t('{0} errors', n))] : []),
    ...(warning > 0 ? [counted(warning, t('1 warning'), (n) => t('{0} warnings', n))] : []),
  ];
  return numbers.length === 0 ? null : t('Check: {0}', numbers.join(', '));
}

/** What a finding is about: `pay/charge.ts:3-5`, lines of the index; of deleted lines `pay/charge.ts`. */
export function placeWords({ path, start, end, side }: Finding): string {
  if (path === null) return '';
  const shown = visible(path);
  if (start === null || end === null || side === '-') return shown;
  return start === end ? `${shown}:${start}` : `${shown}:${start}-${end}`;
}

export function severityWords(t: Translate, { severity }: Finding): string {
  switch (severity) {
    case 'error':
      return t('Error');
    case 'warning':
      return t('Warning');
    case 'information':
      return t('Note');
  }
}
