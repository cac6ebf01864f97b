import { Disposable, ProgressLocation, window, workspace, type WorkspaceConfiguration } from 'vscode';
import { COMMANDS, SECTION, SETTINGS } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { chosenRepository, command } from './command';
import { t, type ViewDeps } from './deps';
import { visible } from './text/words';

/** The one action that mends each state, and the ways to take everything back. */
export function openMending({ repositories, log }: Pick<ViewDeps, 'repositories' | 'log'>): Disposable {
  const inRepository = (run: (folder: RepositoryFolder) => Promise<void>) => async (argument: unknown) => {
    refuseUntrusted();
    const folder = await chosenRepository(repositories, argument);
    if (folder !== null) await run(folder);
  };
  const repair = async ({ root, state }: RepositoryFolder): Promise<void> => {
    if (state.kind !== 'incomplete' && state.kind !== 'installed') {
      throw new Error(t('Hunkmark is not set up in this repository, so there is nothing to repair.'));
    }
    await withProgress(t('Repairing the hooks'), () => repositories.install(root, 'keep'));
    tell(t('The hooks of Hunkmark are in place again'));
  };
  const remove = async ({ root, name }: RepositoryFolder): Promise<void> => {
    const yes = t('Remove');
    const question = t('Remove Hunkmark from {0}?', visible(name));
    const detail = t(
      'Its hooks are taken out, and what it knows of lines that are not committed yet is deleted. Trailers in commits stay.',
    );
    if ((await window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
    await withProgress(question, () => repositories.uninstall(root));
    tell(t('Hunkmark is removed from {0}', visible(name)));
  };
  const removeEverywhere = async (): Promise<void> => {
    refuseUntrusted();
    const yes = t('Remove Everywhere');
    const question = t('Remove Hunkmark from every repository on this machine?');
    const detail = t(
      'Its hooks are taken out wherever it was set up, and what it knows of lines that are not committed yet is deleted. Trailers in commits stay.',
    );
    if ((await window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
    const count = await withProgress(question, () => repositories.uninstallEverywhere());
    tell(t('Hunkmark is removed (repositories: {0})', count));
  };
  return Disposable.from(
    command(log, COMMANDS.repair, inRepository(repair)),
    command(log, COMMANDS.remove, inRepository(remove)),
    command(log, COMMANDS.removeEverywhere, removeEverywhere),
    command(log, COMMANDS.turnOn, inRepository(turnOn)),
    command(log, COMMANDS.showLog, () => log.show()),
  );
}

/**
 * Each setting is changed where it is off. Of `stamp` only the user's own value goes to git's configuration; where that
 * one is not off, somebody wrote it there, and it is left alone.
 */
async function turnOn({ uri, state }: RepositoryFolder): Promise<void> {
  const settings = workspace.getConfiguration(SECTION, uri);
  const isOff = !settings.get(SETTINGS.enabled, true);
  const stampsNothing = settings.inspect<string>(SETTINGS.stamp)?.globalValue === 'off';
  if (isOff) await enable(settings);
  if (stampsNothing) await settings.update(SETTINGS.stamp, 'ai', true);
  if (isOff || stampsNothing) tell(t('Hunkmark is turned on'));
  else if (state.kind === 'off') {
    void window.showInformationMessage(
      t('The git configuration says hunkmark.stamp = off here. To turn it on: git config hunkmark.stamp ai'),
    );
  }
}

/** In the workspace's settings only where they decide already: there the user's would change nothing. */
async function enable(settings: WorkspaceConfiguration): Promise<void> {
  const isOfWorkspace = settings.inspect(SETTINGS.enabled)?.workspaceValue !== undefined;
  await settings.update(SETTINGS.enabled, true, !isOfWorkspace);
}

/** No process and no writes where the workspace is not trusted, whoever calls. */
function refuseUntrusted(): void {
  if (workspace.isTrusted) return;
  throw new Error(t('This workspace is not trusted: Hunkmark starts no process and writes nothing.'));
}

async function withProgress<T>(title: string, run: () => Promise<T>): Promise<T> {
  return await window.withProgress({ location: ProgressLocation.Window, title }, run);
}

function tell(message: string): void {
  window.setStatusBarMessage(message, 4000);
}
