import { Disposable, Selection, TextEditorRevealType, window } from 'vscode';
import { COMMANDS } from '../contributions';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { hunksOf, stepFrom } from './text/marks';

/** From AI hunk to AI hunk of the active file, around its end. */
export function openNavigation({
  documents,
  history,
  log,
}: Pick<ViewDeps, 'documents' | 'history' | 'log'>): Disposable {
  const go = (direction: 'next' | 'previous'): void => {
    const editor = window.activeTextEditor;
    if (editor === undefined) return;
    const { document } = editor;
    const hunks = hunksOf(documents.of(document), history.of(document), document.lineCount);
    const index = stepFrom(hunks, editor.selection.active.line, direction);
    const hunk = index === null ? undefined : hunks[index];
    if (index === null || hunk === undefined) {
      announce(t('No AI hunks in this file'));
      return;
    }
    const range = editor.document.lineAt(hunk.first).range;
    const at = range.start.with({
      character: editor.document.lineAt(hunk.first).firstNonWhitespaceCharacterIndex,
    });
    editor.selection = new Selection(at, at);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    announce(t('AI hunk {0} of {1}', index + 1, hunks.length));
  };
  return Disposable.from(
    command(log, COMMANDS.nextHunk, () => go('next')),
    command(log, COMMANDS.previousHunk, () => go('previous')),
  );
}

function announce(message: string): void {
  window.setStatusBarMessage(message, 4000);
}
