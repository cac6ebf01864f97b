import {
  workspace,
  type LogOutputChannel,
  type Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  type TextEditor,
} from 'vscode';
import { followBuffer, foundText, type OpenBuffer } from '../app/open-buffer';
import { openFile, recordFile, type OpenFile } from '../app/open-file';
import type { OriginRange } from '../core/edit';
import type { KnownText } from '../core/known';
import type { LineOrigin } from '../core/origin';
import { documentState } from './line-state';
import { seenChange } from './seen-change';
import { UNKNOWN, type Explanation, type Notice, type SeenChange, type Sensor } from './sensors/sensor';
import type { DocumentState, Untracked } from './tracking';

/** An open file of a repository, and what is known of its text now. */
export interface OpenText {
  readonly file: OpenFile;
  /** The same object as long as nothing has changed. */
  readonly known: KnownText;
}

/** What all documents of a window share. */
export interface Around {
  readonly log: LogOutputChannel;
  /** A name for this window's part of the journal. */
  readonly writer: string;
  /** In the order in which they are believed. */
  readonly sensors: readonly Sensor[];
  readonly isOn: () => boolean;
  /** Something about the document is to be drawn anew. */
  readonly changed: (document: TextDocument) => void;
  /** The document does not show this text any more; another one may show it next. */
  readonly leave: (buffer: OpenBuffer) => void;
  /** What is known of a text that another document shows, or has shown just now. */
  readonly leftBehind: (text: string, by: FollowedDocument) => KnownText | null;
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

/** One open document, from its change events to the journal. It lives as long as the editor has the document open. */
export class FollowedDocument {
  private queue: SeenChange[] = [];
  private buffer: OpenBuffer | null = null;
  private openFile: OpenFile | null = null;
  private why: Untracked = 'opening';
  private isClosed = false;
  /** The editor has announced a save that has not happened yet. */
  private isSaving = false;
  /** The change seen last, until the next one. */
  private last: SeenChange | null = null;
  /**
   * What happened to its text last. Of one that has only been opened the editor may still bring back what was not saved
   * when the window went, or under the name before.
   */
  private lastly: 'opened' | 'read' | 'edited' = 'opened';
  private opening: Promise<void> | null = null;
  /** The journal and the last commit are being asked again. */
  private reading: Promise<void> | null = null;
  private judging: NodeJS.Timeout | null = null;
  private idle: NodeJS.Timeout | null = null;
  private announcing: NodeJS.Timeout | null = null;
  /** Milliseconds that all who were told of the last edit took. */
  private drawing = 0;
  /** Since when there are edits that the journal has not been told of; null: none. */
  private restless: number | null = null;
  /** What the journal was told last. */
  private recorded: KnownText | null = null;
  private shown: {
    readonly known: KnownText;
    readonly file: OpenFile | null;
    readonly state: DocumentState;
  } | null = null;

  constructor(
    readonly document: TextDocument,
    private readonly around: Around,
  ) {}

  /** Looks at the file, once; who is told of changes must be able to ask for this document by then. */
  start(): void {
    this.opening ??= this.open();
  }

  // ---- what is known

  state(): DocumentState {
    if (this.buffer === null) return { kind: 'untracked', why: this.why };
    const known = this.buffer.known();
    const { openFile: file } = this;
    if (this.shown?.known !== known || this.shown.file !== file)
      this.shown = { known, file, state: documentState(known, file) };
    return this.shown.state;
  }

  /** null: its lines are not followed, or it is no file yet. */
  openText(): OpenText | null {
    return this.buffer && this.openFile ? { file: this.openFile, known: this.buffer.known() } : null;
  }

  /** null: its lines are not followed. */
  known(): KnownText | null {
    return this.buffer?.known() ?? null;
  }

  shows(text: string): boolean {
    return this.buffer?.text() === text;
  }

  isIn(root: string): boolean {
    return this.openFile?.repository.worktree === root;
  }

  /** Who wrote the characters of a range; null where the document is not followed. */
  originsIn(range: Range): readonly OriginRange<LineOrigin>[] | null {
    if (!this.buffer) return null;
    this.judge(true);
    return this.buffer.origins(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
  }

  /** All edits until now are judged. */
  async settled(): Promise<void> {
    await this.opening;
    while (this.queue.length > 0) await new Promise((resolve) => setTimeout(resolve, JUDGE_MS));
    await this.reading;
  }

  // ---- what the editor tells

  /** While a key waits: the event is noted, and nothing is compared. */
  see(event: TextDocumentChangeEvent, editor: TextEditor | undefined): void {
    if (event.contentChanges.length === 0) {
      if (this.document.isDirty && this.last) this.last.becameDirty = true;
      return;
    }
    const seen = seenChange(event, editor);
    this.queue.push(seen);
    this.last = seen;
    this.soon(JUDGE_MS);
  }

  /** Only the first selection event after a change speaks of it. */
  seeSelection(kind: SeenChange['selection']): void {
    const { last } = this;
    if (!last || last.selection !== undefined || Date.now() - last.at > SELECTION_MS) return;
    last.selection = kind;
  }

  /** Whether the notice belongs to a change here, or cannot, because nothing is followed. */
  takeNotice(what: Notice): boolean {
    const seen = this.queue.findLast(
      (each) =>
        each.notice === null &&
        each.reason === null &&
        // The selection event comes before the notice; after a typed character it would say `keyboard`.
        each.selection === null &&
        each.changes.some(({ text, length }) => text.trim() !== '' || length > 0) &&
        Date.now() - each.at < NOTICE_MS,
    );
    if (seen) seen.notice = what;
    return seen !== undefined || this.buffer === null;
  }

  willSave(): void {
    this.isSaving = true;
  }

  saved(): void {
    const isQuiet = !this.isSaving;
    this.isSaving = false;
    for (const seen of this.queue) {
      seen.becameDirty = true;
      if (isQuiet) seen.savedQuietly = true;
    }
    this.flush();
  }

  /** A person says where lines came from; 0-based, `last` inclusive. */
  declare(first: number, last: number, as: 'ai' | 'human', agent: string | null): void {
    if (!this.buffer) return;
    this.judge(true);
    this.buffer.declare(first, last, as, agent, Date.now());
    this.record();
    this.around.changed(this.document);
  }

  /** The last commit or the journal has changed. */
  lookAgain(): void {
    this.record();
    this.reading = this.reopen(this.openFile);
  }

  /** Everything that is known goes to the journal. */
  flush(): void {
    this.judge(true);
    this.record();
  }

  close(): void {
    this.flush();
    this.isClosed = true;
    for (const timer of [this.judging, this.idle, this.announcing]) if (timer) clearTimeout(timer);
    if (this.buffer) this.around.leave(this.buffer);
  }

  // ---- opening

  private async open(): Promise<void> {
    const { document } = this;
    this.why = whyNot(this.around.isOn());
    if (this.why === 'opening') {
      const text = document.getText();
      const earlier = this.around.leftBehind(text, this);
      if (document.isUntitled) this.buffer = followBuffer(foundText(text), earlier);
      else await this.openOnDisk(text, earlier);
    }
    this.judge(false);
    this.around.changed(document);
  }

  private async openOnDisk(text: string, earlier: KnownText | null): Promise<void> {
    try {
      const opened = await openFile(this.document.uri.fsPath, text);
      if (opened.kind === 'untracked') this.why = opened.why;
      else {
        this.openFile = opened.file;
        this.buffer = followBuffer(opened.file, earlier);
        this.recorded = earlier === null ? opened.file.known : null;
      }
    } catch (error) {
      this.why = 'no-repository';
      this.around.log.error(`${this.document.uri.fsPath} is not followed: ${String(error)}`);
    }
  }

  /**
   * Asks the journal and the last commit again, for a text that others have changed, or because they have; `before`: nothing
   * is to be done where they say what they said then.
   */
  private async reopen(before: OpenFile | null): Promise<void> {
    const { document, buffer } = this;
    if (buffer === null || document.isUntitled) return;
    const text = buffer.text();
    try {
      const opened = await openFile(document.uri.fsPath, text, before);
      if (opened.kind === 'untracked' || this.isClosed || opened.file === before) return;
      if (buffer.text() !== text) {
        setTimeout(() => void this.reopen(before), IDLE_MS);
        return;
      }
      this.openFile = opened.file;
      buffer.rebase(opened.file);
      this.around.changed(document);
    } catch (error) {
      this.around.log.error(`${document.uri.fsPath} could not be looked at again: ${String(error)}`);
    }
  }

  // ---- judging

  private soon(wait: number): void {
    this.judging ??= setTimeout(() => {
      // Where this process was busy or asleep, the selection event has come long ago and has not been read yet.
      setImmediate(() => {
        this.judging = null;
        this.judge(false);
      });
    }, wait);
  }

  /** Judges what is in the queue, in order; `now`: without waiting for what may still happen. */
  private judge(now: boolean): void {
    const { buffer } = this;
    if (buffer === null) {
      if (this.why !== 'opening') this.queue = [];
      return;
    }
    const judged = this.judgeQueue(buffer, now);
    if (this.queue.length > 0) this.soon(WAIT_MS);
    else if (judged.length > 0) this.verify(buffer);
    if (judged.length === 0) return;
    if (judged.includes('read')) this.reading = this.reopen(null);
    this.rest();
    this.announce();
  }

  private judgeQueue(buffer: OpenBuffer, now: boolean): ('read' | 'edited')[] {
    const judged: ('read' | 'edited')[] = [];
    for (let seen = this.queue[0]; seen; seen = this.queue[0]) {
      if (!now && Date.now() - seen.at < JUDGE_MS / 2) break;
      const explanation = this.decide(this.explain(seen, buffer), now);
      if (explanation?.kind === 'wait') break;
      this.queue.shift();
      judged.push(this.take(buffer, seen, explanation));
    }
    return judged;
  }

  private explain(seen: SeenChange, buffer: OpenBuffer): Explanation | null {
    const now = Date.now();
    for (const sensor of this.around.sensors) {
      const explanation = sensor.explain(seen, buffer, now);
      if (explanation) return explanation;
    }
    return now - seen.at < NOTICE_MS ? { kind: 'wait' } : null;
  }

  /** What counts where no sensor explains a change, or where there is no time to wait: of one just opened, the journal. */
  private decide(explanation: Explanation | null, now: boolean): Explanation | null {
    const isExplained = explanation !== null && (explanation.kind !== 'wait' || !now);
    if (isExplained) return explanation;
    return this.lastly === 'opened' ? { kind: 'disk' } : null;
  }

  private take(buffer: OpenBuffer, seen: SeenChange, explanation: Explanation | null): 'read' | 'edited' {
    const before = this.lastly;
    const happened = explanation?.kind === 'disk' ? 'read' : 'edited';
    this.lastly = happened;
    if (before === 'edited' && happened === 'read') this.around.leave(buffer);
    if (!apply(buffer, seen, explanation)) this.startOver(buffer);
    else if (before === 'opened' && happened === 'read') this.bringBack(buffer);
    return happened;
  }

  private startOver(buffer: OpenBuffer): void {
    const { uri } = this.document;
    this.around.log.warn(`${uri.fsPath}: an edit did not fit what was seen before; its lines are unknown`);
    this.queue = [];
    buffer.observe(this.document.getText());
  }

  /** The editor has put the text of another document into one that it had opened with what was on disk. */
  private bringBack(buffer: OpenBuffer): void {
    const earlier = this.around.leftBehind(buffer.text(), this);
    if (earlier !== null) buffer.rebase({ known: earlier, history: [] });
  }

  /** What was followed must be what the editor shows; where it is not, what differs is unknown. */
  private verify(buffer: OpenBuffer): void {
    const text = this.document.getText();
    if (text === buffer.text()) return;
    const { uri } = this.document;
    this.around.log.warn(
      `${uri.fsPath}: the followed text differs from the editor's; what differs is unknown`,
    );
    buffer.observe(text);
  }

  // ---- telling of it

  /** What draws an edit may take a share of the time only: in a file of 50,000 lines it takes a tenth of a second. */
  private announce(): void {
    this.announcing ??= setTimeout(() => {
      this.announcing = null;
      const began = performance.now();
      this.around.changed(this.document);
      this.drawing = performance.now() - began;
    }, this.drawing * REST_OF_DRAWING);
  }

  /** Writes down what is known when the keys have rested; while they do not, from time to time. */
  private rest(): void {
    const now = Date.now();
    this.restless ??= now;
    if (this.idle) clearTimeout(this.idle);
    const wait = Math.min(IDLE_MS, this.restless + RESTLESS_MS - now);
    this.idle = setTimeout(
      () => {
        this.idle = null;
        this.record();
      },
      Math.max(0, wait),
    );
  }

  private record(): void {
    this.restless = null;
    const { buffer, openFile: file } = this;
    if (buffer === null || file === null) return;
    const known = buffer.known();
    if (known === this.recorded) return;
    try {
      const next = recordFile(file, { known, writer: this.around.writer, now: Date.now() });
      if (next === null) return;
      this.openFile = next;
      this.recorded = known;
    } catch (error) {
      this.around.log.error(`what is known of ${file.path} could not be written down: ${String(error)}`);
    }
  }
}

function whyNot(isOn: boolean): 'off' | 'untrusted' | 'opening' {
  if (!isOn) return 'off';
  return workspace.isTrusted ? 'opening' : 'untrusted';
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
