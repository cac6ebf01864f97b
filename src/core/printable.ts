/** C0, DEL and C1, line and paragraph separators, marks that turn the direction of text, surrogates of no pair. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]/gu;

/** Messages and paths come from repositories: control characters are shown, never sent to a terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escapeChar(char)));
}

/** The same for what must stay on one line, as a path. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? escapeChar(char));
}

/** One value as JSON in one line that is safe to look at on a terminal. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escapeChar);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeChar(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
