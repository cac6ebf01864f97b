import type { LineSpan } from '../core/range';
import { isRegular, parsePatch, PINNED, unquotePath, type PatchedFile } from './diff';
import { GitError } from './run';
import { streamGit, type StreamedGit } from './stream';

/** What one commit changes against its parent, the root against the empty tree, a merge against all its parents. */
export type CommitDiff =
  | { readonly kind: 'diff'; readonly files: readonly PatchedFile[] }
  | { readonly kind: 'merge'; readonly files: readonly MergedFile[] };

/** A file that a merge leaves in a state which none of its parents has; `added` are the lines that none of them has. */
export interface MergedFile {
  /** null: the merge takes the file away. */
  readonly path: string | null;
  readonly mode: string;
  readonly oid: string;
  readonly added: readonly LineSpan[];
}

/** Diffs of any number of commits through one `git diff-tree`, which works while the questions are still coming in. */
export interface CommitDiffStream {
  /** With a parent named, the commit is compared with that one only. */
  ask(oid: string, parent?: string): void;
  endOfQuestions(): void;
  /** The answers in the order of the questions. Throws when git does not know a commit. */
  readonly answers: AsyncIterable<CommitDiff & { readonly commit: string }>;
  close(): void;
}

export function streamDiffs(cwd: string): CommitDiffStream {
  const args = ['diff-tree', '--stdin', '--always', '--root', '-c', ...PINNED];
  const asked: string[] = [];
  let running: StreamedGit | null = null;
  const start = (): StreamedGit => (running ??= streamGit(cwd, args));
  return Object.freeze({
    ask(oid: string, parent?: string): void {
      asked.push(oid);
      start().write(parent === undefined ? `${oid}\n` : `${oid} ${parent}\n`);
    },
    endOfQuestions: () => running?.endInput(),
    answers: (async function* () {
      let answered = 0;
      if (asked.length === 0) return;
      for await (const { commit, text } of sections(start().output)) {
        if (commit !== asked[answered++]) break;
        yield { commit, ...parseSection(text) };
      }
      if (answered !== asked.length) throw new GitError(args, 0, 'not every commit is there');
    })(),
    close: () => running?.close(),
  });
}

/** A line that is nothing but an object id: every line of a patch has a sign or a word before it. */
const HEADER = /^(?:[0-9a-f]{64}|[0-9a-f]{40})\n/gm;

/** Cuts the output at the ids of the commits, holding no more than one commit's diff and what came with it. */
async function* sections(output: AsyncIterable<Buffer>): AsyncGenerator<{ commit: string; text: string }> {
  let open: { commit: string; parts: string[] } | null = null;
  let rest = '';
  for await (const chunk of output) {
    const text = rest + chunk.toString('latin1');
    const whole = text.lastIndexOf('\n') + 1;
    rest = text.slice(whole);
    let from = 0;
    for (const found of text.slice(0, whole).matchAll(HEADER)) {
      open?.parts.push(text.slice(from, found.index));
      if (open) yield { commit: open.commit, text: open.parts.join('') };
      open = { commit: found[0].trimEnd(), parts: [] };
      from = found.index + found[0].length;
    }
    open?.parts.push(text.slice(from, whole));
  }
  if (open) yield { commit: open.commit, text: open.parts.join('') + rest };
}

function parseSection(text: string): CommitDiff {
  return text.startsWith('::')
    ? { kind: 'merge', files: parseCombined(text) }
    : { kind: 'diff', files: parsePatch(text) };
}

/**
 * `::OLDMODE OLDMODE MODE OLDOID OLDOID OID STATUSES TAB PATH` for each file, then patches in which a line has as many
 * signs before it as there are parents: a line of `+` only is in none of them.
 */
function parseCombined(text: string): MergedFile[] {
  const lines = text.split('\n');
  const files = new Map<string, { path: string | null; mode: string; oid: string; added: LineSpan[] }>();
  let at = 0;
  for (; lines[at]?.startsWith('::'); at++) {
    const [head = '', name = ''] = (lines[at] ?? '').split('\t');
    const parents = /^:+/.exec(head)?.[0].length ?? 0;
    const words = head.slice(parents).split(' ');
    const mode = words[parents] ?? '';
    const path = unquotePath(name);
    files.set(name, {
      path: /^0+$/.test(mode) ? null : path,
      mode,
      oid: words[2 * parents + 1] ?? '',
      added: [],
    });
  }
  let file = files.get('');
  while (at < lines.length) {
    const line = lines[at++] ?? '';
    const header = /^diff --(?:combined|cc) (.*)$/.exec(line);
    if (header) file = files.get(header[1] ?? '');
    const hunk = /^@@@+ .*\+(\d+)(?:,(\d+))? @@@+/.exec(line);
    if (!hunk) continue;
    const parents = (/^@+/.exec(line)?.[0].length ?? 2) - 1;
    at = readCombinedHunk(
      lines,
      at,
      { parents, start: Number(hunk[1]), count: Number(hunk[2] ?? 1) },
      (number) => {
        if (file && isRegular(file.mode)) addLine(file.added, number);
      },
    );
  }
  return [...files.values()];
}

/** Reads a hunk, tells of each line that no parent has, and says on which line the next thing begins. */
function readCombinedHunk(
  lines: readonly string[],
  from: number,
  hunk: { readonly parents: number; readonly start: number; readonly count: number },
  onNew: (line: number) => void,
): number {
  let [at, number] = [from, hunk.start];
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const signs = line.slice(0, hunk.parents);
    if (!/^[ +-]+$/.test(signs) || signs.length < hunk.parents) {
      if (line.startsWith('\\')) continue;
      break;
    }
    if (signs.includes('-')) continue;
    if (number >= hunk.start + hunk.count) break;
    if (!signs.includes(' ')) onNew(number);
    number++;
  }
  return at;
}

function addLine(spans: LineSpan[], number: number): void {
  const last = spans.at(-1);
  if (last && last.start + last.count === number)
    spans[spans.length - 1] = { start: last.start, count: last.count + 1 };
  else spans.push({ start: number, count: 1 });
}
