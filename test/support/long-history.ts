import { createHash } from 'node:crypto';
import type { ScratchRepo } from './scratch-repo';

export interface LongHistory {
  readonly path: string;
  readonly lines: number;
  readonly commits: number;
  /** Every so manieth commit says that a model wrote its lines; 2: half of them. */
  readonly every: number;
  /** So many further files, changed in turn. Default none. */
  readonly others?: number;
  /** Where the history goes on, such as `refs/heads/main`; it begins anew where there is none. */
  readonly ref?: string;
}

/** A line that no other commit writes. */
function line(commit: number, at: number): string {
  return `export const value_${commit}_${at} = compute(${commit}, input_${at});\n`;
}

/**
 * Writes a history by `git fast-import`, which takes a second for hundreds of commits. Each commit replaces a block of
 * the file; every other one has the trailers that say so. All lines are different, so that each diff is plain.
 */
export function writeHistory(repo: ScratchRepo, history: LongHistory): void {
  const { path, commits, every, others = 0, ref = 'refs/heads/main' } = history;
  const text = Array.from({ length: history.lines }, (_, at) => line(0, at));
  const parts: string[] = [commitOf(ref, 0, 'start\n', [[path, text.join('')]], false)];
  for (let number = 1; number < commits; number++) {
    const start = (number * 7919) % (text.length - 8);
    const old = 1 + (number % 3);
    const added = Array.from({ length: 2 + (number % 4) }, (_, at) => line(number, at));
    text.splice(start, old, ...added);
    const files: [string, string][] = [[path, text.join('')]];
    const other = others === 0 ? null : `src/other${number % others}.ts`;
    if (other !== null) files.push([other, line(number, 0)]);
    const isWritten = number % every === 0;
    const message = isWritten ? trailers(path, start + 1, added, other === null ? 0 : 1) : '';
    parts.push(commitOf(ref, number, `feat: change ${number}\n${message}`, files, true));
  }
  repo.git('fast-import', '--quiet', '--force', { stdin: `${parts.join('')}done\n` });
}

function trailers(path: string, start: number, added: readonly string[], unknown: number): string {
  const digest = createHash('sha256').update(added.join('')).digest('hex').slice(0, 8);
  const numbers = `ai=${added.length} mixed=0 human=0 unknown=${unknown} ai-deleted=0 hunks=1 listed=1`;
  return `\nAI-Provenance: v1 ${numbers}\nAssisted-by: codex:gpt-5\nAI-Hunk: ${path} +${start},${added.length}:${digest} ai agent codex\n`;
}

function commitOf(
  ref: string,
  number: number,
  message: string,
  files: readonly (readonly [string, string])[],
  isNext: boolean,
): string {
  const who = `Scratch Person <scratch@example.com> ${1_600_000_000 + number * 60} +0000`;
  const changes = files.map(([path, text]) => `M 100644 inline ${path}\n${dataOf(text)}`).join('');
  const head = `${isNext || number > 0 ? '' : `reset ${ref}\n\n`}commit ${ref}\nmark :${number + 1}\n`;
  return `${head}author ${who}\ncommitter ${who}\n${dataOf(message)}${changes}\n`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
