import * as fs from 'node:fs';
import * as path from 'node:path';
import { journalOf, measureJournal, readJournal, TOTAL_BYTES } from '../git/journal-files';
import { findRepository } from '../git/repository';
import { isInstalled, stateFiles } from '../git/state-files';
import type { Check, Patient } from './doctor';

/** How large the journal is, what of it is damaged, and whether only its owner reads it and we can write it. */
export function checkJournal({ worktree, commonDir }: Patient): Promise<Check[]> {
  const repository = findRepository(worktree);
  if (!repository || !isInstalled(commonDir)) return Promise.resolve([]);
  const { folder } = stateFiles(commonDir);
  const { files, bytes } = measureJournal(journalOf(repository));
  const { damaged } = readJournal(journalOf(repository));
  const size = `${(bytes / 1024 / 1024).toFixed(1)} of ${TOTAL_BYTES / 1024 / 1024} MiB`;
  return Promise.resolve([
    check('fine', `The journal has ${files} ${files === 1 ? 'file' : 'files'}, ${size}.`, null),
    ...(damaged > 0
      ? [
          check(
            'note',
            `${damaged} damaged ${damaged === 1 ? 'record is' : 'records are'} skipped; lines that only they knew are unknown.`,
            null,
          ),
        ]
      : []),
    ...checkWritable(folder),
    ...checkPrivate(folder),
  ]);
}

function checkWritable(folder: string): Check[] {
  const locked = foldersIn(folder).find((each) => !allows(each, fs.constants.W_OK));
  return locked === undefined
    ? []
    : [check('problem', `${locked} cannot be written: nothing is recorded.`, `chmod u+rwx ${locked}`)];
}

function allows(file: string, mode: number): boolean {
  try {
    fs.accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

/** The journal holds texts of uncommitted files. */
function checkPrivate(folder: string): Check[] {
  if (process.platform === 'win32') return [];
  const files = foldersIn(folder).flatMap((each) => [
    each,
    ...fs
      .readdirSync(each, { withFileTypes: true })
      .flatMap((entry) => (entry.isFile() ? [path.join(each, entry.name)] : [])),
  ]);
  const open = files.filter(
    (file) => ((fs.lstatSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  );
  if (open.length === 0) return [];
  const others = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  return [
    check('problem', `Others than their owner can get at ${open[0]}${others}.`, `chmod -R go-rwx ${folder}`),
  ];
}

/** The folder, and those of the working trees in it. */
function foldersIn(folder: string): string[] {
  const inner = path.join(folder, 'worktrees');
  const trees = fs.existsSync(inner) ? fs.readdirSync(inner, { withFileTypes: true }) : [];
  return [
    folder,
    ...(fs.existsSync(inner) ? [inner] : []),
    ...trees.flatMap((entry) => (entry.isDirectory() ? [path.join(inner, entry.name)] : [])),
  ];
}

function check(state: Check['state'], what: string, help: string | null): Check {
  return { area: 'journal', state, what, help };
}
