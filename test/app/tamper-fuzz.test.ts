import assert from 'node:assert/strict';
import { fuzzTampering } from '../fuzz/tamper';

describe('commits that were tampered with', () => {
  it('have no range called exact that is not, and print nothing that a terminal obeys', async function () {
    this.timeout(120_000);
    const tally = await fuzzTampering({ seed: 1, commits: 300 });
    assert.equal(tally.commits, 300);
    // Not for lack of anything to judge.
    const { exact, moved, stale, invalid, untouched } = tally;
    assert.ok(
      exact > 300 && moved > 50 && stale > 100 && invalid > 5 && untouched > 2,
      JSON.stringify(tally),
    );
  });
});
