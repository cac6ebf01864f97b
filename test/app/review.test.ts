import assert from 'node:assert/strict';
import { join } from 'node:path';
import { review, type Review, type ReviewRequest } from '../../src/app/review';
import { installAgent, type AgentHooks } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const PATH = 'pay/charge.ts';
const line = (name: string): string => `export const ${name} = compute(${name}Input);\n`;
const lines = (...names: string[]): string => names.map(line).join('');
const BRANCH: ReviewRequest = { kind: 'branch', base: null, head: 'HEAD' };
const POLICY = `version: 1
systems:
  checkout: { tier: 1, owners: ["@pay"], paths: [pay/] }
tiers:
  1: { commit: acknowledge }
`;

describe('what there is to review', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  let agent: AgentHooks;
  beforeEach(async () => {
    repo = scratchRepo();
    repo.write('.hunkmark.yml', POLICY);
    repo.commitFile(PATH, lines('one', 'two', 'three'), 'start');
    repo.git('switch', '--quiet', '-c', 'topic');
    agent = await installAgent(repo);
  });
  afterEach(() => repo.dispose());

  const commit = (message: string, ...args: string[]): void => {
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', message, ...args);
  };
  const ask = (request: ReviewRequest = BRANCH, cwd = repo.dir): Promise<Review> =>
    review({ cwd, env: {} }, request, Date.UTC(2026, 10, 26));
  /** `PATH TIER: SIDE START,COUNT>NOW CLASS VERDICT SUBJECT` */
  const said = ({ files }: Review): string[] =>
    files.flatMap(({ path, systems, hunks }) =>
      hunks.map(
        ({ side, start, count, now, class: name, verdict, subject }) =>
          `${path} ${systems[0]?.tier ?? '-'}: ${side}${start},${count}>${now ?? '-'} ${name} ${verdict} ${subject}`,
      ),
    );

  it('is the ranges of a branch, with their systems and where they stand at its head', async () => {
    await agent.edit(PATH, lines('one', 'three', 'four'));
    await agent.edit('web/a.ts', lines('page'));
    commit('first');
    repo.write(PATH, `${line('typed')}${repo.read(PATH)}`);
    commit('by hand');
    const found = await ask();
    assert.deepEqual(said(found), [
      `${PATH} 1: -2,1>- ai exact first`,
      `${PATH} 1: +3,1>4 ai exact first`,
      'web/a.ts -: +1,1>1 ai exact first',
    ]);
    assert.deepEqual(
      [found.base?.name, found.commits, found.tracked, found.ends, found.unlisted],
      ['main', 2, 1, [], 0],
    );
    assert.deepEqual(found.files[0]?.systems, [{ name: 'checkout', tier: 1, owners: ['@pay'] }]);
    assert.deepEqual(
      found.files.flatMap(({ hunks }) => hunks.map(({ acknowledged }) => acknowledged)),
      [false, false, null],
    );
  });

  it('says of lines that were changed later that they do not stand anywhere now', async () => {
    await agent.edit(PATH, lines('one', 'two', 'three', 'four', 'five'));
    commit('first');
    repo.write(PATH, lines('one', 'two', 'three', 'four', 'other'));
    commit('second');
    assert.deepEqual(said(await ask()), [`${PATH} 1: +4,2>- ai exact first`]);
  });

  it('is the same lines, by their digests, after the branch was amended', async () => {
    await agent.edit(PATH, lines('one', 'two', 'three', 'four'));
    await agent.edit('web/a.ts', lines('page'));
    commit('first');
    const digests = async (): Promise<Map<string, string>> =>
      new Map((await ask()).files.flatMap(({ path, hunks }) => hunks.map(({ digest }) => [path, digest])));
    const before = await digests();
    repo.write(PATH, `// above\n${repo.read(PATH)}`);
    await agent.edit('web/a.ts', lines('headline'));
    commit('amended', '--amend');
    const after = await digests();
    assert.equal(after.get(PATH), before.get(PATH));
    assert.notEqual(after.get('web/a.ts'), before.get('web/a.ts'));
  });

  it('is one commit, a squash by its parts, and what is stale as it is', async () => {
    await agent.edit(PATH, lines('one', 'two', 'three', 'four'));
    commit('first');
    const message = repo.git('log', '-1', '--format=%B');
    const of = async (): Promise<string[]> => said(await ask({ kind: 'commit', revision: 'HEAD' }));
    assert.deepEqual(await of(), [`${PATH} 1: +4,1>4 ai exact first`]);
    const plumbing = (text: string): void => {
      const made = repo.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD^', { stdin: text }).trim();
      repo.git('update-ref', 'HEAD', made);
    };
    plumbing(`squashed (#1)\n\n* ${message.replaceAll('\n', '\n  ')}\n\nCo-authored-by: A <a@example.com>\n`);
    assert.deepEqual(await of(), [`${PATH} 1: +4,1>4 ai exact squashed (#1)`]);
    plumbing(message.replace(/:[0-9a-f]{8}/, ':00000000'));
    assert.deepEqual(await of(), [`${PATH} 1: +4,1>- ai stale first`]);
  });

  it('says what is counted and not listed', async () => {
    repo.git('config', 'hunkmark.detail', 'summary');
    await agent.edit('web/a.ts', lines('page', 'title'));
    commit('first');
    const { unlisted, files, tracked } = await ask();
    assert.deepEqual([unlisted, files, tracked], [2, [], 1]);
  });

  it('says where a shallow history ends, and what is not known of an untracked one', async () => {
    const untracked = await ask({ kind: 'commit', revision: 'main' });
    assert.deepEqual([untracked.commits, untracked.tracked, untracked.files], [1, 0, []]);
    await agent.edit(PATH, lines('one', 'two', 'three', 'four'));
    commit('first');
    await agent.edit(PATH, lines('one', 'two', 'three', 'four', 'five'));
    commit('second');
    const shallow = join(repo.root, 'shallow');
    repo.git('clone', '--quiet', '--depth=2', `file://${repo.dir}`, shallow);
    const first = repo.git('rev-parse', 'HEAD^').trim();
    const at = async (revision: string): Promise<Review> => await ask({ kind: 'commit', revision }, shallow);
    assert.deepEqual(said(await at('HEAD')), [`${PATH} 1: +5,1>5 ai exact second`]);
    const ended = await at('HEAD^');
    assert.deepEqual([ended.ends, ended.files, ended.commits], [[first], [], 1]);
  });

  it('refuses a partial clone, an option and a base that is not there, and fetches nothing', async () => {
    const partial = join(repo.root, 'partial');
    repo.git('config', 'uploadpack.allowFilter', 'true');
    repo.git('clone', '--quiet', '--filter=blob:none', '--no-checkout', `file://${repo.dir}`, partial);
    await assert.rejects(ask(BRANCH, partial), /partial/);
    await assert.rejects(ask({ ...BRANCH, base: '--all' }), /there is no commit --all/);
    await assert.rejects(ask({ kind: 'commit', revision: 'none' }), /there is no commit none/);
    repo.git('branch', '-m', 'main', 'trunk');
    await assert.rejects(ask(), /what the base of this branch is/);
    assert.deepEqual((await ask({ ...BRANCH, base: 'trunk' })).commits, 0);
  });
});
