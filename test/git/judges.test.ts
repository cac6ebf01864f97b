import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readHistory, tell, toldHistory, withoutOurs, type Cast, type Scene } from '../support/agent-edits';
import { openJudge, type Judge } from '../support/message-judges';
import type { ScratchRepo } from '../support/scratch-repo';

/*
 * Programs that other people put beside our hooks: commitlint, Gerrit's commit-msg, a changelog's parser. Each judges
 * the messages of the same commits with and without ours.
 */

/** As long as a path can be, encoded, for its line to keep commitlint's limit. */
const LONG = `src/${'long-folder/'.repeat(4)}module "x" #1 @home.ts`;
const TOO_LONG = `src/${'a-rather-long-folder-name/'.repeat(5)}module.ts`;
const rows = (count: number, word: string): string =>
  Array.from({ length: count }, (_, at) => `use(${word}${at});\n`).join('');
/** Every second line is a person's, so that each of the agent's is a range of its own. */
const MIXED = Array.from({ length: 600 }, (_, at) =>
  at % 2 === 0 ? `use(agentRow${at});\n` : `use(personRow${at});\n`,
).join('');
const AGENTS = MIXED.replace(/^.*person.*\n/gm, '');

const MESSAGES: readonly string[] = [
  'feat: add a thing',
  'feat(pay)!: charge once\n\nBecause twice was too often.\n',
  'fix: close it\n\nA body of two lines,\nwith a second one.\n\nCloses #12\nRefs: PAY-2231\n',
  'docs: say so\n\nReported by @someone in other/repo#7.\n\nReviewed-by: Ana Diaz <ana@example.com>\nSigned-off-by: Ana Diaz <ana@example.com>\n',
  'refactor: rename\n\nBREAKING CHANGE: the name is another one\n',
  'chore: a list\n\n- one\n- two: with a colon\n',
];

/** Commits of the agent under each of the messages, one of a long path, one of 300 ranges, an amend and a refusal. */
async function story(s: Scene, messages: readonly string[] = MESSAGES): Promise<void> {
  for (const [at, message] of messages.entries()) {
    await s.agent('lib.ts', `${rows(3, 'person')}${rows(at + 1, 'agent')}`);
    s.git('add', '.');
    s.git('commit', '-m', message);
  }
  await s.agent(LONG, rows(9, 'agent'));
  s.git('add', '.');
  s.git('commit', '-m', 'feat: a long path');
  await s.agent('many.ts', AGENTS);
  s.person('many.ts', MIXED);
  s.git('add', '.');
  s.git('commit', '-m', 'feat: many ranges', { env: configured('hunkmark.detail', 'full') });
  await s.agent('lib.ts', rows(20, 'agentAgain'));
  s.git('commit', '-qa', '--amend', '--no-edit', { env: configured('hunkmark.detail', 'full') });
}

function configured(key: string, value: string): Record<string, string> {
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: value };
}

function given(hook: (repo: ScratchRepo) => void): (repo: ScratchRepo) => void {
  return (repo) => {
    repo.write('lib.ts', rows(3, 'person'));
    repo.git('add', '.');
    repo.git('commit', '--quiet', '-m', 'chore: initial', {
      env: { GIT_AUTHOR_DATE: '1600000000 +0000', GIT_COMMITTER_DATE: '1600000000 +0000' },
    });
    hook(repo);
  };
}

/** Tells the story with git alone and with ours, and hands over both histories. */
async function both(
  hook: (repo: ScratchRepo) => void,
  tale: (s: Scene) => Promise<void>,
  look: (alone: Scene, ours: Scene) => void | Promise<void>,
): Promise<void> {
  const scenes: Scene[] = [];
  try {
    for (const cast of ['nobody', 'agent'] satisfies Cast[])
      scenes.push(await tell(cast, tale, { given: given(hook) }));
    const [alone, ours] = scenes;
    assert.ok(alone && ours);
    await look(alone, ours);
  } finally {
    for (const { repo } of scenes) repo.dispose();
  }
}

function installHook(repo: ScratchRepo, script: string): void {
  repo.write('.git/hooks/commit-msg', script);
  chmodSync(join(repo.dir, '.git/hooks/commit-msg'), 0o755);
}

const stamped = (s: Scene): number =>
  readHistory(s).filter(({ message }) => message.includes('\nAI-Provenance: v1 ')).length;

describe('what other programs say about the messages', function () {
  this.timeout(120_000);
  let judge: Judge;
  before(async () => {
    judge = await openJudge();
  });

  it('commitlint breaks no rule more, and a changelog finds nothing more', async () => {
    await both(
      () => {},
      (s) => story(s),
      async (alone, ours) => {
        assert.deepEqual(toldHistory(ours), toldHistory(alone));
        assert.equal(stamped(ours), MESSAGES.length + 2);
        const [theirs, own] = [readHistory(alone), readHistory(ours)];
        for (const [at, { message }] of own.entries()) {
          const expected = await judge(theirs[at]?.message ?? '');
          assert.deepEqual(await judge(message), expected, message);
          assert.deepEqual(expected.broken, []);
        }
      },
    );
  });

  it('commitlint as a hook behind ours lets the same commits through', async () => {
    await both(
      (repo) => installHook(repo, `#!/bin/sh\nexec "${process.execPath}" "${lintProgram(repo)}" "$1"\n`),
      async (s) => {
        await story(s, MESSAGES.slice(2, 3));
        s.person('lib.ts', 'use(personLast);\n');
        s.fails('commit', '-am', 'No type at all.');
      },
      (alone, ours) => {
        assert.deepEqual(toldHistory(ours), toldHistory(alone));
        assert.equal(stamped(ours), 3);
      },
    );
  });

  // By the format a path that is longer than a line stands whole, and commitlint refuses the message for it.
  it('with hunkmark.longPaths=unlisted commitlint lets a path through that is longer than its limit', async () => {
    const tale = async (s: Scene): Promise<void> => {
      await s.agent(TOO_LONG, rows(9, 'agent'));
      s.git('add', '.');
      s.git('commit', '-m', 'feat: a path');
    };
    await both(
      (repo) => void repo.git('config', 'hunkmark.longPaths', 'unlisted'),
      tale,
      async (_, ours) => {
        const messages = readHistory(ours).map(({ message }) => message);
        assert.ok(messages.some((message) => / ai=9 .* hunks=1 listed=0$/m.test(message)));
        for (const message of messages) assert.deepEqual((await judge(message)).broken, [], message);
      },
    );
  });

  for (const order of ['behind', 'before'] as const) {
    it(`Gerrit's hook ${order} ours`, async () => {
      await both(
        (repo) => installHook(repo, `#!/bin/sh\nset -u\n${GERRIT}`),
        async (s) => {
          if (order === 'before') runFirst(s);
          await story(s);
          s.fails('commit', '--allow-empty', '-m', '');
        },
        (alone, ours) => {
          const plain = (s: Scene): string[] =>
            toldHistory(s).map(({ message }) => message.replace(/^Change-Id: I[0-9a-f]+$/m, 'Change-Id: I'));
          assert.deepEqual(plain(ours), plain(alone));
          assert.equal(stamped(ours), MESSAGES.length + 2);
          for (const { oid, message } of readHistory(ours).slice(1)) {
            const keys = trailerKeys(ours, oid);
            assert.equal(keys.filter((key) => key === 'Change-Id').length, 1, message);
            assert.equal(keys.filter((key) => key === 'AI-Provenance').length, 1, message);
            assert.equal(keys.filter((key) => key === 'AI-Hunk').length, message.match(/^AI-Hunk/gm)?.length);
          }
        },
      );
    });
  }

  it('takes out of a message only what it put there', () => {
    const message =
      'x\n\nRefs: A\nAI-Provenance: v1 ai=1\nAssisted-by: claude-code\nAI-Hunk: a\n +1,2:abc ai\nChange-Id: I1\n';
    assert.equal(withoutOurs(message), 'x\n\nRefs: A\nChange-Id: I1\n');
    assert.equal(withoutOurs('x\n\nAI-Hunk: a\n'), 'x\n');
  });
});

function trailerKeys(scene: Scene, rev: string): string[] {
  const { stdout } = scene.repo.run('git', [
    'log',
    '-1',
    '--format=%(trailers:only=true,unfold=true,keyonly=true)',
    rev,
  ]);
  return stdout.split('\n').filter(Boolean);
}

/** Has the foreign hook run ahead of our block, as a manager that calls several hooks may do. */
function runFirst(s: Scene): void {
  if (s.cast === 'nobody') return;
  const file = join(s.repo.dir, '.git/hooks/commit-msg');
  const text = readFileSync(file, 'utf8');
  const end = text.indexOf('# <<< hunkmark <<<\n') + '# <<< hunkmark <<<\n'.length;
  const begin = text.indexOf('# >>> hunkmark >>>');
  assert.ok(begin > 0 && end > begin);
  const block = text.slice(begin, end);
  writeFileSync(join(s.repo.dir, '.git/hooks/gerrit'), `#!/bin/sh\n${text.slice(end)}`);
  writeFileSync(file, `#!/bin/sh\nsh "\${0%/*}/gerrit" "$@" || exit 1\n${block}`);
}

/** commitlint with its usual configuration, as its own command would judge the message file. */
function lintProgram(repo: ScratchRepo): string {
  const module = (name: string): string =>
    JSON.stringify(
      pathToFileURL(join(process.cwd(), 'node_modules', name, 'lib', `${name.split('/')[1]}.js`)).href,
    );
  const program = join(repo.root, 'lint.mjs');
  writeFileSync(
    program,
    `import { readFileSync } from 'node:fs';
import load from ${module('@commitlint/load')};
import lint from ${module('@commitlint/lint')};
const configuration = { extends: [${JSON.stringify(join(process.cwd(), 'node_modules/@commitlint/config-conventional/lib/index.js'))}] };
const { rules, parserPreset } = await load(configuration);
const { valid, errors } = await lint(readFileSync(process.argv[2], 'utf8'), rules, { parserOpts: parserPreset.parserOpts });
if (!valid) console.error(errors);
process.exit(valid ? 0 : 1);
`,
  );
  const bad = join(repo.root, 'bad-message');
  writeFileSync(bad, 'No type at all.\n');
  assert.match(spawnSync(process.execPath, [program, bad]).stderr.toString(), /type-empty/);
  return program;
}

/** What Gerrit's own hook does: a Change-Id in the trailer block, ahead of any Signed-off-by, once. */
const GERRIT = `
if test ! -f "$1" ; then
  echo "file does not exist: $1"
  exit 1
fi
refhash="$(git rev-parse HEAD 2>/dev/null || git hash-object -t tree /dev/null)"
random=$({ git var GIT_COMMITTER_IDENT ; echo "$refhash" ; cat "$1"; } | git hash-object --stdin)
dest="$1.tmp.\${random}"
trap 'rm -f "$dest" "$dest-2"' EXIT
if ! sed -e '/>8/q' "$1" | git stripspace --strip-comments > "$dest" ; then
  echo "cannot strip comments from $1"
  exit 1
fi
if test ! -s "$dest" ; then
  echo "file is empty: $1"
  exit 1
fi
token="Change-Id"
value="I$random"
if git interpret-trailers --parse < "$1" | grep -q "^$token: .*$" ; then
  exit 0
fi
# There must be a Signed-off-by trailer for the code below to work: a sentinel makes sure that there is one.
if ! git interpret-trailers --trailer "Signed-off-by: SENTINEL" < "$1" > "$dest-2" ; then
  exit 1
fi
if ! git -c trailer.where=before interpret-trailers --trailer "Signed-off-by: $token: $value" < "$dest-2" |
  sed -e "s/^Signed-off-by: \\($token: \\)/\\1/" -e "/^Signed-off-by: SENTINEL/d" > "$dest" ; then
  exit 1
fi
mv "$dest" "$1"
`;
