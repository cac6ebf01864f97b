import assert from 'node:assert/strict';
import { blameFiles, rememberBlames } from '../../src/app/blame-store';
import { carried, shownLines, type ShownLines, type TextPlace } from '../../src/app/shown-lines';
import { installAgent, type AgentHooks } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';

const PATH = 'src/a.ts';
const line = (name: string): string => `export const ${name} = compute(${name}Input);\n`;
const lines = (...names: string[]): string => names.map(line).join('');
const BASE = lines('one', 'two', 'three', 'four', 'five');

describe('lines of a text that an editor shows', function () {
  this.timeout(60_000);
  let repo: ScratchRepo;
  let agent: AgentHooks;
  beforeEach(async () => {
    repo = scratchRepo();
    repo.commitFile(PATH, BASE, 'start');
    agent = await installAgent(repo);
  });
  afterEach(() => repo.dispose());

  const commit = (message: string): string => {
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '-m', message);
    return repo.git('rev-parse', 'HEAD').trim();
  };
  const at = (revision: string): TextPlace => ({ kind: 'commit', revision });
  const ask = async (text: string, place: TextPlace, right: TextPlace | null = null): Promise<ShownLines> =>
    await shownLines(
      { cwd: repo.dir, env: {} },
      { path: PATH, text, at: place, right },
      { store: rememberBlames(4, blameFiles(agent.commonDir)) },
    );
  /** `CLASS START,COUNT COMMIT`, the commit by its subject. */
  const said = (runs: ShownLines['runs']): string[] =>
    runs.map(
      ({ class: name, start, count, commit: of }) =>
        `${name} ${start},${count} ${of === null ? '-' : repo.git('log', '-1', '--format=%s', of).trim()}`,
    );

  it('marks committed lines where they stand in the text', async () => {
    await agent.edit(PATH, `${BASE}${lines('six', 'seven')}`);
    commit('written');
    const text = repo.read(PATH);
    assert.deepEqual(said((await ask(text, at('HEAD'))).runs), ['ai 6,2 written']);
    assert.deepEqual(said((await ask(text, { kind: 'working' })).runs), ['ai 6,2 written']);
    const typed = `// typed\n${text.replace('seven =', 'seven = 1 +')}`;
    assert.deepEqual(said((await ask(typed, { kind: 'working' })).runs), ['ai 7,1 written']);
    assert.deepEqual(said((await ask(typed.replaceAll('\n', '\r\n'), { kind: 'working' })).runs), [
      'ai 7,1 written',
    ]);
    assert.deepEqual(await ask(BASE, at('HEAD^')), { runs: [], gone: [] });
    assert.deepEqual(await ask('x\n', at('no-such')), { runs: [], gone: [] });
  });

  it('marks on the left what models have taken out until the text on the right', async () => {
    await agent.edit(PATH, lines('one', 'three', 'four', 'five'));
    commit('taken');
    repo.write(PATH, lines('one', 'four', 'five'));
    commit('by hand');
    await agent.edit(PATH, lines('one', 'four'));
    commit('taken again');
    const left = async (from: string, to: TextPlace): Promise<string[]> =>
      said((await ask(repo.git('show', `${from}:${PATH}`), at(from), to)).gone);
    assert.deepEqual(await left('HEAD~3', at('HEAD')), ['ai 2,1 taken', 'ai 5,1 taken again']);
    assert.deepEqual(await left('HEAD~3', { kind: 'working' }), ['ai 2,1 taken', 'ai 5,1 taken again']);
    assert.deepEqual(await left('HEAD~2', at('HEAD~1')), []);
    assert.deepEqual(await left('HEAD~1', at('HEAD')), ['ai 3,1 taken again']);
    assert.deepEqual(await left('HEAD', at('HEAD~1')), [], 'the other way round nothing was taken out');
  });

  it('says why it cannot tell what was taken out, and keeps what it knows', async () => {
    await agent.edit(PATH, `${BASE}${line('six')}`);
    commit('written');
    await agent.edit(PATH, `${lines('two', 'three', 'four', 'five')}${line('six')}`);
    commit('taken');
    const store = rememberBlames(4, blameFiles(agent.commonDir));
    const text = repo.git('show', `HEAD~1:${PATH}`);
    const heard: ShownLines[] = [];
    const asked = async (from: string): Promise<ShownLines> =>
      await shownLines(
        { cwd: repo.dir, env: {} },
        { path: PATH, text, at: at(from), right: at('HEAD') },
        { store },
        (known) => heard.push(known),
      );
    assert.deepEqual(said((await asked('HEAD~1')).gone), ['ai 1,1 taken']);
    repo.git('config', 'blame.ignoreRevsFile', 'no-such-file');
    heard.length = 0;
    await assert.rejects(asked('HEAD~1'), /look at blame.ignoreRevsFile/);
    assert.deepEqual(said(heard.at(-1)?.runs ?? []), ['ai 6,1 written']);
    repo.git('config', '--unset', 'blame.ignoreRevsFile');
    repo.git('rm', '--quiet', PATH);
    commit('gone');
    repo.commitFile(PATH, BASE, 'back');
    assert.deepEqual((await asked('HEAD~1')).gone, [], 'there was no such file');
  });

  it('knows the index and what is taken out of it and of the last commit', async () => {
    await agent.edit(PATH, `${lines('one', 'three', 'four', 'five')}${line('staged')}`);
    repo.git('add', PATH);
    const index = repo.read(PATH);
    await agent.edit(PATH, index.replace(line('four'), ''));
    const working: TextPlace = { kind: 'working' };
    const ofIndex = await ask(index, { kind: 'index' }, working);
    assert.deepEqual([said(ofIndex.runs), said(ofIndex.gone)], [['ai 5,1 -'], ['ai 3,1 -']]);
    const old = await ask(BASE, { kind: 'index' }, working);
    assert.deepEqual(
      [said(old.runs), said(old.gone)],
      [[], ['ai 4,1 -']],
      'the editor shows the last commit still',
    );
    const ofHead = async (right: TextPlace): Promise<string[]> =>
      said((await ask(BASE, at('HEAD'), right)).gone);
    assert.deepEqual(await ofHead({ kind: 'index' }), ['ai 2,1 -']);
    assert.deepEqual(await ofHead(working), ['ai 2,1 -', 'ai 4,1 -']);
  });

  it('stops when nobody wants to know any more', async () => {
    const gone = new AbortController();
    gone.abort();
    const asking = shownLines(
      { cwd: repo.dir, env: {} },
      { path: PATH, text: BASE, at: at('HEAD'), right: null },
      { signal: gone.signal },
    );
    await assert.rejects(asking, /abort/i);
  });

  const CARRIED: readonly [string, string, string, string][] = [
    ['the same text', 'a b c', 'a b c', '1,3'],
    ['lines above', 'a b c', 'x y a b c', '3,3'],
    ['lines below', 'a b c', 'a b c x', '1,3'],
    ['a line inside', 'a b c', 'a x b c', '1,1 3,2'],
    ['a line gone', 'a b c', 'a c', '1,2'],
    ['a line replaced', 'a b c', 'a x c', '1,1 3,1'],
    ['all gone', 'a b c', '', ''],
    ['first and last gone', 'a b c', 'x b', '2,1'],
  ];
  for (const [name, from, to, expected] of CARRIED)
    it(`carries lines: ${name}`, () => {
      const split = (words: string): string[] => words.split(' ').filter((word) => word !== '');
      const runs = carried([{ start: 1, count: 3 }], split(from), split(to));
      assert.equal(runs.map(({ start, count }) => `${start},${count}`).join(' '), expected);
    });
});
