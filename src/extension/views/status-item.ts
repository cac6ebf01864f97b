import { Disposable, StatusBarAlignment, ThemeColor, window, type TextEditor } from 'vscode';
import { t, type ViewDeps } from './deps';
import { statusText, type StatusText } from './text/status-text';

type Shown = Pick<ViewDeps, 'documents' | 'repositories' | 'tiers'>;

/** One item: what is in the active file, or what has to be mended. */
export function openStatusItem({ documents, repositories, tiers }: Shown): Disposable {
  const item = window.createStatusBarItem('hunkmark.status', StatusBarAlignment.Right, 90);
  item.name = 'Hunkmark';
  const update = (): void => {
    const shown = textFor(window.activeTextEditor, { documents, repositories, tiers });
    if (shown === null) {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.accessibilityInformation = { label: shown.label, role: 'button' };
    item.command = shown.command;
    item.backgroundColor = shown.warns ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  update();
  return Disposable.from(
    item,
    window.onDidChangeActiveTextEditor(update),
    repositories.onDidChange(update),
    tiers.onDidChange(update),
    documents.onDidChange((document) => {
      if (document === window.activeTextEditor?.document) update();
    }),
  );
}

/** Where the active editor is in no repository, one in which something is to be mended. */
function textFor(
  editor: TextEditor | undefined,
  { documents, repositories, tiers }: Shown,
): StatusText | null {
  const own = editor === undefined ? null : repositories.of(editor.document.uri);
  if (editor !== undefined && own !== null) {
    const policy = { place: tiers.placeOf(editor.document.uri), problem: tiers.problemOf(own.root) };
    return statusText(t, documents.of(editor.document), own, policy);
  }
  const broken = repositories.all().find(({ state }) => state.kind !== 'installed');
  return statusText(t, null, broken ?? null);
}
