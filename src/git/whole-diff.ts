import type { LineSpan } from '../core/range';
import { isRegular, parseRaw, PINNED } from './diff';
import { git } from './run';

/**
 * One changed file with the lines of both sides, line ends included, one character a byte; none where a side is no
 * regular file.
 */
export interface WholeFile {
  readonly oldPath: string | null;
  readonly path: string | null;
  /** False where only its name or mode changes, or an empty file comes or goes: then git says nothing of its lines. */
  readonly hasPatch: boolean;
  readonly added: readonly LineSpan[];
  readonly deleted: readonly LineSpan[];
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/** More lines around a hunk than any file has: then the patch holds both texts, and nothing else need be asked. */
const WHOLE = '-U10000000';

/**
 * What the index (or GIT_INDEX_FILE) changes against `tree`, with the texts, from one git process. The added and deleted lines are those of the pinned
 * diff: lines around a hunk change nothing about it.
 */
export async function diffIndexWhole(cwd: string, tree: string): Promise<WholeFile[]> {
  return parseWhole(
    (await git(cwd, ['diff-index', '--cached', ...PINNED, WHOLE, tree, '--'])).toString('latin1'),
  );
}

type Raw = ReturnType<typeof parseRaw>;

/**
 * Parses raw lines followed by patches with all lines. Paths are C-quoted, so a line is a line. A line of a file is cut
 * out once, with its end: every commit waits for this, and it may be much text.
 */
function parseWhole(text: string): WholeFile[] {
  const raw: Raw[] = [];
  let at = 0;
  for (let end = lineEnd(text, at); text.startsWith(':', at); end = lineEnd(text, at)) {
    raw.push(parseRaw(text.slice(at, end)));
    at = end + 1;
  }
  // A change of type (a file becomes a link) has two patches, that of the old side first.
  const files = raw.filter((file) => file.status !== 'U');
  const sections = files.flatMap((file) => (file.status === 'T' ? [file, file] : [file]));
  const sides = new Map<Raw, Sides>(files.map((file) => [file, { old: emptySide(), new: emptySide() }]));
  const patched = new Set<Raw>();
  let section = -1;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    at = end + 1;
    if (line.startsWith('diff --git ')) section++;
    const file = sections[section];
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    const own = file && sides.get(file);
    if (!file || !own || !hunk) continue;
    patched.add(file);
    at = readHunk(text, at, { old: Number(hunk[2] ?? 1), new: Number(hunk[4] ?? 1) }, own);
  }
  return [...sides].map(([file, own]) => wholeFile(file, own, patched.has(file)));
}

/** Where the line ends that `at` is in: the place of its line end, or the end of the text. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
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

/** Reads the lines of one hunk and says where the next thing begins. */
function readHunk(
  text: string,
  from: number,
  counts: { readonly old: number; readonly new: number },
  sides: Sides,
): number {
  let [at, oldLeft, newLeft] = [from, counts.old, counts.new];
  while (at < text.length && (oldLeft > 0 || newLeft > 0)) {
    const end = lineEnd(text, at) + 1;
    const sign = text.charAt(at);
    // With diff.suppressBlankEmpty an empty line between the others has no sign.
    const line = sign === '\n' ? sign : text.slice(at + 1, end);
    at = end;
    if (sign !== '+') {
      oldLeft--;
      addLine(sides.old, line, sign === '-');
    }
    if (sign !== '-') {
      newLeft--;
      addLine(sides.new, line, sign === '+');
    }
    if (!text.startsWith('\\', at)) continue;
    at = lineEnd(text, at) + 1;
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

function wholeFile(file: Raw, sides: Sides, hasPatch: boolean): WholeFile {
  const [hasOld, hasNew] = [isRegular(file.oldMode), isRegular(file.newMode)];
  return {
    oldPath: file.oldPath,
    path: file.path,
    hasPatch,
    added: hasNew ? sides.new.changed : [],
    deleted: hasOld ? sides.old.changed : [],
    oldLines: hasOld ? sides.old.lines : [],
    newLines: hasNew ? sides.new.lines : [],
  };
}
