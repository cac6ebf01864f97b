import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import { openSeen } from '../../src/extension/views/seen';

/** What an editor keeps for a workspace. */
function memory(kept: Record<string, unknown> = {}): Memento {
  return {
    keys: () => Object.keys(kept),
    get: (key: string) => kept[key],
    update: (key: string, value: unknown) => {
      kept[key] = value;
      return Promise.resolve();
    },
  } as Memento;
}

describe('what a reviewer has seen', () => {
  it('is kept for each repository, and can be taken back', async () => {
    const kept = memory();
    const seen = openSeen(kept);
    await seen.set('/a', ['one', 'two', 'three'], true);
    await seen.set('/b', ['one'], true);
    await seen.set('/a', ['two', 'never'], false);
    assert.deepEqual([...openSeen(kept).of('/a')], ['one', 'three']);
    assert.deepEqual([...openSeen(kept).of('/b')], ['one']);
    assert.equal(seen.baseOf('/a'), null);
    await seen.setBase('/a', 'origin/main');
    assert.deepEqual([seen.baseOf('/a'), seen.baseOf('/b')], ['origin/main', null]);
  });

  it('forgets the oldest beyond 20,000', async () => {
    const seen = openSeen(memory());
    await seen.set('/a', ['oldest', ...Array.from({ length: 19_999 }, (_, n) => String(n))], true);
    await seen.set('/a', ['newest'], true);
    const keys = seen.of('/a');
    assert.deepEqual([keys.size, keys.has('oldest'), keys.has('newest')], [20_000, false, true]);
  });

  it('reads past what is no list of texts', () =>
    assert.deepEqual([...openSeen(memory({ 'seen:/a': { x: 1 }, 'seen:/b': ['x', 3] })).of('/b')], ['x']));
});
