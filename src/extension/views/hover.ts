import { Hover, languages, MarkdownString, type Disposable, type Position, type TextDocument } from 'vscode';
import { COMMANDS } from '../contributions';
import { TEXT_SCHEMES } from '../text-address';
import type { CommittedRun, DocumentState, LineRun } from '../tracking';
import { t, type ViewDeps } from './deps';
import { committedText } from './text/committed-text';
import { actionsText, deletionText, runText, type Action } from './text/hover-text';
import { markOf, runAt } from './text/marks';

/** Who wrote the line under the pointer or, with the editor's command to show a hover, under the cursor. */
export function openHover({ documents, history }: Pick<ViewDeps, 'documents' | 'history'>): Disposable {
  const ofHistory = async (document: TextDocument, { line }: Position): Promise<string[]> => {
    const { runs, gone } = history.of(document);
    const found = [...committedAt(gone, line, 'gone'), ...committedAt(runs, line, 'written')];
    return await Promise.all(
      found.map(async ({ run, what }) => {
        const about = run.commit === null ? null : await history.about(document, run.commit);
        return committedText(t, { run, what, about }, Date.now());
      }),
    );
  };
  return languages.registerHoverProvider(
    TEXT_SCHEMES.map((scheme) => ({ scheme })),
    {
      provideHover: async (document, position) =>
        hoverAt(documents.of(document), await ofHistory(document, position), document, position),
    },
  );
}

function committedAt(
  runs: readonly CommittedRun[],
  line: number,
  what: 'written' | 'gone',
): { run: CommittedRun; what: 'written' | 'gone' }[] {
  const run = runAt(runs, line);
  return run === null ? [] : [{ run, what }];
}

/** A hover may run these, and nothing else that could be in its text. */
const LINKED = [COMMANDS.markAsHuman, COMMANDS.markAsAi, COMMANDS.nextHunk, COMMANDS.previousHunk];

function hoverAt(
  state: DocumentState,
  committed: readonly string[],
  document: TextDocument,
  { line }: Position,
): Hover | null {
  const { runs, deletions: all } = state.kind === 'tracked' ? state : { runs: [], deletions: [] };
  const now = Date.now();
  const run = runAt(runs, line);
  const deletions = all.filter((deletion) => markOf(deletion, document.lineCount).line === line);
  if (run === null && deletions.length === 0 && committed.length === 0) return null;
  const texts = [
    ...(run === null ? [] : [runText(t, run, now)]),
    ...committed,
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
