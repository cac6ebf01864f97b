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
import type { KnownText } from '../core/known';
import { EditQueue, JUDGE_MS } from './edit-queue';
import { documentState } from './line-state';
import { seenChange } from './seen-change';
import type { Copied } from './sensors/paste';
import type { Notice, SeenChange, Sensor } from './sensors/sensor';
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
  /** The name that a file has been renamed from; null: none is known. */
  readonly formerName: (file: string) => string | null;
  /** What is known of a text that another document shows, or has shown just now. */
  readonly leftBehind: (text: string, by: FollowedDocument) => KnownText | null;
}

/** How long an edit waits for what may still belong to it before it is looked at again. */
const WAIT_MS = 120;
/** The editor tells of a copy directly after it has cut the text; a busy one takes its time. */
const CUT_MS = 5000;
const IDLE_MS = 2000;
/** A crash loses at most so much. */
const RESTLESS_MS = 10_000;
/** How many times as long as it takes to draw what is known of a document passes until it is drawn again. */
const REST_OF_DRAWING = 8;

/** One open document, from its change events to the journal. It lives as long as the editor has the document open. */
export class FollowedDocument {
  private readonly edits: EditQueue;
  private buffer: OpenBuffer | null = null;
  private openFile: OpenFile | null = null;
  private why: Untracked = 'opening';
  private isClosed = false;
  /** The editor has announced a save that has not happened yet. */
  private isSaving = false;
  private opening: Promise<void> | null = null;
  /** The journal and the last commit are being asked again. */
  private reading: Promise<void> | null = null;
  /** They are to be asked again after that. */
  private wanted: Again | null = null;
  private judging: NodeJS.Timeout | null = null;
  private idle: NodeJS.Timeout | null = null;
  private announcing: NodeJS.Timeout | null = null;
  /** Milliseconds that all who were told of the last edit took. */
  private drawing = 0;
  /** Since when there are edits that the journal has not been told of; null: none. */
  private restless: number | null = null;
  /** Milliseconds since 1970; 0: there was none. */
  private lastEdit = 0;
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
  ) {
    this.edits = new EditQueue(around.sensors, {
      leaves: (buffer) => around.leave(buffer),
      brings: (buffer) => this.bringBack(buffer),
      fails: (buffer) => this.startOver(buffer),
    });
  }

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

  /** What a range has in it, and what it had before the edit just now, if that took it out. */
  copiedFrom(range: Range): readonly Copied[] {
    const { buffer, document } = this;
    if (!buffer) return [];
    this.judge(true);
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const here = { text: document.getText(range), pieces: buffer.origins(from, to) };
    const cut = Date.now() - this.lastEdit < CUT_MS ? buffer.cutOut(range.start, range.end) : null;
    return cut === null ? [here] : [here, cut];
  }

  /** All edits until now are judged. */
  async settled(): Promise<void> {
    await this.opening;
    while (!this.edits.isEmpty) await new Promise((resolve) => setTimeout(resolve, JUDGE_MS));
    await this.reading;
  }

  // ---- what the editor tells

  /** While a key waits: the event is noted, and nothing is compared. */
  see(event: TextDocumentChangeEvent, editor: TextEditor | undefined): void {
    if (event.contentChanges.length === 0) {
      if (this.document.isDirty) this.edits.seeDirty();
      return;
    }
    this.lastEdit = Date.now();
    this.edits.see(seenChange(event, editor));
    this.soon(JUDGE_MS);
  }

  seeSelection(kind: SeenChange['selection']): void {
    this.edits.seeSelection(kind);
  }

  /** Whether the notice belongs to a change here, or cannot, because nothing is followed. */
  takeNotice(what: Notice): boolean {
    return this.edits.takeNotice(what) || this.buffer === null;
  }

  willSave(): void {
    this.isSaving = true;
  }

  saved(): void {
    this.edits.seeSave(!this.isSaving);
    this.isSaving = false;
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
    // What is being asked for will be recorded with what the journal says of it.
    if (!this.edits.isAtWork && this.reading === null) this.record();
    this.reopen('if-changed');
  }

  /** Everything that is known goes to the journal. */
  flush(): void {
    this.judge(true);
    this.record();
  }

  /** It will be renamed. */
  leaves(): void {
    this.flush();
    if (this.buffer) this.around.leave(this.buffer);
  }

  close(): void {
    this.leaves();
    this.isClosed = true;
    for (const timer of [this.judging, this.idle, this.announcing]) if (timer) clearTimeout(timer);
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
      const name = this.document.uri.fsPath;
      const opened = await openFile(name, text, null, null, this.around.formerName(name));
      if (opened.kind === 'untracked') this.why = opened.why;
      else {
        this.openFile = opened.file;
        this.buffer = followBuffer(opened.file, earlier);
        const isMoved = earlier !== null || opened.file.headPath !== opened.file.path;
        this.recorded = isMoved ? null : opened.file.known;
        if (isMoved) this.rest();
      }
    } catch (error) {
      this.why = 'no-repository';
      this.around.log.error(`${this.document.uri.fsPath} is not followed: ${String(error)}`);
    }
  }

  /** Asks the journal and the last commit again, for a text that others have changed, or because they have. */
  private reopen(again: Again): void {
    if (this.wanted !== 'always') this.wanted = again;
    this.reading ??= this.reopenWanted().finally(() => (this.reading = null));
  }

  private async reopenWanted(): Promise<void> {
    for (let again = this.wanted; again !== null; again = this.wanted) {
      this.wanted = null;
      await this.reopenNow(again);
    }
  }

  private async reopenNow(again: Again): Promise<void> {
    const { document, buffer, openFile: earlier } = this;
    if (buffer === null || document.isUntitled) return;
    const text = buffer.text();
    try {
      const before = again === 'always' ? null : earlier;
      const name = document.uri.fsPath;
      const opened = await openFile(name, text, before, earlier, this.around.formerName(name));
      const isNews = opened.kind === 'tracked' && opened.file !== before;
      if (isNews && !this.isClosed) this.found(buffer, text, opened.file, again);
    } catch (error) {
      this.around.log.error(`${document.uri.fsPath} could not be looked at again: ${String(error)}`);
    }
    // What was read is drawn when it is known whose it is, or that nobody knows.
    if (again === 'always') this.announce();
  }

  /** What was found is about a text that may be another one by now. */
  private found(buffer: OpenBuffer, text: string, file: OpenFile, again: Again): void {
    if (this.edits.isAtWork || buffer.text() !== text) {
      setTimeout(() => this.reopen(again), IDLE_MS);
      return;
    }
    this.openFile = file;
    buffer.rebase(file);
    if (file.isRecorded && haveSameOrigins(buffer.known(), file.known)) this.recorded = buffer.known();
    this.announce();
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

  /** Judges the edits that are there; `now`: without waiting for what may still happen, and to the end. */
  private judge(now: boolean): void {
    const { buffer, edits } = this;
    if (buffer === null) {
      if (this.why !== 'opening') edits.forget();
      return;
    }
    const judged = edits.judge(buffer, now);
    if (!edits.isEmpty) this.soon(edits.isAtWork ? 0 : WAIT_MS);
    else if (judged.length > 0) this.verify(buffer);
    if (judged.length === 0) return;
    this.rest();
    if (judged.includes('read')) this.reopen('always');
    else this.announce();
  }

  private startOver(buffer: OpenBuffer): void {
    const { uri } = this.document;
    this.around.log.warn(`${uri.fsPath}: an edit did not fit what was seen before; its lines are unknown`);
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
        // An edit that is being judged is recorded with what comes of it.
        if (!this.edits.isAtWork) this.record();
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

/** The same objects: what the journal says was not added to. */
function haveSameOrigins(one: KnownText, other: KnownText): boolean {
  return (
    (one.tombstones === other.tombstones || one.tombstones.length + other.tombstones.length === 0) &&
    one.origins.length === other.origins.length &&
    one.origins.every((origin, line) => origin === other.origins[line])
  );
}

function whyNot(isOn: boolean): 'off' | 'untrusted' | 'opening' {
  if (!isOn) return 'off';
  return workspace.isTrusted ? 'opening' : 'untrusted';
}

/** Whether there is something to be done where the journal and the last commit say what they said. */
type Again = 'always' | 'if-changed';
