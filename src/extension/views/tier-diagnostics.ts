import {
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  languages,
  Range,
  Uri,
  workspace,
  type TextDocument,
} from 'vscode';
import type { InlineFinding } from '../../core/inline';
import { t, type ViewDeps } from './deps';
import { later } from './later';
import { findingText } from './text/finding-text';

/** The name that stands behind a diagnostic of ours. */
export const SOURCE = 'Hunkmark';

/** Milliseconds, so that not every key of a fast writer costs a comparison; the editor moves what it shows meanwhile. */
const REST_MS = 80;

/** One diagnostic for each run of lines that the policy asks a person to look at; drawn anew some moments after an edit. */
export function openTierDiagnostics({ documents, tiers }: Pick<ViewDeps, 'documents' | 'tiers'>): Disposable {
  const collection = languages.createDiagnosticCollection('hunkmark');
  const shown = new WeakMap<TextDocument, readonly InlineFinding[]>();
  const draw = (document: TextDocument): void => {
    if (document.uri.scheme !== 'file') return;
    const findings = tiers.findingsOf(document);
    if (shown.get(document) === findings) return;
    shown.set(document, findings);
    if (findings.length === 0) collection.delete(document.uri);
    else {
      const root = tiers.placeOf(document.uri)?.root ?? null;
      collection.set(
        document.uri,
        findings.map((finding) => diagnosticOf(finding, document, root)),
      );
    }
  };
  const drawAll = (): void => workspace.textDocuments.forEach(draw);
  drawAll();
  const edited = new Set<TextDocument>();
  const drawEdited = later(REST_MS, () => {
    for (const document of edited) draw(document);
    edited.clear();
  });
  return Disposable.from(
    collection,
    drawEdited,
    documents.onDidChange((document) => {
      edited.add(document);
      drawEdited.ask();
    }),
    tiers.onDidChange(drawAll),
    workspace.onDidCloseTextDocument((document) => {
      edited.delete(document);
      shown.delete(document);
      collection.delete(document.uri);
    }),
  );
}

/** What of a document has a diagnostic that touches these lines; 0-based, `last` inclusive. */
export function findingsAt(
  findings: readonly InlineFinding[],
  document: TextDocument,
  { first, last }: { readonly first: number; readonly last: number },
): InlineFinding[] {
  return findings.filter((finding) => {
    const { start, end } = rangeOf(finding, document);
    return start.line <= last && end.line >= first;
  });
}

/** The rule's name is a link to the line of the policy that makes the file one of the system. */
function diagnosticOf(finding: InlineFinding, document: TextDocument, root: string | null): Diagnostic {
  const diagnostic = new Diagnostic(rangeOf(finding, document), findingText(t, finding), severityOf(finding));
  diagnostic.source = SOURCE;
  const { file, line } = finding.system.from;
  const { ruleId } = finding;
  diagnostic.code =
    root === null
      ? ruleId
      : { value: ruleId, target: Uri.joinPath(Uri.file(root), file).with({ fragment: `L${line}` }) };
  return diagnostic;
}

/** From the first character that can be seen to the end of the last line; at deleted lines the line that follows. */
function rangeOf({ first, last }: InlineFinding, document: TextDocument): Range {
  const from = document.lineAt(Math.min(first, document.lineCount - 1));
  const to = document.lineAt(Math.min(last, document.lineCount - 1));
  return new Range(from.range.start.translate(0, from.firstNonWhitespaceCharacterIndex), to.range.end);
}

function severityOf({ acknowledged, severity }: InlineFinding): DiagnosticSeverity {
  if (acknowledged !== null) return DiagnosticSeverity.Hint;
  switch (severity) {
    case 'error':
      return DiagnosticSeverity.Error;
    case 'warning':
      return DiagnosticSeverity.Warning;
    case 'information':
      return DiagnosticSeverity.Information;
  }
}
