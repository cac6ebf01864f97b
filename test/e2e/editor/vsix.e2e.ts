import assert from 'node:assert/strict';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, pause, type Editor } from './editor';
import { pack } from './product';
import { linesOf, productIsActive } from './provenance';

describe('the .vsix', () => {
  let repo: ScratchRepo;
  let editor: Editor;

  before(async function () {
    this.timeout(180_000);
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
    editor = await openEditor({ folder: repo.dir, product: { vsix: pack(repo.root) } });
    await productIsActive(editor);
  });

  after(async () => {
    await editor.close();
    repo.dispose();
  });

  it('is installed, activates by itself, and knows an accepted completion from what is typed', async () => {
    await editor.open('a.js');
    await editor.type('//one');
    await editor.ghostText();
    await editor.press('Tab', 'Enter');
    await editor.type('let b');
    await pause(400);
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
