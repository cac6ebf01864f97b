import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseTrailerBlock } from '../../src/core/message';
import { decodePath, percentEncodePath } from '../../src/core/path';
import type { ProvenanceRange } from '../../src/core/range';
import {
  type ParsedBlock,
  type Provenance,
  type ProvenanceBlock,
  type Selection,
  ackDigestText,
  assistedBy,
  formatBlock,
  inTrailerOrder,
  sanitizeAgent,
  sanitizeModel,
  selectRanges,
} from '../../src/core/trailer';
import { parseBlock } from '../../src/core/trailer-reading';

const NUMBERS: Provenance = {
  version: 1,
  ai: 34,
  mixed: 3,
  human: 60,
  unknown: 0,
  aiDeleted: 9,
  hunks: 3,
  listed: 3,
  redeclared: null,
};

/** `PATH +START,COUNT[:DIGEST] CLASS [VIA [AGENT[:MODEL]]]` */
function range(text: string): ProvenanceRange {
  const [path = '', place = '', name = '', via = null, by = null] = text.split(' ');
  const [, side, start, count, digest = '01234567'] = /^(.)(\d+),(\d+)(?::(.*))?$/.exec(place) ?? [];
  const [agent = null, model = null] = by?.split(/:(.*)/) ?? [];
  const origin = { class: name, via, agent, model: model || null };
  return { path, side, start: Number(start), count: Number(count), digest, ...origin } as ProvenanceRange;
}

function block(parts: Partial<ProvenanceBlock>): ProvenanceBlock {
  return { provenance: NUMBERS, assistedBy: [], ranges: [], tiers: [], policy: null, ack: null, ...parts };
}

function format(parts: Partial<ProvenanceBlock>, lineLimit = 100): string[] {
  const lines = formatBlock(block(parts), { lineLimit });
  const rest = lines.findIndex((line, at) => at > 0 && !line.startsWith(' '));
  return rest < 0 ? [] : lines.slice(rest);
}

function parse(lines: readonly string[]): ParsedBlock {
  return parseBlock(parseTrailerBlock(`title\n\n${lines.join('\n')}\n`)?.trailers ?? []);
}

const SAMPLE = [
  'AI-Provenance: v1 ai=34 mixed=3 human=60 unknown=0 ai-deleted=9 hunks=3 listed=3',
  'Assisted-by: claude-code:claude-opus-4-5',
  'Assisted-by: github-copilot',
  'AI-Hunk: src/pay/charge.ts +10,34:1f3a9c0b -12,9:77aa01b2 ai agent claude-code',
  'AI-Hunk: src/pay/charge.ts +60,3:0c55e1aa mixed completion github-copilot',
  'AI-Tier: 1 checkout',
  'AI-Policy: 4f1c9a7be210',
  'AI-Ack: 3/3:9d2c41f0 Ana Diaz <ana@example.com>',
];

const SAMPLE_BLOCK = block({
  assistedBy: [
    { agent: 'claude-code', model: 'claude-opus-4-5' },
    { agent: 'github-copilot', model: null },
  ],
  ranges: [
    range('src/pay/charge.ts +10,34:1f3a9c0b ai agent claude-code:claude-opus-4-5'),
    range('src/pay/charge.ts -12,9:77aa01b2 ai agent claude-code:claude-opus-4-5'),
    range('src/pay/charge.ts +60,3:0c55e1aa mixed completion github-copilot'),
  ],
  tiers: [{ tier: 1, system: 'checkout' }],
  policy: '4f1c9a7be210',
  ack: { acknowledged: 3, required: 3, digest: '9d2c41f0', by: 'Ana Diaz <ana@example.com>' },
});

describe('our block', () => {
  it('is written as in the sample of the format', () => {
    assert.deepEqual(formatBlock(SAMPLE_BLOCK, { lineLimit: 100 }), SAMPLE);
  });

  it('is written the same whatever the order of its ranges', () => {
    const ranges = SAMPLE_BLOCK.ranges.toReversed();
    assert.deepEqual(formatBlock({ ...SAMPLE_BLOCK, ranges }, { lineLimit: 100 }), SAMPLE);
  });

  it('is read as in the sample of the format', () => {
    assert.deepEqual(parse(SAMPLE), { ...SAMPLE_BLOCK, invalid: [] });
  });

  it('says how many lines were redeclared, last', () => {
    const provenance = { ...NUMBERS, redeclared: 7 };
    const [first] = formatBlock(block({ provenance }), { lineLimit: 100 });
    assert.equal(first, `${SAMPLE[0]} redeclared=7`);
    assert.deepEqual(parse([first ?? '']).provenance, provenance);
    assert.equal(
      formatBlock(block({ provenance: { ...NUMBERS, redeclared: 0 } }), { lineLimit: 100 })[0],
      SAMPLE[0],
    );
  });

  it('groups ranges by path, class, via, agent and model, + before -, ascending', () => {
    const ranges = [
      'b +9,1 ai agent x',
      'b -1,1 ai agent x',
      'b +2,1 ai agent x',
      'b +3,1 ai shell x',
      'b +4,1 mixed agent x',
      'b +5,1 ai agent y',
      'b +100,1 unknown',
      'b +20,1 human declared x',
      'b +8,1 ai',
      'b +7,1 ai completion',
      'a +50,1 ai agent x',
    ];
    assert.deepEqual(format({ ranges: ranges.map(range) }), [
      'AI-Hunk: a +50,1:01234567 ai agent x',
      'AI-Hunk: b +2,1:01234567 +9,1:01234567 -1,1:01234567 ai agent x',
      'AI-Hunk: b +3,1:01234567 ai shell x',
      'AI-Hunk: b +4,1:01234567 mixed agent x',
      'AI-Hunk: b +5,1:01234567 ai agent y',
      'AI-Hunk: b +7,1:01234567 ai completion',
      'AI-Hunk: b +8,1:01234567 ai',
      'AI-Hunk: b +20,1:01234567 human declared x',
      'AI-Hunk: b +100,1:01234567 unknown',
    ]);
  });

  it('names the model of a range only where the commit has several of that agent', () => {
    const ranges = ['a +1,1 ai agent x:m1', 'a +5,1 ai agent x:m2', 'a +9,1 ai agent y:m1'].map(range);
    assert.deepEqual(format({ ranges, assistedBy: assistedBy(ranges) }), [
      'Assisted-by: x:m1',
      'Assisted-by: x:m2',
      'Assisted-by: y:m1',
      'AI-Hunk: a +1,1:01234567 ai agent x:m1',
      'AI-Hunk: a +5,1:01234567 ai agent x:m2',
      'AI-Hunk: a +9,1:01234567 ai agent y',
    ]);
  });

  it('never has an unidentified agent assist', () => {
    const ranges = [range('a +1,1 ai completion unidentified')];
    assert.deepEqual(assistedBy(ranges), []);
    const named = { agent: 'unidentified', model: null };
    const expected = ['AI-Hunk: a +1,1:01234567 ai completion unidentified'];
    assert.deepEqual(format({ ranges, assistedBy: [named] }), expected);
  });

  it('never writes an agent for unknown lines', () => {
    assert.deepEqual(format({ ranges: [range('a +1,1 unknown agent x')] }), [
      'AI-Hunk: a +1,1:01234567 unknown',
    ]);
  });

  it('has nobody assist with lines a person declared', () => {
    assert.deepEqual(assistedBy([range('a +1,1 human declared x'), range('a +3,1 unknown')]), []);
  });

  it('splits a long trailer by ranges', () => {
    // 'AI-Hunk: src/a.ts ' + 5 * '+N00,3:01234567 ' + 'ai agent x' is 108 bytes, with four ranges 92.
    const ranges = [100, 200, 300, 400, 500].map((at) => range(`src/a.ts +${at},3 ai agent x`));
    assert.deepEqual(format({ ranges }), [
      'AI-Hunk: src/a.ts +100,3:01234567 +200,3:01234567 +300,3:01234567 +400,3:01234567 ai agent x',
      'AI-Hunk: src/a.ts +500,3:01234567 ai agent x',
    ]);
  });

  it('fills a line to the last byte and not beyond', () => {
    const ranges = [range('a +1,1 ai agent x'), range('a +3,1 ai agent x')];
    const whole = 'AI-Hunk: a +1,1:01234567 +3,1:01234567 ai agent x';
    assert.equal(whole.length, 49);
    assert.deepEqual(format({ ranges }, 49), [whole]);
    assert.deepEqual(format({ ranges }, 48), [
      'AI-Hunk: a +1,1:01234567 ai agent x',
      'AI-Hunk: a +3,1:01234567 ai agent x',
    ]);
  });

  it('folds at a space what is still too long, and leaves a longer token whole', () => {
    const folder = 'p'.repeat(70);
    const ranges = [range(`${folder} +1,1 mixed completion github-copilot`)];
    assert.deepEqual(format({ ranges }), [
      `AI-Hunk: ${folder} +1,1:01234567 mixed`,
      ' completion github-copilot',
    ]);
    const long = 'p'.repeat(120);
    assert.deepEqual(format({ ranges: [range(`${long} +1,1 ai`)] }), [
      'AI-Hunk:',
      ` ${long}`,
      ' +1,1:01234567 ai',
    ]);
    assert.deepEqual(parse([...SAMPLE.slice(0, 1), ...format({ ranges })]).ranges, ranges);
  });

  it('folds long numbers and names too', () => {
    const big = 1234567890123;
    const provenance = { ...NUMBERS, ai: big, mixed: big, human: big, unknown: big };
    const lines = formatBlock(block({ provenance }), { lineLimit: 100 });
    assert.deepEqual(lines, [
      'AI-Provenance: v1 ai=1234567890123 mixed=1234567890123 human=1234567890123 unknown=1234567890123',
      ' ai-deleted=9 hunks=3 listed=3',
    ]);
    assert.deepEqual(parse(lines).provenance, provenance);
  });

  it('writes a name as UTF-8 and keeps it on its line', () => {
    const ack = { acknowledged: 0, required: 2, digest: 'e3b0c442', by: 'Zoë\nAI-Policy:  x <z@y>' };
    assert.deepEqual(format({ ack }), ['AI-Ack: 0/2:e3b0c442 Zo\xc3\xab AI-Policy: x <z@y>']);
    assert.equal(parse(format({ ack })).ack?.by, 'Zoë AI-Policy: x <z@y>');
  });

  it("keeps a system's name in ASCII, without # and @", () => {
    assert.deepEqual(format({ tiers: [{ tier: 2, system: 'Zürich #1\n@ops' }] }), [
      'AI-Tier: 2 Z-rich -1 -ops',
    ]);
  });
});

describe('names', () => {
  const agents: readonly [string, string][] = [
    ['claude-code', 'claude-code'],
    ['My Agent (v2)', 'My-Agent--v2-'],
    ['a:b', 'a-b'],
    ['@scope/agent', 'scope/agent'],
    ['a/b.c_d@e+f-g', 'a/b.c_d@e+f-g'],
    ['Zoë😀', 'Zo--'],
    ['  ', 'unidentified'],
    ['', 'unidentified'],
    [`${'x'.repeat(63)}yz`, `${'x'.repeat(63)}y`],
    [`#${'x'.repeat(64)}`, 'x'.repeat(64)],
    ['a\nAI-Policy: b', 'a-AI-Policy--b'],
  ];
  for (const [name, agent] of agents) {
    it(`${JSON.stringify(name)} is the agent ${agent}`, () => assert.equal(sanitizeAgent(name), agent));
  }
  it('a model may have a colon', () => assert.equal(sanitizeModel('llama3:70b q'), 'llama3:70b-q'));
  it('a model may be nothing', () => {
    assert.equal(sanitizeModel(null), null);
    assert.equal(sanitizeModel('--'), null);
  });
});

describe('the digest of an acknowledgement', () => {
  it('is over the sorted digests, each followed by LF', () => {
    assert.equal(ackDigestText(['bb', 'aa', 'bb']), 'aa\nbb\nbb\n');
    assert.equal(ackDigestText([]), '');
  });
});

describe('the ranges that are listed', () => {
  const ranges = [
    range('low +1,50 ai agent x'),
    range('low -1,50 ai shell x'),
    range('mid +1,5 ai agent x'),
    range('top +1,2 ai agent x'),
    range('top +9,3 mixed agent x'),
    range('also +1,50 ai agent x'),
  ];
  const tiers: Record<string, number> = { top: 1, mid: 2 };
  const base: Selection = {
    detail: 'hunks',
    lines: 16,
    lineLimit: 100,
    tierOf: (path) => tiers[path] ?? null,
  };
  const select = (selection: Partial<Selection>): string[] =>
    selectRanges(ranges, { ...base, ...selection }).map((r) => `${r.path} ${r.side}${r.start}`);
  const all = ['also +1', 'low +1', 'low -1', 'mid +1', 'top +1', 'top +9'];

  it('are none in a summary', () => assert.deepEqual(select({ detail: 'summary' }), []));
  it('are all where there is room', () => assert.deepEqual(select({}), all));
  it('are all in full, whatever the room', () => assert.deepEqual(select({ detail: 'full', lines: 0 }), all));
  it('are first the most critical, then the larger', () => {
    assert.deepEqual(select({ lines: 0 }), []);
    assert.deepEqual(select({ lines: 1 }), ['top +9']);
    assert.deepEqual(select({ lines: 2 }), ['top +1', 'top +9']);
    assert.deepEqual(select({ lines: 3 }), ['mid +1', 'top +1', 'top +9']);
  });
  it('are by path where all else is equal', () => {
    assert.deepEqual(select({ lines: 4 }), ['also +1', 'mid +1', 'top +1', 'top +9']);
  });
  it('are all of a file that wants them, and the others share what is left', () => {
    const fullFor = (path: string): boolean => path === 'low';
    assert.deepEqual(select({ detail: 'summary', fullFor }), ['low +1', 'low -1']);
    assert.deepEqual(select({ lines: 1, fullFor }), ['low +1', 'low -1']);
    assert.deepEqual(select({ lines: 3, fullFor }), ['low +1', 'low -1', 'top +9']);
  });
  it('are those of whole trailers', () => {
    const many = [1, 2, 3, 4, 5].map((n) => range(`src/a.ts +${n}00,${n} ai agent x`));
    const listed = selectRanges(many, { ...base, lines: 1 });
    assert.deepEqual(
      listed.map((r) => r.start),
      [100, 200, 300, 400],
    );
    const lines = format({ ranges: selectRanges(many, { ...base, lines: 2 }) });
    assert.equal(lines.length, 2);
  });
});

describe('a trailer that does not parse', () => {
  const invalid: readonly string[] = [
    'AI-Provenance: v2 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Provenance: v1',
    'AI-Provenance: v1 ai=01 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Provenance: v1 ai=-1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Provenance: v1 ai=1e3 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Provenance: v1 ai=9007199254740992 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Provenance: v1 ai=1 ai=2 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=1 listed=1',
    'AI-Hunk:',
    'AI-Hunk: a',
    'AI-Hunk: a ai',
    'AI-Hunk: a +1,1:01234567',
    'AI-Hunk: a%2 +1,1:01234567 ai',
    'AI-Hunk: caf\xe9 +1,1:01234567 ai',
    'AI-Hunk: a +0,1:01234567 ai',
    'AI-Hunk: a +1,0:01234567 ai',
    'AI-Hunk: a +01,1:01234567 ai',
    'AI-Hunk: a +9007199254740992,1:01234567 ai',
    'AI-Hunk: a +1,99999999999999999999:01234567 ai',
    'AI-Hunk: a +1,1:0123456 ai',
    'AI-Hunk: a +1,1:012345678 ai',
    'AI-Hunk: a +1,1:ABCDEF01 ai',
    'AI-Hunk: a *1,1:01234567 ai',
    'AI-Hunk: a +1,1:01234567 robot',
    'AI-Hunk: a +1,1:01234567 base',
    'AI-Hunk: a +1,1:01234567 ai telepathy',
    'AI-Hunk: a +1,1:01234567 ai agent -x',
    'AI-Hunk: a +1,1:01234567 ai agent x:',
    `AI-Hunk: a +1,1:01234567 ai agent ${'x'.repeat(65)}`,
    'AI-Hunk: a +1,1:01234567 ai agent x y',
    'AI-Hunk: a +1,1:01234567 unknown agent',
    'AI-Hunk: a +1,1:01234567 human',
    'AI-Hunk: a +1,1:01234567 human agent x',
    'AI-Hunk: a +1,1:01234567 human declared',
    'AI-Tier: checkout',
    'AI-Tier: 10 checkout',
    'AI-Tier: 1',
    'AI-Policy: 4f1c9a7be21',
    'AI-Policy: 4F1C9A7BE210',
    'AI-Ack: 3/2:9d2c41f0 A <a@b>',
    'AI-Ack: 3/3 A <a@b>',
    'AI-Ack: 3/3:9d2c41f0 A',
  ];
  for (const line of invalid) {
    it(`is named: ${line}`, () => {
      const found = parse([line]);
      const [key = '', ...rest] = line.split(/: ?/);
      assert.equal(found.invalid.length, 1);
      assert.equal(found.invalid[0]?.key, key);
      assert.ok(rest.join(':').length === 0 || found.invalid[0]?.text.length, 'says its text');
      assert.deepEqual({ ...found, invalid: [] }, { ...block({}), provenance: null, invalid: [] });
    });
  }

  it('spoils only itself: a broken range', () => {
    const found = parse(['AI-Hunk: a +1,1:01234567 +0,9:01234567 -4,2:89abcdef ai']);
    assert.deepEqual(
      found.ranges.map((r) => `${r.side}${r.start},${r.count}:${r.digest}`),
      ['+1,1:01234567', '-4,2:89abcdef'],
    );
    assert.deepEqual(
      found.invalid.map((item) => item.text),
      ['a +0,9:01234567'],
    );
  });

  it('is a second AI-Provenance, and spoils the first', () => {
    const found = parse([...SAMPLE, SAMPLE[0] ?? '']);
    assert.equal(found.provenance, null);
    assert.equal(found.invalid.length, 1);
    assert.equal(found.ranges.length, 3);
  });

  it('is a second AI-Policy or AI-Ack; the first stands', () => {
    const found = parse([...SAMPLE, 'AI-Policy: 000000000000', 'AI-Ack: 0/0:9d2c41f0 B <b@c>']);
    assert.equal(found.policy, '4f1c9a7be210');
    assert.equal(found.ack?.acknowledged, 3);
    assert.deepEqual(
      found.invalid.map((item) => item.key),
      ['AI-Policy', 'AI-Ack'],
    );
  });
});

describe('an Assisted-by', () => {
  const opening = SAMPLE[0] ?? '';
  it('is ours only directly under AI-Provenance', () => {
    const found = parse([
      'Assisted-by: before',
      opening,
      'Assisted-by: ours',
      'AI-Policy: 4f1c9a7be210',
      'Assisted-by: a',
    ]);
    assert.deepEqual(found.assistedBy, [{ agent: 'ours', model: null }]);
    assert.deepEqual(found.invalid, []);
  });
  it('gives ranges their model where it is the only one of its agent', () => {
    const lines = [opening, 'Assisted-by: x:m1', 'AI-Hunk: a +1,1:01234567 ai agent x'];
    assert.equal(parse(lines).ranges[0]?.model, 'm1');
    const two = [opening, 'Assisted-by: x', 'Assisted-by: x:m1', 'AI-Hunk: a +1,1:01234567 ai agent x'];
    assert.equal(parse(two).ranges[0]?.model, null);
  });
});

// ---- arbitrary blocks

const word = (extra: string): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._/@+${extra}-]{0,63}$`));
const paths = fc
  .array(fc.oneof(fc.constantFrom(...Array.from('ab/ "\n#@%:é')), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((parts) => {
    const bytes = parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part)]));
    return decodePath(Uint8Array.from(bytes));
  });
const agents = fc.oneof(fc.constantFrom('claude-code', 'codex', 'unidentified'), word(''));
const models = fc.oneof(fc.constantFrom(null, 'm1', 'm2'), word(':'));
const written = fc.record({
  class: fc.constantFrom('ai' as const, 'mixed' as const),
  via: fc.constantFrom(null, 'completion' as const, 'chat' as const, 'agent' as const, 'shell' as const),
  agent: fc.option(agents),
  model: models,
});
const origins = fc.oneof(
  { weight: 4, arbitrary: written.map((o) => consistent(o)) },
  { weight: 1, arbitrary: fc.constant({ class: 'unknown' as const, via: null, agent: null, model: null }) },
);
const position = fc.oneof(
  fc.integer({ min: 1, max: 2000 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);
const ranges = fc
  .tuple(
    fc.constantFrom('+' as const, '-' as const),
    position,
    position,
    fc.stringMatching(/^[0-9a-f]{8}$/),
    fc.oneof(fc.constantFrom('a.ts', 'src/b c.ts'), paths),
    origins,
  )
  .map(([side, start, count, digest, path, origin]) => ({ path, side, start, count, digest, ...origin }));
const count = fc.oneof(fc.nat(100), fc.maxSafeNat());
const provenance = fc.record({
  version: fc.constant(1 as const),
  ai: count,
  mixed: count,
  human: count,
  unknown: count,
  aiDeleted: count,
  hunks: count,
  listed: count,
  redeclared: fc.option(fc.integer({ min: 1, max: 99 })),
});
const names = fc
  .array(fc.stringMatching(/^[!-~é€]{1,12}$/), { minLength: 1, maxLength: 20 })
  .map((all) => all.join(' '));
const ack = fc
  .tuple(fc.nat(20), fc.nat(20), fc.stringMatching(/^[0-9a-f]{8}$/), names)
  .map(([a, b, digest, name]) => ({
    acknowledged: a,
    required: a + b,
    digest,
    by: `${name} <${name.slice(0, 3)}>`,
  }));
const blocks: fc.Arbitrary<ProvenanceBlock> = fc
  .record({
    provenance,
    ranges: fc.array(ranges, { maxLength: 30 }),
    tiers: fc.array(
      fc.record({ tier: fc.nat(9), system: fc.stringMatching(/^[!-"$-?A-~]{1,30}( [a-z]+)?$/) }),
      { maxLength: 3 },
    ),
    policy: fc.option(fc.stringMatching(/^[0-9a-f]{12}$/)),
    ack: fc.option(ack),
  })
  .map((parts) => ({
    ...parts,
    provenance: { ...parts.provenance },
    tiers: parts.tiers.map((tier) => ({ ...tier })),
    ranges: inTrailerOrder(parts.ranges),
    assistedBy: assistedBy(parts.ranges),
  }));

/** No agent without a via, no model without an agent, and none for one that is not identified. */
function consistent<T extends Pick<ProvenanceRange, 'via' | 'agent' | 'model'>>(origin: T): T {
  const agent = origin.via === null ? null : origin.agent;
  return { ...origin, agent, model: agent === null || agent === 'unidentified' ? null : origin.model };
}

describe('any block', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(blocks, (written) => {
        assert.deepEqual(parse(formatBlock(written, { lineLimit: 100 })), { ...written, invalid: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('has lines of at most 100 bytes but for single tokens, in ASCII without # and bare @', () => {
    fc.assert(
      fc.property(blocks, (written) => {
        const lines = formatBlock(written, { lineLimit: 100 });
        for (const line of lines) assert.ok(line.length <= 100 || /^ ?\S+$/.test(line), line);
        const inAck = lines.findIndex((line) => line.startsWith('AI-Ack:'));
        for (const line of inAck < 0 ? lines : lines.slice(0, inAck)) {
          assert.match(line, /^[ -~]+$/);
          assert.doesNotMatch(line, /#|(?<![A-Za-z0-9._/@+:-])@/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has as many AI-Hunk trailers as asked for, or all that there are', () => {
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 40 }), fc.nat(12), (all, lines) => {
        const listed = selectRanges(all, { detail: 'hunks', lines, lineLimit: 100 });
        const trailers = (some: readonly ProvenanceRange[]): number =>
          format({ ranges: some, assistedBy: assistedBy(all) }).filter((line) => line.startsWith('AI-Hunk'))
            .length;
        assert.ok(trailers(listed) <= lines);
        assert.ok(listed.length === all.length || trailers(all) > lines);
      }),
    );
  });

  it('orders paths as bytes, whatever the order it is given', () => {
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 10 }), (all) => {
        const sorted = inTrailerOrder(all).map((r) => percentEncodePath(r.path));
        assert.deepEqual(sorted, sorted.toSorted());
      }),
    );
  });
});
