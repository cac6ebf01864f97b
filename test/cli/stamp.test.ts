import assert from 'node:assert/strict';
import { constants } from 'node:buffer';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bench, type Bench } from './bench';

describe('a commit in a shallow clone', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
  });
  afterEach(() => at.repo.dispose());

  it('gets its trailers where it reverts something in a file that was renamed since', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `const alpha${i} = makeThing(number${i});\n`);
    at.repo.write('a.ts', lines.join(''));
    at.repo.git('add', '.');
    at.commit('one');
    at.repo.write('a.ts', lines.map((line) => `  ${line}`).join(''));
    at.commit('two\n\nAI-Provenance: v1 ai=0 mixed=0 human=0 unknown=30 ai-deleted=0 hunks=0 listed=0', '-a');
    const two = at.repo.git('rev-parse', 'HEAD').trim();
    at.repo.git('mv', 'a.ts', 'b.ts');
    at.commit('three');
    at.repo.git('clone', '--quiet', '--depth', '2', `file://${at.repo.dir}`, '../shallow');
    const dir = path.join(at.repo.root, 'shallow');
    at.ok('-C', dir, 'install');
    const stdin = JSON.stringify({
      session: 's',
      call: '1',
      edits: [{ path: 'new.ts', content: 'mine();\n' }],
    });
    const report = (event: string): void => {
      const program = path.join(dir, '.git/hunkmark/hook.js');
      at.repo.run(process.execPath, [program, 'record', 'my-agent', event], { stdin, cwd: dir });
    };
    report('before-edit');
    at.repo.write('../shallow/new.ts', 'mine();\n');
    report('after-edit');
    at.repo.write('../shallow/b.ts', lines.join(''));
    at.repo.git('add', '.', { cwd: dir });
    at.repo.git('commit', '--quiet', '-m', `Revert "two"\n\nThis reverts commit ${two}.`, { cwd: dir });
    assert.match(
      at.repo.git('log', '-1', '--format=%B', { cwd: dir }),
      /^AI-Hunk: new\.ts \+1,1:\w+ ai agent my-agent$/m,
    );
  });
});

describe('a commit of a file that is longer than a string can be', function () {
  this.timeout(300_000);

  it('says of the other files what it would say without it', function () {
    // git and the hook program hold it as a whole.
    if (os.totalmem() < 6 * 2 ** 30) this.skip();
    const at = bench();
    try {
      at.repo.commitFile('a.ts', 'one();\n', 'start');
      at.ok('install');
      at.repo.write('a.ts', 'one();\ntwo();\n');
      at.ok('mark', 'a.ts:2-2', '--as', 'ai', '--agent', 'my-agent');
      fs.closeSync(fs.openSync(path.join(at.repo.dir, 'big'), 'w'));
      fs.truncateSync(path.join(at.repo.dir, 'big'), constants.MAX_STRING_LENGTH + 1);
      at.repo.git('-c', 'core.compression=0', 'add', '.');
      at.repo.git('commit', '--quiet', '-m', 'both');
      assert.match(
        at.repo.git('log', '-1', '--format=%B'),
        /^AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 .*\nAssisted-by: my-agent\nAI-Hunk: a\.ts \+2,1:/m,
      );
    } finally {
      at.repo.dispose();
    }
  });
});
