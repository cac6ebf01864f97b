import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import type { LineOrigin } from '../../../src/core/origin';
import { pause, type Editor } from './editor';

type SeenClass = LineOrigin['class'];

/** One kind of edit of the table, done with real keys in a file of its own. */
export interface EditRow {
  readonly edit: string;
  /** Who really did it. What a person does must never be called `ai`, what a model does never `human`. */
  readonly by: 'person' | 'model' | 'other';
  /** Keys for a file that is open with the caret in its last, empty line. */
  readonly keys: (desk: Desk) => Promise<void>;
  /**
   * Text of a line → its class, or all that are right, for each line that is not as it was; white space of a line's
   * ends does not count, and a text that is not there is not asked for where several are right. Written by hand.
   */
  readonly expected: Readonly<Record<string, SeenClass | readonly SeenClass[]>>;
  /** What is in the file before; default `BASE_TEXT`. */
  readonly before?: string;
}

export interface Desk {
  readonly editor: Editor;
  /** Name of the row's file. */
  readonly file: string;
  /** Its absolute path. */
  readonly path: string;
}

export const BASE_TEXT = 'function alpha() {\n  return alphaValue;\n}\nconst alphaValue = 1;\n\n';

/** How long the editor takes to notice a file that was written by another program, and more. */
const NOTICED_MS = 1500;

const accepted = {
  '//ai': 'human',
  'function fromAi(a, b) {': 'ai',
  '  const total = a + b;': 'ai',
  '  return total;': 'ai',
} as const;

const acceptAll = async ({ editor }: Desk): Promise<void> => {
  await editor.type('//ai');
  await editor.ghostText();
  await editor.press('Tab');
  await pause(300);
};

export const EDIT_ROWS: readonly EditRow[] = [
  {
    edit: 'type characters',
    by: 'person',
    keys: ({ editor }) => editor.type('let q'),
    expected: { 'let q': 'human' },
  },
  {
    edit: 'auto-close and overtype a bracket',
    by: 'person',
    keys: ({ editor }) => editor.type('call()'),
    expected: { 'call()': 'human' },
  },
  {
    edit: 'Enter between braces',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('if (x) {');
      await editor.press('Enter');
      await editor.type('y');
    },
    expected: { 'if (x) {': 'human', '  y': 'human' },
  },
  {
    edit: 'type with three carets',
    by: 'person',
    before: 'a\nb\nc\n\n',
    keys: async ({ editor }) => {
      await editor.select([0, 1], [0, 1]);
      await editor.press('Shift+Alt+ArrowDown', 'Shift+Alt+ArrowDown');
      await editor.type('z');
    },
    expected: { az: 'human', bz: 'human', cz: 'human' },
  },
  {
    edit: 'type over a selection, surround another',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.select([3, 0], [3, 5]);
      await editor.type('var');
      await editor.select([3, 4], [3, 14]);
      await editor.type('(');
    },
    expected: { 'var (alphaValue) = 1;': 'human' },
  },
  {
    edit: 'paste from elsewhere',
    by: 'other',
    keys: async ({ editor }) => {
      await editor.copyFromElsewhere('// pasted 1\n// pasted 2\n');
      await editor.press('Control+v');
    },
    expected: { '// pasted 1': 'unknown', '// pasted 2': 'unknown' },
  },
  {
    edit: 'copy and paste of own text',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('const mine = 7;');
      await editor.press('Control+c', 'ArrowUp');
      await pause(300);
      await editor.press('Control+v');
    },
    expected: { 'const mine = 7;': 'human' },
  },
  {
    edit: 'pick a name from the suggestions (Enter)',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('alphaV');
      await editor.press('Control+Space');
      await editor.page.waitForSelector('.suggest-widget.visible .monaco-list-row', { timeout: 15_000 });
      await pause(600);
      await editor.press('Enter');
    },
    expected: { alphaValue: 'human' },
  },
  {
    edit: 'snippet',
    by: 'other',
    keys: async ({ editor }) => {
      await editor.run('editor.action.insertSnippet', { snippet: 'for (const x of xs) {\n\t$0\n}' });
    },
    expected: { 'for (const x of xs) {': 'unknown' },
  },
  {
    edit: 'format the document',
    by: 'other',
    before: 'if (a) {\n\tb();\n}\n\n',
    keys: async ({ editor }) => {
      await editor.press('Control+Shift+i');
      await pause(800);
    },
    expected: {},
  },
  {
    edit: 'comment a line out',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.select([1, 0], [1, 0]);
      await editor.press('Control+/');
    },
    expected: { '  // return alphaValue;': ['base', 'human', 'unknown'] },
  },
  {
    edit: 'inline completion, Tab',
    by: 'model',
    keys: acceptAll,
    expected: accepted,
  },
  {
    edit: 'inline completion, Tab and a key at once',
    by: 'model',
    keys: async ({ editor }) => {
      await editor.type('//one');
      await editor.ghostText();
      await Promise.all([editor.page.keyboard.press('Tab'), editor.page.keyboard.press('x')]);
    },
    expected: { '//one one two threex': 'mixed' },
  },
  {
    edit: 'inline completion, undo',
    by: 'person',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.press('Control+z');
    },
    expected: { '//ai': 'human' },
  },
  {
    edit: 'inline completion, undo and redo',
    by: 'model',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.press('Control+z');
      await pause(300);
      await desk.editor.press('Control+y');
    },
    expected: accepted,
  },
  {
    edit: 'inline completion, then typing into it',
    by: 'model',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.select([7, 16], [7, 17]);
      await desk.editor.type('delta');
    },
    expected: {
      '//ai': 'human',
      'function fromAi(a, b) {': 'ai',
      '  const total = delta + b;': 'mixed',
      '  return total;': 'ai',
    },
  },
  {
    edit: 'inline completion, next word twice',
    by: 'model',
    keys: async ({ editor }) => {
      await editor.type('//one');
      await editor.ghostText();
      await editor.press('Control+ArrowRight', 'Control+ArrowRight');
      await pause(300);
      await editor.press('Escape');
    },
    expected: { '//one one': ['ai', 'mixed'] },
  },
  {
    edit: 'inline completion, next line (a command without our key)',
    by: 'model',
    keys: async ({ editor }) => {
      await editor.type('//ai');
      await editor.ghostText();
      await editor.press('Control+Alt+l');
      await pause(400);
      await editor.press('Control+Alt+l');
      await pause(400);
      await editor.press('Escape');
    },
    expected: { '//ai': 'human', 'function fromAi(a, b) {': ['unknown', 'ai'] },
  },
  {
    edit: "inline completion, the toolbar's click",
    by: 'model',
    keys: async ({ editor }) => {
      await editor.type('//one');
      await editor.ghostText();
      await editor.page.locator('[class*=ghost-text]').first().hover();
      const accept = editor.page.locator('.inlineSuggestionsHints .action-label', { hasText: /Accept/ });
      await accept.first().click({ timeout: 5000 });
    },
    expected: { '//one one two three': ['unknown', 'mixed', 'ai'] },
  },
  {
    edit: 'inline completion, typed over',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('//one');
      await editor.ghostText();
      await editor.type(' one two');
      await editor.press('Escape');
    },
    expected: { '//one one two': 'human' },
  },
  {
    edit: 'next-edit suggestion',
    by: 'model',
    keys: async ({ editor }) => {
      await editor.select([0, 18], [0, 18]);
      await editor.press('Enter');
      await editor.type('//next');
      await pause(1500);
      await editor.press('Tab');
      await pause(600);
      await editor.press('Tab');
      await pause(400);
    },
    expected: { '  //next': 'human', 'const beta = 42;': ['ai', 'mixed'] },
  },
  {
    edit: 'completions of two extensions at once',
    by: 'model',
    keys: async ({ editor }) => {
      await editor.type('//both');
      await editor.ghostText();
      await editor.press('Tab');
    },
    expected: {
      '//both from the first extension': ['ai', 'mixed'],
      '//both from the second extension': ['ai', 'mixed'],
    },
  },
  {
    edit: 'copy and paste of AI text',
    by: 'model',
    keys: async (desk) => {
      const { editor } = desk;
      await acceptAll(desk);
      await editor.select([7, 0], [8, 0]);
      await editor.press('Control+c');
      await pause(300);
      await editor.select([3, 0], [3, 0]);
      await editor.press('Control+v');
    },
    expected: accepted,
  },
  {
    edit: 'edit of another extension (WorkspaceEdit)',
    by: 'other',
    keys: async ({ editor, path }) => {
      await editor.inHost(insertByExtension, path);
    },
    expected: { '// by an extension': 'unknown' },
  },
  {
    edit: 'replace all',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.press('Control+h');
      await pause(500);
      await editor.press('Control+a');
      await editor.type('alphaValue');
      await editor.press('Tab');
      await editor.type('betaValue');
      await pause(500);
      await editor.press('Control+Alt+Enter');
      await pause(300);
      await editor.press('Escape');
    },
    expected: {
      '  return betaValue;': ['unknown', 'human'],
      'const betaValue = 1;': ['unknown', 'human'],
    },
  },
  {
    edit: 'another program appends, file open and clean',
    by: 'other',
    keys: async ({ path }) => {
      appendFileSync(path, '// from outside\n');
      await pause(NOTICED_MS);
    },
    expected: { '// from outside': 'unknown' },
  },
  {
    edit: 'another program replaces the file (rename)',
    by: 'other',
    keys: async ({ path }) => {
      writeFileSync(`${path}.new`, `// on top\n${readFileSync(path, 'utf8')}`);
      renameSync(`${path}.new`, path);
      await pause(NOTICED_MS);
    },
    expected: { '// on top': 'unknown' },
  },
  {
    edit: 'revert the file',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('gone');
      await editor.run('workbench.action.files.revert');
      await pause(NOTICED_MS);
    },
    expected: {},
  },
  {
    edit: 'chat inserts lines',
    by: 'model',
    keys: ({ editor, file }) => chat(editor, `insert ${file}`),
    expected: { '  // by chat, first': 'ai', '  // by chat, second': 'ai' },
  },
  {
    edit: 'chat edits a second time',
    by: 'model',
    keys: async ({ editor, file }) => {
      await chat(editor, `insert ${file}`);
      await chat(editor, `more ${file}`);
    },
    expected: {
      '  // by chat, first': 'ai',
      '  // by chat, second': 'ai',
      '// by chat, on top': ['ai', 'unknown'],
    },
  },
  {
    edit: 'chat rewrites the whole file, one line is new',
    by: 'model',
    keys: ({ editor, file }) => chat(editor, `rewrite ${file}`),
    expected: { '// by chat, rewritten': 'ai' },
  },
  {
    edit: 'chat edits, then a person types elsewhere',
    by: 'person',
    keys: async ({ editor, file }) => {
      await chat(editor, `insert ${file}`);
      await editor.open(file);
      await editor.type('mine');
    },
    expected: { '  // by chat, first': 'ai', '  // by chat, second': 'ai', mine: 'human' },
  },
  {
    edit: 'chat deletes a word where the caret is',
    by: 'model',
    before: 'function alpha() {\n  return alphaValue + betaValue;\n}\n\n',
    keys: async ({ editor, file }) => {
      await editor.select([1, 19], [1, 19]);
      await chat(editor, `shorten ${file}`);
    },
    expected: { 'return alphaValue;': ['ai', 'mixed', 'unknown'] },
  },
  {
    edit: 'paste lines, and a notice of an acceptance without a completion',
    by: 'other',
    keys: async ({ editor }) => {
      await editor.copyFromElsewhere('const pastedOne = 1;\nconst pastedTwo = 2;\n');
      await editor.press('Control+v', 'Control+Alt+n');
      await pause(300);
    },
    expected: { 'const pastedOne = 1;': 'unknown', 'const pastedTwo = 2;': 'unknown' },
  },
];

/** A request to the fake agent in the chat view, with what it changes saved. */
export async function chat(editor: Editor, request: string): Promise<void> {
  await editor.run('workbench.action.chat.open', { query: `@fake ${request}`, mode: 'agent' });
  await pause(2500);
}

async function insertByExtension(vscode: typeof VSCode, path: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(vscode.Uri.file(path), new vscode.Position(0, 0), '// by an extension\n');
  await vscode.workspace.applyEdit(edit);
}

/** The folder's files: one for each row, all of them committed. */
export function fileOf(row: EditRow): string {
  return `row-${String(EDIT_ROWS.indexOf(row) + 1).padStart(2, '0')}.js`;
}

export function pathIn(folder: string, row: EditRow): string {
  return join(folder, fileOf(row));
}
