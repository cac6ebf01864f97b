import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import * as fc from 'fast-check';

import {
  classifyForeign,
  CREATED,
  gateBlock,
  hasBlock,
  hasDamagedBlock,
  ALL_HOOKS,
  insertBlock,
  removeBlock,
  shellQuote,
  wrapper,
} from '../../src/git/hook-block';

const block = gateBlock('commit-msg', { kind: 'beside' });
const other = gateBlock('commit-msg', { kind: 'absolute', folder: '/some where/hunkmark' });

describe('the block in a hook', () => {
  const texts = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          '#!/bin/sh',
          '#!/usr/bin/env bash',
          '\n',
          '\r\n',
          'exit 1',
          '',
          '# >>> x',
          '\n\n',
          'é',
        ),
      )
      .map((parts) => parts.join('')),
  );

  it('goes out without a trace, whatever the text around it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(removeBlock(insertBlock(text, block)), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('stands behind the shebang line and before anything else', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const first = text.split('\n')[0] ?? '';
        const head = first.startsWith('#!') ? `${first}\n` : '';
        assert.ok(insertBlock(text, block).startsWith(`${head}${block}`));
      }),
    );
  });

  it('is replaced where it is, once', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const old = `${before}\n${block}\n${after}`;
        assert.equal(insertBlock(old, other), `${before}\n${other}\n${after}`);
        assert.equal(insertBlock(insertBlock(old, block), block), old);
      }),
    );
  });

  it('keeps what a person wrote around it', () => {
    assert.equal(removeBlock(`#!/bin/sh\necho 1\n${block}\necho 2\n`), '#!/bin/sh\necho 1\necho 2\n');
  });

  it('is found only when both markers are there, each on a line of its own', () => {
    assert.equal(hasBlock(insertBlock('', block)), true);
    for (const half of [
      '# >>> hunkmark >>>\nexit\n',
      '# <<< hunkmark <<<\n',
      '# <<< hunkmark <<<\n# >>> hunkmark >>>\n',
      'echo "# >>> hunkmark >>>"\n# <<< hunkmark <<<\n',
    ]) {
      assert.equal(hasBlock(half), false, half);
      assert.equal(removeBlock(half), half);
      assert.equal(hasDamagedBlock(half), true);
    }
    assert.equal(hasDamagedBlock(insertBlock('echo 1\n', block)), false);
    assert.equal(hasDamagedBlock('echo hunkmark\n'), false);
  });

  it('is sh that the shells accept', () => {
    for (const shell of ['dash', 'bash', 'zsh', 'ksh']) {
      for (const hook of ALL_HOOKS) {
        for (const text of [
          insertBlock(CREATED, gateBlock(hook, { kind: 'beside' })),
          insertBlock(wrapper(hook), other),
        ]) {
          const { error, status, stderr } = spawnSync(shell, ['-n'], { input: text });
          if (error === undefined) assert.deepEqual([status, stderr.toString()], [0, '']);
        }
      }
    }
  });

  it('quotes a path for sh', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~\n]+$/), (text) => {
        assert.equal(spawnSync('sh', ['-c', `printf %s ${shellQuote(text)}`]).stdout.toString(), text);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a foreign hook', () => {
  const kinds: readonly [expected: 'sh' | 'program', text: string][] = [
    ['sh', ''],
    ['sh', 'echo no shebang\n'],
    ['sh', '#!/bin/sh\nexit 0\n'],
    ['sh', '#! /bin/sh -eu\n'],
    ['sh', '#!/bin/sh'],
    ['sh', '#!/bin/sh\r\n'],
    ['sh', '#!/usr/local/bin/bash\n'],
    ['sh', '#!/bin/dash\n'],
    ['sh', '#!/bin/zsh -f\n'],
    ['sh', '#!/bin/ksh\n'],
    ['sh', '#!/bin/ash\n'],
    ['sh', '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n'],
    ['sh', '#!/usr/bin/env -S bash -e\n'],
    ['sh', '#!/usr/bin/env LANG=C bash\n'],
    ['sh', '#!/bin/sh\nexec "$(dirname "$0")/../tool" "$@"\n'],
    ['sh', '#!/bin/sh\nexec "${0%/*}/tool" "$@"\n'],
    ['sh', '#!/bin/sh\nexec node tool.js "$1"\n'],
    ['sh', '#!/bin/sh\necho "usage: $0 FILE" >&2\n'],
    ['program', '#!/usr/bin/env python3\n'],
    ['program', '#!/usr/bin/env node\n'],
    ['program', '#!/usr/bin/perl -w\n'],
    ['program', '#!/usr/bin/fish\n'],
    ['program', '#!/bin/busybox sh\n'],
    ['program', '#!/usr/bin/env\n'],
    ['program', '#!\n'],
    ['program', '\x7fELF\x02\x01\x01\0\0\0'],
    ['program', '#!/bin/sh\necho a\0b\n'],
    ['program', '#!/bin/sh\n"exec" "python3" "$0" "$@"\nimport sys\n'],
    ['program', '#!/bin/sh\n# restart \\\nexec tclsh "$0" ${1+"$@"}\n'],
    ['program', '#!/bin/sh\ntail -n +4 "$0" | sh\nexit\necho data\n'],
  ];
  for (const [expected, text] of kinds) {
    it(`${JSON.stringify(text)} is ${expected}`, () => {
      assert.equal(classifyForeign({ link: false, executable: true, text }), expected);
    });
  }

  it('is left alone as a link and when git does not run it', () => {
    const text = '#!/bin/sh\n';
    assert.equal(classifyForeign({ link: true, executable: true, text }), 'program');
    assert.equal(classifyForeign({ link: false, executable: false, text }), 'program');
  });
});
