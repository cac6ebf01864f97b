import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { until, type Editor } from '../editor';
import { ACCEPTED, acceptAll, BASE_TEXT, BUSY_MS, isSavedAs, type Desk, type EditRow } from './row';

/** A text that becomes a file, or another one. */
export const FILES: readonly EditRow[] = [
  {
    edit: 'an untitled file, saved',
    by: 'model',
    keys: async (desk) => {
      const { editor } = desk;
      await editor.run('workbench.action.files.newUntitledFile');
      await editor.page.waitForSelector('.tab.active[data-resource-name^="Untitled"]');
      await editor.page.waitForSelector('.editor-group-container.active .monaco-editor.focused');
      await editor.type('//ai');
      await editor.ghostText();
      await editor.press('Tab');
      await until(
        async () => (await editor.inHost(activeText, null)).includes('total'),
        BUSY_MS,
        'the completion',
      );
      await editor.press('Control+s');
      return await saveUnder(desk, `untitled-${desk.file}`);
    },
    expected: ACCEPTED,
  },
  {
    edit: 'inline completion, then save as',
    by: 'model',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.run('workbench.action.files.saveAs');
      return await saveUnder(desk, `copy-${desk.file}`);
    },
    expected: ACCEPTED,
    isNew: true,
  },
  {
    edit: 'inline completion, then rename the file in the explorer',
    by: 'model',
    keys: async (desk) => {
      const { editor } = desk;
      const name = `renamed-${desk.file}`;
      await acceptAll(desk);
      await editor.run('workbench.files.action.showActiveFileInExplorer');
      await editor.until('a file to name in the explorer');
      await editor.press('F2');
      await editor.page.waitForSelector('.explorer-item-edited input:focus');
      await editor.press('Control+a');
      await editor.type(name);
      await editor.press('Enter');
      await until(() => existsSync(join(desk.repo.dir, name)), BUSY_MS, name);
      await editor.untilText(name, 'return total');
      await isFront(editor, name);
      return name;
    },
    expected: ACCEPTED,
  },
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

/** Answers the question for a name. */
async function saveUnder({ editor, repo }: Desk, name: string): Promise<string> {
  const input = editor.page.locator('.quick-input-widget input:focus');
  // The editor puts a name there first, and selects a part of it.
  await until(async () => (await input.inputValue()).includes(repo.dir), BUSY_MS, 'the question for a name');
  await input.fill(join(repo.dir, name));
  await editor.press('Enter');
  await until(() => existsSync(join(repo.dir, name)), BUSY_MS, name);
  await editor.untilText(name, 'return total');
  await isFront(editor, name);
  return name;
}

async function isFront(editor: Editor, name: string): Promise<void> {
  await editor.page.waitForSelector(
    `.editor-group-container.active .tab.active[data-resource-name="${name}"]`,
  );
}

function activeText(vscode: typeof VSCode): string {
  return vscode.window.activeTextEditor?.document.getText() ?? '';
}

async function deleteFile(vscode: typeof VSCode, path: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.deleteFile(vscode.Uri.file(path));
  await vscode.workspace.applyEdit(edit);
}
