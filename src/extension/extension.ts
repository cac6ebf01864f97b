import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { commands, Disposable, l10n, window, workspace, type ExtensionContext } from 'vscode';
import { agentsAddCoAuthor } from '../app/co-author';
import type { LineOrigin } from '../core/origin';
import { CONTEXT_KEYS, SECTION, SETTINGS, type SettingValues } from './contributions';
import { followDocuments, type FollowedDocuments } from './documents';
import { followHistory } from './history';
import { watchRepositories } from './repositories';
import { acceptance } from './sensors/acceptance';
import { changeReason } from './sensors/change-reason';
import { chat } from './sensors/chat';
import { disk } from './sensors/disk';
import { keyboard } from './sensors/keyboard';
import { paste } from './sensors/paste';
import { suggestion } from './sensors/suggestion';
import { undo } from './sensors/undo';
import { watchStagedChecks } from './staged-checks';
import { watchTiers } from './tiers';
import type { CommittedState } from './tracking';
import { openViews } from './views/views';

/** What the extension tells other extensions; its own tests ask it. */
export interface Exports {
  /** The origin of each line of an open document; null: it is not followed. */
  linesOf(uri: string): readonly LineOrigin[] | null;
  /** All edits until now have been judged, and the histories that are to be seen have been read. */
  settled(): Promise<void>;
  /** What commits say of an open document; 0-based. */
  committed(uri: string): CommittedState | null;
}

let documents: FollowedDocuments | null = null;

/** The editor's host: sensors in, views out. */
export function activate(context: ExtensionContext): Exports {
  const log = window.createOutputChannel('Hunkmark', { log: true });
  const setting = <K extends keyof SettingValues>(name: K): SettingValues[K] =>
    workspace.getConfiguration(SECTION).get<SettingValues[K]>(name) as SettingValues[K];
  const isOn = (): boolean => setting('enabled');
  const writer = `editor-${randomBytes(6).toString('hex')}`;

  const repositories = watchRepositories({
    log,
    memory: context.globalState,
    programs: {
      hookProgram: path.join(context.extensionPath, 'dist', 'hook.js'),
      nodePath: process.execPath,
    },
    ownSegments: writer,
    isOn,
  });
  const showTechnique = (value: string): void =>
    void commands.executeCommand('setContext', CONTEXT_KEYS.acceptance, value);
  let isAside = false;
  const technique = (): string => (workspace.isTrusted && isOn() && !isAside ? setting('acceptance') : 'off');
  const acceptances = acceptance(
    (what) => documents?.notice(what) ?? true,
    log,
    (why) => {
      isAside = true;
      showTechnique(technique());
      void window.showWarningMessage(
        l10n.t('Hunkmark does not notice accepted completions in this session any more: {0}.', why),
      );
    },
  );
  showTechnique(technique());
  const pasted = paste((document, range) => documents?.copied(document, range) ?? []);
  const chats = chat();
  const followed = followDocuments({
    log,
    writer,
    isOn,
    // A paste before the acceptances: a notice without a change of its own finds the paste just before it.
    sensors: [
      undo(),
      changeReason(),
      pasted,
      acceptances,
      disk(),
      keyboard(chats.mayHaveMade),
      suggestion(),
      chats,
    ],
  });
  documents = followed;
  const tiers = watchTiers({ log, documents: followed, repositories });
  const checks = watchStagedChecks({ log, repositories, tiers });
  const history = followHistory({ log, isOn });
  context.subscriptions.push(
    log,
    repositories,
    acceptances,
    pasted,
    chats,
    followed,
    tiers,
    checks,
    history,
    repositories.onDidMove(({ root, what }) => {
      followed.refresh(root);
      history.refresh(root, what);
    }),
    followed.onDidChange(() => repositories.touch()),
    workspace.onDidGrantWorkspaceTrust(() => {
      showTechnique(technique());
      followed.restart();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.${SETTINGS.acceptance}`)) showTechnique(technique());
      if (!event.affectsConfiguration(`${SECTION}.${SETTINGS.enabled}`)) return;
      showTechnique(technique());
      followed.restart();
      history.refresh(null);
    }),
    openViews({
      documents: followed,
      history,
      repositories,
      tiers,
      checks,
      log,
      extensionUri: context.extensionUri,
      globalState: context.globalState,
      workspaceState: context.workspaceState,
      claudeCodeSigns: () => Promise.resolve(workspace.isTrusted && agentsAddCoAuthor()),
    }),
    new Disposable(() => (documents = null)),
  );
  void repositories.refresh();
  return Object.freeze({
    linesOf: (uri: string) => {
      const document = workspace.textDocuments.find((each) => each.uri.toString() === uri);
      return document ? followed.originsOf(document) : null;
    },
    settled: async () => {
      await followed.settled();
      await history.settled();
    },
    committed: (uri: string) => {
      const document = workspace.textDocuments.find((each) => each.uri.toString() === uri);
      return document ? history.of(document) : null;
    },
  });
}

/** What is known is written down before the window goes. */
export function deactivate(): void {
  documents?.flush();
}
