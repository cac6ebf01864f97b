import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { installHooks } from '../../src/app/install';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { AGENTS, type AgentName } from '../support/stand-in-agent';

const FILE = 'tier1/payment.js';
const TEXT = 'export function charge(cents) {\n  return cents * 100;\n}\n';
const POLICY = `version: 1
systems: { checkout: { tier: 1, paths: ['tier1/**', '/only.txt'] } }
tiers: { 1: { agents: ask, detail: full } }
`;

async function repository(policy: string | null = POLICY): Promise<ScratchRepo> {
  const repo = scratchRepo();
  if (policy !== null) repo.write('.hunkmark.yml', policy);
  repo.write(FILE, TEXT);
  repo.write('src/app.js', 'app();\n');
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  await installHooks({
    repositoryDir: repo.dir,
    hookProgram: path.resolve('dist/hook.js'),
    nodePath: process.execPath,
  });
  return repo;
}

function tell(repo: ScratchRepo, agent: string, event: string, payload: unknown): void {
  const program = path.join(repo.dir, '.git/hunkmark/hook.js');
  const stdin = JSON.stringify(payload);
  const run = repo.run(process.execPath, [program, 'record', agent, event], { stdin });
  assert.deepEqual(run, { status: 0, stdout: '', stderr: '' });
}

const bash = (repo: ScratchRepo, command: string, call = 'toolu_1'): object => ({
  session_id: 's1',
  cwd: repo.dir,
  transcript_path: '/nowhere.jsonl',
  tool_name: 'Bash',
  tool_use_id: call,
  tool_input: { command },
});

/** Runs a command as an agent does, between its two hooks. */
function shell(repo: ScratchRepo, command: string, agent = 'claude-code', call = 'toolu_1'): void {
  tell(repo, agent, 'PreToolUse', bash(repo, command, call));
  const env = agent === 'claude-code' ? { CLAUDECODE: '1' } : { CODEX_THREAD_ID: 'x' };
  assert.equal(repo.run('sh', ['-c', command], { env }).status, 0, command);
  tell(repo, agent, 'PostToolUse', bash(repo, command, call));
}

/** What the trailers of HEAD, or of these commits, say, each range without its digest. */
function hunks(repo: ScratchRepo, commits = '-1'): string[] {
  return repo
    .git('log', commits, '--format=%(trailers:key=AI-Hunk,valueonly,unfold)')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/:[0-9a-f]{8}/g, ''));
}

function commit(repo: ScratchRepo): string[] {
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '--allow-empty', '-m', 'feat: a step');
  return hunks(repo);
}

/** A command begins, so many milliseconds after the true time. */
function begins(repo: ScratchRepo, command: string, later: number): void {
  tell(repo, 'claude-code', 'PreToolUse', bash(repo, command));
  const folder = path.join(repo.dir, '.git/hunkmark/shells/main');
  const [name = ''] = fs.readdirSync(folder);
  const file = path.join(folder, name);
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(
    file,
    text.replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) + later}`),
  );
}

/** A person writes a line while a command runs that has begun more than a minute ago. */
function writesAfterLong(repo: ScratchRepo): void {
  begins(repo, 'make', -100_000);
  repo.write(FILE, `${TEXT}export const personal = "a line of a person";\n`);
  tell(repo, 'claude-code', 'PostToolUse', bash(repo, 'make'));
}

interface Row {
  readonly why: string;
  readonly command: string;
  readonly expected: readonly string[];
  /** What a person did before, without a commit. */
  readonly before?: (repo: ScratchRepo) => void;
}

const ROWS: readonly Row[] = [
  {
    why: 'an assembled path: a literal changes, the rest of the line is a person’s',
    command: `D=ti; D=$D"er1"; sed -i 's/100/8888/' $D/payment.js`,
    expected: [`${FILE} +2,1 mixed shell claude-code`, `${FILE} -2,1 ai shell claude-code`],
  },
  {
    why: 'a new file',
    command: `printf 'const refund = amount;\\nexport { refund };\\n' > tier1/refund.js`,
    expected: ['tier1/refund.js +1,2 ai shell claude-code'],
  },
  {
    why: 'a file taken away',
    command: 'rm tier1/payment.js',
    expected: [`${FILE} -1,3 ai shell claude-code`],
  },
  {
    why: 'a file of no system',
    command: `echo 'x();' >> src/app.js`,
    expected: ['src/app.js +2,1 ai shell claude-code'],
  },
  {
    why: 'a file that git ignores',
    before: (repo) => repo.commitFile('.gitignore', '*.log\n'),
    command: `echo 'the shell wrote this' > build.log`,
    expected: [],
  },
  {
    why: 'lines in another order',
    before: (repo) => repo.commitFile('src/list.js', 'first(entry);\nsecond(entry);\nthird(entry);\n'),
    command: `printf 'third(entry);\\nfirst(entry);\\n    second( entry );\\n' > src/list.js`,
    expected: [],
  },
  { why: 'nothing', command: 'cat tier1/payment.js', expected: [] },
  { why: 'a new time', command: 'touch tier1/payment.js', expected: [] },
  { why: 'white space', command: `sed -i 's/^  /\\t/' ${FILE}`, expected: [] },
  { why: 'a lock file', command: `echo '{"lockfileVersion":3}' > tier1/package-lock.json`, expected: [] },
  {
    why: 'what a person had changed before',
    before: (repo) => repo.write(FILE, `${TEXT}export const personal = 'line of mine';\n`),
    command: `echo "export const generated = 'line of the shell';" >> ${FILE}`,
    expected: [`${FILE} +5,1 ai shell claude-code`],
  },
  {
    why: 'a file of a person that git does not know yet',
    before: (repo) => repo.write('only.txt', 'a person wrote this line\n'),
    command: `echo 'the shell wrote that one' >> only.txt`,
    expected: ['only.txt +2,1 ai shell claude-code'],
  },
  ...['mv tier1/many tier1/moved', 'cp -r tier1/many tier1/moved'].map((command) => ({
    why: `many files of a person, by ${command}`,
    before: (repo: ScratchRepo) => {
      for (let at = 0; at < 30; at++)
        repo.write(`tier1/many/f${at}.js`, `first${at}(of.mine${at});\nsecond${at}(as.well${at});\n`);
    },
    command: `${command} && echo 'the shell wrote that one' >> tier1/moved/f7.js`,
    expected: ['tier1/moved/f7.js +3,1 ai shell claude-code'],
  })),
  {
    why: 'a text from a branch',
    before: (repo) => {
      repo.git('checkout', '--quiet', '-b', 'topic');
      repo.commitFile(FILE, `${TEXT}export const other = 'from the branch';\n`);
      repo.git('checkout', '--quiet', 'main');
    },
    command: `git checkout topic -- ${FILE}`,
    expected: [],
  },
  {
    why: 'a stash that is popped',
    before: (repo) => {
      repo.write(FILE, `${TEXT}export const stashed = 'by a person';\n`);
      repo.git('stash', '--quiet');
    },
    command: 'git stash pop --quiet',
    expected: [],
  },
  {
    why: 'a pull of what others wrote',
    before: (repo) => {
      const other = path.join(repo.root, 'other');
      repo.git('clone', '--quiet', repo.dir, other);
      fs.appendFileSync(path.join(other, FILE), "export const pulled = 'by another person';\n");
      repo.git('-C', other, 'commit', '--quiet', '-am', 'theirs');
      repo.git('remote', 'add', 'origin', other);
    },
    command: 'git pull --quiet --no-rebase origin main && git reset --quiet --soft HEAD~',
    expected: [],
  },
  {
    why: 'what was staged in the same command',
    command: `echo "export const generated = 'line of the shell';" >> ${FILE}; git add .`,
    expected: [`${FILE} +4,1 ai shell claude-code`],
  },
];

/** A file of six lines, in which a branch and main have each put other lines of persons. */
const SIX = ['one', 'two', 'three', 'four', 'five', 'six'].map((word) => `first(${word}Entry);\n`);
const THEIRS = ['theirsA', 'theirsB', 'theirsC'].map((word) => `take(${word}Value);\n`);
const OURS = 'take(oursOfMain);\n';
const at = (place: number, ...lines: string[]): string =>
  [...SIX.slice(0, place), ...lines, ...SIX.slice(place)].join('');
const diverged =
  (place: number) =>
  (repo: ScratchRepo): void => {
    repo.commitFile('src/list.js', SIX.join(''));
    repo.git('checkout', '--quiet', '-b', 'topic');
    repo.commitFile('src/list.js', at(6, ...THEIRS));
    repo.git('checkout', '--quiet', 'main');
    repo.commitFile('src/list.js', at(place, OURS));
  };
const apart = diverged(0);
const conflicting = diverged(6);
const MARKERS = '/^<<<<<<<\\|^=======\\|^>>>>>>>/d';

/** Commands that bring what persons wrote, by git or from other files, and what else they do to it. */
const BRINGING: readonly Row[] = [
  { why: 'a commit that is picked', before: apart, command: 'git cherry-pick -n topic', expected: [] },
  {
    why: 'a branch that is squashed',
    before: apart,
    command: 'git merge --quiet --squash topic',
    expected: [],
  },
  ...['git stash pop --quiet', 'sh ../pop.sh'].map((command) => ({
    why: `a stash that is popped beside other lines: ${command}`,
    before: (repo: ScratchRepo): void => {
      repo.commitFile('src/list.js', SIX.join(''));
      repo.write('src/list.js', at(6, ...THEIRS));
      repo.git('stash', '--quiet');
      fs.writeFileSync(path.join(repo.root, 'pop.sh'), 'git stash pop --quiet\n');
      repo.commitFile('src/list.js', at(0, OURS));
    },
    command,
    expected: [],
  })),
  {
    why: 'a commit that is taken back',
    before: (repo) => {
      repo.commitFile('src/list.js', SIX.join(''));
      repo.commitFile('src/list.js', SIX.slice(1).join(''));
      repo.commitFile('src/list.js', [...SIX.slice(1), OURS].join(''));
    },
    command: 'git revert --no-edit HEAD~1',
    expected: [],
  },
  {
    why: 'a conflict that the command takes the marks out of',
    before: conflicting,
    command: `git cherry-pick topic; sed -i '${MARKERS}' src/list.js; git add .; GIT_EDITOR=: git cherry-pick --continue`,
    expected: [],
  },
  {
    why: 'a conflict of a mailed patch',
    before: (repo) => {
      conflicting(repo);
      repo.git('format-patch', '--quiet', '-1', '-o', '../mails', 'topic');
      repo.gitTry('am', '--quiet', '-3', `../mails/0001-change-src-list.js.patch`);
    },
    command: `sed -i '${MARKERS}' src/list.js; git add .`,
    expected: [],
  },
  {
    why: 'a text from a branch, and a line more',
    before: apart,
    command: `git checkout topic -- src/list.js && echo 'added(byShell);' >> src/list.js`,
    expected: ['src/list.js +10,1 -1,1 ai shell claude-code'],
  },
  {
    why: 'another file of a branch, and a line more',
    before: apart,
    command: `git show topic:src/list.js > src/new.js && echo 'added(byShell);' >> src/new.js`,
    expected: ['src/new.js +10,1 ai shell claude-code'],
  },
  {
    why: 'a patch of a person that lies there',
    before: (repo) => {
      repo.commitFile('src/list.js', SIX.join(''));
      repo.write('src/list.js', at(6, ...THEIRS));
      repo.write('mine.patch', repo.git('diff'));
      repo.git('checkout', '--quiet', 'src/list.js');
    },
    command: 'git apply mine.patch && rm mine.patch',
    expected: [],
  },
  ...['git apply mine.patch && rm mine.patch', 'patch -s -p1 < mine.patch && rm mine.patch'].map(
    (command) => ({
      why: `one line of a person’s patch and a line more, by ${command}`,
      before: onePatched,
      command: `${command} && echo 'added(byShell);' >> src/list.js`,
      expected: ['src/list.js +8,1 ai shell claude-code'],
    }),
  ),
  {
    why: 'a file cut in two',
    before: (repo) => repo.commitFile('src/list.js', SIX.join('')),
    command: 'tail -n 3 src/list.js > src/rest.js; head -n 3 src/list.js > src/x.js; mv src/x.js src/list.js',
    expected: ['src/list.js -4,3 ai shell claude-code'],
  },
  {
    why: 'two files made one, and a line more',
    before: (repo) => {
      repo.commitFile('src/list.js', SIX.join(''));
      repo.commitFile('src/more.js', THEIRS.join(''));
    },
    command: `cd src; { cat list.js; echo 'added(byShell);'; cat more.js; } > all.js; rm list.js more.js`,
    expected: ['src/all.js +7,1 ai shell claude-code', 'src/more.js -1,3 ai shell claude-code'],
  },
  {
    why: 'a file of a person that gets another name and another word, uncommitted',
    before: (repo) => repo.write('src/list.js', SIX.join('')),
    command: `cd src && mv list.js other.js && sed -i 's/twoEntry/twoEntry, another/' other.js`,
    expected: ['src/other.js +2,1 mixed shell claude-code'],
  },
  {
    why: 'a copy of what a person has not committed',
    before: (repo) => repo.write('src/list.js', OURS),
    command: 'cp src/list.js src/copy.js',
    expected: [],
  },
];

/** A patch of a person that adds one line, so light that it could be anybody's. */
function onePatched(repo: ScratchRepo): void {
  layPatch(repo, (patch) => repo.write('mine.patch', patch));
}

function layPatch(repo: ScratchRepo, lay: (patch: string) => void): void {
  repo.commitFile('src/list.js', SIX.join(''));
  repo.write('src/list.js', at(6, OURS));
  const patch = repo.git('diff');
  repo.git('checkout', '--quiet', 'src/list.js');
  lay(patch);
}

/** What a model wrote stays a model's wherever a command takes it. */
const STAYING: readonly Row[] = [
  {
    why: 'one line of a patch that it wrote itself',
    before: (repo) => layPatch(repo, (patch) => shell(repo, `cat > own.patch <<'END'\n${patch}END`)),
    command: 'git apply own.patch && rm own.patch',
    expected: ['src/list.js +7,1 ai shell claude-code'],
  },
  {
    why: 'its own lines, picked from a stash beside other lines',
    before: (repo) => {
      repo.commitFile('src/list.js', SIX.join(''));
      shell(repo, `printf 'added(byShell);\\nmore(byShell);\\n' >> src/list.js`);
      shell(repo, 'git stash --quiet');
      repo.commitFile('src/list.js', at(0, OURS));
    },
    command: 'git stash pop --quiet',
    expected: ['src/list.js +8,2 ai shell claude-code'],
  },
  {
    why: 'its own lines in a copy, and a line more',
    before: (repo) => shell(repo, `printf 'added(byShell);\\nmore(byShell);\\n' > src/list.js`),
    command: `cp src/list.js src/copy.js; echo 'last(byShell);' >> src/copy.js`,
    expected: ['src/copy.js +1,3 ai shell claude-code', 'src/list.js +1,2 ai shell claude-code'],
  },
  {
    why: 'lines beside commands of git that bring nothing',
    before: apart,
    command: `git log -1 HEAD; git diff topic; printf 'added(byShell);\\n' >> src/list.js; git status`,
    expected: ['src/list.js +8,1 ai shell claude-code'],
  },
];

describe('a shell command of an agent, where there is no policy', function () {
  this.timeout(120_000);
  let repo: ScratchRepo;
  beforeEach(async () => {
    repo = await repository(null);
  });
  afterEach(() => repo.dispose());

  for (const { why, command, expected, before } of ROWS)
    it(`${why}: ${expected.length === 0 ? 'not the agent’s' : 'the agent’s'}`, () => {
      before?.(repo);
      shell(repo, command);
      assert.deepEqual(commit(repo), expected);
    });

  for (const { why, command, expected, before } of [...BRINGING, ...STAYING])
    it(`brings ${why}`, () => {
      // The log of HEAD has whole seconds: what was done before must not look as if the command had done it.
      repo.env['GIT_COMMITTER_DATE'] = '1600000000 +0000';
      before?.(repo);
      delete repo.env['GIT_COMMITTER_DATE'];
      shell(repo, command);
      commit(repo);
      assert.deepEqual(hunks(repo, ':/start..'), expected);
    });

  const ADDED = 'export const added = "a line of the program";\n';
  const APPENDED = [`${FILE} +4,1 ai shell claude-code`];
  const write = (): void => repo.write(FILE, TEXT + ADDED);

  it('counts in a commit that the command makes itself', () => {
    shell(repo, `echo 'x();' >> src/app.js && git commit --quiet -am 'feat: by the agent'`);
    assert.deepEqual(hunks(repo), ['src/app.js +2,1 ai shell claude-code']);
  });

  const LATER: readonly (readonly [
    why: string,
    command: string,
    more: object,
    expected: readonly string[],
  ])[] = [
    ['what it has left running', 'node watch.js & echo started', {}, APPENDED],
    ['what the agent says goes on', 'node watch.js', { run_in_background: true }, APPENDED],
    ['nothing, where nothing was left running', 'make "a & b" && make 2>&1', {}, []],
  ];
  for (const [why, command, more, expected] of LATER)
    for (const [event, payload] of [
      ['Stop', {}],
      ['PreToolUse', { tool_use_id: 'toolu_2', tool_input: { command: 'ls' } }],
    ] as const)
      it(`looks for ${why} at the next ${event}`, () => {
        const call = bash(repo, command);
        const given = { ...call, tool_input: { command, ...more } };
        tell(repo, 'claude-code', 'PreToolUse', given);
        tell(repo, 'claude-code', 'PostToolUse', given);
        write();
        tell(repo, 'claude-code', event, { ...call, ...payload, cwd: repo.dir });
        assert.deepEqual(commit(repo), expected);
      });

  const UNHIDING = [
    'mv draft/mine.js src/mine.js',
    `sed -i '/draft/d' .gitignore`,
    'mv ../mine.js src/mine.js',
  ];
  for (const command of UNHIDING)
    it(`leaves to a person what they have written long before where git does not look: ${command}`, function () {
      repo.commitFile('.gitignore', '*.log\ndraft/\n');
      const mine = 'export const personal = "a line of a person";\nexport const another = "of a person";\n';
      repo.write('draft/mine.js', mine);
      repo.write('../mine.js', mine);
      if (fs.statSync(path.join(repo.dir, 'draft/mine.js')).birthtimeMs === 0) this.skip();
      begins(repo, command, 20_000);
      assert.equal(repo.run('sh', ['-c', command], {}).status, 0);
      tell(repo, 'claude-code', 'PostToolUse', bash(repo, command));
      assert.deepEqual(
        commit(repo).filter((range) => range.includes('+')),
        [],
      );
    });
  it('leaves to a person what is written long after', () => {
    tell(repo, 'claude-code', 'PreToolUse', bash(repo, 'node watch.js &'));
    tell(repo, 'claude-code', 'PostToolUse', bash(repo, 'node watch.js &'));
    write();
    const later = Date.now() / 1000 + 60;
    fs.utimesSync(path.join(repo.dir, FILE), later, later);
    tell(repo, 'claude-code', 'Stop', bash(repo, ''));
    assert.deepEqual(commit(repo), []);
  });

  it('is not taken for the only one who writes when it takes long', () => {
    writesAfterLong(repo);
    assert.deepEqual(commit(repo), []);
  });

  it('is not what a person writes after one that was denied, when the next one commits', () => {
    tell(repo, 'claude-code', 'PreToolUse', bash(repo, 'make', 'denied'));
    write();
    shell(repo, `git commit --quiet -am 'feat: by the agent'`, 'claude-code', 'toolu_2');
    assert.deepEqual(hunks(repo), []);
  });

  it('is an agent’s by name where another one’s was denied, and its turn has ended', () => {
    const other = { ...bash(repo, 'make'), session_id: 's2' };
    tell(repo, 'codex', 'PreToolUse', other);
    tell(repo, 'codex', 'Stop', other);
    shell(repo, `printf '${ADDED.replace('\n', '\\n')}' >> ${FILE}`);
    assert.deepEqual(commit(repo), APPENDED);
  });

  it('is no agent’s by name where two agents run commands at once', () => {
    tell(repo, 'claude-code', 'PreToolUse', bash(repo, 'make'));
    tell(repo, 'codex', 'PreToolUse', { ...bash(repo, 'make'), session_id: 's2' });
    write();
    tell(repo, 'claude-code', 'PostToolUse', bash(repo, 'make'));
    tell(repo, 'codex', 'PostToolUse', { ...bash(repo, 'make'), session_id: 's2' });
    assert.deepEqual(commit(repo), [`${FILE} +4,1 ai shell unidentified`]);
  });
});

describe('a shell command of an agent, in files of the policy', function () {
  this.timeout(120_000);
  let repo: ScratchRepo;
  beforeEach(async () => {
    repo = await repository();
  });
  afterEach(() => repo.dispose());

  it('is watched there alone, and that is said, where all files cannot be', () => {
    repo.git('update-index', '--split-index');
    const command = `echo 'more(cents);' | tee -a src/app.js >> ${FILE}`;
    const program = path.join(repo.dir, '.git/hunkmark/hook.js');
    const stdin = JSON.stringify(bash(repo, command));
    const run = repo.run(process.execPath, [program, 'record', 'claude-code', 'PreToolUse'], { stdin });
    assert.deepEqual([run.status, run.stdout], [0, '']);
    assert.match(run.stderr, /^hunkmark: incomplete: only the policy’s systems can be watched [^\n]*\n$/);
    repo.run('sh', ['-c', command]);
    tell(repo, 'claude-code', 'PostToolUse', bash(repo, command));
    assert.deepEqual(commit(repo), [`${FILE} +4,1 ai shell claude-code`]);
  });

  for (const { why, command, expected, before } of ROWS)
    it(`${why}: ${expected.length === 0 ? 'not the agent’s' : 'the agent’s'}`, () => {
      before?.(repo);
      shell(repo, command);
      assert.deepEqual(commit(repo), expected);
    });

  it('is not taken for the only one who writes when it takes long', () => {
    writesAfterLong(repo);
    assert.deepEqual(commit(repo), []);
  });

  it('counts in a commit that the command makes itself', () => {
    shell(repo, `sed -i 's/100/8888/' ${FILE} && git commit --quiet -am 'feat: by the agent'`);
    assert.deepEqual(hunks(repo), [
      `${FILE} +2,1 mixed shell claude-code`,
      `${FILE} -2,1 ai shell claude-code`,
    ]);
  });

  it('leaves to another agent what that one reports in the meantime', () => {
    const added = "export const reported = 'by an edit tool';\n";
    const write = {
      session_id: 's2',
      cwd: repo.dir,
      transcript_path: '/nowhere.jsonl',
      tool_name: 'Edit',
      tool_use_id: 'toolu_2',
      tool_input: { file_path: FILE, old_string: '}\n', new_string: `}\n${added}` },
    };
    tell(repo, 'codex', 'PreToolUse', bash(repo, 'sleep 1'));
    repo.run('sh', ['-c', `:`]);
    tellAsking(repo, write);
    repo.write(FILE, TEXT + added);
    tell(repo, 'claude-code', 'PostToolUse', write);
    fs.appendFileSync(path.join(repo.dir, FILE), "export const appended = 'by the command';\n");
    tell(repo, 'codex', 'PostToolUse', bash(repo, 'sleep 1'));
    assert.deepEqual(commit(repo), [`${FILE} +4,1 ai agent claude-code`, `${FILE} +5,1 ai shell codex`]);
  });

  function tellAsking(at: ScratchRepo, payload: unknown): void {
    const program = path.join(at.dir, '.git/hunkmark/hook.js');
    const stdin = JSON.stringify(payload);
    const { stdout } = at.run(process.execPath, [program, 'record', 'claude-code', 'PreToolUse'], { stdin });
    assert.match(stdout, /"ask"/);
  }

  it('is given up when it does not end', () => {
    tell(repo, 'claude-code', 'PreToolUse', bash(repo, 'sleep 1'));
    const folder = path.join(repo.dir, '.git/hunkmark/shells/main');
    assert.equal(fs.readdirSync(folder).length, 1);
    repo.write(FILE, `${TEXT}export const personal = 'line of mine';\n`);
    assert.deepEqual(commit(repo), []);
  });
});

describe('a recorded shell command that gets past every guard', function () {
  this.timeout(120_000);

  interface Call {
    readonly event: string;
    readonly stdin: Readonly<Record<string, unknown>>;
    readonly files: Readonly<Record<string, string>>;
  }

  const EVENTS = /^(?:PreToolUse|PostToolUse|BeforeTool|AfterTool|preToolUse|postToolUse)$/;
  const play = (repo: ScratchRepo, agent: AgentName): void => {
    const file = path.resolve('test/agents/captures', agent, 'shell-bypass.json');
    const text = fs.readFileSync(file, 'utf8').replaceAll('/repo', repo.dir);
    const { calls } = JSON.parse(text) as { readonly calls: readonly Call[] };
    for (const { event, stdin, files } of calls) {
      if (repo.read(FILE) !== files[FILE]) repo.write(FILE, files[FILE] ?? '');
      if (EVENTS.test(event)) tell(repo, agent, event, stdin);
    }
  };
  for (const agent of AGENTS)
    it(`is found afterwards and counted at the commit: ${agent}`, async () => {
      const repo = await repository();
      try {
        play(repo, agent);
        assert.match(repo.read(FILE), /8888/, 'the bytes are changed');
        const found = commit(repo);
        assert.deepEqual(found, [`${FILE} +2,1 mixed shell ${agent}`, `${FILE} -2,1 ai shell ${agent}`]);
      } finally {
        repo.dispose();
      }
    });
});
