import { Disposable, Uri, workspace, type TextDocument } from 'vscode';
import type { OpenBuffer } from '../../app/open-buffer';
import type { Evidenced, LineOrigin } from '../../core/origin';
import { UNIDENTIFIED } from '../../core/origin';
import type { Explanation, SeenChange, Sensor } from './sensor';

/** The text of a file without the edits of the chat that nobody has decided on yet; the editor keeps it beside the file. */
const SCHEME = 'chat-editing-text-model';

/** The editor saves a file some 150 ms after the chat has edited it, or when the chat's answer ends. */
const WAIT_MS = 3000;
/** It repeats an edit in the chat's document within 2 ms; a busy machine takes longer to say so. */
const MIRROR_MS = 300;
/** What has been saved since then would have been repeated before. */
const SAVED_MIRROR_MS = 50;
/** The chat's document is opened some 100 ms before the first edit. */
const FRESH_MS = 2000;

export interface ChatSensor extends Sensor, Disposable {
  /** The chat has edited the file and this change was not repeated in its document: it may be the chat's. */
  readonly mayHaveMade: (seen: SeenChange) => boolean;
}

/**
 * Edits by the chat and its agents inside the editor (seen in VS Code 1.139). The editor keeps a document beside the
 * file, opens it before the first such edit, and repeats every edit of anybody else in it, but for those inside the
 * chat's own text. So a change is the chat's when it was not repeated and lies outside the chat's text, while there
 * is such text or the document has just been opened. Otherwise the save that follows decides: only after the chat's edits
 * it comes without an announcement. Which agent it is does not show. A change that brings the whole text of the
 * chat's document back has discarded the chat's edits.
 */
export function chat(): ChatSensor {
  const mirrored = new Map<string, number>();
  const opened = new Map<string, number>();
  const listeners = [
    workspace.onDidChangeTextDocument(({ document: { uri }, contentChanges }) => {
      if (uri.scheme === SCHEME && contentChanges.length > 0) mirrored.set(uri.path, Date.now());
    }),
    workspace.onDidOpenTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) opened.set(uri.path, Date.now());
    }),
  ];
  const isRepeated = ({ document, at }: SeenChange): boolean => (mirrored.get(document.uri.path) ?? 0) >= at;
  return Object.assign(Disposable.from(...listeners), {
    name: 'chat',
    mayHaveMade: (seen: SeenChange) => besideOf(seen.document.uri) !== undefined && !isRepeated(seen),
    explain(seen: SeenChange, buffer: OpenBuffer, now: number): Explanation | null {
      const { path } = seen.document.uri;
      const beside = besideOf(seen.document.uri);
      if (!beside || seen.reason !== null || isRepeated(seen)) return null;
      if (isDiscarded(seen, buffer, beside)) return { kind: 'restore' };
      if (now - seen.at < (seen.savedQuietly ? SAVED_MIRROR_MS : MIRROR_MS)) return { kind: 'wait' };
      const isFresh = seen.at - (opened.get(path) ?? 0) < FRESH_MS;
      const isOutside = isFresh || hasChatText(buffer) ? !touchesChatText(seen, buffer) : false;
      if (isOutside || seen.savedQuietly) return { kind: 'one', origin: byChat(seen) };
      return now - seen.at < WAIT_MS ? { kind: 'wait' } : null;
    },
  });
}

function byChat({ at }: SeenChange): Evidenced {
  return {
    class: 'ai',
    via: 'chat',
    agent: UNIDENTIFIED,
    model: null,
    evidence: 'matched',
    at,
    sensor: 'chat',
  };
}

function hasChatText(buffer: OpenBuffer): boolean {
  return buffer.origins(0, buffer.text().length).some(({ origin }) => isChat(origin));
}

function touchesChatText({ changes }: SeenChange, buffer: OpenBuffer): boolean {
  const { length } = buffer.text();
  return changes.some((change) =>
    buffer
      .origins(Math.max(0, change.offset - 1), Math.min(length, change.offset + change.length + 1))
      .some(({ origin }) => isChat(origin)),
  );
}

function isChat(origin: LineOrigin): boolean {
  return 'via' in origin && origin.via === 'chat';
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
