import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, type Bench } from './bench';

describe('hunkmark, as a command line', function () {
  this.timeout(60_000);
  let at: Bench;
  before(() => {
    at = bench();
    at.repo.write('sub/deep/a.txt', 'one\n');
    at.repo.git('add', '.');
    at.commit('start');
  });
  after(() => at.repo.dispose());

  it('ends with 2 and one line on standard error where it was called wrongly', () => {
    const wrong: [RegExp, ...string[]][] = [
      [/^hunkmark: unknown option '--frob'\n$/, 'show', '--frob'],
      [/^hunkmark: unknown command 'frob'\n$/, 'frob'],
      [/^hunkmark: missing required argument 'path'\n$/, 'blame'],
      [/^hunkmark: too many arguments.*\n$/, 'show', 'HEAD', 'HEAD'],
      [/^hunkmark: there is no commit nowhere\n$/, 'show', 'nowhere'],
      [/^hunkmark: there is no commit HEAD\^\n$/, 'show', 'HEAD^'],
      [/^hunkmark: there is no commit --all\n$/, 'show', '--', '--all'],
      [/^hunkmark: there is no commit HEAD:sub\n$/, 'show', 'HEAD:sub'],
      [/^hunkmark: there is no commit a\\nb\n$/, 'show', 'a\nb'],
      [/^hunkmark: there is no commit @\{upstream\}\n$/, 'show', '@{upstream}'],
      [/^hunkmark: there is no commit HEAD@\{99\}\n$/, 'blame', 'sub/deep/a.txt', 'HEAD@{99}'],
      [/^hunkmark: there is no commit @\{-1\}\n$/, 'tier', 'a', '--at', '@{-1}'],
      // A variable of a script that is not set is no wish to have all of history judged by itself.
      [/^hunkmark: the range is empty: name one, or leave it away\n$/, 'check', ''],
      [/^hunkmark: the range is empty: name one, or leave it away\n$/, 'log', ''],
      [/^hunkmark: the range is empty: name one, or leave it away\n$/, 'squash-message', ''],
      [/^hunkmark: the name of a commit is empty: give one, or leave it away\n$/, 'check', '--base', ''],
      [/^hunkmark: there is no commit nowhere\n$/, 'blame', 'sub/deep/a.txt', 'nowhere'],
      [/^hunkmark: there is no file b.txt in HEAD\n$/, 'blame', 'b.txt', 'HEAD'],
      [/^hunkmark: there is no file sub in HEAD\n$/, 'blame', 'sub', 'HEAD'],
      [/^hunkmark: sub is a folder\n$/, 'blame', 'sub'],
      [/^hunkmark: there is no file b\\u001b\.txt in the working tree\n$/, 'blame', 'b\u001b.txt'],
      [/^hunkmark: \.\.\/x is not in this repository\n$/, 'blame', '../x'],
      [/^hunkmark: cannot change to .*nowhere: there is no such folder\n$/, '-C', 'nowhere', 'show'],
      [/^hunkmark: \S+ is not in a git repository\n$/, '-C', at.repo.root, 'status'],
      [/^hunkmark: status --trailers has no --json\n$/, 'status', '--trailers', '--json'],
      [/^hunkmark: install has no --json\n$/, 'install', '--json'],
      [/^hunkmark: --user goes with --agents\n$/, 'install', '--user'],
      [/^hunkmark: --strict goes with --agents\n$/, 'install', '--strict'],
      [
        /^hunkmark: "windsurf" is not an agent that Hunkmark knows; supported: claude-code, codex, .*\n$/,
        'install',
        '--agents',
        'windsurf',
      ],
      [/^hunkmark: usage: stamp --hook NAME FILE/, 'stamp'],
      [/^hunkmark: usage: stamp --hook NAME FILE/, 'stamp', '--amend', 'file'],
    ];
    for (const [reason, ...args] of wrong) at.refuses(2, reason, ...args);
    assert.equal(fs.existsSync(path.join(at.repo.dir, '.git/hunkmark')), false);
  });

  it('says of a branch without a commit that it has none, and not that history has to be fetched', () => {
    const unborn = bench();
    try {
      for (const args of [['log'], ['check'], ['check', 'HEAD'], ['squash-message'], ['stamp', '--amend']])
        unborn.refuses(2, /^hunkmark: there is no commit yet\n$/, ...args);
    } finally {
      unborn.repo.dispose();
    }
  });

  it('tells its version and helps on standard output', () => {
    assert.match(at.ok('--version'), /^\d+\.\d+\.\d+\n$/);
    assert.match(at.ok('show', '--version'), /^\d+\.\d+\.\d+\n$/);
    assert.match(at.ok('--help'), /^Usage: hunkmark /);
    assert.match(at.ok('blame', '--help'), /^Usage: hunkmark blame /);
    at.refuses(2, /^Usage: hunkmark /);
  });

  it('takes every name that git has for a commit', () => {
    const head = at.repo.git('rev-parse', 'HEAD').trim();
    for (const name of [
      'HEAD',
      '@',
      'main',
      head.slice(0, 7),
      ':/start',
      'HEAD^{/start}',
      '@{0}',
      'main@{0}',
    ])
      assert.match(at.ok('show', name), new RegExp(`^commit ${head}\n`), name);
  });

  it('takes -C as git does: anywhere, several times, each from where the one before it led', () => {
    const there = (...args: string[]): unknown => at.json(...args).path;
    assert.equal(there('-C', 'sub', '-C', 'deep', 'blame', 'a.txt'), 'sub/deep/a.txt');
    assert.equal(there('blame', '-C', 'sub', 'deep/a.txt', 'HEAD'), 'sub/deep/a.txt');
    assert.equal(
      there('-C', 'sub', 'blame', '../sub/deep/a.txt', '-C', at.repo.dir, '-C', 'sub', '-C', ''),
      'sub/deep/a.txt',
    );
  });

  it('never stops an agent or a commit, however it was called', () => {
    const calls = [
      ['record'],
      ['record', 'claude-code'],
      ['record', 'nobody', 'PreToolUse'],
      ['record', 'claude-code', 'PreToolUse', '--frob'],
      ['-C', 'nowhere', 'record', 'claude-code', 'PreToolUse'],
      ['stamp', '--hook'],
      ['stamp', '--hook', 'commit-msg'],
      ['stamp', '--hook', 'commit-msg', 'no such file'],
      ['stamp', '--hook', 'commit-msg', 'a', 'b', 'c', 'd'],
    ];
    for (const args of calls) {
      const { status, stdout } = at.run(...args);
      assert.deepEqual({ status, stdout }, { status: 0, stdout: '' }, args.join(' '));
    }
  });

  /** Shell text that ends with `hunkmark`'s status on standard error. */
  const OUTPUTS: readonly (readonly [shell: string, said: RegExp])[] = [
    ['{ hunkmark doctor; echo $? >&2; } | true', /^1\n$/],
    ['{ hunkmark --help; echo $? >&2; } | true', /^0\n$/],
    ['hunkmark --help > /dev/full; echo $? >&2', /^hunkmark: the answer could not be written: .+\n3\n$/],
    ['(ulimit -f 1; hunkmark --help > full); echo $? >&2', /^hunkmark: EFBIG: .+\n3\n$/],
    ['exec 3>&2; hunkmark frob 2> /dev/full; echo $? >&3', /^2\n$/],
    ['hunkmark record codex x < /dev/null > /dev/full 2> /dev/full; echo $? >&2', /^0\n$/],
    ['hook record codex x < /dev/null > /dev/full 2> /dev/full; echo $? >&2', /^0\n$/],
  ];
  for (const [shell, said] of OUTPUTS)
    it(`keeps its status whoever reads, and says what could not be written: ${shell}`, function () {
      if (!fs.existsSync('/dev/full') && shell.includes('/dev/full')) this.skip();
      const programs = ['hunkmark', 'hook'].map((name) => {
        const file = path.resolve('dist', name === 'hook' ? 'hook.js' : 'cli.js');
        return `${name}() { '${process.execPath}' '${file}' "$@"; }\n`;
      });
      assert.match(at.repo.run('sh', ['-c', `${programs.join('')}${shell}`]).stderr, said);
    });

  it('says what broke with 3', () => {
    const broken = bench();
    try {
      broken.commit('start');
      const tree = broken.repo.git('rev-parse', 'HEAD^{tree}').trim();
      broken.repo.write('a', 'one\n');
      broken.repo.git('add', '.');
      broken.commit(
        'two\n\nAI-Provenance: v1 ai=1 mixed=0 human=0 unknown=0 ai-deleted=0 hunks=0 listed=0\n',
      );
      const lost = broken.repo.git('rev-parse', 'HEAD^{tree}').trim();
      assert.notEqual(lost, tree);
      fs.rmSync(path.join(broken.repo.dir, '.git/objects', lost.slice(0, 2), lost.slice(2)));
      broken.refuses(3, /^hunkmark: git diff-tree failed/, 'show');
    } finally {
      broken.repo.dispose();
    }
  });

  it('says in words of git where git will not work', () => {
    at.repo.git('config', 'core.repositoryFormatVersion', '99');
    try {
      at.refuses(2, /^hunkmark: .*99/, 'show');
    } finally {
      const config = path.join(at.repo.dir, '.git/config');
      fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace('= 99', '= 0'));
    }
  });
});

describe('a policy at HEAD that does not parse', function () {
  this.timeout(60_000);

  it('is said by every command that reads, and is its status; what it has to say it says all the same', () => {
    const at = bench();
    try {
      at.repo.write('.hunkmark.yml', 'version: 9\n');
      at.repo.write('a.txt', 'one\n');
      at.repo.git('add', '.');
      at.commit('start');
      const reads: [string[], RegExp][] = [
        [['show'], /^commit /],
        [['show', '--json'], /^\{"commit":/],
        [['blame', 'a.txt'], /one$/m],
        [['blame', 'a.txt', 'HEAD', '--json'], /^\{"path":"a\.txt"/],
        [['status', '--json'], /^\{"files":/],
        [['status', '--trailers'], /^$/],
        [['log'], /^$/],
        [['tier', 'a.txt'], /^$/],
      ];
      for (const [args, said] of reads) {
        const { status, stdout, stderr } = at.run(...args);
        assert.deepEqual(
          [status, stderr.split(': version')[0]],
          [2, 'hunkmark: .hunkmark.yml:1:10'],
          args.join(' '),
        );
        assert.match(stdout, said, args.join(' '));
      }
    } finally {
      at.repo.dispose();
    }
  });
});
