import {
  CompletionItem,
  CompletionItemKind,
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  extensions,
  Hover,
  languages,
  MarkdownString,
  Position,
  Range,
  workspace,
  type DocumentFilter,
  type TextDocument,
} from 'vscode';
import { readWrittenPolicy, type WrittenPolicy } from '../../app/policy-problems';
import { POLICY_FILE } from '../../core/policy';
import type { PolicyHelp, PolicyProposal } from '../../core/policy-help';
import { t, type ViewDeps } from './deps';
import { visible } from './text/words';

/** Milliseconds after the last key. */
const REST_MS = 300;
const POLICY: DocumentFilter = { scheme: 'file', pattern: `**/${POLICY_FILE}` };
/** Has the schema from package.json and helps with it itself; one help is enough. */
const YAML_EXTENSION = 'redhat.vscode-yaml';

/** Mistakes in the files of a policy as they are written, and what can be written next. Needs no other extension. */
export function openPolicyEditing({ tiers, log }: Pick<ViewDeps, 'tiers' | 'log'>): Disposable {
  const collection = languages.createDiagnosticCollection('hunkmark-policy');
  const timers = new Map<TextDocument, NodeJS.Timeout>();
  const parts = new Set<string>();

  const ask = (document: TextDocument): void => {
    if (!workspace.isTrusted || !mayBePolicy(document)) return;
    clearTimeout(timers.get(document));
    timers.set(
      document,
      setTimeout(() => void look(document), REST_MS),
    );
  };
  /** A file that the policy includes is one of its files as the last commit has it, or as it was seen here. */
  const mayBePolicy = ({ uri }: TextDocument): boolean =>
    uri.scheme === 'file' &&
    (uri.path.endsWith(`/${POLICY_FILE}`) ||
      (/\.ya?ml$/.test(uri.path) && (parts.has(uri.path) || tiers.isPolicyFile(uri))));
  const look = async (document: TextDocument): Promise<void> => {
    timers.delete(document);
    const { version } = document;
    try {
      const written = await readWrittenPolicy(document.uri.fsPath, document.getText());
      if (written === null || document.isClosed || document.version !== version) return;
      note(document, written);
      collection.set(document.uri, diagnosticsOf(document, written));
    } catch (error) {
      log.error(`${document.uri.fsPath}:`, error instanceof Error ? error : String(error));
    }
  };
  const note = ({ uri }: TextDocument, { files }: WrittenPolicy): void => {
    const root = files.find((file) => uri.path.endsWith(`/${file}`));
    const folder = root === undefined ? null : uri.path.slice(0, -root.length);
    if (folder !== null) for (const file of files) parts.add(folder + file);
  };
  const askAll = (): void => workspace.textDocuments.forEach(ask);
  askAll();
  return Disposable.from(
    collection,
    { dispose: () => timers.forEach((timer) => clearTimeout(timer)) },
    workspace.onDidOpenTextDocument(ask),
    workspace.onDidChangeTextDocument(({ document }) => ask(document)),
    workspace.onDidSaveTextDocument(askAll),
    workspace.onDidCloseTextDocument((document) => collection.delete(document.uri)),
    workspace.onDidGrantWorkspaceTrust(askAll),
    tiers.onDidChange(askAll),
    ...helpers(),
  );
}

function helpers(): Disposable[] {
  let made: Promise<PolicyHelp> | null = null;
  const make = async (): Promise<PolicyHelp> => (await import('../../core/policy-help.js')).openPolicyHelp();
  const help = (): Promise<PolicyHelp> => (made ??= make());
  const isHelped = (): boolean => extensions.getExtension(YAML_EXTENSION) !== undefined;
  return [
    languages.registerCompletionItemProvider(
      POLICY,
      {
        provideCompletionItems: async (document, at) =>
          isHelped() ? [] : proposals(await help(), document, at),
      },
      ' ',
      ':',
    ),
    languages.registerHoverProvider(POLICY, {
      provideHover: async (document, at) => (isHelped() ? null : hover(await help(), document, at)),
    }),
  ];
}

function proposals(help: PolicyHelp, document: TextDocument, at: Position): CompletionItem[] {
  const found = help.proposalsAt(document.getText(), at.line, at.character);
  const range = new Range(at.with({ character: found.column }), at);
  return found.proposals.map((proposal, place) => {
    const kind = proposal.kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.EnumMember;
    const item = new CompletionItem(proposal.text, kind);
    item.insertText = written(proposal);
    item.range = range;
    item.sortText = String(place).padStart(3, '0');
    if (proposal.description !== null) item.documentation = proposal.description;
    return item;
  });
}

function written({ kind, text, opens }: PolicyProposal): string {
  if (kind === 'value') return text;
  return opens ? `${text}:` : `${text}: `;
}

function hover(help: PolicyHelp, document: TextDocument, { line, character }: Position): Hover | null {
  const meaning = help.meaningAt(document.getText(), line, character);
  if (meaning === null) return null;
  const markdown = new MarkdownString();
  if (meaning.description !== null) markdown.appendText(meaning.description);
  if (meaning.values.length > 0)
    markdown.appendMarkdown(`\n\n${meaning.values.map((value) => `\`${value}\``).join(' · ')}`);
  return new Hover(markdown);
}

function diagnosticsOf(document: TextDocument, { problem, unsupported }: WrittenPolicy): Diagnostic[] {
  const all = unsupported.map(({ what, line }) =>
    said(document, { line, column: 1 }, what, DiagnosticSeverity.Information, 'policy/unsupported'),
  );
  if (problem === null) return all;
  return [...all, said(document, problem, problem.what, DiagnosticSeverity.Error, 'policy/invalid')];
}

/** From a place of the reader's, 1-based, to the end of the word there or, at a blank, of the line. */
function said(
  document: TextDocument,
  { line, column }: { readonly line: number; readonly column: number },
  what: string,
  severity: DiagnosticSeverity,
  rule: string,
): Diagnostic {
  const text = document.lineAt(Math.min(line, document.lineCount) - 1);
  const first = Math.max(column - 1, column === 1 ? text.firstNonWhitespaceCharacterIndex : 0);
  const from = new Position(text.lineNumber, Math.min(first, text.text.length));
  const word = /^(?:"[^"]*"|'[^']*'|[^\s:,{}[\]]+)/.exec(text.text.slice(from.character))?.[0].length;
  const to = word === undefined ? text.range.end : from.translate(0, word);
  const diagnostic = new Diagnostic(new Range(from, to), t('{0}.', visible(what)), severity);
  diagnostic.source = 'Hunkmark';
  diagnostic.code = rule;
  return diagnostic;
}
