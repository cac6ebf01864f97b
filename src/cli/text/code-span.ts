import { codeSpan as codeSpanOf } from '../../core/markdown';
import { oneLine } from '../streams';

/** A code span in a table, where `|` ends a cell unless an odd number of backslashes stands before it. */
export function codeCell(text: string): string {
  return codeSpan(text).replace(/(\\*)\|/g, '$1$1\\|');
}

/** A code span of Markdown of any text of a repository. */
export function codeSpan(text: string): string {
  return codeSpanOf(oneLine(text));
}
