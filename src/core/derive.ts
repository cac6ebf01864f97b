import type { Alignment, LineSource } from './align';
import { ANCHOR_WEIGHT, gapsBetween, openLines, type Window } from './runs';
import { heavyWords, weightOf, wordWeight } from './tokens';

/** Pairs of lines that one gap may compare for shared words. */
const DERIVE_BUDGET = 400_000;
/** Weight that a line must share with one outside its gap. */
const FAR_WEIGHT = 10;

/**
 * The second half of law W: new lines that are still unexplained derive from the unplaced old line of their gap with
 * which they share the most. Moves are looked for between the two, because a moved line is no edit of another.
 *
 * `reach` is where else an old line is looked for. `text`: anywhere, if the two are nearly the same; a writer who
 * moves a line and changes a word of it in one step has not written the line.
 *
 * A gap with no old line that `matters` is left out: whoever asks makes nothing of a line that derives from its lines.
 */
export function derive(
  oldLines: readonly string[],
  newLines: readonly string[],
  alignment: Alignment,
  isOpen: { readonly old: (line: number) => boolean; readonly new: (line: number) => boolean },
  reach: 'gap' | 'text' = 'gap',
  matters: (old: number) => boolean = () => true,
): LineSource[] {
  const sources = [...alignment.sources];
  for (const gap of gapsBetween(alignment.runs, oldLines.length, newLines.length)) {
    if (!someLine(gap.aLow, gap.aHigh, (old) => matters(old) && isOpen.old(old))) continue;
    const open = (line: number): boolean => sources[line]?.kind === 'new' && isOpen.new(line);
    const index = wordsOf(oldLines, gap, isOpen.old);
    let budget = DERIVE_BUDGET;
    for (let line = gap.bLow; line < gap.bHigh && budget > 0; line++) {
      if (!open(line)) continue;
      const found = mostShared(newLines[line] ?? '', index);
      budget -= found.looked;
      if (isDerived(found)) sources[line] = { kind: 'derived', old: found.old };
    }
  }
  if (reach === 'text') deriveAnywhere(oldLines, newLines, alignment, isOpen, sources);
  return sources;
}

function someLine(from: number, to: number, is: (line: number) => boolean): boolean {
  for (let line = from; line < to; line++) if (is(line)) return true;
  return false;
}

function deriveAnywhere(
  oldLines: readonly string[],
  newLines: readonly string[],
  alignment: Alignment,
  isOpen: { readonly old: (line: number) => boolean; readonly new: (line: number) => boolean },
  sources: LineSource[],
): void {
  const open = openLines(0, newLines.length, (line) => sources[line]?.kind === 'new' && isOpen.new(line));
  if (open.length === 0) return;
  const all = { aLow: 0, aHigh: oldLines.length, bLow: 0, bHigh: newLines.length };
  const index = wordsOf(oldLines, all, (line) => !alignment.kept[line] && isOpen.old(line));
  let budget = DERIVE_BUDGET;
  for (const line of open) {
    if (budget <= 0) break;
    const found = mostShared(newLines[line] ?? '', index);
    budget -= found.looked;
    if (isNearlySame(found)) sources[line] = { kind: 'derived', old: found.old };
  }
}

interface WordIndex {
  /** Ascending; a line that has the word twice is there twice. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly weights: ReadonlyMap<number, number>;
}

/** For each heavy word the old lines of the gap that have it, and how often. */
function wordsOf(lines: readonly string[], gap: Window, isOpen: (line: number) => boolean): WordIndex {
  const places = new Map<string, number[]>();
  const weights = new Map<number, number>();
  for (let line = gap.aLow; line < gap.aHigh; line++) {
    if (!isOpen(line)) continue;
    const words = heavyWords(lines[line] ?? '');
    weights.set(line, weightOf(words));
    for (const word of words) {
      const at = places.get(word);
      if (at) at.push(line);
      else places.set(word, [line]);
    }
  }
  return { places, weights };
}

/** The old line that shares the most with a new one (-1: none), and the weights that say how much that is. */
interface Shared {
  readonly old: number;
  readonly weight: number;
  readonly lighter: number;
  readonly heavier: number;
  readonly looked: number;
}

function mostShared(line: string, index: WordIndex): Shared {
  const words = heavyWords(line);
  const shared = new Map<number, number>();
  let looked = 1;
  for (const [word, times] of tally(words.filter((each) => index.places.has(each)))) {
    const weight = wordWeight(word);
    const places = index.places.get(word) ?? [];
    for (let at = 0; at < places.length;) {
      const old = places[at] ?? -1;
      const first = at;
      while (places[at] === old) at++;
      looked++;
      shared.set(old, (shared.get(old) ?? 0) + Math.min(times, at - first) * weight);
    }
  }
  if (shared.size === 0) return { old: -1, weight: 0, lighter: 0, heavier: 0, looked };
  let [best, most] = [-1, 0];
  for (const [old, weight] of shared) if (weight > most) [best, most] = [old, weight];
  const [own, other] = [weightOf(words), index.weights.get(best) ?? 0];
  return { old: best, weight: most, lighter: Math.min(own, other), heavier: Math.max(own, other), looked };
}

/** The weight of the heavy words that two lines have in common, each as often as both have it. */
export function sharedWeight(a: string, b: string): number {
  const left = tally(heavyWords(a));
  let weight = 0;
  for (const [word, times] of tally(heavyWords(b)))
    weight += Math.min(times, left.get(word) ?? 0) * wordWeight(word);
  return weight;
}

/**
 * How much a line shares at most with one of these, by weight. With more of them than one can be compared with, it may
 * be anything: infinitely much.
 */
export function openSharing(lines: readonly string[]): (line: string) => number {
  const index = wordsOf(lines, { aLow: 0, aHigh: lines.length, bLow: 0, bHigh: 0 }, () => true);
  let budget = DERIVE_BUDGET;
  return (line) => {
    if (budget <= 0) return Infinity;
    const found = mostShared(line, index);
    budget -= found.looked;
    return found.weight;
  };
}

/** W3: at least 3, and at least half of the lighter of the two. */
function isDerived({ weight, lighter }: Shared): boolean {
  return weight >= ANCHOR_WEIGHT && 2 * weight >= lighter;
}

/** Half of the heavier of the two, and more than a name or two that any line of the file may have. */
function isNearlySame({ weight, heavier }: Shared): boolean {
  return weight >= FAR_WEIGHT && 2 * weight >= heavier;
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
