import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Reading, readProvenance } from '../../src/core/reading';

const SAMPLE = `feat(checkout): retry the charge once

Refs: PAY-2231
AI-Provenance: v1 ai=34 mixed=3 human=60 unknown=0 ai-deleted=9 hunks=3 listed=3
Assisted-by: claude-code:claude-opus-4-5
Assisted-by: github-copilot
AI-Hunk: src/pay/charge.ts +10,34:1f3a9c0b -12,9:77aa01b2 ai agent claude-code
AI-Hunk: src/pay/charge.ts +60,3:0c55e1aa mixed completion github-copilot
AI-Tier: 1 checkout
AI-Policy: 4f1c9a7be210
AI-Ack: 3/3:9d2c41f0 Ana Diaz <ana@example.com>
`;

const NUMBERS = 'AI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1';
const HUNK = 'AI-Hunk: a.ts +1,1:01234567 ai agent x';

/** The ranges as `SOURCE PATH ±START,COUNT:DIGEST CLASS VIA AGENT:MODEL`. */
function ranges({ ranges: all }: Reading): string[] {
  return all.map((r) =>
    [
      r.source,
      r.path,
      `${r.side}${r.start},${r.count}:${r.digest}`,
      r.class,
      r.via,
      `${r.agent}:${r.model}`,
    ].join(' '),
  );
}

describe('reading a message', () => {
  it('finds in the sample of the format what the format says of it', () => {
    const reading = readProvenance(SAMPLE);
    assert.equal(reading.tracked, 'yes');
    assert.deepEqual(reading.block?.provenance, {
      version: 1,
      ai: 34,
      mixed: 3,
      human: 60,
      unknown: 0,
      aiDeleted: 9,
      hunks: 3,
      listed: 3,
      redeclared: null,
    });
    assert.deepEqual(ranges(reading), [
      'block src/pay/charge.ts +10,34:1f3a9c0b ai agent claude-code:claude-opus-4-5',
      'block src/pay/charge.ts -12,9:77aa01b2 ai agent claude-code:claude-opus-4-5',
      'block src/pay/charge.ts +60,3:0c55e1aa mixed completion github-copilot:null',
    ]);
    assert.deepEqual(reading.block?.tiers, [{ tier: 1, system: 'checkout' }]);
    assert.equal(reading.block?.policy, '4f1c9a7be210');
    assert.equal(reading.block?.ack?.by, 'Ana Diaz <ana@example.com>');
    assert.deepEqual(reading.invalid, []);
    assert.equal(reading.override, null);
  });

  const tracked: readonly [Reading['tracked'], string, string][] = [
    ['no', 'nothing', ''],
    ['no', 'a title', 'title\n'],
    ['no', "other people's trailers", 'title\n\nRefs: x\nAssisted-by: me\nAI-Override: why\n'],
    ['no', 'prose about us', `title\n\nWe write AI-Provenance: v1 and\nan AI-Hunk: too.\n`],
    ['no', 'buried trailers that do not parse', 'title\n\nAI-Hunk: PATH RANGE CLASS\n\nprose\n'],
    ['no', 'a title like ours', `${HUNK}\n`],
    ['yes', 'a set', `title\n\n${NUMBERS}\n`],
    ['yes', 'ranges alone', `title\n\n${HUNK}\n`],
    ['yes', 'a set that is broken', 'title\n\nAI-Provenance: v2\n'],
    ['parts', 'a set with a line glued to it', `title\n\n${NUMBERS}\n${HUNK}\nprose\n`],
    ['parts', 'a set glued to the title', `title\n${NUMBERS}\n`],
    ['parts', 'a set above a co-author', `title\n\n${NUMBERS}\n${HUNK}\n\nCo-authored-by: A <a@b>\n`],
    ['parts', 'an indented set', `Squashed\n\n    title\n    \n    ${NUMBERS}\n`],
    ['parts', 'a range in a list', `title\n\n* ${HUNK}\n\nend\n`],
  ];
  for (const [verdict, name, message] of tracked) {
    it(`calls ${name} tracked: ${verdict}`, () => assert.equal(readProvenance(message).tracked, verdict));
  }
});

describe('buried ranges', () => {
  const found: readonly [string, string, readonly string[]][] = [
    ['in a paragraph of their own', `t\n\n${HUNK}\n\nprose\n`, ['body a.ts +1,1:01234567 ai agent x:null']],
    [
      'beside those of the block',
      `t\n\nprose\n    AI-Hunk: b +2,2:89abcdef ai\n\n${HUNK}\n`,
      ['block a.ts +1,1:01234567 ai agent x:null', 'body b +2,2:89abcdef ai  null:null'],
    ],
    [
      'folded, in a squash message',
      `t\n\ncommit 1\n\n    t\n\n    AI-Hunk: a\n     +1,1:01234567\n     ai\n`,
      ['body a +1,1:01234567 ai  null:null'],
    ],
    [
      'folded, at column 0',
      `t\n\nAI-Hunk: a +1,1:01234567\n\tai agent\n x\n\nend\n`,
      ['body a +1,1:01234567 ai agent x:null'],
    ],
    [
      'in each kind of list',
      `t\n\n* AI-Hunk: a +1,1:01234567 ai\n- AI-Hunk: b +1,1:01234567 ai\n\n  + AI-Hunk: c +1,1:01234567 ai\n\xe2\x80\xa2 AI-Hunk: d +1,1:01234567 ai\n\nend\n`,
      [
        'body a +1,1:01234567 ai  null:null',
        'body b +1,1:01234567 ai  null:null',
        'body c +1,1:01234567 ai  null:null',
        'body d +1,1:01234567 ai  null:null',
      ],
    ],
    [
      'folded in a list',
      `t\n\n\xe2\x80\xa2 AI-Hunk: a +1,1:01234567\n   ai\n- AI-Hunk: b\n-  +1,1:01234567 ai\n\nend\n`,
      ['body a +1,1:01234567 ai  null:null', 'body b +1,1:01234567 ai  null:null'],
    ],
    ['not continued by a line as deep', `t\n\n  AI-Hunk: a +1,1:01234567\n  ai\n\nend\n`, []],
    ['not continued after a blank line', `t\n\nAI-Hunk: a +1,1:01234567\n\n ai\n\nend\n`, []],
    [
      'not continued after a line of others',
      `t\n\n${HUNK}\nprose\n y\n\nend\n`,
      ['body a.ts +1,1:01234567 ai agent x:null'],
    ],
    ['spoilt by a deeper line', `t\n\n${HUNK}\n  more\n\nend\n`, []],
    [
      'one deeper than the other',
      `t\n\n${HUNK}\n  ${HUNK}\n\nend\n`,
      ['body a.ts +1,1:01234567 ai agent x:null', 'body a.ts +1,1:01234567 ai agent x:null'],
    ],
    [
      'with the models of their own set',
      `t\n\n${NUMBERS}\nAssisted-by: x:m1\n${HUNK}\n\n${NUMBERS}\nAssisted-by: x:m2\n${HUNK}\n\nend\n`,
      ['body a.ts +1,1:01234567 ai agent x:m1', 'body a.ts +1,1:01234567 ai agent x:m2'],
    ],
    [
      'with a model only from directly under AI-Provenance',
      `t\n\n${NUMBERS}\n\nAssisted-by: x:m1\n${HUNK}\n\nend\n`,
      ['body a.ts +1,1:01234567 ai agent x:null'],
    ],
    ['with CRLF', `t\r\n\r\n    ${HUNK}\r\n\r\nend\r\n`, ['body a.ts +1,1:01234567 ai agent x:null']],
    ['not those of a quotation', `t\n\n> ${HUNK}\n\nend\n`, []],
  ];
  for (const [name, message, expected] of found) {
    it(`are read ${name}`, () => {
      const reading = readProvenance(message);
      assert.deepEqual(ranges(reading), expected);
      assert.deepEqual(reading.invalid, []);
    });
  }

  it('do not lend their numbers to the block', () => {
    const reading = readProvenance(`t\n\n${NUMBERS}\n\nprose\n\n${HUNK}\n`);
    assert.equal(reading.block?.provenance, null);
    assert.equal(readProvenance(`t\n\n${NUMBERS}\n\nend\n`).block, null);
  });
});

describe('an override', () => {
  it('stands in the trailer block, where a trailer of the command line goes', () => {
    const reading = readProvenance(`t\n\n${NUMBERS}\nAI-Override: INC-1\n restore Zo\xc3\xab\n`);
    assert.equal(reading.override, 'INC-1 restore Zoë');
    assert.equal(reading.buriedOverride, null);
  });
  it('may be buried, and is told apart', () => {
    const reading = readProvenance(`t\n\n    AI-Override: INC-1\n\nend\n`);
    assert.equal(reading.override, null);
    assert.equal(reading.buriedOverride, 'INC-1');
  });
  it('is one to us where it is one to git, whose keys have no case', () => {
    for (const key of ['ai-override', 'AI-override', 'Ai-Override'])
      assert.equal(readProvenance(`t\n\n${NUMBERS}\n${key}: INC-1\n`).override, 'INC-1', key);
  });
  it('is none without a reason', () => assert.equal(readProvenance('t\n\nAI-Override:\n').override, null));
});

describe('a hostile message', () => {
  it('names what does not parse, in its own words', () => {
    const reading = readProvenance(`t\n\n${NUMBERS}\nAI-Hunk: a +1,0:01234567 ai\nAI-Policy: \xff\n`);
    assert.deepEqual(reading.invalid, [
      { key: 'AI-Hunk', text: 'a +1,0:01234567', reason: 'not a valid range' },
      { key: 'AI-Policy', text: '\udcff', reason: 'not a valid AI-Policy' },
    ]);
  });

  it('has no valid AI-Provenance where it has two', () => {
    const reading = readProvenance(`t\n\n${NUMBERS}\n${HUNK}\n${NUMBERS}\n`);
    assert.equal(reading.block?.provenance, null);
    assert.equal(reading.tracked, 'yes');
    assert.equal(reading.invalid.length, 1);
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      NUMBERS,
      HUNK,
      'AI-Hunk:',
      'AI-Ack: 1/1:',
      'AI-Tier: ',
      '\n\n',
      '\n',
      ' ',
      '* ',
      '%',
      '+1,1:',
      ' ai',
    );
    const bytes = fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte));
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, bytes), { maxLength: 40 }), (parts) => {
        const reading = readProvenance(parts.join(''));
        for (const range of reading.ranges) assert.ok(range.start >= 1 && range.count >= 1);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read in time linear in its length', () => {
    const parts = [
      `${HUNK}\n`,
      `${NUMBERS}\n`,
      'AI-Hunk: ',
      '* ',
      ' +1,1:01234567',
      '\n    x',
      '\xe2\x80\xa2',
      '%41',
      '\t\n',
      'Assisted-by: x\n',
    ];
    for (const part of parts) {
      const many = part.repeat(400_000 / part.length);
      const start = process.hrtime.bigint();
      readProvenance(`t\n\n${NUMBERS}\nAI-Hunk: ${many}`);
      readProvenance(`t\n\n${NUMBERS}\nAI-Hunk: ${many}\n\nend\n`);
      assert.ok(process.hrtime.bigint() - start < 3_000_000_000n, JSON.stringify(part));
    }
  });
});
