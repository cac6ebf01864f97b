import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fuzzConcurrency } from '../fuzz/concurrency';
import { installAgent } from '../support/agent-edits';
import { scratchRepo } from '../support/scratch-repo';

describe('agents of every kind and two persons in one file', () => {
  it('is attributed as an independent model says, in every order of a small story', async function () {
    this.timeout(600_000);
    const tally = await fuzzConcurrency({ seed: 5, stories: 1, sequences: 0 });
    assert.equal(tally.runs, 140);
    assert.ok(tally.aiFound >= 0.8 * tally.aiLines, JSON.stringify(tally));
    assert.ok(tally.mixedFound >= 0.94 * tally.mixedLines && tally.named > 0, JSON.stringify(tally));
  });

  it('is attributed as an independent model says, in random orders of long ones', async function () {
    this.timeout(600_000);
    const tally = await fuzzConcurrency({ seed: 1, stories: 0, sequences: 40 });
    const { runs, aiLines, aiFound, aiMixed, mixedLines, mixedFound, otherLines, otherMixed } = tally;
    console.log(
      `      ${runs} sequences: ${aiFound} of ${aiLines} AI lines found, ${aiMixed} called mixed, ` +
        `${mixedFound} of ${mixedLines} mixed ones, ${otherLines} of nobody or a person, ${otherMixed} of them mixed before, 0 wrong`,
    );
    assert.equal(runs, 40);
    assert.ok(aiFound >= 0.94 * aiLines);
    assert.ok(mixedFound >= 0.94 * mixedLines);
  });

  it('takes nothing that a person does for what an agent does to the same lines in another working tree', async () => {
    const repo = scratchRepo();
    try {
      const base = 'const first = load(settings);\nconst middle = join(first);\nconst last = save(middle);\n';
      repo.commitFile('a.js', base);
      const folder = join(repo.root, 'one');
      repo.git('worktree', 'add', '--quiet', folder);
      const agent = await installAgent(repo, { folder });
      const shorter = base.replace('const middle = join(first);\n', '');
      await agent.edit('a.js', shorter.replace('save(middle)', 'save(middle, alpha)'));
      repo.write('a.js', shorter.replace('save(middle)', 'save(middle, omega)'));
      repo.git('commit', '--quiet', '-am', 'by a person');
      assert.equal(repo.git('log', '-1', '--format=%B').trim(), 'by a person');
      // What is copied as it is has come here, with what was deleted there.
      repo.git('checkout', '--quiet', 'HEAD^', '--', 'a.js');
      repo.git('commit', '--quiet', '-m', 'back');
      repo.write('a.js', shorter.replace('save(middle)', 'save(middle, alpha)'));
      repo.git('commit', '--quiet', '-am', 'feat: copied');
      assert.match(
        repo.git('log', '-1', '--format=%B'),
        /^AI-Provenance: v1 ai=0 mixed=1 human=0 unknown=0 ai-deleted=2 /m,
      );
    } finally {
      repo.dispose();
    }
  });

  it('keeps agents apart that work on the same file in working trees of their own', async () => {
    const repo = scratchRepo();
    try {
      const base =
        'const first = load(settings);\n\nconst middle = join(first);\n\nconst last = save(middle);\n';
      repo.commitFile('a.js', base);
      const trees = ['one', 'two'].map((name) => {
        const folder = join(repo.root, name);
        repo.git('worktree', 'add', '--quiet', '-b', name, folder);
        return folder;
      });
      const [one = '', two = ''] = trees;
      const agents = await Promise.all(trees.map((folder) => installAgent(repo, { folder })));
      const texts = [
        base.replace('(settings);\n', '(settings);\nconst alpha = computeAlpha(first);\n'),
        base.replace('(middle);\n', '(middle);\nconst omega = computeOmega(last);\n'),
      ];
      await Promise.all(agents.map((agent, i) => agent.edit('a.js', texts[i] ?? '')));
      const message = (cwd: string): string => repo.git('log', '-1', '--format=%B', { cwd });
      for (const cwd of [two, one]) repo.git('commit', '--quiet', '-am', 'feat: greek', { cwd });
      assert.match(message(one), /^AI-Provenance: v1 ai=1 mixed=0 [^]*^AI-Hunk: a\.js \+2,1:/m);
      assert.match(message(two), /^AI-Provenance: v1 ai=1 mixed=0 [^]*^AI-Hunk: a\.js \+6,1:/m);
      repo.git('merge', '--quiet', 'one');
      repo.git('merge', '--quiet', '--squash', 'two');
      repo.git('commit', '--quiet', '-m', 'feat: both');
      assert.match(message(repo.dir), /^AI-Provenance: v1 ai=1 mixed=0 [^]*^AI-Hunk: a\.js \+7,1:/m);
    } finally {
      repo.dispose();
    }
  });
});
