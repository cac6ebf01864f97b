// Offers inline completions where a line before the caret ends in one of these marks, or in `//ai:NAME;`.
const vscode = require('vscode');

const INSERTIONS = {
  '//ai': '\nfunction fromAi(a, b) {\n  const total = a + b;\n  return total;\n}',
  '//one': ' one two three',
  '//both': ' from the first extension',
};

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider(
      { pattern: '**' },
      {
        provideInlineCompletionItems(document, position) {
          const before = document.lineAt(position.line).text.slice(0, position.character);
          if (before.endsWith('//next')) return [nextEdit(document)];
          const text = insertionAfter(before);
          return text === undefined
            ? undefined
            : [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
        },
      },
    ),
  );
};

function insertionAfter(before) {
  const [, name] = /\/\/ai:(\w+);$/.exec(before) ?? [];
  if (name !== undefined) return `\nexport const ${name} = compute(${name}Input);`;
  return INSERTIONS[Object.keys(INSERTIONS).find((each) => before.endsWith(each))];
}

/** A next-edit suggestion: the last line that is not empty gets another text. */
function nextEdit(document) {
  let line = document.lineCount - 1;
  while (line > 0 && document.lineAt(line).isEmptyOrWhitespace) line--;
  const item = new vscode.InlineCompletionItem('const beta = 42;', document.lineAt(line).range);
  item.isInlineEdit = true;
  return item;
}
