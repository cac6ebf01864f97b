import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as VSCode from 'vscode';
import type { Editor } from './editor';
import { productIsActive } from './provenance';

/** Milliseconds by the clock, and of the thread's processor: on a busy machine the first is the longer. */
export interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

export interface Handled extends Spent {
  readonly changes: number;
}

export interface Started {
  readonly loading: Spent;
  readonly activating: Spent;
}

export interface Busy {
  /** The longest that the extension host's thread was busy without a break. */
  readonly longest: Spent;
  readonly busy: Spent;
}

/** What `extensions/bed/meter.js` answers; for an editor that was opened with `METERED`. */
export interface Meter {
  started(): Promise<Started>;
  takeHandled(): Promise<readonly Handled[]>;
  forbidden(): Promise<readonly string[]>;
  control(): Promise<readonly string[]>;
  takeBusy(): Promise<Busy>;
}

/** The environment of an editor whose extension host measures the product. */
export const METERED = { BED_METER: '1' };

export function meterOf(editor: Editor): Meter {
  const ask = async (question: keyof Meter): Promise<unknown> => await editor.inHost(askMeter, question);
  return {
    started: async () => (await ask('started')) as Started,
    takeHandled: async () => (await ask('takeHandled')) as readonly Handled[],
    forbidden: async () => (await ask('forbidden')) as readonly string[],
    control: async () => (await ask('control')) as readonly string[],
    takeBusy: async () => (await ask('takeBusy')) as Busy,
  };
}

function askMeter(_vscode: typeof VSCode, question: keyof Meter): unknown {
  const { hunkmarkBed: bed } = globalThis as {
    hunkmarkBed?: { readonly meter: Record<keyof Meter, () => unknown> };
  };
  return bed?.meter[question]();
}

/** How many lines of an open file the product takes for a model's, counted there: the lines themselves are many. */
export async function modelLines(editor: Editor, path: string): Promise<number> {
  return await editor.inHost(countModels, { id: 'hunkmark.hunkmark', path });
}

interface Product {
  linesOf(uri: string): readonly { readonly class: string }[] | null;
}

function countModels(
  vscode: typeof VSCode,
  { id, path }: { readonly id: string; readonly path: string },
): number {
  const lines = vscode.extensions
    .getExtension<Product>(id)
    ?.exports?.linesOf(vscode.Uri.file(path).toString());
  return lines?.filter((origin) => origin.class === 'ai' || origin.class === 'mixed').length ?? 0;
}

/** Loads the window again: a new extension host starts, and with it the product. */
export async function reload(editor: Editor): Promise<void> {
  await editor.reload();
  await productIsActive(editor);
}

/** Outside the tests: installs the editor that they use, where it is missing; says why it cannot, else null. */
export async function whyNoEditor(): Promise<string | null> {
  const file = join(__dirname, '..', '..', '..', '..', 'test', 'e2e', 'editor', 'install.mjs');
  const { useEditor } = (await import(pathToFileURL(file).href)) as { useEditor: () => void };
  try {
    useEditor();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
