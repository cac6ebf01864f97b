// A second extension that offers an inline completion at the same place as the first.
const vscode = require('vscode');

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider(
      { pattern: '**' },
      {
        provideInlineCompletionItems(document, position) {
          const before = document.lineAt(position.line).text.slice(0, position.character);
          const at = new vscode.Range(position, position);
          return before.endsWith('//both') || before.endsWith('//second')
            ? [new vscode.InlineCompletionItem(' from the second extension', at)]
            : undefined;
        },
      },
    ),
  );
};
