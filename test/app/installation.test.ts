import assert from 'node:assert/strict';
import * as path from 'node:path';
import { setUp } from '../../src/app/installation';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const PROGRAMS = {
  hookProgram: path.join(__dirname, '..', '..', '..', 'dist', 'hook.js'),
  nodePath: process.execPath,
};

describe('setting up in a repository', () => {
  let repo: ScratchRepo;
  const detail = (): string =>
    repo.git('config', '--local', '--default', 'none', '--get', 'hunkmark.detail').trim();

  beforeEach(() => (repo = scratchRepo()));
  afterEach(() => repo.dispose());

  it('writes the detail that was chosen, and keeps it when the hooks are put in again', async () => {
    await setUp(repo.dir, PROGRAMS, 'full');
    assert.equal(detail(), 'full');
    await setUp(repo.dir, PROGRAMS, 'keep');
    assert.equal(detail(), 'full');
    await setUp(repo.dir, PROGRAMS, 'summary');
    assert.equal(detail(), 'summary');
  });

  it('writes nothing where git says it already', async () => {
    await setUp(repo.dir, PROGRAMS, 'hunks');
    assert.equal(detail(), 'none');
  });
});
