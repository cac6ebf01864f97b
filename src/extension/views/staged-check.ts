import { commands, ThemeIcon, Uri, window, type Disposable, type QuickPickItem } from 'vscode';
import type { Finding } from '../../core/finding';
import { COMMANDS, ICONS } from '../contributions';
import { chosenRepository, command } from './command';
import { t, type ViewDeps } from './deps';
import { placeWords, severityWords } from './text/check-text';
import { visible } from './text/words';

/** The command that says, before a commit, what the check would say after it; in a list that keys and readers reach. */
export function openStagedCheck({
  repositories,
  checks,
  log,
}: Pick<ViewDeps, 'repositories' | 'checks' | 'log'>): Disposable {
  return command(log, COMMANDS.checkStaged, async (argument) => {
    const folder = await chosenRepository(repositories, argument);
    if (folder === null) return;
    const { findings, isEmpty } = await checks.now(folder.root);
    if (findings.length === 0) {
      const nothing = isEmpty ? t('Nothing is staged.') : t('A check would find nothing in what is staged.');
      void window.showInformationMessage(nothing);
      return;
    }
    const items = findings.map((finding): FindingItem => ({ ...itemOf(finding), finding }));
    const picked = await window.showQuickPick(items, {
      title: t('What the check would say of this commit'),
      placeHolder: t('Choose one to open its place'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    const target = picked && targetOf(folder.root, picked.finding);
    if (target) await commands.executeCommand('vscode.open', ...target);
  });
}

interface FindingItem extends QuickPickItem {
  readonly finding: Finding;
}

function itemOf(finding: Finding): QuickPickItem {
  return {
    label: `${severityWords(t, finding)}: ${visible(finding.message)}`,
    description: placeWords(finding),
    detail: visible(finding.help),
    iconPath: new ThemeIcon(ICONS[finding.severity]),
  };
}

/** What the editor's command to open a file takes; deleted lines are in no file to be opened. */
export function targetOf(root: string, { path, start, end, side }: Finding): [Uri, object] | null {
  if (path === null) return null;
  const uri = Uri.joinPath(Uri.file(root), path);
  if (start === null || end === null || side === '-') return [uri, {}];
  const selection = { start: { line: start - 1, character: 0 }, end: { line: end - 1, character: 0 } };
  return [uri, { selection }];
}
