import type { LineSpan } from '../core/range';
import { decodePath } from '../core/path';
import { git } from './run';

/**
 * The diff of format.md, the same for writer and reader whatever the user has configured. Everything a configuration
 * could bend is named.
 */
const PINNED = [
  '-r',
  '--raw',
  '-p',
  '-U0',
  '--inter-hunk-context=0',
  '--diff-algorithm=histogram',
  '--indent-heuristic',
  '-M50%',
  '-l1000',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=none',
  '--submodule=short',
  '--text',
  '--full-index',
  '--no-abbrev',
  '--no-color',
  '--no-relative',
  '-O/dev/null',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/** One file of a diff with its blobs; `0`-ids mean no blob. Spans are lines of the new and of the old blob. */
export interface FileDiff {
  /** A, D, M, R or T (C never: copies are additions). */
  readonly status: string;
  readonly oldPath: string | null;
  readonly path: string | null;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: string;
  readonly newOid: string;
  readonly added: readonly LineSpan[];
  readonly deleted: readonly LineSpan[];
}

/** What the index (or GIT_INDEX_FILE) changes against `tree`. */
export async function diffIndex(cwd: string, tree: string): Promise<FileDiff[]> {
  return parseDiff(await git(cwd, ['diff-index', '--cached', ...PINNED, tree, '--']));
}

/** What `commit` changes against `parent`, or against the empty tree for a root. */
export async function diffCommit(cwd: string, commit: string, parent: string | null): Promise<FileDiff[]> {
  const trees = parent === null ? ['--root', '--no-commit-id', commit] : [parent, commit];
  return parseDiff(await git(cwd, ['diff-tree', ...PINNED, ...trees, '--']));
}

/** A side of a file that can have lines: a regular file, not a link and not a submodule. */
export function isRegular(mode: string): boolean {
  return mode.startsWith('100');
}

/** Parses raw lines followed by patches; paths are C-quoted, so a line is a line whatever a path contains. */
export function parseDiff(output: Buffer): FileDiff[] {
  const lines = output.toString('latin1').split('\n');
  const files: Mutable[] = [];
  let at = 0;
  for (; lines[at]?.startsWith(':'); at++) files.push(parseRaw(lines[at] ?? ''));
  const patched = files.filter((file) => file.status !== 'U');
  const sections = patched.flatMap((file) => (file.status === 'T' ? [file, file] : [file]));
  let section = -1;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.startsWith('diff --git ')) section++;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    const file = sections[section];
    if (!hunk || !file) {
      at++;
      continue;
    }
    const [deleted, added] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    if (deleted > 0 && isRegular(file.oldMode)) file.deleted.push({ start: Number(hunk[1]), count: deleted });
    if (added > 0 && isRegular(file.newMode)) file.added.push({ start: Number(hunk[3]), count: added });
    at = skipHunk(lines, at + 1, deleted + added);
  }
  return files;
}

type Mutable = { -readonly [K in keyof FileDiff]: FileDiff[K] } & { added: LineSpan[]; deleted: LineSpan[] };

function skipHunk(lines: readonly string[], from: number, body: number): number {
  let at = from;
  for (let left = body; left > 0 && at < lines.length; at++) if (!lines[at]?.startsWith('\\')) left--;
  return at;
}

/** `:OLDMODE NEWMODE OLDOID NEWOID STATUS[SCORE] TAB PATH [TAB PATH]` */
function parseRaw(line: string): Mutable {
  const [head = '', first = '', second] = line.slice(1).split('\t');
  const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = head.split(' ');
  const kind = status.charAt(0);
  const one = unquotePath(first);
  return {
    status: kind,
    oldPath: kind === 'A' ? null : one,
    path: kind === 'D' ? null : second === undefined ? one : unquotePath(second),
    oldMode,
    newMode,
    oldOid,
    newOid,
    added: [],
    deleted: [],
  };
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** Undoes git's C-style quoting; `text` is one character a byte. */
export function unquotePath(text: string): string {
  if (!text.startsWith('"')) return decodePath(Buffer.from(text, 'latin1'));
  const bytes: number[] = [];
  for (let at = 1; at < text.length - 1; at++) {
    const char = text.charAt(at);
    if (char !== '\\') {
      bytes.push(char.charCodeAt(0));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4));
    if (octal) bytes.push(parseInt(octal[0], 8));
    else bytes.push(ESCAPES[text.charAt(at + 1)] ?? text.charCodeAt(at + 1));
    at += octal ? 3 : 1;
  }
  return decodePath(Buffer.from(bytes));
}
