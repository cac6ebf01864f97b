import assert from 'node:assert/strict';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Thousands of times what the slowest of them takes: this is about hanging, and the bench is about speed. */
const HANGS_MS = 20_000;

/** What the worker says, until it ends; it is stopped where it says nothing for too long. */
async function told(file: string): Promise<string[]> {
  const worker = new Worker(file);
  const said: string[] = [];
  return await new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(new Error(`it hangs at ${said.at(-1)}`));
        void worker.terminate();
      }, HANGS_MS);
    };
    wait();
    worker.on('message', (what: string) => {
      said.push(what);
      wait();
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

describe('patterns and policies that are made to be slow', () => {
  it('hang nothing: 1,000 patterns are answered, 1,000 damaged policies are one clear finding each', async function () {
    this.timeout(120_000);
    const said = await told(path.join(__dirname, '..', 'support', 'adversarial-worker.js'));
    const count = (start: string): number => said.filter((each) => each.startsWith(start)).length;
    assert.deepEqual(said.filter((each) => each.startsWith('wrong')).slice(0, 5), []);
    assert.deepEqual([count('pattern '), count('policy ')], [1000, 1200]);
    // Here and there damage does no harm.
    assert.ok(count('found') >= 1000, `${count('found')} found`);
    assert.equal(count('found') + count('harmless'), 1200);
  });
});
