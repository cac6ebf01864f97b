import assert from 'node:assert/strict';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, type Editor } from './editor';
import { pack } from './product';
import { linesOf, productIsActive } from './provenance';

describe('the .vsix', () => {
  let repo: ScratchRepo;
  let editor: Editor;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    editor = await openEditor({ folder: repo.dir, product: { vsix: pack(repo.root) } });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    // Where the editor did not start, that is the failure to be told.
    await opened?.close();
    repo.dispose();
  });

  it('is installed, activates by itself, and knows an accepted completion from what is typed', async () => {
    await editor.open('a.js');
    await editor.type('//one');
    await editor.ghostText();
    await editor.press('Tab');
    await editor.untilText('a.js', 'two three');
    await editor.press('Enter');
    await editor.type('let b');
    await editor.untilText('a.js', 'let b');
    const lines = await linesOf(editor, repo.dir, 'a.js');
    assert.deepEqual(
      lines?.map(({ text, origin }) => [text, origin.class]),
      [
        ['const a = 1;', 'base'],
        ['//one one two three', 'mixed'],
        ['let b', 'human'],
      ],
    );
  });
});
