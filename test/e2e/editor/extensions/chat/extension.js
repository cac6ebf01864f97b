// `@fake WHAT FILE` in the chat edits a file of the workspace: `insert` puts two lines after the first line, `more`
// another one at the top, `rewrite` replaces the whole file, `create` makes one, `shorten` only deletes a word. `mend`
// edits the file if Problems names something in it that asks for a change, as agents do.
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('fake-vendor', model),
    vscode.chat.createChatParticipant('fake.default', async (request, _context, stream) => {
      const [, what, file] = /(\w+)\s+(\S+)\s*$/.exec(request.prompt) ?? [];
      const edit = what === 'mend' ? mending(file) : EDITS[what];
      if (edit === undefined) return {};
      const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, file);
      stream.markdown('Editing.');
      stream.textEdit(uri, [edit]);
      stream.textEdit(uri, true);
      return {};
    }),
  );
};

const insert = (line, text) => vscode.TextEdit.insert(new vscode.Position(line, 0), text);

/** Takes a problem at its word. */
const mending = (file) => {
  const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, file);
  const asking = vscode.languages
    .getDiagnostics(uri)
    .filter(({ message }) => !/no change of code is asked for/.test(message));
  return asking.length > 0 ? insert(0, '// mended\n') : undefined;
};

const EDITS = {
  insert: insert(1, '  // by chat, first\n  // by chat, second\n'),
  more: insert(0, '// by chat, on top\n'),
  rewrite: vscode.TextEdit.replace(
    new vscode.Range(0, 0, 99999, 0),
    '// by chat, rewritten\nfunction alpha() {\n  return alphaValue;\n}\nconst alphaValue = 1;\n\n',
  ),
  shorten: vscode.TextEdit.delete(new vscode.Range(1, 19, 1, 31)),
  create: insert(0, '// by chat, new\nconst made = 1;\n'),
};

const model = {
  provideLanguageModelChatInformation: () => [
    {
      id: 'model-x',
      name: 'Model X',
      family: 'x',
      version: '1',
      maxInputTokens: 10000,
      maxOutputTokens: 1000,
      isDefault: true,
      isUserSelectable: true,
      capabilities: { toolCalling: true },
    },
  ],
  provideLanguageModelChatResponse: (_model, _messages, _options, progress) => {
    progress.report(new vscode.LanguageModelTextPart('hello'));
    return Promise.resolve();
  },
  provideTokenCount: () => Promise.resolve(1),
};
