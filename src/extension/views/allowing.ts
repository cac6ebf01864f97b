import { window, workspace, type Disposable } from 'vscode';
import { allowOnce } from '../../app/allow';
import { COMMANDS } from '../contributions';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { visible } from './text/words';

/** A person lets an agent write the file in the active editor once, where the policy asks or says no. */
export function openAllowing({ log }: Pick<ViewDeps, 'log'>): Disposable {
  return command(log, COMMANDS.allowOnce, async () => {
    const document = window.activeTextEditor?.document;
    if (document?.uri.scheme !== 'file' || !workspace.isTrusted) return;
    if (document.isDirty)
      throw new Error(t('Save the file first: an agent may write it as it stands on disk.'));
    const yes = t('Let It Write Once');
    const name = visible(workspace.asRelativePath(document.uri));
    const question = t('Let an agent write {0} once, although the policy protects it?', name);
    const detail = t(
      'This holds for 15 minutes, for the file as it is now. What the agent writes is marked as AI, and the commit asks about it as ever.',
    );
    if ((await window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
    allowOnce(document.uri.fsPath);
    window.setStatusBarMessage(t('An agent may write {0} once', name), 4000);
  });
}
