import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installHooks } from '../../src/app/install';
import { mendHookFiles, takenOutByHand } from '../../src/git/hook-mending';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const OWN = '#!/bin/sh\nset -e\ngrep -q ticket "$1"\n';
const CRLF = OWN.replaceAll('\n', '\r\n');
const LEFTHOOK = '#!/bin/sh\n\nif [ "$LEFTHOOK" = "0" ]; then\n  exit 0\nfi\n\ncall_lefthook run "$0" "$@"\n';
const BLOCK = /# >>> hunkmark >>>[^]*?# <<< hunkmark <<<\n/;
const FOLDER = '.git/hooks';

describe('lines of ours that a hook has lost', () => {
  let repo: ScratchRepo;
  beforeEach(() => {
    repo = scratchRepo();
    repo.commitFile('a.js', 'const a = 1;\n');
  });
  afterEach(() => repo.dispose());

  const install = async (): Promise<void> => {
    const files = { hookProgram: join(process.cwd(), 'dist/hook.js'), nodePath: process.execPath };
    assert.equal((await installHooks({ repositoryDir: repo.dir, ...files })).kind, 'installed');
  };
  const file = (folder = FOLDER): string => join(repo.dir, folder, 'commit-msg');
  const put = (text: string, folder = FOLDER): void => {
    writeFileSync(file(folder), text, { mode: 0o755 });
    chmodSync(file(folder), 0o755);
  };
  const read = (folder = FOLDER): string => readFileSync(file(folder), 'utf8');
  const mend = (): string[] => mendHookFiles(join(repo.dir, '.git'), repo.dir);
  const takenOut = (): string[] => takenOutByHand(join(repo.dir, '.git'), repo.dir);
  /** What a person does who wants them gone from this hook. */
  const deleteBlock = (): void => put(read().replace(BLOCK, ''));

  /** By what was there before us and what happens then: whether the lines are back, and what else is in the file. */
  const ROWS: readonly (readonly [
    about: string,
    before: string | null,
    then: () => void,
    isBack: boolean,
    rest: string,
  ])[] = [
    ['a person deletes them from a hook of their own', OWN, deleteBlock, false, OWN],
    [
      'a person changes the hook, which is seen, and deletes them later',
      OWN,
      () => {
        put(`${read()}echo more\n`);
        assert.deepEqual(mend(), []);
        deleteBlock();
      },
      false,
      `${OWN}echo more\n`,
    ],
    ['a person deletes them from a hook with CR LF', CRLF, deleteBlock, false, CRLF],
    ['somebody writes another hook with CR LF', CRLF, () => put(`${CRLF}x\r\n`), true, `${CRLF}x\r\n`],
    ['a person deletes them from a hook that is nothing else', null, deleteBlock, false, '#!/bin/sh\n'],
    ['a manager writes its hook anew, as it was', LEFTHOOK, () => put(LEFTHOOK), true, LEFTHOOK],
    ['a manager puts its hook over that of a person', OWN, () => put(LEFTHOOK), true, LEFTHOOK],
    ['somebody writes another hook there', OWN, () => put(`${OWN}echo other\n`), true, `${OWN}echo other\n`],
    [
      'a script copies the hook from the repository again',
      OWN,
      () => {
        repo.write('scripts/commit-msg', OWN);
        repo.git('add', '.');
        put(OWN);
      },
      true,
      OWN,
    ],
    [
      'a manager writes its hook anew, and again after we are back in it',
      LEFTHOOK,
      () => {
        put(`${LEFTHOOK}# 2\n`);
        assert.deepEqual(mend(), [file()]);
        put(`${LEFTHOOK}# 2\n`);
      },
      true,
      `${LEFTHOOK}# 2\n`,
    ],
  ];
  for (const [about, before, then, isBack, rest] of ROWS)
    it(`${isBack ? 'are put back' : 'stay out'}: ${about}`, async () => {
      if (before !== null) put(before);
      await install();
      assert.match(read(), BLOCK);
      then();
      assert.deepEqual(takenOut(), isBack ? [] : [file()]);
      assert.deepEqual(mend(), isBack ? [file()] : []);
      assert.deepEqual(mend(), []);
      assert.equal(BLOCK.test(read()), isBack);
      assert.equal(read().replace(BLOCK, ''), rest);
    });

  it('are put back in a folder that ignores itself, whose hooks nobody writes by hand', async () => {
    const folder = '.husky/_';
    mkdirSync(join(repo.dir, folder), { recursive: true });
    writeFileSync(join(repo.dir, folder, '.gitignore'), '*\n');
    repo.git('config', 'core.hooksPath', folder);
    put(OWN, folder);
    await install();
    put(OWN, folder);
    assert.deepEqual(takenOut(), []);
    assert.deepEqual(mend(), [file(folder)]);
    assert.match(read(folder), BLOCK);
  });

  it('are put back where an older install has not noted what the rest was', async () => {
    put(OWN);
    await install();
    const record = join(repo.dir, '.git/hunkmark/installed');
    writeFileSync(record, readFileSync(record, 'utf8').replaceAll(/,\s*"rest": "\w+"/g, ''));
    put(OWN);
    assert.deepEqual(mend(), [file()]);
  });

  it('stay out with the agent’s next edit, doctor says so, and install puts them back', async () => {
    put(OWN);
    await install();
    deleteBlock();
    const hunkmark = (...args: string[]): string => {
      const cli = join(process.cwd(), 'dist/cli.js');
      const { status, stdout, stderr } = repo.run(process.execPath, [cli, ...args]);
      assert.equal(status, 0, stdout + stderr);
      return stdout;
    };
    repo.write('b.js', 'const b = 2;\n');
    const edit = { path: 'b.js', before: null, content: 'const b = 2;\n' };
    const program = join(repo.dir, '.git/hunkmark/hook.js');
    const stdin = JSON.stringify({ session: 'one', edits: [edit] });
    assert.equal(repo.run(process.execPath, [program, 'record', 'x', 'after-edit'], { stdin }).stderr, '');
    assert.equal(read(), OWN);
    const said = hunkmark('doctor');
    assert.match(
      said,
      /note +Somebody has deleted the lines of Hunkmark from .*commit-msg: they stay out\.\n +-> hunkmark install\n/,
    );
    assert.equal(read(), OWN);
    hunkmark('install');
    assert.match(read(), BLOCK);
    assert.doesNotMatch(hunkmark('doctor'), /Somebody/);
  });
});
