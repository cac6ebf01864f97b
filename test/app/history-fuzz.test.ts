import assert from 'node:assert/strict';
import { fuzzHistory } from '../fuzz/history';

describe('a history that was rewritten by every means, read in a fresh clone', function () {
  this.timeout(240_000);

  for (const seed of [1, 2])
    it(`seed ${seed}`, async () => {
      const tally = await fuzzHistory({ seed, commits: 36, source: null });
      assert.deepEqual(tally.wrong, []);
      assert.equal(tally.stale, 0);
      assert.equal(tally.found, tally.modelLines, `${tally.lost} lines are lost`);
      // Else nothing was judged.
      assert.ok(tally.modelLines > 60 && tally.personLines > 40 && tally.ranges > 30, JSON.stringify(tally));
      assert.ok(Object.keys(tally.by).length >= 8, JSON.stringify(tally.by));
    });
});
