/**
 * Words that say little about who wrote a line: keywords of common languages, and the one-letter names of loops and
 * caught errors. A line made of them alone weighs nothing and proves nothing.
 */
const LIGHT = new Set(
  (
    'abstract and as assert async await base begin bool boolean break byte case catch chan char class const constexpr ' +
    'continue def default defer del delete do double elif else elseif elsif end endif ensure enum except exec explicit ' +
    'export extends extern false False final finally float fn for foreach friend from fun func function global go goto ' +
    'guard if impl implements import in include init inline inout instanceof int interface internal is it lambda let ' +
    'lock long loop match mod module mut mutable namespace native new nil None nonlocal not null nullptr object of open ' +
    'operator or out override package pass private protected protocol pub public raise range readonly ref register ' +
    'repeat require rescue return sealed select self Self short signed sizeof static string String struct super switch ' +
    'synchronized template then this throw throws trait transient true True try type typedef typeof undefined union ' +
    'unless unsafe unsigned until use using val var virtual void volatile when where while with yield ' +
    'e i j k n x'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}\p{M}_$]+/gu;
/** The same for a line of ASCII, which most are; it takes a third of the time. */
const ASCII_LINE_WORD = /[A-Za-z0-9_$]+/g;
const BEYOND_ASCII = /[^\0-\x7f]/;
const UNDERSCORE = 0x5f;
const DOLLAR = 0x24;
const LETTERS_AND_DIGITS = /[\p{L}\p{N}]/gu;
/** Words, and every other visible character by itself, but for the signs that a formatter adds and takes away. */
const TOKEN = /[\p{L}\p{N}\p{M}_$]+|[^\s,;'"`()]/gu;
const ASCII_LINE_TOKEN = /[A-Za-z0-9_$]+|[^\s,;'"`()]/g;

/** The line without white space: two lines with one key differ only in indentation, spacing or line end. */
export function lineKey(line: string): string {
  return line.replace(/\s+/g, '');
}

/** The words of a line that say something about who wrote it, in order, with repetitions. */
export function heavyWords(line: string): string[] {
  return (line.match(BEYOND_ASCII.test(line) ? WORD : ASCII_LINE_WORD) ?? []).filter(
    (word) => !LIGHT.has(word),
  );
}

/** Number of letters and digits in a line's heavy words: `return null;` 0, `const total = sum(items);` 13. */
export function lineWeight(line: string): number {
  return weightOf(heavyWords(line));
}

/** The same, but no more than is needed to know that it is at least `enough`: most lines say so with their first words. */
export function weighUpTo(line: string, enough: number): number {
  if (BEYOND_ASCII.test(line)) return lineWeight(line);
  let weight = 0;
  ASCII_LINE_WORD.lastIndex = 0;
  for (let found = ASCII_LINE_WORD.exec(line); found && weight < enough; found = ASCII_LINE_WORD.exec(line))
    if (!LIGHT.has(found[0])) weight += wordWeight(found[0]);
  return weight;
}

/** The same of words that are found already. */
export function weightOf(heavy: readonly string[]): number {
  let weight = 0;
  for (const word of heavy) weight += wordWeight(word);
  return weight;
}

export function wordWeight(word: string): number {
  if (BEYOND_ASCII.test(word)) return (word.match(LETTERS_AND_DIGITS) ?? []).length;
  let weight = word.length;
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    if (code === UNDERSCORE || code === DOLLAR) weight--;
  }
  return weight;
}

/** The word and sign tokens of a line that a formatter keeps. */
export function lineTokens(line: string): string[] {
  return line.match(BEYOND_ASCII.test(line) ? TOKEN : ASCII_LINE_TOKEN) ?? [];
}

export function isVisible(key: string): boolean {
  return key !== '';
}
