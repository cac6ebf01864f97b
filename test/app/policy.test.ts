import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { openCommits } from '../../src/app/committed';
import { installHooks } from '../../src/app/install';
import { openPolicies, type PolicyReader } from '../../src/app/policy';
import { policyStore } from '../../src/app/policy-store';
import type { PolicyRead } from '../../src/core/policy';
import { openObjects, type ObjectReader } from '../../src/git/objects';
import { stateFiles } from '../../src/git/state-files';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const POLICY = `version: 1
systems:
  a: { tier: 1, paths: [a/] }
tiers:
  1: { commit: block }
`;

/** Counts what is read, so that a policy that is known is seen not to be read again. */
interface Counting extends ObjectReader {
  reads: number;
}

describe('the policy of a commit', () => {
  let repo: ScratchRepo;
  const opened: ObjectReader[] = [];

  const reader = (stored = false): { policies: PolicyReader; objects: Counting } => {
    const real = openObjects(repo.dir);
    opened.push(real);
    const objects: Counting = {
      reads: 0,
      read: (name) => {
        objects.reads++;
        return real.read(name);
      },
      close: () => real.close(),
    };
    const host = { root: repo.dir, objects, commits: openCommits(repo.dir, objects) };
    const store = stored ? policyStore(`${repo.dir}/.git`) : undefined;
    return { policies: openPolicies(host, store), objects };
  };
  const names = (read: PolicyRead): string =>
    read.kind === 'policy'
      ? read.policy.systems.map(({ name, tier }) => `${name}${tier}`).join(' ')
      : read.kind;

  beforeEach(() => {
    repo = scratchRepo();
  });
  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
    repo.dispose();
  });

  it('is that of its tree: none, one, another', async () => {
    repo.commitFile('x', 'x\n');
    repo.commitFile('.hunkmark.yml', POLICY);
    repo.commitFile('.hunkmark.yml', POLICY.replace('tier: 1', 'tier: 2'));
    repo.commitFile('.hunkmark.yml', 'version: 3\n');
    const { policies } = reader();
    const found = await Promise.all(['HEAD~3', 'HEAD~2', 'HEAD~1', 'HEAD'].map((name) => policies.at(name)));
    assert.deepEqual(found.map(names), ['none', 'a1', 'a2', 'invalid']);
    const [, first] = found;
    assert.ok(first?.kind === 'policy');
    assert.equal(first.oid, repo.git('rev-parse', 'HEAD~2:.hunkmark.yml').trim());
    assert.deepEqual(first.files, ['.hunkmark.yml']);
    assert.deepEqual(await policies.ofTree(null), { kind: 'none' });
  });

  it('has what it includes and imports there, and notices a change, an addition and a loss of it', async () => {
    repo.write(
      '.hunkmark.yml',
      `${POLICY}include: ["more/*.yml"]\nimport: [{ kind: datadog, files: "**/entity.datadog.yaml" }]\n`,
    );
    repo.write('more/one.yml', 'systems:\n  b: { tier: 2, paths: [b/] }\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'policy');
    repo.commitFile('unrelated/deep/file', 'x\n');
    repo.commitFile('more/one.yml', 'systems:\n  b: { tier: 3, paths: [b/] }\n');
    repo.commitFile(
      'svc/x/entity.datadog.yaml',
      'apiVersion: v3\nkind: service\nmetadata: { name: dd }\nspec: { tier: "0" }\n',
    );
    repo.git('rm', '-q', 'more/one.yml');
    repo.git('commit', '-qm', 'less');
    const expected = ['a1 b2', 'a1 b2', 'a1 b3', 'a1 b3 dd0', 'a1 dd0'];
    for (const order of [
      [4, 3, 2, 1, 0],
      [0, 1, 2, 3, 4],
      [2, 0, 4, 1, 3],
    ]) {
      const { policies } = reader();
      for (const back of order)
        assert.equal(names(await policies.at(`HEAD~${back}`)), expected[4 - back], `HEAD~${back}`);
    }
    const last = await reader().policies.at('HEAD');
    assert.deepEqual(last.kind === 'policy' && last.files, ['.hunkmark.yml', 'svc/x/entity.datadog.yaml']);
  });

  it('is kept beside the journal, and read from there as long as it holds', async () => {
    const hook = {
      repositoryDir: repo.dir,
      hookProgram: `${process.cwd()}/dist/hook.js`,
      nodePath: process.execPath,
    };
    await installHooks(hook);
    repo.write('.hunkmark.yml', `${POLICY}include: ["more/*.yml"]\n`);
    repo.write('more/one.yml', 'systems:\n  b: { tier: 2, paths: [b/] }\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'policy');
    const first = await reader(true).policies.at('HEAD');
    const file = stateFiles(`${repo.dir}/.git`).policy;
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    // What is stored is what is given: it is believed, so nothing of the included file is read.
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"name":"b"', '"name":"kept"'));
    repo.commitFile('other/file', 'x\n');
    assert.equal(names(await reader(true).policies.at('HEAD')), 'a1 kept2');
    repo.commitFile('more/one.yml', 'systems:\n  c: { tier: 2, paths: [b/] }\n');
    assert.equal(names(await reader(true).policies.at('HEAD')), 'a1 c2');
    for (const damage of [
      '',
      '{}',
      '{"shape":1}',
      '\0'.repeat(100),
      '[1,2',
      '{"shape":1,"known":{"oid":5}}',
    ]) {
      fs.writeFileSync(file, damage);
      assert.equal(names(await reader(true).policies.at('HEAD')), 'a1 c2', damage);
    }
    fs.rmSync(file);
    fs.mkdirSync(file);
    assert.deepEqual(names(await reader(true).policies.at('HEAD~2')), names(first));
  });

  it('is read once for many commits that have it', async () => {
    repo.commitFile('.hunkmark.yml', POLICY);
    for (let n = 0; n < 20; n++) repo.commitFile('x', `${n}\n`);
    const { policies, objects } = reader();
    for (let n = 0; n < 20; n++) assert.equal(names(await policies.at(`HEAD~${n}`)), 'a1');
    // A commit and its tree each, and the policy itself once, with what leads to it.
    assert.ok(objects.reads <= 20 * 2 + 4, `${objects.reads} reads`);
  });
});
