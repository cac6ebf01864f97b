import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, digest, type Bench } from './bench';

const PATH = 'src/total.ts';
const BASE = 'import { rate } from "./rate";\n\nexport const total = sum(rate);\n';
const WRITTEN = 'const discount = rebate(total);\n';
const RIGHT =
  'AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1\n' +
  `Assisted-by: claude-code\nAI-Hunk: ${PATH} +4,1:${digest(WRITTEN)} ai agent claude-code\n`;

describe('hunkmark stamp --amend', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write(PATH, BASE);
    at.repo.git('add', '.');
    at.commit('start');
    at.install();
  });
  afterEach(() => at.repo.dispose());

  /** The raw commit, one character a byte. */
  const raw = (name = 'HEAD'): string =>
    Buffer.from(
      at.repo.run('sh', ['-c', `git cat-file commit ${name} | od -An -v -tx1`]).stdout.replace(/\s/g, ''),
      'hex',
    ).toString('latin1');
  /** Commits an agent's line with a message that the hooks leave alone. */
  function unstamped(message: string): string {
    at.agent(PATH, 'sum(rate);\n', `sum(rate);\n${WRITTEN}`);
    at.repo.git('add', '.');
    at.repo.env['HUNKMARK'] = 'off';
    const commit = at.commit(message);
    delete at.repo.env['HUNKMARK'];
    return commit;
  }

  it('writes what is missing, and changes nothing else in the commit, the index or the working tree', () => {
    const from = unstamped('feat: discount\n\nWhy it is right.\n\nRefs: PAY-1\n');
    const before = raw();
    at.repo.write(PATH, `${at.repo.read(PATH)}// not staged\n`);
    at.repo.write('staged.txt', 'staged\n');
    at.repo.git('add', 'staged.txt');
    const state = at.repo.git('status', '--porcelain');
    assert.match(
      at.ok('stamp', '--amend'),
      new RegExp(`^${from} is now [0-9a-f]{40}: its trailers are written anew\\.\n$`),
    );
    assert.equal(raw(), before + RIGHT);
    assert.equal(at.repo.git('status', '--porcelain'), state);
    assert.equal(at.repo.git('rev-parse', 'HEAD@{1}').trim(), from);
    assert.match(at.repo.git('reflog', '-1'), /hunkmark: stamp --amend/);
    assert.equal(at.repo.git('symbolic-ref', 'HEAD'), 'refs/heads/main\n');
    const to = at.repo.git('rev-parse', 'HEAD').trim();
    assert.equal(at.ok('stamp', '--amend'), `Nothing to change: the trailers of ${to} are right.\n`);
    assert.equal(at.repo.git('rev-parse', 'HEAD').trim(), to);
  });

  it('puts right what is wrong, also from the ranges alone', () => {
    unstamped(`feat: discount\n\n${RIGHT.replace('ai=1', 'ai=7').replace('+4,1', '+1,1')}`);
    fs.rmSync(path.join(at.repo.dir, '.git/hunkmark/worktrees'), { recursive: true });
    at.ok('stamp', '--amend');
    assert.equal(raw().split('\n\n').slice(1).join('\n\n'), `feat: discount\n\n${RIGHT}`);
  });

  it('says that there is nothing to say', () => {
    const head = at.repo.git('rev-parse', 'HEAD').trim();
    assert.equal(
      at.ok('stamp', '--amend'),
      `Nothing to change: nothing in ${head} is known to be from a model.\n`,
    );
  });

  it('keeps a message in another encoding byte for byte', () => {
    unstamped('placeholder');
    const headers = raw().split('\n\n')[0] ?? '';
    const commit = Buffer.from(`${headers}\nencoding ISO-8859-1\n\ncaf\xe9\n\n\xfcber\n`, 'latin1');
    const made = at.repo.git('hash-object', '-t', 'commit', '-w', '--stdin', { stdin: commit }).trim();
    at.repo.git('reset', '--quiet', '--soft', made);
    at.ok('stamp', '--amend');
    assert.equal(raw(), `${commit.toString('latin1')}\n${RIGHT}`);
  });

  it('keeps both parents of a merge', () => {
    at.repo.git('checkout', '--quiet', '-b', 'side');
    at.repo.write('side.txt', 'side\n');
    at.repo.git('add', '.');
    at.commit('side');
    at.repo.git('checkout', '--quiet', 'main');
    at.repo.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
    unstamped('merge');
    const parents = at.repo.git('log', '-1', '--format=%P');
    at.ok('stamp', '--amend');
    assert.equal(at.repo.git('log', '-1', '--format=%P'), parents);
    assert.match(raw(), /^AI-Hunk: src\/total\.ts \+4,1:/m);
  });

  it('repairs every commit of a branch, behind each pick of a rebase', () => {
    const base = at.repo.git('rev-parse', 'HEAD').trim();
    for (const number of [1, 2]) {
      at.agent(PATH, 'sum(rate);\n', `sum(rate);\nconst line${number} = rebate(total);\n`);
      at.repo.git('add', '.');
      at.repo.run('git', ['commit', '--quiet', '-m', `feat: ${number}`], { env: { HUNKMARK: 'off' } });
    }
    const tree = at.repo.git('rev-parse', 'HEAD^{tree}');
    const command = `'${process.execPath}' '${path.resolve('dist/cli.js')}' stamp --amend`;
    at.repo.git('rebase', '--quiet', '--exec', command, base);
    const messages = at.repo.git('log', '--format=%s %(trailers:key=AI-Provenance,valueonly)', `${base}..`);
    assert.match(messages, /^feat: 2 v1 ai=1 .*\n+feat: 1 v1 ai=1 /);
    assert.equal(at.repo.git('rev-parse', 'HEAD^{tree}'), tree);
    assert.equal(at.repo.git('status', '--porcelain'), '');
  });

  it('refuses where it would destroy something', () => {
    const from = unstamped('feat: discount');
    const signed = raw().replace(
      /^(committer .*)$/m,
      '$1\ngpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----',
    );
    const made = at.repo
      .git('hash-object', '-t', 'commit', '-w', '--stdin', { stdin: Buffer.from(signed, 'latin1') })
      .trim();
    at.repo.git('reset', '--quiet', '--soft', made);
    at.refuses(2, /^hunkmark: the last commit is signed, .*\n$/, 'stamp', '--amend');
    assert.equal(at.repo.git('rev-parse', 'HEAD').trim(), made);
    at.repo.git('reset', '--quiet', '--soft', from);
    for (const [name, what] of [
      ['MERGE_HEAD', 'a merge'],
      ['CHERRY_PICK_HEAD', 'a cherry-pick'],
      ['rebase-merge', 'a rebase'],
    ]) {
      // A rebase is in the way only where something is staged.
      at.repo.git('reset', '--quiet', '--soft', name === 'rebase-merge' ? `${from}^` : from);
      fs.writeFileSync(path.join(at.repo.dir, '.git', name ?? ''), `${from}\n`);
      at.refuses(2, new RegExp(`^hunkmark: ${what} is in progress; finish it first\n$`), 'stamp', '--amend');
      fs.rmSync(path.join(at.repo.dir, '.git', name ?? ''));
    }
    at.repo.git('reset', '--quiet', '--soft', from);
    assert.equal(at.repo.git('rev-parse', 'HEAD').trim(), from);
  });

  it('does not forget lines that a message counts without listing them', () => {
    unstamped(
      'feat: discount\n\nAI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=0\n',
    );
    fs.renameSync(path.join(at.repo.dir, '.git/hunkmark/worktrees'), path.join(at.repo.root, 'kept'));
    at.refuses(
      2,
      /^hunkmark: the last commit counts 1 lines but does not list all of them, .*\n$/,
      'stamp',
      '--amend',
    );
    fs.renameSync(path.join(at.repo.root, 'kept'), path.join(at.repo.dir, '.git/hunkmark/worktrees'));
    at.ok('stamp', '--amend');
    assert.match(raw(), /hunks=1 listed=1/);
  });

  it('warns where the commit is pushed already', () => {
    unstamped('feat: discount');
    at.repo.git('clone', '--quiet', '--bare', '.', '../origin.git');
    at.repo.git('remote', 'add', 'origin', '../origin.git');
    at.repo.git('fetch', '--quiet', 'origin');
    at.repo.git('branch', '--quiet', '--set-upstream-to=origin/main');
    const { status, stderr } = at.run('stamp', '--amend');
    assert.equal(status, 0);
    assert.match(stderr, /^hunkmark: origin\/main has the commit as it was; .*\n$/);
  });

  it('needs a commit', () => {
    const fresh = bench();
    try {
      fresh.refuses(2, /^hunkmark: there is no commit yet\n$/, 'stamp', '--amend');
    } finally {
      fresh.repo.dispose();
    }
  });
});
