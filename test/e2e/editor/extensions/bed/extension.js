// Only for the tests. Code that a test sends runs here, in the real extension host; and what the editor says of each
// change of a document is noted, as the oracle for what the product makes of it.
const http = require('node:http');
const fs = require('node:fs');
const vscode = require('vscode');

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

exports.activate = (context) => {
  const reasons = [];
  const meter = process.env.BED_METER ? require('./meter.js').startMeter() : null;
  globalThis.hunkmarkBed = { reasons, held: 0, meter };
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () =>
      response.end(JSON.stringify(await answer(Buffer.concat(parts).toString()))),
    );
  });
  server.listen(0, '127.0.0.1', () => {
    // The file appears with its content.
    fs.writeFileSync(`${process.env.BED_PORT_FILE}.new`, String(server.address().port));
    fs.renameSync(`${process.env.BED_PORT_FILE}.new`, process.env.BED_PORT_FILE);
  });
  context.subscriptions.push(
    { dispose: () => server.close() },
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.contentChanges.length > 0)
        reasons.push({ uri: event.document.uri.toString(), said: said(event.detailedReason, event.reason) });
    }),
    // The keys of this command have a condition each: it runs where the condition holds.
    vscode.commands.registerCommand('hunkmark-bed.holds', () => void globalThis.hunkmarkBed.held++),
    vscode.languages.registerRenameProvider({ pattern: '**/*.js' }, { provideRenameEdits: everyWord }),
    vscode.languages.registerCodeActionsProvider({ pattern: '**/*.js' }, { provideCodeActions: answerIsTwo }),
    vscode.languages.registerDocumentFormattingEditProvider(
      { pattern: '**/*.js' },
      { provideDocumentFormattingEdits: tabsToSpaces },
    ),
  );
};

async function answer(body) {
  try {
    const { code, argument } = JSON.parse(body);
    const run = new AsyncFunction('vscode', 'argument', `return (${code})(vscode, argument)`);
    return { value: (await run(vscode, argument)) ?? null };
  } catch (error) {
    return { error: String((error && error.stack) || error) };
  }
}

function said(reason, undoOrRedo) {
  if (undoOrRedo !== undefined) return undoOrRedo === vscode.TextDocumentChangeReason.Undo ? 'undo' : 'redo';
  if (reason === undefined) return 'none';
  const { source, metadata } = reason;
  return [source ?? metadata.source, metadata.kind ?? metadata.name ?? metadata.type]
    .filter((word) => typeof word === 'string')
    .join('/');
}

function everyWord(document, position, name) {
  const word = document.getText(document.getWordRangeAtPosition(position));
  const edit = new vscode.WorkspaceEdit();
  for (const { index } of document.getText().matchAll(new RegExp(`\\b${word}\\b`, 'g')))
    edit.replace(
      document.uri,
      new vscode.Range(...[index, index + word.length].map((at) => document.positionAt(at))),
      name,
    );
  return edit;
}

/** A quick fix on a line that ends in `= 1;`. */
function answerIsTwo(document, { start }) {
  const { text, range } = document.lineAt(start.line);
  if (!text.endsWith('= 1;')) return [];
  const action = new vscode.CodeAction('Make it two', vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, range, text.replace('= 1;', '= 2; // two'));
  return [action];
}

function tabsToSpaces(document) {
  const edits = [];
  for (let line = 0; line < document.lineCount; line++) {
    const tabs = /^\t+/.exec(document.lineAt(line).text)?.[0].length ?? 0;
    if (tabs > 0)
      edits.push(vscode.TextEdit.replace(new vscode.Range(line, 0, line, tabs), '  '.repeat(tabs)));
  }
  return edits;
}
