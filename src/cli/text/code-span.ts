import { codeSpan as codeSpanOf } from '../../core/markdown';
import { oneLine } from '../streams';

/** A code span of Markdown of any text of a repository. */
export function codeSpan(text: string): string {
  return codeSpanOf(oneLine(text));
}
