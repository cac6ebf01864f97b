import { existsSync } from 'node:fs';
import type * as VSCode from 'vscode';
import { until } from '../editor';
import { acceptAll, BASE_TEXT, BUSY_MS, isSavedAs, type EditRow } from './row';

/** What happens to a file as a whole. */
export const FILES: readonly EditRow[] = [
  {
    edit: 'inline completion, then delete the file and bring it back',
    by: 'person',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.press('Control+s');
      await isSavedAs(desk, (text) => text.includes('return total'));
      await desk.editor.inHost(deleteFile, desk.path);
      await until(() => !existsSync(desk.path), BUSY_MS, 'the end of the file');
      desk.repo.git('checkout', '--quiet', '--', desk.file);
      await desk.editor.open(desk.file);
      await isSavedAs(desk, (text) => text === BASE_TEXT);
    },
    expected: {},
  },
];

async function deleteFile(vscode: typeof VSCode, path: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.deleteFile(vscode.Uri.file(path));
  await vscode.workspace.applyEdit(edit);
}
