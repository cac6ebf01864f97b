import * as fs from 'node:fs';
import * as path from 'node:path';
import { diffLines, type LineDiff } from '../core/line-diff';
import { splitLines } from '../core/lines';
import { LITERAL, runGit } from '../git/run';
import { decodeText, hasLines } from '../git/text';
import { LARGEST_FILE } from '../git/working-file';

/** What stands at a path of the working tree, read here and not by git, which would run the filters of the path. */
export type WorkingLines =
  | {
      readonly kind: 'lines';
      readonly lines: readonly string[];
      /** The journal keeps no file of this size, so nobody can say whose its lines are. */
      readonly tooLarge: boolean;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'folder' }
  /** A link, a binary file, a Git LFS pointer. */
  | { readonly kind: 'no-lines' };

export function readWorkingLines(root: string, name: string): WorkingLines {
  const file = path.join(root, name);
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return { kind: 'missing' };
  if (stat.isDirectory()) return { kind: 'folder' };
  if (!stat.isFile()) return { kind: 'no-lines' };
  const bytes = fs.readFileSync(file);
  if (!hasLines(bytes)) return { kind: 'no-lines' };
  return { kind: 'lines', lines: splitLines(decodeText(bytes)), tooLarge: bytes.length > LARGEST_FILE };
}

/** How a file of the working tree differs from committed lines, but for line ends that git changes on checkout. */
export async function diffWorking(
  root: string,
  name: string,
  committed: readonly string[],
  working: readonly string[],
): Promise<LineDiff> {
  const mayBeConverted = working.some(endsInCrLf) && !committed.some(endsInCrLf);
  const converts = mayBeConverted && (await convertsLineEnds(root, name));
  return diffLines(committed, converts ? working.map((line) => line.replace(/\r\n$/, '\n')) : working);
}

function endsInCrLf(line: string): boolean {
  return line.endsWith('\r\n');
}

/** Whether git makes LF of CRLF when the file is added: by its attributes, or where they are silent by `core.autocrlf`. */
async function convertsLineEnds(root: string, name: string): Promise<boolean> {
  const listed = await runGit(root, [LITERAL, 'ls-files', '--eol', '-z', '--cached', '--others', '--', name]);
  const attributes = /^i\/\S* +w\/\S* +attr\/([^\t]*?) *\t/.exec(listed.stdout.toString('latin1'))?.[1] ?? '';
  if (attributes !== '') return !attributes.startsWith('-text');
  const setting = await runGit(root, ['config', '--get', 'core.autocrlf']);
  return /^(?:true|yes|on|1|input)$/i.test(setting.stdout.toString('latin1').trim());
}
