import { extensions, Selection, TextEditorRevealType, window, type Range, type Uri } from 'vscode';
import { t } from './deps';

/** The part that is used here of what the editor's git extension offers to others. */
interface GitExtension {
  getAPI(version: 1): { toGitUri(uri: Uri, ref: string): Uri };
}

export interface Revisions {
  /** The address of a file at a revision; the empty revision is the index. */
  at(file: Uri, revision: string): Uri;
}

export async function gitRevisions(): Promise<Revisions> {
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) {
    throw new Error(t('The diff cannot be opened: the git extension of the editor is turned off.'));
  }
  const git = (await extension.activate()).getAPI(1);
  return { at: (file, revision) => git.toGitUri(file, revision) };
}

/** Deleted lines are on the left of the diff; both sides scroll together. */
export function revealLeft(uri: Uri, range: Range): void {
  const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  if (editor === undefined) return;
  editor.selection = new Selection(range.start, range.start);
  editor.revealRange(range, TextEditorRevealType.InCenter);
}
