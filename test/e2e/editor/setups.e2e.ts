import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { installAgent } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, until, type Editor } from './editor';
import { filesIn, isJournalled, linesOf, productIsActive } from './provenance';
import { ACCEPTED, BASE_TEXT, BUSY_MS } from './rows/row';

const MOVED = ['saved', 'unsaved', 'closed'];
/** More than what comes to it, so that git knows the file under another name. */
const LONG_TEXT = `${Array.from({ length: 9 }, (_, at) => `const known${at} = ${at};\n`).join('')}${BASE_TEXT}`;
const ALL_OF_IT = 'AI-Provenance: v1 ai=4 mixed=0 human=1 unknown=0 ai-deleted=0';

describe('set-ups of windows and folders', () => {
  let repo: ScratchRepo;
  let other: ScratchRepo;
  let editor: Editor;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    other = scratchRepo({ name: 'other' });
    for (const each of [repo, other]) {
      for (const name of ['roots', 'reload']) each.write(`${name}.js`, BASE_TEXT);
      for (const name of MOVED) each.write(`lib/${name}.js`, LONG_TEXT);
      each.git('add', '--all');
      each.git('commit', '--quiet', '-m', 'Start');
      await installAgent(each);
    }
    repo.git('worktree', 'add', '--quiet', join(repo.root, 'linked'));
    editor = await openEditor({ folder: repo.dir, product: 'stable' });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    // Where the editor did not start, that is the failure to be told.
    await opened?.close();
    repo.dispose();
    other.dispose();
  });

  it('a window that is loaded again has its unsaved text, and who wrote it', async () => {
    await editor.open('reload.js');
    await accept(editor, 'reload.js');
    await isJournalled(repo, 'reload.js', 'return total');
    await editor.reload();
    await productIsActive(editor);
    await editor.untilText('reload.js', 'return total');
    await editor.open('reload.js');
    await until(() => isAccepted(editor, repo.dir, 'reload.js'), BUSY_MS, 'what was known before');
    assert.ok(!repo.read('reload.js').includes('total'), 'it is still not saved');
    await editor.press('Control+s');
  });

  it('several folders in one window, one of them a linked working tree: each has its own commit', async () => {
    const file = join(repo.root, 'several.code-workspace');
    const folders = [repo.dir, other.dir, join(repo.root, 'linked')];
    writeFileSync(file, JSON.stringify({ folders: folders.map((path) => ({ path })) }));
    const window = await editor.openWindow(file);
    await productIsActive(window);
    await window.page.bringToFront();
    for (const folder of folders) {
      const name = join(folder, 'roots.js');
      await window.open(name);
      await accept(window, name);
      await window.press('Control+s');
      await until(() => readFileSync(name, 'utf8').includes('return total'), BUSY_MS, `${name} on disk`);
      assert.ok(await isAccepted(window, folder, 'roots.js'), name);
    }
    for (const cwd of folders) {
      repo.git('commit', '--quiet', '-m', 'Accepted', '--', 'roots.js', { cwd });
      const message = repo.git('log', '-1', '--format=%B', { cwd });
      assert.equal(message.split('\n')[2]?.startsWith(ALL_OF_IT), true, `${cwd}: ${message}`);
    }
    await window.page.close();
  });

  it('a folder that is renamed takes along what is known of its files, open or not, and what is committed stays so', async () => {
    await editor.page.bringToFront();
    for (const name of MOVED) {
      await editor.open(`lib/${name}.js`);
      await accept(editor, `lib/${name}.js`);
      await isJournalled(repo, `lib/${name}.js`, 'return total');
      if (name === 'unsaved') continue;
      await editor.press('Control+s');
      await until(() => repo.read(`lib/${name}.js`).includes('return total'), BUSY_MS, `${name} on disk`);
      if (name === 'closed') await editor.run('workbench.action.closeActiveEditor');
    }
    await editor.inHost(renameFolder, { from: join(repo.dir, 'lib'), to: join(repo.dir, 'moved') });
    for (const name of MOVED) {
      const file = `moved/${name}.js`;
      await editor.open(file);
      let now: Classes = [];
      const isKnown = async (): Promise<boolean> => {
        now = changed((await linesOf(editor, repo.dir, file)) ?? []);
        return JSON.stringify(now) === JSON.stringify(Object.entries(ACCEPTED));
      };
      await until(isKnown, BUSY_MS, '').catch(() => assert.deepEqual(now, Object.entries(ACCEPTED), file));
      await isJournalled(repo, file, 'return total');
      await editor.press('Control+s');
      await until(() => repo.read(file).includes('return total'), BUSY_MS, `${file} on disk`);
    }
    repo.git('add', '--all', 'lib', 'moved');
    repo.git('commit', '--quiet', '-m', 'Moved', '--', 'lib', 'moved');
    assert.match(
      repo.git('log', '-1', '--format=%B'),
      /^AI-Provenance: v1 ai=12 mixed=0 human=3 unknown=0 ai-deleted=0 /m,
    );
  });

  it('says of a file over the limit that it is not tracked', async () => {
    repo.write('large.txt', 'a line that is not short\n'.repeat(250_000));
    await editor.page.bringToFront();
    await editor.open('large.txt', 0);
    await says(editor, 'too large');
    assert.equal(await linesOf(editor, repo.dir, 'large.txt'), null);
  });
});

describe('a workspace that is not trusted', () => {
  let repo: ScratchRepo;
  let opened: Editor | null = null;

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  it('starts no git and writes nothing, and says so', async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    repo.commitFile('a.js', BASE_TEXT);
    const { PATH = '' } = process.env;
    const programs = join(repo.root, 'programs');
    const started = join(repo.root, 'started');
    mkdirSync(programs);
    writeFileSync(join(programs, 'git'), `#!/bin/sh\necho "$*" >> '${started}'\n`);
    chmodSync(join(programs, 'git'), 0o755);
    const before = filesIn(join(repo.dir, '.git'));
    const env = { PATH: `${programs}:${PATH}` };
    const editor = await openEditor({
      folder: repo.dir,
      product: 'stable',
      trusted: false,
      // Nobody is asked: the window is restricted from its start.
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
      env,
    });
    opened = editor;
    await productIsActive(editor);
    await editor.open('a.js');
    await accept(editor, 'a.js');
    await editor.press('Control+s');
    await until(() => repo.read('a.js').includes('return total'), BUSY_MS, 'the save');
    assert.equal(await linesOf(editor, repo.dir, 'a.js'), null);
    await says(editor, 'This workspace is not trusted: Hunkmark starts no process and writes nothing.');
    assert.equal(existsSync(started), false, existsSync(started) ? readFileSync(started, 'utf8') : '');
    assert.deepEqual(filesIn(join(repo.dir, '.git')), before);
  });
});

async function accept(editor: Editor, file: string): Promise<void> {
  await editor.type('//ai');
  await editor.ghostText();
  await editor.press('Tab');
  await editor.untilText(file, 'return total');
}

async function renameFolder(
  vscode: typeof VSCode,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(vscode.Uri.file(from), vscode.Uri.file(to));
  await vscode.workspace.applyEdit(edit);
}

type Classes = readonly (readonly [string, string])[];

/** The lines of `file` that are not as they were, white space alone apart. */
function changed(
  seen: readonly { readonly text: string; readonly origin: { readonly class: string } }[],
): Classes {
  return seen
    .filter(({ text, origin }) => /\w/.test(text) && origin.class !== 'base')
    .map(({ text, origin }) => [text, origin.class]);
}

async function isAccepted(editor: Editor, folder: string, file: string): Promise<boolean> {
  const seen = (await linesOf(editor, folder, file)) ?? [];
  return JSON.stringify(changed(seen)) === JSON.stringify(Object.entries(ACCEPTED));
}

/** The status item, as a screen reader says it. */
async function says(editor: Editor, words: string): Promise<void> {
  const item = editor.page.locator(
    `.statusbar-item [aria-label*="${words}"], .statusbar-item[aria-label*="${words}"]`,
  );
  await item.first().waitFor();
}
