import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import { installAgent, type AgentHooks } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, pause, THEMES, until, type Editor } from './editor';
import { productIsActive } from './provenance';
import { askChat, chatIsReady, type Desk } from './rows/row';
import { commitByKeys } from './scm';

const POLICY = `version: 1
systems:
  checkout:
    tier: 1
    owners: ["@pay-oncall", "ana@example.com"]
    paths: ["pay/"]
tiers:
  1:
    warn: warning
    commit: acknowledge
    unknown: warn
    until: 2099-12-31
`;
const BEFORE = `function charge(total) {
  const fee = total * 0.1;
  return total + fee;
}
`;
const REPEATED = ['alpha', 'beta', 'gamma', 'delta'];
const guarded = (name: string): string =>
  `function ${name}(total) {\n  if (total > ${name}Limit) {\n    return null;\n  }\n  return total + ${name}Fee;\n}\n`;
const WAIT_MS = 30_000;

describe('a file of a critical system', () => {
  let repo: ScratchRepo;
  let editor: Editor;
  let agent: AgentHooks;
  let opened: Editor | null = null;

  before(async function () {
    this.timeout(400_000);
    repo = scratchRepo();
    repo.git('config', 'user.name', 'Scratch Person');
    repo.git('config', 'user.email', 'scratch@example.com');
    repo.write('.hunkmark.yml', POLICY);
    for (const file of ['typed', 'completed', 'chatted', 'agent', 'acked', 'marked'])
      repo.write(`pay/${file}.js`, BEFORE);
    repo.write('pay/repeated.js', REPEATED.map(guarded).join('\n'));
    for (const file of ['free', 'chat']) repo.write(`docs/${file}.js`, BEFORE);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', 'Start');
    agent = await installAgent(repo);
    editor = await openEditor({ folder: repo.dir, product: 'stable' });
    opened = editor;
    await productIsActive(editor);
  });

  after(async () => {
    await opened?.close();
    repo.dispose();
  });

  const desk = (file: string): Desk => ({ editor, repo, file, path: join(repo.dir, file) });
  const problems = (file: string): Promise<Problem[]> => editor.inHost(problemsOf, join(repo.dir, file));
  const become = async (file: string, expected: readonly string[]): Promise<readonly Problem[]> => {
    let found: readonly Problem[] = [];
    const isSo = async (): Promise<boolean> => {
      found = await problems(file);
      return JSON.stringify(found.map(short)) === JSON.stringify(expected);
    };
    await until(isSo, WAIT_MS, `${expected.join(', ') || 'quiet'} in ${file}`).catch((error: unknown) => {
      assert.deepEqual(found.map(short), expected, String(error));
    });
    return found;
  };
  const complete = async (file: string, line: number): Promise<void> => {
    await editor.open(file, line, 0);
    await editor.type('//ai');
    await editor.ghostText();
    await editor.press('Tab');
    await until(async () => (await editor.textOf(file)).includes('return total;'), WAIT_MS, 'the completion');
  };

  it('has a diagnostic on accepted lines before any save, which follows them and goes with them', async () => {
    const file = 'pay/completed.js';
    await complete(file, 4);
    const [problem] = await become(file, ['warning tier/ai-code 6-9']);
    assert.equal(
      problem?.message,
      'AI wrote these 4 lines (an assistant that is not identified) in checkout (tier 1). Owners: @pay-oncall, ana@example.com. ' +
        `Rule: commit: acknowledge, until 2099-12-31 (${daysUntil('2099-12-31')} days left). For a person to look at; no change of code is asked for.`,
    );
    await editor.open(file, 0, 0);
    await editor.type('const hand = 1;');
    await editor.press('Enter');
    await become(file, ['warning tier/ai-code 7-10']);
    await editor.select([6, 0], [9, 1]);
    await editor.press('Delete');
    await become(file, []);
  });

  it('is quiet about what a person types, and outside of every system', async () => {
    await editor.open('pay/typed.js', 0, 0);
    await editor.type('const typed = 1;');
    await complete('docs/free.js', 4);
    await become('pay/typed.js', []);
    await become('docs/free.js', []);
  });

  it('has one for what an agent wrote and one for what it deleted', async () => {
    await editor.open('pay/agent.js');
    await agent.edit(
      'pay/agent.js',
      BEFORE.replace('  const fee = total * 0.1;\n', '') + 'export { charge };\n',
    );
    await become('pay/agent.js', ['warning tier/ai-deletion 2-2', 'warning tier/ai-code 4-4']);
  });

  it('leads by keys to the policy and to the owners, and says itself to a screen reader', async () => {
    await editor.open('pay/agent.js', 3, 4);
    await quickFixes(editor);
    await editor.press('ArrowDown', 'ArrowDown', 'Enter');
    const isThere = async (): Promise<boolean> =>
      /paths: \["pay\/"\]/.test(await editor.inHost(lineAtCaret, null));
    await until(isThere, WAIT_MS, 'the line of the policy');
    await editor.open('pay/agent.js', 3, 4);
    await quickFixes(editor);
    await editor.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter');
    const rows = editor.page.locator('.quick-input-widget .monaco-list-row');
    await rows.first().waitFor({ timeout: WAIT_MS });
    const spoken = (await rows.all()).map((row) => row.getAttribute('aria-label'));
    assert.deepEqual(await Promise.all(spoken), [
      '@pay-oncall, checkout (tier 1)',
      'ana@example.com, checkout (tier 1)',
    ]);
    await editor.press('Escape');
    await editor.run('hunkmark.hunks.focus');
    const tree = editor.page.locator('.pane:has(.pane-header[aria-label*="AI Hunks"]) .monaco-list-row');
    const inTree = async (): Promise<string[]> =>
      await Promise.all((await tree.all()).map(async (row) => (await row.getAttribute('aria-label')) ?? ''));
    let labels: string[] = [];
    const hasHunks = async (): Promise<boolean> => {
      labels = await inTree();
      return labels.some((label) => label.startsWith('Deleted by AI, '));
    };
    await until(hasHunks, WAIT_MS, 'the hunks in the tree').catch((error: unknown) =>
      assert.fail(`${String(error)}\n${labels.join('\n')}`),
    );
    assert.ok(labels.every((label) => label !== ''));
  });

  it('is acknowledged from the keyboard, with a reason, and the commit says so; a hint stays', async () => {
    const file = 'pay/acked.js';
    await complete(file, 4);
    await become(file, ['warning tier/ai-code 6-9']);
    await editor.select([6, 4], [6, 4]);
    const fixes = await quickFixes(editor);
    assert.deepEqual(fixes.slice(0, 4), [
      'Acknowledge: I have looked at this…',
      'Mark as written by a person',
      'Open the policy where it says so',
      'Show the owners',
    ]);
    await editor.press('Escape');
    await editor.run('hunkmark.acknowledge');
    await editor.page.waitForSelector('.quick-input-widget input', { timeout: WAIT_MS });
    await editor.type('read it twice');
    await editor.press('Enter');
    const [hint] = await become(file, ['hint tier/ai-code 6-9']);
    assert.match(hint?.message ?? '', /^Acknowledged: AI wrote these 4 lines .* read it twice$/);
    await editor.press('Control+s');
    await until(() => repo.read(file).includes('return total;'), WAIT_MS, 'the save');
    repo.git('add', file);
    await commitByKeys(editor, join(repo.dir, file), 'feat: acked');
    await until(() => repo.git('rev-list', '--count', 'HEAD') === '2\n', 30_000, 'the commit');
    assert.match(
      repo.git('log', '-1', '--format=%B'),
      /^AI-Ack: 1\/1:[0-9a-f]{8} Scratch Person <scratch@example.com>$/m,
    );
    await become(file, []);
  });

  it('is acknowledged for good where lines repeat, and the editor cuts the ranges otherwise than git does', async () => {
    const file = 'pay/repeated.js';
    let text = REPEATED.map(guarded).join('\n');
    await editor.open(file);
    for (const [after, name] of [
      ['betaLimit) {\n', 'omega'],
      ['alphaLimit) {\n', 'psi'],
    ] as const) {
      text = text.replace(after, after + guarded(name));
      await agent.edit(file, text);
      await editor.untilText(file, name);
    }
    // The commit has two ranges, the first of lines 3 to 8.
    const found = ['warning tier/ai-code 3-4', 'warning tier/ai-code 7-10', 'warning tier/ai-code 16-21'];
    await become(file, found);
    await editor.select([0, 0], [30, 0]);
    await editor.run('hunkmark.acknowledge');
    await editor.page.waitForSelector('.quick-input-widget input', { timeout: WAIT_MS });
    await editor.press('Enter');
    await become(
      file,
      found.map((each) => each.replace('warning', 'hint')),
    );
    repo.git('commit', '--quiet', '-m', 'feat: repeated', '--', file);
    const message = repo.git('log', '-1', '--format=%B');
    assert.match(message, /^AI-Hunk: pay\/repeated\.js \+3,6:[0-9a-f]{8} \+16,6:/m);
    assert.match(message, /^AI-Ack: 2\/2:/m);
    await become(file, []);
  });

  it('is marked as a person’s by a quick fix, and is quiet then', async () => {
    const file = 'pay/marked.js';
    await complete(file, 4);
    await become(file, ['warning tier/ai-code 6-9']);
    await editor.select([6, 4], [6, 4]);
    await quickFixes(editor);
    await editor.press('ArrowDown', 'Enter');
    await become(file, []);
  });

  it('has a badge on its tab and in the Explorer, and its tier in the status item', async () => {
    await editor.open('pay/typed.js');
    await editor.run('workbench.view.explorer');
    await editor.run('workbench.files.action.showActiveFileInExplorer');
    for (const place of ['.tab.active', '.explorer-folders-view'])
      await until(async () => (await badges(editor, place)).includes('T1'), WAIT_MS, `the badge in ${place}`);
    await editor.open('pay/typed.js');
    const label = editor.page
      .locator('[id="hunkmark.hunkmark.hunkmark.status"], [id*="hunkmark.status"]')
      .first();
    await until(async () => /tier 1/.test((await label.textContent()) ?? ''), WAIT_MS, 'the tier');
    assert.match(
      (await label.locator('a, [aria-label]').first().getAttribute('aria-label')) ?? '',
      /This file is in checkout \(tier 1\)\. Owners: @pay-oncall, ana@example\.com\./,
    );
    await editor.open('docs/free.js');
    await until(async () => !/tier/.test((await label.textContent()) ?? ''), WAIT_MS, 'no tier');
    assert.ok(!(await badges(editor, '.tab.active')).includes('T1'));
  });

  it('has one for what a chat wrote, and an agent that mends what Problems names leaves it alone', async function () {
    this.timeout(150_000);
    await editor.open('docs/chat.js');
    await chatIsReady(desk('docs/chat.js'));
    await editor.open('pay/chatted.js');
    await askChat(editor, 'insert pay/chatted.js');
    await become('pay/chatted.js', ['warning tier/ai-code 2-3']);
    const before = await editor.textOf('pay/chatted.js');
    await askChat(editor, 'mend pay/chatted.js');
    // The same agent does mend what asks for it, and is asked in the same chat, after that.
    await editor.inHost(addProblem, join(repo.dir, 'docs/chat.js'));
    await editor.open('docs/chat.js');
    await askChat(editor, 'mend docs/chat.js');
    await editor.untilText('docs/chat.js', '// mended');
    assert.equal(await editor.textOf('pay/chatted.js'), before);
  });

  it('says before a commit what the check says after it', async () => {
    repo.git('add', 'pay/agent.js');
    await editor.run('workbench.view.scm');
    await editor.run('hunkmark.checkStaged');
    await editor.page.waitForSelector('.quick-input-widget .monaco-list-row', { timeout: WAIT_MS });
    const rows = await editor.page.locator('.quick-input-widget .monaco-list-row').allTextContents();
    assert.ok(
      rows.some((row) => /Error: 2 AI ranges in tier 1 system checkout are not acknowledged/.test(row)),
      rows.join('\n'),
    );
    await editor.press('Escape');
    await until(
      async () =>
        /Check: 1 error/.test(
          (await editor.page.locator('.split-view-view', { hasText: 'AI Hunks' }).first().textContent()) ??
            '',
        ),
      WAIT_MS,
      'the word in the view',
    );
  });

  it('can be looked at in every kind of theme', async function () {
    if (process.env['SCREENSHOTS'] === undefined) return this.skip();
    await editor.run('workbench.action.closeAuxiliaryBar');
    await editor.run('workbench.view.explorer');
    await editor.run('workbench.actions.view.problems');
    await editor.open('pay/agent.js', 3, 4);
    for (const theme of THEME_NAMES) {
      await editor.inHost(setTheme, THEMES[theme]);
      await pause(1500);
      await editor.screenshot(`tier-${theme.replaceAll(' ', '-')}`);
    }
    await editor.inHost(setTheme, THEMES.light);
    await quickFixes(editor);
    await editor.screenshot('tier-fixes');
    await editor.press('Escape');
    await editor.run('workbench.view.scm');
    await editor.run('hunkmark.hunks.focus');
    await pause(3000);
    await editor.screenshot('tier-check');
    await editor.run('hunkmark.checkStaged');
    await pause(2500);
    await editor.screenshot('tier-check-list');
    await editor.press('Escape');
  });

  it('helps while a policy is written: mistakes, words and their meaning', async () => {
    const file = '.hunkmark.yml';
    await editor.open(file);
    await editor.type('  2:');
    await editor.press('Enter');
    await editor.type('waarn: error');
    await become(file, ['error policy/invalid 14-14']);
    await editor.press('Control+z', 'Control+z');
    // An edit for a text that the undo has not reached yet is refused.
    const isReplaced = async (): Promise<boolean> => {
      await editor.inHost(replaceLast, { path: join(repo.dir, file), text: '    commit: ' });
      return (await editor.textOf(file)).endsWith('  2:\n    commit: ');
    };
    await until(isReplaced, WAIT_MS, 'the text to complete');
    assert.deepEqual(await suggestions(editor, 'acknowledge'), ['allow', 'acknowledge', 'block']);
    await editor.press('ArrowDown', 'Enter');
    await until(
      async () => (await editor.textOf(file)).endsWith('    commit: acknowledge'),
      WAIT_MS,
      'the word',
    );
    await become(file, []);
    const hover = await editor.inHost(hoverText, { path: join(repo.dir, file), line: 13, character: 6 });
    assert.match(hover, /What is asked at the commit\. Only block refuses one\./);
    await editor.run('workbench.action.files.revert');
  });
});

/** The list of suggestions at the end of the text, once it holds a word; one of an earlier key may still be open. */
async function suggestions(editor: Editor, word: string): Promise<(string | undefined)[]> {
  let words: (string | undefined)[] = [];
  const isShown = async (): Promise<boolean> => {
    await editor.press('Escape', 'Control+End', 'Control+Space');
    const row = editor.page.locator('.suggest-widget.visible .monaco-list-row');
    await row
      .filter({ hasText: word })
      .first()
      .waitFor({ timeout: 5000 })
      .catch(() => null);
    words = (await row.allTextContents()).map((text) => text.trim().split(/\s/)[0]);
    return words.includes(word);
  };
  await until(isShown, WAIT_MS, `${word} among the suggestions`);
  return words;
}

const THEME_NAMES = ['light', 'dark', 'high contrast', 'high contrast light'] as const;

async function setTheme(vscode: typeof VSCode, theme: string): Promise<void> {
  await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
}

interface Problem {
  readonly severity: string;
  readonly rule: string;
  readonly first: number;
  readonly last: number;
  readonly message: string;
}

function short({ severity, rule, first, last }: Problem): string {
  return `${severity} ${rule} ${first}-${last}`;
}

function daysUntil(day: string): number {
  return Math.round((Date.parse(day) - Date.parse(new Date().toISOString().slice(0, 10))) / 86_400_000);
}

function problemsOf(vscode: typeof VSCode, path: string): Problem[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(path))
    .filter(({ source }) => source === 'Hunkmark')
    .map(({ severity, code, range, message }) => ({
      severity: ['error', 'warning', 'information', 'hint'][severity] ?? '',
      rule: typeof code === 'object' ? String(code.value) : String(code),
      first: range.start.line + 1,
      last: range.end.line + 1,
      message,
    }))
    .sort((a, b) => a.first - b.first);
}

/** The titles of the quick fixes at the caret, as their list shows them. */
async function quickFixes(editor: Editor): Promise<string[]> {
  const isShown = async (): Promise<boolean> => {
    await editor.run('workbench.action.focusActiveEditorGroup');
    await editor.press('Escape', 'Control+.');
    const row = editor.page.locator('.action-widget .monaco-list-row.action').first();
    return await row.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  };
  await until(isShown, WAIT_MS, 'the quick fixes');
  const titles = await editor.page.locator('.action-widget .monaco-list-row.action').allTextContents();
  return titles.map((title) => title.trim());
}

/** What stands in the badges below an element: the editor draws them with style rules. */
async function badges(editor: Editor, below: string): Promise<string> {
  const script = `[...document.querySelectorAll(${JSON.stringify(`${below} [class*=monaco-decoration], ${below} .monaco-icon-label`)})]
    .map((each) => getComputedStyle(each, '::after').content).join(' ')`;
  return await editor.page.evaluate<string>(script);
}

function lineAtCaret(vscode: typeof VSCode): string {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.lineAt(editor.selection.active.line).text ?? '';
}

function addProblem(vscode: typeof VSCode, path: string): void {
  const collection = vscode.languages.createDiagnosticCollection('bed');
  collection.set(vscode.Uri.file(path), [
    new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), 'This name is misspelt.'),
  ]);
}

async function replaceLast(
  vscode: typeof VSCode,
  { path, text }: { readonly path: string; readonly text: string },
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(path);
  const edit = new vscode.WorkspaceEdit();
  const whole = document.getText().split('\n').slice(0, 12).join('\n');
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(document.uri, all, `${whole}\n  2:\n${text}`);
  await vscode.workspace.applyEdit(edit);
}

async function hoverText(
  vscode: typeof VSCode,
  { path, line, character }: { readonly path: string; readonly line: number; readonly character: number },
): Promise<string> {
  const hovers = await vscode.commands.executeCommand<VSCode.Hover[]>(
    'vscode.executeHoverProvider',
    vscode.Uri.file(path),
    new vscode.Position(line, character),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n')
    .replaceAll('&nbsp;', ' ');
}
