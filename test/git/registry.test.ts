import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { userStateFolder } from '../../src/git/user-program';
import { register, registeredTrees, unregister } from '../../src/git/registry';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

describe('git/registry: where Hunkmark was put into', () => {
  let repo: ScratchRepo;
  let env: NodeJS.ProcessEnv;
  const file = (): string => path.join(repo.root, 'state', 'hunkmark', 'repositories');

  beforeEach(() => {
    repo = scratchRepo();
    env = { XDG_STATE_HOME: path.join(repo.root, 'state') };
  });
  afterEach(() => repo.dispose());

  it('notes each working tree once, for its owner only, and forgets it', () => {
    assert.deepEqual(registeredTrees(env), []);
    register('/one', env);
    register('/two words', env);
    register('/one', env);
    assert.deepEqual(registeredTrees(env), ['/one', '/two words']);
    assert.equal(fs.statSync(file()).mode & 0o777, 0o600);
    unregister('/one', env);
    unregister('/one', env);
    assert.deepEqual(registeredTrees(env), ['/two words']);
    unregister('/two words', env);
    assert.equal(fs.existsSync(file()), false);
  });

  it('is found where the person has their state, and nowhere where a variable names no absolute path', () => {
    const home = path.join(repo.root, 'home');
    const own = path.join(home, '.local', 'state', 'hunkmark');
    assert.equal(userStateFolder({ HOME: home }), own);
    assert.equal(userStateFolder({ HOME: home, XDG_STATE_HOME: '/state' }), '/state/hunkmark');
    for (const relative of ['', '.', 'state', '~/state', '../state'])
      assert.equal(userStateFolder({ HOME: home, XDG_STATE_HOME: relative }), own);
    for (const relative of ['', '.', 'home', '~'])
      assert.ok(path.isAbsolute(userStateFolder({ HOME: relative })), relative);
  });

  it('leaves no folder that was made for it, and every other', () => {
    const home = path.join(repo.root, 'home');
    for (const there of ['', '.local', '.local/state']) {
      fs.mkdirSync(path.join(home, there), { recursive: true });
      const before = repo.run('find', [home]).stdout;
      register('/one', { HOME: home });
      register('/two', { HOME: home });
      unregister('/one', { HOME: home });
      assert.deepEqual(registeredTrees({ HOME: home }), ['/two']);
      unregister('/two', { HOME: home });
      assert.equal(repo.run('find', [home]).stdout, before, there);
    }
  });

  it('leaves out what is no absolute path', () => {
    register('/odd\nname', env);
    assert.deepEqual(registeredTrees(env), []);
    fs.mkdirSync(path.dirname(file()), { recursive: true });
    fs.writeFileSync(file(), 'relative\n\n/one\n');
    assert.deepEqual(registeredTrees(env), ['/one']);
  });
});
