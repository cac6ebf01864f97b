import {
  changeBuffer,
  changedText,
  openBuffer,
  originsBetween,
  type Buffer,
  type TextChange,
  type Writer,
} from '../core/buffer';
import type { OriginRange } from '../core/edit';
import { observe, observing, type KnownText } from '../core/known';
import { splitLines } from '../core/lines';
import { BASE, UNKNOWN, type Evidenced, type LineOrigin } from '../core/origin';
import { finish, type Steps } from '../core/steps';
import { knownText } from '../core/written';
import type { OpenFile } from './open-file';

/** A text that is open in an editor, followed edit by edit. Offsets are 0-based UTF-16 offsets, lines 0-based. */
export interface OpenBuffer {
  readonly text: () => string;
  readonly known: () => KnownText;
  /** The text that changes lead to; null where they do not fit. */
  after(changes: readonly TextChange[]): string | null;
  /** An edit and who made it. What does not fit the text is refused: false, and nothing has changed. */
  change(changes: readonly TextChange[], writer: Writer): boolean;
  /** An undo or a redo: every character gets back the origin it had, where this text has been seen before. */
  restore(changes: readonly TextChange[]): boolean;
  /** The text is another one, and nobody saw how it came about. */
  observe(text: string): void;
  /** The same in steps; until the last one nothing has changed. */
  observing(text: string): Steps<void>;
  /** What the journal and history say of the text of now; what was seen here fills the gaps. */
  rebase(found: FoundText): void;
  /** A person says where lines came from, `last` inclusive. */
  declare(first: number, last: number, as: 'ai' | 'human', agent: string | null, at: number): void;
  origins(from: number, to: number): OriginRange<LineOrigin>[];
  /**
   * The text between two places of the text before the last edit, with its origins, if that edit did nothing but take it out
   * (with the line end beside it, where it was a whole line); null otherwise.
   */
  cutOut(start: TextPosition, end: TextPosition): CutText | null;
}

/** 0-based. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface CutText {
  readonly text: string;
  readonly pieces: readonly OriginRange<LineOrigin>[];
}

export type FoundText = Pick<OpenFile, 'known' | 'history'>;

/** A text of which nothing is known: of a document that is no file yet. */
export function foundText(text: string): FoundText {
  const lines = splitLines(text);
  return { known: { lines, origins: lines.map(() => UNKNOWN), tombstones: [] }, history: [] };
}

/** How many states an undo can go back to. */
const STATES = 500;

/** `earlier`: what was seen of the same text under another name. */
export function followBuffer(found: FoundText, earlier: KnownText | null = null): OpenBuffer {
  const start = earlier === null ? found.known : merged(found, earlier);
  let buffer = openBuffer(start, found.history);
  let past: Buffer[] = [buffer];
  let known: KnownText | null = start;

  const become = (next: Buffer): void => {
    buffer = next;
    known = null;
    past.push(next);
    if (past.length > STATES) past = past.slice(-STATES / 2);
  };
  const knownNow = (): KnownText => (known ??= knownText(buffer));
  function* observingText(text: string): Steps<void> {
    if (text === buffer.text) return;
    const [before, from] = [buffer, knownNow()];
    yield;
    const seen = yield* observing(from, splitLines(text));
    // Whoever has changed the buffer between the steps is not passed over.
    become(openBuffer(buffer === before ? seen : observe(knownNow(), splitLines(text)), []));
  }
  return Object.freeze({
    text: () => buffer.text,
    known: knownNow,
    after: (changes: readonly TextChange[]) => changedText(buffer.text, changes),
    change(changes: readonly TextChange[], writer: Writer): boolean {
      const next = changeBuffer(buffer, changes, writer);
      if (next !== null) become(next);
      return next !== null;
    },
    restore(changes: readonly TextChange[]): boolean {
      const text = changedText(buffer.text, changes);
      if (text === null) return false;
      const before = past.findLast((state) => state.text === text);
      const next = before ?? changeBuffer(buffer, changes, { kind: 'one', origin: UNKNOWN });
      if (next) become(next);
      return next !== null;
    },
    observe: (text: string) => finish(observingText(text)),
    observing: observingText,
    rebase(found: FoundText): void {
      become(openBuffer(merged(found, knownNow()), found.history));
    },
    declare(first: number, last: number, as: 'ai' | 'human', agent: string | null, at: number): void {
      const said = knownNow();
      const origins = said.origins.map((origin, line) =>
        line < first || line > last ? origin : declared(origin, as, agent, at),
      );
      become(openBuffer({ ...said, origins }, buffer.history));
    },
    origins: (from: number, to: number) => originsBetween(buffer, from, to),
    cutOut(start: TextPosition, end: TextPosition): CutText | null {
      const before = past.at(-2);
      if (before === undefined || past.at(-1) !== buffer) return null;
      const [from, to] = [offsetOf(before.text, start), offsetOf(before.text, end)];
      const isCut =
        from !== null && to !== null && from < to && isWithout(before.text, buffer.text, from, to);
      return isCut ? { text: before.text.slice(from, to), pieces: originsBetween(before, from, to) } : null;
    },
  });
}

/** null: there is no such place. */
function offsetOf(text: string, { line, character }: TextPosition): number | null {
  const lines = splitLines(text);
  // Behind a last line end there is one more line, which is empty.
  if (line > lines.length || character > (lines[line]?.length ?? 0)) return null;
  return lines.slice(0, line).reduce((sum, { length }) => sum + length, character);
}

/** Whether one text is the other one without what stands between the offsets, at most a line end beside it apart. */
function isWithout(before: string, after: string, from: number, to: number): boolean {
  const length = before.length - after.length;
  const starts = [from, from - 1, from - 2].filter(
    (at) => at >= 0 && at + length >= to && length <= to - from + 2,
  );
  return starts.some(
    (at) =>
      after === before.slice(0, at) + before.slice(at + length) &&
      (before.slice(at, from) + before.slice(to, at + length)).trim() === '',
  );
}

/** Evidence of the journal first, then what was seen here; committed lines are what the last commit says. */
function merged(found: FoundText, seen: KnownText): KnownText {
  const own = observe(seen, found.known.lines);
  const origins = found.known.origins.map((origin, line) => {
    const here = own.origins[line] ?? UNKNOWN;
    if (origin.class === 'base') return here.class === 'human' || here.class === 'unknown' ? BASE : here;
    return origin.class === 'unknown' && here.class !== 'base' ? here : origin;
  });
  const tombstones = found.known.tombstones.length > 0 ? found.known.tombstones : own.tombstones;
  return { lines: found.known.lines, origins, tombstones };
}

/** A line declared human against a model's evidence keeps the agent's name: the commit counts it as redeclared. */
function declared(was: LineOrigin, as: 'ai' | 'human', agent: string | null, at: number): Evidenced {
  const model = was.class === 'ai' || was.class === 'mixed' ? was.agent : null;
  return {
    class: as,
    via: 'declared',
    agent: as === 'ai' ? (agent ?? 'unidentified') : model,
    model: null,
    evidence: 'declared',
    at,
  };
}
