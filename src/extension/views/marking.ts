import {
  Disposable,
  Uri,
  window,
  workspace,
  type QuickPickItem,
  type Selection,
  type TextDocument,
} from 'vscode';
import { COMMANDS } from '../contributions';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { parseLines } from './lines-argument';
import { untrackedWords } from './text/status-text';
import { AGENT_NAMES } from './text/words';

/** A person says where lines came from: the selected ones, or those of the hover that was clicked. */
export function openMarking({ documents, log }: Pick<ViewDeps, 'documents' | 'log'>): Disposable {
  const mark = async (as: 'ai' | 'human', argument: unknown): Promise<void> => {
    const target = await targetOf(argument);
    if (target === null) return;
    const { document, spans } = target;
    const state = documents.of(document);
    if (state.kind === 'untracked') {
      const reason = untrackedWords(t, state.why) ?? t('The lines of this file are not followed.');
      void window.showInformationMessage(`Hunkmark: ${reason}`);
      return;
    }
    const { version } = document;
    const agent = as === 'ai' ? await pickAgent() : null;
    if (agent === undefined) return;
    if (document.version !== version)
      throw new Error(t('The file was changed meanwhile. Select the lines again.'));
    for (const { first, last } of spans) await documents.mark(document, first, last, as, agent);
    const count = spans.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    window.setStatusBarMessage(
      as === 'ai' ? t('Marked as AI (lines: {0})', count) : t('Marked as human (lines: {0})', count),
      4000,
    );
  };
  return Disposable.from(
    command(log, COMMANDS.markAsAi, async (argument) => await mark('ai', argument)),
    command(log, COMMANDS.markAsHuman, async (argument) => await mark('human', argument)),
  );
}

interface Span {
  readonly first: number;
  readonly last: number;
}

async function targetOf(
  argument: unknown,
): Promise<{ readonly document: TextDocument; readonly spans: readonly Span[] } | null> {
  const named = parseLines(argument);
  if (named !== null) {
    const document = await workspace.openTextDocument(Uri.parse(named.uri, true));
    if (named.last >= document.lineCount) return null;
    return { document, spans: [named] };
  }
  const editor = window.activeTextEditor;
  return editor === undefined ? null : { document: editor.document, spans: spansOf(editor.selections) };
}

/** Whole lines, each once. A selection that ends before the first character of a line does not take that line along. */
function spansOf(selections: readonly Selection[]): Span[] {
  const spans: Span[] = [];
  for (const { start, end } of selections.toSorted((a, b) => a.start.compareTo(b.start))) {
    const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    const first = Math.max(start.line, (spans.at(-1)?.last ?? -1) + 1);
    if (first <= last) spans.push({ first, last });
  }
  return spans;
}

/** Names as trailers have them. */
const AGENT = /^[A-Za-z0-9][A-Za-z0-9._/@+-]{0,63}$/;

interface AgentItem extends QuickPickItem {
  readonly choice: 'named' | 'other' | 'unknown';
  readonly agent: string | null;
}

/** The agent's name; null: not known; undefined: the person thought better of it. */
async function pickAgent(): Promise<string | null | undefined> {
  const items: AgentItem[] = [
    ...[...AGENT_NAMES].map(([agent, label]): AgentItem => ({ choice: 'named', agent, label })),
    { choice: 'other', agent: null, label: t('Another…') },
    { choice: 'unknown', agent: null, label: t('I do not know') },
  ];
  const picked = await window.showQuickPick(items, { placeHolder: t('Which assistant wrote these lines?') });
  return picked?.choice === 'other' ? await askAgent() : picked?.agent;
}

async function askAgent(): Promise<string | undefined> {
  return await window.showInputBox({
    prompt: t('Name of the assistant, as trailers will have it'),
    validateInput: (value) =>
      AGENT.test(value)
        ? null
        : t('Use letters, digits and . _ / @ + -, at most 64, beginning with a letter or digit.'),
  });
}
