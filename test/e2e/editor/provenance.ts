import { join } from 'node:path';
import type * as VSCode from 'vscode';
import type { LineOrigin } from '../../../src/core/origin';
import { until, type Editor } from './editor';

/** A line of an open document as the product and the editor see it. */
export interface SeenLine {
  readonly text: string;
  readonly origin: LineOrigin;
}

interface Exports {
  linesOf(uri: string): readonly LineOrigin[] | null;
  settled(): Promise<void>;
}

const ID = 'hunkmark.hunkmark';
const ACTIVE_MS = 90_000;

/** Until the product is active; it activates by itself some time after the editor's start. */
export async function productIsActive(editor: Editor): Promise<void> {
  await until(() => editor.inHost(isActive, ID), ACTIVE_MS, 'the activation of Hunkmark');
}

/** Null: the product does not follow the document. All edits until now have been judged. */
export function linesOf(editor: Editor, folder: string, file: string): Promise<readonly SeenLine[] | null> {
  return editor.inHost(askProduct, { id: ID, path: join(folder, file) });
}

/** What the editor itself says of the changes of a document, a repeated one once, in order. */
export async function reasonsOf(editor: Editor, folder: string, file: string): Promise<readonly string[]> {
  const said = await editor.inHost(reasons, join(folder, file));
  return said.filter((reason, index) => reason !== said[index - 1]);
}

function isActive(vscode: typeof VSCode, id: string): boolean {
  return vscode.extensions.getExtension(id)?.isActive ?? false;
}

async function askProduct(
  vscode: typeof VSCode,
  { id, path }: { readonly id: string; readonly path: string },
): Promise<SeenLine[] | null> {
  const product = vscode.extensions.getExtension<Exports>(id)?.exports;
  const document = vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === 'file' && uri.fsPath === path,
  );
  if (!product || !document) return null;
  // The window's answer comes after all of its changes.
  await vscode.commands.executeCommand('setContext', 'hunkmark-bed.asked', true);
  await product.settled();
  const origins = product.linesOf(document.uri.toString());
  const lines = document.getText().split(/\r?\n/);
  return origins?.map((origin, line) => ({ text: lines[line] ?? '', origin })) ?? null;
}

function reasons(vscode: typeof VSCode, path: string): string[] {
  const bed = (globalThis as { hunkmarkBed?: { readonly reasons: readonly Reason[] } }).hunkmarkBed;
  const uri = vscode.Uri.file(path).toString();
  return (bed?.reasons ?? []).flatMap((reason) => (reason.uri === uri ? [reason.said] : []));
}

interface Reason {
  readonly uri: string;
  readonly said: string;
}
