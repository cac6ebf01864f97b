import { Disposable, Uri, workspace, type TextDocument } from 'vscode';
import type { OpenBuffer } from '../../app/open-buffer';
import type { Evidenced } from '../../core/origin';
import { UNIDENTIFIED, type Explanation, type SeenChange, type Sensor } from './sensor';

/** The text of a file without the edits of the chat that nobody has decided on yet; the editor keeps it beside the file. */
const SCHEME = 'chat-editing-text-model';

/** The editor saves a file some 150 ms after the chat has edited it, or when the chat's answer ends. */
const WAIT_MS = 3000;

/**
 * Edits by the chat and its agents inside the editor (seen in VS Code 1.139). While such edits are pending, the editor
 * repeats every other edit of the file in the chat's document. So a change is the chat's when that document is there, was not
 * changed along with the file, and the file was saved directly afterwards without a person's save. Who the chat's agent
 * is does not show. Where a change leads back to the chat document's text, the chat's edits were discarded.
 */
export function chat(): Sensor & Disposable {
  const mirrored = new Map<string, number>();
  const listener = workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document.uri.scheme === SCHEME && contentChanges.length > 0)
      mirrored.set(document.uri.path, Date.now());
  });
  return Object.assign(new Disposable(() => listener.dispose()), {
    name: 'chat',
    explain(seen: SeenChange, buffer: OpenBuffer, now: number): Explanation | null {
      const beside = besideOf(seen.document.uri);
      if (!beside || (mirrored.get(beside.uri.path) ?? 0) >= seen.at) return null;
      if (isDiscarded(seen, buffer, beside)) return { kind: 'restore' };
      if (!seen.savedQuietly) return now - seen.at < WAIT_MS ? { kind: 'wait' } : null;
      const origin: Evidenced = {
        class: 'ai',
        via: 'chat',
        agent: UNIDENTIFIED,
        model: null,
        evidence: 'matched',
        at: seen.at,
        sensor: 'chat',
      };
      return { kind: 'one', origin };
    },
  });
}

function besideOf(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find(
    (document) => document.uri.scheme === SCHEME && !document.isClosed && document.uri.path === uri.path,
  );
}

/** One replacement of the whole text by that of the chat's document. */
function isDiscarded({ changes }: SeenChange, buffer: OpenBuffer, beside: TextDocument): boolean {
  const [change] = changes;
  if (!change || changes.length !== 1 || change.length !== buffer.text().length) return false;
  return change.text === beside.getText();
}
