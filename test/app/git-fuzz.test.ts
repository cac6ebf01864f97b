import assert from 'node:assert/strict';
import { fuzzGit } from '../fuzz/git';

describe('random work of a person, agents and git', () => {
  it('is attributed as an independent model says', async function () {
    this.timeout(600_000);
    const tally = await fuzzGit({ seed: 1, sequences: 25 });
    const { sequences, commits, aiLines, aiFound, mixedLines, humanLines, diverged, stale } = tally;
    console.log(
      `      ${sequences} sequences, ${commits} commits: ${aiFound} of ${aiLines} AI lines found, ` +
        `${humanLines} human, ${mixedLines} mixed, 0 wrong`,
    );
    assert.equal(tally.wrong, 0);
    assert.equal(stale, 0);
    assert.ok(diverged <= 2);
    assert.ok(aiFound >= 0.9 * aiLines);
  });
});
