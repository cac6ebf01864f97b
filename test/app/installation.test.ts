import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findWorkTree, renew, setShared, setUp, takeOut } from '../../src/app/installation';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const PROGRAMS = {
  hookProgram: path.join(__dirname, '..', '..', '..', 'dist', 'hook.js'),
  nodePath: process.execPath,
};
const DAY_MS = 24 * 60 * 60 * 1000;

let repo: ScratchRepo;
beforeEach(() => (repo = scratchRepo()));
afterEach(() => repo.dispose());

const setting = (name: string): string =>
  repo.git('config', '--local', '--default', 'none', '--get', `hunkmark.${name}`).trim();
const inRepo = (name: string): string => path.join(repo.dir, name);

describe('setting up in a repository', () => {
  it('writes the detail that was chosen, and keeps it when the hooks are put in again', async () => {
    await setUp(repo.dir, PROGRAMS, 'full');
    assert.equal(setting('detail'), 'full');
    await setUp(repo.dir, PROGRAMS, 'keep');
    assert.equal(setting('detail'), 'full');
    await setUp(repo.dir, PROGRAMS, 'summary');
    assert.equal(setting('detail'), 'summary');
  });

  it('writes nothing where git says it already', async () => {
    await setUp(repo.dir, PROGRAMS, 'hunks');
    assert.equal(setting('detail'), 'none');
  });
});

describe('taking out takes back what was set in git’s configuration', () => {
  const configuration = (): string => fs.readFileSync(inRepo('.git/config'), 'utf8');

  it('all of it, to the byte', async () => {
    const before = configuration();
    await setUp(repo.dir, PROGRAMS, 'full');
    await setShared(repo.dir, 'detail', 'summary');
    await setShared(repo.dir, 'lines', '7');
    await takeOut(repo.dir);
    assert.equal(configuration(), before);
  });

  it('to what a person had there', async () => {
    repo.git('config', 'hunkmark.detail', 'summary');
    const before = configuration();
    await setUp(repo.dir, PROGRAMS, 'full');
    await takeOut(repo.dir);
    assert.equal(configuration(), before);
  });

  it('but not what a person has set since, nor what was there already', async () => {
    repo.git('config', 'hunkmark.lines', '9');
    await setUp(repo.dir, PROGRAMS, 'full');
    await setShared(repo.dir, 'lines', '9');
    repo.git('config', 'hunkmark.detail', 'summary');
    await takeOut(repo.dir);
    assert.deepEqual([setting('detail'), setting('lines')], ['summary', '9']);
  });
});

describe('the start of an editor renews what is old', () => {
  const renewAt = async (now: number): Promise<void> => {
    const tree = findWorkTree(repo.dir);
    assert.ok(tree);
    await renew(tree, PROGRAMS, now);
  };

  it('a hook program and a block of an earlier version, and no hook that does not call us', async () => {
    await setUp(repo.dir, PROGRAMS, 'keep');
    const [program, hook, other] = [
      '.git/hunkmark/hook.js',
      '.git/hooks/commit-msg',
      '.git/hooks/prepare-commit-msg',
    ].map(inRepo);
    assert.ok(program && hook && other);
    const current = fs.readFileSync(hook, 'utf8');
    const earlier = current.replace('# >>> hunkmark >>>\n', '# >>> hunkmark >>>\n# of an earlier version\n');
    fs.writeFileSync(hook, `${earlier}echo mine\n`);
    fs.writeFileSync(program, '// of an earlier version\n');
    fs.writeFileSync(other, '#!/bin/sh\n');
    await renewAt(Date.now());
    assert.equal(fs.readFileSync(hook, 'utf8'), `${current}echo mine\n`);
    assert.ok(fs.readFileSync(program).equals(fs.readFileSync(PROGRAMS.hookProgram)));
    assert.equal(fs.readFileSync(other, 'utf8'), '#!/bin/sh\n');
  });

  it('a journal that nobody has written to for 30 days', async () => {
    await setUp(repo.dir, PROGRAMS, 'keep');
    const segment = inRepo('.git/hunkmark/worktrees/main/editor-old.0.log');
    fs.mkdirSync(path.dirname(segment), { recursive: true });
    fs.writeFileSync(segment, '');
    await renewAt(Date.now() + 29 * DAY_MS);
    assert.equal(fs.existsSync(segment), true);
    await renewAt(Date.now() + 31 * DAY_MS);
    assert.equal(fs.existsSync(segment), false);
  });

  it('and puts nothing in where Hunkmark is not', async () => {
    await renewAt(Date.now());
    assert.equal(fs.existsSync(inRepo('.git/hunkmark')), false);
  });
});
