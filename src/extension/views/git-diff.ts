import { commands, extensions, Range, Selection, TextEditorRevealType, Uri, window } from 'vscode';
import { COMMANDS } from '../contributions';
import { command } from './command';
import { t, type ViewDeps } from './deps';
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
  if (range.side === '-') reveal(before, selection);
}

/** Deleted lines are on the left of the diff; both sides scroll together. */
function reveal(uri: Uri, range: Range): void {
  const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  if (editor === undefined) return;
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenter);
}

/** The part that is used here of what the editor's git extension offers to others. */
interface GitExtension {
  getAPI(version: 1): { toGitUri(uri: Uri, ref: string): Uri };
}

/** The address of a file at a revision; the empty revision is the index. */
async function gitRevisions(): Promise<{ at(file: Uri, revision: string): Uri }> {
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) {
    throw new Error(t('The diff cannot be opened: the git extension of the editor is turned off.'));
  }
  const git = (await extension.activate()).getAPI(1);
  return { at: (file, revision) => git.toGitUri(file, revision) };
}
