import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { installAgent } from '../support/agent-edits';
import { scratchRepo } from '../support/scratch-repo';

const KEPT = 'export const remaining = shelf(inventory);\n';
const MOVED = [
  'export function weighted(totals: number[]): number {\n',
  '  const heaviest = Math.max(...totals);\n',
  '  return heaviest / totals.length;\n',
  '}\n',
].join('');
const OWN = "export * from './weighted-totals';\n";

interface Case {
  readonly about: string;
  readonly setting: string | null;
  /** In which order the agent's two calls write the files. */
  readonly first: 'new' | 'old';
  readonly ai: number;
  readonly unknown: number;
}

// Four lines are moved, and one is the agent's.
const CASES: readonly Case[] = [
  { about: 'are the agent’s by default', setting: null, first: 'new', ai: 5, unknown: 0 },
  { about: 'are the agent’s where the setting says so', setting: 'agent', first: 'old', ai: 5, unknown: 0 },
  { about: 'are nobody’s with the other setting', setting: 'unknown', first: 'new', ai: 1, unknown: 4 },
  { about: 'are nobody’s in whatever order', setting: 'unknown', first: 'old', ai: 1, unknown: 4 },
];

describe('lines that an agent moves to another file in two calls', function () {
  this.timeout(60_000);
  for (const { about, setting, first, ai, unknown } of CASES)
    it(about, async () => {
      const repo = scratchRepo();
      try {
        repo.commitFile('src/old.ts', KEPT + MOVED);
        const agent = await installAgent(repo);
        if (setting !== null) repo.git('config', 'hunkmark.movedLines', setting);
        const calls = [
          async () => await agent.edit('src/new.ts', OWN + MOVED),
          async () => await agent.edit('src/old.ts', KEPT),
        ];
        for (const call of first === 'new' ? calls : calls.toReversed()) await call();
        repo.git('add', '--all');
        const cli = (...words: string[]): string =>
          repo.run(process.execPath, [resolve('dist/cli.js'), ...words]).stdout;
        const next = cli('status', '--trailers');
        repo.git('commit', '--quiet', '-m', 'refactor: part the shelf');
        const message = repo.git('log', '-1', '--format=%B');
        const said = /^AI-Provenance: v1 ai=(\d+) mixed=0 human=0 unknown=(\d+) /m.exec(message);
        assert.deepEqual(said?.slice(1), [String(ai), String(unknown)], message);
        assert.ok(message.includes(next.trim()), next);
        cli('stamp', '--amend');
        assert.equal(repo.git('log', '-1', '--format=%B'), message);
      } finally {
        repo.dispose();
      }
    });
});
