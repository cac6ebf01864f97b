import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, type Bench, type Json } from './bench';

const CLI = path.resolve('dist/cli.js');
const PATH = 'pay/charge.ts';
const BASE = 'first();\nsecond();\nthird(one, two);\n';
const LINE = 'const written = byModel();\n';

const policyText = (rules: string): string => `version: 1
systems:
  checkout: { tier: 1, owners: ["@pay-oncall"], paths: ["pay/**"] }
tiers:
  1: { ${rules} }
exempt:
  - { author: "bot@example.com", paths: ["pay/**"] }
`;

describe('hunkmark check --staged', function () {
  this.timeout(120_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write(PATH, BASE);
    at.repo.write('other.ts', BASE);
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  function policy(rules: string, more = ''): void {
    at.repo.write('.hunkmark.yml', policyText(rules) + more);
    at.repo.git('add', '.');
    at.commit('policy');
  }
  const stage = (file: string, text: string): void => {
    at.repo.write(file, text);
    at.repo.git('add', '--', file);
  };
  const agent = (file = PATH): void => {
    at.agent(file, 'second();\n', `second();\n${LINE}`);
    at.repo.git('add', '.');
  };
  function check(status: number, ...args: string[]): Json {
    const ran = at.run('check', '--json', ...args);
    assert.deepEqual({ status: ran.status, stderr: ran.stderr }, { status, stderr: '' }, ran.stdout);
    return JSON.parse(ran.stdout);
  }
  const said = (checked: Json): string[] =>
    checked.findings.map((each: Json) =>
      [each.ruleId, each.severity, each.path, each.start === null ? null : `${each.start}-${each.end}`]
        .filter((word) => word !== null)
        .join(' '),
    );

  interface Row {
    readonly what: string;
    readonly rules: string;
    readonly status: number;
    readonly says: readonly string[];
    /** Makes the index. */
    readonly stage: () => void;
    /** Words of `git commit` behind `--quiet`; default `-m x`. */
    readonly commit?: readonly string[];
    readonly installed?: boolean;
  }
  const aiCode = (severity: string, lines = '3-3'): string => `tier/ai-code ${severity} ${PATH} ${lines}`;
  const ROWS: readonly Row[] = [
    { what: 'an agent', rules: 'warn: warning', status: 0, says: [aiCode('warning')], stage: () => agent() },
    {
      what: 'an agent under block',
      rules: 'commit: block',
      status: 1,
      says: [aiCode('error')],
      stage: () => agent(),
      commit: ['--no-verify', '-m', 'x'],
    },
    {
      what: 'an agent where a person has to acknowledge',
      rules: 'commit: acknowledge',
      status: 1,
      says: [`tier/not-acknowledged error ${PATH}`, aiCode('information')],
      stage: () => agent(),
    },
    {
      what: 'an agent whom a person has acknowledged',
      rules: 'commit: acknowledge',
      status: 0,
      says: [aiCode('information')],
      stage: () => {
        agent();
        at.ok('ack', PATH);
      },
    },
    {
      what: 'a deletion by an agent, in a file that is moved',
      rules: 'warn: error',
      status: 1,
      says: [`tier/ai-deletion error ${PATH} 3-3`],
      stage: () => {
        at.agent(PATH, 'third(one, two);\n', '');
        at.repo.git('add', '.');
        at.repo.git('mv', PATH, 'moved.ts');
      },
    },
    {
      what: 'only what is staged',
      rules: 'warn: warning, unknown: warn',
      status: 0,
      says: [aiCode('warning')],
      stage: () => {
        agent();
        at.repo.write(PATH, `${at.repo.read(PATH)}unstaged();\n`);
      },
    },
    {
      what: 'a person, where provenance is required',
      rules: 'provenance: required',
      status: 0,
      says: [],
      stage: () => stage(PATH, `${BASE}x();\n`),
    },
    {
      what: 'a person without our hooks',
      rules: 'provenance: required',
      status: 1,
      says: [`provenance/missing error ${PATH}`],
      stage: () => stage(PATH, `${BASE}x();\n`),
      installed: false,
    },
    {
      what: 'lines of unknown origin',
      rules: 'unknown: warn',
      status: 0,
      says: [`tier/unknown-origin warning ${PATH} 4-4`],
      stage: () => stage(PATH, `${BASE}x();\n`),
    },
    {
      what: 'a change of the policy, by the policy of HEAD',
      rules: 'commit: block',
      status: 1,
      says: [aiCode('error'), 'policy/changed warning .hunkmark.yml'],
      stage: () => {
        agent();
        stage('.hunkmark.yml', policyText('commit: allow, warn: off'));
      },
      commit: ['--no-verify', '-m', 'x'],
    },
    {
      what: 'an exact revert',
      rules: 'provenance: required, unknown: treat-as-ai, commit: block',
      status: 0,
      says: ['provenance/restored information'],
      stage: () => {
        stage(PATH, `${BASE}x();\n`);
        at.commit('x', '--no-verify');
        at.repo.git('revert', '--no-commit', 'HEAD');
      },
      commit: ['--no-edit'],
    },
    {
      what: 'a revert that brings more',
      rules: 'unknown: warn',
      status: 0,
      says: [`tier/unknown-origin warning ${PATH} 4-4`],
      stage: () => {
        stage(PATH, `${BASE}x();\n`);
        at.commit('x');
        at.repo.git('revert', '--no-commit', 'HEAD');
        stage(PATH, `${BASE}sneaked();\n`);
      },
      commit: ['--no-edit'],
    },
    {
      what: 'a merge without lines of its own',
      rules: 'changeRef: "CHG-*"',
      status: 0,
      says: ['provenance/restored information'],
      stage: () => mergeSide('other.ts'),
      commit: ['--no-edit'],
    },
    {
      what: 'a merge with lines of its own',
      rules: 'unknown: warn',
      status: 0,
      says: [`tier/unknown-origin warning ${PATH} 4-4`],
      stage: () => {
        mergeSide('other.ts');
        stage(PATH, `${BASE}evil();\n`);
      },
      commit: ['--no-edit'],
    },
    {
      what: 'an author whom the policy exempts',
      rules: 'provenance: required, changeRef: "CHG-*"',
      status: 0,
      says: ['provenance/exempt information'],
      stage: () => {
        at.repo.git('config', 'user.email', 'bot@example.com');
        stage(PATH, `${BASE}x();\n`);
      },
    },
    {
      what: 'what the index marks as generated, whatever the working tree says',
      rules: 'unknown: warn',
      status: 0,
      says: [`tier/unknown-origin warning pay/b.js 1-1`],
      stage: () => {
        stage('.gitattributes', 'pay/gen/** linguist-generated\n');
        stage('pay/gen/deep/a.js', 'x();\n');
        stage('pay/b.js', 'x();\n');
        stage('pay/package-lock.json', '{}\n');
        at.repo.write('.gitattributes', 'b.js linguist-generated\n');
      },
    },
  ];

  function mergeSide(file: string): void {
    at.repo.git('checkout', '--quiet', '-b', 'side');
    stage(file, 'side\n');
    at.commit('side');
    at.repo.git('checkout', '--quiet', 'main');
    stage('third.ts', 'main\n');
    at.commit('main');
    at.repo.git('merge', '--no-ff', '--no-commit', 'side');
  }

  for (const { what, rules, status, says, stage: make, commit = ['-m', 'x'], installed = true } of ROWS) {
    it(`says what the commit will get: ${what}`, () => {
      policy(rules);
      if (installed) at.install();
      make();
      const staged = check(status, '--staged');
      assert.deepEqual(said(staged), says);
      const head = at.repo.git('rev-parse', 'HEAD').trim();
      assert.deepEqual(staged.range, { base: head, head: null });
      assert.equal(staged.policy, at.repo.git('rev-parse', 'HEAD:.hunkmark.yml').trim());
      assert.equal(staged.commits, 1);
      for (const each of staged.findings) assert.equal(each.commit, null);
      at.repo.git('commit', '--quiet', ...commit);
      const committed = check(status, `${head}..HEAD`, '--base', head);
      // What to do next differs: there is no commit to amend yet.
      const bare = (checked: Json): Json =>
        checked.findings.map((each: Json) => ({ ...each, commit: null, help: null }));
      const own = committed.findings.filter((each: Json) =>
        [null, at.repo.git('rev-parse', 'HEAD').trim()].includes(each.commit),
      );
      assert.deepEqual(bare(staged), bare({ findings: own }));
    });
  }

  it('asks for what the message has to say, and holds no commit up before there is one', () => {
    policy('changeRef: "CHG-*"');
    at.install();
    at.repo.write('.git/hooks/pre-commit', `#!/bin/sh\nexec "${process.execPath}" "${CLI}" check --staged\n`);
    fs.chmodSync(path.join(at.repo.dir, '.git/hooks/pre-commit'), 0o755);
    stage(PATH, `${BASE}x();\n`);
    const staged = check(0, '--staged');
    assert.deepEqual(said(staged), [`tier/change-ref warning ${PATH}`]);
    assert.match(staged.findings[0].help, /^git commit --trailer 'Change-Ref: CHG-\*'/);
    at.repo.git('commit', '--quiet', '-m', 'x', '--trailer', 'Change-Ref: CHG-7');
    assert.deepEqual(said(check(0, 'HEAD~1..')), []);
    stage(PATH, `${BASE}x();\ny();\n`);
    at.repo.git('commit', '--quiet', '-m', 'y');
    assert.deepEqual(said(check(1, 'HEAD~1..')), [`tier/change-ref error ${PATH}`]);
  });

  it('judges nothing where nothing is staged, and names the first policy', () => {
    policy('provenance: required');
    at.repo.write(PATH, 'unstaged\n');
    assert.deepEqual(said(check(0, '--staged')), []);
    assert.equal(at.ok('check', '--staged'), 'nothing staged checked: nothing to report.\n');
    at.repo.git('checkout', '--quiet', '--orphan', 'empty');
    assert.deepEqual(said(check(0, '--staged')), ['policy/introduced information .hunkmark.yml']);
  });

  it('ends with 2 for a policy that cannot be read, and for a conflict', () => {
    policy('provenance: required');
    stage('.hunkmark.yml', 'version: 1\nsystems: 7\n');
    assert.deepEqual(said(check(2, '--staged')), [
      'policy/invalid error .hunkmark.yml 2-2',
      'policy/changed warning .hunkmark.yml',
    ]);
    at.commit('broken');
    stage(PATH, 'x();\n');
    assert.deepEqual(said(check(2, '--staged')), ['policy/invalid error .hunkmark.yml 2-2']);
    at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    at.repo.git('checkout', '--quiet', '-b', 'side');
    stage(PATH, 'one();\n');
    at.commit('one');
    at.repo.git('checkout', '--quiet', 'main');
    stage(PATH, 'two();\n');
    at.commit('two');
    at.repo.gitTry('merge', 'side');
    at.refuses(2, /conflicts; resolve them first/, 'check', '--staged');
  });

  it('takes no range and no target', () => {
    at.refuses(2, /by the policy at HEAD/, 'check', '--staged', 'HEAD');
    at.refuses(2, /by the policy at HEAD/, 'check', '--staged', '--base', 'HEAD');
    at.refuses(2, /by the policy at HEAD/, 'check', '--staged', '--pre-receive');
  });

  it('judges the index of a partial commit, from a pre-commit hook', () => {
    policy('commit: block');
    const hook = `#!/bin/sh\nexec '${process.execPath}' '${CLI}' check --staged >&2\n`;
    fs.writeFileSync(path.join(at.repo.dir, '.git/hooks/pre-commit'), hook, { mode: 0o755 });
    at.install();
    agent();
    stage('other.ts', 'typed();\n');
    const refused = at.repo.gitTry('commit', '-m', 'x', PATH);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /error: tier\/ai-code pay\/charge\.ts:3\n/);
    assert.match(refused.stderr, /git commit --trailer 'AI-Override: REASON'/);
    assert.equal(at.repo.gitTry('commit', '--quiet', '-m', 'x', 'other.ts').status, 0);
  });

  it('says it in every format', () => {
    policy('commit: acknowledge, warn: warning');
    at.install();
    agent();
    const as = (format: string): string => at.run('check', '--staged', '--format', format).stdout;
    assert.match(as('text'), /\nwhat is staged checked: 1 error, 1 warning\.\n$/);
    assert.match(as('text'), /then: hunkmark ack\./);
    assert.match(as('github'), /^::error file=pay\/charge\.ts,title=tier\/not-acknowledged::/);
    assert.match(as('markdown'), /what is staged: 1 error, 1 warning, 0 notes\./);
    const [result] = JSON.parse(as('sarif')).runs[0].results;
    assert.equal(result.properties.commit, null);
  });
});
