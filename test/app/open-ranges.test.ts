import assert from 'node:assert/strict';
import * as path from 'node:path';
import { acknowledgeOpen, waitingAcks } from '../../src/app/ack';
import { readBranch, readBranchLines } from '../../src/app/branch-lines';
import { isGeneratedFile, readEditorPolicy } from '../../src/app/editor-policy';
import { followBuffer, type OpenBuffer } from '../../src/app/open-buffer';
import { openFile, recordFile, type OpenFile } from '../../src/app/open-file';
import { rangesSeen } from '../../src/app/open-commit';
import { openRanges } from '../../src/app/open-ranges';
import type { Writer } from '../../src/core/buffer';
import { problemText } from '../../src/core/policy';
import { bench, digest, type Bench } from '../cli/bench';
import { installAgent } from '../support/agent-edits';

const COMPLETION: Writer = {
  kind: 'one',
  origin: { class: 'ai', via: 'completion', agent: 'codex', model: null, evidence: 'reported', at: 7 },
};
const PERSON: Writer = {
  kind: 'one',
  origin: { class: 'human', via: null, agent: null, model: null, evidence: 'reported', at: 7 },
};

const POLICY = `version: 1
systems:
  checkout: { tier: 1, owners: ["@pay-oncall"], paths: ["pay/"] }
tiers:
  1: { warn: warning, commit: acknowledge, unknown: warn }
`;
const FILE = 'pay/charge.js';
const BEFORE = [
  'function charge(total) {\n',
  '  const fee = total * 0.1;\n',
  '  return total + fee;\n',
  '}\n',
];

async function opened({ repo }: Bench): Promise<OpenFile> {
  const found = await openFile(path.join(repo.dir, FILE), repo.read(FILE));
  if (found.kind !== 'tracked') throw new Error(found.why);
  return found.file;
}

function insert(buffer: OpenBuffer, after: string, text: string, writer: Writer): void {
  const offset = buffer.text().indexOf(after) + after.length;
  assert.ok(buffer.change([{ offset, length: 0, text }], writer));
}

/** `CLASS SIDE at LINE+COUNT DIGEST`, the line 0-based in the open text. */
function said(file: OpenFile, buffer: OpenBuffer): string[] {
  return openRanges(file, buffer.known())
    .filter(({ isBlank }) => !isBlank)
    .map((range) => `${range.class} ${range.side} at ${range.at}+${range.count} ${range.digest}`);
}

describe('app/open-ranges: what a commit of an open text would have', () => {
  let at: Bench;

  beforeEach(() => {
    at = bench();
    at.repo.write('.hunkmark.yml', POLICY);
    at.repo.write(FILE, BEFORE.join(''));
    at.repo.git('add', '-A');
    at.commit('first');
  });
  afterEach(() => at.repo.dispose());

  it('is the run of a completion, before any save, and goes when the code goes', async () => {
    const file = await opened(at);
    const buffer = followBuffer(file);
    const added = '  const vat = total * 0.2;\n\n  log(vat);\n';
    insert(buffer, BEFORE[1] ?? '', added, COMPLETION);
    assert.deepEqual(said(file, buffer), [`ai + at 2+3 ${digest(added)}`]);
    // A person puts lines above: the run moves along, and nothing else changes.
    insert(buffer, BEFORE[0] ?? '', '  // by hand, entirely\n  check(total);\n', PERSON);
    assert.deepEqual(said(file, buffer), [`ai + at 4+3 ${digest(added)}`]);
    const start = buffer.text().indexOf(added);
    assert.ok(buffer.change([{ offset: start, length: added.length, text: '' }], PERSON));
    assert.deepEqual(said(file, buffer), []);
  });

  it('names what an agent deleted at the line that follows', async () => {
    const agent = await installAgent(at.repo);
    await agent.edit(FILE, [BEFORE[0], BEFORE[3]].join(''));
    const file = await opened(at);
    const deleted = BEFORE.slice(1, 3).join('');
    assert.deepEqual(said(file, followBuffer(file)), [`ai - at 1+2 ${digest(deleted)}`]);
  });

  it('keeps what an agent deleted where the editor has written down first that the text is another one', async () => {
    const agent = await installAgent(at.repo);
    const before = await opened(at);
    const buffer = followBuffer(before);
    await agent.edit(FILE, [BEFORE[0], BEFORE[3], 'export { charge };\n'].join(''));
    buffer.observe(at.repo.read(FILE));
    assert.ok(recordFile(before, { known: buffer.known(), writer: 'editor-one', now: Date.now() }));
    const file = await opened(at);
    buffer.rebase(file);
    assert.deepEqual(said(file, buffer), [
      `ai + at 2+1 ${digest('export { charge };\n')}`,
      `ai - at 1+2 ${digest(BEFORE.slice(1, 3).join(''))}`,
    ]);
    assert.ok(recordFile(file, { known: buffer.known(), writer: 'editor-one', now: Date.now() }));
    assert.match(at.ok('status'), /unstaged {2}-2-3 {2}ai/);
  });

  it('names what an agent put something else in place of above that', async () => {
    const agent = await installAgent(at.repo);
    const other = 'audit.record("charged", new Date());\n';
    await agent.edit(FILE, [BEFORE[0], other, BEFORE[2], BEFORE[3]].join(''));
    const file = await opened(at);
    assert.deepEqual(said(file, followBuffer(file)), [
      `ai + at 1+1 ${digest(other)}`,
      `ai - at 1+1 ${digest(BEFORE[1] ?? '')}`,
    ]);
  });

  it('is one run where a person puts a blank line in, as it is at the commit', async () => {
    const file = await opened(at);
    const buffer = followBuffer(file);
    insert(buffer, BEFORE[1] ?? '', '  const vat = total * 0.2;\n  log(vat);\n', COMPLETION);
    insert(buffer, '* 0.2;\n', '\n', PERSON);
    assert.deepEqual(said(file, buffer), [
      `ai + at 2+3 ${digest('  const vat = total * 0.2;\n\n  log(vat);\n')}`,
    ]);
  });

  it('says of lines that nobody saw that they are unknown', async () => {
    at.repo.write(FILE, `${BEFORE.join('')}appended(elsewhere);\n`);
    const file = await opened(at);
    assert.deepEqual(said(file, followBuffer(file)), [
      `unknown + at 4+1 ${digest('appended(elsewhere);\n')}`,
    ]);
  });

  it('is what the commit asks an acknowledgement for: acknowledged here, it is acknowledged there', async () => {
    at.install();
    let file = await opened(at);
    const buffer = followBuffer(file);
    insert(buffer, BEFORE[1] ?? '', '  const vat = total * 0.2;\n  log(vat);\n', COMPLETION);
    const before = waitingAcks(at.repo.dir, null);
    const ranges = openRanges(file, buffer.known());
    await acknowledgeOpen(at.repo.dir, ranges, Date.now(), 'reviewed with Ana: 100 % fine');
    const after = waitingAcks(at.repo.dir, before);
    assert.notEqual(after.version, before.version);
    assert.equal(waitingAcks(at.repo.dir, after), after);
    assert.deepEqual(
      ranges.map((range) => after.of(range)?.reason),
      ['reviewed with Ana: 100 % fine'],
    );
    at.repo.write(FILE, buffer.text());
    file = recordFile(file, { known: buffer.known(), writer: 'editor-one', now: Date.now() }) ?? file;
    at.repo.git('add', '-A');
    at.commit('feat: vat');
    assert.match(at.repo.git('log', '-1', '--format=%B'), /^AI-Ack: 1\/1:/m);
    assert.doesNotMatch(at.repo.git('log', '-1', '--format=%B'), /reviewed/);
  });

  it('is acknowledged as git cuts it where lines repeat and the editor cuts otherwise, if all of it was seen', async () => {
    at.install();
    const guarded = (name: string): string =>
      `function ${name}(total) {\n  if (total > ${name}Limit) {\n    return null;\n  }\n  return total + ${name}Fee;\n}\n`;
    const base = ['alpha', 'beta', 'gamma', 'delta'].map((name) => `${guarded(name)}\n`).join('');
    at.repo.write(FILE, base);
    at.repo.git('commit', '--quiet', '-am', 'repeated');
    const file = await opened(at);
    const buffer = followBuffer(file);
    // After `    return null;` and before the bracket that follows: the text is that of a function put in somewhere else.
    for (const [after, name] of [
      ['betaLimit) {\n', 'omega'],
      ['alphaLimit) {\n', 'psi'],
    ] as const)
      insert(buffer, after, guarded(name), COMPLETION);
    at.repo.write(FILE, buffer.text());
    recordFile(file, { known: buffer.known(), writer: 'editor-one', now: Date.now() });
    const cut = openRanges(file, buffer.known()).filter((range) => range.class === 'ai');
    const named = (ranges: readonly { start: number; count: number }[]): string =>
      ranges.map(({ start, count }) => `+${start},${count}`).join(' ');
    assert.equal(named(cut), '+3,2 +7,4 +16,6');
    const { lines } = buffer.known();
    assert.equal(named(await rangesSeen(file, lines, cut)), '+3,6 +16,6');
    assert.equal(named(await rangesSeen(file, lines, cut.slice(2))), '+16,6');
    assert.equal(named(await rangesSeen(file, lines, cut.slice(0, 1))), '', 'half of it was seen');
    await acknowledgeOpen(at.repo.dir, await rangesSeen(file, lines, cut), Date.now(), null);
    at.repo.git('add', '-A');
    at.commit('feat: two more');
    assert.match(at.repo.git('log', '-1', '--format=%B'), /^AI-Ack: 2\/2:/m);
  });

  it('acknowledges nothing where Hunkmark is not installed', async () => {
    const file = await opened(at);
    const ranges = openRanges(file, followBuffer(file).known());
    await assert.rejects(acknowledgeOpen(at.repo.dir, ranges, 0, null), /not set up in this repository/);
  });

  it('has the lines that commits of the branch brought, until they go or the target has them', async () => {
    const agent = await installAgent(at.repo);
    at.repo.git('branch', 'target');
    at.repo.git('branch', '--set-upstream-to=target');
    const added = '  const vat = total * 0.2;\n';
    await agent.edit(FILE, [BEFORE[0], added, ...BEFORE.slice(1)].join(''));
    at.repo.git('add', '-A');
    at.commit('feat: vat');
    const oid = at.repo.git('rev-parse', 'HEAD').trim();
    const { matcher } = await readEditorPolicy(at.repo.dir, null);
    assert.ok(matcher);
    const branch = await readBranch(at.repo.dir, matcher, '2027-01-01');
    assert.deepEqual([[...branch.commits], [...branch.acknowledged]], [[oid], []]);
    const lines = await readBranchLines(at.repo.dir, FILE, branch);
    const file = await opened(at);
    const buffer = followBuffer(file);
    insert(buffer, '', '// by hand, on top\n', PERSON);
    const found = (): (readonly [number, number, string | null])[] =>
      openRanges(file, buffer.known(), lines).map(({ at: line, count, commit }) => [line, count, commit]);
    assert.deepEqual(found(), [[2, 1, oid]]);
    const start = buffer.text().indexOf(added);
    assert.ok(buffer.change([{ offset: start, length: added.length, text: '' }], PERSON));
    assert.deepEqual(found(), []);
    at.repo.git('branch', '-f', 'target', 'HEAD');
    assert.deepEqual([...(await readBranch(at.repo.dir, matcher, '2027-01-01')).commits], []);
  });

  it('has the lines that commits of the branch took out, at the place where they were, until they are back', async () => {
    const agent = await installAgent(at.repo);
    at.repo.git('branch', 'target');
    at.repo.git('branch', '--set-upstream-to=target');
    await agent.edit(FILE, [BEFORE[0], ...BEFORE.slice(2)].join(''));
    at.repo.git('add', '-A');
    at.commit('feat: no fee');
    const oid = at.repo.git('rev-parse', 'HEAD').trim();
    at.repo.git('mv', FILE, 'pay/charged.js');
    at.repo.write('pay/charged.js', `// a line of a person\n${at.repo.read('pay/charged.js')}`);
    at.repo.git('add', '-A');
    at.commit('refactor: a name');
    const { matcher } = await readEditorPolicy(at.repo.dir, null);
    assert.ok(matcher);
    const branch = await readBranch(at.repo.dir, matcher, '2027-01-01');
    const lines = await readBranchLines(at.repo.dir, 'pay/charged.js', branch);
    const found = await openFile(path.join(at.repo.dir, 'pay/charged.js'), at.repo.read('pay/charged.js'));
    if (found.kind !== 'tracked') throw new Error(found.why);
    const buffer = followBuffer(found.file);
    const said = (): string[] =>
      openRanges(found.file, buffer.known(), lines).map(
        (range) =>
          `${range.class} ${range.side}${range.start} at ${range.at}+${range.count} ${range.digest} ${range.commit}`,
      );
    const deleted = `ai -2 at 2+1 ${digest(BEFORE[1] ?? '')} ${oid}`;
    assert.deepEqual(said(), [deleted]);
    insert(buffer, '', '// one more\n', PERSON);
    assert.deepEqual(said(), [deleted.replace('at 2', 'at 3')]);
    insert(buffer, BEFORE[0] ?? '', BEFORE[1] ?? '', PERSON);
    assert.deepEqual(said(), []);
  });

  it('knows a branch commit whose committer has acknowledged it', async () => {
    const agent = await installAgent(at.repo);
    at.repo.git('branch', 'target');
    at.repo.git('branch', '--set-upstream-to=target');
    await agent.edit(FILE, `${BEFORE.join('')}const vat = total * 0.2;\n`);
    at.repo.git('add', '-A');
    at.ok('ack');
    at.commit('feat: vat');
    const { matcher } = await readEditorPolicy(at.repo.dir, null);
    assert.ok(matcher);
    const { commits, acknowledged } = await readBranch(at.repo.dir, matcher, '2027-01-01');
    assert.deepEqual(acknowledged, commits);
  });
});

describe('app/editor-policy: which policy warns in the editor', () => {
  let at: Bench;

  beforeEach(() => {
    at = bench();
    at.repo.write('a.js', 'a();\n');
    at.repo.git('add', '-A');
    at.commit('first');
  });
  afterEach(() => at.repo.dispose());

  const commitPolicy = (text: string): void => {
    at.repo.write('.hunkmark.yml', text);
    at.repo.git('add', '-A');
    at.commit('policy');
  };
  const names = (read: Awaited<ReturnType<typeof readEditorPolicy>>): (string | null)[] => [
    read.matcher?.policy.systems.map(({ name }) => name).join(' ') ?? null,
    read.problem === null ? null : problemText(read.problem),
  ];

  it('is none where there is none, and that of the last commit, not of the file as it stands', async () => {
    assert.deepEqual(names(await readEditorPolicy(at.repo.dir, null)), [null, null]);
    at.repo.write('.hunkmark.yml', POLICY);
    assert.deepEqual(names(await readEditorPolicy(at.repo.dir, null)), [null, null]);
    commitPolicy(POLICY);
    assert.deepEqual(names(await readEditorPolicy(at.repo.dir, null)), ['checkout', null]);
  });

  it('is not read again while HEAD stays', async () => {
    commitPolicy(POLICY);
    const first = await readEditorPolicy(at.repo.dir, null);
    assert.equal(await readEditorPolicy(at.repo.dir, first), first);
    at.repo.write('a.js', 'b();\n');
    at.repo.git('add', '-A');
    at.commit('second');
    assert.notEqual(await readEditorPolicy(at.repo.dir, first), first);
  });

  it('is the last good one where that of HEAD does not parse, and says why', async () => {
    commitPolicy(POLICY);
    commitPolicy('version: 1\nsytems: {}\n');
    const problem = '.hunkmark.yml:2:1: the key "sytems" is not known here';
    assert.deepEqual(names(await readEditorPolicy(at.repo.dir, null)), ['checkout', problem]);
  });

  it('is none where no version of it ever parsed', async () => {
    commitPolicy('version: 3\n');
    const [system, problem] = names(await readEditorPolicy(at.repo.dir, null));
    assert.equal(system, null);
    assert.match(problem ?? '', /^\.hunkmark\.yml:1:10: version must be 1/);
  });

  it('says which files programs make, by the attributes of that commit', async () => {
    at.repo.write('.gitattributes', 'made/** linguist-generated\n');
    at.repo.git('add', '-A');
    const head = at.commit('attributes');
    const asked = ['made/a.js', 'a.js', 'sub/package-lock.json'];
    const found = await Promise.all(asked.map((name) => isGeneratedFile(at.repo.dir, head, name)));
    assert.deepEqual(found, [true, false, true]);
  });
});
