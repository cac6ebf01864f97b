import { COMPLETIONS } from './completions';
import { FILES } from './files';
import { GIT } from './git';
import { OTHERS } from './others';
import { TYPING } from './typing';
import type { EditRow } from './row';

/** The whole table. */
export const EDIT_ROWS: readonly EditRow[] = [...TYPING, ...COMPLETIONS, ...OTHERS, ...FILES, ...GIT];

/** The folder's files: one for each row, all of them committed. */
export function fileOf(row: EditRow): string {
  return `row-${String(EDIT_ROWS.indexOf(row) + 1).padStart(2, '0')}.js`;
}
