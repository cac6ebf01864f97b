import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type * as VSCode from 'vscode';
import { developmentFolder } from './product';
import { installVsix, startServer, type Server } from './server';

export type Theme = 'light' | 'dark' | 'high contrast' | 'high contrast light';

export interface EditorOptions {
  /** The folder that is opened, or a `.code-workspace` file. */
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
  /** Until an inline completion is to be seen and its keys work. */
  ghostText(): Promise<void>;
  /** Until a condition of the editor's keybindings holds. */
  until(condition: Condition): Promise<void>;
  /** Until the document of a file contains a text. */
  untilText(file: string, part: string): Promise<void>;
  run(command: string, ...args: unknown[]): Promise<void>;
  textOf(file: string): Promise<string>;
  screenshot(name: string): Promise<string>;
  /** Loads the window again, with an extension host of its own. */
  reload(): Promise<void>;
  /** Ends the extension host as a crash does, at once. The next one starts when the window is loaded again. */
  killHost(): Promise<void>;
  /** Another window of the same editor on a folder or a `.code-workspace` file. */
  openWindow(folder: string): Promise<Editor>;
  close(): Promise<void>;
}

/** Deadlines are for a machine that is busy with other things; nothing waits so long on an idle one. */
const READY_MS = 90_000;
const HOST_MS = 60_000;
const SHOWN_MS = 60_000;
const KEY_MS = 10;
/** A server or a browser that does not come up says nothing of the product. */
const STARTS = 3;

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

/** The editor tells nobody whether a condition holds; keys that have it do something where it does. */
const CONDITIONS = {
  'an inline completion': {
    keys: 'Control+Alt+F6',
    when: 'inlineSuggestionVisible && cursorBeforeGhostText && editorTextFocus',
  },
  'a next edit to jump to': {
    keys: 'Control+Alt+F7',
    when: 'inlineEditIsVisible && tabShouldJumpToInlineEdit',
  },
  'a next edit to accept': {
    keys: 'Control+Alt+F8',
    when: 'inlineEditIsVisible && tabShouldAcceptInlineEdit',
  },
  'a suggestion': {
    keys: 'Control+Alt+F9',
    when: 'suggestWidgetVisible && suggestWidgetHasFocusedSuggestion && suggestionMakesTextEdit && textInputFocus',
  },
  'a file to name in the explorer': { keys: 'Control+Alt+F10', when: 'filesExplorerFocus && !inputFocus' },
} as const;

export type Condition = keyof typeof CONDITIONS;

const KEYBINDINGS = [
  { key: 'ctrl+alt+i', command: 'editor.action.inlineSuggest.trigger' },
  { key: 'ctrl+alt+l', command: 'editor.action.inlineSuggest.acceptNextLine' },
  ...Object.values(CONDITIONS).map(({ keys, when }) => ({
    key: keys.toLowerCase().replace('control', 'ctrl'),
    command: 'hunkmark-bed.holds',
    when,
  })),
  // What follows a key that accepted nothing.
  { key: 'ctrl+alt+n', command: 'hunkmark.accepted' },
];

export async function openEditor(options: EditorOptions): Promise<Editor> {
  for (let start = 1; ; start++)
    try {
      return await startEditor(options);
    } catch (error) {
      if (start === STARTS) throw error;
      console.log(`The editor did not start, and is started again: ${String(error)}`);
    }
}

async function startEditor(options: EditorOptions): Promise<Editor> {
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
  let browser: BrowserContext | null = null;
  try {
    browser = await openBrowser(work);
    const address = (folder: string): string => addressOf(server, folder, development);
    const page = browser.pages()[0] ?? (await browser.newPage());
    return await openWindow({ work, page, browser, server, address, portFile }, options.folder);
  } catch (error) {
    await browser?.close().catch(() => undefined);
    await server.stop();
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

interface Parts {
  readonly work: string;
  readonly page: Page;
  readonly browser: BrowserContext;
  readonly server: Server;
  readonly address: (folder: string) => string;
  /** Where the extension host that has started last has put its port. */
  readonly portFile: string;
}

async function openWindow(parts: Parts, folder: string): Promise<Editor> {
  parts.page.setDefaultTimeout(SHOWN_MS);
  // The browser asks before a window with unsaved text goes.
  parts.page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
  await parts.page.goto(parts.address(folder), { timeout: READY_MS });
  return editorOn(parts, folder, await hostOf(parts));
}

/** The port of the extension host that starts now. */
async function hostOf({ page, portFile }: Parts): Promise<string> {
  await page.waitForSelector('.monaco-workbench', { timeout: READY_MS });
  await until(() => existsSync(portFile), READY_MS, 'the extension host');
  const port = readFileSync(portFile, 'utf8');
  rmSync(portFile);
  return port;
}

function editorOn(parts: Parts, folder: string, firstPort: string): Editor {
  const { work, page, browser, server } = parts;
  let port = firstPort;
  const editor: Editor = {
    page,
    work,
    inHost: (run, argument) => ask(port, run.toString(), argument),
    async open(file, line = -1, column = 0) {
      await editor.inHost(showFile, { path: resolve(folder, file), line, column });
      await page.waitForSelector(
        `.editor-group-container.active .tab.active[data-resource-name="${basename(file)}"]`,
      );
      await page.waitForSelector('.editor-group-container.active .monaco-editor.focused');
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
      // By itself, or after the keys that ask for it.
      if (!(await seen(page, '[class*=ghost-text]', 5000))) await page.keyboard.press('Control+Alt+i');
      await editor.until('an inline completion');
    },
    async until(condition) {
      await until(() => holds(editor, condition), SHOWN_MS, condition);
    },
    async untilText(file, part) {
      await until(async () => (await editor.textOf(file)).includes(part), SHOWN_MS, `${part} in ${file}`);
    },
    async run(command, ...args) {
      await editor.inHost(runCommand, { command, args });
    },
    textOf: (file) => editor.inHost(textOf, resolve(folder, file)),
    async screenshot(name) {
      const shots = process.env['SCREENSHOTS'] ?? join(work, 'screenshots');
      mkdirSync(shots, { recursive: true });
      const path = join(shots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    async reload() {
      await page.reload({ timeout: READY_MS });
      port = await hostOf(parts);
    },
    async killHost() {
      process.kill(await editor.inHost(() => process.pid, null), 'SIGKILL');
    },
    async openWindow(other) {
      return await openWindow({ ...parts, page: await browser.newPage() }, other);
    },
    async close() {
      await browser.close().catch(() => undefined);
      await server.stop();
      rmSync(work, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return Object.freeze(editor);
}

/** Presses the keys that have the condition, and asks whether they did anything. */
async function holds(editor: Editor, condition: Condition): Promise<boolean> {
  const before = await editor.inHost(timesHeld, null);
  await editor.press(CONDITIONS[condition].keys);
  for (let asked = 0; asked < 3; asked++) if ((await editor.inHost(timesHeld, null)) > before) return true;
  return false;
}

/** The window's answer comes after what it was asked to do before. */
async function timesHeld(vscode: typeof VSCode): Promise<number> {
  await vscode.commands.executeCommand('setContext', 'hunkmark-bed.asked', true);
  return (globalThis as unknown as { hunkmarkBed: { readonly held: number } }).hunkmarkBed.held;
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
    await pause(50);
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

function addressOf({ authority }: Server, folder: string, development: string): string {
  const payload = [['extensionDevelopmentPath', `vscode-remote://${authority}${development}`]];
  const what = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({ [what]: folder, payload: JSON.stringify(payload) });
  return `http://${authority}/?${query.toString()}`;
}

async function ask<R>(port: string, code: string, argument: unknown): Promise<R> {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    // A connection that is kept may be closed by the other side just when it is used again.
    headers: { connection: 'close' },
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
