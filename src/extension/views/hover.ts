import { Hover, languages, MarkdownString, type Disposable, type Position, type TextDocument } from 'vscode';
import { COMMANDS } from '../contributions';
import type { DocumentState, LineRun } from '../tracking';
import { t, type ViewDeps } from './deps';
import { actionsText, deletionText, runText, type Action } from './text/hover-text';
import { markOf, runAt } from './text/marks';

/** Who wrote the line under the pointer or, with the editor's command to show a hover, under the cursor. */
export function openHover({ documents }: Pick<ViewDeps, 'documents'>): Disposable {
  return languages.registerHoverProvider(
    { scheme: 'file' },
    { provideHover: (document, position) => hoverAt(documents.of(document), document, position) },
  );
}

/** A hover may run these, and nothing else that could be in its text. */
const LINKED = [COMMANDS.markAsHuman, COMMANDS.markAsAi, COMMANDS.nextHunk, COMMANDS.previousHunk];

function hoverAt(state: DocumentState, document: TextDocument, { line }: Position): Hover | null {
  if (state.kind === 'untracked') return null;
  const now = Date.now();
  const run = runAt(state.runs, line);
  const deletions = state.deletions.filter((deletion) => markOf(deletion, document.lineCount).line === line);
  if (run === null && deletions.length === 0) return null;
  const texts = [
    ...(run === null ? [] : [runText(t, run, now)]),
    ...deletions.map((deletion) => deletionText(t, deletion, document.languageId, now)),
    actionsText(actionsFor(run, document)),
  ];
  const markdown = new MarkdownString(texts.join('\n\n'));
  markdown.isTrusted = { enabledCommands: LINKED };
  return new Hover(markdown);
}

function actionsFor(run: LineRun | null, document: TextDocument): Action[] {
  const next: Action = { label: t('Next AI hunk'), command: COMMANDS.nextHunk, argument: null };
  const previous: Action = { label: t('Previous'), command: COMMANDS.previousHunk, argument: null };
  if (run === null) return [next, previous];
  const argument = { uri: document.uri.toString(), first: run.start, last: run.start + run.count - 1 };
  const human: Action = { label: t('Mark as human'), command: COMMANDS.markAsHuman, argument };
  const ai: Action = { label: t('Mark as AI'), command: COMMANDS.markAsAi, argument };
  switch (run.class) {
    case 'ai':
      return [human, next, previous];
    case 'mixed':
      return [human, ai, next, previous];
    case 'unknown':
      return [human, ai];
  }
}
