import {
  commands,
  env,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type WebviewPanel,
} from 'vscode';
import { COMMANDS, SECTION, SETTINGS } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { chosenRepository, command, messageOf } from './command';
import { t, type ViewDeps } from './deps';
import { neighbourNotes, setTold } from './neighbours';
import { consentPage, parseChoice, type Choice, type Detail, type Example } from './text/consent-page';
import { TRUST } from './text/status-text';
import { visible } from './text/words';

/** The page that asks. It opens by the command only; one for each repository. */
export function openConsent(deps: ViewDeps): Disposable {
  const panels = new Map<string, WebviewPanel>();
  const setUp = command(deps.log, COMMANDS.setUp, async (argument) => {
    if (!(await isTrusted())) return;
    const folder = await chosenRepository(deps.repositories, argument);
    if (folder === null) return;
    const open = panels.get(folder.root);
    if (open !== undefined) {
      open.reveal();
      return;
    }
    const panel = createPanel(deps, folder);
    panels.set(folder.root, panel);
    panel.onDidDispose(() => panels.delete(folder.root));
    await fill(deps, folder, panel);
  });
  return {
    dispose: () => {
      setUp.dispose();
      for (const panel of panels.values()) panel.dispose();
    },
  };
}

async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = t('Manage Trust');
  const words = t('This workspace is not trusted: Hunkmark starts no process and writes nothing.');
  if ((await window.showInformationMessage(words, manage)) === manage) await commands.executeCommand(TRUST);
  return false;
}

function createPanel(deps: ViewDeps, folder: RepositoryFolder): WebviewPanel {
  const title = t('Hunkmark in {0}', visible(folder.name));
  const media = Uri.joinPath(deps.extensionUri, 'media');
  const panel = window.createWebviewPanel('hunkmark.consent', title, ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [media],
  });
  panel.iconPath = Uri.joinPath(media, 'icon.png');
  panel.webview.onDidReceiveMessage(async (message: unknown) => {
    const choice = parseChoice(message);
    if (choice !== null) await follow(deps, folder, panel, choice);
  });
  return panel;
}

async function fill(deps: ViewDeps, folder: RepositoryFolder, panel: WebviewPanel): Promise<void> {
  const [example, notes] = await Promise.all([exampleOf(deps, folder.root), neighbourNotes(deps)]);
  const { webview } = panel;
  const file = (name: string): string =>
    webview.asWebviewUri(Uri.joinPath(deps.extensionUri, 'media', name)).toString();
  webview.html = consentPage(t, {
    repository: folder.name,
    example,
    detail: ownDetail(),
    neighbours: notes.map(({ text }) => text),
    installed: isInstalled(folder),
    language: env.language,
    nonce: crypto.randomUUID(),
    cspSource: webview.cspSource,
    style: file('consent.css'),
    script: file('consent.js'),
  });
  await setTold(deps.globalState, notes);
}

async function exampleOf({ repositories, log }: ViewDeps, root: string): Promise<Example> {
  try {
    const preview = await repositories.preview(root);
    return preview === null ? { kind: 'none' } : { kind: 'commit', preview };
  } catch (error) {
    log.error(`the last commit of ${root}:`, error instanceof Error ? error : String(error));
    return { kind: 'failed' };
  }
}

async function follow(
  { repositories, log }: ViewDeps,
  { root }: RepositoryFolder,
  panel: WebviewPanel,
  choice: Choice,
): Promise<void> {
  // What was true when the page was made need not be any more.
  const now = repositories.all().find((folder) => folder.root === root);
  try {
    switch (choice.choice) {
      case 'use':
        await repositories.install(root, choice.detail);
        await panel.webview.postMessage({ outcome: t('Hunkmark is set up here. You can close this page.') });
        return;
      case 'decline':
        if (now !== undefined && isInstalled(now)) await repositories.uninstall(root);
        await repositories.decline(root);
        panel.dispose();
        return;
      case 'later':
        panel.dispose();
        return;
    }
  } catch (error) {
    log.error(`${choice.choice} in ${root}:`, error instanceof Error ? error : String(error));
    await panel.webview.postMessage({ outcome: messageOf(error) });
  }
}

/** The user's own; that of the workspace is a file of the repository. */
function ownDetail(): Detail {
  return workspace.getConfiguration(SECTION).inspect<Detail>(SETTINGS.detail)?.globalValue ?? 'hunks';
}

function isInstalled({ state }: RepositoryFolder): boolean {
  return state.kind === 'installed' || state.kind === 'incomplete';
}
