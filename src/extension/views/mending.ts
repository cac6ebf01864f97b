import { Disposable, ProgressLocation, window, workspace, type WorkspaceConfiguration } from 'vscode';
import { COMMANDS, SECTION, SETTINGS } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { chosenRepository, command } from './command';
import { t, type ViewDeps } from './deps';
import type { Detail } from './text/consent-page';
import { visible } from './text/words';

/** The one action that mends each state, and the ways to take everything back. */
export function openMending({ repositories, log }: Pick<ViewDeps, 'repositories' | 'log'>): Disposable {
  const inRepository = (run: (folder: RepositoryFolder) => Promise<void>) => async (argument: unknown) => {
    const folder = await chosenRepository(repositories, argument);
    if (folder !== null) await run(folder);
  };
  const repair = async ({ root, uri, state }: RepositoryFolder): Promise<void> => {
    if (state.kind !== 'incomplete' && state.kind !== 'installed') {
      throw new Error(t('Hunkmark is not set up in this repository, so there is nothing to repair.'));
    }
    const detail = workspace.getConfiguration(SECTION, uri).get<Detail>(SETTINGS.detail, 'hunks');
    await withProgress(t('Repairing the hooks'), () => repositories.install(root, detail));
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

/** Each setting is changed where it is off. Where none is, git's own configuration says so, and that is the person's. */
async function turnOn({ uri, state }: RepositoryFolder): Promise<void> {
  const settings = workspace.getConfiguration(SECTION, uri);
  const isOff = !settings.get(SETTINGS.enabled, true);
  const stampsNothing = settings.get<string>(SETTINGS.stamp) === 'off';
  if (isOff) await update(settings, SETTINGS.enabled, true);
  if (stampsNothing) await update(settings, SETTINGS.stamp, 'ai');
  if (isOff || stampsNothing) tell(t('Hunkmark is turned on'));
  else if (state.kind === 'off') {
    void window.showInformationMessage(
      t('The git configuration says hunkmark.stamp = off here. To turn it on: git config hunkmark.stamp ai'),
    );
  }
}

/** In the narrowest place where the setting stands, because that one decides. */
async function update(
  settings: WorkspaceConfiguration,
  name: string,
  value: boolean | string,
): Promise<void> {
  const found = settings.inspect(name);
  if (found?.workspaceFolderValue !== undefined) await settings.update(name, value, null);
  else await settings.update(name, value, found?.workspaceValue === undefined);
}

async function withProgress<T>(title: string, run: () => Promise<T>): Promise<T> {
  return await window.withProgress({ location: ProgressLocation.Window, title }, run);
}

function tell(message: string): void {
  window.setStatusBarMessage(message, 4000);
}
