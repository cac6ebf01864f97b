import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { LineDiff } from '../core/line-diff';
import type { LineSpan } from '../core/range';
import { decodePath } from '../core/path';
import { git, GitError, runGit } from './run';
import { encodeText } from './text';

/**
 * The diff of format.md, the same for writer and reader whatever the user has configured. Everything a configuration
 * could bend is named. Nothing may be added for one of them alone, not even context: only without any does git leave
 * the common end of both texts out of the comparison, and then a run of lines may come out one line higher or lower.
 */
export const PINNED: readonly string[] = [
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

/** The same with the changed lines. */
export async function patchIndex(cwd: string, tree: string): Promise<PatchedFile[]> {
  return parsePatch((await git(cwd, ['diff-index', '--cached', ...PINNED, tree, '--'])).toString('latin1'));
}

/** What `commit` changes against `parent`, or against the empty tree for a root. */
export async function diffCommit(cwd: string, commit: string, parent: string | null): Promise<FileDiff[]> {
  const trees = parent === null ? ['--root', '--no-commit-id', commit] : [parent, commit];
  return parseDiff(await git(cwd, ['diff-tree', ...PINNED, ...trees, '--']));
}

/**
 * The same of two texts that are in no repository yet. They lie for a moment in a folder of their own, for their owner's eyes
 * only, where no attribute is about them: in the working tree git would run a file's filters.
 */
export async function diffTexts(before: readonly string[], after: readonly string[]): Promise<LineDiff> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hunkmark-'));
  try {
    const write = (name: string, lines: readonly string[]): void =>
      fs.writeFileSync(path.join(folder, name), encodeText(lines.join('')), { mode: 0o600 });
    write('before', before);
    write('after', after);
    // It has no folders to go into.
    const options = PINNED.filter((option) => option !== '-r');
    const args = [...NO_CONVERSION, 'diff', '--no-index', ...options, '--', 'before', 'after'];
    const env = { ...process.env, GIT_ATTR_NOSYSTEM: '1', GIT_CEILING_DIRECTORIES: path.dirname(folder) };
    const { status, stdout, stderr } = await runGit(folder, args, { env });
    // 1: they differ.
    if (status > 1 || status < 0) throw new GitError(args, status, stderr);
    const [file] = parseDiff(stdout);
    return { added: file?.added ?? [], deleted: file?.deleted ?? [] };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const NO_CONVERSION = ['-c', 'core.attributesFile=/dev/null', '-c', 'core.autocrlf=false'];

/** A diff with the lines themselves: those of all spans of a side, one after the other, one character a byte. */
export interface PatchedFile extends FileDiff {
  readonly addedLines: readonly string[];
  readonly deletedLines: readonly string[];
}

/** A side of a file that can have lines: a regular file, not a link and not a submodule. */
export function isRegular(mode: string): boolean {
  return mode.startsWith('100');
}

/** The diff of one commit as `--stdin` gives it below the commit's id, one character a byte. */
export function parsePatch(text: string): PatchedFile[] {
  const slice = (from: number, to: number): string => text.slice(from, to);
  return parseFiles(new LineReader(text.length, (from) => text.indexOf('\n', from), slice), 'lines');
}

/** Changed lines are passed over where they are: those of a large file may be more than a string can hold. */
function parseDiff(output: Buffer): FileDiff[] {
  const slice = (from: number, to: number): string => output.toString('latin1', from, to);
  return parseFiles(new LineReader(output.length, (from) => output.indexOf(10, from), slice), 'spans');
}

/** Reads a text line by line, one character a byte. */
class LineReader {
  private at = 0;

  constructor(
    private readonly length: number,
    private readonly lineEnd: (from: number) => number,
    private readonly slice: (from: number, to: number) => string,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.length;
  }

  startsWith(sign: string): boolean {
    return this.slice(this.at, this.at + sign.length) === sign;
  }

  /** The line without its end. */
  next(): string {
    const from = this.at;
    this.skip();
    return this.slice(from, this.slice(this.at - 1, this.at) === '\n' ? this.at - 1 : this.at);
  }

  skip(): void {
    const end = this.lineEnd(this.at);
    this.at = end < 0 ? this.length : end + 1;
  }
}

/** Parses raw lines followed by patches; paths are C-quoted, so a line is a line whatever a path contains. */
function parseFiles(lines: LineReader, wanted: 'spans' | 'lines'): PatchedFile[] {
  const files: Mutable[] = [];
  while (lines.startsWith(':')) files.push(parseRaw(lines.next()));
  const patched = files.filter((file) => file.status !== 'U');
  const sections = patched.flatMap((file) => (file.status === 'T' ? [file, file] : [file]));
  let section = -1;
  while (!lines.isAtEnd) {
    const line = lines.next();
    if (line.startsWith('diff --git ')) section++;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    const file = sections[section];
    if (!hunk || !file) continue;
    const [deleted, added] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    const isDeleted = deleted > 0 && isRegular(file.oldMode);
    if (isDeleted) file.deleted.push({ start: Number(hunk[1]), count: deleted });
    takeSide(lines, deleted, isDeleted && wanted === 'lines' ? file.deletedLines : null);
    const isAdded = added > 0 && isRegular(file.newMode);
    if (isAdded) file.added.push({ start: Number(hunk[3]), count: added });
    takeSide(lines, added, isAdded && wanted === 'lines' ? file.addedLines : null);
  }
  return files;
}

/** Takes the lines of one side of a hunk without their sign; behind the last of them a side may say that it has no end. */
function takeSide(lines: LineReader, count: number, into: string[] | null): void {
  for (let taken = 0; taken < count; taken++)
    if (into) into.push(`${lines.next().slice(1)}\n`);
    else lines.skip();
  if (count === 0 || !lines.startsWith('\\')) return;
  lines.skip();
  if (into) into.push(into.pop()?.slice(0, -1) ?? '');
}

type Mutable = { -readonly [K in keyof FileDiff]: FileDiff[K] } & {
  added: LineSpan[];
  deleted: LineSpan[];
  addedLines: string[];
  deletedLines: string[];
};

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
    addedLines: [],
    deletedLines: [],
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
