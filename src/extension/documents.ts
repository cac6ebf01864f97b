import {
  Disposable,
  EventEmitter,
  window,
  workspace,
  type LogOutputChannel,
  type Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  type TextEditorSelectionChangeEvent,
} from 'vscode';
import { followBuffer, foundText, type OpenBuffer } from '../app/open-buffer';
import { openFile, recordFile, type OpenFile } from '../app/open-file';
import type { OriginRange } from '../core/edit';
import type { KnownText } from '../core/known';
import type { LineOrigin } from '../core/origin';
import { leftTexts } from './left-texts';
import { documentState } from './line-state';
import { seenChange, selectionKind } from './seen-change';
import { UNKNOWN, type Explanation, type Notice, type SeenChange, type Sensor } from './sensors/sensor';
import type { Documents, DocumentState, Untracked } from './tracking';

/** An open file of a repository, and what is known of its text now. */
export interface OpenText {
  readonly file: OpenFile;
  /** The same object as long as nothing has changed. */
  readonly known: KnownText;
}

export interface FollowedDocuments extends Documents, Disposable {
  /** null: its lines are not followed, or it is no file yet. */
  textOf(document: TextDocument): OpenText | null;
  /** One entry for each line; for the editor's own tests. */
  originsOf(document: TextDocument): readonly LineOrigin[] | null;
  /** Who wrote the characters of a range; null where the document is not followed. */
  copied(document: TextDocument, range: Range): readonly OriginRange<LineOrigin>[] | null;
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

export interface FollowOptions {
  readonly log: LogOutputChannel;
  /** A name for this window's part of the journal. */
  readonly writer: string;
  /** In the order in which they are believed. */
  readonly sensors: readonly Sensor[];
  readonly isOn: () => boolean;
}

/** After an edit its selection event comes, and perhaps the next key; then it is judged. */
const JUDGE_MS = 60;
const WAIT_MS = 120;
const SELECTION_MS = 500;
/** How late the notice of a key may come on a busy machine; an edit that nothing explains waits for it. */
const NOTICE_MS = 1000;
const IDLE_MS = 2000;
/** A crash loses at most so much. */
const RESTLESS_MS = 10_000;
/** How many times as long as it takes to draw what is known of a document passes until it is drawn again. */
const REST_OF_DRAWING = 8;

interface Followed {
  readonly document: TextDocument;
  queue: SeenChange[];
  buffer: OpenBuffer | null;
  file: OpenFile | null;
  why: Untracked;
  judging: NodeJS.Timeout | null;
  idle: NodeJS.Timeout | null;
  announcing: NodeJS.Timeout | null;
  /** Milliseconds that all who were told of the last edit took. */
  drawing: number;
  /** Since when there are edits that the journal has not been told of; null: none. */
  restless: number | null;
  /** What the journal was told last. */
  recorded: KnownText | null;
  /** The editor has announced a save that has not happened yet. */
  isSaving: boolean;
  /** The change seen last, until the next one. */
  last: SeenChange | null;
  opening: Promise<void> | null;
  /**
   * What happened to its text last. Of one that has only been opened the editor may still bring back what was not saved
   * when the window went, or under the name before.
   */
  lastly: 'opened' | 'read' | 'edited';
  /** The journal and the last commit are being asked again. */
  reading: Promise<void> | null;
  shown: { readonly known: KnownText; readonly file: OpenFile | null; readonly state: DocumentState } | null;
}

/** Follows the documents of this window, from the change event to the journal. */
export function followDocuments(options: FollowOptions): FollowedDocuments {
  const { log, writer, sensors } = options;
  const followed = new Map<TextDocument, Followed>();
  const changed = new EventEmitter<TextDocument>();
  const left = leftTexts();

  const start = (document: TextDocument): void => {
    if (followed.has(document) || !['file', 'untitled'].includes(document.uri.scheme)) return;
    const entry: Followed = {
      document,
      queue: [],
      buffer: null,
      file: null,
      why: 'opening',
      judging: null,
      idle: null,
      announcing: null,
      drawing: 0,
      restless: null,
      recorded: null,
      isSaving: false,
      last: null,
      opening: null,
      lastly: 'opened',
      reading: null,
      shown: null,
    };
    followed.set(document, entry);
    entry.opening = open(entry);
  };

  const open = async (entry: Followed): Promise<void> => {
    const { document } = entry;
    entry.why = whyNot(options.isOn());
    if (entry.why === 'opening') {
      const text = document.getText();
      const earlier = leftBehind(entry, text);
      if (document.isUntitled) entry.buffer = followBuffer(foundText(text), earlier);
      else await openOnDisk(entry, text, earlier);
    }
    judge(entry, false);
    changed.fire(document);
  };

  /** What was known of a text that another document shows, or has shown just now: it was renamed, or saved as this one. */
  const leftBehind = (entry: Followed, text: string): KnownText | null => {
    const shown = [...followed.values()].flatMap((each) =>
      each !== entry && each.document.isDirty && each.buffer?.text() === text ? [each.buffer.known()] : [],
    );
    return left.find(text) ?? shown[0] ?? null;
  };

  /** The editor has put the text of another document into one that it had opened with what was on disk. */
  const bringBack = (entry: Followed, buffer: OpenBuffer): void => {
    const earlier = leftBehind(entry, buffer.text());
    if (earlier !== null) buffer.rebase({ known: earlier, history: [] });
  };

  const openOnDisk = async (entry: Followed, text: string, earlier: KnownText | null): Promise<void> => {
    try {
      const opened = await openFile(entry.document.uri.fsPath, text);
      if (opened.kind === 'untracked') entry.why = opened.why;
      else {
        entry.file = opened.file;
        entry.buffer = followBuffer(opened.file, earlier);
        entry.recorded = earlier === null ? opened.file.known : null;
      }
    } catch (error) {
      entry.why = 'no-repository';
      log.error(`${entry.document.uri.fsPath} is not followed: ${String(error)}`);
    }
  };

  const onChange = (event: TextDocumentChangeEvent): void => {
    const entry = followed.get(event.document);
    if (entry === undefined) return;
    const { document } = event;
    if (event.contentChanges.length === 0) {
      if (document.isDirty && entry.last) entry.last.becameDirty = true;
      return;
    }
    const seen = seenChange(event, window.activeTextEditor);
    entry.queue.push(seen);
    entry.last = seen;
    soon(entry, JUDGE_MS);
  };

  const onSelection = ({ textEditor, kind }: TextEditorSelectionChangeEvent): void => {
    const entry = followed.get(textEditor.document);
    // Only the first event after a change speaks of it.
    if (!entry?.last || entry.last.selection !== undefined || Date.now() - entry.last.at > SELECTION_MS)
      return;
    entry.last.selection = selectionKind(kind);
  };

  const soon = (entry: Followed, wait: number): void => {
    entry.judging ??= setTimeout(() => {
      // Where this process was busy or asleep, the selection event has come long ago and has not been read yet.
      setImmediate(() => {
        entry.judging = null;
        judge(entry, false);
      });
    }, wait);
  };

  /** Judges what is in the queue, in order; `now`: without waiting for what may still happen. */
  const judge = (entry: Followed, now: boolean): void => {
    const { buffer } = entry;
    if (entry.opening !== null && buffer === null && entry.why === 'opening') return;
    if (buffer === null) {
      entry.queue = [];
      return;
    }
    let reread = false;
    let isChanged = false;
    for (let seen = entry.queue[0]; seen; seen = entry.queue[0]) {
      if (!now && Date.now() - seen.at < JUDGE_MS / 2) break;
      const { lastly } = entry;
      const explanation = decided(explain(seen, buffer), lastly, now);
      if (explanation?.kind === 'wait') break;
      entry.queue.shift();
      isChanged = true;
      entry.lastly = explanation?.kind === 'disk' ? 'read' : 'edited';
      reread ||= entry.lastly === 'read';
      if (lastly === 'edited' && entry.lastly === 'read') left.leave(buffer);
      if (apply(buffer, seen, explanation)) {
        if (lastly === 'opened' && entry.lastly === 'read') bringBack(entry, buffer);
        continue;
      }
      log.warn(
        `${entry.document.uri.fsPath}: an edit did not fit what was seen before; its lines are unknown`,
      );
      entry.queue = [];
      buffer.observe(entry.document.getText());
    }
    if (entry.queue.length > 0) soon(entry, WAIT_MS);
    else if (isChanged) verify(entry, buffer);
    if (!isChanged) return;
    if (reread) entry.reading = reopen(entry, null);
    rest(entry);
    announce(entry);
  };

  /** What draws an edit may take a share of the time only: in a file of 50,000 lines it takes a tenth of a second. */
  const announce = (entry: Followed): void => {
    entry.announcing ??= setTimeout(() => {
      entry.announcing = null;
      const began = performance.now();
      changed.fire(entry.document);
      entry.drawing = performance.now() - began;
    }, entry.drawing * REST_OF_DRAWING);
  };

  /** Writes down what is known when the keys have rested; while they do not, from time to time. */
  const rest = (entry: Followed): void => {
    const now = Date.now();
    entry.restless ??= now;
    if (entry.idle) clearTimeout(entry.idle);
    entry.idle = setTimeout(
      () => {
        entry.idle = null;
        record(entry);
      },
      Math.max(0, Math.min(IDLE_MS, entry.restless + RESTLESS_MS - now)),
    );
  };

  const explain = (seen: SeenChange, buffer: OpenBuffer): Explanation | null => {
    const now = Date.now();
    for (const sensor of sensors) {
      const explanation = sensor.explain(seen, buffer, now);
      if (explanation) return explanation;
    }
    return now - seen.at < NOTICE_MS ? { kind: 'wait' } : null;
  };

  /** What was followed must be what the editor shows; where it is not, what differs is unknown. */
  const verify = (entry: Followed, buffer: OpenBuffer): void => {
    const text = entry.document.getText();
    if (text === buffer.text()) return;
    log.warn(
      `${entry.document.uri.fsPath}: the followed text differs from the editor's; what differs is unknown`,
    );
    buffer.observe(text);
  };

  /**
   * Asks the journal and the last commit again, for a text that others have changed, or because they have; `before`: nothing
   * is to be done where they say what they said then.
   */
  const reopen = async (entry: Followed, before: OpenFile | null): Promise<void> => {
    const { document, buffer } = entry;
    if (buffer === null || document.isUntitled) return;
    const text = buffer.text();
    try {
      const opened = await openFile(document.uri.fsPath, text, before);
      if (opened.kind === 'untracked' || followed.get(document) !== entry) return;
      if (opened.file === before) return;
      if (buffer.text() !== text) {
        setTimeout(() => void reopen(entry, before), IDLE_MS);
        return;
      }
      entry.file = opened.file;
      buffer.rebase(opened.file);
      changed.fire(document);
    } catch (error) {
      log.error(`${document.uri.fsPath} could not be looked at again: ${String(error)}`);
    }
  };

  const record = (entry: Followed): void => {
    entry.restless = null;
    const { buffer, file } = entry;
    if (buffer === null || file === null) return;
    const known = buffer.known();
    if (known === entry.recorded) return;
    try {
      const next = recordFile(file, { known, writer, now: Date.now() });
      if (next === null) return;
      entry.file = next;
      entry.recorded = known;
    } catch (error) {
      log.error(`what is known of ${file.path} could not be written down: ${String(error)}`);
    }
  };

  const onSave = (document: TextDocument): void => {
    const entry = followed.get(document);
    if (!entry) return;
    const isQuiet = !entry.isSaving;
    entry.isSaving = false;
    for (const seen of entry.queue) {
      seen.becameDirty = true;
      if (isQuiet) seen.savedQuietly = true;
    }
    judge(entry, true);
    record(entry);
  };

  const stop = (document: TextDocument): void => {
    const entry = followed.get(document);
    if (!entry) return;
    judge(entry, true);
    record(entry);
    for (const timer of [entry.judging, entry.idle, entry.announcing]) if (timer) clearTimeout(timer);
    followed.delete(document);
    if (entry.buffer) left.leave(entry.buffer);
  };

  const subscriptions = [
    changed,
    workspace.onDidChangeTextDocument(onChange),
    window.onDidChangeTextEditorSelection(onSelection),
    workspace.onDidOpenTextDocument(start),
    workspace.onDidCloseTextDocument(stop),
    workspace.onWillSaveTextDocument(({ document }) => {
      const entry = followed.get(document);
      if (entry) entry.isSaving = true;
    }),
    workspace.onDidSaveTextDocument(onSave),
  ];
  for (const document of workspace.textDocuments) start(document);

  return Object.freeze({
    onDidChange: changed.event,
    of(document: TextDocument): DocumentState {
      const entry = followed.get(document);
      if (!entry) return { kind: 'untracked', why: isCell(document) ? 'notebook' : 'no-file' };
      if (entry.buffer === null) return { kind: 'untracked', why: entry.why };
      const known = entry.buffer.known();
      if (entry.shown?.known !== known || entry.shown.file !== entry.file)
        entry.shown = { known, file: entry.file, state: documentState(known, entry.file) };
      return entry.shown.state;
    },
    mark(
      document: TextDocument,
      first: number,
      last: number,
      as: 'ai' | 'human',
      agent: string | null,
    ): Promise<void> {
      const entry = followed.get(document);
      if (entry?.buffer) {
        judge(entry, true);
        entry.buffer.declare(first, last, as, agent, Date.now());
        record(entry);
        changed.fire(document);
      }
      return Promise.resolve();
    },
    textOf(document: TextDocument): OpenText | null {
      const entry = followed.get(document);
      if (!entry?.buffer || !entry.file) return null;
      return { file: entry.file, known: entry.buffer.known() };
    },
    originsOf: (document: TextDocument) => followed.get(document)?.buffer?.known().origins ?? null,
    copied(document: TextDocument, range: Range): readonly OriginRange<LineOrigin>[] | null {
      const entry = followed.get(document);
      if (!entry?.buffer) return null;
      judge(entry, true);
      return entry.buffer.origins(document.offsetAt(range.start), document.offsetAt(range.end));
    },
    notice(what: Notice): boolean {
      const document = window.activeTextEditor?.document;
      const entry = document && followed.get(document);
      const seen = entry?.queue.findLast(
        (each) =>
          each.notice === null &&
          each.reason === null &&
          // The selection event comes before the notice; after a typed character it would say `keyboard`.
          each.selection === null &&
          each.changes.some(({ text, length }) => text.trim() !== '' || length > 0) &&
          Date.now() - each.at < NOTICE_MS,
      );
      if (seen) seen.notice = what;
      // A document that is not followed has nothing to claim.
      return seen !== undefined || !entry?.buffer;
    },
    async settled(): Promise<void> {
      for (const entry of followed.values()) {
        await entry.opening;
        while (entry.queue.length > 0) await new Promise((resolve) => setTimeout(resolve, JUDGE_MS));
        await entry.reading;
      }
    },
    restart(): void {
      for (const document of followed.keys()) stop(document);
      for (const document of workspace.textDocuments) {
        start(document);
        changed.fire(document);
      }
    },
    refresh(root: string): void {
      for (const entry of followed.values())
        if (entry.file?.repository.worktree === root) {
          record(entry);
          entry.reading = reopen(entry, entry.file);
        }
    },
    flush(): void {
      for (const entry of followed.values()) {
        judge(entry, true);
        record(entry);
      }
    },
    dispose(): void {
      for (const document of followed.keys()) stop(document);
      Disposable.from(...subscriptions).dispose();
    },
  });
}

function isCell({ uri }: TextDocument): boolean {
  return uri.scheme === 'vscode-notebook-cell';
}

function whyNot(isOn: boolean): 'off' | 'untrusted' | 'opening' {
  if (!isOn) return 'off';
  return workspace.isTrusted ? 'opening' : 'untrusted';
}

/** What counts where no sensor explains a change, or where there is no time to wait: of one just opened, the journal. */
function decided(
  explanation: Explanation | null,
  lastly: Followed['lastly'],
  now: boolean,
): Explanation | null {
  const isExplained = explanation !== null && (explanation.kind !== 'wait' || !now);
  if (isExplained) return explanation;
  return lastly === 'opened' ? { kind: 'disk' } : null;
}

/** A change that no sensor explains is nobody's. */
function apply(buffer: OpenBuffer, seen: SeenChange, explanation: Explanation | null): boolean {
  switch (explanation?.kind) {
    case 'restore':
      return buffer.restore(seen.changes);
    case 'disk': {
      const text = buffer.after(seen.changes);
      if (text === null) return false;
      buffer.observe(text);
      return true;
    }
    case 'one':
    case 'pieces':
      return buffer.change(seen.changes, explanation);
    case 'wait':
    case undefined:
      return buffer.change(seen.changes, { kind: 'one', origin: UNKNOWN });
  }
}
