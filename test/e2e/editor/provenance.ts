import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as VSCode from 'vscode';
import type { LineOrigin } from '../../../src/core/origin';
import type { ScratchRepo } from '../../support/scratch-repo';
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
const JOURNAL_MS = 60_000;

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

/** Until the journal knows the file with that part in it; of unsaved text the editor has its own copy a little earlier. */
export async function isJournalled(repo: ScratchRepo, file: string, part: string): Promise<void> {
  const journal = join(repo.dir, '.git', 'hunkmark', 'worktrees');
  const has = (): boolean =>
    filesIn(journal)
      .map((name) => readFileSync(join(journal, name), 'utf8'))
      .some((text) => text.split('\n').some((line) => line.includes(file) && line.includes(part)));
  await until(has, JOURNAL_MS, `${file} in the journal`);
}

/** The files below a folder, by their paths in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
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
