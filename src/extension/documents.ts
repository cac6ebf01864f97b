import * as path from 'node:path';
import {
  Disposable,
  EventEmitter,
  window,
  workspace,
  type Range,
  type TextDocument,
  type TextDocumentChangeEvent,
} from 'vscode';
import type { LineOrigin } from '../core/origin';
import { FollowedDocument, type Around, type OpenText } from './followed-document';
import { formerNames } from './former-names';
import { leftTexts } from './left-texts';
import { selectionKind } from './seen-change';
import type { Copied } from './sensors/paste';
import type { Notice } from './sensors/sensor';
import type { Documents, DocumentState } from './tracking';

export interface FollowedDocuments extends Documents, Disposable {
  /** null: its lines are not followed, or it is no file yet. */
  textOf(document: TextDocument): OpenText | null;
  /** One entry for each line; for the editor's own tests. */
  originsOf(document: TextDocument): readonly LineOrigin[] | null;
  /** What a range has in it, and what it had before the edit just now; nothing where the document is not followed. */
  copied(document: TextDocument, range: Range): readonly Copied[];
  /**
   * A key has done something in the active editor just now: the change is the last one that nobody typed and that no
   * other notice has claimed. False where there is none.
   */
  notice(what: Notice): boolean;
  /** All edits until now are judged. */
  settled(): Promise<void>;
  /** Begins again with every open document: the workspace is trusted now, or a setting has changed. */
  restart(): void;
  /** Looks at the files again: the last commit or the journal of a repository has changed. */
  refresh(root: string): void;
  /** Everything that is known goes to the journal. */
  flush(): void;
}

/** Follows the documents of this window, from the change event to the journal. */
export function followDocuments(
  options: Pick<Around, 'log' | 'writer' | 'sensors' | 'isOn'>,
): FollowedDocuments {
  const followed = new Map<TextDocument, FollowedDocument>();
  const changed = new EventEmitter<TextDocument>();
  const left = leftTexts();
  const names = formerNames();
  const around: Around = {
    ...options,
    changed: (document) => changed.fire(document),
    leave: (buffer) => left.leave(buffer),
    formerName: (file) => names.of(file),
    // It was renamed, or saved under another name.
    leftBehind(text, by) {
      const others = [...followed.values()].filter((each) => each !== by && each.document.isDirty);
      return left.find(text) ?? others.find((each) => each.shows(text))?.known() ?? null;
    },
  };

  const start = (document: TextDocument): void => {
    if (followed.has(document) || !['file', 'untitled'].includes(document.uri.scheme)) return;
    const each = new FollowedDocument(document, around);
    followed.set(document, each);
    each.start();
  };
  const stop = (document: TextDocument): void => {
    followed.get(document)?.close();
    followed.delete(document);
  };
  const onChange = (event: TextDocumentChangeEvent): void =>
    followed.get(event.document)?.see(event, window.activeTextEditor);

  const subscriptions = [
    changed,
    workspace.onDidChangeTextDocument(onChange),
    window.onDidChangeTextEditorSelection(({ textEditor, kind }) =>
      followed.get(textEditor.document)?.seeSelection(selectionKind(kind)),
    ),
    workspace.onDidOpenTextDocument(start),
    workspace.onDidCloseTextDocument(stop),
    // The document under the new name may be opened before the old one is closed.
    workspace.onWillRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) {
        names.renamed(oldUri.fsPath, newUri.fsPath);
        for (const each of followed.values()) if (isBelow(oldUri.fsPath, each.document)) each.leaves();
      }
    }),
    workspace.onWillSaveTextDocument(({ document }) => followed.get(document)?.willSave()),
    workspace.onDidSaveTextDocument((document) => followed.get(document)?.saved()),
  ];
  for (const document of workspace.textDocuments) start(document);

  return Object.freeze({
    onDidChange: changed.event,
    of: (document: TextDocument): DocumentState =>
      followed.get(document)?.state() ?? {
        kind: 'untracked',
        why: isCell(document) ? 'notebook' : 'no-file',
      },
    mark(
      document: TextDocument,
      first: number,
      last: number,
      as: 'ai' | 'human',
      agent: string | null,
    ): Promise<void> {
      followed.get(document)?.declare(first, last, as, agent);
      return Promise.resolve();
    },
    textOf: (document: TextDocument) => followed.get(document)?.openText() ?? null,
    originsOf: (document: TextDocument) => followed.get(document)?.known()?.origins ?? null,
    copied: (document: TextDocument, range: Range) => followed.get(document)?.copiedFrom(range) ?? [],
    notice(what: Notice): boolean {
      const document = window.activeTextEditor?.document;
      // A document that is not followed has nothing to claim.
      return (document && followed.get(document)?.takeNotice(what)) ?? true;
    },
    async settled(): Promise<void> {
      for (const each of followed.values()) await each.settled();
    },
    restart(): void {
      for (const document of followed.keys()) stop(document);
      for (const document of workspace.textDocuments) {
        start(document);
        changed.fire(document);
      }
    },
    refresh(root: string): void {
      for (const each of followed.values()) if (each.isIn(root)) each.lookAgain();
    },
    flush(): void {
      for (const each of followed.values()) each.flush();
    },
    dispose(): void {
      for (const document of followed.keys()) stop(document);
      Disposable.from(...subscriptions).dispose();
    },
  });
}

function isBelow(name: string, { uri }: TextDocument): boolean {
  return uri.scheme === 'file' && (uri.fsPath === name || uri.fsPath.startsWith(name + path.sep));
}

function isCell({ uri }: TextDocument): boolean {
  return uri.scheme === 'vscode-notebook-cell';
}
