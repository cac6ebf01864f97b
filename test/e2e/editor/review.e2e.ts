import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { installAgent, type AgentHooks } from '../../support/agent-edits';
import { writeHistory } from '../../support/long-history';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, pause, until, type Editor } from './editor';
import { productIsActive } from './provenance';

const PATH = 'pay/charge.ts';
const line = (name: string): string => `export const ${name} = compute(${name}Input);\n`;
const lines = (...names: string[]): string => names.map(line).join('');
const POLICY = `version: 1
systems:
  checkout: { tier: 1, owners: ["@pay-oncall"], paths: [pay/] }
tiers:
  1: { commit: acknowledge }
`;

describe('what a reviewer sees of commits', () => {
  let repo: ScratchRepo;
  let agent: AgentHooks;
  let editor: Editor;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(180_000);
    repo = scratchRepo();
    repo.git('config', 'user.name', 'Scratch Person');
    repo.git('config', 'user.email', 'scratch@example.com');
    repo.write('.hunkmark.yml', POLICY);
    repo.commitFile(PATH, lines('one', 'two', 'three', 'four', 'five'), 'start');
    repo.git('switch', '--quiet', '-c', 'topic');
    agent = await installAgent(repo);
    await agent.edit(PATH, lines('one', 'two', 'four', 'five', 'six', 'seven'));
    await agent.edit('web/page.ts', lines('page', 'title'));
    commit('feat: by the agent');
    repo.write(PATH, `${repo.read(PATH)}${line('typed')}`);
    commit('feat: by hand');
    const settings = {
      'diffEditor.useInlineViewWhenSpaceIsLimited': false,
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'chat.disableAIFeatures': true,
    };
    editor = await openEditor({ folder: repo.dir, product: 'stable', theme: 'dark', settings });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  function commit(message: string): void {
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', message);
  }

  it('marks committed lines in the file, and says in the hover where they come from', async () => {
    await editor.open(PATH, 4);
    await until(async () => (await seen()).length > 0, 15_000, 'the committed lines');
    assert.deepEqual(await seen(), [`file ${PATH}: ai 5,2`]);
    await editor.inHost(hover, null);
    await editor.page.waitForSelector('.monaco-hover-content:has-text("AI wrote this")', { timeout: 10_000 });
    const text = await editor.page.locator('.monaco-hover-content').first().innerText();
    for (const word of [
      'Claude Code',
      'feat: by the agent',
      'Scratch Person',
      'exact',
      'Acknowledged',
      'Tier 1: checkout',
    ])
      assert.ok(text.includes(word), `${word} in ${text}`);
    await editor.screenshot('review-hover-dark');
    await editor.press('Escape');
  });

  it('keeps the marks on their lines while something comes above', async () => {
    await editor.open(PATH, 0);
    await editor.inHost(insertAbove, '// above\n');
    await sees([`file ${PATH}: ai 6,2`]);
    await editor.inHost(revert, null);
    await sees([`file ${PATH}: ai 5,2`]);
  });

  it('marks both sides of the diff of a commit', async () => {
    await editor.inHost(openDiff, { file: join(repo.dir, PATH), from: 'HEAD~2', to: 'HEAD~1' });
    const found = [`git HEAD~2 ${PATH}: gone 3,1`, `git HEAD~1 ${PATH}: ai 5,2`];
    await sees(found);
    await editor.screenshot('review-diff-dark');
  });

  it('marks the index, and what is taken out of it', async () => {
    const file = 'web/page.ts';
    await agent.edit(file, lines('page', 'heading'));
    repo.git('add', file);
    await agent.edit(file, lines('heading'));
    await editor.inHost(openDiff, { file: join(repo.dir, file), from: 'HEAD', to: '' });
    const staged = [`git HEAD ${file}: ai 1,2 gone 2,1`, `git  ${file}: ai 1,1 ai 2,1`];
    await sees(staged);
    // The editor shows the last commit's text there until it has noticed what is staged.
    await editor.run('git.refresh');
    await pause(1500);
    await editor.inHost(openDiff, { file: join(repo.dir, file), from: '~', to: null });
    const unstaged = [`git ~ ${file}: ai 1,1 ai 2,1 gone 1,1`];
    await sees(unstaged);
  });

  it('shows a branch as tier, system, file and hunk, and keeps what was seen over an amended commit', async () => {
    repo.git('reset', '--quiet', '--hard');
    await editor.inHost(closeAll, null);
    // Rows that are not to be seen are not there.
    await editor.page.setViewportSize({ width: 1400, height: 2400 });
    await editor.run('hunkmark.reviewBranch');
    await collapseOthers();
    await rowsAre([
      'Tier 1',
      'checkout',
      'charge.ts',
      'deleted: line 3',
      'lines 5–6',
      'In no system',
      'page.ts',
      'lines 1–2',
    ]);
    await check('lines 5–6');
    await check('page.ts');
    await until(
      async () => (await checked()).join() === 'In no system,lines 1–2,lines 5–6,page.ts',
      10_000,
      'the checks',
    );
    // Only the second hunk is written anew; the first one moves.
    repo.git('reset', '--quiet', '--soft', 'HEAD~2');
    repo.write(PATH, `// above\n${repo.read(PATH)}`);
    await agent.edit('web/page.ts', lines('page', 'headline'));
    commit('feat: all in one');
    await until(async () => (await checked()).join() === 'lines 6–7', 15_000, 'the lines that are the same');
    await check('checkout');
    await until(async () => (await checked()).length === 5, 10_000, 'all that is below');
  });

  it('goes from hunk to hunk across files, and opens the diff of the branch', async () => {
    const lineOf = (): Promise<string> => editor.inHost(caret, repo.dir);
    await editor.run('hunkmark.nextReviewHunk');
    await editor.run('hunkmark.nextReviewHunk');
    await until(async () => (await lineOf()) === `${PATH} 6`, 10_000, 'the second hunk');
    await editor.run('hunkmark.nextReviewHunk');
    await until(async () => (await lineOf()) === 'web/page.ts 1', 10_000, 'the file after it');
    await editor.run('hunkmark.previousReviewHunk');
    await until(async () => (await lineOf()) === `${PATH} 6`, 10_000, 'the hunk before');
    await editor.page.setViewportSize({ width: 1400, height: 1100 });
    await pause(800);
    await editor.screenshot('review-diff-of-branch-dark');
    await editor.page.setViewportSize({ width: 1400, height: 2400 });
  });

  it('copies a summary', async () => {
    await editor.run('hunkmark.copyReviewSummary');
    const text = await editor.inHost(clipboard, null);
    assert.match(text, /^## AI hunks of `this branch` against `main`\n/);
    assert.match(
      text,
      /\n### Tier 1: `checkout`\n\n\*\*`pay\/charge\.ts`\*\*\n\n- \[x\] deleted: line 3, `claude-code/,
    );
  });

  it('shows one commit, and says calmly what cannot be known', async () => {
    await editor.run('hunkmark.reviewCommit', 'main');
    await until(async () => (await message()).includes('That proves nothing'), 10_000, 'the message');
    await rowsAre([]);
    await editor.run('hunkmark.reviewCommit', 'HEAD');
    await until(async () => (await rows()).includes('lines 6–7'), 10_000, 'the hunks of the commit');
  });

  for (const theme of ['Default Light Modern', 'Default High Contrast', 'Default High Contrast Light'])
    it(`can be looked at in ${theme}`, async () => {
      await editor.page.setViewportSize({ width: 1400, height: 1100 });
      await editor.inHost(useTheme, theme);
      await editor.run('hunkmark.reviewBranch');
      await until(async () => (await rows()).length > 3, 10_000, 'the tree');
      await editor.run('hunkmark.nextReviewHunk');
      await editor.run('hunkmark.nextReviewHunk');
      await pause(1500);
      await editor.screenshot(`review-${theme.replaceAll(' ', '-').toLowerCase()}`);
    });

  it('opens a branch of 200 commits', async () => {
    writeHistory(repo, { path: 'src/long.ts', lines: 1200, commits: 200, every: 2, ref: 'refs/heads/long' });
    const began = Date.now();
    await editor.run('hunkmark.reviewCommit', 'long');
    await editor.run('hunkmark.reviewAgainst', 'long~199');
    repo.git('checkout', '--quiet', 'long');
    await until(async () => (await rows()).some((row) => row === 'long.ts'), 20_000, 'the long branch');
    console.log(`the long branch is there after ${Date.now() - began} ms`);
    await editor.screenshot('review-long-branch');
  });

  const pane = '.pane:has(.pane-header[aria-label*="AI Review"])';
  const rows = async (): Promise<string[]> =>
    await editor.page.locator(`${pane} .monaco-list-row .label-name`).allInnerTexts();
  async function rowsAre(expected: readonly string[]): Promise<void> {
    await until(
      async () => (await rows()).join('|') === expected.join('|'),
      15_000,
      expected.join('|'),
    ).catch(async (error: Error) => assert.fail(`${error.message}; there is ${(await rows()).join('|')}`));
  }
  /** The other views of Source Control leave little room. */
  async function collapseOthers(): Promise<void> {
    const others = await editor.page.locator('.pane-header.expanded:not([aria-label*="AI Review"])').all();
    for (const header of others.toReversed()) await header.click({ timeout: 2000 }).catch(() => undefined);
    await pause(500);
  }
  async function message(): Promise<string> {
    return (await editor.page.locator(`${pane} .message`).allInnerTexts()).join(' ');
  }
  async function check(label: string): Promise<void> {
    const row = editor.page.locator(`${pane} .monaco-list-row`, { hasText: label }).first();
    await row.locator('.custom-view-tree-node-item-checkbox').click();
  }
  async function checked(): Promise<string[]> {
    const on = editor.page.locator(`${pane} .monaco-list-row`, {
      has: editor.page.locator('.custom-view-tree-node-item-checkbox.codicon-check'),
    });
    return (await on.locator('.label-name').allInnerTexts()).toSorted();
  }

  async function sees(wanted: readonly string[]): Promise<void> {
    let now: readonly string[] = [];
    const isThere = async (): Promise<boolean> => {
      now = await seen();
      return wanted.every((one) => now.includes(one));
    };
    await until(isThere, 15_000, '').catch(() => assert.deepEqual(now, wanted));
  }

  /** `SCHEME [REF] PATH: CLASS START,COUNT …` of each document that can be seen, lines 1-based. */
  async function seen(): Promise<string[]> {
    const found = await editor.inHost(committed, { id: 'hunkmark.hunkmark', root: repo.dir });
    return found.filter((one) => !one.endsWith(':'));
  }
});

interface Exports {
  committed(uri: string): {
    readonly runs: readonly { readonly start: number; readonly count: number; readonly class: string }[];
    readonly gone: readonly { readonly start: number; readonly count: number }[];
  } | null;
}

function committed(
  vscode: typeof VSCode,
  { id, root }: { readonly id: string; readonly root: string },
): string[] {
  const product = vscode.extensions.getExtension<Exports>(id)?.exports;
  return vscode.window.visibleTextEditors.flatMap(({ document: { uri } }) => {
    const state = product?.committed(uri.toString());
    if (!state) return [];
    const ref = uri.scheme === 'git' ? ` ${(JSON.parse(uri.query) as { ref: string }).ref}` : '';
    const runs = state.runs.map((run) => ` ${run.class} ${run.start + 1},${run.count}`);
    const gone = state.gone.map((run) => ` gone ${run.start + 1},${run.count}`);
    return `${uri.scheme}${ref} ${uri.fsPath.slice(root.length + 1)}:${runs.join('')}${gone.join('')}`;
  });
}

async function hover(vscode: typeof VSCode): Promise<void> {
  await vscode.commands.executeCommand('editor.action.showHover');
}

async function insertAbove(vscode: typeof VSCode, text: string): Promise<void> {
  await vscode.window.activeTextEditor?.edit((builder) => builder.insert(new vscode.Position(0, 0), text));
}

async function revert(vscode: typeof VSCode): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

async function openDiff(
  vscode: typeof VSCode,
  { file, from, to }: { readonly file: string; readonly from: string; readonly to: string | null },
): Promise<void> {
  const uri = vscode.Uri.file(file);
  const at = (ref: string): VSCode.Uri =>
    uri.with({ scheme: 'git', query: JSON.stringify({ path: file, ref }) });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('vscode.diff', at(from), to === null ? uri : at(to), 'diff');
}

async function closeAll(vscode: typeof VSCode): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('workbench.view.scm');
}

function caret(vscode: typeof VSCode, root: string): string {
  const editor = vscode.window.activeTextEditor;
  return editor
    ? `${editor.document.uri.fsPath.slice(root.length + 1)} ${editor.selection.active.line + 1}`
    : '';
}

function clipboard(vscode: typeof VSCode): PromiseLike<string> {
  return vscode.env.clipboard.readText();
}

async function useTheme(vscode: typeof VSCode, theme: string): Promise<void> {
  await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
}
