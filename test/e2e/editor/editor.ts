import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type * as VSCode from 'vscode';
import { developmentFolder } from './product';
import { installVsix, startServer, type Server } from './server';

export type Theme = 'light' | 'dark' | 'high contrast' | 'high contrast light';

export interface EditorOptions {
  /** The folder that is opened. */
  readonly folder: string;
  /**
   * How Hunkmark is there: not at all; under development on the stable API; under development with the editor's own
   * change reasons (a proposed API); or installed from a .vsix, whose path is given.
   */
  readonly product: 'none' | 'stable' | 'proposed' | { readonly vsix: string };
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly keybindings?: readonly Readonly<Record<string, unknown>>[];
  readonly theme?: Theme;
  /** Default true. */
  readonly trusted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A real VS Code in a real browser. Positions are 0-based, as in VS Code's API. */
export interface Editor {
  readonly page: Page;
  /** Settings, home and log of this editor. */
  readonly work: string;
  /** Runs a function in the extension host. It may use its two arguments only: its text is what is sent. */
  inHost<A, R>(run: (vscode: typeof VSCode, argument: A) => R | PromiseLike<R>, argument: A): Promise<R>;
  /** Opens a file of the folder with the caret there; line -1 is the last one. */
  open(file: string, line?: number, column?: number): Promise<void>;
  select(start: readonly [number, number], end: readonly [number, number]): Promise<void>;
  /** Presses keys one after the other: `press('Control+z', 'Tab')`. */
  press(...keys: string[]): Promise<void>;
  /** Types as a person does, a key at a time. */
  type(text: string): Promise<void>;
  /** Puts text from elsewhere into the clipboard. */
  copyFromElsewhere(text: string): Promise<void>;
  /** Until an inline completion is to be seen. */
  ghostText(): Promise<void>;
  run(command: string, ...args: unknown[]): Promise<void>;
  textOf(file: string): Promise<string>;
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

const READY_MS = 60_000;
const HOST_MS = 30_000;
const KEY_MS = 25;

/** The editor's own names. */
export const THEMES: Readonly<Record<Theme, string>> = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high contrast': 'Default High Contrast',
  'high contrast light': 'Default High Contrast Light',
};

const BED = 'hunkmark-tests.bed';
const PROPOSED = [BED, 'hunkmark-tests.completions', 'hunkmark-tests.chat'];

/** Suggestions only where a test asks for them, so that they do not take its keys. */
const SETTINGS = {
  'files.autoSave': 'off',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  '[javascript]': { 'editor.defaultFormatter': BED },
  'git.confirmSync': false,
};

const KEYBINDINGS = [
  { key: 'ctrl+alt+i', command: 'editor.action.inlineSuggest.trigger' },
  { key: 'ctrl+alt+l', command: 'editor.action.inlineSuggest.acceptNextLine' },
  // What follows a key that accepted nothing.
  { key: 'ctrl+alt+n', command: 'hunkmark.accepted' },
];

export async function openEditor(options: EditorOptions): Promise<Editor> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'hunkmark-editor-')));
  const portFile = join(work, 'bed.port');
  const { product } = options;
  if (typeof product === 'object') await installVsix(work, product.vsix);
  const development = developmentFolder(
    join(work, 'development'),
    typeof product === 'object' ? 'none' : product,
  );
  const server = await startServer({
    work,
    settings: { ...SETTINGS, 'workbench.colorTheme': THEMES[options.theme ?? 'light'], ...options.settings },
    keybindings: [...KEYBINDINGS, ...(options.keybindings ?? [])],
    proposed: product === 'proposed' ? [...PROPOSED, 'hunkmark.hunkmark'] : PROPOSED,
    trusted: options.trusted ?? true,
    env: { ...options.env, BED_PORT_FILE: portFile },
  });
  try {
    const browser = await openBrowser(work);
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(address(server, options.folder, development));
    await page.waitForSelector('.monaco-workbench', { timeout: READY_MS });
    await until(() => existsSync(portFile), READY_MS, 'the extension host');
    return editorOn({ work, page, browser, server, folder: options.folder, portFile });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Parts {
  readonly work: string;
  readonly page: Page;
  readonly browser: BrowserContext;
  readonly server: Server;
  readonly folder: string;
  readonly portFile: string;
}

function editorOn({ work, page, browser, server, folder, portFile }: Parts): Editor {
  const editor: Editor = {
    page,
    work,
    inHost: (run, argument) => ask(portFile, run.toString(), argument),
    async open(file, line = -1, column = 0) {
      await editor.inHost(showFile, { path: join(folder, file), line, column });
      await pause(200);
    },
    async select(start, end) {
      await editor.inHost(setSelection, { start, end });
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async type(text) {
      await page.keyboard.type(text, { delay: KEY_MS });
    },
    async copyFromElsewhere(text) {
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    },
    async ghostText() {
      const isThere = await seen(page, '[class*=ghost-text]', 3000);
      if (!isThere) await page.keyboard.press('Control+Alt+i');
      await page.waitForSelector('[class*=ghost-text]', { timeout: 10_000 });
      // The keybindings' conditions follow what is shown.
      await pause(300);
    },
    async run(command, ...args) {
      await editor.inHost(runCommand, { command, args });
    },
    textOf: (file) => editor.inHost(textOf, join(folder, file)),
    async screenshot(name) {
      const shots = process.env['SCREENSHOTS'] ?? join(work, 'screenshots');
      mkdirSync(shots, { recursive: true });
      const path = join(shots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    async close() {
      await browser.close().catch(() => undefined);
      await server.stop();
      rmSync(work, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return Object.freeze(editor);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Asks again and again; fails after the deadline, naming what did not come. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  deadline: number,
  what: string,
): Promise<void> {
  const end = Date.now() + deadline;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${deadline / 1000} s`);
    await pause(100);
  }
}

async function seen(page: Page, selector: string, timeout: number): Promise<boolean> {
  return await page.waitForSelector(selector, { timeout }).then(
    () => true,
    () => false,
  );
}

function openBrowser(work: string): Promise<BrowserContext> {
  const executablePath = process.env['CHROMIUM'];
  if (executablePath === undefined) throw new Error('no Chromium: run this test through `npm test -- FILE`');
  return chromium.launchPersistentContext(join(work, 'browser'), {
    executablePath,
    headless: true,
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    env: { ...definedEnvironment(), HOME: work },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function address({ authority }: Server, folder: string, development: string): string {
  const payload = [['extensionDevelopmentPath', `vscode-remote://${authority}${development}`]];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  return `http://${authority}/?${query.toString()}`;
}

async function ask<R>(portFile: string, code: string, argument: unknown): Promise<R> {
  const response = await fetch(`http://127.0.0.1:${readFileSync(portFile, 'utf8')}`, {
    method: 'POST',
    body: JSON.stringify({ code, argument }),
    signal: AbortSignal.timeout(HOST_MS),
  });
  const answer = (await response.json()) as { readonly value: R } | { readonly error: string };
  if ('error' in answer) throw new Error(`in the extension host: ${answer.error}`);
  return answer.value;
}

async function showFile(
  vscode: typeof VSCode,
  { path, line, column }: { readonly path: string; readonly line: number; readonly column: number },
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const caret = new vscode.Position(line < 0 ? document.lineCount + line : line, column);
  editor.selection = new vscode.Selection(caret, caret);
  editor.revealRange(new vscode.Range(caret, caret));
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
}

/** The command's answer comes from the window, after the selection has got there. */
async function setSelection(
  vscode: typeof VSCode,
  { start, end }: { readonly start: readonly [number, number]; readonly end: readonly [number, number] },
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor) editor.selection = new vscode.Selection(...start, ...end);
  await vscode.commands.executeCommand('setContext', 'hunkmark-bed.selected', true);
}

/** Not awaited where it opens a dialog: the answer would come only when the dialog is closed. */
async function runCommand(
  vscode: typeof VSCode,
  { command, args }: { readonly command: string; readonly args: readonly unknown[] },
): Promise<void> {
  const done = vscode.commands.executeCommand(command, ...args);
  await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 3000))]);
}

async function textOf(vscode: typeof VSCode, path: string): Promise<string> {
  return (await vscode.workspace.openTextDocument(vscode.Uri.file(path))).getText();
}
