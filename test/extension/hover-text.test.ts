import assert from 'node:assert/strict';
import type { LineRun } from '../../src/extension/tracking';
import { actionsText, deletionText, runText } from '../../src/extension/views/text/hover-text';
import { parseLines } from '../../src/extension/views/lines-argument';
import { ageWords, linesWords, visible, whoWords } from '../../src/extension/views/text/words';
import { english as t } from '../support/translate';

const NOW = Date.UTC(2026, 3, 9, 12);
const MINUTE = 60_000;

const RUN: LineRun = {
  start: 9,
  count: 12,
  class: 'ai',
  via: 'agent',
  agent: 'claude-code',
  model: 'claude-opus-4-5',
  evidence: 'reported',
  at: NOW - 5 * MINUTE,
};

describe('the hover', () => {
  it('says who wrote lines, how, when, and how that is known', () =>
    assert.equal(
      runText(t, RUN, NOW),
      [
        '**AI wrote this** (lines 10–21)',
        '',
        "By: Claude Code\\, model claude\\-opus\\-4\\-5  \nHow: made with the agent's own edit tool, 5 minutes ago  \nEvidence: the editor or the agent reported it",
      ].join('\n'),
    ));

  it('says of mixed lines that a person took part, and leaves out a time that is not known', () => {
    const run: LineRun = {
      ...RUN,
      class: 'mixed',
      via: 'completion',
      agent: null,
      model: null,
      count: 1,
      at: null,
    };
    assert.equal(
      runText(t, run, NOW),
      '**AI and a person wrote this** (line 10)\n\nBy: an assistant that is not identified  \nHow: an inline completion that was accepted  \nEvidence: the editor or the agent reported it',
    );
  });

  it('names nobody where the origin is unknown', () => {
    const text = runText(t, { ...RUN, class: 'unknown' }, NOW);
    assert.equal(
      text,
      '**Unknown origin** (lines 10–21)\n\nThere is no evidence who wrote this. Mark it if you know.',
    );
  });

  it('shows the first lines that were deleted, in a fence they cannot end', () => {
    const lines = ['a();', '```', '````', 'b();', 'c();', 'd();', 'e();', 'f();', 'g();', 'h();'];
    const text = deletionText(t, { ...RUN, before: 3, lines }, 'typescript', NOW);
    assert.ok(text.startsWith('**AI deleted 10 lines here**\n\n'), text);
    const shown = '`````typescript\na();\n```\n````\nb();\nc();\nd();\ne();\nf();\n`````\n\nand 2 more lines';
    assert.ok(text.endsWith(shown), text);
  });

  it('lets no language name out of the fence', () => {
    const text = deletionText(t, { ...RUN, before: 0, lines: ['x'] }, 'ts\n[y](command:z)', NOW);
    assert.ok(text.endsWith('```tsycommandz\nx\n```'), text);
  });

  for (const [hostile, escaped] of [
    ['[x](http://evil.example)', '\\[x\\]\\(http\\:\\/\\/evil\\.example\\)'],
    ['<img src=x onerror=y>', '\\<img src\\=x onerror\\=y\\>'],
    ['**a** `b` $(zap)', '\\*\\*a\\*\\* \\`b\\` \\$\\(zap\\)'],
    ['a\n\n# b', 'a\uFFFD\uFFFD\\# b'],
    ['a\u202Eb\u0007', 'a\uFFFDb\uFFFD'],
    ['\\[x]', '\\\\\\[x\\]'],
    ['a&lt;b', 'a\\&lt\\;b'],
  ] as const) {
    it(`escapes ${JSON.stringify(hostile)}`, () => {
      assert.ok(runText(t, { ...RUN, agent: hostile }, NOW).includes(`By: ${escaped}\\, model `));
    });
  }

  it('links to commands with an argument that reads back', () => {
    const argument = { uri: 'file:///a%20(b)/c.ts', first: 9, last: 20 };
    const text = actionsText([
      { label: 'Mark as human', command: 'hunkmark.markAsHuman', argument },
      { label: 'Next AI hunk', command: 'hunkmark.nextHunk', argument: null },
    ]);
    const [, query = ''] = /\(command:hunkmark\.markAsHuman\?([^()]*)\)/.exec(text) ?? [];
    assert.deepEqual(JSON.parse(decodeURIComponent(query)), [argument]);
    assert.deepEqual(parseLines(argument), argument);
    assert.ok(text.endsWith(' · [Next AI hunk](command:hunkmark.nextHunk)'));
  });

  it('takes no other argument', () => {
    const uri = 'file:///a';
    const others = [
      null,
      'x',
      {},
      { uri, first: 0 },
      { uri, first: 2, last: 1 },
      { uri, first: -1, last: 1 },
      { uri, first: 0.5, last: 1 },
      { uri: 1, first: 0, last: 1 },
    ];
    for (const other of others) assert.equal(parseLines(other), null, JSON.stringify(other));
  });
});

describe('words', () => {
  for (const [ago, words] of [
    [-5 * MINUTE, 'just now'],
    [59_999, 'just now'],
    [MINUTE, '1 minute ago'],
    [59 * MINUTE, '59 minutes ago'],
    [60 * MINUTE, '1 hour ago'],
    [23 * 60 * MINUTE, '23 hours ago'],
    [24 * 60 * MINUTE, '1 day ago'],
    [72 * 60 * MINUTE, '3 days ago'],
  ] as const) {
    it(`say ${words} after ${ago} ms`, () => assert.equal(ageWords(t, NOW - ago, NOW), words));
  }

  it('count lines from 1', () => {
    assert.equal(linesWords(t, 4, 1), 'line 4');
    assert.equal(linesWords(t, 4, 2), 'lines 4–5');
  });

  it('name agents by what people call them, and others as they are', () => {
    assert.equal(whoWords(t, { agent: 'github-copilot', model: null }), 'GitHub Copilot');
    assert.equal(whoWords(t, { agent: 'my-agent', model: 'm' }), 'my-agent, model m');
    assert.equal(whoWords(t, { agent: 'unidentified', model: null }), 'an assistant that is not identified');
  });

  it('show nothing that steers a screen', () =>
    assert.equal(visible('a\u001b[31m\u2066b\uDC80\u2028ü'), 'a\uFFFD[31m\uFFFDb\uFFFD\uFFFDü'));
});
