import {
  DecorationRangeBehavior,
  Disposable,
  OverviewRulerLane,
  Range,
  ThemeColor,
  Uri,
  window,
  workspace,
  type DecorationOptions,
  type DecorationRenderOptions,
  type TextDocument,
  type TextEditor,
  type TextEditorDecorationType,
} from 'vscode';
import { COLORS, COMMANDS, SECTION, SETTINGS } from '../contributions';
import type { CommittedState, DeletedLines, DocumentState, LineRun } from '../tracking';
import { command } from './command';
import { t, type ViewDeps } from './deps';
import { markOf } from './text/marks';
import { counted } from './text/words';

/**
 * Marks in the editors that are visible. Never by colour alone: the stripe of each class has a style of its own, and its
 * icon in the gutter a shape of its own.
 */
export function openDecorations({
  documents,
  history,
  log,
  extensionUri,
}: Pick<ViewDeps, 'documents' | 'history' | 'log' | 'extensionUri'>): Disposable {
  const types = decorationTypes(extensionUri);
  const drawAll = (): void => {
    for (const editor of window.visibleTextEditors) draw(editor);
  };
  const draw = (editor: TextEditor): void => {
    const isShown = isHighlighting();
    const state = isShown ? documents.of(editor.document) : NOTHING;
    const committed = isShown ? history.of(editor.document) : NO_HISTORY;
    const marks = marksOf(types, state, committed, editor.document);
    for (const [type, ranges] of marks) editor.setDecorations(type, ranges);
  };
  const redraw = (document: TextDocument): void => {
    for (const editor of window.visibleTextEditors) if (editor.document === document) draw(editor);
  };
  drawAll();
  return Disposable.from(
    ...Object.values(types),
    documents.onDidChange(redraw),
    history.onDidChange(redraw),
    window.onDidChangeVisibleTextEditors(drawAll),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.${SETTINGS.highlight}`)) drawAll();
    }),
    command(log, COMMANDS.toggleHighlight, toggleHighlight),
  );
}

const NOTHING: DocumentState = { kind: 'tracked', runs: [], deletions: [] };
const NO_HISTORY: CommittedState = { runs: [], gone: [] };

function isHighlighting(): boolean {
  return workspace.getConfiguration(SECTION).get(SETTINGS.highlight, true);
}

async function toggleHighlight(): Promise<void> {
  const shown = !isHighlighting();
  await workspace.getConfiguration(SECTION).update(SETTINGS.highlight, shown, shadowingTarget());
  window.setStatusBarMessage(
    shown ? t('Marks of AI lines are shown') : t('Marks of AI lines are hidden'),
    4000,
  );
}

/** The workspace's settings only where they decide already: there the user's would change nothing. */
function shadowingTarget(): boolean {
  return workspace.getConfiguration(SECTION).inspect(SETTINGS.highlight)?.workspaceValue === undefined;
}

type TypeName = LineRun['class'] | `${LineRun['class']}Icon` | DeletionName;
type DeletionName = 'above' | 'below' | 'aboveIcon' | 'belowIcon' | 'gone';
type Types = Readonly<Record<TypeName, TextEditorDecorationType>>;

function decorationTypes(extensionUri: Uri): Types {
  const icon = (name: string): TextEditorDecorationType => {
    const file = (theme: string): Uri =>
      Uri.joinPath(extensionUri, 'media', 'gutter', `${name}-${theme}.svg`);
    return window.createTextEditorDecorationType({
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
      gutterIconSize: 'contain',
      dark: { gutterIconPath: file('dark') },
      light: { gutterIconPath: file('light') },
    });
  };
  return {
    ai: lines('solid', COLORS.aiBackground, COLORS.aiBorder, true),
    mixed: lines('dashed', COLORS.mixedBackground, COLORS.mixedBorder, true),
    unknown: lines('dotted', COLORS.unknownBackground, COLORS.unknownBorder, false),
    aiIcon: icon('ai'),
    mixedIcon: icon('mixed'),
    unknownIcon: icon('unknown'),
    gone: lines('double', COLORS.aiBackground, COLORS.deletionBorder, true, '0 0 0 4px'),
    above: deletion('1px 0 0 0'),
    below: deletion('0 0 1px 0'),
    aboveIcon: icon('deleted'),
    belowIcon: icon('deleted-below'),
  };
}

function lines(
  style: string,
  background: string,
  border: string,
  ruler: boolean,
  borderWidth = '0 0 0 2px',
): TextEditorDecorationType {
  const options: DecorationRenderOptions = {
    isWholeLine: true,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    backgroundColor: new ThemeColor(background),
    borderColor: new ThemeColor(border),
    borderStyle: style,
    borderWidth,
  };
  return window.createTextEditorDecorationType(
    ruler
      ? {
          ...options,
          overviewRulerColor: new ThemeColor(border),
          overviewRulerLane: OverviewRulerLane.Center,
        }
      : options,
  );
}

function deletion(borderWidth: string): TextEditorDecorationType {
  return window.createTextEditorDecorationType({
    isWholeLine: true,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    borderColor: new ThemeColor(COLORS.deletionBorder),
    borderStyle: 'dashed',
    borderWidth,
    overviewRulerColor: new ThemeColor(COLORS.deletionBorder),
    overviewRulerLane: OverviewRulerLane.Center,
    after: {
      color: new ThemeColor(COLORS.deletionForeground),
      fontStyle: 'italic',
      margin: '0 0 0 2em',
    },
  });
}

function marksOf(
  types: Types,
  state: DocumentState,
  committed: CommittedState,
  document: TextDocument,
): Map<TextEditorDecorationType, DecorationOptions[]> {
  const marks = new Map(Object.values(types).map((type): [typeof type, DecorationOptions[]] => [type, []]));
  const iconLines = new Set<number>();
  for (const { start, count } of committed.gone) {
    marks.get(types.gone)?.push({ range: lineRange(start, start + count - 1) });
    marks.get(types.belowIcon)?.push({ range: lineRange(start, start) });
    iconLines.add(start);
  }
  for (const run of [...(state.kind === 'tracked' ? state.runs : []), ...committed.runs]) {
    marks.get(types[run.class])?.push({ range: lineRange(run.start, run.start + run.count - 1) });
    // Two icons on one line would lie on top of each other.
    if (!iconLines.has(run.start))
      marks.get(types[`${run.class}Icon`])?.push({ range: lineRange(run.start, run.start) });
    iconLines.add(run.start);
  }
  for (const deleted of state.kind === 'tracked' ? state.deletions : []) {
    const { line, side } = markOf(deleted, document.lineCount);
    const end = document.lineAt(line).range;
    marks
      .get(types[side])
      ?.push({ range: end, renderOptions: { after: { contentText: deletedWords(deleted, side) } } });
    // The dashed line and the words remain.
    if (!iconLines.has(line)) marks.get(types[`${side}Icon`])?.push({ range: lineRange(line, line) });
    iconLines.add(line);
  }
  return marks;
}

function deletedWords({ lines }: DeletedLines, side: 'above' | 'below'): string {
  return side === 'above'
    ? counted(lines.length, t('1 line deleted by AI above'), (n) => t('{0} lines deleted by AI above', n))
    : counted(lines.length, t('1 line deleted by AI below'), (n) => t('{0} lines deleted by AI below', n));
}

function lineRange(first: number, last: number): Range {
  return new Range(first, 0, last, 0);
}
