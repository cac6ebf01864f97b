import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import Ajv from 'ajv';
import { bench, digest, golden, type Bench, type Json } from './bench';

const LINE = 'const written = byModel();\n';
const HOSTILE = 'pay/a`|<b>[x](http:evil.example) @all, ::error::%0A\u001b[31m\n\u202e.ts';
const POLICY = `version: 1
systems:
  checkout:
    tier: 1
    owners: ["@pay-oncall", "ana@example.com"]
    paths: ["pay/**"]
  "se[a](http://evil.example)rch @all":
    tier: 2
    paths: ["search/**"]
tiers:
  1: { commit: block, override: approve }
  2: { warn: warning, provenance: expected }
`;
const SCHEMA = 'node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';

describe('the formats of hunkmark check', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.env['HUNKMARK'] = 'off';
    save('search/gone.ts', 'old();\nolder();\n', 'start');
    save('.hunkmark.yml', POLICY, 'policy');
    at.repo.git('tag', 'base');
  });
  afterEach(() => at.repo.dispose());

  function save(path: string, text: string | null, message: string): void {
    if (text === null) at.repo.git('rm', '--quiet', path);
    else at.repo.write(path, text);
    at.repo.git('add', '.');
    at.commit(message);
  }
  const run = (format: string): string =>
    at.run('check', 'base..', '--as-of', '2027-02-01', '--format', format).stdout;

  function history(): void {
    const counts = (ai: number, deleted: number): string =>
      `AI-Provenance: v1 ai=${ai} mixed=0 human=0 unknown=0 ai-deleted=${deleted} hunks=1 listed=1`;
    const hostile = `AI-Hunk: ${encodeURIComponent(HOSTILE).replaceAll('%2F', '/')} +1,1:${digest(LINE)} ai agent claude-code:opus`;
    save(HOSTILE, LINE, `one\n\n${counts(1, 0)}\n${hostile}\n`);
    const gone = `AI-Hunk: search/gone.ts -1,2:${digest('old();\nolder();\n')} ai agent codex`;
    save('search/gone.ts', null, `two\n\n${counts(0, 2)}\n${gone}\n`);
    const pair = `AI-Hunk: pay/b.ts +2,2:${digest(LINE + LINE)} mixed completion github-copilot`;
    const override = 'AI-Override: ok <img src=x> [c](http://d) `` ::error::';
    save('pay/b.ts', `typed();\n${LINE}${LINE}`, `three\n\n${counts(2, 0)}\n${pair}\n${override}\n`);
    save('search/new.ts', 'typed();\n', 'four');
  }

  it('say the same to a person, a program, a forge and a reviewer', () => {
    history();
    Object.assign(at.repo.env, {
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/shop',
    });
    for (const format of ['text', 'json', 'github', 'sarif', 'markdown']) {
      const output = run(format);
      golden(`check-${format}`, output);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(output, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/, format);
    }
  });

  it('are calm where there is nothing to say', () => {
    save('free.ts', 'x\n', 'free');
    assert.equal(run('text'), '1 commit checked: nothing to report.\n');
    assert.equal(run('github'), 'hunkmark: 1 commit checked: 0 errors, 0 warnings, 0 notes.\n');
    assert.match(
      run('markdown'),
      /^## AI provenance\n\n1 commit in `[0-9a-f]{12}`..`[0-9a-f]{12}`: 0 errors, 0 warnings, 0 notes.\n$/,
    );
  });

  it('are valid SARIF 2.1.0, with a place for each result', () => {
    history();
    const log: Json = JSON.parse(run('sarif'));
    const { $schema: _, id: __, ...schema } = JSON.parse(fs.readFileSync(SCHEMA, 'utf8'));
    const valid = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    assert.equal(valid(log), true, JSON.stringify(valid.errors));
    assert.equal(valid({ ...log, version: '2.0.0' }), false, 'the schema says no at all');
    const [{ tool, results }] = log.runs;
    for (const result of results) {
      assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
      const [{ physicalLocation }] = result.locations;
      assert.match(physicalLocation.artifactLocation.uri, /^[A-Za-z0-9._~/%-]+$/);
    }
    const uris = results.map((each: Json) => each.locations[0].physicalLocation.artifactLocation.uri);
    assert.ok(uris.map(decodeURIComponent).includes(HOSTILE));
  });

  it('make no link of what a commit says', () => {
    save('free.ts', 'x\n', 'free\n\nAI-Override: INC-1 [more](https://evil.example) [2](1)\n');
    const [{ results }] = JSON.parse(run('sarif')).runs;
    const text: string = results[0].message.text;
    assert.match(text, /INC-1 \[more\] \(https:\/\/evil\.example\) \[2\] \(1\)/);
  });

  it('are at most ten annotations a level, the most critical first, then a count', () => {
    for (let file = 0; file < 14; file++) at.repo.write(`search/${file}.ts`, LINE);
    const counts = 'AI-Provenance: v1 ai=15 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=15 listed=15';
    at.repo.write('pay/z.ts', LINE);
    at.repo.git('add', '.');
    const hunks = [...Array.from({ length: 14 }, (_, file) => `search/${file}.ts`), 'pay/z.ts'].map(
      (path) => `AI-Hunk: ${path} +1,1:${digest(LINE)} ai`,
    );
    at.commit(`many\n\n${counts}\n${hunks.join('\n')}\n`);
    const lines = run('github').trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^::error file=pay\/z\.ts,line=1,endLine=1,title=tier\/ai-code::/);
    assert.equal(lines.filter((line) => line.startsWith('::warning ')).length, 10);
    assert.equal(lines[11], 'hunkmark: 4 warnings more; hunkmark check says all of them.');
    assert.equal(lines.length, 13);
  });

  it('take a name that is none for wrong', () => {
    at.refuses(2, /--format takes text, json, sarif, github, markdown/, 'check', '--format', 'xml');
    at.refuses(2, /two answers/, 'check', '--json', '--format', 'text');
  });
});
