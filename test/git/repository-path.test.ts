import assert from 'node:assert/strict';
import * as path from 'node:path';
import { pathBelow } from '../../src/git/repository';

describe('the path of a file in its repository', () => {
  const ROWS: readonly (readonly [
    system: 'posix' | 'win32',
    folder: string,
    file: string,
    path: string | null,
  ])[] = [
    ['posix', '/repo', '/repo/src/a.js', 'src/a.js'],
    ['posix', '/repo', '/repo', null],
    ['posix', '/repo', '/repository/a.js', null],
    ['posix', '/repo', '/a.js', null],
    ['posix', '/repo', '/repo/..a.js', '..a.js'],
    ['posix', '/repo', '/repo/...', '...'],
    ['posix', '/repo', '/repo/.git/config', null],
    ['posix', '/repo', '/repo/sub/.git/config', null],
    ['posix', '/repo', '/repo/a\\b.js', 'a\\b.js'],
    ['posix', '/', '/a.js', 'a.js'],
    ['win32', 'C:\\repo', 'C:\\repo\\src\\a.js', 'src/a.js'],
    ['win32', 'C:\\repo', 'c:\\Repo\\src\\a.js', 'src/a.js'],
    ['win32', 'C:\\repo', 'C:/repo/src/a.js', 'src/a.js'],
    ['win32', 'C:\\repo', 'C:\\repository\\a.js', null],
    ['win32', 'C:\\repo', 'D:\\repo\\a.js', null],
    ['win32', 'C:\\repo', 'C:\\repo\\..a.js', '..a.js'],
    ['win32', 'C:\\repo', 'C:\\repo\\.git\\config', null],
    ['win32', '\\\\host\\share\\repo', '\\\\host\\share\\repo\\src\\a.js', 'src/a.js'],
    ['win32', '\\\\host\\share\\repo', '\\\\host\\other\\repo\\a.js', null],
    ['win32', 'C:\\', 'C:\\a.js', 'a.js'],
  ];
  for (const [system, folder, file, expected] of ROWS)
    it(`${system}: ${file} below ${folder}`, () =>
      assert.equal(pathBelow(folder, file, path[system]), expected));
});
