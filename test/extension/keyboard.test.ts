import assert from 'node:assert/strict';
import { keyboard } from '../../src/extension/sensors/keyboard';
import type { OpenBuffer } from '../../src/app/open-buffer';
import type { SeenChange } from '../../src/extension/sensors/sensor';

/** One change at a caret, `text` in the place of `length` characters, and how the selection changed afterwards. */
interface Row {
  readonly what: string;
  readonly text: string;
  readonly length: number;
  readonly selection: SeenChange['selection'];
  /** Somebody else is editing there. */
  readonly others: boolean;
  readonly isPersons: boolean;
}

const ROWS: readonly Row[] = [
  { what: 'a character', text: 'a', length: 0, selection: 'keyboard', others: false, isPersons: true },
  { what: 'a character', text: 'a', length: 0, selection: 'keyboard', others: true, isPersons: true },
  { what: 'a character', text: 'a', length: 0, selection: null, others: false, isPersons: false },
  { what: 'a line break', text: '\n  ', length: 0, selection: null, others: true, isPersons: true },
  { what: 'a deletion', text: '', length: 5, selection: null, others: false, isPersons: true },
  { what: 'a deletion', text: '', length: 5, selection: null, others: true, isPersons: false },
  {
    what: 'words at once',
    text: 'two words',
    length: 0,
    selection: 'keyboard',
    others: false,
    isPersons: false,
  },
];

describe('the keyboard’s evidence', () => {
  for (const { what, text, length, selection, others, isPersons } of ROWS)
    it(`${what}${others ? ', while others edit' : ''}, ${selection ?? 'without a reason'}: ${isPersons ? 'a person’s' : 'nobody’s'}`, () => {
      const seen = {
        changes: [{ offset: 3, length, text }],
        selections: [{ start: 3, end: 3 }],
        reason: null,
        selection,
        at: 1,
      } as unknown as SeenChange;
      const said = keyboard(() => others).explain(seen, {} as OpenBuffer, 2);
      assert.equal(said?.kind === 'one' && said.origin.class === 'human', isPersons);
    });
});
