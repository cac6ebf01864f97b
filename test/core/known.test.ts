import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { baseText, observe, step, supplement, type KnownText, type StepAuthor } from '../../src/core/known';
import { isEvidenced, type LineOrigin } from '../../src/core/origin';

const AGENT: StepAuthor = { via: 'agent', agent: 'claude-code', model: null, evidence: 'reported' };
const OTHER: StepAuthor = { via: 'agent', agent: 'codex', model: null, evidence: 'reported' };

/** `b` base, `?` unknown, `a` of an agent, `m` mixed; a second agent's in capitals. */
function letter(origin: LineOrigin): string {
  if (!isEvidenced(origin)) return origin.class === 'base' ? 'b' : '?';
  const own = origin.class.charAt(0);
  return origin.agent === OTHER.agent ? own.toUpperCase() : own;
}

/**
 * The text as `LETTER text` for each line, tombstones in their places as `-LETTER text`: whose line it was; behind a
 * second agent's tombstone stands a `!`.
 */
function show(known: KnownText): string {
  const rows: string[] = [];
  for (let line = 0; line <= known.lines.length; line++) {
    for (const stone of known.tombstones)
      if (stone.before === line)
        rows.push(`-${letter(stone.origin)} ${stone.text}${stone.author.agent === OTHER.agent ? '!' : ''}`);
    const origin = known.origins[line];
    if (origin) rows.push(`${letter(origin)} ${known.lines[line]}`);
  }
  return rows.join('\n');
}

type Seen = readonly [by: 'base' | 'agent' | 'other' | 'seen', text: string];

/** Texts one after the other, each below its maker's name: `agent` and `other` report a step, `seen` is an observation. */
function play(texts: readonly Seen[]): KnownText {
  return texts.reduce<KnownText>((known, [by, text]) => {
    const lines = text === '' ? [] : text.split('\n');
    switch (by) {
      case 'base':
        return baseText(lines);
      case 'seen':
        return observe(known, lines);
      case 'agent':
        return step(known, lines, AGENT);
      case 'other':
        return step(known, lines, OTHER);
    }
  }, baseText([]));
}

function check(name: string, texts: readonly Seen[], expected: readonly string[]): void {
  it(name, () => assert.equal(show(play(texts)), expected.join('\n')));
}

describe('known texts: an observation', () => {
  check(
    'new lines are unknown',
    [
      ['base', 'alpha'],
      ['seen', 'alpha\nbeta'],
    ],
    ['b alpha', '? beta'],
  );
  check('an agent’s line stays its', [['agent', 'alpha one'], ['seen', '  alpha one;\nbeta']], ['a   alpha one;', '? beta']); // prettier-ignore
  check('wrapped too', [['agent', 'sum(alpha, beta);'], ['seen', 'sum(\n  alpha,\n  beta,\n);']], ['a sum(', 'a   alpha,', 'a   beta,', 'a );']); // prettier-ignore
  check('joined with a person’s it is mixed', [['base', 'alpha('], ['agent', 'alpha(\n  beta,'], ['seen', 'alpha(beta)']], ['m alpha(beta)']); // prettier-ignore
  check('a word of it changed: mixed', [['agent', 'alpha beta gamma'], ['seen', 'alpha beta delta']], ['m alpha beta delta']); // prettier-ignore
  check('a word of a person’s changed: unknown', [['base', 'alpha beta gamma'], ['seen', 'alpha beta delta']], ['? alpha beta delta']); // prettier-ignore
  check('a moved line stays its maker’s', [['agent', 'alpha beta gamma\nzulu zerozero'], ['seen', 'zulu zerozero\nalpha beta gamma']], ['a zulu zerozero', 'a alpha beta gamma']); // prettier-ignore
  check(
    'boilerplate is not the agent’s',
    [
      ['agent', 'alpha {\n}'],
      ['seen', 'omega {\n}'],
    ],
    ['? omega {', '? }'],
  );
  check(
    'brackets of a function that a person threw away are not those of the next',
    [
      ['base', 'omega zero'],
      ['agent', 'alpha {\ntry {\n}\nomega zero'],
      ['seen', 'beta {\ntry {\n}\nomega zero'],
    ],
    ['? beta {', '? try {', '? }', 'b omega zero'],
  );
  check(
    'but stay the agent’s while a line of weight of it is there',
    [
      ['base', 'omega zero'],
      ['agent', 'alpha {\nbeta gamma\n}\nomega zero'],
      ['seen', 'alpha {\n}\nomega zero'],
    ],
    ['a alpha {', 'a }', 'b omega zero'],
  );
  check(
    'and alone while what stands around it is there',
    [
      ['base', 'alpha {\nomega zero'],
      ['agent', 'alpha {\n}\nomega zero'],
      ['seen', 'alpha {\n}\nomega zero\nbeta'],
    ],
    ['b alpha {', 'a }', 'b omega zero', '? beta'],
  );
  check(
    'but not where something else stands between them now',
    [
      ['base', 'alpha gamma\nomega zero'],
      ['agent', 'alpha gamma\n}\nomega zero'],
      ['seen', 'alpha gamma\nif (beta) {\ndelta\n}\nomega zero'],
    ],
    ['b alpha gamma', '? if (beta) {', '? delta', '? }', 'b omega zero'],
  );
  check(
    'nobody’s deletion is an agent’s',
    [
      ['agent', 'alpha\nbeta'],
      ['seen', 'alpha'],
    ],
    ['a alpha'],
  );
});

describe('known texts: an agent’s step', () => {
  check(
    'new lines are the agent’s',
    [
      ['base', 'alpha'],
      ['agent', 'alpha\nbeta'],
    ],
    ['b alpha', 'a beta'],
  );
  check('what derives from an agent’s is the agent’s', [['agent', 'alpha beta gamma'], ['other', 'alpha beta delta']], ['-a alpha beta gamma!', 'A alpha beta delta']); // prettier-ignore
  check('what derives from anything else is mixed', [['base', 'alpha beta gamma'], ['agent', 'alpha beta delta']], ['-b alpha beta gamma', 'm alpha beta delta']); // prettier-ignore
  check('mixed stays mixed', [['base', 'alpha beta gamma'], ['agent', 'alpha beta delta'], ['agent', 'alpha beta zeta']], ['-b alpha beta gamma', '-m alpha beta delta', 'm alpha beta zeta']); // prettier-ignore
  check('moved and changed is mixed', [['base', 'alpha = beta(gamma, delta)\nzulu zerozero'], ['agent', 'zulu zerozero\nalpha = omega(gamma, delta)']], ['-b alpha = beta(gamma, delta)', 'b zulu zerozero', 'm alpha = omega(gamma, delta)']); // prettier-ignore
  check('moved only is not the agent’s, however light', [['base', 'alpha beta gamma\nzulu'], ['agent', 'zulu\nalpha beta gamma']], ['b zulu', 'b alpha beta gamma']); // prettier-ignore
  check('moved only is not the agent’s', [['base', 'alpha beta gamma\nzulu zerozero'], ['agent', 'zulu zerozero\nalpha beta gamma']], ['b zulu zerozero', 'b alpha beta gamma']); // prettier-ignore
  check(
    'reformatted is not the agent’s',
    [
      ['base', "say('hello');"],
      ['agent', 'say("hello")'],
    ],
    ['b say("hello")'],
  );
  check('the bracket that was there is not the agent’s', [['base', 'alpha {\n}'], ['agent', 'omega {\n}']], ['-b alpha {', 'a omega {', 'b }']); // prettier-ignore
  check('a whole rewrite is the agent’s', [['base', 'alpha\nbeta'], ['agent', 'omega\npsi']], ['-b alpha', '-b beta', 'a omega', 'a psi']); // prettier-ignore
  check('what was seen before the step is not the agent’s', [['base', 'alpha'], ['seen', 'alpha\nbeta'], ['agent', 'alpha\nbeta\ngamma']], ['b alpha', '? beta', 'a gamma']); // prettier-ignore
});

describe('known texts: deletions', () => {
  check('stay in their places', [['base', 'alpha\nbeta\ngamma'], ['agent', 'alpha\ngamma']], ['b alpha', '-b beta', 'b gamma']); // prettier-ignore
  check('and their order', [['base', 'alpha\nbeta\ngamma\ndelta'], ['agent', 'alpha\ngamma\ndelta'], ['other', 'alpha\ndelta']], ['b alpha', '-b beta', '-b gamma!', 'b delta']); // prettier-ignore
  check('also when the earlier line goes later', [['base', 'alpha\nbeta\ngamma\ndelta'], ['agent', 'alpha\nbeta\ndelta'], ['other', 'alpha\ndelta']], ['b alpha', '-b beta!', '-b gamma', 'b delta']); // prettier-ignore
  check(
    'of everything',
    [
      ['base', 'alpha\nbeta'],
      ['agent', ''],
    ],
    ['-b alpha', '-b beta'],
  );
  check('a moved line is none', [['base', 'alpha beta gamma\nzulu zerozero'], ['agent', 'zulu zerozero\nalpha beta gamma']], ['b zulu zerozero', 'b alpha beta gamma']); // prettier-ignore
  check('a line that is back has its origin, and is none', [['base', 'alpha\nbeta\ngamma'], ['agent', 'alpha\ngamma'], ['seen', 'alpha\nbeta\ngamma']], ['b alpha', 'b beta', 'b gamma']); // prettier-ignore
  check('an agent’s line that is back is the agent’s', [['agent', 'alpha\nbeta'], ['other', 'alpha'], ['seen', 'alpha\nbeta']], ['a alpha', 'a beta']); // prettier-ignore
  check('boilerplate alone is not back', [['agent', 'alpha\n}\nbeta'], ['agent', 'alpha\nbeta'], ['seen', 'alpha\n}\nbeta']], ['a alpha', '? }', 'a beta']); // prettier-ignore
  check('but with the lines around it', [['agent', 'alpha\nif (gamma) {\n}\nbeta'], ['agent', 'alpha\nbeta'], ['seen', 'alpha\nif (gamma) {\n}\nbeta']], ['a alpha', 'a if (gamma) {', 'a }', 'a beta']); // prettier-ignore
  check('the half that is back is none', [['base', 'alpha\nbeta\ngamma\ndelta'], ['agent', 'alpha\ndelta'], ['seen', 'alpha\ngamma\ndelta']], ['b alpha', '-b beta', 'b gamma', 'b delta']); // prettier-ignore
});

describe('known texts: two writers that did not see each other', () => {
  it('one fills what the other does not know', () => {
    const one = play([
      ['base', 'alpha\nbeta\ngamma'],
      ['seen', 'alpha\nbeta\ngamma\ndelta'],
    ]);
    const two = play([
      ['base', 'alpha\nbeta\ngamma'],
      ['agent', 'alpha\nbeta\ngamma\ndelta'],
    ]);
    assert.equal(show(supplement(one, two)), 'b alpha\nb beta\nb gamma\na delta');
  });
  it('a bracket of a block that is gone is none that was there before', () => {
    const one = play([['base', 'beta\nreturn null;\n}\nzulu']]);
    const two = play([
      ['base', 'alpha\nreturn null;\n}\nzulu'],
      ['agent', 'alpha\nreturn null;\n}\nif (omega) {\nreturn null;\n}\nzulu'],
    ]);
    assert.equal(show(supplement(one, two)), 'b beta\nb return null;\nb }\nb zulu');
  });
  it('evidence is not replaced', () => {
    const one = play([['agent', 'alpha']]);
    const two = play([['other', 'alpha']]);
    assert.equal(show(supplement(one, two)), 'a alpha');
  });
});

const line = fc.constantFrom(
  'alpha = beta(gamma)',
  'delta epsilon',
  "say('zeta')",
  'eta',
  '}',
  '',
  'return null;',
);
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
const maker = fc.constantFrom('agent', 'other', 'seen');
const story = fc
  .tuple(text, fc.array(fc.tuple(maker, text), { maxLength: 4 }))
  .map(([base, rest]): Seen[] => [['base', base], ...rest]);

describe('known texts: laws', () => {
  const law = (name: string, holds: (texts: Seen[]) => void): void => {
    it(name, () => {
      const told = fc.property(story, (texts) => {
        try {
          holds(texts);
        } catch (error) {
          throw new Error(`play(${JSON.stringify(texts)})\n${String(error)}`, { cause: error });
        }
      });
      fc.assert(told, { seed: 20261122, numRuns: 600 });
    });
  };
  law('to see the same text again changes nothing', (texts) => {
    const known = play(texts);
    assert.equal(show(observe(known, known.lines)), show(known));
  });
  law('a step to the same text is none', (texts) => {
    const known = play(texts);
    assert.equal(show(step(known, known.lines, AGENT)), show(known));
  });
  law('every line has an origin, every tombstone a place, and they ascend', (texts) => {
    const { lines, origins, tombstones } = play(texts);
    assert.equal(origins.length, lines.length);
    let last = 0;
    for (const { before } of tombstones) {
      assert.ok(before >= last && before <= lines.length);
      last = before;
    }
  });
  law('where no agent did anything, nothing is an agent’s', (texts) => {
    const known = play(texts.map(([by, text]): Seen => [by === 'base' ? by : 'seen', text]));
    assert.ok(!known.origins.some(isEvidenced) && known.tombstones.length === 0);
  });
  law('what nobody saw change has no evidence', (texts) => {
    const known = play(texts);
    const before = play(texts.slice(0, -1));
    const [by, text] = texts.at(-1) ?? ['seen', ''];
    if (by !== 'seen') return;
    const wrote = [...before.lines, ...before.tombstones.map((stone) => stone.text)];
    known.origins.forEach((origin, line) => {
      if (origin.class !== 'ai') return;
      const key = (known.lines[line] ?? '').replace(/\s/g, '');
      assert.ok(
        wrote.some((own) => own.replace(/\s/g, '') === key),
        `${text}: ${known.lines[line]}`,
      );
    });
  });
});
