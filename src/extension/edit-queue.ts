import type { OpenBuffer } from '../app/open-buffer';
import type { Steps } from '../core/steps';
import { UNKNOWN, type Explanation, type Notice, type SeenChange, type Sensor } from './sensors/sensor';

/** After an edit its selection event comes, and perhaps the next key; then it is judged. */
export const JUDGE_MS = 60;
const SELECTION_MS = 500;
/** How late the notice of a key may come on a busy machine; an edit that nothing explains waits for it. */
const NOTICE_MS = 1000;
/** How long judging may go on before what waits in the editor's host comes first. */
const SLICE_MS = 20;

/** What an edit was: the editor has read the file again, or anything else. */
export type Judged = 'read' | 'edited';

/** What has to be done around an edit. */
export interface Turns {
  /** The editor reads the file again, over edits that nobody has saved. */
  readonly leaves: (buffer: OpenBuffer) => void;
  /** The editor has put another text into a document that it had only opened. */
  readonly brings: (buffer: OpenBuffer) => void;
  /** An edit does not fit what was seen before. */
  readonly fails: (buffer: OpenBuffer) => void;
}

/** The edits of one document that are not judged yet: in order, each when what belongs to it has come. */
export class EditQueue {
  private waiting: SeenChange[] = [];
  /** The change seen last, until the next one. */
  private last: SeenChange | null = null;
  /**
   * What happened to its text last. Of one that has only been opened the editor may still bring back what was not saved
   * when the window went, or under the name before.
   */
  private lastly: 'opened' | Judged = 'opened';
  /** The edit that is being judged: of a rewrite of ten thousand lines it is done in steps. Later edits wait for it. */
  private work: Steps<Judged> | null = null;

  constructor(
    private readonly sensors: readonly Sensor[],
    private readonly turns: Turns,
  ) {}

  get isEmpty(): boolean {
    return this.work === null && this.waiting.length === 0;
  }

  get isAtWork(): boolean {
    return this.work !== null;
  }

  /** While a key waits: the event is noted, and nothing is compared. */
  see(seen: SeenChange): void {
    this.waiting.push(seen);
    this.last = seen;
  }

  /** The document was said to be dirty after its last edit. */
  seeDirty(): void {
    if (this.last) this.last.becameDirty = true;
  }

  /** Only the first selection event after a change speaks of it. */
  seeSelection(kind: SeenChange['selection']): void {
    const { last } = this;
    if (!last || last.selection !== undefined || Date.now() - last.at > SELECTION_MS) return;
    last.selection = kind;
  }

  seeSave(isQuiet: boolean): void {
    for (const seen of this.waiting) {
      seen.becameDirty = true;
      if (isQuiet) seen.savedQuietly = true;
    }
  }

  /** Whether the notice belongs to an edit here. */
  takeNotice(what: Notice): boolean {
    const seen = this.waiting.findLast(
      (each) =>
        each.notice === null &&
        each.reason === null &&
        // The selection event comes before the notice; after a typed character it would say `keyboard`.
        each.selection === null &&
        each.changes.some(({ text, length }) => text.trim() !== '' || length > 0) &&
        Date.now() - each.at < NOTICE_MS,
    );
    if (seen) seen.notice = what;
    return seen !== undefined;
  }

  /** Nobody will judge them. */
  forget(): void {
    this.waiting = [];
  }

  /**
   * Judges in order; `now`: all of them, without waiting for what may still happen. Else as long as it `mayGoOn`: there may
   * be an edit at work, or edits that wait, afterwards.
   */
  judge(buffer: OpenBuffer, now: boolean, mayGoOn: () => boolean = slice()): Judged[] {
    const judged: Judged[] = [];
    const goesOn = now ? () => true : mayGoOn;
    for (this.work ??= this.next(buffer, now); this.work; this.work ??= this.next(buffer, now)) {
      const done = this.proceed(this.work, goesOn);
      if (done === null) break;
      judged.push(done);
    }
    return judged;
  }

  /** null: time is over, and there is more to do. An edit whose judging fails is not judged again. */
  private proceed(work: Steps<Judged>, goesOn: () => boolean): Judged | null {
    this.work = null;
    while (goesOn()) {
      const { done, value } = work.next();
      if (done === true) return value;
    }
    this.work = work;
    return null;
  }

  private next(buffer: OpenBuffer, now: boolean): Steps<Judged> | null {
    const [seen] = this.waiting;
    if (!seen || (!now && Date.now() - seen.at < JUDGE_MS / 2)) return null;
    const explanation = this.decide(this.explain(seen, buffer), now);
    if (explanation?.kind === 'wait') return null;
    this.waiting.shift();
    return this.taking(buffer, seen, explanation);
  }

  private explain(seen: SeenChange, buffer: OpenBuffer): Explanation | null {
    const now = Date.now();
    for (const sensor of this.sensors) {
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

  private *taking(buffer: OpenBuffer, seen: SeenChange, explanation: Explanation | null): Steps<Judged> {
    const before = this.lastly;
    const happened = explanation?.kind === 'disk' ? 'read' : 'edited';
    this.lastly = happened;
    if (before === 'edited' && happened === 'read') this.turns.leaves(buffer);
    if (!(yield* applying(buffer, seen, explanation))) {
      this.forget();
      this.turns.fails(buffer);
    } else if (before === 'opened' && happened === 'read') this.turns.brings(buffer);
    return happened;
  }
}

function slice(): () => boolean {
  const end = performance.now() + SLICE_MS;
  return () => performance.now() < end;
}

/** A change that no sensor explains is nobody's. False where it does not fit. */
function* applying(buffer: OpenBuffer, seen: SeenChange, explanation: Explanation | null): Steps<boolean> {
  switch (explanation?.kind) {
    case 'restore':
      return buffer.restore(seen.changes);
    case 'disk': {
      const text = buffer.after(seen.changes);
      if (text === null) return false;
      yield* buffer.observing(text);
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
