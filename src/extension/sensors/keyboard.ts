import type { TextChange } from '../../core/buffer';
import type { Evidenced } from '../../core/origin';
import type { SeenChange, Sensor } from './sensor';

/**
 * What a person types. The editor does not say so, but it tells that the selection changed by the keyboard directly
 * after a typed, composed or pasted text within a line, and after nothing else that inserts one (seen in VS Code 1.139);
 * a paste is known to the sensor before this one. A key gives one character, a pair of brackets or quotes, a line break
 * with its indentation, or a composition of an input method. More than that at once was not typed.
 *
 * Of a deletion the editor does not tell even that: one at the caret is a person's unless `mayBeOthers` says that
 * somebody else is editing there.
 */
export function keyboard(mayBeOthers: (seen: SeenChange) => boolean): Sensor {
  return {
    name: 'keyboard',
    explain(seen, _buffer, now) {
      if (deletes(seen) && mayBeOthers(seen)) return null;
      if (isTyped(seen)) return { kind: 'one', origin: person(seen.at, 'keyboard') };
      const mayBe = seen.selection === undefined && isTyped({ ...seen, selection: 'keyboard' });
      return mayBe && now - seen.at < WAIT_MS ? { kind: 'wait' } : null;
    },
  };
}

/** How late the selection event of an edit may come on a busy machine. Later ones are of keys that move the caret. */
const WAIT_MS = 300;

export function person(at: number, sensor: string): Evidenced {
  return { class: 'human', via: null, agent: null, model: null, evidence: 'reported', at, sensor };
}

const KEY = /^\s*(?:[^\s\p{M}]\p{M}*|\(\)|\[\]|\{\}|<>|""|''|``)?$/u;
const COMPOSED = /^[^\0-\x7f]+$/u;
/** A line break, with the indentation and the sign of a comment that goes on. */
const ENTER = /^\r?\n[ \t]*(?:\r?\n[ \t]*)?$|^\r?\n[ \t]*(?:\/\/[/!]?|\*|#|--|;+)[ \t]?$/;
const INDENT = /^[ \t]+$/;

function isTyped(seen: SeenChange): boolean {
  if (seen.reason !== null || seen.selections.length === 0) return false;
  return seen.changes.every((change) => isAtCaret(change, seen) && isKey(change, seen));
}

function deletes({ changes }: SeenChange): boolean {
  return changes.some(({ text }) => text === '');
}

function isKey({ text }: TextChange, { selection }: SeenChange): boolean {
  if (text === '' || ENTER.test(text) || INDENT.test(text)) return true;
  return selection === 'keyboard' && !/[\r\n]/.test(text) && (KEY.test(text) || COMPOSED.test(text));
}

/** The change replaces a selection or what stands directly at a caret (a composition, an overtyped bracket, an indent). */
function isAtCaret({ offset, length }: TextChange, { selections }: SeenChange): boolean {
  return selections.some(({ start, end }) => offset <= end && offset + length >= start);
}
