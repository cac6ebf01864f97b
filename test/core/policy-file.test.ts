import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { TIER_DEFAULTS } from '../../src/core/policy';
import { readIncludedFile, readRootFile } from '../../src/core/policy-file';

const WHOLE = `version: 1
systems:
  checkout:
    tier: 1
    description: Order checkout
    owners: ["@pay-oncall", ana@example.com]
    paths:
      - services/checkout/**
      - "config/pricing/*.yml"
  "search & find": { tier: 2, paths: [services/search/**] }
tiers:
  1:
    warn: warning
    agents: ask
    commit: acknowledge
    provenance: required
    unknown: warn
    override: approve
    changeRef: "CHG-*"
    detail: full
    until: 2027-03-31
  2: { warn: information }
exempt:
  - { author: "*[bot]@users.noreply.github.com", paths: ["**/package-lock.json"] }
include: [".hunkmark/*.yml"]
import:
  - { kind: backstage, files: "**/catalog-info.yaml", tierFrom: "metadata.labels.tier" }
  - { kind: datadog, files: "**/entity.datadog.yaml", scale: { Gold: 1 } }
`;

function problem(text: string): string {
  const read = readRootFile(text);
  return read.kind === 'problem' ? `${read.line}:${read.column}: ${read.what}` : 'no problem';
}

describe('.hunkmark.yml', () => {
  it('is read whole, with the line of every pattern', () => {
    const read = readRootFile(WHOLE);
    assert.ok(read.kind === 'root', JSON.stringify(read));
    const { systems, tiers, exempt, include, imports, unsupported } = read.root;
    const at = (line: number) => ({ file: '.hunkmark.yml', line });
    assert.deepEqual(systems, [
      {
        name: 'checkout',
        tier: 1,
        description: 'Order checkout',
        owners: ['@pay-oncall', 'ana@example.com'],
        patterns: [
          { pattern: 'services/checkout/**', from: at(8) },
          { pattern: 'config/pricing/*.yml', from: at(9) },
        ],
      },
      {
        name: 'search & find',
        tier: 2,
        description: null,
        owners: [],
        patterns: [{ pattern: 'services/search/**', from: at(10) }],
      },
    ]);
    assert.deepEqual(tiers.get(1), {
      warn: 'warning',
      agents: 'ask',
      commit: 'acknowledge',
      provenance: 'required',
      unknown: 'warn',
      override: 'approve',
      changeRef: 'CHG-*',
      detail: 'full',
      until: '2027-03-31',
    });
    assert.deepEqual(tiers.get(2), TIER_DEFAULTS);
    assert.deepEqual(exempt, [
      {
        author: '*[bot]@users.noreply.github.com',
        patterns: [{ pattern: '**/package-lock.json', from: at(24) }],
      },
    ]);
    assert.deepEqual(include, [{ pattern: '.hunkmark/*.yml', from: at(25) }]);
    assert.deepEqual(imports, [
      {
        kind: 'backstage',
        files: { pattern: '**/catalog-info.yaml', from: at(27) },
        tierFrom: 'metadata.labels.tier',
        scale: new Map(),
      },
      {
        kind: 'datadog',
        files: { pattern: '**/entity.datadog.yaml', from: at(28) },
        tierFrom: null,
        scale: new Map([['gold', 1]]),
      },
    ]);
    assert.deepEqual(unsupported, []);
  });

  it('says of approvals that they are not enforced, and where', () => {
    const read = readRootFile('version: 1\napprovals: 2\ntiers:\n  1:\n    approvals: { count: 2 }\n');
    assert.ok(read.kind === 'root');
    assert.deepEqual(
      read.root.unsupported.map(({ from }) => from.line),
      [2, 5],
    );
    assert.match(
      read.root.unsupported[0]?.what ?? '',
      /not enforced by Hunkmark yet; require them in your forge/,
    );
  });

  for (const [text, expected] of [
    ['', '1:1: it is empty'],
    ['# nothing\n', '1:1: it is empty'],
    ['[]', '1:1: it must be a map that begins with version: 1'],
    ['systems: {}', '1:1: it has no version; it must be 1, the only version that this Hunkmark reads'],
    ['version: 2', '1:10: version must be 1, the only version that this Hunkmark reads'],
    ['version: 1\nsytems: {}', '2:1: the key "sytems" is not known here'],
    [
      'version: 1\nsystems:\n  a:\n    paths: [x]',
      '3:3: systems.a has no tier; it must be a whole number from 0 to 9, lower is more critical',
    ],
    [
      'version: 1\nsystems:\n  a:\n    tier:\n    paths: [x]',
      '4:10: systems.a.tier must be a whole number from 0 to 9, lower is more critical',
    ],
    [
      'version: 1\nsystems:\n  a: { tier: 10, paths: [x] }',
      '3:14: systems.a.tier must be a whole number from 0 to 9, lower is more critical',
    ],
    [
      'version: 1\nsystems:\n  a: { tier: 1.5, paths: [x] }',
      '3:14: systems.a.tier must be a whole number from 0 to 9, lower is more critical',
    ],
    [
      'version: 1\nsystems:\n  a: { tier: 1, paths: [] }',
      '3:24: systems.a.paths must be a list of at least one path pattern',
    ],
    [
      'version: 1\nsystems:\n  a: { tier: 1, paths: [x, "!y"] }',
      '3:28: systems.a.paths[1]: the pattern "!y" cannot be used: ! takes nothing back here; list what belongs to the system',
    ],
    [
      'version: 1\nsystems:\n  a b: { tier: 1, paths: x }',
      '3:26: systems["a b"].paths must be a list of path patterns',
    ],
    [
      'version: 1\nsystems:\n  a: { tier: 1, paths: [x] }\n  a: { tier: 2, paths: [x] }',
      '4:3: "a" stands here twice',
    ],
    [
      'version: 1\nsystems:\n  "a\\nb": { tier: 1, paths: [x] }',
      '3:3: "a\\nb" must be a name of 1 to 100 characters that can be seen',
    ],
    [
      'version: 1\nsystems:\n  __proto__: { tier: 1, paths: [x] }',
      '3:3: the key "__proto__" is not known here',
    ],
    ['version: 1\ntiers:\n  10: {}', '3:3: tiers: the key "10" is not known here'],
    [
      'version: 1\ntiers:\n  1: { commit: refuse }',
      '3:16: tiers.1.commit must be one of allow, acknowledge, block',
    ],
    ['version: 1\ntiers:\n  1: { until: 2027-02-29 }', '3:15: tiers.1.until must be a day, as in 2027-03-31'],
    ['version: 1\ntiers:\n  1: { detail: none }', '3:16: tiers.1.detail must be full'],
    ['version: 1\nimport: [{ kind: cortex, files: x }]', '2:18: import[0].kind must be backstage or datadog'],
    [
      'version: 1\nimport: [{ kind: backstage, files: x }]',
      '2:10: import[0] has no tierFrom; it must be a text of 1 to 200 characters',
    ],
    [
      'version: 1\nsystems: &a {}\ntiers: *a',
      '2:10: anchors and aliases are not read here; write the value out',
    ],
    ['version: 1\nsystems: !!set {}', '2:10: tags are not read here'],
    ['version: !x 1', '1:10: tags are not read here'],
    ['%TAG ! x\n---\nversion: 1', '1:1: directives are not read here'],
    ['version: 1\n---\nversion: 1', '3:1: a second document follows; only one is read'],
    ['version: 1\nsystems: {', '2:10: a bracket is not closed'],
    ['version: 1\n\tsystems: {}', ''],
    ['version: 1\nsystems: { [a]: 1 }', '2:12: a key has to be a text'],
    ['version: 1\n'.repeat(2), '2:1: "version" stands here twice'],
  ] as const) {
    it(`${JSON.stringify(text.slice(0, 60))} is wrong`, () => {
      const found = problem(text);
      if (expected === '') assert.match(found, /^\d+:\d+: \S/);
      else assert.equal(found, expected);
    });
  }

  it('has systems only where it is included', () => {
    const read = readIncludedFile('.hunkmark/a.yml', 'systems:\n  a: { tier: 1, paths: [x] }\ntiers: {}\n');
    assert.deepEqual(read, {
      kind: 'problem',
      file: '.hunkmark/a.yml',
      line: 3,
      column: 1,
      what: 'the key "tiers" is not known here',
    });
  });

  it('is one clear finding however it is damaged', () => {
    const noise = fc.constantFrom(
      '',
      '\0',
      '\t',
      '"',
      '{',
      '[',
      ']',
      '}',
      ':',
      '- ',
      '*',
      '&a ',
      '!',
      '%',
      '\u2028',
      '\ud800',
      '? ',
      '|',
      '#',
      ',',
      '\r',
      'é',
      '__proto__: ',
    );
    const seed = Number(process.env['HUNKMARK_SEED'] ?? 11);
    let wrong = 0;
    fc.assert(
      fc.property(fc.nat(WHOLE.length), fc.nat(40), fc.array(noise, { maxLength: 6 }), (at, gone, put) => {
        const text = WHOLE.slice(0, at) + put.join('') + WHOLE.slice(at + gone);
        const read = readRootFile(text);
        if (read.kind !== 'problem') return;
        wrong++;
        const lines = text.split('\n');
        assert.ok(read.line >= 1 && read.line <= lines.length + 1, `${read.line} of ${lines.length}`);
        assert.ok(read.column >= 1, `column ${read.column}`);
        assert.ok(read.what !== '' && read.what.length < 400 && !read.what.includes('\n'), read.what);
      }),
      { numRuns: 1000, seed },
    );
    assert.ok(wrong > 500, `${wrong} of 1000 were wrong`);
  });

  it('is refused by its depth long before it is long', () => {
    for (const text of [
      `a: ${'['.repeat(2000)}${']'.repeat(2000)}`,
      `a: ${'{a: '.repeat(2000)}${'}'.repeat(2000)}`,
      '- '.repeat(2000),
      '? '.repeat(2000),
      Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ])
      assert.match(problem(text), /^\d+:\d{1,3}: it is nested too deep$/, text.slice(0, 20));
  });

  it('is refused before it is parsed where it is made to be slow', () => {
    const size = 256 * 1024;
    const fill = (text: string): string => text.repeat(Math.ceil(size / text.length)).slice(0, size);
    for (const text of [
      `a: ${fill('[')}`,
      `a: ${fill('{a: ')}`,
      fill('- '),
      fill('? '),
      fill(': '),
      fill('! '),
      fill('%a\n'),
      fill('---\n'),
      `[${fill(',')}`,
      Array.from({ length: 30_000 }, (_, key) => `k${key}:`).join('\n'),
      `a: &a [x]\n${fill('b: *a\n')}`,
      Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ])
      assert.match(
        problem(text),
        /nested too deep|are not read here|more than this file may hold|a comma stands behind/,
        text.slice(0, 20),
      );
  });

  it('is read up to its size, whatever fills it: systems, comments or blank lines', () => {
    const size = 256 * 1024;
    const system = (at: number): string =>
      `  sys${at}:\n    tier: ${at % 4}\n    paths: ["services/sys${at}/**"]\n`;
    const head = `version: 1\nsystems:\n${system(0)}`;
    let [many, count] = [head, 1];
    for (; many.length + 80 < size; count++) many += system(count);
    const padded = (line: string): string =>
      head + line.repeat(Math.floor((size - head.length) / line.length));
    for (const [text, systems] of [
      [many, count],
      [padded('#\n'), 1],
      [padded('# a comment\n'), 1],
      [padded('\n'), 1],
    ] as const) {
      const read = readRootFile(text);
      assert.equal(read.kind === 'root' ? read.root.systems.length : problem(text), systems);
    }
  });
});
