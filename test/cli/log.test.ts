import assert from 'node:assert/strict';
import { bench, digest, golden, type Bench, type Json } from './bench';

const LINE = 'const written = byModel();\n';
const POLICY = `version: 1
systems:
  checkout: { tier: 1, paths: ["pay/**"] }
  search: { tier: 2, paths: ["search/**"] }
tiers:
  1: { commit: acknowledge }
exempt:
  - { author: "bot@example.com", paths: ["pay/data.json"] }
`;
const AI = (path: string, more = ''): string =>
  `AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1\nAI-Hunk: ${path} +1,1:${digest(LINE)} ai agent claude-code\n${more}`;

describe('hunkmark log', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.env['HUNKMARK'] = 'off';
    save('pay/old.ts', 'before the policy\n', 'start');
    save('.hunkmark.yml', POLICY, 'policy');
  });
  afterEach(() => at.repo.dispose());

  function save(path: string, text: string, message: string, ...args: string[]): string {
    at.repo.write(path, text);
    at.repo.git('add', '.');
    return at.commit(message, ...args);
  }
  const rows = (...args: string[]): Json[] =>
    at
      .ok('log', '--format', 'jsonl', ...args)
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Json => JSON.parse(line));
  const said = (...args: string[]): string[] =>
    rows(...args).map(
      (row) =>
        `${row.subject}: ${row.systems.map((each: Json) => each.name).join('+')} ${row.state} ${row.acknowledged}`,
    );

  function history(): void {
    const ack = `AI-Ack: 1/1:${digest(`${digest(LINE)}\n`)} Ana <scratch@example.com>\n`;
    save('free.ts', 'of no system\n', 'elsewhere');
    save('pay/a.ts', LINE, `acknowledged\n\n${AI('pay/a.ts', ack)}`);
    save('pay/b.ts', LINE, `waved through\n\n${AI('pay/b.ts', 'AI-Override: INC-1\nChange-Ref: CHG-7\n')}`);
    at.repo.git('rm', '--quiet', 'pay/b.ts');
    const waved = at.repo.git('rev-parse', 'HEAD').trim();
    at.commit(`revert\n\nThis reverts commit ${waved}.\n`);
    save('search/a.ts', 'typed();\n', 'untracked');
    save('pay/data.json', '{}\n', 'bump', '--author=Bot <bot@example.com>');
    at.repo.git('mv', 'search/a.ts', 'free2.ts');
    at.commit('renamed away');
  }

  it('takes three dots as git log does: what either side has and the other has not', () => {
    at.repo.git('branch', 'side');
    save('pay/a.ts', 'ours();\n', 'ours');
    at.repo.git('checkout', '--quiet', 'side');
    save('pay/b.ts', 'theirs();\n', 'theirs');
    for (const [range, subjects] of [
      ['main..side', ['theirs']],
      ['main...side', ['ours', 'theirs']],
      ['main...', ['ours', 'theirs']],
    ] as const)
      assert.deepEqual(new Set(rows(range).map(({ subject }) => subject)), new Set(subjects), range);
  });

  it('has a row for every commit that touches a system, untracked ones among them', () => {
    history();
    assert.deepEqual(said(), [
      'renamed away: search untracked null',
      'bump: checkout exempt null',
      'untracked: search untracked null',
      'revert: checkout restored null',
      'waved through: checkout tracked false',
      'acknowledged: checkout tracked true',
    ]);
    assert.deepEqual(said('--tier', '2'), [
      'renamed away: search untracked null',
      'untracked: search untracked null',
    ]);
    assert.equal(said('HEAD~2..').length, 2);
  });

  it('says the same in every format', () => {
    history();
    golden('log', at.ok('log'));
    golden('log-jsonl', at.ok('log', '--json'));
    golden('log-csv', at.ok('log', '--format', 'csv'));
    golden('log-markdown', at.ok('log', '--format', 'markdown'));
  });

  it('judges each commit by the policy of its first parent and of its own day', () => {
    const first = at.repo.git('rev-parse', 'HEAD:.hunkmark.yml').trim();
    save('pay/a.ts', 'a\n', 'under the first');
    save('.hunkmark.yml', POLICY.replace('pay/**', 'elsewhere/**'), 'changed');
    save('pay/a.ts', 'b\n', 'no system any more');
    save('.hunkmark.yml', POLICY.replace('acknowledge }', 'acknowledge, until: 2027-01-01 }'), 'changed');
    save('pay/c.ts', LINE, `lapsed\n\n${AI('pay/c.ts')}`);
    const found = rows();
    assert.deepEqual(
      found.map((row) => row.subject),
      ['lapsed', 'under the first'],
    );
    assert.equal(found[1].policy, first);
    assert.equal(found[0].acknowledged, null, 'committed on 2027-01-15, after the rules had lapsed');
  });

  it('keeps commits whose policy could not be read', () => {
    save('.hunkmark.yml', 'systems: 7\n', 'broken');
    at.refuses(2, /^hunkmark: \.hunkmark\.yml:1:/, 'log');
    save('.hunkmark.yml', POLICY, 'repaired');
    assert.deepEqual(
      rows().map((row) => `${row.subject} ${row.policy} ${row.tier}`),
      ['repaired invalid null'],
    );
  });

  it('takes days, UTC and inclusive', () => {
    save('pay/a.ts', 'a\n', 'one');
    assert.equal(rows('--since', '2027-01-15', '--until', '2027-01-15').length, 1);
    assert.equal(rows('--since', '2027-01-16').length, 0);
    assert.equal(rows('--until', '2027-01-14').length, 0);
    at.refuses(2, /is no day/, 'log', '--since', 'yesterday');
    at.refuses(2, /--tier takes/, 'log', '--tier', 'x');
    at.refuses(2, /--format takes/, 'log', '--format', 'xml');
  });

  it('puts no formula and no markup into a table', () => {
    save(
      'pay/a.ts',
      'a\n',
      '=cmd|x!A1 | `</td>` [l](http://e)\n\nAI-Override: @evil "quoted"\nChange-Ref: +1\n',
    );
    const csv = at.ok('log', '--format', 'csv');
    assert.match(csv, /,"'=cmd\|x!A1/);
    assert.match(csv, /"'@evil ""quoted"""/);
    assert.match(csv, /"'\+1"/);
    const table = at.ok('log', '--format', 'markdown').split('\n')[2] ?? '';
    assert.match(table, /``=cmd\\\|x!A1 \\\| `<\/td>` \[l\]\(http:\/\/e\)``/);
    assert.equal(cellsOf(table), 24);
    for (const subject of ['a\\| b', 'a\\\\| b', '\\|\\\\\\|| b', 'b\\']) {
      save('pay/a.ts', `${subject}\n`, subject);
      assert.equal(cellsOf(at.ok('log', '--format', 'markdown').split('\n')[2] ?? ''), 24, subject);
    }
  });

  /** What a forge cuts a row of a table into: a backslash takes the sign behind it along, also another backslash. */
  const cellsOf = (row: string): number => row.replaceAll(/\\[\\|]/g, '').split('|').length;
});
