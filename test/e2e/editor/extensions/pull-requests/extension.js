// Stands in for the pull-request extension (microsoft/vscode-pull-request-github 0.162), which needs GitHub: read-only file
// systems for its two schemes, which serve the texts of commits for addresses as its `toPRUri` and `toReviewUri` make them.
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  for (const [scheme, textOf] of Object.entries(TEXTS))
    context.subscriptions.push(
      vscode.workspace.registerFileSystemProvider(scheme, readOnly(textOf), { isReadonly: true }),
    );
};

const TEXTS = {
  pr(uri) {
    const { isBase, baseCommit, headCommit, fileName, previousFileName } = JSON.parse(uri.query);
    const { fsPath } = vscode.workspace.workspaceFolders[0].uri;
    return isBase
      ? show(fsPath, baseCommit, previousFileName ?? fileName)
      : show(fsPath, headCommit, fileName);
  },
  review(uri) {
    const { path: name, commit, rootPath } = JSON.parse(uri.query);
    return commit === '' ? '' : show(rootPath, commit, path.posix.isAbsolute(name) ? '' : name);
  },
};

/** Empty where the commit does not have the file: it is added or deleted. */
function show(cwd, commit, name) {
  try {
    return execFileSync('git', ['show', `${commit}:${name}`], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function readOnly(textOf) {
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: new vscode.EventEmitter().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: textOf(uri).length }),
    readFile: (uri) => new Uint8Array(Buffer.from(textOf(uri))),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}
