import { BUSY_MS, type EditRow } from './row';
import { until } from '../editor';

/** What a person does with keys, and what the editor does for them. */
export const TYPING: readonly EditRow[] = [
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
    edit: 'compose with an input method',
    by: 'person',
    keys: async ({ editor, file }) => {
      const keyboard = await editor.page.context().newCDPSession(editor.page);
      for (const text of ['に', 'にほ', 'にほん'])
        await keyboard.send('Input.imeSetComposition', {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
      await keyboard.send('Input.insertText', { text: '日本' });
      await keyboard.detach();
      await editor.untilText(file, '日本');
    },
    expected: { 日本: 'human' },
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
    keys: async ({ editor, file }) => {
      await editor.select([3, 0], [3, 5]);
      await editor.type('var');
      await editor.untilText(file, 'var alphaValue');
      await editor.select([3, 4], [3, 14]);
      await editor.type('(');
    },
    expected: { 'var (alphaValue) = 1;': 'human' },
  },
  {
    edit: 'copy and paste of own text',
    by: 'person',
    keys: async ({ editor }) => {
      await editor.type('const mine = 7;');
      await editor.press('Control+c', 'ArrowUp');
      const isCopied = async (): Promise<boolean> =>
        (await editor.page.evaluate<string>('navigator.clipboard.readText()')).includes('const mine = 7;');
      await until(isCopied, BUSY_MS, 'the copy');
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
      await editor.page.waitForSelector(
        '.suggest-widget.visible .monaco-list-row.focused[aria-label^="alphaValue"]',
      );
      await editor.until('a suggestion');
      await editor.press('Enter');
    },
    expected: { alphaValue: 'human' },
  },
  {
    edit: 'pick a snippet from the suggestions (Enter)',
    by: 'other',
    keys: async ({ editor }) => {
      await editor.type('forof');
      await editor.press('Control+Space');
      await editor.page.waitForSelector(
        '.suggest-widget.visible .monaco-list-row.focused[aria-label^="forof"]',
      );
      await editor.until('a suggestion');
      await editor.press('Enter');
    },
    expected: { 'for (const element of object) {': 'unknown' },
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
    keys: async ({ editor, file }) => {
      await editor.press('Control+Shift+i');
      await editor.untilText(file, '\n  b();');
    },
    expected: {},
  },
  {
    edit: 'comment a line out',
    by: 'person',
    keys: async ({ editor, file }) => {
      await editor.select([1, 0], [1, 0]);
      await editor.press('Control+/');
      await editor.untilText(file, '// return');
    },
    expected: { '  // return alphaValue;': ['base', 'human', 'unknown'] },
  },
  {
    edit: 'replace all',
    by: 'person',
    keys: async ({ editor, file }) => {
      const { page } = editor;
      await editor.press('Control+h');
      await page.waitForSelector('.find-widget.visible .find-part .monaco-inputbox.synthetic-focus');
      await editor.press('Control+a');
      await editor.type('alphaValue');
      await page.locator('.find-widget .matchesCount', { hasText: 'of 2' }).waitFor();
      await editor.press('Tab');
      await page.waitForSelector('.find-widget.visible .replace-part .monaco-inputbox.synthetic-focus');
      await editor.press('Control+a');
      await editor.type('betaValue');
      await editor.press('Control+Alt+Enter');
      await editor.untilText(file, 'const betaValue');
      await editor.press('Escape');
    },
    expected: {
      '  return betaValue;': ['unknown', 'human'],
      'const betaValue = 1;': ['unknown', 'human'],
    },
  },
  {
    edit: 'rename a name (F2)',
    by: 'person',
    keys: async ({ editor, file }) => {
      await editor.select([3, 8], [3, 8]);
      await editor.press('F2');
      await editor.page.waitForSelector('.rename-box input:focus');
      await editor.press('Control+a');
      await editor.type('gammaValue');
      await editor.press('Enter');
      await editor.untilText(file, 'const gammaValue');
    },
    expected: {
      '  return gammaValue;': ['unknown', 'human'],
      'const gammaValue = 1;': ['unknown', 'human'],
    },
  },
  {
    edit: 'quick fix',
    by: 'other',
    keys: async ({ editor, file }) => {
      await editor.select([3, 0], [3, 0]);
      await editor.press('Control+.');
      await editor.page
        .locator('.action-widget .monaco-list-row.focused', { hasText: 'Make it two' })
        .waitFor();
      await editor.press('Enter');
      await editor.untilText(file, '// two');
    },
    expected: { 'const alphaValue = 2; // two': 'unknown' },
  },
];
