import type { TextDocument } from 'vscode';
import type { OpenBuffer } from '../../app/open-buffer';
import type { TextChange, Writer } from '../../core/buffer';
import type { LineOrigin } from '../../core/origin';

/** An edit as the editor told of it, with what was there to be seen at that moment. */
export interface SeenChange {
  readonly document: TextDocument;
  /** In offsets of the text before. */
  readonly changes: readonly TextChange[];
  readonly reason: 'undo' | 'redo' | null;
  /** The carets and selections before the change, as offsets; empty where the document was in no active editor. */
  readonly selections: readonly { readonly start: number; readonly end: number }[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The document's version after the change. */
  readonly version: number;
  /** Whether the document was said to be dirty at that moment; of the first edit of a clean one it is not yet. */
  readonly wasDirty: boolean;
  /** The editor's own reason, where this installation gives it (a proposed API). */
  readonly detailedReason: unknown;
  /** What the keys that a person pressed did, by the notice that follows the editor's own command; null: none came. */
  notice: Notice | null;
  /** How the selection changed directly afterwards; null: the editor does not say, undefined: it has not. */
  selection: 'keyboard' | 'mouse' | 'command' | null | undefined;
  /** The document was said to be dirty, or was saved, directly afterwards: it was not read from disk. */
  becameDirty: boolean;
  /** The document was saved directly afterwards without the announcement that a person's save has. */
  savedQuietly: boolean;
}

/** `accepted`: an inline completion, or a part of one; `picked`: an entry of the list of suggestions. */
export type Notice = 'accepted' | 'picked';

export type Explanation =
  | Writer
  /** Text that was there before is back, with the origins it had. */
  | { readonly kind: 'restore' }
  /** The editor read the file again: the journal may know who wrote it. */
  | { readonly kind: 'disk' }
  /** What decides has not happened yet. */
  | { readonly kind: 'wait' };

/** One source of evidence: says who made a change, or nothing. `now`: milliseconds since 1970. */
export interface Sensor {
  readonly name: string;
  explain(seen: SeenChange, buffer: OpenBuffer, now: number): Explanation | null;
}

export const UNKNOWN: LineOrigin = { class: 'unknown' };
