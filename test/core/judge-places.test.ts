import assert from 'node:assert/strict';
import type { Finding } from '../../src/core/finding';
import { judgeCommit } from '../../src/core/judge';
import { type CommitFacts, type Restored } from '../../src/core/judge-facts';
import { openMatcher } from '../../src/core/placing';
import { NO_RULES, type Rules } from '../../src/core/policy';
import { ADDRESS, factsOf, fileOf, rangeOf, readingOf, runOf } from '../support/commit-facts';

/** Systems `one`, `two` and `three` of these tiers, each with a folder of its name; `both/` is in the first two. */
const from = { file: '.hunkmark.yml', line: 5 };
const SYSTEMS = (['one', 'two', 'three'] as const).map((name, at) => ({
  name,
  tier: at + 1,
  description: null,
  owners: [`@${name}`],
  patterns: [`${name}/`, ...(name === 'three' ? [] : ['both/'])].map((pattern) => ({ pattern, from })),
}));

type Tiers = Readonly<Record<number, Partial<Rules>>>;

/** `RULE SEVERITY SYSTEM PATH PLACE` of what is said of a commit where the tiers ask for this. */
function said(tiers: Tiers, commit: Partial<CommitFacts>): string[] {
  return findings(tiers, commit).map(({ ruleId, severity, system, path, start, end, side }) =>
    [ruleId, severity, system, path, start === null ? null : `${side}${start}-${end}`]
      .filter((word) => word !== null)
      .join(' '),
  );
}

function findings(tiers: Tiers, commit: Partial<CommitFacts>): Finding[] {
  const rules = Object.entries(tiers).map(
    ([tier, given]) => [Number(tier), { ...NO_RULES, ...given }] as const,
  );
  const policy = { systems: SYSTEMS, tiers: new Map(rules), exempt: [], unsupported: [] };
  const court = {
    matcher: openMatcher(policy),
    day: '2027-02-01',
    policyFiles: new Set(['.hunkmark.yml', '.hunkmark/more.yml']),
    digest: (text: string) => `of ${text}`,
  };
  return judgeCommit(factsOf(commit), court);
}

const OFF = { 1: {}, 2: {}, 3: {} };
const tracked = (...ranges: Parameters<typeof rangeOf>[]): Pick<CommitFacts, 'resolved' | 'reading'> => {
  const resolved = ranges.map((words) => rangeOf(...words));
  return { resolved, reading: readingOf(resolved) };
};
const moved = (path: string, oldPath: string): CommitFacts['files'][number] => ({ ...fileOf(path), oldPath });

describe('judgeCommit, of places', () => {
  it('takes the stricter rule of two systems, rule by rule, and names the system whose it is', () => {
    const files = [fileOf('both/a.ts', [runOf('+', 'ai')])];
    const commit = { files, ...tracked(['exact', { path: 'both/a.ts' }]) };
    const place = 'both/a.ts +3-4';
    for (const [tiers, wanted] of [
      [{ ...OFF, 1: { warn: 'warning' } }, [`tier/ai-code warning one ${place}`]],
      [{ ...OFF, 1: { warn: 'information' }, 2: { warn: 'error' } }, [`tier/ai-code error two ${place}`]],
      [{ ...OFF, 1: { warn: 'error' }, 2: { warn: 'error' } }, [`tier/ai-code error one ${place}`]],
      [{ ...OFF, 1: { warn: 'warning' }, 2: { commit: 'block' } }, [`tier/ai-code error two ${place}`]],
      [{ ...OFF, 2: { commit: 'acknowledge' } }, ['tier/not-acknowledged error two both/a.ts']],
      [{ ...OFF, 3: { warn: 'error', commit: 'block' } }, []],
    ] as const)
      assert.deepEqual(said(tiers, commit), wanted, JSON.stringify(tiers));
  });

  it('has a renamed file in the systems of both its names, a deleted one in those of its old', () => {
    const tiers = { ...OFF, 1: { provenance: 'required' } } as const;
    for (const [file, isAsked] of [
      [moved('three/a.ts', 'one/a.ts'), true],
      [moved('one/a.ts', 'three/a.ts'), true],
      [{ ...fileOf('one/a.ts'), path: null }, true],
      [{ ...fileOf('one/a.ts'), oldPath: null }, true],
      [moved('three/a.ts', 'three/b.ts'), false],
    ] as const) {
      const wanted = isAsked ? [`provenance/missing error one ${file.path ?? file.oldPath}`] : [];
      assert.deepEqual(said(tiers, { files: [file] }), wanted, JSON.stringify(file));
    }
  });

  it('asks each system once for provenance and a change reference, the most critical first', () => {
    const files = ['three/a', 'one/a', 'three/b', 'one/b', 'else'].map((path) => fileOf(path));
    const tiers = { 1: { provenance: 'expected' }, 2: {}, 3: { provenance: 'required' } } as const;
    assert.deepEqual(said(tiers, { files }), [
      'provenance/missing warning one one/a',
      'provenance/missing error three three/a',
    ]);
    const refs = { 1: { changeRef: 'CHG-*' }, 2: {}, 3: { changeRef: 'CHG-*' } } as const;
    assert.deepEqual(said(refs, { files }), [
      'tier/change-ref error one one/a',
      'tier/change-ref error three three/a',
    ]);
  });

  it('wants a change reference of every system that asks for one', () => {
    const files = [fileOf('both/a.ts')];
    const tiers = { 1: { changeRef: 'CHG-*' }, 2: { changeRef: 'REQ-?' }, 3: {} } as const;
    const merge: Restored = { kind: 'merge' };
    const pick: Restored = { kind: 'cherry-pick', of: 'd'.repeat(40) };
    for (const [changeRefs, restored, system] of [
      [[], null, 'one'],
      [['CHG-1'], null, 'two'],
      [['REQ-1'], null, 'one'],
      [['CHG-1', 'REQ-12'], null, 'two'],
      [['xCHG-1', 'REQ-1'], null, 'one'],
      [['chg-1', 'REQ-1'], null, 'one'],
      [['CHG-1', 'REQ-1'], null, null],
      [['REQ-1', 'other', 'CHG-'], null, null],
      [[], pick, 'one'],
      [[], merge, null],
    ] as const) {
      const wanted = system === null ? [] : [`tier/change-ref error ${system} both/a.ts`];
      const found = said(tiers, { files, changeRefs, restored });
      assert.deepEqual(
        found.filter((each) => !each.startsWith('provenance/')),
        wanted,
        JSON.stringify(changeRefs),
      );
    }
  });

  it('lets no policy end the quotation of what a person pastes', () => {
    const [found] = findings(
      { 1: { changeRef: "C'; rm -rf ~ #" }, 2: {}, 3: {} },
      { files: [fileOf('one/a')] },
    );
    assert.equal(found?.help, `git commit --amend --trailer 'Change-Ref: C'\\''; rm -rf ~ #'`);
  });

  it('says where a model deleted lines by the name they had', () => {
    const file = { ...moved('three/new.ts', 'one/old.ts'), runs: [runOf('-', 'ai'), runOf('+', 'mixed')] };
    assert.deepEqual(said({ ...OFF, 1: { warn: 'error' } }, { files: [file], ...tracked() }), [
      'tier/ai-deletion error one one/old.ts -3-4',
      'tier/ai-code error one three/new.ts +3-4',
    ]);
  });

  it('warns of nothing in lock files, and counts them all the same', () => {
    const files = [{ ...fileOf('one/lock', [runOf('+', 'ai'), runOf('+', 'unknown')]), isGenerated: true }];
    const commit = { files, ...tracked() };
    assert.deepEqual(said({ ...OFF, 1: { warn: 'error', unknown: 'warn', commit: 'block' } }, commit), []);
    const inFile = (path: string): Parameters<typeof rangeOf> => ['exact', { path }];
    const asks = { ...OFF, 1: { commit: 'acknowledge' } } as const;
    assert.deepEqual(said(asks, { files, ...tracked(inFile('one/lock')) }), []);
    const [found, ...more] = findings(asks, {
      files: [...files, fileOf('one/open')],
      ...tracked(inFile('one/lock'), inFile('one/open')),
    });
    assert.deepEqual([found?.ruleId, found?.path, more], ['tier/not-acknowledged', 'one/open', []]);
    assert.match(
      found?.message ?? '',
      /^2 AI ranges /,
      'the number of AI-Ack has those of the lock file too',
    );
  });

  it('speaks of lines of unknown origin once a file', () => {
    const files = [fileOf('one/a', [runOf('+', 'unknown'), runOf('-', 'unknown'), runOf('+', 'unknown')])];
    const commit = { files, ...tracked() };
    assert.deepEqual(said({ ...OFF, 1: { unknown: 'warn' } }, commit), [
      'tier/unknown-origin warning one one/a +3-4',
    ]);
    assert.deepEqual(said({ ...OFF, 1: { unknown: 'treat-as-ai', warn: 'off' } }, commit), []);
  });

  it('finds AI lines that stand at one of several places, and those that no range lists', () => {
    const path = 'one/a';
    const unplaced = { ...rangeOf('moved', { path }), at: null, candidates: [{ path, start: 3 }] };
    const files = [fileOf('three/a', [runOf('+', 'unknown')]), fileOf(path, [runOf('+', 'unknown')])];
    const asked = { ...OFF, 1: { warn: 'warning', commit: 'acknowledge' } } as const;
    assert.deepEqual(said(asked, { files, resolved: [unplaced], reading: readingOf([unplaced]) }), [
      'tier/ai-code warning one one/a',
      'tier/not-acknowledged error one one/a',
    ]);
    for (const [hunks, listed, ai, aiDeleted, wanted] of [
      [3, 1, 4, 0, ['tier/ai-code warning one one/a', 'tier/not-acknowledged error one one/a']],
      [3, 1, 2, 0, ['tier/not-acknowledged error one one/a']],
      [1, 1, 4, 0, ['tier/not-acknowledged error one one/a']],
    ] as const) {
      const exact = rangeOf('exact', { path });
      const reading = readingOf([exact]);
      const provenance = {
        version: 1,
        ai,
        mixed: 0,
        human: 0,
        unknown: 0,
        aiDeleted,
        hunks,
        listed,
      } as const;
      const block = reading.block && { ...reading.block, provenance: { ...provenance, redeclared: null } };
      const commit = { files, resolved: [exact], reading: { ...reading, block } };
      assert.deepEqual(said(asked, commit), wanted, JSON.stringify([hunks, listed, ai]));
    }
  });

  it('lets nobody acknowledge what no range lists', () => {
    const path = 'one/a';
    const exact = rangeOf('exact', { path, digest: '0123abcd' });
    const ack = { acknowledged: 1, required: 1, digest: 'of 0123abcd\n', by: `Ana <${ADDRESS}>` };
    const asked = { ...OFF, 1: { commit: 'acknowledge' } } as const;
    for (const [hunks, ai, name, isError] of [
      [1, 2, 'unknown', false],
      [2, 3, 'unknown', true],
      [2, 3, 'human', false],
    ] as const) {
      const numbers = {
        version: 1,
        ai,
        mixed: 0,
        human: 0,
        unknown: 0,
        aiDeleted: 0,
        hunks,
        listed: 1,
      } as const;
      const reading = readingOf([exact], {}, { ack, provenance: { ...numbers, redeclared: null } });
      const files = [fileOf(path, [runOf('+', 'ai'), runOf('+', name)])];
      const wanted = isError ? ['tier/not-acknowledged error one one/a'] : [];
      assert.deepEqual(said(asked, { files, resolved: [exact], reading }), wanted, `${hunks} ${name}`);
    }
  });

  it('says which files of the policy a change touches, each once', () => {
    const files = [
      moved('.hunkmark/more.yml', '.hunkmark/old.yml'),
      fileOf('.hunkmark.yml'),
      moved('else.yml', '.hunkmark/more.yml'),
    ];
    assert.deepEqual(said(OFF, { files }), [
      'policy/changed warning .hunkmark/more.yml',
      'policy/changed warning .hunkmark.yml',
    ]);
  });

  it('counts as to be acknowledged what a model wrote, is found and stands in a file that asks', () => {
    const path = 'one/a';
    const digest = '0123abcd';
    const counted = rangeOf('exact', { path, digest });
    const renamed = moved('three/new', 'one/old');
    const files = [fileOf(path), fileOf('three/a'), renamed];
    const asked = { ...OFF, 1: { commit: 'acknowledge' } } as const;
    const ack = { acknowledged: 1, required: 1, digest: `of ${digest}\n`, by: `Ana <${ADDRESS}>` };
    const elsewhere = rangeOf('moved', { path: 'three/a', digest: 'ffff0000' });
    for (const [other, isCounted] of [
      [rangeOf('exact', { path: 'three/a', digest: 'ffff0000' }), false],
      [rangeOf('stale', { path, digest: 'ffff0000' }), false],
      [rangeOf('invalid', { path, digest: 'ffff0000' }), false],
      [rangeOf('exact', { path, name: 'human', digest: 'ffff0000' }), false],
      [rangeOf('exact', { path, name: 'unknown', digest: 'ffff0000' }), false],
      [rangeOf('exact', { path, name: 'mixed', digest: 'ffff0000' }), true],
      [rangeOf('moved', { path, side: '-', digest: 'ffff0000' }), true],
      [rangeOf('exact', { path: 'three/new', digest: 'ffff0000' }), true],
      [rangeOf('exact', { path: 'one/old', side: '-', digest: 'ffff0000' }), true],
      [{ ...elsewhere, at: { path, start: 3 } }, true],
      [{ ...elsewhere, at: null }, false],
    ] as const) {
      const resolved = [counted, other];
      const found = said(asked, { files, resolved, reading: readingOf(resolved, {}, { ack }) });
      const wanted = isCounted ? ['tier/not-acknowledged error one one/a'] : [];
      assert.deepEqual(
        found.filter((each) => !each.startsWith('provenance/')),
        wanted,
        JSON.stringify(other),
      );
    }
  });

  it('says where a broken range stands, by either name of its file, and how grave that is there', () => {
    const file = moved('three/new', 'one/old');
    const tiers = { ...OFF, 1: { provenance: 'required' } } as const;
    for (const [path, side, verdict, wanted] of [
      ['three/new', '+', 'stale', 'provenance/stale error one three/new +3-4'],
      ['one/old', '-', 'stale', 'provenance/stale error one one/old -3-4'],
      ['three/new', '+', 'invalid', 'provenance/invalid error one three/new +3-4'],
      ['other', '+', 'stale', 'provenance/stale warning other +3-4'],
      ['other', '+', 'invalid', 'provenance/invalid warning other +3-4'],
    ] as const)
      assert.deepEqual(said(tiers, { files: [file], ...tracked([verdict, { path, side }]) }), [wanted]);
  });

  it('looks for lines that no range lists only where they may be, on their side', () => {
    const numbers = {
      version: 1,
      mixed: 1,
      human: 0,
      unknown: 0,
      hunks: 5,
      listed: 1,
      redeclared: null,
    } as const;
    const exact = rangeOf('exact', { path: 'else', side: '+' });
    const reading = (ai: number, aiDeleted: number): CommitFacts['reading'] =>
      readingOf([exact], {}, { provenance: { ...numbers, ai, aiDeleted } });
    const tiers = { ...OFF, 1: { warn: 'warning' } } as const;
    const renamed = { ...moved('three/new', 'one/old'), runs: [runOf('-', 'unknown')] };
    const lock = { ...fileOf('one/lock', [runOf('+', 'unknown')]), isGenerated: true };
    const open = fileOf('one/a', [runOf('+', 'human'), runOf('+', 'unknown')]);
    for (const [files, ai, aiDeleted, wanted] of [
      [[open], 2, 0, ['tier/ai-code warning one one/a']],
      [[open], 1, 0, []],
      [[open], 2, 3, ['tier/ai-code warning one one/a']],
      [[renamed], 2, 3, ['tier/ai-deletion warning one one/old']],
      [[renamed], 2, 0, []],
      [[lock], 2, 0, []],
      [[fileOf('one/a', [runOf('+', 'human')])], 2, 0, []],
      [[fileOf('else', [runOf('+', 'unknown')])], 2, 0, []],
      [[fileOf('else', [runOf('+', 'unknown')]), open], 2, 0, ['tier/ai-code warning one one/a']],
    ] as const)
      assert.deepEqual(said(tiers, { files, resolved: [exact], reading: reading(ai, aiDeleted) }), wanted);
  });

  it('takes an override as the strictest system takes it, of two the most critical', () => {
    const files = [fileOf('three/a'), fileOf('two/a'), fileOf('one/a')];
    const reading = readingOf([], { override: 'INC-1' });
    for (const [one, two, three, wanted] of [
      ['allow', 'allow', 'allow', 'warning one one/a'],
      ['allow', 'deny', 'approve', 'error two two/a'],
      ['allow', 'allow', 'approve', 'error three three/a'],
      ['approve', 'deny', 'deny', 'error two two/a'],
    ] as const) {
      const tiers = { 1: { override: one }, 2: { override: two }, 3: { override: three } };
      assert.deepEqual(said(tiers, { files, reading }), [`tier/override ${wanted}`]);
    }
    assert.deepEqual(said(OFF, { files: [fileOf('else')], reading }), ['tier/override warning']);
  });

  it('says in words what was done, by whom, where and what to do', () => {
    const model = { agent: 'claude-code', model: 'opus' };
    const rows = [
      [{ ...runOf('+', 'ai'), ...model }, '2 lines written by claude-code:opus in tier 1 system one.'],
      [{ ...runOf('+', 'mixed'), count: 1 }, '1 line changed by an AI in tier 1 system one.'],
      [{ ...runOf('-', 'mixed'), agent: 'codex' }, '2 lines deleted by codex in tier 1 system one.'],
    ] as const;
    for (const [run, message] of rows)
      for (const [commit, help] of [
        ['allow', /^Have a person look at the lines\.$/],
        ['acknowledge', /hunkmark ack HEAD/],
        ['block', /git commit --amend --trailer 'AI-Override: REASON'/],
      ] as const) {
        const files = [fileOf('one/a', [run])];
        const [found] = findings({ ...OFF, 1: { commit, warn: 'warning' } }, { files, ...tracked() });
        assert.equal(found?.message, message);
        assert.match(found?.help ?? '', help);
        assert.deepEqual([found?.tier, found?.owners], [1, ['@one']]);
      }
  });
});
