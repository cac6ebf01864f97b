import { commands, Uri, window, type Disposable, type LogOutputChannel } from 'vscode';
import { COMMANDS, type CommandId } from '../contributions';
import type { Repositories, RepositoryFolder } from '../tracking';
import { t } from './deps';

/** Registers a command. What goes wrong in it is logged and said to the person; arguments are whatever somebody passes. */
export function command(
  log: LogOutputChannel,
  id: CommandId,
  run: (...args: readonly unknown[]) => void | Promise<void>,
): Disposable {
  return commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      await run(...args);
    } catch (error) {
      log.error(`${id}:`, error instanceof Error ? error : String(error));
      const showLog = t('Show Log');
      const chosen = await window.showErrorMessage(`Hunkmark: ${messageOf(error)}`, showLog);
      if (chosen === showLog) await commands.executeCommand(COMMANDS.showLog);
    }
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The repository a command is about: the one it was called with (a root, or a source control of the editor), the active
 * file's, the only one, or the one the person picks. null: there is none, or the person picked none.
 */
export async function chosenRepository(
  repositories: Repositories,
  argument: unknown,
): Promise<RepositoryFolder | null> {
  const all = repositories.all();
  const named = all.find(({ root, uri }) => root === argument || uri.toString() === rootUriOf(argument));
  if (named !== undefined) return named;
  const active = window.activeTextEditor;
  const own = active === undefined ? null : repositories.of(active.document.uri);
  if (own !== null) return own;
  if (all.length <= 1) {
    if (all.length === 0) void window.showInformationMessage(t('No git repository is open.'));
    return all[0] ?? null;
  }
  const items = all.map((folder) => ({ label: folder.name, description: folder.root, folder }));
  const picked = await window.showQuickPick(items, { placeHolder: t('In which repository?') });
  return picked?.folder ?? null;
}

/** The title of the Source Control view passes its source control. */
function rootUriOf(argument: unknown): string | null {
  if (typeof argument !== 'object' || argument === null || !('rootUri' in argument)) return null;
  return argument.rootUri instanceof Uri ? argument.rootUri.toString() : null;
}
