import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as VSCode from 'vscode';
import { chat, isSavedAs, type EditRow } from './row';

/** What comes from elsewhere: another extension, another program, the clipboard, the chat. */
export const OTHERS: readonly EditRow[] = [
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
    edit: 'edit of another extension (WorkspaceEdit)',
    by: 'other',
    keys: async ({ editor, path }) => {
      await editor.inHost(insertByExtension, path);
    },
    expected: { '// by an extension': 'unknown' },
  },
  {
    edit: 'another program appends, file open and clean',
    by: 'other',
    keys: async ({ path }) => {
      appendFileSync(path, '// from outside\n');
    },
    expected: { '// from outside': 'unknown' },
  },
  {
    edit: 'another program replaces the file (rename)',
    by: 'other',
    keys: async ({ path }) => {
      writeFileSync(`${path}.new`, `// on top\n${readFileSync(path, 'utf8')}`);
      renameSync(`${path}.new`, path);
    },
    expected: { '// on top': 'unknown' },
  },
  {
    edit: 'revert the file',
    by: 'person',
    keys: async (desk) => {
      await desk.editor.type('gone');
      await desk.editor.untilText(desk.file, 'gone');
      await desk.editor.run('workbench.action.files.revert');
      await isSavedAs(desk, (text) => !text.includes('gone'));
    },
    expected: {},
  },
  {
    edit: 'chat inserts lines',
    by: 'model',
    keys: (desk) => chat(desk, 'insert', 'by chat, second'),
    expected: { '  // by chat, first': 'ai', '  // by chat, second': 'ai' },
  },
  {
    edit: 'chat edits a second time',
    by: 'model',
    keys: async (desk) => {
      await chat(desk, 'insert', 'by chat, second');
      await chat(desk, 'more', 'by chat, on top');
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
    keys: (desk) => chat(desk, 'rewrite', 'by chat, rewritten'),
    expected: { '// by chat, rewritten': 'ai' },
  },
  {
    edit: 'chat edits, then a person types elsewhere',
    by: 'person',
    keys: async (desk) => {
      await chat(desk, 'insert', 'by chat, second');
      await desk.editor.open(desk.file);
      await desk.editor.type('mine');
    },
    expected: { '  // by chat, first': 'ai', '  // by chat, second': 'ai', mine: 'human' },
  },
  {
    edit: 'chat deletes a word where the caret is',
    by: 'model',
    before: 'function alpha() {\n  return alphaValue + betaValue;\n}\n\n',
    keys: async (desk) => {
      await desk.editor.select([1, 19], [1, 19]);
      await chat(desk, 'shorten', 'return alphaValue;');
    },
    expected: { 'return alphaValue;': ['ai', 'mixed', 'unknown'] },
  },
  {
    edit: 'paste lines, and a notice of an acceptance without a completion',
    by: 'other',
    keys: async ({ editor, file }) => {
      await editor.copyFromElsewhere('const pastedOne = 1;\nconst pastedTwo = 2;\n');
      await editor.press('Control+v', 'Control+Alt+n');
      await editor.untilText(file, 'pastedTwo');
    },
    expected: { 'const pastedOne = 1;': 'unknown', 'const pastedTwo = 2;': 'unknown' },
  },
];

async function insertByExtension(vscode: typeof VSCode, path: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(vscode.Uri.file(path), new vscode.Position(0, 0), '// by an extension\n');
  await vscode.workspace.applyEdit(edit);
}
