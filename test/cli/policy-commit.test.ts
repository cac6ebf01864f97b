import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Finished } from '../support/scratch-repo';
import { bench, digest, type Bench, type Json } from './bench';

const SYSTEMS = `version: 1
systems:
  checkout: { tier: 1, owners: ["@pay-oncall"], paths: ["pay/"] }
  search: { tier: 2, paths: ["search/"] }
`;

/** A repository with a policy and hooks; `tiers` is the text behind `tiers:`. */
function withPolicy(tiers: string, files: Readonly<Record<string, string>> = {}): Bench {
  const at = bench();
  at.repo.write('.hunkmark.yml', `${SYSTEMS}tiers:\n${tiers}`);
  for (const [name, text] of Object.entries(files)) at.repo.write(name, text);
  at.repo.git('add', '-A');
  at.commit('first');
  at.install();
  return at;
}

/** Stages everything and commits as a person at a terminal would. */
function tryCommit(
  at: Bench,
  message: string,
  ...args: (string | { env: Record<string, string> })[]
): Finished {
  at.repo.git('add', '-A');
  const how = args.find((word) => typeof word === 'object') ?? { env: {} };
  const words = args.filter((word) => typeof word === 'string');
  return at.repo.gitTry('commit', '-q', ...words, '-F', '-', { stdin: `${message}\n`, ...how });
}

function messageOf(at: Bench): string {
  return at.repo.git('log', '-1', '--format=%B').trimEnd();
}

function policyId(at: Bench): string {
  return at.repo.git('rev-parse', 'HEAD:.hunkmark.yml').slice(0, 12);
}

/** format.md: over the sorted digests, each followed by LF. */
function ackDigest(...digests: string[]): string {
  const text = digests
    .toSorted()
    .map((each) => `${each}\n`)
    .join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

describe('a commit under a policy', () => {
  let at: Bench;
  afterEach(() => at.repo.dispose());

  it('names the systems that AI touched, the policy, and what is not acknowledged', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    const policy = policyId(at);
    at.agent('pay/charge.ts', '', 'charge();\nretry();\n');
    at.agent('search/index.ts', '', 'index();\n');
    at.agent('notes.md', '', 'many words\n');
    const { status, stderr } = tryCommit(at, 'feat: charge');
    assert.equal(status, 0);
    assert.equal(
      stderr,
      'hunkmark: 1 AI range in checkout (tier 1) waits for a person to look at it; then: hunkmark ack HEAD\n',
    );
    assert.equal(
      messageOf(at),
      `feat: charge

AI-Provenance: v1 ai=4 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=3 listed=3
Assisted-by: claude-code
AI-Hunk: notes.md +1,1:${digest('many words\n')} ai agent claude-code
AI-Hunk: pay/charge.ts +1,2:${digest('charge();\nretry();\n')} ai agent claude-code
AI-Hunk: search/index.ts +1,1:${digest('index();\n')} ai agent claude-code
AI-Tier: 1 checkout
AI-Tier: 2 search
AI-Policy: ${policy}
AI-Ack: 0/1:${ackDigest()} Scratch Person <scratch@example.com>`,
    );
  });

  it('keeps an acknowledgement until the commit, whatever lines come above it', () => {
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/a.ts': 'one();\ntwo();\n' });
    at.agent('pay/a.ts', 'two();\n', 'two();\nthree(charge);\n');
    at.repo.git('add', '-A');
    assert.match(at.ok('ack'), /^1 AI range acknowledged for the next commit\.\n {2}pay\/a\.ts \+3\n$/);
    at.repo.write('pay/a.ts', '// by hand\none();\ntwo();\nthree(charge);\n');
    const { status, stderr } = tryCommit(at, 'more');
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const range = digest('three(charge);\n');
    assert.match(messageOf(at), new RegExp(`^AI-Hunk: pay/a.ts \\+4,1:${range} ai agent claude-code$`, 'm'));
    assert.match(
      messageOf(at),
      new RegExp(`^AI-Ack: 1/1:${ackDigest(range)} Scratch Person <scratch@example.com>$`, 'm'),
    );
    assert.equal(at.json('show').ack.valid, true);
  });

  it('acknowledges the last commit by its message, and nothing else of it changes', () => {
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/old.ts': 'gone();\nkept();\n' });
    at.agent('pay/new.ts', '', 'fresh(value);\n');
    at.agent('pay/old.ts', 'gone();\n', '');
    at.agent('search/x.ts', '', 'untiered(rule);\n');
    tryCommit(at, 'feat: new');
    const tree = at.repo.git('rev-parse', 'HEAD^{tree}');
    assert.match(messageOf(at), /^AI-Ack: 0\/2:/m);
    assert.match(at.ok('ack', 'HEAD'), /^2 AI ranges of the last commit acknowledged\.\n/);
    const done = ackDigest(digest('fresh(value);\n'), digest('gone();\n'));
    assert.match(
      messageOf(at),
      new RegExp(`^AI-Ack: 2/2:${done} Scratch Person <scratch@example.com>$`, 'm'),
    );
    assert.equal(at.repo.git('rev-parse', 'HEAD^{tree}'), tree);
    assert.equal(at.json('show').ack.valid, true);
    // Another person who amends has not looked.
    const other = { GIT_COMMITTER_NAME: 'Other', GIT_COMMITTER_EMAIL: 'other@example.com' };
    at.repo.git('commit', '-q', '--amend', '--no-edit', { env: other });
    assert.match(messageOf(at), /^AI-Ack: 0\/2:[0-9a-f]{8} Other <other@example\.com>$/m);
  });

  it('takes an acknowledgement for its giver alone, who then is the committer', () => {
    const other = { GIT_COMMITTER_NAME: 'Zoë', GIT_COMMITTER_EMAIL: 'zoe@example.com' };
    const committer = (): string => at.repo.git('log', '-1', '--format=%an, %cn <%ce>').trim();
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    at.repo.git('add', '-A');
    at.ok('ack');
    tryCommit(at, 'feat: new', { env: other });
    assert.match(messageOf(at), /^AI-Ack: 0\/1:[0-9a-f]{8} Zoë <zoe@example\.com>$/m);
    Object.assign(at.repo.env, other);
    at.ok('ack', 'HEAD');
    assert.equal(committer(), 'Scratch Person, Zoë <zoe@example.com>');
    Object.assign(at.repo.env, { GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.com' });
    // Whoever repairs the trailers of a colleague's commit takes nothing from it, and whoever looks commits it anew.
    const head = at.repo.git('rev-parse', 'HEAD');
    at.ok('stamp', '--amend');
    assert.equal(at.repo.git('rev-parse', 'HEAD'), head);
    at.ok('check', 'HEAD~1..');
    at.ok('ack', 'HEAD');
    assert.equal(committer(), 'Scratch Person, Bo <bo@example.com>');
    assert.match(messageOf(at), /^AI-Ack: 1\/1:[0-9a-f]{8} Bo <bo@example\.com>$/m);
    at.ok('check', 'HEAD~1..');
  });

  it('holds no acknowledgement of other lines, though they are as many and of the same person', () => {
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/a.ts': 'kept();\n' });
    at.agent('pay/a.ts', 'kept();\n', 'kept();\nlooked(upon);\n');
    tryCommit(at, 'feat: one');
    at.ok('ack', 'HEAD');
    assert.match(messageOf(at), /^AI-Ack: 1\/1:/m);
    at.agent('pay/a.ts', 'looked(upon);\n', 'nobody(saw, these);\n');
    at.repo.git('commit', '-q', '-a', '--amend', '--no-edit');
    assert.match(messageOf(at), new RegExp(`^AI-Ack: 0/1:${ackDigest()} `, 'm'));
  });

  it('takes single ranges, and says what is left', () => {
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/a.ts': 'first();\nsecond();\nthird();\n' });
    at.agent('pay/a.ts', 'first();\n', 'first();\nearly(change);\n');
    at.agent('pay/a.ts', 'third();\n', 'third();\nlate(change);\n');
    at.repo.git('add', '-A');
    assert.equal(
      at.ok('ack', 'pay/a.ts:2'),
      '1 AI range acknowledged for the next commit.\n  pay/a.ts +2\n1 AI range left to be looked at.\n  pay/a.ts +5\n',
    );
    // Whatever a person calls the whole, and a place outside.
    for (const all of ['.', 'pay', 'pay/', './pay/../', at.repo.dir])
      assert.match(at.ok('ack', all), /^2 AI ranges acknowledged/, all);
    fs.rmSync(path.join(at.repo.dir, '.git/hunkmark/acknowledged'));
    assert.match(at.ok('-C', 'pay', 'ack', '..'), /^2 AI ranges acknowledged/);
    fs.rmSync(path.join(at.repo.dir, '.git/hunkmark/acknowledged'));
    at.refuses(2, /is not in this repository/, 'ack', '..');
    at.refuses(2, /is not in this repository/, 'ack', '');
    at.ok('ack', 'pay/a.ts:2');
    at.refuses(2, /nothing in search as it is staged asks for an acknowledgement/, 'ack', 'search');
    at.refuses(2, /pay is a folder/, 'ack', '--allow', 'pay');
    tryCommit(at, 'half');
    assert.match(messageOf(at), new RegExp(`^AI-Ack: 1/2:${ackDigest(digest('early(change);\n'))} `, 'm'));
    assert.equal(at.json('show').ack.valid, false);
  });

  it('keeps the reason of an acknowledgement beside the journal, and out of the commit', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    at.repo.git('add', '-A');
    at.refuses(2, /--reason takes some words/, 'ack', '--reason', ' ');
    at.ok('ack', '--reason', 'looked with Bo\nZ-Trailer: x');
    const kept = (): string => at.repo.read('.git/hunkmark/acknowledged');
    assert.match(kept(), / pay\/a\.ts <scratch%40example\.com looked%20with%20Bo%0AZ-Trailer%3A%20x\n$/);
    tryCommit(at, 'feat: new');
    assert.match(messageOf(at), /^AI-Ack: 1\/1:/m);
    assert.equal(at.json('show').ack.valid, true);
    assert.doesNotMatch(messageOf(at), /looked|Z-Trailer/);
    at.agent('pay/b.ts', '', 'fresher(value);\n');
    at.repo.git('add', '-A');
    tryCommit(at, 'feat: newer');
    at.ok('ack', 'HEAD', '--reason', 'urgent');
    assert.match(kept(), / pay\/a\.ts \S+ looked\S+\n.* pay\/b\.ts \S+ urgent\n$/);
    assert.match(messageOf(at), /^AI-Ack: 1\/1:/m);
    assert.doesNotMatch(messageOf(at), /urgent/);
  });

  it('neither lists nor blocks what the index marks as generated', () => {
    at = withPolicy('  1: { commit: block, unknown: warn }\n');
    at.repo.write('.gitattributes', '*.gen.ts linguist-generated\n');
    at.agent('pay/a.gen.ts', '', 'fresh(value);\n');
    at.repo.write('pay/b.gen.ts', 'unknown();\n');
    at.repo.write('pay/c.ts', 'unknown();\n');
    at.repo.git('add', '-A');
    at.repo.write('.gitattributes', '');
    at.repo.git('commit', '-q', '-m', 'feat: made');
    assert.match(messageOf(at), /^AI-Hunk: pay\/a\.gen\.ts \+1,1:\S+ ai agent claude-code$/m);
    assert.match(messageOf(at), /^AI-Hunk: pay\/c\.ts \+1,1:\S+ unknown$/m);
    assert.doesNotMatch(messageOf(at), /pay\/b\.gen\.ts/);
    const before = messageOf(at);
    at.ok('stamp', '--amend');
    assert.equal(messageOf(at), before, 'by the attributes of the commit');
  });

  it('says of a file that is touched without a changed line what the policy asks', () => {
    at = withPolicy('  1: { provenance: required }\n');
    at.repo.write('pay/a.ts', 'there();\n');
    at.repo.write('free.ts', 'free(of, tiers);\n');
    at.repo.git('add', '-A');
    at.commit('feat: start');
    const none = 'AI-Provenance: v1 ai=0 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=0 listed=0';
    for (const [what, ...change] of [
      ['a mode', 'update-index', '--chmod=+x', 'pay/a.ts'],
      ['a name', 'mv', 'pay/a.ts', 'pay/b.ts'],
      ['a name from elsewhere', 'mv', 'free.ts', 'pay/c.ts'],
      ['a name to elsewhere', 'mv', 'pay/c.ts', 'free.ts'],
    ] as const) {
      at.repo.git(...change);
      at.repo.git('commit', '-q', '-m', what);
      assert.match(messageOf(at), new RegExp(`^${none}$`, 'm'), what);
      at.ok('check', 'HEAD~1..');
      at.repo.git('commit', '-q', '--amend', '-m', what, '--no-verify');
      at.repo.run('git', ['commit', '-q', '--amend', '-m', what], { env: { HUNKMARK: 'off' } });
      assert.doesNotMatch(messageOf(at), /AI-Provenance/);
      at.ok('stamp', '--amend');
      assert.match(messageOf(at), new RegExp(`^${none}$`, 'm'), what);
    }
    assert.match(at.ok('squash-message', 'HEAD~3..HEAD~2'), new RegExp(`^${none}$`, 'm'));
    at.repo.git('mv', 'free.ts', 'free2.ts');
    at.repo.git('commit', '-q', '-m', 'elsewhere');
    assert.equal(messageOf(at), 'elsewhere');
  });

  it('asks nobody to acknowledge what a program makes', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/package-lock.json', '', '{ "made": true }\n');
    at.repo.git('add', '-A');
    const { stderr } = at.repo.run('git', ['commit', '-q', '-m', 'chore: made']);
    assert.equal(stderr, '');
    assert.match(messageOf(at), /^AI-Ack: 0\/1:/m);
    at.ok('check', 'HEAD~1..');
  });

  it('notes what is acknowledged of a signed commit, for the amend that signs it again', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    at.repo.git('add', '-A');
    at.repo.run('git', ['commit', '-q', '-m', 'feat: fresh']);
    const signed = at.repo
      .git('cat-file', 'commit', 'HEAD')
      .replace(
        /^(committer .*)$/m,
        '$1\ngpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----',
      );
    const made = at.repo.git('hash-object', '-t', 'commit', '-w', '--stdin', { stdin: signed }).trim();
    at.repo.git('reset', '-q', '--soft', made);
    at.refuses(
      2,
      /^hunkmark: that is noted, but the last commit is signed, [^\n]* -S [^\n]*\n$/,
      'ack',
      'HEAD',
    );
    assert.equal(at.repo.git('rev-parse', 'HEAD').trim(), made);
    at.repo.git('commit', '-q', '--amend', '--no-edit');
    assert.match(messageOf(at), /^AI-Ack: 1\/1:/m);
    at.ok('check', 'HEAD~1..');
    assert.equal(at.ok('ack', 'HEAD'), '1 AI range of the last commit acknowledged.\n');
  });

  it('refuses to acknowledge in a shell of an agent', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    at.repo.git('add', '-A');
    for (const marker of ['CLAUDECODE', 'CODEX_THREAD_ID', 'GEMINI_CLI', 'OPENCODE', 'COPILOT_CLI']) {
      at.repo.env[marker] = '1';
      for (const what of [[], ['HEAD'], ['pay/a.ts']])
        at.refuses(2, /^hunkmark: ack says that a person has looked[^\n]*\n$/, 'ack', ...what);
      delete at.repo.env[marker];
    }
    assert.equal(fs.existsSync(path.join(at.repo.dir, '.git/hunkmark/acknowledged')), false);
  });

  it('refuses a commit only under block, and says to a person how to go on', () => {
    at = withPolicy('  1: { commit: block }\n');
    const head = at.repo.git('rev-parse', 'HEAD');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    const refused = tryCommit(at, 'feat: a');
    assert.equal(refused.status, 1);
    assert.equal(
      refused.stderr,
      `hunkmark: the commit is refused. The rule "commit: block" lets no AI lines in here:
  system checkout, tier 1, owned by @pay-oncall
  pay/a.ts +1 ai claude-code
If it has to go in, say why; the check will show it:
  git commit … --trailer 'AI-Override: INC-1234 restore checkout'
`,
    );
    assert.equal(at.repo.git('rev-parse', 'HEAD'), head);
    const trailer = ['--trailer', 'AI-Override: INC-1234 restore checkout'];
    const agent = tryCommit(at, 'feat: a', ...trailer, { env: { CLAUDECODE: '1' } });
    assert.equal(agent.status, 1);
    assert.match(agent.stderr, /\nA person has to look at these lines and commit them\.\n$/);
    assert.doesNotMatch(agent.stderr, /AI-Override|no-verify/);
    assert.equal(tryCommit(at, 'feat: a', ...trailer).status, 0);
    assert.match(messageOf(at), /^AI-Override: INC-1234 restore checkout$/m);
    assert.match(messageOf(at), /^AI-Tier: 1 checkout$/m);
  });

  it('says which change reference the check will ask for', () => {
    at = withPolicy('  1: { changeRef: "CHG-*" }\n');
    at.repo.write('pay/by-hand.ts', 'typed();\n');
    const asked = tryCommit(at, 'no reference');
    assert.equal(asked.status, 0);
    assert.equal(
      asked.stderr,
      "hunkmark: checkout (tier 1) asks for a Change-Ref that matches CHG-*: git commit --amend --trailer 'Change-Ref: …'\n",
    );
    assert.equal(messageOf(at), 'no reference');
    at.repo.write('pay/by-hand.ts', 'typed();\nmore();\n');
    assert.equal(tryCommit(at, 'with one', '--trailer', 'Change-Ref: CHG-12').stderr, '');
    assert.match(tryCommit(at, 'another', '--allow-empty').stderr, /^$/);
    at.repo.write('other.ts', 'typed();\n');
    assert.equal(tryCommit(at, 'elsewhere').stderr, '');
  });

  it('judges by the policy of HEAD also where it was taken out of the working tree', () => {
    at = withPolicy('  1: { commit: block }\n');
    at.agent('search/x.ts', '', 'elsewhere(value);\n');
    tryCommit(at, 'seen');
    fs.rmSync(path.join(at.repo.dir, '.hunkmark.yml'));
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    assert.equal(tryCommit(at, 'take it out on the way').status, 1);
  });

  it('lets everything else go in under block', () => {
    at = withPolicy('  1: { commit: block }\n');
    at.repo.write('pay/by-hand.ts', 'typed();\n');
    at.agent('search/x.ts', '', 'elsewhere(value);\n');
    assert.equal(tryCommit(at, 'by hand, and AI elsewhere').status, 0);
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    assert.equal(tryCommit(at, 'not looked at', '--no-verify').status, 0);
    assert.match(messageOf(at), /^AI-Tier: 1 checkout$/m);
    at.repo.git('revert', '--no-edit', 'HEAD');
    at.repo.git('revert', '--no-commit', 'HEAD');
    const again = tryCommit(at, `Reapply\n\nThis reverts commit ${at.repo.git('rev-parse', 'HEAD').trim()}.`);
    assert.deepEqual({ status: again.status, stderr: again.stderr }, { status: 0, stderr: '' });
    at.repo.git('checkout', '-q', '-b', 'side', 'HEAD~3');
    assert.equal(at.repo.gitTry('cherry-pick', 'main').status, 0);
    at.agent('pay/b.ts', '', 'another(value);\n');
    assert.equal(tryCommit(at, 'off', { env: { HUNKMARK: 'off' } }).status, 0);
  });

  it('stamps a commit without AI where the policy asks for provenance, and lists what nobody knows', () => {
    at = withPolicy('  1: { provenance: required }\n  2: { provenance: expected }\n', {
      'pay/a.ts': 'one();\n',
    });
    const policy = policyId(at);
    at.repo.write('pay/a.ts', 'one();\nby hand();\n');
    assert.equal(tryCommit(at, 'by hand').status, 0);
    assert.equal(
      messageOf(at),
      `by hand

AI-Provenance: v1 ai=0 mixed=0 human=0 unknown=1 ai-deleted=0 hunks=1 listed=1
AI-Hunk: pay/a.ts +2,1:${digest('by hand();\n')} unknown
AI-Policy: ${policy}`,
    );
    at.repo.write('search/s.ts', 'by hand();\n');
    tryCommit(at, 'expected');
    assert.equal(
      messageOf(at),
      `expected

AI-Provenance: v1 ai=0 mixed=0 human=0 unknown=1 ai-deleted=0 hunks=0 listed=0
AI-Policy: ${policy}`,
    );
    at.repo.write('other.ts', 'elsewhere();\n');
    tryCommit(at, 'elsewhere');
    assert.equal(messageOf(at), 'elsewhere');
    const [range] = at.json('show', 'HEAD~2').ranges;
    assert.deepEqual([range.class, range.verdict], ['unknown', 'exact']);
  });

  for (const [what, change] of [
    ['mode', (dir: string) => fs.chmodSync(path.join(dir, 'pay/old.js'), 0o755)],
    ['name', (dir: string) => fs.renameSync(path.join(dir, 'pay/old.js'), path.join(dir, 'pay/new.js'))],
    [
      'name, from elsewhere',
      (dir: string) => fs.renameSync(path.join(dir, 'x.js'), path.join(dir, 'pay/x.js')),
    ],
    ['being there, without a line', (dir: string) => fs.writeFileSync(path.join(dir, 'pay/empty.js'), '')],
  ] as const)
    it(`stamps a commit that changes nothing of a file that is asked about but its ${what}`, () => {
      const text = 'the first line\nthe second line\n';
      at = withPolicy('  1: { provenance: required }\n', { 'pay/old.js': text, 'x.js': `${text}more\n` });
      const policy = policyId(at);
      change(at.repo.dir);
      assert.equal(tryCommit(at, 'no line').status, 0);
      const none = 'AI-Provenance: v1 ai=0 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=0 listed=0';
      const stamped = `no line\n\n${none}\nAI-Policy: ${policy}`;
      assert.equal(messageOf(at), stamped);
      assert.deepEqual(at.json('check', 'HEAD^..HEAD', '--base', 'HEAD^').findings, []);
      at.ok('stamp', '--amend');
      assert.equal(messageOf(at), stamped);
    });

  it('lists what a person redeclared in a file of a system, and nowhere else', () => {
    at = withPolicy('  1: { warn: information }\n', { 'pay/a.js': 'first\n', 'x.js': 'first\n' });
    const [own, others] = ['const charged = settle(order);\n', 'const refunded = revert(order);\n'];
    for (const name of ['pay/a.js', 'x.js']) {
      at.agent(name, 'first\n', `first\n${own}${others}`);
      at.ok('mark', `${name}:2-2`, '--as', 'human');
    }
    assert.equal(tryCommit(at, 'mine').status, 0);
    const lines = messageOf(at).split('\n');
    assert.equal(
      lines[2],
      'AI-Provenance: v1 ai=2 mixed=0 human=2 unknown=0 ai-deleted=0 hunks=3 listed=3 redeclared=2',
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('AI-Hunk')),
      [
        `AI-Hunk: pay/a.js +2,1:${digest(own)} human declared claude-code`,
        `AI-Hunk: pay/a.js +3,1:${digest(others)} ai agent claude-code`,
        `AI-Hunk: x.js +3,1:${digest(others)} ai agent claude-code`,
      ],
    );
    const [, blamed] = at.json('blame', 'pay/a.js').lines;
    assert.deepEqual(
      [blamed.class, blamed.via, blamed.agent, blamed.verdict],
      ['human', 'declared', 'claude-code', 'exact'],
    );
    at.ok('uninstall');
    const before = messageOf(at);
    at.ok('stamp', '--amend');
    assert.equal(messageOf(at), before.replace('redeclared=2', 'redeclared=1'));
  });

  it('lists every range of a file whose tier asks for that, and the most critical first', () => {
    const lines = Array.from({ length: 60 }, (_, line) => `line${line}();\n`);
    const files = Object.fromEntries(
      ['pay/a.ts', 'search/b.ts', 'c.ts'].map((name) => [name, lines.join('')]),
    );
    at = withPolicy('  1: { detail: full }\n', files);
    at.repo.git('config', 'hunkmark.lines', '1');
    at.repo.git('config', 'hunkmark.lineLimit', '60');
    for (const name of Object.keys(files))
      for (let line = 0; line < 60; line += 12)
        at.agent(name, `line${line}();\n`, `line${line}();\nadded${line}(${'x'.repeat(line)});\n`);
    tryCommit(at, 'many');
    const listed = (name: string): number =>
      (messageOf(at).match(new RegExp(`^AI-Hunk: ${name} [^]*?(?=\\nAI-)`, 'gm')) ?? []).join(' ').split('+')
        .length - 1;
    assert.equal(listed('pay/a.ts'), 5);
    assert.equal(listed('search/b.ts') + listed('c.ts'), 0);
    at.repo.git('config', 'hunkmark.lines', '6');
    at.repo.git('commit', '-q', '--amend', '--no-edit');
    assert.ok(listed('search/b.ts') >= 1, messageOf(at));
    assert.equal(listed('c.ts'), 0);
  });

  it('counts a renamed file to the systems of both names', () => {
    const text = Array.from({ length: 20 }, (_, line) => `line${line}();\n`).join('');
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/a.ts': text });
    at.repo.git('mv', 'pay/a.ts', 'away.ts');
    at.agent('away.ts', 'line5();\n', 'line5(again);\n');
    tryCommit(at, 'move');
    assert.match(messageOf(at), /^AI-Tier: 1 checkout$/m);
    assert.match(messageOf(at), /^AI-Ack: 0\/\d:/m);
  });

  it('goes on without a policy that does not parse, with one line', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.repo.write('.hunkmark.yml', 'version: 1\nsystems:\n  a: { teir: 1, paths: [x] }\n');
    assert.equal(tryCommit(at, 'break it').stderr, '');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    const { status, stderr } = tryCommit(at, 'on');
    assert.equal(status, 0);
    assert.equal(
      stderr,
      'hunkmark: .hunkmark.yml:3:8: systems.a: the key "teir" is not known here; the commit goes on without the policy.\n',
    );
    assert.match(messageOf(at), /^AI-Hunk: pay\/a\.ts /m);
    assert.doesNotMatch(messageOf(at), /AI-Tier|AI-Policy|AI-Ack/);
    at.refuses(2, /^hunkmark: \.hunkmark\.yml:3:8: /, 'status', '--trailers');
  });

  it('passes over what package managers write', () => {
    at = withPolicy('  1: { commit: block, unknown: warn }\n');
    at.agent('pay/package-lock.json', '', '{ "lock": 1 }\n');
    assert.deepEqual(tryCommit(at, 'lock').stderr, '');
    at.repo.write('pay/yarn.lock', 'by hand\n');
    tryCommit(at, 'lock by hand');
    assert.doesNotMatch(messageOf(at), /AI-Hunk/);
  });

  it('says in the status which systems wait to be committed', () => {
    at = withPolicy('  1: { commit: acknowledge }\n', { 'pay/a.ts': 'one();\n'.repeat(20) });
    at.repo.git('mv', 'pay/a.ts', 'away.ts');
    at.agent('away.ts', 'one();\n', 'fresh(value);\n');
    at.repo.git('add', '-A');
    at.agent('search/x.ts', '', 'index();\n');
    at.agent('b.ts', '', 'other();\n');
    assert.deepEqual(
      at.json('status').files.map((file: Json) => [file.path, file.tier, file.systems]),
      [
        ['away.ts', 1, ['checkout']],
        ['b.ts', null, []],
        ['search/x.ts', 2, ['search']],
      ],
    );
    at.repo.write('.hunkmark.yml', 'version: 2\n');
    at.repo.git('add', '-A');
    at.commit('break it');
    at.agent('b.ts', '', 'again();\n');
    const { status, stdout, stderr } = at.run('--json', 'status');
    assert.equal(status, 2);
    assert.equal(JSON.parse(stdout).files[0].tier, null);
    assert.equal(
      stderr,
      'hunkmark: .hunkmark.yml:1:10: version must be 1, the only version that this Hunkmark reads\n',
    );
  });

  it('shows beforehand what the commit will say', () => {
    at = withPolicy('  1: { commit: acknowledge }\n');
    at.agent('pay/a.ts', '', 'fresh(value);\n');
    at.repo.git('add', '-A');
    const shown = at.ok('status', '--trailers');
    tryCommit(at, 'on');
    assert.equal(messageOf(at), `on\n\n${shown.trimEnd()}`);
  });
});
