import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { installAgent } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, until, type Editor } from './editor';
import { linesOf, productIsActive } from './provenance';
import { commitByKeys } from './scm';

const BEFORE = [
  'const one = 1;',
  'const two = 2;',
  'const three = 3;',
  'const four = 4;',
  'const five = 5;',
  '',
];
const BY_AGENT = 'export const made = 1;\nexport const also = 2;\n';

describe('a commit from the Source Control box', () => {
  let repo: ScratchRepo;
  let editor: Editor;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    // The editor's git has another home than the test's.
    repo.git('config', 'user.name', 'Scratch Person');
    repo.git('config', 'user.email', 'scratch@example.com');
    repo.commitFile('a.js', BEFORE.join('\n'));
    editor = await openEditor({ folder: repo.dir, product: 'stable' });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  it('has the trailers of what is staged, as the preview said: a completion, typing into it, and an agent', async () => {
    const agent = await installAgent(repo);
    await editor.open('a.js');
    await editor.type('//ai');
    await editor.ghostText();
    await editor.press('Tab');
    await until(async () => (await editor.textOf('a.js')).includes('return total'), 30_000, 'the completion');
    // `a + b` becomes `first + b`
    await editor.select([7, 16], [7, 17]);
    await editor.type('first');
    // The second hunk, which is not staged.
    await editor.open('a.js', 0);
    await editor.type('const zero = 0;');
    await editor.press('Enter', 'Control+s');
    await until(() => repo.read('a.js').includes('zero'), 30_000, 'the save');
    await agent.edit('b.js', BY_AGENT);
    const seen = await linesOf(editor, repo.dir, 'a.js');
    assert.deepEqual(
      seen?.slice(6).map(({ text, origin }) => [text, origin.class]),
      [
        ['//ai', 'human'],
        ['function fromAi(a, b) {', 'ai'],
        ['  const total = first + b;', 'mixed'],
        ['  return total;', 'ai'],
        ['}', 'ai'],
      ],
    );

    await editor.open('a.js');
    await editor.select([6, 0], [10, 1]);
    await editor.run('git.stageSelectedRanges');
    repo.git('add', 'b.js');
    await until(() => repo.git('diff', '--cached', '--name-only') === 'a.js\nb.js\n', 30_000, 'the index');
    assert.match(repo.git('diff'), /^\+const zero = 0;$/m);

    const previewed = await preview(editor);
    await commitByKeys(editor, join(repo.dir, 'b.js'), 'feat: from the box');
    await until(() => repo.git('rev-list', '--count', 'HEAD') === '2\n', 30_000, 'the commit');

    const message = repo.git('log', '-1', '--format=%B').trimEnd();
    const expected = [
      'AI-Provenance: v1 ai=5 mixed=1 human=1 unknown=0 ai-deleted=0 hunks=4 listed=4',
      'Assisted-by: claude-code',
      `AI-Hunk: a.js +7,1:${digest('function fromAi(a, b) {\n')} +9,2:${digest('  return total;\n}')} ai completion unidentified`,
      `AI-Hunk: a.js +8,1:${digest('  const total = first + b;\n')} mixed completion unidentified`,
      `AI-Hunk: b.js +1,2:${digest(BY_AGENT)} ai agent claude-code`,
    ];
    assert.deepEqual(message.split('\n'), ['feat: from the box', '', ...expected]);
    assert.deepEqual(previewed, expected);
  });
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** The trailers of the preview, which is a document of its own. */
async function preview(editor: Editor): Promise<string[]> {
  await editor.run('hunkmark.previewTrailers');
  let text = '';
  const isThere = async (): Promise<boolean> => {
    text = await editor.inHost(previewText, 'hunkmark-trailers');
    return text.includes('AI-Provenance');
  };
  await until(isThere, 30_000, 'the preview');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function previewText(vscode: typeof VSCode, scheme: string): string {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === scheme)?.getText() ?? '';
}
