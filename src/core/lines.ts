/**
 * Splits a text into lines, each with its line end. A line ends after each LF and at the end of the text; a CR
 * belongs to its line and nothing else ends one. `splitLines(t).join('') === t`; the empty text has no lines.
 */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
    lines.push(text.slice(from, at + 1));
    from = at + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}
