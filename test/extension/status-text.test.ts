import assert from 'node:assert/strict';
import type { DocumentState, RepositoryState, TierPlace, Untracked } from '../../src/extension/tracking';
import { neighbourWords } from '../../src/extension/views/text/neighbour-words';
import { statusText, type PolicySaid } from '../../src/extension/views/text/status-text';
import { trailersText } from '../../src/extension/views/text/trailers-text';
import { english as t } from '../support/translate';

const EMPTY: DocumentState = { kind: 'tracked', runs: [], deletions: [] };
const SEEN = { via: null, agent: null, model: null, evidence: null, at: null } as const;

const shop = (state: RepositoryState): { name: string; state: RepositoryState } => ({ name: 'shop', state });

describe('the status item', () => {
  it('counts what is not committed in the file', () => {
    const document: DocumentState = {
      kind: 'tracked',
      runs: [
        { ...SEEN, class: 'ai', start: 0, count: 12 },
        { ...SEEN, class: 'mixed', start: 14, count: 1 },
        { ...SEEN, class: 'unknown', start: 20, count: 4 },
      ],
      deletions: [{ ...SEEN, before: 3, lines: ['a', 'b'] }],
    };
    assert.deepEqual(statusText(t, document, shop({ kind: 'installed' })), {
      text: '$(sparkle) AI 12 · mixed 1 · unknown 4 · deleted 2',
      tooltip:
        'Not committed in this file: 12 AI lines, 1 mixed line, 4 lines of unknown origin, 2 lines deleted by AI.\nCommitted lines are marked where a commit says that AI wrote them; of the others history says nothing.\nChoose to show all AI hunks.',
      label:
        'Not committed in this file: 12 AI lines, 1 mixed line, 4 lines of unknown origin, 2 lines deleted by AI. Choose to show all AI hunks.',
      command: 'hunkmark.hunks.focus',
      warns: false,
    });
  });

  it('says little where there is nothing', () =>
    assert.equal(statusText(t, EMPTY, shop({ kind: 'installed' }))?.text, '$(sparkle) AI 0'));

  const policy = (problem: PolicySaid['problem'] = null): PolicySaid => {
    const system = { name: 'checkout', tier: 1, owners: ['@pay', 'ana@example.com'] };
    const placement = { tier: 1, systems: [system] } as unknown as TierPlace['placement'];
    return { place: { root: '/w', path: 'pay/a.ts', tier: 1, placement }, problem };
  };

  it('names the tier, the system and its owners', () => {
    const shown = statusText(t, EMPTY, shop({ kind: 'installed' }), policy());
    assert.equal(shown?.text, '$(sparkle) AI 0 · tier 1');
    assert.match(shown.tooltip, /\nThis file is in checkout \(tier 1\)\.\nOwners: @pay, ana@example\.com\.$/);
    assert.match(shown.label, / This file is in checkout \(tier 1\)\. Owners: @pay, ana@example\.com\.$/);
    assert.equal(shown.warns, false);
  });

  it('says that the policy of the last commit cannot be read', () => {
    const problem = { file: '.hunkmark.yml', line: 2, column: 1, what: 'it is empty' };
    const shown = statusText(t, EMPTY, shop({ kind: 'installed' }), { place: null, problem });
    assert.equal(shown?.text, '$(sparkle) AI 0 · policy not read');
    assert.match(
      shown.label,
      /cannot be read: \.hunkmark\.yml:2:1: it is empty\. The last one that could be/,
    );
    assert.equal(shown.warns, true);
  });

  for (const [state, text, command] of [
    [{ kind: 'not-asked' }, '$(circle-slash) Hunkmark: not set up', 'hunkmark.setUp'],
    [{ kind: 'declined' }, '$(circle-slash) Hunkmark: not used', 'hunkmark.setUp'],
    [{ kind: 'untrusted' }, '$(circle-slash) Hunkmark: not trusted', 'workbench.trust.manage'],
    [{ kind: 'off' }, '$(circle-slash) Hunkmark: off', 'hunkmark.turnOn'],
    [{ kind: 'incomplete', problem: 'No Node.' }, '$(warning) Hunkmark: incomplete', 'hunkmark.repair'],
  ] as const) {
    it(`shows that a repository is ${state.kind}, with the one thing to do`, () => {
      const shown = statusText(t, EMPTY, shop(state));
      assert.deepEqual([shown?.text, shown?.command], [text, command]);
      assert.equal(shown?.warns, state.kind === 'incomplete');
      assert.doesNotMatch(shown.label, /\$\(/);
    });
  }

  it('says what the problem is, without what could steer a screen', () => {
    const shown = statusText(t, EMPTY, shop({ kind: 'incomplete', problem: 'gone\u001b[2J' }));
    assert.equal(shown?.label, 'Hunkmark does not work in shop: gone\uFFFD[2J Choose to repair it.');
  });

  for (const [why, tooltip] of [
    ['notebook', 'Notebooks are not supported: the lines of this file are not followed.'],
    ['too-large', 'This file is too large: its lines are not followed.'],
    ['ignored', 'Git ignores this file: its lines are not followed.'],
    ['untrusted', 'This workspace is not trusted: the lines of this file are not followed.'],
    ['off', 'Hunkmark is turned off: the lines of this file are not followed.'],
    ['no-file', null],
    ['no-repository', null],
    ['opening', null],
  ] as readonly [Untracked, string | null][]) {
    it(`says of a file that is not followed (${why}): ${tooltip ?? 'nothing'}`, () => {
      const shown = statusText(t, { kind: 'untracked', why }, shop({ kind: 'installed' }));
      assert.equal(shown?.tooltip ?? null, tooltip);
    });
  }

  it('is not there without a repository', () => assert.equal(statusText(t, EMPTY, null), null));
});

describe('the preview of trailers', () => {
  it('is exactly the trailers', () =>
    assert.equal(
      trailersText(t, ['AI-Provenance: v1 ai=1', 'Assisted-by: codex']),
      'AI-Provenance: v1 ai=1\nAssisted-by: codex\n',
    ));

  it('says so where there are none', () =>
    assert.equal(trailersText(t, []), '# A commit of what is staged now gets no trailers.\n'));
});

describe('what else names an AI', () => {
  it('is not spoken of where it is off', () => {
    assert.deepEqual(neighbourWords(t, { addAICoAuthor: 'off', claudeCodeSigns: false }), []);
    assert.deepEqual(neighbourWords(t, { addAICoAuthor: undefined, claudeCodeSigns: false }), []);
  });

  it('is spoken of one by one', () => {
    const notes = neighbourWords(t, { addAICoAuthor: 'chatAndAgent', claudeCodeSigns: true });
    assert.deepEqual(
      notes.map(({ about }) => about),
      ['git.addAICoAuthor', 'claude-code'],
    );
    assert.match(notes[0]?.text ?? '', /Copilot.*whichever assistant.*not to commits from a terminal/);
  });
});
