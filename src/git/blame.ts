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
  const pinned = ['-c', 'blame.markIgnoredLines=false', '-c', 'blame.markUnblamableLines=false'];
  const args = [
    LITERAL,
    ...pinned,
    'blame',
    '--porcelain',
    '--no-textconv',
    '--ignore-revs-file=',
    ...ranges,
  ];
  return parseBlame(await git(cwd, [...args, commit, '--', path]));
}

/** Parses porcelain output: a commit's details stand only where it appears first. */
export function parseBlame(output: Buffer): BlamedLine[] {
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
