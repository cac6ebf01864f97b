import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openAddedLines } from '../../src/app/added-lines';
import { withRepository } from '../../src/app/opened';
import { lineClasses } from '../../src/core/line-classes';
import { bench, digest, golden, type Bench, type Json } from './bench';

const PATH = 'src/total.ts';
const BASE = 'import { rate } from "./rate";\n\nexport const total = sum(rate);\n';
const WRITTEN = 'const discount = rebate(total);\n';

describe('hunkmark blame', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write(PATH, BASE);
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  function commit(file: string, text: string | Buffer, message: string): string {
    at.repo.write(file, text);
    at.repo.git('add', '.');
    return at.commit(message);
  }
  const trailers = (file: string, place: string, of: string, human = 0): string =>
    `x\n\nAI-Provenance: v1 ai=1 mixed=0 human=${human} unknown=0 ai-deleted=0 hunks=1 listed=1\n` +
    `AI-Hunk: ${file} ${place}:${digest(of)} ai agent codex:gpt-5\n`;
  /** `CLASS COMMIT` of each line, the commit counted from the first one, `-` where it is not committed. */
  function classes(...args: string[]): string[] {
    const commits = at.repo.git('rev-list', '--reverse', '--all').split('\n');
    const { lines } = at.json('blame', ...args);
    return lines.map(
      (line: Json) => `${line.class} ${line.commit === null ? '-' : commits.indexOf(line.commit)}`,
    );
  }

  it('shows a revision and the working tree line by line', () => {
    at.install();
    at.agent(PATH, 'export const total', `${WRITTEN}export const total`);
    at.repo.git('add', '.');
    at.commit('feat: discount');
    at.agent(PATH, 'sum(rate)', 'sum(rate) - discount');
    at.repo.write(PATH, `${at.repo.read(PATH)}// typed by somebody\n`);
    golden('blame', at.ok('blame', PATH));
    golden('blame-json', at.ok('blame', PATH, '--json'));
    golden('blame-revision', at.ok('blame', PATH, 'HEAD'));
    golden('blame-revision-json', at.ok('blame', PATH, 'HEAD', '--json'));
    assert.deepEqual(classes(PATH, 'HEAD^'), ['unknown 0', 'unknown 0', 'unknown 0']);
  });

  it('calls a line human only where the commit and its numbers say so', () => {
    const text = `${BASE}${WRITTEN}const typed = byHand();\n`;
    const all = (last: string): string[] => ['unknown 0', 'unknown 0', 'unknown 0', 'ai 1', `${last} 1`];
    const written = trailers(PATH, '+4,1', WRITTEN, 1);
    commit(PATH, text, written);
    assert.deepEqual(classes(PATH, 'HEAD'), all('human'));
    for (const wrong of [
      written.replace('human=1', 'human=2'),
      written.replace('unknown=0', 'unknown=1').replace('human=1', 'human=0'),
      written.replace('hunks=1', 'hunks=2'),
      written.replace(' codex', ' codex\nAI-Hunk: src/total.ts +1,1:00000000 ai agent codex'),
      written.replace(' codex', ' codex\nAI-Hunk: src/total.ts +1 ai agent codex'),
    ]) {
      at.commit(wrong, '--amend');
      const { lines } = at.json('blame', PATH, 'HEAD');
      assert.equal(lines[4].class, 'unknown', wrong);
      assert.equal(lines[3].class, 'ai', wrong);
    }
    at.commit('nothing recorded', '--amend');
    assert.equal(at.json('blame', PATH, 'HEAD').lines[3].class, 'unknown');
  });

  it('finds lines that moved within their commit, and none that went stale', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+1,1', WRITTEN));
    const [line] = at.json('blame', PATH, 'HEAD').lines.slice(-1);
    assert.deepEqual([line.class, line.agent, line.model, line.verdict], ['ai', 'codex', 'gpt-5', 'moved']);
    at.commit(trailers(PATH, '+4,1', 'another line\n'), '--amend');
    const [stale] = at.json('blame', PATH, 'HEAD').lines.slice(-1);
    assert.deepEqual([stale.class, stale.agent, stale.verdict], ['unknown', null, null]);
  });

  it('follows a file to the name it had', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+4,1', WRITTEN));
    at.repo.git('mv', PATH, 'src/sum.ts');
    assert.deepEqual(
      classes('src/sum.ts'),
      ['unknown 0', 'unknown 0', 'unknown 0', 'ai 1'],
      'not yet committed',
    );
    at.commit('rename');
    assert.deepEqual(classes('src/sum.ts', 'HEAD'), ['unknown 0', 'unknown 0', 'unknown 0', 'ai 1']);
    assert.deepEqual(classes('src/sum.ts'), ['unknown 0', 'unknown 0', 'unknown 0', 'ai 1']);
  });

  it('knows every kind of path', () => {
    const names = [
      'a b.txt',
      'é/ü.txt',
      'new\nline',
      'esc\u001b[31m',
      'bidi\u202e',
      '-x',
      'q"uote',
      '*.txt',
      'tab\t',
    ];
    names.forEach((name, i) => at.repo.write(name, `const line${i} = value(${i});\n`));
    at.repo.git('add', '.');
    const encoded = (name: string): string =>
      [...Buffer.from(name)]
        .map((byte) =>
          byte > 0x20 && byte < 0x7f && !'%#@":'.includes(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('');
    const hunks = names.map(
      (name, i) => `AI-Hunk: ${encoded(name)} +1,1:${digest(`const line${i} = value(${i});\n`)} ai`,
    );
    const n = names.length;
    at.commit(
      `x\n\nAI-Provenance: v1 ai=${n} mixed=0 human=0 unknown=0 ai-deleted=0 hunks=${n} listed=${n}\n${hunks.join('\n')}\n`,
    );
    for (const name of names) {
      for (const revision of [['HEAD'], []]) {
        const found = at.json('blame', '--', name, ...revision);
        assert.equal(found.path, name);
        assert.deepEqual(
          found.lines.map((line: Json) => `${line.class} ${line.verdict}`),
          ['ai exact'],
          name,
        );
      }
    }
  });

  it('answers the same from what it has kept, and reads past what it has not written', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+4,1', WRITTEN));
    const folder = path.join(at.repo.dir, '.git/hunkmark/blames');
    const cold = at.ok('blame', PATH, 'HEAD', '--json');
    assert.ok(!fs.existsSync(folder), 'nothing is written where nobody has installed it');
    at.install();
    assert.equal(at.ok('blame', PATH, 'HEAD', '--json'), cold);
    const [name = '', ...more] = fs.readdirSync(folder);
    assert.deepEqual(more, []);
    const kept = path.join(folder, name);
    const text = fs.readFileSync(kept, 'utf8');
    assert.equal(at.ok('blame', PATH, 'HEAD', '--json'), cold);
    fs.writeFileSync(kept, text.replace(' ai ', ' human '));
    assert.match(at.ok('blame', PATH, 'HEAD', '--json'), /"human"/, 'it is what is kept that answers');
    for (const broken of ['', text.slice(0, -4), text.replace(' ai ', ' ia '), `${text}more\n`, '\0'])
      for (const again of [1, 2]) {
        if (again === 1) fs.writeFileSync(kept, broken);
        assert.equal(at.ok('blame', PATH, 'HEAD', '--json'), cold, `${JSON.stringify(broken)} ${again}`);
      }
    fs.rmSync(kept);
    fs.symlinkSync(path.join(at.repo.root, 'elsewhere'), kept);
    assert.equal(at.ok('blame', PATH, 'HEAD', '--json'), cold);
    assert.ok(!fs.existsSync(path.join(at.repo.root, 'elsewhere')));
  });

  it('asks again when more of a shallow history has come', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+4,1', WRITTEN));
    commit(PATH, `${BASE}${WRITTEN}// more\n`, 'more');
    const clone = path.join(at.repo.root, 'clone');
    at.repo.git('clone', '--quiet', '--depth=1', `file://${at.repo.dir}`, clone);
    at.ok('-C', clone, 'install');
    const classesIn = (): string[] =>
      at.json('-C', clone, 'blame', PATH, 'HEAD').lines.map((line: Json) => line.class);
    assert.deepEqual(classesIn(), ['unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
    at.repo.git('-C', clone, 'fetch', '--quiet', '--unshallow');
    assert.deepEqual(classesIn(), ['unknown', 'unknown', 'unknown', 'ai', 'unknown']);
  });

  it('shows no control character of a line', () => {
    commit('odd.txt', 'a\u001b[31mred\tb\u0085\u202e\r\nand\rthis\n', 'odd');
    golden('blame-controls', at.ok('blame', 'odd.txt'));
  });

  it('counts what is in the working tree alone as not committed', () => {
    const lines = BASE.split('\n');
    at.repo.write(PATH, [lines[0], 'const typed = 1;', '', ...lines.slice(1)].join('\n'));
    assert.deepEqual(classes(PATH), ['unknown 0', 'unknown -', 'unknown -', 'unknown 0', 'unknown 0']);
    at.repo.write('fresh.txt', 'one\ntwo');
    assert.deepEqual(classes('fresh.txt'), ['unknown -', 'unknown -']);
    at.repo.write('empty.txt', '');
    assert.deepEqual(classes('empty.txt'), []);
    at.repo.write(PATH, BASE.slice(0, -1));
    assert.deepEqual(classes(PATH), ['unknown 0', 'unknown 0', 'unknown -'], 'a line end that is gone');
  });

  it('takes no line end that git converts for a change, and every other one for one', () => {
    const crlf = BASE.replaceAll('\n', '\r\n');
    const [same, changed] = [
      ['unknown 0', 'unknown 0', 'unknown 0'],
      ['unknown -', 'unknown -', 'unknown -'],
    ];
    at.repo.write(PATH, crlf);
    assert.deepEqual(classes(PATH), changed);
    at.repo.git('config', 'core.autocrlf', 'true');
    assert.deepEqual(classes(PATH), same);
    at.repo.write('.gitattributes', '*.ts -text\n');
    assert.deepEqual(classes(PATH), changed);
    at.repo.git('config', 'core.autocrlf', 'false');
    at.repo.write('.gitattributes', '*.ts text eol=crlf\n');
    assert.deepEqual(classes(PATH), same);
    at.repo.write(PATH, crlf.replace('sum', 'add'));
    assert.deepEqual(classes(PATH), ['unknown 0', 'unknown 0', 'unknown -']);
  });

  it('has no lines for what has none', () => {
    commit('binary', 'a\n\0b\n', 'binary');
    commit('pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', 'pointer');
    at.repo.run('ln', ['-s', PATH, 'link']);
    at.repo.git('add', '.');
    at.commit('link');
    for (const name of ['binary', 'pointer', 'link']) {
      assert.deepEqual(at.json('blame', name, 'HEAD').lines, [], name);
      assert.deepEqual(at.json('blame', name).lines, [], name);
    }
  });

  it('leaves unknown what a shallow history does not show', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+4,1', WRITTEN));
    commit(PATH, `${WRITTEN}${BASE}${WRITTEN}`, trailers(PATH, '+1,1', WRITTEN));
    at.repo.git('clone', '--quiet', '--depth', '2', `file://${at.repo.dir}`, '../shallow');
    const { lines } = at.json('-C', '../shallow', 'blame', PATH);
    assert.deepEqual(
      lines.map((line: Json) => line.class),
      ['ai', 'unknown', 'unknown', 'unknown', 'unknown'],
    );
  });

  it('is the same whatever is set for diffs', () => {
    const loader = (name: string): string =>
      `\n/**\n * The ${name}.\n */\nexport function ${name}() {\n  return load("${name}");\n}\n`;
    commit('src/load.ts', `export const a = 1;\n${loader('last')}`, 'one');
    const added = loader('first');
    commit('src/load.ts', `export const a = 1;\n${added}${loader('last')}`, 'two');
    const said = classes('src/load.ts', 'HEAD');
    assert.equal(said.filter((line) => line === 'unknown 2').length, added.split('\n').length - 1);
    at.repo.git('config', 'diff.indentHeuristic', 'false');
    at.repo.git('config', 'diff.algorithm', 'patience');
    assert.deepEqual(classes('src/load.ts', 'HEAD'), said);
  });

  it('names the setting that keeps git from blaming', () => {
    at.repo.git('config', 'blame.ignoreRevsFile', 'no-such-file');
    at.refuses(
      2,
      /^hunkmark: git blame does not work here, look at blame\.ignoreRevsFile: .*\n$/,
      'blame',
      PATH,
    );
  });

  it('needs no working tree for a revision', () => {
    commit(PATH, `${BASE}${WRITTEN}`, trailers(PATH, '+4,1', WRITTEN));
    at.repo.git('clone', '--quiet', '--bare', at.repo.dir, '../bare.git');
    assert.equal(at.json('-C', '../bare.git', 'blame', PATH, 'HEAD').lines[3].class, 'ai');
    at.refuses(
      2,
      /^hunkmark: there is no working tree here: name a revision\n$/,
      '-C',
      '../bare.git',
      'blame',
      PATH,
    );
    at.refuses(2, /^hunkmark: there is no working tree here\n$/, '-C', '../bare.git', 'status');
    assert.match(at.ok('-C', '../bare.git', 'show'), /^commit /);
  });

  it('reads from diffs what reading every file says', async () => {
    const message = (human: number, ...hunks: string[]): string =>
      `x\n\nAI-Provenance: v1 ai=${hunks.length} mixed=0 human=${human} unknown=0 ai-deleted=0 hunks=${hunks.length} listed=${hunks.length}\n${hunks.join('\n')}\n`;
    const hunk = (file: string, place: string, of: string): string =>
      `AI-Hunk: ${file} ${place}:${digest(of)} ai`;
    at.repo.write('binary', 'one\n\0two\n');
    commit(PATH, `${BASE}${WRITTEN}const a = 1;\n`, message(1, hunk(PATH, '+4,1', WRITTEN)));
    at.repo.write('binary', 'one\n\0two\nthree\n');
    commit(
      PATH,
      `${WRITTEN}${BASE}`,
      message(1, hunk(PATH, '+1,1', WRITTEN), hunk('binary', '+3,1', 'three\n')),
    );
    at.repo.write('binary', `${'y'.repeat(9000)}\n\0late\n`);
    commit(PATH, `${WRITTEN}${WRITTEN}${BASE}`, message(2, hunk(PATH, '+1,1', WRITTEN)));
    at.repo.git('checkout', '--quiet', '-b', 'side', 'HEAD~2');
    commit('other é.txt', 'schön\nno end', message(1, hunk('other%20%C3%A9.txt', '+1,2', 'schön\nno end')));
    at.repo.git('merge', '--quiet', '--no-commit', '--no-ff', 'main');
    commit(
      'other é.txt',
      'schön\nno end\nmerged\n',
      message(0, hunk('other%20%C3%A9.txt', '+3,1', 'merged\n')),
    );
    at.repo.git('mv', PATH, 'src/renamed.ts');
    commit(
      'src/renamed.ts',
      `${WRITTEN}${WRITTEN}${BASE}const z = 26;\n`,
      message(1, hunk('src/renamed.ts', '+9,1', 'const z = 26;\n')),
    );
    at.repo.git('checkout', '--quiet', '-b', 'third', 'HEAD^');
    commit('other é.txt', 'schön\nno end\nmerged\nthird\n', 'third');
    at.repo.git('merge', '--quiet', '--no-commit', '--no-ff', 'side');
    const last = 'only here();\n';
    commit('last.txt', last, message(0, hunk('last.txt', '+1,1', last)));
    const place = { cwd: at.repo.dir, env: at.repo.env };
    const compared = await withRepository(place, async (opened) => {
      const oids = at.repo.git('rev-list', '--all').trim().split('\n');
      const added = openAddedLines(opened);
      for (const oid of oids) added.want(oid, false);
      const said = await added.read();
      let lines = 0;
      for (const oid of oids) {
        const commit = await opened.commits.read(oid);
        assert.ok(commit);
        const classed = lineClasses(commit.reading, commit.resolved, commit.files);
        for (const file of ['binary', PATH, 'other é.txt', 'src/renamed.ts', 'last.txt']) {
          const added = classed.find(({ change }) => change.path === file)?.added ?? [];
          for (let line = 1; line < 20; line++) {
            const expected = added.find((each) => each.line === line)?.origin ?? null;
            const seen = said.of(oid, file, line);
            assert.deepEqual(
              seen,
              commit.reading.tracked === 'no' ? null : expected,
              `${oid} ${file} ${line}`,
            );
            if (seen !== null) lines++;
          }
        }
      }
      return lines;
    });
    assert.ok(compared > 10, String(compared));
  });
});
