import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findRepository } from '../../src/git/repository';
import { hasInIndex, readIndexFile } from '../../src/git/index-file';
import { scratchRepo } from '../support/scratch-repo';

describe('the index, read from its file', () => {
  for (const objectFormat of ['sha1', 'sha256'] as const)
    for (const version of ['2', '3', '4'])
      it(`names what git names: ${objectFormat}, version ${version}`, () => {
        const repo = scratchRepo({ objectFormat });
        try {
          const names = ['a', 'a b', 'folder/x.js', 'folder/x.jsx', `${'long/'.repeat(60)}name`, 'é.txt'];
          for (const name of names) repo.write(name, `${name}\n`);
          repo.git('add', '--all');
          fs.symlinkSync('a', path.join(repo.dir, 'link'));
          repo.write('later', 'x\n');
          repo.git('add', 'link');
          if (version === '3') repo.git('add', '--intent-to-add', 'later');
          repo.git('update-index', '--index-version', version);
          const repository = findRepository(repo.dir);
          assert.ok(repository);
          const read = readIndexFile(repository, 100);
          assert.ok(read.kind === 'files');
          const wanted = repo
            .git('ls-files', '-s', '-z')
            .split('\0')
            .filter((line) => line.startsWith('100'))
            .map((line) => line.replace(/^\d+ ([0-9a-f]+) 0\t/, '$1 '));
          assert.deepEqual(
            read.files.map((file) => `${file.oid} ${file.path}`),
            wanted,
          );
          for (const file of read.files.filter(({ path: name }) => name !== 'later')) {
            const stat = fs.lstatSync(path.join(repo.dir, file.path));
            assert.equal(file.size, stat.size);
            assert.ok(Math.abs(file.mtimeMs - stat.mtimeMs) < 0.001);
          }
          assert.equal(readIndexFile(repository, 3).kind, 'unread');
          // Without a process it is not told of version 4, nor of an entry that is there to be added later.
          for (const name of [...names, 'link'])
            assert.equal(hasInIndex(repository, name), version !== '4', name);
          const others = [
            'later',
            'folder',
            'b',
            'x.js',
            'older/x.js',
            'folder/x.j',
            ' b',
            'name',
            'a/b',
            '',
          ];
          for (const name of others) assert.equal(hasInIndex(repository, name), false, name);
        } finally {
          repo.dispose();
        }
      });

  for (const version of ['2', '4'])
    it(`names a file in conflict once, and believes nothing of how it stood: version ${version}`, () => {
      const repo = scratchRepo();
      try {
        for (const name of ['a', 'b', 'c']) repo.commitFile(name, `${name}\n`);
        repo.git('checkout', '--quiet', '-b', 'topic');
        repo.commitFile('b', 'theirs\n');
        repo.git('checkout', '--quiet', 'main');
        repo.commitFile('b', 'ours\n');
        repo.git('update-index', '--index-version', version);
        assert.equal(repo.gitTry('merge', 'topic').status, 1);
        const repository = findRepository(repo.dir);
        assert.ok(repository);
        const read = readIndexFile(repository, 100);
        assert.ok(read.kind === 'files');
        assert.deepEqual(
          read.files.map(({ path: name, isRacy }) => (name === 'b' ? `b ${isRacy}` : name)),
          ['a', 'b true', 'c'],
        );
      } finally {
        repo.dispose();
      }
    });

  it('leaves a split index alone', () => {
    const repo = scratchRepo();
    try {
      repo.commitFile('a', 'a\n');
      repo.git('update-index', '--split-index');
      const repository = findRepository(repo.dir);
      assert.ok(repository);
      assert.equal(readIndexFile(repository, 100).kind, 'unread');
    } finally {
      repo.dispose();
    }
  });
});
