import type { Change } from './agent-event';
import { align, type LineSource } from './align';
import { splitLines } from './lines';
import { ANCHOR_WEIGHT } from './runs';
import { isVisible, lineKey, weighUpTo } from './tokens';

/**
 * For a change that cannot be carried out on the text that was seen before it, as when its tool is content with a likeness
 * of the old text: `before` with those of its differences to `now` that the change names by itself. The lines that it puts
 * there, boilerplate only beside others of them, and the lines that it takes out. All else that differs may be anybody's.
 */
export function namedPart(
  change: Change,
  before: readonly string[],
  now: readonly string[],
): readonly string[] {
  const names = namesOf(change);
  const { sources, kept } = align(before, now, 'every');
  const isAdded = addedLines(sources, now, names.added);
  const text: string[] = [];
  let next = 0;
  const keepUntil = (end: number): void => {
    for (; next < end; next++) {
      const line = before[next] ?? '';
      if (kept[next] !== 1 && !names.deleted.has(lineKey(line))) text.push(line);
    }
  };
  sources.forEach((source, at) => {
    if (source.kind === 'same') keepUntil(source.old);
    if (source.kind === 'same' || source.kind === 'reformat' || isAdded(at)) text.push(now[at] ?? '');
  });
  keepUntil(before.length);
  return text;
}

/** Keys of lines. */
interface Names {
  readonly added: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
}

/** A whole text is always what it says, and a file that is taken away leaves nothing to name. */
function namesOf(change: Change): Names {
  const parts = change.kind === 'replace' ? [change] : 'parts' in change ? change.parts : [];
  const lines = 'hunks' in change ? change.hunks.flatMap((hunk) => hunk.lines) : [];
  return {
    added: keysOf([...parts.map((part) => part.new), ...withSign(lines, '+')]),
    deleted: keysOf([...parts.map((part) => part.old), ...withSign(lines, '-')]),
  };
}

function keysOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap(splitLines).map(lineKey).filter(isVisible));
}

function withSign(lines: readonly string[], sign: '+' | '-'): readonly string[] {
  return lines.flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : []));
}

/** Whether a line is a new one that the change names. */
function addedLines(
  sources: readonly LineSource[],
  now: readonly string[],
  keys: ReadonlySet<string>,
): (line: number) => boolean {
  const isNamed = (line: number): boolean =>
    sources[line]?.kind === 'new' && keys.has(lineKey(now[line] ?? ''));
  const added = new Set<number>();
  sources.forEach((_, line) => {
    if (!isNamed(line) || weighUpTo(now[line] ?? '', ANCHOR_WEIGHT) < ANCHOR_WEIGHT) return;
    added.add(line);
    for (const way of [-1, 1])
      for (let at = line + way; isNamed(at) && !added.has(at); at += way) added.add(at);
  });
  return (line) => added.has(line);
}
