import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';
import {
  type Cleanup,
  insertBlock,
  isEmptyMessage,
  parseTrailerBlock,
  removeOurs,
  stampMessage,
} from '../../src/core/message';

const PROVENANCE = 'AI-Provenance: v1 ai=2 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=2 listed=2';
const BLOCK = [
  PROVENANCE,
  'Assisted-by: claude-code:m1',
  'AI-Hunk: src/a.ts +10,1:1f3a9c0b',
  ' +20,1:1f3a9c0b ai agent claude-code',
  'AI-Policy: 4f1c9a7be210',
];
const OURS = `${BLOCK.join('\n')}\n`;
const OTHER = [PROVENANCE, 'AI-Ack: 0/1:e3b0c442 A <a@b>'];
/** Our trailers as `git interpret-trailers --parse` prints them. */
const UNFOLDED = [...BLOCK.slice(0, 2), `${BLOCK[2]}${BLOCK[3]}`, ...BLOCK.slice(4)];

const CUT = '------------------------ >8 ------------------------';

const DEFAULT: Cleanup = { commentPrefix: '#', scissors: false };
const PLAIN: Cleanup = { commentPrefix: null, scissors: false };

const NO_CONFIG = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_DIR: '/dev/null',
};

/** What git itself says the trailers are. */
function gitTrailers(message: string, config: readonly string[] = []): string[] {
  const options = ['core.hooksPath=/dev/null', ...config].flatMap((option) => ['-c', option]);
  const run = spawnSync('git', [...options, 'interpret-trailers', '--parse', '--no-divider'], {
    cwd: tmpdir(),
    env: NO_CONFIG,
    input: Buffer.from(message, 'latin1'),
    encoding: 'latin1',
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(spaced);
}

function ourTrailers(message: string, configured: readonly string[] = []): string[] {
  const { trailers = [] } = parseTrailerBlock(message, { configured }) ?? {};
  return trailers.map(({ key, value }) => spaced(`${key}: ${value}`));
}

/** git keeps white space before a line break that it unfolds; nobody reads it. */
function spaced(line: string): string {
  return line.replace(/[ \t\r]+/g, ' ').trimEnd();
}

/** Where ours go: `join` at the end of the message, `new` after a blank line. */
const SHAPES: readonly [string, 'join' | 'new', string][] = [
  ['a title', 'new', 'title\n'],
  ['a title like a trailer', 'new', 'Fix: the thing\n'],
  ['a title of two lines', 'new', 'title\nmore title\n'],
  ['a title of trailers', 'new', 'Fix: the thing\nSigned-off-by: A <a@b>\n'],
  ['a title and prose', 'new', 'title\n\nprose\n'],
  ['prose that ends in a colon', 'new', 'title\n\nThis is why:\n'],
  ['prose with a colon further on', 'new', 'title\n\nsee note: this is it\n'],
  ['a URL', 'new', 'title\n\nSee https://example.com/x\n'],
  ['a bare URL', 'join', 'title\n\nhttps://example.com/x\n'],
  ['prose like one trailer', 'join', 'title\n\nNote: this is it\n'],
  ['a reference', 'join', 'title\n\nRefs: PAY-2231\n'],
  ['two paragraphs and a reference', 'join', 'title\n\nbody\n\nRefs: PAY-2231\n'],
  ['a Change-Id', 'join', 'title\n\nbody\n\nChange-Id: I0123456789abcdef\n'],
  ['a Signed-off-by', 'join', 'title\n\nSigned-off-by: A <a@b>\n'],
  ['a Co-authored-by', 'join', 'title\n\nCo-authored-by: A <a@b>\n'],
  ["a person's Assisted-by", 'join', 'title\n\nAssisted-by: a-tool\n'],
  ['an override', 'join', 'title\n\nAI-Override: INC-1234 restore checkout\n'],
  ['several trailers', 'join', 'title\n\nRefs: x\nReviewed-by: B\nSigned-off-by: A <a@b>\n'],
  ['a trailer with continuations', 'join', 'title\n\nRefs: x\n  y\n\tz\n'],
  ['a trailer with a blank before its colon', 'join', 'title\n\nRefs : x\n'],
  ['a trailer without a value', 'join', 'title\n\nRefs:\n'],
  ['a bad key', 'new', 'title\n\nAI_Test: x\nRefs: x\n'],
  ['a list', 'new', 'title\n\n- one\n- two\n'],
  ['an indented paragraph', 'new', 'title\n\n    code\n'],
  ['prose glued to a reference', 'new', 'title\n\nprose\nRefs: x\n'],
  ['a reference glued to prose', 'new', 'title\n\nRefs: x\nprose\n'],
  ['a line of prose glued to a Signed-off-by', 'join', 'title\n\nprose\nSigned-off-by: A <a@b>\n'],
  [
    'a lot of prose glued to a Signed-off-by',
    'new',
    `title\n\n${'prose\n'.repeat(40)}Signed-off-by: A <a@b>\n`,
  ],
  [
    'fifteen lines of prose, which ours outweigh',
    'join',
    `title\n\n${'prose\n'.repeat(15)}Signed-off-by: A <a@b>\n`,
  ],
  [
    'sixteen lines of prose, which they do not',
    'new',
    `title\n\n${'prose\n'.repeat(16)}Signed-off-by: A <a@b>\n`,
  ],
  ['a cherry-pick line', 'join', 'title\n\nbody\n\n(cherry picked from commit 0123456)\n'],
  ['a cherry-pick line glued to prose', 'join', 'title\n\nbody\n(cherry picked from commit 0123456)\n'],
  ['a Signed-off-by in small letters glued to prose', 'new', 'title\n\nbody\nsigned-off-by: A\n'],
  ['a Signed-off-by without a space glued to prose', 'new', 'title\n\nbody\nSigned-off-by:A\n'],
  ['a list of conflicts', 'join', 'title\n\nConflicts:\n\ta.txt\n'],
  ['a conflict of the old form', 'new', 'title\n\nRefs: x\n\nConflicts:\n\ta.txt\nprose\n'],
  ['a divider', 'new', 'title\n\nbody\n\n---\n'],
  ['a divider above trailers', 'join', 'title\n\nbody\n\n---\n\nRefs: x\n'],
  ['trailers and then prose', 'new', 'title\n\nRefs: x\n\nprose\n'],
  ['an indented copy of ours', 'new', `title\n\nmore\n    ${BLOCK.join('\n    ')}\n`],
  ['a squash message', 'new', `Squashed:\n\ncommit 1\n\n    title\n    \n    ${BLOCK.join('\n    ')}\n`],
  ['Latin-1', 'new', 'caf\xe9\n\nna\xefve\n'],
  ['broken UTF-8 in a trailer', 'join', 'title\n\nRefs: \xc3\x28\xff\n'],
  ['UTF-8', 'new', 'Zo\xc3\xab\n\n\xe2\x80\xa2 one\n'],
  ['CRLF', 'new', 'title\r\n\r\nbody\r\n'],
  ['CRLF and a trailer', 'join', 'title\r\n\r\nRefs: x\r\n'],
  ['several blank lines', 'new', 'title\n\n\n\nbody\n'],
  ['blank lines with spaces', 'join', 'title\n  \t\nRefs: x\n'],
  ['blank lines before the title', 'new', '\n\ntitle: x\n'],
  ['a version we do not know', 'join', 'title\n\nAI-Provenance: v2 x\nAI-Hunk: y\n'],
];

describe('the trailer block', () => {
  const seen: readonly [string, string, readonly string[], string?][] = [
    ['above old conflicts and comments', 't\n\nRefs: x\n\nConflicts:\n\ta.txt\n# c\n', ['Refs: x']],
    ['above comments and blank lines with spaces', 't\n\nRefs: x\n \n# c\n \n', ['Refs: x']],
    ['by a configured key in other letters', 't\n\nrefs: x\nprose\n', ['refs: x'], 'Refs'],
    ['not by a key that is not configured', 't\n\nrefs: x\nprose\n', []],
    ['without the value of a comment', 't\n\nRefs: x\n# c\n y\n', []],
    ['with a quarter of trailers', 't\n\np\np\np\nSigned-off-by: x\n', ['Signed-off-by: x']],
    ['not with less than a quarter', 't\n\np\np\np\np\nSigned-off-by: x\n', []],
    ['before the cut line', `t\n\nRefs: x\n# ${CUT}\ny: z\n`, ['Refs: x']],
    ['past a divider', 't\n\n---\n\nRefs: x\n', ['Refs: x']],
    ['not in the title', 'Refs: x\n', []],
    ['as the first paragraph below blank lines', '\nRefs: x\n', ['Refs: x']],
  ];
  for (const [name, message, expected, configured] of seen) {
    it(`is found ${name}`, () => {
      const names = configured === undefined ? [] : [configured];
      assert.deepEqual(ourTrailers(message, names), expected);
      const config = names.map((key) => `trailer.x.key=${key}`);
      assert.deepEqual(
        gitTrailers(message, config).map((line) => line.toLowerCase()),
        expected.map((line) => line.toLowerCase()),
      );
    });
  }

  it('says on which lines its trailers stand', () => {
    const trailers = [
      { key: 'Refs', value: 'x y', line: 2, end: 4 },
      { key: 'Note', value: '', line: 5, end: 6 },
    ];
    assert.deepEqual(parseTrailerBlock('t\n\nRefs: x\n  y\n# c\nNote :\n'), { start: 2, end: 6, trailers });
  });

  it('is none where there are only comments', () => assert.equal(parseTrailerBlock('t\n\n# c\n \n'), null));

  it('takes no comment for a trailer, whatever comments begin with', () => {
    const { trailers } = parseTrailerBlock('t\n\nRefs: x\nrem: y\nNote: z\n', { commentPrefix: 'rem' }) ?? {};
    assert.deepEqual(
      trailers?.map(({ key }) => key),
      ['Refs', 'Note'],
    );
  });
});

describe('inserting ours', () => {
  for (const [name, where, message] of SHAPES) {
    const expected = `${message}${where === 'join' ? '' : '\n'}${OURS}`;
    it(`goes ${where === 'join' ? 'to the end of' : 'below'} ${name}`, () => {
      assert.equal(insertBlock(message, BLOCK), expected);
      const seen = gitTrailers(expected);
      assert.deepEqual(seen.slice(-UNFOLDED.length), UNFOLDED);
      assert.deepEqual(ourTrailers(expected), seen);
    });
    it(`leaves no trace when taken out of ${name}`, () => {
      assert.equal(removeOurs(expected), message);
      assert.equal(removeOurs(message), message);
    });
  }

  it('keeps a missing line end missing', () => {
    assert.equal(insertBlock('title', BLOCK), `title\n\n${BLOCK.join('\n')}`);
    assert.equal(removeOurs(`title\n\n${BLOCK.join('\n')}`), 'title');
    assert.equal(insertBlock('title\n\nRefs: x', BLOCK), `title\n\nRefs: x\n${BLOCK.join('\n')}`);
    assert.equal(removeOurs(`title\n\nRefs: x\n${BLOCK.join('\n')}`), 'title\n\nRefs: x');
  });

  it('keeps blank lines at the end behind ours', () => {
    assert.equal(insertBlock('title\n\n  \n', BLOCK), `title\n\n${OURS}\n  \n`);
    assert.equal(removeOurs(`title\n\n${OURS}\n  \n`), 'title\n\n  \n');
  });

  it('does nothing without a title', () => {
    for (const message of ['', '\n', ' \t\n\n']) assert.equal(insertBlock(message, BLOCK), message);
  });

  it('does nothing without lines', () => assert.equal(insertBlock('title\n', []), 'title\n'));
});

describe('taking ours out', () => {
  const removed: readonly [string, string, string][] = [
    ['in the middle', `title\n\n${OURS}\nprose\n`, 'title\n\nprose\n'],
    ['several sets', `title\n\n${OURS}\nprose\n\n${PROVENANCE}\nAI-Tier: 1 x\n`, 'title\n\nprose\n'],
    ['two sets in one paragraph', `title\n\n${OURS}${OURS}`, 'title\n'],
    ['a set glued to a title', `title\n${OURS}`, 'title\n'],
    ['a set at the very start', `${OURS}\ntitle\n`, 'title\n'],
    ['nothing but a set', OURS, ''],
    ['a set with a line glued to it', `title\n\n${OURS}a tool was here\n`, 'title\n\na tool was here\n'],
    ['a set with a line glued on top', `title\n\nprose\n${OURS}`, 'title\n\nprose\n'],
    [
      'a set with lines put between',
      `t\n\n${PROVENANCE}\nChange-Id: I0\n x\nAI-Hunk: y\n z\nAI-Policy: p\n`,
      't\n\nChange-Id: I0\n x\n',
    ],
    [
      "a person's Assisted-by after ours",
      `t\n\n${PROVENANCE}\nAI-Policy: p\nAssisted-by: me\n`,
      't\n\nAssisted-by: me\n',
    ],
    ["a person's Assisted-by before ours", `t\n\nAssisted-by: me\n${OURS}`, 't\n\nAssisted-by: me\n'],
    [
      'an Assisted-by not directly under',
      `t\n\n${PROVENANCE}\nRefs: x\nAssisted-by: me\n`,
      't\n\nRefs: x\nAssisted-by: me\n',
    ],
    [
      'an override among ours',
      `t\n\n${PROVENANCE}\nAI-Override: why\n because\nAI-Policy: p\n`,
      't\n\nAI-Override: why\n because\n',
    ],
    [
      'a set folded in its first line',
      `t\n\nAI-Provenance: v1 ai=1\n mixed=0\n\thuman=0\nAssisted-by:\n x\n`,
      't\n',
    ],
    ['a set with CRLF', `t\r\n\r\n${OURS.replaceAll('\n', '\r\n')}`, 't\r\n'],
    ['a bare opening', 't\n\nAI-Provenance: v1\n', 't\n'],
    ['three blank lines around a set', `a\n\n\n${OURS}\n\nb\n`, 'a\n\n\n\nb\n'],
  ];
  for (const [name, message, rest] of removed) {
    it(`removes ${name}`, () => assert.equal(removeOurs(message), rest));
  }

  const kept: readonly [string, string][] = [
    ['an indented copy', `t\n\n    ${BLOCK.join('\n    ')}\n`],
    ['a copy in a list', `t\n\n* ${BLOCK.join('\n  ')}\n`],
    ['our keys without AI-Provenance', 't\n\nAI-Hunk: x\nAI-Policy: y\nAssisted-by: z\n'],
    ['another version', 't\n\nAI-Provenance: v10 ai=1\nAI-Hunk: x\n'],
    ['prose about us', 't\n\nAI-Provenance: v1-like things\n'],
    ['other letters', 't\n\nai-provenance: v1 ai=1\n'],
    ['nothing of ours and no line end', 't\n\nb'],
  ];
  for (const [name, message] of kept) it(`keeps ${name}`, () => assert.equal(removeOurs(message), message));
});

const HELP = '\n# Please enter the commit message\n#\n# On branch main\n';
const DIFF = `# ${CUT}\n# Do not modify\ndiff --git a b\n+${PROVENANCE}\n${PROVENANCE}\n`;

describe('stamping a message file', () => {
  const stamped: readonly [string, Cleanup, string, string][] = [
    ['above the comments', DEFAULT, `title\n${HELP}`, `title\n\n${OURS}${HELP}`],
    ['above comments that touch the text', DEFAULT, 'title\n# help\n', `title\n\n${OURS}# help\n`],
    ['to a block above the comments', DEFAULT, `t\n\nRefs: x\n${HELP}`, `t\n\nRefs: x\n${OURS}${HELP}`],
    [
      'above the scissors',
      { ...DEFAULT, scissors: true },
      `title\n${HELP}${DIFF}`,
      `title\n\n${OURS}${HELP}${DIFF}`,
    ],
    ['above scissors without comments', { ...PLAIN, scissors: true }, `t\n${DIFF}`, `t\n\n${OURS}${DIFF}`],
    [
      'above scissors with CRLF',
      { ...DEFAULT, scissors: true },
      `t\r\n# ${CUT}\r\nx\r\n`,
      `t\r\n\n${OURS}# ${CUT}\r\nx\r\n`,
    ],
    ['below scissors that are a comment', DEFAULT, `t\n\n# ${CUT}\nbody\n`, `t\n\n# ${CUT}\nbody\n\n${OURS}`],
    ['above scissors that stay', PLAIN, `t\n\n; ${CUT}\nbody\n`, `t\n\n${OURS}\n; ${CUT}\nbody\n`],
    [
      'with another comment character',
      { ...DEFAULT, commentPrefix: ';' },
      't\n\n; help\n',
      `t\n\n${OURS}\n; help\n`,
    ],
    [
      'with a comment string',
      { ...DEFAULT, commentPrefix: '//' },
      't\n\n// help\n',
      `t\n\n${OURS}\n// help\n`,
    ],
    [
      'below # where that is no comment',
      { ...DEFAULT, commentPrefix: ';' },
      't\n\n# 1\n',
      `t\n\n# 1\n\n${OURS}`,
    ],
    ['below # where comments stay', PLAIN, 't\n\nRefs: x\n# 1\n', `t\n\nRefs: x\n# 1\n\n${OURS}`],
    [
      'to a block with a comment in it',
      DEFAULT,
      't\n\nRefs: x\n# 1\nRefs: y\n',
      `t\n\nRefs: x\n# 1\nRefs: y\n${OURS}`,
    ],
    [
      'below a title under comments',
      DEFAULT,
      '# squash of 2\n\nFix: x\n',
      `# squash of 2\n\nFix: x\n\n${OURS}`,
    ],
    ['below a title glued to comments', DEFAULT, 'Fix: x\n# 1\nRefs: y\n', `Fix: x\n# 1\nRefs: y\n\n${OURS}`],
    [
      'once for a squash',
      DEFAULT,
      `# 1st:\n\na\n\n${OURS}\n# 2nd:\n\nb\n\n${OURS}${HELP}`,
      `# 1st:\n\na\n\n# 2nd:\n\nb\n\n${OURS}${HELP}`,
    ],
    ['nowhere without a title', DEFAULT, HELP, HELP],
    ['nowhere above scissors without a title', { ...DEFAULT, scissors: true }, `\n${DIFF}`, `\n${DIFF}`],
    ['nowhere when only ours are there', DEFAULT, `${OURS}${HELP}`, `${OURS}${HELP}`],
    ['nowhere when only ours are there, without comments', PLAIN, OURS, OURS],
    [
      'below a title about us',
      DEFAULT,
      'AI-Provenance: v1 is read\n',
      `AI-Provenance: v1 is read\n\n${OURS}`,
    ],
    [
      'below a title about us under comments',
      DEFAULT,
      '# 1st\n\nAI-Provenance: v1\n\nbody\n',
      `# 1st\n\nAI-Provenance: v1\n\nbody\n\n${OURS}`,
    ],
  ];
  for (const [name, cleanup, before, after] of stamped) {
    it(`puts ours ${name}`, () => {
      assert.equal(stampMessage(before, BLOCK, cleanup), after);
      assert.equal(stampMessage(after, BLOCK, cleanup), after);
    });
  }

  it('moves ours to the end and leaves a glued line', () => {
    const glued = `title\n\n${OURS}a tool was here\n`;
    assert.equal(stampMessage(glued, BLOCK, DEFAULT), `title\n\na tool was here\n\n${OURS}`);
  });

  it('replaces what it wrote before', () => {
    for (const [, , message] of SHAPES) {
      const once = stampMessage(message, OTHER, PLAIN);
      assert.equal(stampMessage(once, BLOCK, PLAIN), stampMessage(message, BLOCK, PLAIN));
    }
  });

  it('takes ours out and nothing else', () => {
    for (const [, where, message] of SHAPES) {
      const stamp = `${message}${where === 'join' ? '' : '\n'}${OURS}${HELP}`;
      assert.equal(stampMessage(stamp, null, DEFAULT), message + HELP);
      assert.equal(stampMessage(message + HELP, null, DEFAULT), message + HELP);
    }
  });
});

describe('an empty message', () => {
  const SCISSORS: Cleanup = { commentPrefix: '#', scissors: true };
  const cases: readonly [boolean, string, string, Cleanup & { template?: string }][] = [
    [true, 'nothing', '', DEFAULT],
    [true, 'blank lines', '\n \t\n', DEFAULT],
    [true, 'comments', HELP, DEFAULT],
    [true, 'comments and Signed-off-by', `\nSigned-off-by: A <a@b>\n${HELP}`, DEFAULT],
    [true, 'a diff under the scissors', `\n${HELP}${DIFF}`, SCISSORS],
    [false, 'a diff under no scissors', `\n${HELP}${DIFF}`, DEFAULT],
    [true, 'a diff where comments stay', `\n${DIFF}`, { commentPrefix: null, scissors: true }],
    [false, 'comments where they stay', '# x\n', PLAIN],
    [true, 'comments of another kind', '\n; x\n', { commentPrefix: ';', scissors: false }],
    [false, 'comments of a kind they are not', '\n# x\n', { commentPrefix: ';', scissors: false }],
    [false, 'a title', `t\n${HELP}`, DEFAULT],
    [false, 'another trailer', 'Reviewed-by: A\n', DEFAULT],
    [
      true,
      'an untouched template',
      `T: \n\nwhy\n${HELP}`,
      { ...DEFAULT, template: '# help\nT: \n\n\nwhy\n' },
    ],
    [true, 'a signed template', `T:\nSigned-off-by: A\n${HELP}`, { ...DEFAULT, template: 'T:\n' }],
    [true, 'nothing left of a template', HELP, { ...DEFAULT, template: 'T:\n' }],
    [false, 'a template that was filled in', `T: x\n${HELP}`, { ...DEFAULT, template: 'T:\n' }],
    [false, 'a template with its lines parted', 'a\n\nb\n', { ...DEFAULT, template: 'a\nb\n' }],
    [false, 'a template with a blank moved', ' a\n', { ...DEFAULT, template: 'a\n' }],
  ];
  for (const [isEmpty, name, message, options] of cases) {
    it(`is ${isEmpty ? '' : 'not '}${name}`, () => assert.equal(isEmptyMessage(message, options), isEmpty));
  }
});

// ---- any message

const fragments = fc.constantFrom(
  'title',
  'prose',
  'Fix: x',
  'Refs: x',
  'Refs : x',
  'Refs',
  'Re_fs: x',
  ': x',
  ' cont',
  '\tcont',
  '  ',
  '',
  '',
  '',
  '\r',
  'Refs: x\r',
  'Signed-off-by: A <a@b>',
  'Signed-off-by:A',
  '(cherry picked from commit 0)',
  '# comment',
  '#: x',
  'Conflicts:',
  '\ta.txt',
  '---',
  `# ${CUT}`,
  'Assisted-by: me',
  'AI-Override: why',
  ...BLOCK,
  '    AI-Provenance: v1 ai=1',
  'AI-Provenance: v2',
  '\xe9: \xff',
  '\x0b: x',
  'a\x0c: x',
);
const messages = fc
  .tuple(fc.array(fragments, { maxLength: 14 }), fc.boolean())
  .map(([lines, isOpen]) => lines.join('\n') + (isOpen ? '' : '\n'));
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from('aA-:# \t\r\n\n\n')),
      fc.integer({ min: 1, max: 255 }).map((b) => String.fromCharCode(b)),
    ),
  )
  .map((chars) => chars.join(''));
const cleanups = fc.record({ commentPrefix: fc.constantFrom('#', ';', '//', null), scissors: fc.boolean() });
const blocks = fc.constantFrom(BLOCK, OTHER, [PROVENANCE], null);

/** An indented line right under ours is a fold of it, and goes with it. */
function hasNoFoldOfOurs(message: string): boolean {
  const indented = message.split('\n').filter((line) => /^\s+\S/.test(line));
  return indented.every((line) => BLOCK.includes(line));
}

describe('any message', () => {
  it('has the trailers that git sees', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(fc.oneof(messages, soup), (message) =>
        assert.deepEqual(ourTrailers(message), gitTrailers(message)),
      ),
      { numRuns: 300 },
    );
  });

  it('has the trailers that git sees with configured keys', function () {
    this.timeout(120_000);
    const config = ['trailer.rfs.key=Refs', 'trailer.note.where=end'];
    fc.assert(
      fc.property(messages, (message) =>
        assert.deepEqual(ourTrailers(message, ['Refs', 'note', 'rfs']), gitTrailers(message, config)),
      ),
      { numRuns: 100 },
    );
  });

  it('shows git all of ours once stamped, and what was there before', function () {
    this.timeout(120_000);
    const whole = messages.filter(
      (message) => /^[^\s#]/m.test(removeOurs(message)) && !message.includes(CUT),
    );
    fc.assert(
      fc.property(whole, (message) => {
        const seen = gitTrailers(stampMessage(message, BLOCK, PLAIN));
        assert.deepEqual(seen.slice(-UNFOLDED.length), UNFOLDED);
      }),
      { numRuns: 150 },
    );
  });

  it('is stamped by the last stamp alone', () => {
    fc.assert(
      fc.property(fc.oneof(messages, soup), blocks, blocks, cleanups, (message, x, y, cleanup) => {
        const once = stampMessage(message, y, cleanup);
        assert.equal(stampMessage(stampMessage(message, x, cleanup), y, cleanup), once);
        assert.equal(stampMessage(once, y, cleanup), once);
      }),
      { numRuns: 1000 },
    );
  });

  it('is untouched where it has none of ours and gets none', () => {
    fc.assert(
      fc.property(fc.oneof(messages, soup), cleanups, (message, cleanup) => {
        if (!message.includes('AI-Provenance: v1'))
          assert.equal(stampMessage(message, null, cleanup), message);
        assert.equal(removeOurs(insertBlock(removeOurs(message), BLOCK)), removeOurs(message));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every line that is not ours, in order', () => {
    fc.assert(
      fc.property(messages.filter(hasNoFoldOfOurs), cleanups, (message, cleanup) => {
        const others = (text: string): string[] =>
          text
            .split('\n')
            .filter((line) => line.trim() !== '' && ![...BLOCK, 'Assisted-by: me'].includes(line));
        assert.deepEqual(others(stampMessage(message, BLOCK, cleanup)), others(message));
      }),
      { numRuns: 1000 },
    );
  });

  it('is read in time linear in its length', () => {
    for (const part of ['a: x\n', ' \n', 'x', ' ', '\n', `${PROVENANCE}\n\n`, '#\n', '-', '\t\r', 'A-b ']) {
      const message = `t\n\n${part.repeat(100_000)}`;
      const start = process.hrtime.bigint();
      parseTrailerBlock(message);
      stampMessage(message, BLOCK, DEFAULT);
      isEmptyMessage(message, DEFAULT);
      assert.ok(process.hrtime.bigint() - start < 3_000_000_000n, JSON.stringify(part));
    }
  });
});
