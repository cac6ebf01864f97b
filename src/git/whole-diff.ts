import type { LineSpan } from '../core/range';
import { isRegular, parseRaw, PINNED } from './diff';
import { git } from './run';

/** One changed file with the bytes of both sides; empty where a side is no regular file. */
export interface WholeFile {
  readonly oldPath: string | null;
  readonly path: string | null;
  readonly added: readonly LineSpan[];
  readonly deleted: readonly LineSpan[];
  readonly oldBytes: Buffer;
  readonly newBytes: Buffer;
}

/** More lines around a hunk than any file has: then the patch holds both texts, and nothing else need be asked. */
const WHOLE = '-U10000000';

/**
 * What the index (or GIT_INDEX_FILE) changes against `tree`, with the texts, from one git process. Files that only
 * change their name or mode have no lines in it and are left out. The added and deleted lines are those of the pinned
 * diff: lines around a hunk change nothing about it.
 */
export async function diffIndexWhole(cwd: string, tree: string): Promise<WholeFile[]> {
  return parseWhole(await git(cwd, ['diff-index', '--cached', ...PINNED, WHOLE, tree, '--']));
}

type Raw = ReturnType<typeof parseRaw>;

/** Parses raw lines followed by patches with all lines. Paths are C-quoted, so a line is a line. */
function parseWhole(output: Buffer): WholeFile[] {
  const lines = output.toString('latin1').split('\n');
  const raw: Raw[] = [];
  let at = 0;
  for (; lines[at]?.startsWith(':'); at++) raw.push(parseRaw(lines[at] ?? ''));
  // A change of type (a file becomes a link) has two patches, that of the old side first.
  const sections = raw
    .filter((file) => file.status !== 'U')
    .flatMap((file) => (file.status === 'T' ? [file, file] : [file]));
  const sides = new Map<Raw, Sides>();
  let section = -1;
  while (at < lines.length) {
    const line = lines[at++] ?? '';
    if (line.startsWith('diff --git ')) section++;
    const file = sections[section];
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!file || !hunk) continue;
    const own = sides.get(file) ?? { old: emptySide(), new: emptySide() };
    sides.set(file, own);
    at = readHunk(lines, at, { old: Number(hunk[2] ?? 1), new: Number(hunk[4] ?? 1) }, own);
  }
  return [...sides].map(([file, own]) => wholeFile(file, own));
}

interface Side {
  readonly lines: string[];
  readonly changed: { start: number; count: number }[];
}

interface Sides {
  readonly old: Side;
  readonly new: Side;
}

function emptySide(): Side {
  return { lines: [], changed: [] };
}

/** Reads the lines of one hunk and says on which line the next thing begins. */
function readHunk(
  lines: readonly string[],
  from: number,
  counts: { readonly old: number; readonly new: number },
  sides: Sides,
): number {
  let [at, oldLeft, newLeft] = [from, counts.old, counts.new];
  while (at < lines.length && (oldLeft > 0 || newLeft > 0)) {
    const line = lines[at++] ?? '';
    const text = `${line.slice(1)}\n`;
    const sign = line.charAt(0);
    if (sign !== '+') {
      oldLeft--;
      addLine(sides.old, text, sign === '-');
    }
    if (sign !== '-') {
      newLeft--;
      addLine(sides.new, text, sign === '+');
    }
    if (!lines[at]?.startsWith('\\')) continue;
    at++;
    if (sign !== '+') dropLineEnd(sides.old);
    if (sign !== '-') dropLineEnd(sides.new);
  }
  return at;
}

function addLine(side: Side, text: string, changed: boolean): void {
  const number = side.lines.push(text);
  const last = side.changed.at(-1);
  if (!changed) return;
  if (last && last.start + last.count === number) last.count++;
  else side.changed.push({ start: number, count: 1 });
}

/** `\ No newline at end of file` */
function dropLineEnd(side: Side): void {
  side.lines.push((side.lines.pop() ?? '').slice(0, -1));
}

function wholeFile(file: Raw, sides: Sides): WholeFile {
  const [hasOld, hasNew] = [isRegular(file.oldMode), isRegular(file.newMode)];
  const bytes = (side: Side): Buffer => Buffer.from(side.lines.join(''), 'latin1');
  return {
    oldPath: file.oldPath,
    path: file.path,
    added: hasNew ? sides.new.changed : [],
    deleted: hasOld ? sides.old.changed : [],
    oldBytes: hasOld ? bytes(sides.old) : Buffer.alloc(0),
    newBytes: hasNew ? bytes(sides.new) : Buffer.alloc(0),
  };
}
