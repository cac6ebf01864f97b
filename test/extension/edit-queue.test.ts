import assert from 'node:assert/strict';
import { followBuffer, foundText, type OpenBuffer } from '../../src/app/open-buffer';
import type { TextChange } from '../../src/core/buffer';
import { baseText } from '../../src/core/known';
import { splitLines } from '../../src/core/lines';
import type { Evidenced } from '../../src/core/origin';
import { EditQueue } from '../../src/extension/edit-queue';
import type { Explanation, SeenChange } from '../../src/extension/sensors/sensor';

const PERSON: Evidenced = { class: 'human', via: null, agent: null, model: null, evidence: 'reported' };
const MODEL: Evidenced = { ...PERSON, class: 'ai', via: 'completion', agent: 'someone' };

const FOUND = 'const first = one();\nconst second = two();\nconst third = three();\n';
const REWRITTEN = 'const first = one();\nreturn another(value);\nconst third = three();\n';

/** The edits of a story, in the order in which the editor tells of them; the texts are those before each edit. */
const EDITS: Readonly<Record<string, (text: string) => readonly [TextChange, Explanation]>> = {
  'the editor reads a rewrite': (text) => [
    { offset: 0, length: text.length, text: REWRITTEN },
    { kind: 'disk' },
  ],
  'the editor reads the text of before': (text) => [
    { offset: 0, length: text.length, text: FOUND },
    { kind: 'disk' },
  ],
  'a person types in the first line': (text) => [
    { offset: text.indexOf('one'), length: 0, text: 'typed' },
    { kind: 'one', origin: PERSON },
  ],
  'a model completes the last line': (text) => [
    { offset: text.length, length: 0, text: 'const fourth = completed();\n' },
    { kind: 'one', origin: MODEL },
  ],
  'an edit that fits no text': () => [
    { offset: 10_000, length: 5, text: '' },
    { kind: 'one', origin: PERSON },
  ],
};

interface Story {
  readonly edits: readonly string[];
  /** `CLASS LINE` for every line at the end. */
  readonly lines: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    edits: ['the editor reads a rewrite', 'a person types in the first line'],
    lines: [
      'human const first = typedone();',
      'unknown return another(value);',
      'base const third = three();',
    ],
  },
  {
    edits: [
      'a person types in the first line',
      'the editor reads a rewrite',
      'a model completes the last line',
    ],
    lines: [
      'unknown const first = one();',
      'unknown return another(value);',
      'base const third = three();',
      'ai const fourth = completed();',
    ],
  },
  {
    edits: [
      'a model completes the last line',
      'the editor reads a rewrite',
      'the editor reads the text of before',
    ],
    lines: ['base const first = one();', 'unknown const second = two();', 'base const third = three();'],
  },
];

/** No edit has so many steps. */
const MANY = 40;

function desk(): { queue: EditQueue; buffer: OpenBuffer; tell: (edit: string, text: string) => string } {
  const explanations = new Map<SeenChange, Explanation>();
  const sensor = { name: 'told', explain: (seen: SeenChange) => explanations.get(seen) ?? null };
  const nothing = (): void => undefined;
  const queue = new EditQueue([sensor], { leaves: nothing, brings: nothing, fails: nothing });
  const buffer = followBuffer({ known: baseText(splitLines(FOUND)), history: [] });
  return {
    queue,
    buffer,
    tell(edit, text) {
      const told = EDITS[edit]?.(text);
      assert.ok(told, edit);
      const seen = seenOf(told[0]);
      explanations.set(seen, told[1]);
      queue.see(seen);
      const { offset, length, text: put } = told[0];
      return text.slice(0, offset) + put + text.slice(offset + length);
    },
  };
}

function seenOf(change: TextChange): SeenChange {
  return {
    document: {} as SeenChange['document'],
    changes: [change],
    reason: null,
    selections: [],
    at: 0,
    version: 1,
    wasDirty: false,
    detailedReason: undefined,
    notice: null,
    selection: undefined,
    becameDirty: false,
    savedQuietly: false,
  };
}

/** `mayGoOn` for so many steps. */
function steps(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}

function classes(buffer: OpenBuffer): string[] {
  const { lines, origins } = buffer.known();
  return lines.map((line, at) => `${origins[at]?.class} ${line.trimEnd()}`);
}

describe('the queue of edits', () => {
  for (const { edits, lines } of STORIES) {
    it(`${edits.join(', ')}: judged in order, however far each is when the next one comes`, () => {
      for (let before = 0; before < MANY; before++) {
        const { queue, buffer, tell } = desk();
        let text = FOUND;
        for (const edit of edits) {
          text = tell(edit, text);
          queue.judge(buffer, false, steps(before));
        }
        while (!queue.isEmpty) queue.judge(buffer, false, steps(1));
        assert.deepEqual(classes(buffer), lines, `${before} steps each`);
      }
    });

    it(`${edits.join(', ')}: a save at any moment has all of it judged`, () => {
      for (let before = 0; before < MANY; before++) {
        const { queue, buffer, tell } = desk();
        let text = FOUND;
        for (const edit of edits) text = tell(edit, text);
        queue.judge(buffer, false, steps(before));
        queue.judge(buffer, true, steps(0));
        assert.ok(queue.isEmpty);
        assert.deepEqual(classes(buffer), lines, `after ${before} steps`);
      }
    });
  }

  it('what waits behind an edit that fits no text is not judged on another one', () => {
    const { queue, buffer, tell } = desk();
    for (const edit of ['an edit that fits no text', 'a person types in the first line']) tell(edit, FOUND);
    assert.deepEqual(queue.judge(buffer, true), ['edited']);
    assert.ok(queue.isEmpty);
    assert.equal(buffer.text(), FOUND);
  });

  it('an edit at work has changed nothing, and then all', () => {
    const { queue, buffer, tell } = desk();
    tell('the editor reads a rewrite', FOUND);
    queue.judge(buffer, false, steps(1));
    assert.ok(queue.isAtWork);
    assert.equal(buffer.text(), FOUND);
    assert.deepEqual(queue.judge(buffer, true), ['read']);
    assert.equal(buffer.text(), REWRITTEN);
  });

  it('what comes while one is at work belongs to the edits that wait', () => {
    const { queue, buffer, tell } = desk();
    tell('a model completes the last line', tell('the editor reads a rewrite', FOUND));
    queue.judge(buffer, false, steps(1));
    queue.seeSelection(null);
    assert.ok(!queue.takeNotice('accepted'), 'it is too old for a notice');
    queue.seeSave(true);
    assert.deepEqual(queue.judge(buffer, true), ['read', 'edited']);
  });

  it('an edit whose judging fails is not judged again, and holds nobody up', () => {
    const { queue, buffer, tell } = desk();
    const broken: OpenBuffer = {
      ...buffer,
      *observing() {
        yield;
        throw new Error('broken');
      },
    };
    tell('the editor reads a rewrite', FOUND);
    queue.judge(broken, false, steps(1));
    assert.throws(() => queue.judge(broken, true), /broken/);
    assert.ok(queue.isEmpty);
    tell('a person types in the first line', FOUND);
    assert.deepEqual(queue.judge(buffer, true), ['edited']);
    assert.equal(classes(buffer)[0], 'human const first = typedone();');
  });
});

describe('a text that is read in steps', () => {
  it('what the journal says of the text before, in between, is not lost', () => {
    for (let before = 0; before < MANY; before++) {
      const buffer = followBuffer(foundText(FOUND));
      const reading = buffer.observing(REWRITTEN);
      let isDone = false;
      for (let step = 0; step < before && !isDone; step++) isDone = reading.next().done === true;
      if (isDone) break;
      const lines = splitLines(FOUND);
      buffer.rebase({ known: { lines, origins: lines.map(() => MODEL), tombstones: [] }, history: [] });
      while (reading.next().done !== true);
      assert.deepEqual(
        classes(buffer),
        ['ai const first = one();', 'unknown return another(value);', 'ai const third = three();'],
        `after ${before} steps`,
      );
    }
  });
});
