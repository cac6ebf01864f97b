import assert from 'node:assert/strict';
import { bench, digest, type Bench, type Json } from './bench';

const PATH = 'pay/charge.ts';
const BASE = 'first();\nsecond();\n';
const LINE = 'const written = byModel();\n';

const policyText = (rules: string): string => `version: 1
systems:
  checkout:
    tier: 1
    owners: ["@pay-oncall"]
    paths: ["pay/**"]
tiers:
  1:
${rules
  .split('\n')
  .map((line) => `    ${line}\n`)
  .join('')}`;

const counts = (ai: number, human = 0, hunks = 1, deleted = 0): string =>
  `AI-Provenance: v1 ai=${ai} mixed=0 human=${human} unknown=0 ai-deleted=${deleted} hunks=${hunks} listed=${hunks}`;
const hunk = (place: string, of: string, path = PATH): string =>
  `AI-Hunk: ${path} ${place}:${digest(of)} ai agent claude-code`;
const AI = `${counts(1)}\n${hunk('+3,1', LINE)}`;

describe('hunkmark check', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.env['HUNKMARK'] = 'off';
    at.repo.write(PATH, BASE);
    at.repo.write('other.ts', BASE);
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  function save(path: string, text: string, message: string): string {
    at.repo.write(path, text);
    at.repo.git('add', '--', path);
    return at.commit(message);
  }
  const policy = (rules: string): string => save('.hunkmark.yml', policyText(rules), 'policy');
  function check(status: number, ...args: string[]): Json {
    const ran = at.run('check', '--json', '--as-of', '2027-02-01', ...args);
    assert.deepEqual({ status: ran.status, stderr: ran.stderr }, { status, stderr: '' }, ran.stdout);
    return JSON.parse(ran.stdout);
  }
  /** `RULE SEVERITY PLACE`, in the order of the answer. */
  const said = (checked: Json): string[] =>
    checked.findings.map((each: Json) =>
      [each.ruleId, each.severity, each.path, each.start === null ? null : `${each.start}-${each.end}`]
        .filter((word) => word !== null)
        .join(' '),
    );
  /** What is said of one commit that makes `PATH` this text. */
  const judged = (status: number, text: string, message: string): string[] => {
    save(PATH, text, message);
    return said(check(status, 'HEAD~1..'));
  };

  it('says what an AI wrote in a system, as severe as the tier says', () => {
    const base = policy('warn: warning');
    const head = save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    const checked = check(0, `${base}..${head}`);
    assert.deepEqual(said(checked), [`tier/ai-code warning ${PATH} 3-3`]);
    const { message: _, help: __, ...finding } = checked.findings[0];
    assert.deepEqual(finding, {
      ruleId: 'tier/ai-code',
      severity: 'warning',
      tier: 1,
      system: 'checkout',
      owners: ['@pay-oncall'],
      commit: head,
      path: PATH,
      start: 3,
      end: 3,
      side: '+',
    });
    assert.deepEqual(checked.range, { base, head });
    assert.equal(checked.policy, at.repo.git('rev-parse', 'HEAD:.hunkmark.yml').trim());
    assert.equal(checked.asOf, '2027-02-01');
    assert.equal(checked.commits, 1);
    assert.deepEqual(checked.summary, { error: 0, warning: 1, information: 0 });
  });

  it('fails for a range under block, unless a person overrides and the policy allows that', () => {
    policy('commit: block\noverride: allow');
    assert.deepEqual(judged(1, BASE + LINE, `feat: x\n\n${AI}\n`), [`tier/ai-code error ${PATH} 3-3`]);
    at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    assert.deepEqual(judged(0, BASE + LINE, `feat: x\n\n${AI}\nAI-Override: INC-1 restore\n`), [
      `tier/override warning ${PATH}`,
      `tier/ai-code information ${PATH} 3-3`,
    ]);
    for (const [rule, wanted] of [
      ['approve', [`tier/override error ${PATH}`, `tier/ai-code information ${PATH} 3-3`]],
      ['deny', [`tier/ai-code error ${PATH} 3-3`, `tier/override error ${PATH}`]],
    ] as const) {
      at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
      policy(`commit: block\noverride: ${rule}`);
      assert.deepEqual(judged(1, BASE + LINE, `feat: x\n\n${AI}\nAI-Override: INC-1\n`), wanted, rule);
    }
  });

  it('recomputes an acknowledgement from the ranges and the committer', () => {
    policy('commit: acknowledge\nwarn: off');
    const ack = (by: string, of = LINE, n = '1/1'): string =>
      `AI-Ack: ${n}:${digest(`${digest(of)}\n`)} Ana <${by}>`;
    const tries: readonly [string, boolean][] = [
      ['', false],
      [ack('scratch@example.com'), true],
      [ack('other@example.com'), false],
      [ack('scratch@example.com', 'another line\n'), false],
      [ack('scratch@example.com', LINE, '0/1'), false],
      [ack('scratch@example.com', LINE, '2/2'), false],
    ];
    for (const [trailer, isValid] of tries) {
      const found = judged(isValid ? 0 : 1, BASE + LINE, `feat: x\n\n${AI}\n${trailer}\n`);
      assert.deepEqual(found, isValid ? [] : [`tier/not-acknowledged error ${PATH}`], trailer);
      at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    }
  });

  it('believes no AI-Tier and no AI-Policy', () => {
    policy('commit: block');
    const lies = `${AI}\nAI-Tier: 9 harmless\nAI-Policy: 000000000000`;
    assert.deepEqual(judged(1, BASE + LINE, `feat: x\n\n${lies}\n`), [`tier/ai-code error ${PATH} 3-3`]);
  });

  it('asks for provenance where the policy does', () => {
    policy('provenance: required');
    assert.deepEqual(judged(1, `${BASE}x();\n`, 'feat: x'), [`provenance/missing error ${PATH}`]);
    policy('provenance: expected');
    assert.deepEqual(judged(0, `${BASE}y();\n`, 'feat: x'), [`provenance/missing warning ${PATH}`]);
    save('other.ts', 'z();\n', 'feat: elsewhere');
    assert.deepEqual(said(check(0, 'HEAD~1..')), []);
  });

  it('tells what is stale, invalid and miscounted', () => {
    policy('provenance: required\nwarn: off');
    assert.deepEqual(judged(1, BASE + LINE, `a\n\n${counts(1)}\n${hunk('+3,1', 'other\n')}\n`), [
      `provenance/stale error ${PATH} 3-3`,
    ]);
    assert.deepEqual(judged(1, `${BASE}b();\n`, `b\n\n${counts(1)}\n${hunk('+70,3', 'other\n')}\n`), [
      `provenance/invalid error ${PATH} 70-72`,
    ]);
    assert.deepEqual(judged(1, BASE + LINE, `c\n\n${counts(7)}\n${hunk('+3,1', LINE)}\n`), [
      `provenance/count-mismatch error ${PATH}`,
    ]);
    assert.deepEqual(judged(1, `${BASE}d();\n`, 'd\n\nAI-Provenance: v1 ai=x\n'), [
      `provenance/invalid error ${PATH}`,
    ]);
    save('other.ts', `${BASE}e();\n`, `e\n\n${counts(1)}\n${hunk('+3,1', 'other\n', 'other.ts')}\n`);
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/stale warning other.ts 3-3']);
  });

  it('names lines of unknown origin, and counts them as AI where the policy says so', () => {
    policy('unknown: warn');
    assert.deepEqual(judged(0, `${BASE}x();\n`, 'x'), [`tier/unknown-origin warning ${PATH} 3-3`]);
    policy('unknown: treat-as-ai\ncommit: block');
    assert.deepEqual(judged(1, `${BASE}y();\n`, 'y'), [`tier/unknown-origin error ${PATH} 3-3`]);
  });

  const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;
  /** What is unknown of a file with this text before (null: none) and after: lines of files that have lines. */
  const LINELESS: readonly (readonly [
    what: string,
    before: string | null,
    after: string,
    lines: string | null,
  ])[] = [
    ['a new binary file', null, '\0\n', null],
    ['a line of text behind a binary file', '\0\n', '\0\nplain();\n', null],
    ['text that becomes binary', 'a();\n', 'a();\0\n', null],
    ['binary that becomes text', 'a();\0\n', 'a();\n', '1-1'],
    ['a NUL behind the first 8,000 bytes', null, `${'a();\n'.repeat(2000)}\0\n`, '1-2001'],
    ['a new pointer of Git LFS', null, POINTER, null],
    ['another size in a pointer of Git LFS', POINTER, POINTER.replace('12', '13'), null],
    ['text that holds the words of a pointer', 'a();\n', `a();\n${POINTER}`, '2-4'],
  ];
  for (const [what, before, after, lines] of LINELESS)
    it(`counts lines where a file has some: ${what}`, () => {
      policy('provenance: expected\nunknown: warn\nwarn: off');
      const file = 'pay/file';
      const unknown = lines === null ? [] : [`tier/unknown-origin warning ${file} ${lines}`];
      if (before !== null) save(file, before, 'before');
      const from = at.repo.git('rev-parse', 'HEAD').trim();
      save(file, after, 'untracked');
      assert.deepEqual(said(check(0, 'HEAD~1..')), [`provenance/missing warning ${file}`, ...unknown]);
      const [, last] = (lines ?? '0-0').split('-').map(Number);
      const first = lines === null ? 1 : Number(lines.split('-')[0]);
      const count = (last ?? 0) - first + 1;
      assert.equal(JSON.parse(at.ok('log', '-C', '.', '--json', 'HEAD~1..')).counts.unknown, count);
      at.repo.git('reset', '--quiet', '--hard', from);
      save(file, after, `stamped\n\n${counts(0, 0, 0).replace('unknown=0', `unknown=${count}`)}\n`);
      assert.deepEqual(said(check(0, 'HEAD~1..')), unknown);
    });

  it('warns of nothing in what the commit itself marks as generated', () => {
    policy('unknown: warn\nwarn: warning');
    save('.gitattributes', '*.gen.ts linguist-generated\n', 'attributes');
    const text = `first();\n${LINE}`;
    const message = `gen\n\n${counts(1, 1)}\n${hunk('+2,1', LINE, 'pay/a.gen.ts')}\n`;
    save('pay/a.gen.ts', text, message);
    assert.deepEqual(said(check(0, 'HEAD~1..')), []);
    save('.gitattributes', '', 'no attributes');
    at.repo.git('mv', 'pay/a.gen.ts', 'pay/b.gen.ts');
    save('pay/b.gen.ts', `${text}more();\n`, 'later');
    at.repo.write('.gitattributes', '*.ts linguist-generated\n');
    assert.deepEqual(said(check(0, 'HEAD~3..')), ['tier/unknown-origin warning pay/b.gen.ts 3-3']);
    save('pay/package-lock.json', '{}\n', 'lock');
    assert.deepEqual(said(check(0, 'HEAD~1..')), []);
  });

  it('asks for a change reference', () => {
    policy('changeRef: "CHG-*"');
    assert.deepEqual(judged(1, `${BASE}x();\n`, 'x'), [`tier/change-ref error ${PATH}`]);
    assert.deepEqual(judged(1, `${BASE}y();\n`, 'y\n\nChange-Ref: REQ-1\n'), [
      `tier/change-ref error ${PATH}`,
    ]);
    assert.deepEqual(judged(0, `${BASE}z();\n`, 'z\n\nChange-Ref: CHG-123\n'), []);
  });

  it('never fails an exact revert, and looks at one that is not exact', () => {
    policy('provenance: required\ncommit: block\nunknown: treat-as-ai\nchangeRef: "CHG-*"');
    save(PATH, BASE + LINE, `feat: x\n\n${AI}\nChange-Ref: CHG-1\nAI-Override: y\n`);
    at.repo.git('revert', '--no-edit', 'HEAD');
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/restored information']);
    at.repo.git('revert', '--no-edit', 'HEAD');
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/restored information']);
    at.repo.write(PATH, `${BASE}sneaked();\n`);
    at.repo.git('add', '.');
    const message = `Revert "x"\n\nThis reverts commit ${at.repo.git('rev-parse', 'HEAD').trim()}.\n`;
    at.commit(message);
    assert.deepEqual(said(check(1, 'HEAD~1..')).includes(`provenance/missing error ${PATH}`), true);
  });

  const REVERTED: readonly (readonly [what: string, change: () => void, ...words: string[]])[] = [
    ['a change', () => stage(PATH, BASE + LINE)],
    ['a deletion', () => at.repo.git('rm', '--quiet', PATH)],
    ['a rename with a change', () => rename()],
    ['another mode', () => at.repo.git('update-index', '--chmod=+x', PATH)],
    ['a new binary file', () => stage('pay/logo', '\0\u0001\n')],
    ['a link', () => at.repo.git('update-index', '--add', '--cacheinfo', `120000,${blob()},pay/link`)],
    ['a whole merge', () => side(), '-m', '1'],
    ['a change, named by an abbreviation', () => abbreviated(() => stage(PATH, BASE + LINE))],
    ['a whole merge, named by an abbreviation', () => abbreviated(() => side()), '-m', '1'],
  ];
  /** git then names what it reverts as `0123abc (SUBJECT, DATE)`. */
  function abbreviated(change: () => void): void {
    at.repo.git('config', 'revert.reference', 'true');
    change();
  }
  const blob = (): string => at.repo.git('rev-parse', `HEAD:${PATH}`).trim();
  function rename(): void {
    at.repo.git('mv', PATH, 'pay/other.ts');
    stage('pay/other.ts', BASE + LINE);
  }
  function stage(file: string, text: string): void {
    at.repo.write(file, text);
    at.repo.git('add', '--', file);
  }
  /** A branch of a colleague without Hunkmark, merged. */
  function side(): void {
    at.repo.git('checkout', '--quiet', '-b', 'side');
    save(PATH, BASE + LINE, 'theirs');
    at.repo.git('checkout', '--quiet', 'main');
    save('third.ts', 'ours\n', 'ours');
    at.repo.git('merge', '--quiet', '--no-ff', '--no-edit', 'side');
  }
  for (const [what, change, ...words] of REVERTED) {
    it(`lets an exact revert through at night, whatever is asked: ${what}`, () => {
      const rules =
        'provenance: required\ncommit: block\nunknown: treat-as-ai\nwarn: error\noverride: deny\nchangeRef: "CHG-*"';
      save(
        '.hunkmark.yml',
        policyText(rules).replaceAll('tier: 1', 'tier: 0').replace('\n  1:', '\n  0:'),
        'p',
      );
      change();
      if (words.length === 0) at.commit('change');
      assert.notDeepEqual(said(check(1, 'HEAD~1..')), [], 'the change itself fails');
      at.repo.git('reset', '--quiet', '--hard');
      at.repo.git('revert', '--no-edit', ...words, 'HEAD');
      assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/restored information']);
    });
  }

  it('asks colleagues without the tool for what the policy says, and nothing elsewhere', () => {
    const rows: readonly (readonly [rules: string, status: number, says: string[]])[] = [
      ['warn: error\ncommit: block', 0, []],
      ['provenance: expected\nwarn: error', 0, [`provenance/missing warning ${PATH}`]],
      ['provenance: required', 1, [`provenance/missing error ${PATH}`]],
      ['commit: acknowledge', 0, []],
      ['unknown: treat-as-ai\ncommit: block', 1, [`tier/unknown-origin error ${PATH} 3-3`]],
    ];
    for (const [number, [rules, status, says]] of rows.entries()) {
      policy(rules);
      save('other.ts', `x(${number});\n`, 'theirs, elsewhere');
      assert.deepEqual(said(check(0, 'HEAD~1..')), [], rules);
      assert.deepEqual(judged(status, `${BASE}theirs(${number});\n`, 'theirs'), says, rules);
      save(PATH, BASE, 'back');
    }
  });

  it('never calls a revert exact of a commit that is no ancestor', () => {
    policy('provenance: required');
    at.repo.git('checkout', '--quiet', '-b', 'aside');
    save(PATH, `${BASE}x();\n`, 'x');
    const aside = save(PATH, BASE, 'undo x');
    at.repo.git('checkout', '--quiet', 'main');
    save(PATH, BASE, 'nothing');
    save(PATH, `${BASE}x();\n`, `Revert\n\nThis reverts commit ${aside}.\n`);
    assert.deepEqual(said(check(1, 'HEAD~1..')), [`provenance/missing error ${PATH}`]);
  });

  it('takes an exact cherry-pick for what it picks, and no other', () => {
    policy('provenance: required\nwarn: warning');
    const picked = save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    at.repo.git('checkout', '--quiet', '-b', 'release', 'HEAD~1');
    save('other.ts', 'moved\n', 'other');
    const message = `feat: x\n\n(cherry picked from commit ${picked})\n`;
    assert.deepEqual(judged(0, BASE + LINE, message), [
      `tier/ai-code warning ${PATH} 3-3`,
      'provenance/restored information',
    ]);
    at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    assert.deepEqual(judged(1, `${BASE}${LINE}more();\n`, message), [`provenance/missing error ${PATH}`]);
  });

  it('asks nothing of a merge without lines of its own, and of one that has some', () => {
    policy('provenance: required');
    at.repo.git('checkout', '--quiet', '-b', 'side');
    save('other.ts', 'side\n', 'side');
    at.repo.git('checkout', '--quiet', 'main');
    save('third.ts', 'main\n', 'main');
    at.repo.git('merge', '--no-ff', '--no-edit', 'side');
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/restored information']);
    at.repo.git('reset', '--quiet', '--hard', 'HEAD~1');
    at.repo.git('merge', '--no-ff', '--no-commit', 'side');
    at.repo.write(PATH, `${BASE}evil();\n`);
    at.repo.git('add', '.');
    at.commit('merge');
    assert.deepEqual(said(check(1, 'HEAD~1..')), [`provenance/missing error ${PATH}`]);
  });

  it('leaves bots alone that the policy exempts, for these files only', () => {
    save(
      '.hunkmark.yml',
      `${policyText('provenance: required')}exempt:\n  - { author: "*[bot]@users.noreply.github.com", paths: ["**/package-lock.json"] }\n`,
      'policy',
    );
    const author = '--author=renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>';
    at.repo.write('pay/package-lock.json', '{}\n');
    at.repo.git('add', '.');
    at.commit('bump', author);
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['provenance/exempt information']);
    at.repo.write(PATH, 'bot\n');
    at.repo.write('pay/package-lock.json', '{ }\n');
    at.repo.git('add', '.');
    at.commit('bump', author);
    assert.deepEqual(said(check(1, 'HEAD~1..')), ['provenance/missing error pay/charge.ts']);
  });

  it('judges by the policy of the target, whatever the change does to it', () => {
    const base = policy('commit: block');
    policy('commit: allow\nwarn: off');
    save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    assert.deepEqual(said(check(1, `${base}..`)), [
      `tier/ai-code error ${PATH} 3-3`,
      'policy/changed warning .hunkmark.yml',
    ]);
    assert.deepEqual(said(check(0, `${base}..`, '--base', 'HEAD')), ['policy/changed warning .hunkmark.yml']);
  });

  it('judges nothing by a first policy, nor commits that are older than the policy', () => {
    at.repo.git('checkout', '--quiet', '-b', 'early');
    save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    at.repo.git('checkout', '--quiet', 'main');
    policy('commit: block');
    assert.deepEqual(said(check(0, 'HEAD~1..')), ['policy/introduced information .hunkmark.yml']);
    assert.deepEqual(said(check(0, 'main..early')), []);
    assert.deepEqual(said(check(0, 'early', '--base', 'main')), []);
    at.repo.git('checkout', '--quiet', 'early');
    save(PATH, `${BASE}${LINE}late();\n`, `feat: y\n\n${counts(1)}\n${hunk('+4,1', 'late();\n')}\n`);
    assert.deepEqual(said(check(1, 'main..early')), [`tier/ai-code error ${PATH} 4-4`]);
  });

  it('ends with 2 for a policy that cannot be read, at the target or in the change', () => {
    const base = at.repo.git('rev-parse', 'HEAD').trim();
    save('.hunkmark.yml', 'version: 1\nsystems: 7\n', 'policy');
    assert.deepEqual(said(check(2, `${base}..`)), ['policy/invalid error .hunkmark.yml 2-2']);
    save(PATH, `${BASE}x();\n`, 'x');
    assert.deepEqual(said(check(2, 'HEAD~1..')), ['policy/invalid error .hunkmark.yml 2-2']);
  });

  it('judges by the policy of the target where only the change brings one that cannot be read', () => {
    const base = policy('commit: block\nuntil: 2027-02-10');
    save('.hunkmark.yml', 'version: 1\nsystems: 7\n', 'policy');
    save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    assert.deepEqual(said(check(2, `${base}..`)), [
      `tier/ai-code error ${PATH} 3-3`,
      'policy/invalid error .hunkmark.yml 2-2',
      'policy/changed warning .hunkmark.yml',
      'policy/lapsing information .hunkmark.yml',
    ]);
  });

  it('lets rules lapse, says so before, and judges as of the day that is asked', () => {
    policy('commit: block\nuntil: 2027-02-10');
    save(PATH, BASE + LINE, `feat: x\n\n${AI}\n`);
    assert.deepEqual(said(check(1, 'HEAD~1..')), [
      `tier/ai-code error ${PATH} 3-3`,
      'policy/lapsing information .hunkmark.yml',
    ]);
    assert.deepEqual(said(check(1, 'HEAD~1..', '--as-of', '2027-01-01')), [`tier/ai-code error ${PATH} 3-3`]);
    assert.deepEqual(said(check(1, 'HEAD~1..', '--as-of', '2027-02-10')).length, 2);
    assert.deepEqual(said(check(0, 'HEAD~1..', '--as-of', '2027-02-11')), [
      'policy/lapsed information .hunkmark.yml',
      `tier/ai-code information ${PATH} 3-3`,
    ]);
    at.refuses(2, /2027-02-30 is no day/, 'check', 'HEAD~1..', '--as-of', '2027-02-30');
  });

  it('takes the target from the forge, the upstream or origin, and says which line to add', () => {
    policy('provenance: required');
    at.refuses(2, /--base origin\/main/, 'check');
    at.repo.git('clone', '--quiet', at.repo.dir, '../clone');
    const inClone = (env: Record<string, string>): Json => {
      at.repo.git('-C', '../clone', 'commit', '--quiet', '--allow-empty', '-m', 'empty');
      Object.assign(at.repo.env, env);
      const found = check(0, '-C', '../clone');
      for (const name of Object.keys(env)) delete at.repo.env[name];
      return found;
    };
    const target = at.repo.git('rev-parse', 'main').trim();
    assert.equal(inClone({}).range.base, target);
    assert.equal(inClone({ GITHUB_BASE_REF: 'main' }).range.base, target);
    assert.equal(inClone({ CI_MERGE_REQUEST_DIFF_BASE_SHA: target }).range.base, target);
    at.repo.git('-C', '../clone', 'checkout', '--quiet', '--detach');
    assert.equal(inClone({}).range.base, target);
    assert.equal(inClone({ CI_COMMIT_BEFORE_SHA: target }).range.base, target);
    at.repo.git('-C', '../clone', 'checkout', '--quiet', 'main');
    at.repo.git('-C', '../clone', 'update-ref', 'refs/remotes/origin/main', 'main');
    // The upstream of what a push has brought is the same commit: the event says what was there before.
    const pushed = (before: string): Record<string, string> => {
      at.repo.write('.git/event.json', JSON.stringify({ before, repository: { default_branch: 'old' } }));
      return { GITHUB_EVENT_PATH: `${at.repo.dir}/.git/event.json` };
    };
    assert.equal(inClone(pushed(target)).range.base, target);
    at.repo.git('-C', '../clone', 'update-ref', 'refs/remotes/origin/old', target);
    assert.equal(inClone(pushed('0'.repeat(40))).range.base, target);
    at.repo.env['GITHUB_BASE_REF'] = 'gone';
    at.refuses(2, /fetch-depth: 0/, '-C', '../clone', 'check');
  });

  it('says where a shallow history ends, and reads a partial clone', () => {
    policy('provenance: required');
    save(PATH, `${BASE}x();\n`, 'x');
    save(PATH, `${BASE}y();\n`, 'y');
    at.repo.git('config', 'uploadpack.allowFilter', 'true');
    const from = `file://${at.repo.dir}`;
    at.repo.git('clone', '--quiet', '--depth', '1', from, '../shallow');
    at.refuses(2, /fetch-depth: 0/, '-C', '../shallow', 'check', 'HEAD');
    at.refuses(2, /fetch-depth: 0/, '-C', '../shallow', 'check', 'HEAD~1..HEAD');
    at.repo.git('clone', '--quiet', '--filter=blob:none', from, '../partial');
    assert.deepEqual(said(check(1, '-C', '../partial', 'HEAD~1..')), [`provenance/missing error ${PATH}`]);
  });
});
