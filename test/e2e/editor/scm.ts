import type * as VSCode from 'vscode';
import { until, type Editor } from './editor';

type Group = 'workingTreeChanges' | 'indexChanges';

/** Until the editor's own git shows the file (an absolute path) in that group; it looks some moments after others did it. */
export async function gitShows(editor: Editor, path: string, group: Group): Promise<void> {
  await until(() => editor.inHost(isShown, { path, group }), 30_000, `${path} in ${group}`);
}

/**
 * A commit from the Source Control box. `staged`: an absolute path that is in the index; before the editor knows, it would ask
 * whether to stage everything, and its question keeps every later key.
 */
export async function commitByKeys(editor: Editor, staged: string, message: string): Promise<void> {
  await gitShows(editor, staged, 'indexChanges');
  await editor.run('workbench.view.scm');
  await editor.page.locator('.scm-editor').first().click();
  await editor.type(message);
  await editor.press('Control+Enter');
}

function isShown(
  vscode: typeof VSCode,
  { path, group }: { readonly path: string; readonly group: Group },
): boolean {
  const git = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const repositories = git?.isActive === true ? git.exports.getAPI(1).repositories : [];
  return repositories.some(({ state }) => state[group].some(({ uri }) => uri.fsPath === path));
}

interface GitExtension {
  getAPI(version: 1): {
    readonly repositories: readonly {
      readonly state: Readonly<Record<Group, readonly { readonly uri: VSCode.Uri }[]>>;
    }[];
  };
}
