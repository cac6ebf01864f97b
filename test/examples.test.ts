import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { bench, digest, type Bench, type Json } from './cli/bench';
import type { Finished } from './support/scratch-repo';

const EXAMPLES = path.resolve('media/examples');
const LINE = 'const written = byModel();\n';
const POLICY = `version: 1
systems:
  checkout: { tier: 1, paths: ["pay/**"] }
tiers:
  1: { provenance: required, commit: block }
`;
const MESSAGE = `feat: x

AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1
Assisted-by: claude-code
AI-Hunk: src/a.ts +1,1:${digest(LINE)} ai agent claude-code`;

const read = (name: string): string => fs.readFileSync(path.join(EXAMPLES, name), 'utf8');
const yaml = (name: string): Json => parse(read(name));

describe('the examples for servers', function () {
  this.timeout(120_000);
  let at: Bench;
  /** Where the forge keeps the project, and where its runner works. */
  let server: string;
  let work: string;
  beforeEach(() => {
    at = bench();
    at.repo.env['HUNKMARK'] = 'off';
    server = path.join(at.repo.root, 'server.git');
    work = path.join(at.repo.root, 'work');
    at.repo.git('init', '--quiet', '--bare', '--initial-branch=main', server);
    at.repo.git('remote', 'add', 'origin', server);
    save('.hunkmark.yml', POLICY, 'policy');
    at.repo.git('push', '--quiet', 'origin', 'main');
    at.repo.git('checkout', '--quiet', '-b', 'topic');
    fs.mkdirSync(path.join(work, 'hunkmark'), { recursive: true });
    // What the steps that get and build the tool leave behind.
    fs.symlinkSync(path.resolve('dist'), path.join(work, 'hunkmark/dist'));
  });
  afterEach(() => at.repo.dispose());

  function save(file: string, text: string, message: string): void {
    at.repo.write(file, text);
    at.repo.git('add', '.');
    at.commit(message);
  }

  /** As the runner does: a clone of the project, and in it the commit that is asked for, from wherever it is. */
  function checkOut(from: string, ...how: string[]): void {
    const change = path.join(work, 'change');
    fs.rmSync(change, { recursive: true, force: true });
    at.repo.git('clone', '--quiet', ...how, `file://${server}`, change);
    at.repo.git('-C', change, 'fetch', '--quiet', ...how.slice(0, 2), `file://${from}`, 'topic');
    at.repo.git('-C', change, 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
  }
  const env = (): Record<string, string> => ({
    GITHUB_WORKSPACE: work,
    GITHUB_BASE_REF: 'main',
    RUNNER_TEMP: work,
    GITHUB_STEP_SUMMARY: path.join(work, 'summary'),
    GITHUB_OUTPUT: path.join(work, 'output'),
  });
  const shell = (
    script: string,
    more: Record<string, string> = {},
    cwd = path.join(work, 'change'),
  ): Finished =>
    at.repo.run('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd, env: { ...env(), ...more } });
  function step(file: string, job: string, name: string): string {
    const found = yaml(file).jobs[job].steps.find((each: Json) => each.name === name);
    assert.ok(found?.run, `${file} has no step ${name}`);
    return found.run;
  }

  it('may read only, take all of the history, and never the tool or the policy from the change', () => {
    for (const file of ['github-check.yml', 'github-description.yml']) {
      const { on, permissions, jobs } = yaml(file);
      assert.equal(on, 'pull_request', file);
      assert.deepEqual(permissions, { contents: 'read' }, file);
      assert.doesNotMatch(read(file), /pull_request_target|secrets\./, file);
      for (const [name, job] of Object.entries<Json>(jobs)) {
        const writes = Object.values(job.permissions ?? {}).includes('write');
        const checkouts = job.steps.filter(({ uses }: Json) => uses?.startsWith('actions/checkout@'));
        assert.equal(writes && checkouts.length > 0, false, `${name} writes and checks out`);
        for (const { with: given } of checkouts) {
          assert.equal(given['persist-credentials'], false);
          if (given.path === 'change') assert.equal(given['fetch-depth'], 0);
          else assert.match(given.ref, /^[0-9a-f]{40}$/);
        }
        for (const { run, 'working-directory': folder } of job.steps) {
          if (run === undefined) continue;
          assert.doesNotMatch(run, /\$\{\{/, 'nothing of a pull request is pasted into a script');
          if (/\bnpm\b/.test(run)) assert.equal(folder, 'hunkmark');
        }
      }
    }
    assert.equal(yaml('gitlab-ci.yml').hunkmark.variables.GIT_DEPTH, '0');
  });

  it('github-check.yml judges a pull request of a fork by the policy of its target', () => {
    const fork = path.join(at.repo.root, 'fork.git');
    at.repo.git('clone', '--quiet', '--bare', server, fork);
    const push = (): void => void at.repo.git('push', '--quiet', '--force', fork, 'topic');
    const run = (): Finished => shell(step('github-check.yml', 'check', 'Check'));

    save('src/a.ts', LINE, MESSAGE);
    push();
    checkOut(fork);
    const fine = run();
    assert.deepEqual(
      [fine.status, fine.stdout],
      [0, 'hunkmark: 1 commit checked: 0 errors, 0 warnings, 0 notes.\n'],
    );

    save('.hunkmark.yml', 'version: 1\nsystems: {}\n', 'no policy');
    save('pay/a.ts', 'typed();\n', 'no provenance');
    push();
    checkOut(fork);
    const found = run();
    assert.equal(found.status, 1);
    assert.match(found.stdout, /^::error file=pay\/a\.ts,title=provenance\/missing::/);
    assert.match(found.stdout, /title=policy\/changed::/);
    const more = shell(step('github-check.yml', 'check', 'For the reviewers'));
    assert.deepEqual([more.status, more.stderr], [0, '']);
    assert.match(fs.readFileSync(path.join(work, 'summary'), 'utf8'), /^## AI provenance\n/);
    const sarif = JSON.parse(fs.readFileSync(path.join(work, 'hunkmark.sarif'), 'utf8'));
    assert.equal(sarif.runs[0].results[0].ruleId, 'provenance/missing');
  });

  it('github-check.yml ends with 2 where the history is not all there, and says what to do', () => {
    save('src/b.ts', 'typed();\n', 'one');
    save('src/a.ts', LINE, MESSAGE);
    at.repo.git('push', '--quiet', 'origin', 'topic');
    checkOut(server, '--depth', '1');
    const cut = shell(step('github-check.yml', 'check', 'Check'));
    assert.deepEqual([cut.status, cut.stdout], [2, '']);
    assert.match(cut.stderr, /fetch-depth: 0/);
  });

  it('gitlab-ci.yml takes the target from its own project, whatever a fork calls so', () => {
    const job = yaml('gitlab-ci.yml').hunkmark;
    const fork = path.join(at.repo.root, 'fork.git');
    save('pay/a.ts', 'typed();\n', 'no provenance');
    at.repo.git('push', '--quiet', 'origin', 'topic');
    at.repo.git('clone', '--quiet', '--bare', server, fork);
    // The fork's own main has what is to be judged already.
    at.repo.git('push', '--quiet', fork, 'topic:main');
    at.repo.git('clone', '--quiet', fork, path.join(work, 'change'));
    const script = job.script.join('\n').replaceAll('/tmp/hunkmark', path.join(work, 'hunkmark'));
    const judged = shell(script, {
      GITHUB_BASE_REF: '',
      CI_MERGE_REQUEST_PROJECT_URL: `file://${server.replace(/\.git$/, '')}`,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: at.repo.git('rev-parse', 'main').trim(),
      CI_COMMIT_SHA: at.repo.git('rev-parse', 'topic').trim(),
    });
    assert.equal(judged.status, 1, judged.stderr);
    assert.match(judged.stdout, /^error: provenance\/missing pay\/a\.ts/);
  });

  it('pre-receive refuses what has findings, and everything while it cannot look', () => {
    const hook = path.join(server, 'hooks/pre-receive');
    fs.copyFileSync(path.join(EXAMPLES, 'pre-receive'), hook);
    fs.chmodSync(hook, 0o755);
    const HUNKMARK_HOME = path.join(work, 'hunkmark');
    save('src/a.ts', LINE, MESSAGE);
    assert.equal(at.repo.gitTry('push', 'origin', 'topic', { env: { HUNKMARK_HOME } }).status, 0);
    save('pay/a.ts', 'typed();\n', 'no provenance');
    const refused = at.repo.gitTry('push', 'origin', 'topic', { env: { HUNKMARK_HOME } });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /remote: error: provenance\/missing pay\/a\.ts/);
    for (const broken of [{ HUNKMARK_HOME: '/no/such' }, { HUNKMARK_HOME, HUNKMARK_NODE: '/no/such' }]) {
      const blind = at.repo.gitTry('push', 'origin', 'topic', { env: broken });
      assert.equal(blind.status, 1);
      assert.match(blind.stderr, /remote: pre-receive: the check cannot run/);
    }
  });

  it('github-description.yml keeps the trailers in the description, and they survive the squash button', () => {
    const body = path.join(work, 'body');
    const bin = path.join(work, 'bin');
    fs.mkdirSync(bin);
    const gh = `#!/bin/sh\n[ "$1 $3" = 'pr 7' ] || exit 9\ncase $2 in view) cat '${body}' ;; edit) cat >'${body}' ;; esac\n`;
    fs.writeFileSync(path.join(bin, 'gh'), gh, { mode: 0o755 });
    const update = (): string => {
      at.repo.git('push', '--quiet', '--force', 'origin', 'topic');
      checkOut(server);
      fs.rmSync(env()['GITHUB_OUTPUT'] ?? '', { force: true });
      const told = shell(step('github-description.yml', 'trailers', 'Read the trailers'));
      assert.deepEqual([told.status, told.stderr], [0, '']);
      const output = fs.readFileSync(path.join(work, 'output'), 'utf8');
      const [, end, trailers = ''] = /^trailers<<(\S+)\n([^]*?)\n?\S+\n$/.exec(output) ?? [];
      assert.ok(output.endsWith(`\n${end}\n`), output);
      const written = shell(
        step('github-description.yml', 'description', 'Write them into the description'),
        {
          NUMBER: '7',
          TRAILERS: trailers,
          PATH: `${bin}:${at.repo.env['PATH']}`,
        },
      );
      assert.deepEqual([written.status, written.stderr], [0, '']);
      return fs.readFileSync(body, 'utf8');
    };
    fs.writeFileSync(
      body,
      'What it does.\r\n\r\n<!-- hunkmark\r\n is what I use; this comment has no end.\r\n',
    );
    save('src/b.ts', 'typed();\n', 'one');
    assert.doesNotMatch(update(), /AI-/);
    save('src/a.ts', LINE, MESSAGE);
    fs.writeFileSync(body, 'What it does.\n');
    const first = update();
    assert.match(first, /^What it does\.\n\n<!-- hunkmark\n\nAI-Provenance: v1 [^]*\n\n-->\n$/);
    assert.equal(update(), first, 'a second run changes nothing');
    save('src/c.ts', LINE, MESSAGE.replace('src/a.ts', 'src/c.ts'));
    const second = update();
    assert.equal(second.match(/<!-- hunkmark/g)?.length, 1);
    assert.match(second, /AI-Hunk: src\/c\.ts/);

    at.repo.git('checkout', '--quiet', 'main');
    at.repo.git('merge', '--squash', '--quiet', 'topic');
    at.commit(`Title (#7)\n\n${second}\nCo-authored-by: Bo <bo@example.com>\n`);
    const shown = at.json('show');
    assert.equal(shown.tracked, 'parts');
    assert.deepEqual(
      shown.ranges.map((range: Json) => [range.path, range.verdict]),
      [
        ['src/a.ts', 'exact'],
        ['src/c.ts', 'exact'],
      ],
    );
  });
});
