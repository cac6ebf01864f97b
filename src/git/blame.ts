import type { LineSpan } from '../core/range';
import { git, LITERAL } from './run';
import { unquotePath } from './diff';

/** Where one line of a file was last changed; both line numbers are 1-based. */
export interface BlamedLine {
  readonly line: number;
  readonly commit: string;
  /** The file's path in that commit. */
  readonly path: string;
  /** The line's number in that commit. */
  readonly originalLine: number;
}

/** `git blame` as the repository's own settings cannot bend it, of all lines or of some, at a commit. */
export async function blame(
  cwd: string,
  commit: string,
  path: string,
  spans: readonly LineSpan[] = [],
): Promise<BlamedLine[]> {
  const ranges = spans.flatMap((span) => ['-L', `${span.start},${span.start + span.count - 1}`]);
  return parseBlame(await git(cwd, [...PINNED, '--porcelain', ...ranges, commit, '--', path]));
}

const PINNED = [
  LITERAL,
  '-c',
  'blame.markIgnoredLines=false',
  '-c',
  'blame.markUnblamableLines=false',
  // As in the diff that the ranges are of; an older git knows one algorithm only, whatever is set.
  '-c',
  'diff.algorithm=histogram',
  '-c',
  'diff.indentHeuristic=true',
  'blame',
  '--no-textconv',
  '--ignore-revs-file=',
];

/** Lines that stand together in a file and in the commit that last changed them. */
export interface BlamedRun extends BlamedLine {
  readonly count: number;
  /** The history that is here begins with this commit; what it changes may not be known. */
  readonly isBoundary: boolean;
}

/** The same for a whole file, each run as soon as git has found where it comes from; in no order of lines. */
export async function blameAsFound(
  cwd: string,
  commit: string,
  path: string,
  onRun: (run: BlamedRun) => void,
  signal?: AbortSignal,
): Promise<void> {
  const read = incrementalReader(onRun);
  let rest = '';
  const onOutput = (chunk: Buffer): void => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(read);
  };
  await git(cwd, [...PINNED, '--incremental', commit, '--', path], { onOutput, signal });
}

/** For each line of a file at `from` the last commit on the way to `to`, by first parents, that still has it. */
export async function blameReverse(
  cwd: string,
  from: string,
  to: string,
  path: string,
  signal?: AbortSignal,
): Promise<BlamedLine[]> {
  const args = ['--porcelain', '--reverse', '--first-parent', `${from}..${to}`, '--', path];
  return parseBlame(await git(cwd, [...PINNED, ...args], { signal }));
}

/** Reads incremental output line by line: each run ends with its file's name, a commit is marked where it appears first. */
function incrementalReader(onRun: (run: BlamedRun) => void): (text: string) => void {
  const boundaries = new Set<string>();
  let current = { commit: '', originalLine: 0, line: 0, count: 0 };
  return (text) => {
    const header = /^([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+) (\d+)$/.exec(text);
    if (header) {
      const [, commit = '', originalLine, line, count] = header;
      current = { commit, originalLine: Number(originalLine), line: Number(line), count: Number(count) };
    } else if (text === 'boundary') boundaries.add(current.commit);
    else if (text.startsWith('filename ')) {
      const path = unquotePath(text.slice(9));
      onRun({ ...current, path, isBoundary: boundaries.has(current.commit) });
    }
  };
}

/** Parses porcelain output: a commit's details stand only where it appears first. */
function parseBlame(output: Buffer): BlamedLine[] {
  const lines: BlamedLine[] = [];
  const paths = new Map<string, string>();
  let current = { commit: '', originalLine: 0, line: 0 };
  for (const text of output.toString('latin1').split('\n')) {
    if (text.startsWith('\t')) {
      const path = paths.get(current.commit) ?? '';
      lines.push({ ...current, path });
      continue;
    }
    const header = /^([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?$/.exec(text);
    if (header)
      current = { commit: header[1] ?? '', originalLine: Number(header[2]), line: Number(header[3]) };
    else if (text.startsWith('filename ')) paths.set(current.commit, unquotePath(text.slice(9)));
  }
  return lines;
}
