import { visible, type Translate } from './words';

/** The document that shows the next commit's trailers: exactly these lines, or one line that says why there are none. */
export function trailersText(t: Translate, trailers: readonly string[]): string {
  if (trailers.length > 0) return trailers.map((line) => `${visible(line)}\n`).join('');
  return `${t('# A commit of what is staged now gets no trailers.')}\n`;
}
