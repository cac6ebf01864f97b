import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, digest, type Bench } from './bench';

const FIRST = 'const first = byModel(1);\n';
const SECOND = 'const second = byModel(22);\n';
const THIRD = 'const third = byModel(333);\n';
const BASE = 'typed();\nalso.typed();\n';

describe('hunkmark squash-message', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.install();
    at.repo.write('a.ts', BASE);
    at.repo.git('add', '.');
    at.commit('start');
    at.repo.git('checkout', '--quiet', '-b', 'topic');
  });
  afterEach(() => at.repo.dispose());

  function agent(file: string, old: string, text: string, message: string): void {
    at.agent(file, old, text);
    at.repo.git('add', '.');
    at.commit(message);
  }
  function topic(): void {
    agent('a.ts', 'also.typed();\n', `also.typed();\n${FIRST}${SECOND}`, 'one');
    agent('b.ts', '', THIRD, 'two\n\nChange-Ref: CHG-7\n');
    at.repo.write('a.ts', at.repo.read('a.ts').replace(SECOND, 'rewritten.by(hand);\n'));
    at.repo.git('add', '.');
    at.commit('three\n\nAI-Override: INC-1 it burns\n');
  }
  const WANTED = [
    'AI-Provenance: v1 ai=2 mixed=0 human=0 unknown=1 ai-deleted=0 hunks=2 listed=2',
    'Assisted-by: claude-code',
    `AI-Hunk: a.ts +3,1:${digest(FIRST)} ai agent claude-code`,
    `AI-Hunk: b.ts +1,1:${digest(THIRD)} ai agent claude-code`,
    'Change-Ref: CHG-7',
    'AI-Override: INC-1 it burns',
  ];

  it('has one set of trailers for what the commits change together', () => {
    topic();
    assert.deepEqual(at.ok('squash-message', 'main..topic').trimEnd().split('\n'), WANTED);
    assert.deepEqual(at.json('squash-message', 'main..topic'), { commits: 3, trailers: WANTED });
  });

  it('gives what the squash verifies by, in any clone, without the journal', () => {
    topic();
    at.repo.git('checkout', '--quiet', 'main');
    at.repo.write('elsewhere.ts', 'moves main on\n');
    at.repo.git('add', '.');
    at.commit('main goes on');
    at.repo.git('clone', '--quiet', at.repo.dir, '../clone');
    at.repo.git('-C', '../clone', 'merge', '--quiet', '--squash', 'origin/topic');
    const trailers = at.ok('-C', '../clone', 'squash-message', 'origin/main..origin/topic');
    assert.deepEqual(trailers.trimEnd().split('\n'), WANTED);
    at.repo.git('-C', '../clone', 'commit', '--quiet', '-F', '-', { stdin: `squashed\n\n${trailers}` });
    const shown = at.json('-C', '../clone', 'show');
    assert.deepEqual(
      shown.ranges.map((range: { verdict: string }) => range.verdict),
      ['exact', 'exact'],
    );
    assert.equal(shown.override, 'INC-1 it burns');
  });

  it('is asked for by check where the forge would drop the trailers', () => {
    topic();
    const said = (event: object | null, env: Record<string, string> = {}): string => {
      const file = path.join(at.repo.root, 'event.json');
      fs.writeFileSync(file, event === null ? '{ broken' : JSON.stringify(event));
      const ran = at.repo.run(process.execPath, [path.resolve('dist/cli.js'), 'check', 'main..topic'], {
        env: { GITHUB_EVENT_PATH: file, ...env },
      });
      assert.equal(ran.status, 0);
      return ran.stderr;
    };
    const event = (setting: string, body: string | null, allowed = true): object => ({
      pull_request: {
        body,
        base: { repo: { allow_squash_merge: allowed, squash_merge_commit_message: setting } },
      },
    });
    assert.match(
      said(event('BLANK', null)),
      /^hunkmark: the squash button .*"Pull request title and commit details"\n$/,
    );
    assert.match(said(event('PR_BODY', 'no trailers')), /put what hunkmark squash-message prints/);
    assert.match(said({}, { CI_MERGE_REQUEST_SQUASH_ON_MERGE: 'true' }), /%\{all_commits\}/);
    assert.equal(said(event('PR_BODY', `text\n\n${WANTED.join('\n')}`)), '');
    assert.equal(said(event('COMMIT_MESSAGES', null)), '');
    assert.equal(said(event('BLANK', null, false)), '');
    assert.equal(said(null), '');
  });

  it('says nothing where nothing is known, and refuses a range without a beginning', () => {
    at.repo.write('c.ts', 'typed();\n');
    at.repo.git('add', '.');
    at.commit('plain');
    assert.equal(at.ok('squash-message', 'main..topic'), '');
    at.refuses(2, /a range with a beginning/, 'squash-message', 'topic');
    at.refuses(2, /--base origin\/main/, 'squash-message');
  });
});
