import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { installAgent, type AgentHooks } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, until, type Editor } from './editor';
import { productIsActive } from './provenance';

const line = (name: string): string => `export const ${name} = compute(${name}Input);\n`;
const lines = (...names: string[]): string => names.map(line).join('');

// The pull-request extension needs GitHub, so a stand-in serves the documents, under the addresses that the real one makes
// (seen in its version 0.162: `toPRUri`, `toReviewUri` and their callers). Texts and history are of real commits.
describe('the diffs of a pull request, in documents that a stand-in for its extension serves', () => {
  let repo: ScratchRepo;
  let agent: AgentHooks;
  let editor: Editor;
  let base: string;
  let head: string;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    repo.write('pay/charge.ts', lines('one', 'two', 'three', 'four', 'five'));
    repo.write('lib/old.ts', lines('alpha', 'beta', 'gamma', 'delta', 'omega'));
    repo.write('gone.ts', lines('first', 'last'));
    base = commit('start');
    repo.git('switch', '--quiet', '-c', 'topic');
    agent = await installAgent(repo);
    await agent.edit('pay/charge.ts', lines('one', 'two', 'four', 'five', 'six', 'seven'));
    await agent.edit('added.ts', lines('fresh'));
    commit('feat: by the agent');
    repo.git('mv', 'lib', 'src');
    repo.git('mv', 'src/old.ts', 'src/new.ts');
    await agent.edit('src/new.ts', lines('alpha', 'beta', 'gamma', 'zeta', 'omega'));
    await agent.edit('gone.ts', '');
    repo.git('rm', '--quiet', '--force', 'gone.ts');
    commit('feat: renamed');
    repo.write('pay/charge.ts', `${repo.read('pay/charge.ts')}${line('typed')}`);
    head = commit('feat: by hand');
    repo.git('switch', '--quiet', 'main');
    editor = await openEditor({ folder: repo.dir, product: 'stable', theme: 'dark', settings: SETTINGS });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  function commit(message: string): string {
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', message);
    return repo.git('rev-parse', 'HEAD').trim();
  }

  describe('that is not checked out', () => {
    const pr = (side: 'base' | 'head', fileName: string, previousFileName?: string): Address => ({
      scheme: 'pr',
      path: join(repo.dir, side === 'base' ? (previousFileName ?? fileName) : fileName),
      query: {
        baseCommit: base,
        headCommit: head,
        isBase: side === 'base',
        fileName,
        prNumber: 7,
        status: previousFileName === undefined ? 1 : 3,
        remoteName: 'origin',
        ...(previousFileName === undefined ? {} : { previousFileName }),
      },
    });

    it('marks what a model has taken out on the left, and what it wrote on the right', async () => {
      await diff(pr('base', 'pay/charge.ts'), pr('head', 'pay/charge.ts'));
      await sees('gone 3,1', 'ai 5,2');
      await editor.screenshot('pull-request-dark');
    });

    it('says in the hover who took a line out', async () => {
      await editor.inHost(caretOnLeft, 2);
      await editor.inHost(showHover, null);
      const hover = editor.page.locator('.monaco-hover-content', { hasText: 'feat: by the agent' }).first();
      await hover.waitFor();
      assert.match(await hover.innerText(), /Claude Code/);
      await editor.press('Escape');
    });

    it('marks a file under both of its names', async () => {
      await diff(pr('base', 'src/new.ts', 'lib/old.ts'), pr('head', 'src/new.ts', 'lib/old.ts'));
      await sees('gone 4,1', 'ai 4,1');
    });

    it('marks a file that was added, and one that was deleted', async () => {
      await diff(pr('base', 'added.ts'), pr('head', 'added.ts'));
      await sees('', 'ai 1,1');
      await diff(pr('base', 'gone.ts'), pr('head', 'gone.ts'));
      await sees('gone 1,2', '');
    });
  });

  describe('that is checked out', () => {
    before(() => {
      repo.git('switch', '--quiet', 'topic');
    });

    const review = (path: string, query: Partial<ReviewQuery> & { readonly path: string }): Address => ({
      scheme: 'review',
      path,
      query: { commit: base, base: true, isOutdated: false, rootPath: repo.dir, ...query },
    });
    const file = (name: string): Address => ({ scheme: 'file', path: join(repo.dir, name), query: null });

    it('marks both sides of the diff with the file on disk', async () => {
      await diff(review(join(repo.dir, 'pay/charge.ts'), { path: 'pay/charge.ts' }), file('pay/charge.ts'));
      await sees('gone 3,1', 'ai 5,2');
    });

    it('marks a file under both of its names, though the address has only the new one', async () => {
      await diff(review(join(repo.dir, 'src/new.ts'), { path: 'lib/old.ts' }), file('src/new.ts'));
      await sees('gone 4,1', 'ai 4,1');
    });

    it('marks a file that was added, and one that was deleted', async () => {
      await diff(review(join(repo.dir, 'added.ts'), { path: 'added.ts', commit: '' }), file('added.ts'));
      await sees('', 'ai 1,1');
      const gone = join(repo.dir, 'gone.ts');
      await diff(review(gone, { path: 'gone.ts' }), review(gone, { path: gone, commit: '', base: false }));
      await sees('gone 1,2', '');
    });

    it('marks a commit of it, whose documents have no path of their own', async () => {
      const path = `/commit~${head.slice(0, 8)}/pay/charge.ts`;
      const one = { path: 'pay/charge.ts', commit: head, isOutdated: true };
      await diff(review(path, { ...one, base: true }), review(path, { ...one, base: false }));
      await sees('ai 5,2', 'ai 5,2');
    });

    it('says nothing, and nothing in the log, of a commit that is not here', async () => {
      const missing = '0123456789abcdef0123456789abcdef01234567';
      await diff(
        review(join(repo.dir, 'pay/charge.ts'), { path: 'pay/charge.ts', commit: missing }),
        file('pay/charge.ts'),
      );
      await sees('', 'ai 5,2');
    });
  });

  async function diff(left: Address, right: Address): Promise<void> {
    await editor.inHost(openDiff, { left, right });
  }

  /** What is marked on the left and on the right: `CLASS START,COUNT …`, lines 1-based, `gone` of what was taken out. */
  async function sees(left: string, right: string): Promise<void> {
    let now: readonly string[] = [];
    const isSo = async (): Promise<boolean> => {
      now = await editor.inHost(marks, 'hunkmark.hunkmark');
      return now.join('|') === [left, right].join('|');
    };
    await until(isSo, 20_000, '').catch(() => assert.deepEqual(now, [left, right]));
  }
});

const SETTINGS = {
  'diffEditor.useInlineViewWhenSpaceIsLimited': false,
  'diffEditor.renderSideBySide': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
};

interface ReviewQuery {
  readonly path: string;
  readonly commit: string;
  readonly base: boolean;
  readonly isOutdated: boolean;
  readonly rootPath: string;
}

interface Address {
  readonly scheme: 'file' | 'pr' | 'review';
  readonly path: string;
  readonly query: object | null;
}

async function openDiff(
  vscode: typeof VSCode,
  { left, right }: { readonly left: Address; readonly right: Address },
): Promise<void> {
  const uri = ({ scheme, path, query }: Address): VSCode.Uri =>
    vscode.Uri.file(path).with({ scheme, query: query === null ? '' : JSON.stringify(query) });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('vscode.diff', uri(left), uri(right), 'Pull Request');
}

interface Exports {
  committed(uri: string): {
    readonly runs: readonly { readonly start: number; readonly count: number; readonly class: string }[];
    readonly gone: readonly { readonly start: number; readonly count: number }[];
  } | null;
  settled(): Promise<void>;
}

async function marks(vscode: typeof VSCode, id: string): Promise<string[]> {
  const product = vscode.extensions.getExtension<Exports>(id)?.exports;
  await product?.settled();
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputTextDiff)) return [];
  return [input.original, input.modified].map((uri) => {
    const { runs = [], gone = [] } = product?.committed(uri.toString()) ?? {};
    return [
      ...runs.map((run) => `${run.class} ${run.start + 1},${run.count}`),
      ...gone.map((run) => `gone ${run.start + 1},${run.count}`),
    ].join(' ');
  });
}

async function caretOnLeft(vscode: typeof VSCode, at: number): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.compareEditor.focusSecondarySide');
  const editor = vscode.window.activeTextEditor;
  if (editor) editor.selection = new vscode.Selection(at, 2, at, 2);
}

async function showHover(vscode: typeof VSCode): Promise<void> {
  await vscode.commands.executeCommand('editor.action.showHover');
}
