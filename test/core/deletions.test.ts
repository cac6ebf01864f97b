import assert from 'node:assert/strict';
import { agentDeletions, inheritedDeletions, type DeletedRun } from '../../src/core/deletions';
import { baseText, observe, step, type KnownText, type StepAuthor } from '../../src/core/known';
import type { Evidenced } from '../../src/core/origin';

const AGENT: StepAuthor = { via: 'agent', agent: 'claude-code', model: null, evidence: 'reported' };
const BY_AGENT: Evidenced = { class: 'ai', ...AGENT };

/**
 * The parent's text, one line a row: `-` before what the commit deletes. The commit's deletions that are the agent's
 * are expected as the lines behind an `x`. `then` are the texts after the parent's: an agent's steps and, with a `?`
 * before them, what was seen.
 */
function check(name: string, rows: readonly string[], then: readonly string[]): void {
  it(name, () => {
    const parent = rows.map((row) => row.slice(1));
    const deleted = rows.flatMap((row, at) => (row.startsWith(' ') ? [] : [at]));
    const spans = deleted.reduce<{ start: number; count: number }[]>((all, at) => {
      const last = all.at(-1);
      if (last && last.start - 1 + last.count === at) last.count++;
      else all.push({ start: at + 1, count: 1 });
      return all;
    }, []);
    const known = then.reduce<KnownText>((text, next) => {
      const lines = next
        .replace(/^\?/, '')
        .split('|')
        .filter((line) => line !== '');
      return next.startsWith('?') ? observe(text, lines) : step(text, lines, AGENT);
    }, baseText(parent));
    const found = [...agentDeletions(parent, spans, known).keys()].toSorted((x, y) => x - y);
    assert.deepEqual(
      found.map((line) => parent[line]),
      rows.filter((row) => row.startsWith('x')).map((row) => row.slice(1)),
    );
  });
}

describe('deletions of an agent', () => {
  check('all of them', [' alpha', 'xbeta', 'xgamma', ' delta'], ['alpha|delta']);
  check('only those that the commit deletes', [' alpha', 'xbeta', ' gamma', ' delta'], ['alpha|delta']);
  check(
    'not those of a person',
    [' alpha', '-beta', 'xgamma', ' delta'],
    ['alpha|beta|delta', '?alpha|delta'],
  );
  check('all in one, each its own', ['-alpha', 'xbeta', '-gamma'], ['alpha|gamma', '?zeta']);
  check('the whole file', ['xalpha', 'x}', 'xbeta'], ['']);
  check('a person’s deletion of the whole file', ['-alpha', '-beta'], ['alpha|beta|gamma', '?']);
  check('brackets go with a line of weight', [' alpha', 'xbeta {', 'x}', ' delta'], ['alpha|delta']);
  check('a bracket alone, as the whole deleted run', [' alpha', 'x}', ' delta'], ['alpha|delta']);
  check('not a bracket beside what a person deleted', ['-alpha', '-}', ' delta'], ['alpha|delta', '?delta']);
  check('lines that a person brought back are none', [' alpha', '-beta', ' delta'], ['alpha|delta', '?alpha|beta|delta', '?alpha|delta']); // prettier-ignore
  check('after another agent’s insertion in the same place', [' alpha', 'xbeta', ' delta'], ['alpha|delta', 'alpha|new line|delta']); // prettier-ignore
  check(
    'slid down over equal lines',
    [' if (one) {', ' }', 'xif (two) {', 'x}', ' zulu'],
    ['if (one) {|}|zulu'],
  );
  check(
    'slid down from where the agent’s step says',
    ['xstart {', ' }', 'xif (two) {', 'x}', ' zulu'],
    ['begin {|}|zulu'],
  );
  check(
    'slid up over equal lines',
    [' if (one) {', 'x}', 'xif (two) {', ' }', ' zulu'],
    ['if (one) {|}|zulu'],
  );
});

describe('deletions of commits that are taken over', () => {
  const run = (...lines: string[]): DeletedRun => ({ lines, author: BY_AGENT });
  const inherited = (parent: string[], runs: DeletedRun[]): number[] => {
    const all = [{ start: 1, count: parent.length }];
    return [...inheritedDeletions(parent, all, new Map(), runs).keys()].toSorted((x, y) => x - y);
  };
  it('are handed on by equal run', () => {
    assert.deepEqual(inherited(['alpha', 'beta', 'gamma'], [run('beta', 'gamma')]), [1, 2]);
  });
  it('not in part', () => {
    assert.deepEqual(inherited(['alpha', 'beta', 'gamma'], [run('beta', 'delta')]), []);
  });
  it('each to one place', () => {
    assert.deepEqual(inherited(['alpha', 'zulu', 'alpha'], [run('alpha')]), [0]);
    assert.deepEqual(inherited(['alpha', 'zulu', 'alpha'], [run('alpha'), run('alpha')]), [0, 2]);
  });
  it('only inside one deleted run', () => {
    const spans = [
      { start: 1, count: 1 },
      { start: 3, count: 1 },
    ];
    const found = inheritedDeletions(['alpha', 'beta', 'gamma'], spans, new Map(), [run('alpha', 'gamma')]);
    assert.equal(found.size, 0);
  });
});
