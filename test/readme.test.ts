import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { NO_RULES, STRICTNESS } from '../src/core/policy';
import { bench, type Bench, type Json } from './cli/bench';

const README = fs.readFileSync('README.md', 'utf8');

/** The commands of the code block that holds `word`, as they are written. */
function recipe(word: string): string[] {
  const blocks = [...README.matchAll(/^```sh\n([^]*?)^```$/gm)].map((found) => found[1] ?? '');
  const block = blocks.filter((text) => text.includes(word));
  assert.equal(block.length, 1, word);
  return (block[0] ?? '').trimEnd().split('\n');
}

describe('the recipes of the README', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.install();
    const lines = Array.from({ length: 12 }, (_, number) => `line(number, ${number + 1});\n`);
    at.repo.write('src/app.js', lines.join(''));
    at.repo.git('add', '.');
    at.commit('start');
    at.agent('src/app.js', 'line(number, 6);\n', 'const added = byModel();\nline(number, 6);\n');
    at.agent('src/app.js', 'line(number, 9);\n', '');
    for (let more = 1; more < 8; more++)
      at.agent(`src/a-folder-with-a-long-name/module-${more}.js`, '', `const more = byModel(${more});\n`);
    at.repo.git('add', '.');
    at.commit('feat: written');
  });
  afterEach(() => at.repo.dispose());

  const shell = (command: string): string => {
    const { status, stdout, stderr } = at.repo.run('sh', ['-c', command]);
    assert.deepEqual([status, stderr], [0, ''], command);
    return stdout;
  };
  const has = (program: string): boolean => at.repo.run('sh', ['-c', `command -v ${program}`]).status === 0;

  it('say with git alone what show says', () => {
    const [everyCommit = '', lastOne = ''] = recipe('%(trailers');
    const { provenance, ranges } = at.json('show');
    const { ai, mixed, human, unknown, aiDeleted, hunks, listed } = provenance;
    const [last, first] = at.repo.git('log', '--format=%h').split('\n');
    assert.equal(
      shell(everyCommit),
      `${last} v1 ai=${ai} mixed=${mixed} human=${human} unknown=${unknown} ai-deleted=${aiDeleted} hunks=${hunks} listed=${listed}\n${first} \n`,
    );
    const said = shell(lastOne)
      .split('\n')
      .flatMap((line) => {
        const [key, path, ...words] = line.split(' ');
        if (key !== 'AI-Hunk:') return [];
        return words.filter((word) => /^[+-]/.test(word)).map((range) => `${path} ${range}`);
      });
    const wanted = ranges.map(
      ({ path, side, start, count, digest }: Json) => `${path} ${side}${start},${count}:${digest}`,
    );
    assert.ok(wanted.length >= 9);
    assert.deepEqual(said.toSorted(), wanted.toSorted());
  });

  it('have a policy that can be copied as it stands, with every word of every rule', () => {
    const policy = /^```yaml\n(version: 1\n[^]*?)^```$/m.exec(README)?.[1] ?? '';
    at.repo.write('.hunkmark.yml', policy);
    at.repo.write('.hunkmark/more.yml', 'systems: { search: { tier: 2, paths: ["search/**"] } }\n');
    const [checkout, search] = at.json('tier', 'services/checkout/a.ts', 'search/a.ts');
    assert.deepEqual([checkout.tier, search.tier, checkout.rules.warn], [1, 2, 'warning']);
    const wordsOf: Readonly<Record<string, readonly string[]>> = STRICTNESS;
    for (const rule of Object.keys(NO_RULES)) {
      const words = wordsOf[rule] ?? [];
      const line = policy.split('\n').find((each) => each.startsWith(`    ${rule}: `));
      assert.ok(line, rule);
      for (const word of words) assert.match(line, new RegExp(`\\b${word}\\b`), rule);
    }
  });

  it('report an edit of an agent that nobody here knows', () => {
    at.repo.write(
      '../bin/hunkmark',
      `#!/bin/sh\nexec '${process.execPath}' '${path.resolve('dist/cli.js')}' "$@"\n`,
    );
    fs.chmodSync(path.join(at.repo.root, 'bin/hunkmark'), 0o755);
    const env = { PATH: `${path.join(at.repo.root, 'bin')}:${process.env['PATH'] ?? ''}` };
    const ran = at.repo.run('sh', ['-e', '-c', recipe('my-agent').join('\n')], { env });
    assert.deepEqual(ran, { status: 0, stdout: '', stderr: '' });
    at.repo.git('add', '.');
    at.commit('feat: greet');
    const trailers = at.repo.git('log', '-1', '--format=%(trailers:only,unfold)');
    assert.match(trailers, /^Assisted-by: my-agent:my-model$/m);
    assert.match(trailers, /^AI-Hunk: greet\.js \+1,1:[0-9a-f]{8} ai agent my-agent$/m);
  });

  it('check a range with git and a checksum alone, on Linux and on macOS', () => {
    const commands = recipe('sha256sum');
    assert.deepEqual(
      commands.map((command) => /# (\S+) on (\w+)$/.exec(command)?.slice(1)),
      [
        ['+6,1', 'Linux'],
        ['-9,1', 'macOS'],
      ],
    );
    for (const command of commands) {
      if (!has(command.includes('shasum') ? 'shasum' : 'sha256sum')) continue;
      const place = /# (\S+) on/.exec(command)?.[1] ?? '';
      const range = at
        .json('show')
        .ranges.find(
          ({ path, side, start, count }: Json) =>
            path === 'src/app.js' && `${side}${start},${count}` === place,
        );
      assert.ok(range, place);
      assert.equal(range.verdict, 'exact');
      assert.equal(shell(command), `${range.digest}\n`);
    }
  });
});
