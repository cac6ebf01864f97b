import assert from 'node:assert/strict';
import type { LineOrigin } from '../../../src/core/origin';
import { join } from 'node:path';
import { installAgent } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, until, type Editor } from './editor';
import { linesOf, productIsActive, reasonsOf, type SeenLine } from './provenance';
import { BASE_TEXT, BUSY_MS, chatIsReady, type Desk, type EditRow } from './rows/row';
import { EDIT_ROWS, fileOf } from './rows/rows';

for (const product of ['stable', 'proposed'] as const) {
  describe(`every kind of edit, ${product === 'stable' ? 'on the stable API' : "with the editor's own reasons"}`, () => {
    let repo: ScratchRepo;
    let editor: Editor;
    let opened: Editor | null = null;
    const table: Judged[] = [];

    before(async function () {
      this.timeout(400_000);
      repo = scratchRepo();
      for (const row of EDIT_ROWS) repo.write(fileOf(row), row.before ?? BASE_TEXT);
      repo.write('warm-up.js', BASE_TEXT);
      repo.git('add', '--all');
      repo.git('commit', '--quiet', '-m', 'Start');
      await installAgent(repo);
      editor = await openEditor({ folder: repo.dir, product });
      opened = editor;
      await productIsActive(editor);
      await editor.open('warm-up.js');
      await chatIsReady(deskFor('warm-up.js'));
    });

    const deskFor = (file: string): Desk => ({ editor, repo, file, path: join(repo.dir, file) });

    after(async () => {
      console.log(printed(table));
      // Where the editor did not start, that is the failure to be told.
      await opened?.close();
      repo.dispose();
    });

    afterEach(async function () {
      const { state, title } = this.currentTest ?? {};
      if (state === 'failed' && title !== undefined && process.env['SCREENSHOTS'] !== undefined)
        console.log(await editor.screenshot(`${product} ${title.replace(/\W+/g, ' ')}`));
    });

    for (const row of EDIT_ROWS)
      it(row.edit, async () => {
        const file = fileOf(row);
        await editor.open(file);
        const last = (await row.keys(deskFor(file))) ?? file;
        await until(
          async () => hasTexts(row, await editor.textOf(last)),
          BUSY_MS,
          `the text of the edit in ${last}`,
        );
        const seen = await linesOf(editor, repo.dir, last);
        const reasons = await reasonsOf(editor, repo.dir, last);
        await editor.press('Escape', 'Control+s');
        row.afterwards?.(deskFor(file));
        assert.ok(seen, 'the file is followed');
        table.push({ row, seen, reasons });
        assert.deepEqual(wrong(row, seen), []);
      });

    it('calls no edit of a person ai, and none of a model human', () => {
      const crossed = table.flatMap(({ row, seen }) =>
        changedLines(row, seen).filter(({ text, origin }) => isCrossed(row, text, origin)),
      );
      assert.deepEqual(crossed, []);
    });
  });
}

interface Judged {
  readonly row: EditRow;
  readonly seen: readonly SeenLine[];
  readonly reasons: readonly string[];
}

/** `TEXT: is CLASS, not CLASS` for each line whose class is not the expected one, and for each that is missing. */
function wrong(row: EditRow, seen: readonly SeenLine[]): string[] {
  const expected = new Map(
    Object.entries(row.expected).map(([text, classes]) => [text.trim(), [classes].flat()]),
  );
  const missing = [...expected].flatMap(([text, classes]) =>
    classes.length === 1 && !seen.some((line) => line.text.trim() === text) ? [`${text}: is not there`] : [],
  );
  return seen
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
    .flatMap(({ text, origin }) => {
      const right = expected.get(text.trim()) ?? [row.isNew === true ? 'unknown' : 'base'];
      return right.some((each) => each === origin.class)
        ? []
        : [`${text}: is ${origin.class}, not ${right.join(' or ')}`];
    })
    .concat(missing);
}

function hasTexts(row: EditRow, text: string): boolean {
  const lines = new Set(text.split('\n').map((line) => line.trim()));
  return Object.entries(row.expected).every(
    ([line, classes]) => typeof classes !== 'string' || lines.has(line.trim()),
  );
}

function changedLines(row: EditRow, seen: readonly SeenLine[]): SeenLine[] {
  const before = new Set((row.before ?? BASE_TEXT).split('\n').map((line) => line.trim()));
  return seen.filter(({ text }) => /[\p{L}\p{N}]/u.test(text) && !before.has(text.trim()));
}

/** Where a row has lines of both, the expectation of each line says whose it is. */
function isCrossed(row: EditRow, text: string, { class: found }: LineOrigin): boolean {
  const right = [row.expected[text] ?? row.expected[text.trim()] ?? []].flat();
  if (right.length === 0) return false;
  if (found === 'ai') return !right.includes('ai');
  return found === 'human' && !right.includes('human');
}

function printed(table: readonly Judged[]): string {
  const rows = table.map(({ row, seen, reasons }) => {
    const origins = changedLines(row, seen).map(({ origin }) => origin);
    const classes = [...new Set(origins.map((origin) => origin.class))];
    const evidence = [...new Set(origins.map(evidenceOf))].filter((each) => each !== '');
    return [row.edit, reasons.join(', ') || '-', classes.join(', ') || '-', evidence.join(', ') || '-'];
  });
  const all = [['edit', "editor's own reason", 'our class', 'evidence'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    )
    .join('\n');
}

function evidenceOf(origin: LineOrigin): string {
  if (!('evidence' in origin)) return '';
  return origin.sensor === undefined ? origin.evidence : `${origin.evidence} (${origin.sensor})`;
}
