import type { OpenBuffer } from '../app/open-buffer';
import type { KnownText } from '../core/known';

/** Texts that documents do not show any more, for the document of another name that shows one of them next. */
export interface LeftTexts {
  leave(buffer: OpenBuffer): void;
  /** What was known of the same text, to the byte, when it was left last; null: nobody has left it lately. */
  find(text: string): KnownText | null;
}

/** A renamed document is closed and opened in one go; so is one that is saved under another name. */
const KEPT_MS = 10_000;

export function leftTexts(): LeftTexts {
  let left: { readonly text: string; readonly known: KnownText; readonly at: number }[] = [];

  const recent = (): typeof left => {
    const since = Date.now() - KEPT_MS;
    return (left = left.filter(({ at }) => at > since));
  };
  return Object.freeze({
    leave(buffer: OpenBuffer): void {
      recent().push({ text: buffer.text(), known: buffer.known(), at: Date.now() });
    },
    find: (text: string) => recent().findLast((each) => each.text === text)?.known ?? null,
  });
}
