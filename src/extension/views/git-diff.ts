import { commands, Range, Uri, window } from 'vscode';
import { COMMANDS } from '../contributions';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { gitRevisions, revealLeft } from './git-revisions';
import type { HunkNode } from './text/hunk-tree';
import { visible } from './text/words';
import type { Disposable } from 'vscode';

/** Opens the place of a hunk: in the file, or in the diff where its lines are not in the file as it stands. */
export function openPlaces({ log }: Pick<ViewDeps, 'log'>): Disposable {
  return command(log, COMMANDS.openHunk, async (argument) => {
    if (isHunk(argument)) await openHunk(argument);
  });
}

function isHunk(value: unknown): value is HunkNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hunk';
}

async function openHunk({ root, path, group, range }: HunkNode): Promise<void> {
  const file = Uri.joinPath(Uri.file(root), path);
  const selection = new Range(range.start - 1, 0, range.start - 1 + range.count - 1, 0);
  if (group === 'unstaged' && range.side === '+') {
    await window.showTextDocument(file, { selection });
    return;
  }
  const revisions = await gitRevisions();
  const before = revisions.at(file, group === 'staged' ? 'HEAD' : '');
  const after = group === 'staged' ? revisions.at(file, '') : file;
  const name = visible(path.slice(path.lastIndexOf('/') + 1));
  const title = group === 'staged' ? t('{0} (staged)', name) : t('{0} (not staged)', name);
  const options = range.side === '+' ? { selection } : {};
  await commands.executeCommand('vscode.diff', before, after, title, options);
  if (range.side === '-') revealLeft(before, selection);
}
