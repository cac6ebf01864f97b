import type { OpenBuffer } from '../../app/open-buffer';
import type { Writer } from '../../core/buffer';
import { person } from './keyboard';
import type { SeenChange, Sensor } from './sensor';

/**
 * A name that a person picked from the list of suggestions by key: it replaces the beginning of the word that was typed.
 * More than a name (a snippet, a whole call) is nobody's, for the list may come from a model.
 */
export function suggestion(): Sensor {
  return {
    name: 'suggestion',
    explain(seen: SeenChange, buffer: OpenBuffer): Writer | null {
      if (seen.reason !== null || seen.notice !== 'picked') return null;
      const text = buffer.text();
      const isPicked = seen.changes.every(({ offset, length, text: name }) => {
        const typed = text.slice(offset, offset + length);
        const isAtCaret = seen.selections.some(({ start, end }) => start === end && end === offset + length);
        return isAtCaret && NAME.test(name) && NAME.test(typed) && startsWith(name, typed);
      });
      return isPicked && seen.changes.length > 0
        ? { kind: 'one', origin: person(seen.at, 'suggestion') }
        : null;
    },
  };
}

const NAME = /^[\p{L}\p{N}_$]+$/u;

function startsWith(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.toLowerCase());
}
