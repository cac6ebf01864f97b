import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type * as VSCode from 'vscode';
import { installAgent } from '../../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../../support/scratch-repo';
import { openEditor, pause, THEMES, until, type Editor, type Theme } from './editor';
import { linesOf, productIsActive } from './provenance';

/** The pictures' names end with these. */
const SHOWN: Readonly<Partial<Record<Theme, string>>> = {
  light: 'light',
  dark: 'dark',
  'high contrast': 'contrast',
};

const SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'editor.renderLineHighlight': 'none',
  'workbench.layoutControl.enabled': false,
  'git.blame.statusBarItem.enabled': false,
};

/** Every view in every theme, each as one picture of nothing but the view. */
export async function takeScreenshots(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const repo = scratchRepo({ name: 'shop' });
  let editor: Editor | null = null;
  try {
    commitFirst(repo);
    editor = await openEditor({ folder: repo.dir, product: 'stable', settings: SETTINGS });
    await productIsActive(editor);
    const shoot = shooter(editor, folder);
    await consent(editor, shoot);
    await edits(editor, repo);
    await views(editor, shoot);
    await preview(editor, shoot);
  } finally {
    await editor?.close();
    repo.dispose();
  }
}

type Shoot = (name: string, what: Locator, before?: () => Promise<void>) => Promise<void>;

/** Takes one picture for each theme; `before` puts what a change of the theme takes away back again. */
function shooter(editor: Editor, folder: string): Shoot {
  return async (name, what, before = () => Promise.resolve()) => {
    for (const [theme, ending] of Object.entries(SHOWN)) {
      await editor.inHost(setTheme, THEMES[theme as Theme]);
      await pause(800);
      await before();
      await what.screenshot({ path: join(folder, `${name}-${ending}.png`) });
    }
  };
}

function setTheme(vscode: typeof VSCode, name: string): Thenable<void> {
  return vscode.workspace.getConfiguration('workbench').update('colorTheme', name, true);
}

const BEFORE = `"""What an order costs, and how it is paid."""

from gateway import send


def charge(order):
    total = sum(item.price for item in order.items)
    print("charging", total)
    print("for", order.customer)
    return send(order.customer, total)
`;

const BY_AGENT = `"""What an order costs, and how it is paid."""

from gateway import send

LIMIT = 500


def discount(order, total):
    if order.customer.is_new:
        return total * 0.9
    return total


def charge(order):
    total = sum(item.price for item in order.items)
    total = discount(order, total)
    return send(order.customer, total)
`;

const RATES = `RATES = {"EUR": 1.0, "USD": 1.08}


def convert(amount, currency):
    return amount * RATES[currency]
`;

const BY_NOBODY = '\n\ndef refund(order):\n    return send(order.customer, -order.total)\n';

function commitFirst(repo: ScratchRepo): void {
  repo.git('config', 'user.name', 'Ana Diaz');
  repo.git('config', 'user.email', 'ana@example.com');
  repo.commitFile('charge.py', BEFORE, 'feat: charge orders');
}

/** An agent adds and deletes, another program appends, and a person changes a word of the agent's. */
async function edits(editor: Editor, repo: ScratchRepo): Promise<void> {
  const agent = await installAgent(repo);
  await editor.run('workbench.action.closeAllEditors');
  await agent.edit('charge.py', BY_AGENT);
  await agent.edit('rates.py', RATES);
  repo.git('add', 'rates.py');
  appendFileSync(join(repo.dir, 'charge.py'), BY_NOBODY);
  await editor.open('charge.py', 9, 26);
  await until(async () => (await linesOf(editor, repo.dir, 'charge.py')) !== null, 15_000, 'the file');
  await editor.press('Backspace');
  await editor.type('85');
  await editor.press('Control+s');
  await pause(1500);
}

async function consent(editor: Editor, shoot: Shoot): Promise<void> {
  await editor.run('workbench.action.closeAuxiliaryBar');
  await editor.run('workbench.action.closeSidebar');
  await editor.run('hunkmark.setUp');
  const { page } = editor;
  const button = page.frameLocator('iframe.webview').frameLocator('#active-frame').locator('button.primary');
  await button.waitFor({ timeout: 20_000 });
  await page.setViewportSize({ width: 1000, height: 1120 });
  await shoot('consent', page.locator('.part.editor'));
  await button.click();
  await pause(1500);
}

async function views(editor: Editor, shoot: Shoot): Promise<void> {
  const { page } = editor;
  await page.setViewportSize({ width: 1100, height: 760 });
  await editor.run('workbench.view.scm');
  await page
    .locator('.pane-header', { hasText: 'Graph' })
    .first()
    .click({ position: { x: 40, y: 10 } });
  await editor.run('hunkmark.hunks.focus');
  await pause(4000);
  await shoot('tree', page.locator('.part.sidebar'));
  await editor.run('workbench.action.closeSidebar');
  await page.setViewportSize({ width: 900, height: 580 });
  await editor.open('charge.py', 12, 0);
  await pause(1000);
  await shoot('marks', page.locator('.part.editor'));
  await shoot('status', page.locator('.part.statusbar'));
  await page.setViewportSize({ width: 900, height: 660 });
  await shoot('hover', page.locator('.part.editor'), async () => {
    await editor.open('charge.py', 15, 4);
    await editor.run('editor.action.showHover');
    await page.locator('.monaco-hover-content').first().waitFor({ timeout: 10_000 });
    await pause(300);
  });
  await editor.press('Escape');
}

async function preview(editor: Editor, shoot: Shoot): Promise<void> {
  await editor.run('workbench.action.closeAllEditors');
  await editor.page.setViewportSize({ width: 900, height: 300 });
  await editor.run('hunkmark.previewTrailers');
  await pause(3000);
  await shoot('preview', editor.page.locator('.part.editor'));
}
