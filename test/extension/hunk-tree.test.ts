import assert from 'node:assert/strict';
import { summarize, type Finding, type Severity } from '../../src/core/finding';
import type { StatusRange } from '../../src/app/status';
import type { RepositoryState } from '../../src/extension/tracking';
import {
  childrenOf,
  hunkTree,
  idOf,
  isReadable,
  lookOf,
  type Content,
  type Node,
  type RepositoryContent,
} from '../../src/extension/views/text/hunk-tree';
import { english as t } from '../support/translate';

const range = (side: '+' | '-', start: number, count: number, of: 'ai' | 'mixed' = 'ai'): StatusRange => ({
  side,
  start,
  count,
  class: of,
  via: 'agent',
  agent: 'codex',
  model: null,
  evidence: 'reported',
});

const file = (path: string, staged: readonly StatusRange[], unstaged: readonly StatusRange[]) => ({
  path,
  tier: null,
  systems: [],
  staged,
  unstaged,
});

const STATUS: Content & { readonly kind: 'status' } = {
  kind: 'status',
  status: {
    installed: true,
    policyProblem: null,
    files: [
      file('src/pay/charge.ts', [range('+', 10, 3), range('-', 2, 1)], [range('+', 40, 1, 'mixed')]),
      file('top.ts', [], [range('-', 1, 2)]),
    ],
  },
};

const repository = (
  name: string,
  kind: 'installed' | 'not-asked' | 'untrusted',
  content: Content | null,
): RepositoryContent => ({ folder: { root: `/w/${name}`, name, state: { kind } }, content });

/** The tree as a person reads it, an entry a line. */
function drawn(nodes: readonly Node[], depth = 0): string[] {
  return nodes.flatMap((node) => {
    const { label, description } = lookOf(t, node);
    const line = `${'  '.repeat(depth)}${label}${description === '' ? '' : ` | ${description}`}`;
    return [line, ...drawn(childrenOf(node), depth + 1)];
  });
}

describe('the tree of AI hunks', () => {
  it('goes from staged and not staged to files and hunks', () =>
    assert.deepEqual(drawn(hunkTree(t, [repository('shop', 'installed', STATUS)])), [
      'Staged | 2 AI hunks',
      '  charge.ts | src/pay',
      '    lines 10–12 | Codex',
      '    deleted: line 2 | Codex',
      'Not staged | 2 AI hunks',
      '  charge.ts | src/pay',
      '    line 40 | mixed · Codex',
      '  top.ts',
      '    deleted: lines 1–2 | Codex',
    ]));

  it('groups the files of systems by tier and system, the most critical first, and others below', () => {
    const content: Content = {
      kind: 'status',
      status: {
        installed: true,
        policyProblem: null,
        files: [
          file('a-free.ts', [range('+', 1, 1)], []),
          { ...file('b-find.ts', [range('+', 2, 1)], []), tier: 2, systems: ['search'] },
          { ...file('c-pay.ts', [range('+', 3, 1), range('-', 9, 1)], []), tier: 1, systems: ['checkout'] },
          { ...file('d-both.ts', [range('+', 4, 1)], []), tier: 1, systems: ['checkout', 'search'] },
          { ...file('e-pay.ts', [range('+', 5, 1)], []), tier: 1, systems: ['checkout'] },
        ],
      },
    };
    assert.deepEqual(drawn(hunkTree(t, [repository('shop', 'installed', content)])), [
      'Staged | 6 AI hunks',
      '  Tier 1: checkout | 3 AI hunks',
      '    c-pay.ts',
      '      line 3 | Codex',
      '      deleted: line 9 | Codex',
      '    e-pay.ts',
      '      line 5 | Codex',
      '  Tier 1: checkout, search | 1 AI hunk',
      '    d-both.ts',
      '      line 4 | Codex',
      '  Tier 2: search | 1 AI hunk',
      '    b-find.ts',
      '      line 2 | Codex',
      '  a-free.ts',
      '    line 1 | Codex',
    ]);
  });

  it('says above the hunks what the check would say of what is staged, where that is something to do', () => {
    const finding = (severity: Severity, path: string, side: '+' | '-' = '+'): Finding => ({
      ruleId: 'tier/ai-code',
      severity,
      tier: 1,
      system: 'checkout',
      owners: [],
      commit: null,
      path,
      start: 3,
      end: 4,
      message: `2 lines in ${path}.`,
      help: 'Have a person look.',
      side,
    });
    const check = (findings: readonly Finding[]): RepositoryContent => ({
      ...repository('shop', 'installed', { kind: 'status', status: STATUS.status }),
      check: { findings, summary: summarize(findings), isEmpty: false },
    });
    const warned = hunkTree(t, [
      check([finding('error', 'a.ts'), finding('warning', 'b.ts', '-'), finding('information', 'c.ts')]),
    ]);
    assert.deepEqual(drawn(warned).slice(0, 4), [
      'Check: 1 error, 1 warning | of what is staged',
      '  2 lines in a.ts. | a.ts:3-4',
      '  2 lines in b.ts. | b.ts',
      '  2 lines in c.ts. | c.ts:3-4',
    ]);
    assert.equal(new Set(flat(warned).map(idOf)).size, flat(warned).length);
    const [, first] = flat(warned);
    assert.equal(first && lookOf(t, first).spoken, 'Error: 2 lines in a.ts. a.ts:3-4');
    assert.equal(drawn(hunkTree(t, [check([finding('information', 'c.ts')])]))[0], 'Staged | 2 AI hunks');
  });

  it('begins with the repositories where there are several', () =>
    assert.deepEqual(
      drawn(
        hunkTree(t, [repository('shop', 'installed', STATUS), repository('docs', 'not-asked', null)]),
      ).filter((line) => !line.startsWith('    ')),
      ['shop', '  Staged | 2 AI hunks', '  Not staged | 2 AI hunks', 'docs', '  Hunkmark: not set up'],
    ));

  it('is empty where there is nothing to read or nothing found, so that the welcome text shows', () => {
    assert.deepEqual(hunkTree(t, []), []);
    assert.deepEqual(hunkTree(t, [repository('shop', 'untrusted', null)]), []);
    const none: Content = { kind: 'status', status: { installed: true, policyProblem: null, files: [] } };
    assert.deepEqual(hunkTree(t, [repository('shop', 'installed', none)]), []);
  });

  it('says that hunks could not be read', () => {
    const failed = hunkTree(t, [
      repository('shop', 'installed', { kind: 'failure', problem: 'git is gone' }),
    ]);
    assert.deepEqual(drawn(failed), ['AI hunks could not be read']);
    assert.equal(failed[0] && lookOf(t, failed[0]).command, 'hunkmark.showLog');
  });

  it('says what is broken above the hunks, and what mends it', () => {
    const state: RepositoryState = { kind: 'incomplete', problem: 'A hook is missing.' };
    const [notice, ...rest] = hunkTree(t, [{ folder: { root: '/w', name: 'shop', state }, content: STATUS }]);
    assert.ok(notice !== undefined);
    const look = lookOf(t, notice);
    assert.deepEqual(
      [look.label, look.command, look.icon],
      ['Hunkmark: incomplete', 'hunkmark.repair', 'warning'],
    );
    assert.equal(rest.length, 2);
  });

  it('speaks whole sentences to a screen reader', () => {
    const all = flat(hunkTree(t, [repository('shop', 'installed', STATUS)]));
    assert.deepEqual(
      all.map((node) => lookOf(t, node).spoken),
      [
        'Staged, 2 AI hunks',
        'src/pay/charge.ts, 2 AI hunks',
        'Written by AI, lines 10–12, Codex, src/pay/charge.ts',
        'Deleted by AI, line 2, Codex, src/pay/charge.ts',
        'Not staged, 2 AI hunks',
        'src/pay/charge.ts, 1 AI hunk',
        'Written by AI and a person, line 40, Codex, src/pay/charge.ts',
        'top.ts, 1 AI hunk',
        'Deleted by AI, lines 1–2, Codex, top.ts',
      ],
    );
  });

  it('gives every entry a name of its own', () => {
    const all = flat(
      hunkTree(t, [repository('shop', 'installed', STATUS), repository('docs', 'installed', STATUS)]),
    );
    assert.equal(new Set(all.map(idOf)).size, all.length);
  });

  it('shows no control characters of a path', () => {
    const content: Content = {
      kind: 'status',
      status: {
        installed: true,
        policyProblem: null,
        files: [file('a\u202E/b\nc.ts', [range('+', 1, 1)], [])],
      },
    };
    const looks = flat(hunkTree(t, [repository('shop', 'installed', content)])).map((node) =>
      lookOf(t, node),
    );
    for (const look of looks)
      assert.doesNotMatch(`${look.label}${look.description}${look.spoken}`, /[\u202E\n]/);
  });

  it('reads only where Hunkmark may and does work', () => {
    const kinds = ['installed', 'not-asked', 'declined', 'untrusted', 'off'] as const;
    assert.deepEqual(
      kinds.filter((kind) => isReadable({ kind })),
      ['installed'],
    );
    assert.ok(isReadable({ kind: 'incomplete', problem: '' }));
  });
});

function flat(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...flat(childrenOf(node))]);
}
