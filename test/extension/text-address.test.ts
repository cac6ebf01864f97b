import assert from 'node:assert/strict';
import { textAddress } from '../../src/extension/text-address';

const FILE = '/repo/src/a.ts';
const SHA = '0123456789abcdef0123456789abcdef01234567';

describe('the address of a text in an editor', () => {
  const rows: readonly [string, string, unknown, string][] = [
    ['a file', 'file', '', 'working'],
    ['the index', 'git', { path: FILE, ref: '' }, 'index'],
    ['what the working tree is compared with', 'git', { path: FILE, ref: '~' }, 'index'],
    ['the last commit', 'git', { path: FILE, ref: 'HEAD' }, 'commit HEAD'],
    ['a commit', 'git', { path: FILE, ref: SHA }, `commit ${SHA}`],
    ['its parent', 'git', { path: FILE, ref: `${SHA}^` }, `commit ${SHA}^`],
    ['a side of a conflict', 'git', { path: FILE, ref: '~2' }, 'nothing'],
    ['an option', 'git', { path: FILE, ref: '--output=x' }, 'nothing'],
    ['a line end in the ref', 'git', { path: FILE, ref: 'HEAD\nHEAD' }, 'nothing'],
    ['no ref', 'git', { path: FILE }, 'nothing'],
    ['no path', 'git', { ref: 'HEAD' }, 'nothing'],
    ['another kind of ref', 'git', { path: FILE, ref: { a: 1 } }, 'nothing'],
    ['no JSON', 'git', '{', 'nothing'],
    ['a list', 'git', '[1]', 'nothing'],
    ['a change under review', 'review', { path: 'src/a.ts', commit: SHA, base: false }, `commit ${SHA}`],
    ['a file that the branch has deleted', 'review', { path: FILE, commit: '', base: false }, 'working'],
    ['a file that the branch has added', 'review', { path: FILE, commit: '', base: true }, 'nothing'],
    ['a pull request, the base', 'pr', { isBase: true, baseCommit: SHA, headCommit: 'x' }, `commit ${SHA}`],
    ['a pull request, the head', 'pr', { isBase: false, baseCommit: 'x', headCommit: SHA }, `commit ${SHA}`],
    ['a pull request without commits', 'pr', { isBase: false }, 'nothing'],
    ['an output', 'output', '', 'nothing'],
  ];
  for (const [name, scheme, given, expected] of rows)
    it(name, () => {
      const query = typeof given === 'string' ? given : JSON.stringify(given);
      const found = textAddress({ scheme, fsPath: FILE, query });
      if (found) assert.equal(found.file, FILE);
      const at = found?.at ?? null;
      const said = at === null ? 'nothing' : at.kind === 'commit' ? `commit ${at.revision}` : at.kind;
      assert.equal(said, expected);
    });

  const NAMED: readonly [string, string, unknown, string][] = [
    ['the name before it was renamed', FILE, { path: 'lib/old.ts', rootPath: '/repo' }, '/repo/lib/old.ts'],
    ['a commit’s own changes', '/commit~01234567/src/a.ts', { path: 'src/a.ts', rootPath: '/repo' }, FILE],
    ['a whole path', FILE, { path: FILE, rootPath: '/repo' }, FILE],
    ['no root', FILE, { path: 'lib/old.ts' }, FILE],
    ['no path', FILE, { rootPath: '/repo' }, FILE],
    ['another kind of root', FILE, { path: 'lib/old.ts', rootPath: 7 }, FILE],
  ];
  for (const [name, fsPath, given, expected] of NAMED)
    it(`of a change under review, the file: ${name}`, () => {
      const query = JSON.stringify({ commit: SHA, base: true, ...(given as object) });
      assert.equal(textAddress({ scheme: 'review', fsPath, query })?.file, expected);
    });
});
