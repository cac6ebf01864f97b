import assert from 'node:assert/strict';
import { ACCEPTED, acceptAll, BUSY_MS, type EditRow } from './row';
import { until } from '../editor';
import { linesOf } from '../provenance';

/** What a model offers in the text, taken or not. */
export const COMPLETIONS: readonly EditRow[] = [
  {
    edit: 'inline completion, Tab',
    by: 'model',
    keys: acceptAll,
    expected: ACCEPTED,
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
      await until(
        async () => !(await desk.editor.textOf(desk.file)).includes('total'),
        BUSY_MS,
        'the text before',
      );
    },
    expected: { '//ai': 'human' },
  },
  {
    edit: 'inline completion, undo and redo',
    by: 'model',
    keys: async (desk) => {
      await acceptAll(desk);
      await desk.editor.press('Control+z');
      await until(
        async () => !(await desk.editor.textOf(desk.file)).includes('total'),
        BUSY_MS,
        'the text before',
      );
      await desk.editor.press('Control+y');
    },
    expected: ACCEPTED,
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
    keys: async ({ editor, file }) => {
      await editor.type('//one');
      await editor.ghostText();
      await editor.press('Control+ArrowRight');
      await editor.untilText(file, '//one ');
      await editor.until('an inline completion');
      await editor.press('Control+ArrowRight');
      await editor.untilText(file, '//one one');
      await editor.press('Escape');
    },
    expected: { '//one one': ['ai', 'mixed'] },
  },
  {
    edit: 'inline completion, next line (a command without our key)',
    by: 'model',
    keys: async ({ editor, file }) => {
      await editor.type('//ai');
      await editor.ghostText();
      await editor.press('Control+Alt+l');
      await editor.untilText(file, '//ai\n');
      await editor.press('Control+Alt+l');
      await editor.untilText(file, 'fromAi');
      await editor.press('Escape');
    },
    expected: { '//ai': 'human', 'function fromAi(a, b) {': ['unknown', 'ai'] },
  },
  {
    edit: "inline completion, the toolbar's click",
    by: 'model',
    keys: async ({ editor, file }) => {
      await editor.type('//one');
      await editor.ghostText();
      await editor.page.locator('[class*=ghost-text]').first().hover();
      const accept = editor.page.locator('.inlineSuggestionsHints .action-label', { hasText: /Accept/ });
      await accept.first().click();
      await editor.untilText(file, 'three');
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
    keys: async ({ editor, file }) => {
      await editor.select([0, 18], [0, 18]);
      await editor.press('Enter');
      await editor.type('//next');
      await editor.until('a next edit to jump to');
      await editor.press('Tab');
      await editor.until('a next edit to accept');
      await editor.press('Tab');
      await editor.untilText(file, 'const beta = 42;');
    },
    expected: { '  //next': 'human', 'const beta = 42;': ['ai', 'mixed'] },
  },
  {
    edit: 'completions of two extensions at once',
    by: 'model',
    keys: async ({ editor, file }) => {
      await editor.type('//both');
      await editor.ghostText();
      await editor.press('Tab');
      await editor.untilText(file, '//both from the ');
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
      const isCopied = async (): Promise<boolean> =>
        (await editor.page.evaluate<string>('navigator.clipboard.readText()')).includes(
          'const total = a + b;\n',
        );
      await until(isCopied, BUSY_MS, 'the copy');
      await editor.select([3, 0], [3, 0]);
      await editor.press('Control+v');
      await editor.untilText(desk.file, '}\n  const total');
    },
    expected: ACCEPTED,
  },
  {
    edit: 'cut and paste of AI text, and of all',
    by: 'model',
    keys: async (desk) => {
      const { editor, file } = desk;
      await acceptAll(desk);
      await editor.select([7, 0], [8, 0]);
      await editor.press('Control+x');
      await until(async () => !(await editor.textOf(file)).includes('total = a'), BUSY_MS, 'the cut');
      await editor.select([3, 0], [3, 0]);
      await editor.press('Control+v');
      await editor.untilText(file, '}\n  const total');
      await editor.press('Control+a', 'Control+x');
      await until(async () => (await editor.textOf(file)) === '', BUSY_MS, 'the cut of all');
      await editor.press('Control+v');
      await editor.untilText(file, 'fromAi');
    },
    expected: {
      ...ACCEPTED,
      'function alpha() {': ['base', 'unknown'],
      'return alphaValue;': ['base', 'unknown'],
      'const alphaValue = 1;': ['base', 'unknown'],
    },
  },
  {
    edit: 'cut of a line of AI text without a selection, and paste into another file',
    by: 'model',
    keys: async (desk) => {
      const { editor } = desk;
      await acceptAll(desk);
      await editor.select([7, 4], [7, 4]);
      await editor.press('Control+x');
      await until(async () => !(await editor.textOf(desk.file)).includes('total = a'), BUSY_MS, 'the cut');
      await editor.open('warm-up.js', 0);
      await editor.press('Control+v');
      await editor.untilText('warm-up.js', 'total = a');
      const seen = await linesOf(editor, desk.repo.dir, 'warm-up.js');
      const [cut] = seen?.filter(({ text }) => text.includes('total = a')) ?? [];
      assert.equal(cut?.origin.class, 'ai');
      await editor.press('Control+z');
      await editor.open(desk.file);
    },
    expected: { '//ai': 'human', 'function fromAi(a, b) {': 'ai', '  return total;': 'ai' },
  },
];
