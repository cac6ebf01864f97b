import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { isMarkedGenerated, parseAttributes } from '../../src/core/attributes';
import { toByteString } from '../../src/core/path';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const MARK = 'linguist-generated';

/** `files`: folder (`` or `a/`) to the text of its `.gitattributes`. */
function marked(files: Readonly<Record<string, string>>, name: string): boolean {
  const above = Object.keys(files)
    .filter((folder) => name.startsWith(folder))
    .toSorted((a, b) => a.length - b.length);
  return isMarkedGenerated(
    above.map((folder) => ({
      file: parseAttributes(toByteString(files[folder] ?? ''), folder === ''),
      path: name.slice(folder.length),
    })),
  );
}

describe('linguist-generated', () => {
  const rows: readonly (readonly [files: Readonly<Record<string, string>>, path: string, is: boolean])[] = [
    [{ '': `*.js ${MARK}\n` }, 'a/b.js', true],
    [{ '': `*.js ${MARK}=true\n` }, 'a/b.js', true],
    [{ '': `*.js ${MARK}=false\n` }, 'a/b.js', false],
    [{ '': `*.js -${MARK}\n` }, 'b.js', false],
    [{ '': `*.js ${MARK}\nb.js !${MARK}\n` }, 'b.js', false],
    [{ '': `*.js ${MARK}\n`, 'a/': `b.js -${MARK}\n` }, 'a/b.js', false],
    [{ '': `*.js ${MARK}\n`, 'a/': `b.js text\n` }, 'a/b.js', true],
    [{ 'a/': `/b.js ${MARK}\n` }, 'a/b.js', true],
    [{ 'a/': `/b.js ${MARK}\n` }, 'a/c/b.js', false],
    [{ '': `dist ${MARK}\n` }, 'dist/b.js', false],
    [{ '': `dist/ ${MARK}\n` }, 'dist/b.js', false],
    [{ '': `dist/** ${MARK}\n` }, 'dist/c/b.js', true],
    [{ '': `dist/* ${MARK}\n` }, 'dist/c/b.js', false],
    [{ '': `"with space.js" ${MARK}\n` }, 'with space.js', true],
    [{ '': `"made " ${MARK}\n` }, 'made ', true],
    [{ '': `"made " ${MARK}\n` }, 'made', false],
    [{ '': `"\\303\\251.js" ${MARK}\n` }, 'é.js', true],
    [{ '': `é.js ${MARK}\n` }, 'é.js', true],
    [{ '': `# *.js ${MARK}\n` }, 'b.js', false],
    [{ '': `!*.js ${MARK}\n` }, 'b.js', false],
    [{ '': `[attr]made ${MARK} -diff\n*.js made\n` }, 'b.js', true],
    [{ '': `[attr]made ${MARK} -diff\n*.js -made\n` }, 'b.js', false],
    [{ 'a/': `[attr]made ${MARK}\n*.js made\n` }, 'a/b.js', false],
    [{ '': `*.js ${MARK} -${MARK}\n` }, 'b.js', false],
    [{ '': `*.js ${MARK}\r\n` }, 'b.js', true],
    [{ '': `*.js${' '.repeat(3000)}${MARK}\n` }, 'b.js', false],
  ];
  for (const [files, name, is] of rows)
    it(`${JSON.stringify(files)} ${is ? 'marks' : 'does not mark'} ${name}`, () => {
      assert.equal(marked(files, name), is);
    });

  describe('as git reads it', function () {
    this.timeout(60_000);
    let repo: ScratchRepo;
    before(() => {
      repo = scratchRepo();
    });
    after(() => repo.dispose());

    const part = fc.constantFrom('a', 'b', 'ab.js', '*', '*.js', 'a*', '**', '?', '[ab]', 'é');
    const pattern = fc
      .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 4 }))
      .map(([rooted, parts]) => `${rooted ? '/' : ''}${parts.join('/')}`);
    const word = fc.constantFrom(
      MARK,
      `-${MARK}`,
      `!${MARK}`,
      `${MARK}=false`,
      `${MARK}=x`,
      'text',
      'made',
      '-made',
    );
    const line = fc
      .tuple(pattern, fc.array(word, { maxLength: 3 }))
      .map(([of, words]) => [of, ...words].join(' '));
    const text = fc
      .array(
        fc.oneof({ weight: 6, arbitrary: line }, { arbitrary: fc.constant(`[attr]made ${MARK}`), weight: 1 }),
        {
          maxLength: 6,
        },
      )
      .map((lines) => lines.map((each) => `${each}\n`).join(''));
    const files = fc.record({ '': text, 'a/': text, 'a/b/': text });
    const name = fc
      .array(fc.constantFrom('a', 'b', 'ab.js', 'x.js', 'é'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));

    it('says of random paths and files what git check-attr says', () => {
      fc.assert(
        fc.property(files, fc.array(name, { minLength: 20, maxLength: 40 }), (made, names) => {
          for (const [folder, content] of Object.entries(made)) {
            fs.mkdirSync(path.join(repo.dir, folder), { recursive: true });
            fs.writeFileSync(path.join(repo.dir, folder, '.gitattributes'), content);
          }
          const stdin = `${names.join('\0')}\0`;
          const output = repo.git('check-attr', '-z', '--stdin', MARK, { stdin }).split('\0');
          const wanted = names.map((_, at) => {
            const value = output[3 * at + 2];
            return value !== 'unspecified' && value !== 'unset' && value !== 'false';
          });
          assert.deepEqual(
            names.map((each) => marked(made, each)),
            wanted,
            names.join(' '),
          );
        }),
        { numRuns: 150 },
      );
    });
  });
});
