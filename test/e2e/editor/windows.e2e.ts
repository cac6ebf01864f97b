import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installAgent } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, until, type Editor } from './editor';
import { filesIn, isJournalled, linesOf, productIsActive } from './provenance';
import { BUSY_MS } from './rows/row';
import { commitByKeys } from './scm';

const line = (name: string): string => `export const ${name} = compute(${name}Input);`;
const BEFORE = ['import { compute } from "./compute.js";', '', line('first'), '', line('last'), ''].join(
  '\n',
);
const FILES = ['shared', 'one', 'two', 'fought', 'saved', 'rested', 'cut'].map((name) => `${name}.js`);

/** A model's line stands below the mark that a person typed to get it. */
const completed = (name: string): Classes => [
  [`//ai:${name};`, 'human'],
  [line(name), 'ai'],
];

describe('several windows, and hosts that end', () => {
  let repo: ScratchRepo;
  let editor: Editor;
  let second: Editor;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    repo.git('config', 'user.name', 'Scratch Person');
    repo.git('config', 'user.email', 'scratch@example.com');
    for (const file of FILES) repo.write(file, BEFORE);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', 'Start');
    await installAgent(repo);
    const settings = { 'files.saveConflictResolution': 'overwriteFileOnDisk' };
    editor = await openEditor({ folder: repo.dir, product: 'stable', settings });
    opened = editor;
    await productIsActive(editor);
    // The editor shows a folder in one window only; by a workspace it is in another one too.
    const workspace = join(repo.root, 'again.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: repo.dir }] }));
    second = await editor.openWindow(workspace);
    await productIsActive(second);
  });

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  it('the same file in turns, and another one in each: one commit has all of it', async () => {
    await inFront(editor, 'shared.js');
    await inFront(second, 'shared.js', 3);
    await complete(second, 'shared.js', 'omega');
    await save(second, 'shared.js', line('omega'));
    await knows(editor, 'shared.js', completed('omega'));

    await inFront(editor, 'shared.js');
    await complete(editor, 'shared.js', 'alpha');
    await editor.press('Enter');
    await editor.type('const typed = alpha;');
    await save(editor, 'shared.js', 'typed');
    const all = [...completed('omega'), ...completed('alpha'), ['const typed = alpha;', 'human']] as Classes;
    await knows(second, 'shared.js', all);

    await inFront(editor, 'one.js');
    await complete(editor, 'one.js', 'one');
    await inFront(second, 'two.js');
    await complete(second, 'two.js', 'two');
    await save(editor, 'one.js', line('one'));
    await save(second, 'two.js', line('two'));
    repo.git('add', '--all');
    await second.page.bringToFront();
    await commitByKeys(second, join(repo.dir, 'two.js'), 'feat: by both');
    await until(() => repo.git('rev-list', '--count', 'HEAD') === '2\n', BUSY_MS, 'the commit');
    const message = repo.git('log', '-1', '--format=%B').split('\n');
    assert.equal(
      message[2],
      'AI-Provenance: v1 ai=4 mixed=0 human=5 unknown=0 ai-deleted=0 hunks=4 listed=4',
    );
    assert.deepEqual(
      message
        .filter((each) => each.startsWith('AI-Hunk:'))
        .map((each) => each.replaceAll(/:[0-9a-f]{8}/g, '')),
      ['one.js +7,1', 'shared.js +5,1 +8,1', 'two.js +7,1'].map(
        (places) => `AI-Hunk: ${places} ai completion unidentified`,
      ),
    );
  });

  it('the same file at once: what a person types is not the model’s whose text was overwritten', async () => {
    await inFront(editor, 'fought.js');
    await complete(editor, 'fought.js', 'alpha');
    await inFront(second, 'fought.js');
    await complete(second, 'fought.js', 'omega');
    await save(second, 'fought.js', line('omega'));
    // The second window's text goes, and its person writes the same line by hand.
    await save(editor, 'fought.js', line('alpha'));
    await second.untilText(fileOf('fought.js'), line('alpha'));
    await inFront(second, 'fought.js');
    await second.press('Enter');
    await second.type(line('omega'));
    await save(second, 'fought.js', line('omega'));
    const expected: Classes = [...completed('alpha'), [line('omega'), 'human']];
    await knows(second, 'fought.js', expected);
    await knows(editor, 'fought.js', expected);
    assert.match(commit('fought.js'), /^AI-Provenance: v1 ai=1 mixed=0 human=2 unknown=0 .*hunks=1/m);
  });

  for (const isSaved of [true, false])
    it(`a host that is killed after a completion was accepted${isSaved ? ' and saved' : ''}: what was recorded is there`, async () => {
      const file = isSaved ? 'saved.js' : 'rested.js';
      await inFront(editor, file);
      await complete(editor, file, 'alpha');
      if (isSaved) await save(editor, file, line('alpha'));
      await isJournalled(repo, file, line('alpha'));
      await editor.killHost();
      // Nobody sees this.
      await editor.press('Enter');
      await editor.type(line('typed'));
      await isBackedUp(editor, line('typed'));
      await comesBack(editor, file, line('typed'));
      assert.equal(repo.read(file).includes(line('alpha')), isSaved);
      await knows(editor, file, [...completed('alpha'), [line('typed'), 'unknown']]);
      await save(editor, file, line('typed'));
      assert.match(commit(file), /^AI-Provenance: v1 ai=1 mixed=0 human=1 unknown=1 .*hunks=1/m);
    });

  it('a host that is killed before anything was recorded: its text is nobody’s', async () => {
    const file = 'cut.js';
    await inFront(editor, file);
    await editor.type(line('typed'));
    await editor.press('Enter');
    await complete(editor, file, 'alpha');
    await editor.killHost();
    await isBackedUp(editor, line('alpha'));
    await comesBack(editor, file, line('alpha'));
    await save(editor, file, line('alpha'));
    assert.doesNotMatch(commit(file), /human=[1-9]| mixed=[1-9]/);
  });

  const fileOf = (file: string): string => join(repo.dir, file);

  async function inFront(window: Editor, file: string, at = -1): Promise<void> {
    await window.page.bringToFront();
    await window.open(fileOf(file), at);
    await window.press('End');
  }

  /** A completion of one line below the line of the caret, which was empty. */
  async function complete(window: Editor, file: string, name: string): Promise<void> {
    await window.type(`//ai:${name};`);
    await window.ghostText();
    await window.press('Tab');
    await window.untilText(fileOf(file), line(name));
  }

  async function save(window: Editor, file: string, part: string): Promise<void> {
    await window.page.bringToFront();
    await window.press('Control+s');
    await until(() => repo.read(file).includes(part), BUSY_MS, `${part} on disk`);
  }

  /** The lines that are not as they were committed, with their classes. */
  async function knows(window: Editor, file: string, expected: Classes): Promise<void> {
    let now: Classes = [];
    const isSo = async (): Promise<boolean> => {
      const seen = (await linesOf(window, repo.dir, file)) ?? [];
      now = seen.flatMap(({ text, origin }) =>
        text === '' || origin.class === 'base' ? [] : [[text, origin.class] as const],
      );
      return JSON.stringify(now) === JSON.stringify(expected);
    };
    await until(isSo, BUSY_MS, '').catch(() => assert.deepEqual(now, expected));
  }

  async function comesBack(window: Editor, file: string, part: string): Promise<void> {
    await window.reload();
    await productIsActive(window);
    await window.untilText(fileOf(file), part);
    await window.open(fileOf(file));
  }

  function commit(file: string): string {
    repo.git('commit', '--quiet', '-m', `feat: ${file}`, '--', file);
    return repo.git('log', '-1', '--format=%B');
  }
});

type Classes = readonly (readonly [string, string])[];

/** The editor keeps a copy of unsaved text, some moments after it was typed. */
async function isBackedUp(editor: Editor, part: string): Promise<void> {
  const isIn = (name: string): boolean =>
    name.includes('Backups') && readFileSync(join(editor.work, name), 'utf8').includes(part);
  await until(() => filesIn(editor.work).some(isIn), BUSY_MS, `the editor's copy of ${part}`);
}
