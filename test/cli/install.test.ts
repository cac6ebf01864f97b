import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, golden, type Bench } from './bench';

describe('hunkmark install and uninstall', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('a.txt', 'one\n');
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  const exists = (name: string): boolean => fs.existsSync(path.join(at.repo.dir, name));
  /** Every file and folder of the repository and of the home folder, with its mode and bytes. */
  function everything(): string[] {
    return at.repo
      .run('find', [at.repo.root, '-not', '-name', 'index'])
      .stdout.trim()
      .split('\n')
      .toSorted()
      .map((file) => {
        const stat = fs.statSync(file);
        const bytes = stat.isFile() ? fs.readFileSync(file).toString('hex') : '';
        return `${file} ${stat.mode.toString(8)} ${bytes}`;
      });
  }
  const withoutRoot = (text: string): string => text.replaceAll(at.repo.root, 'ROOT');

  it('puts everything in, once, and takes exactly that out again', () => {
    const before = everything();
    const first = at.ok('install', '--agents', 'all');
    const installed = everything();
    const second = at.ok('install', '--agents', 'all');
    assert.deepEqual(everything(), installed, 'the second run writes nothing');
    const out = at.ok('uninstall');
    golden('install', withoutRoot([first, second, out, at.ok('uninstall')].join('---\n')));
    assert.deepEqual(everything(), before);
  });

  it('runs from the copy beside the journal, with this Node', () => {
    at.ok('install');
    const program = path.join(at.repo.dir, '.git/hunkmark/hook.js');
    assert.ok(fs.readFileSync(program).equals(fs.readFileSync('dist/hook.js')));
    assert.equal(
      fs.readFileSync(path.join(at.repo.dir, '.git/hunkmark/node'), 'utf8'),
      `${process.execPath}\n`,
    );
  });

  it("takes only the agents out where they are named, and leaves the user's settings where they are not", () => {
    at.ok('install', '--agents', 'all');
    at.ok('uninstall', '--agents', 'all');
    assert.equal(exists('.claude'), false);
    assert.equal(exists('.git/hunkmark/hook.js'), true);
    at.ok('install', '--agents', 'all', '--user');
    const settings = path.join(at.repo.root, 'home/.claude/settings.json');
    assert.match(fs.readFileSync(settings, 'utf8'), /record claude-code PreToolUse/);
    assert.equal(exists('.claude'), false);
    at.ok('uninstall');
    assert.equal(fs.existsSync(settings), true);
    at.ok('uninstall', '--agents', 'claude-code', '--user');
    assert.equal(fs.existsSync(settings), false);
  });

  it('lets agents fail closed where that is asked for', () => {
    at.ok('install', '--agents', 'all', '--strict');
    assert.match(at.repo.read('.claude/settings.local.json'), /"onFailure": "block"/);
  });

  it('marks a repository whose history has trailers', () => {
    at.ok('install');
    assert.equal(exists('.git/hunkmark/tracked'), false);
    at.ok('uninstall');
    at.commit('x\n\nAI-Provenance: v1 ai=0 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=0 listed=0\n');
    at.ok('install');
    assert.equal(exists('.git/hunkmark/tracked'), true);
  });

  it('says with 2 what it cannot do, and does the rest', () => {
    at.repo.write('.claude/settings.local.json', '{ broken');
    const { status, stdout, stderr } = at.run('install', '--agents', 'all');
    assert.equal(status, 2);
    assert.match(stdout, /commit-msg: written/);
    assert.match(stderr, /^claude-code: nothing done to .*settings\.local\.json: /);
    assert.equal(at.repo.read('.claude/settings.local.json'), '{ broken');
    at.refuses(2, /is not in a git|not a git repository/i, '-C', at.repo.root, 'install');
    at.refuses(2, /./, '-C', at.repo.root, 'uninstall');
  });

  it('takes everything out of all working trees of a repository, whichever it is called in', () => {
    const other = path.join(at.repo.root, 'other');
    at.repo.git('worktree', 'add', '--quiet', other);
    at.repo.write('.claude/settings.local.json', '{ "model": "mine" }');
    const before = everything();
    for (const left of [other, at.repo.dir]) {
      for (const folder of [at.repo.dir, other]) at.ok('-C', folder, 'install', '--agents', 'all');
      const said = at.ok('-C', left, 'uninstall');
      for (const folder of [at.repo.dir, other])
        assert.ok(said.includes(`taken out of ${path.join(folder, '.claude/settings.local.json')}\n`), said);
      assert.deepEqual(everything(), before);
    }
  });

  it('leaves the agents of another working tree where only those of this one are named', () => {
    const other = path.join(at.repo.root, 'other');
    at.repo.git('worktree', 'add', '--quiet', other);
    for (const folder of [at.repo.dir, other]) at.ok('-C', folder, 'install', '--agents', 'claude-code');
    at.ok('uninstall', '--agents', 'claude-code');
    assert.equal(exists('.claude'), false);
    assert.equal(fs.existsSync(path.join(other, '.claude/settings.local.json')), true);
  });

  it('takes everything out of every repository that it was put into', () => {
    const before = everything();
    assert.equal(at.ok('uninstall', '--all'), 'Hunkmark is in no repository here.\n');
    at.ok('install', '--agents', 'all');
    assert.equal(withoutRoot(at.ok('uninstall', '--all')), `out of ${withoutRoot(at.repo.dir)}\n`);
    assert.deepEqual(everything(), before);
    at.refuses(2, /leave --agents away/, 'uninstall', '--all', '--agents', 'all');
  });

  const moved = (): string => path.join(at.repo.root, 'moved');
  const KNOWN_BY: Record<string, () => void> = {
    'an agent’s next session': () => {
      const program = path.join(moved(), '.git/hunkmark/hook.js');
      const stdin = JSON.stringify({
        session_id: 'new',
        cwd: moved(),
        hook_event_name: 'SessionStart',
      });
      const how = { stdin, cwd: moved() };
      const ran = at.repo.run(process.execPath, [program, 'record', 'claude-code', 'SessionStart'], how);
      assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, '', '']);
    },
    doctor: () => {
      at.run('-C', moved(), 'doctor');
    },
  };
  for (const [by, look] of Object.entries(KNOWN_BY))
    it(`takes it out of a repository that has moved, which it knows by ${by}`, () => {
      at.ok('install');
      fs.renameSync(at.repo.dir, moved());
      fs.mkdirSync(at.repo.dir);
      look();
      assert.ok(withoutRoot(at.ok('uninstall', '--all')).includes('out of ROOT/moved\n'));
      assert.equal(fs.existsSync(path.join(moved(), '.git/hunkmark')), false);
      assert.equal(fs.existsSync(path.join(moved(), '.git/hooks/commit-msg')), false);
    });
});
