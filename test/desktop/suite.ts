import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import type { LineOrigin } from '../../src/core/origin';

/** Runs in the extension host of a desktop VS Code, which waits for it and ends with its result. */
export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: true });
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, 'desktop', mocha);
  define();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} failed`))));
  });
}

interface Exports {
  linesOf(uri: string): readonly LineOrigin[] | null;
  settled(): Promise<void>;
}

function define(): void {
  describe(`Hunkmark in VS Code ${vscode.version}`, () => {
    it('activates, and its commands are there', async () => {
      await product();
      const commands = await vscode.commands.getCommands(true);
      assert.ok(commands.includes('hunkmark.previewTrailers'));
    });

    it('follows a file of a repository: what is typed is human, what an extension inserts is unknown', async () => {
      const hunkmark = await product();
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'a.js'));
      const editor = await vscode.window.showTextDocument(document);
      const end = new vscode.Position(1, 0);
      editor.selection = new vscode.Selection(end, end);
      for (const text of ['l', 'e', 't', ' ', 'b']) await vscode.commands.executeCommand('type', { text });
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// by an extension\n'));
      await pause(500);
      await hunkmark.settled();
      const classes = hunkmark.linesOf(document.uri.toString())?.map((origin) => origin.class);
      assert.deepEqual(classes, ['unknown', 'base', 'human']);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });
  });
}

async function product(): Promise<Exports> {
  const extension = vscode.extensions.getExtension<Exports>('hunkmark.hunkmark');
  assert.ok(extension, 'the extension is there');
  return await extension.activate();
}
