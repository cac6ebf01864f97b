import assert from 'node:assert/strict';
import { committedText, type CommittedLines } from '../../src/extension/views/text/committed-text';
import { english } from '../support/translate';

const NOW = 1_800_000_000_000;
const RUN: CommittedLines['run'] = {
  start: 4,
  count: 2,
  class: 'ai',
  via: 'agent',
  agent: 'claude-code',
  model: 'claude-opus-4-5',
  commit: '0123456789abcdef0123456789abcdef01234567',
  verdict: 'exact',
};
const ABOUT: NonNullable<CommittedLines['about']> = {
  commit: RUN.commit ?? '',
  subject: 'feat: *charge* once [x](http://evil.example)',
  author: 'Ana <ana@example.com>',
  time: NOW - 3_600_000,
  ack: { acknowledged: 2, required: 2, by: 'Ana <ana@example.com>', valid: true },
  systems: [{ name: 'check<out>', tier: 1, owners: [], pattern: 'src/', from: { file: 'x', line: 1 } }],
};
const text = (lines: CommittedLines): string => committedText(english, lines, NOW);

describe('the hover of committed lines', () => {
  it('says commit, author, agent, model, tier, acknowledgement and verdict', () =>
    assert.equal(
      text({ run: RUN, what: 'written', about: ABOUT }),
      [
        '**AI wrote this** (lines 5–6)\n',
        'By: Claude Code\\, model claude\\-opus\\-4\\-5  ',
        "How: made with the agent's own edit tool  ",
        'Commit: `0123456789` feat\\: \\*charge\\* once \\[x\\]\\(http\\:\\/\\/evil\\.example\\)  ',
        'Author: Ana \\<ana\\@example\\.com\\>, 1 hour ago  ',
        'Verdict: exact: the commit brought these lines here  ',
        'Acknowledged: by Ana \\<ana\\@example\\.com\\>  ',
        'Tier 1: check\\<out\\>',
      ].join('\n'),
    ));

  it('says what is not known', () => {
    assert.match(
      text({ run: RUN, what: 'written', about: null }),
      /Commit: `0123456789` {2}\nVerdict: exact/,
    );
    assert.match(
      text({ run: RUN, what: 'written', about: { ...ABOUT, ack: null } }),
      /Acknowledged: nobody says so/,
    );
    const wrong = { ...ABOUT, ack: { acknowledged: 1, required: 2, by: 'A <a@b>', valid: false } };
    assert.match(text({ run: RUN, what: 'written', about: wrong }), /not valid here/);
    const waiting = { ...RUN, commit: null, verdict: null };
    assert.match(
      text({ run: waiting, what: 'gone', about: null }),
      /^\*\*AI deleted this.*Not committed yet$/s,
    );
    assert.match(
      text({ run: { ...RUN, class: 'mixed' }, what: 'written', about: null }),
      /^\*\*AI and a person/,
    );
  });
});
