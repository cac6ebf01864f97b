import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, digest, type Bench } from './bench';

const LINE = 'const written = byModel();\n';

/** Every setting and attribute known to make git start a program. */
const CONFIG = (plant: string): string => `
[core]
	fsmonitor = ${plant}-fsmonitor
	pager = ${plant}-pager
	editor = ${plant}-editor
	sshCommand = ${plant}-ssh
	hooksPath = .git/planted
[diff]
	external = ${plant}-external
	algorithm = myers
	noprefix = true
	relative = true
	renames = copies
	orderFile = order
	context = 9
	interHunkContext = 40
	submodule = log
[diff "evil"]
	textconv = ${plant}-textconv
	command = ${plant}-command
	cachetextconv = true
	wordRegex = .
[filter "evil"]
	clean = ${plant}-clean
	smudge = ${plant}-smudge
	process = ${plant}-process
	required = true
[merge "evil"]
	driver = ${plant}-merge
[log]
	showSignature = true
[gpg]
	program = ${plant}-gpg
[gpg "ssh"]
	program = ${plant}-gpg-ssh
	allowedSignersFile = /dev/null
[blame]
	ignoreRevsFile = ${plant}-ignored
	showRoot = true
[trailer "x"]
	command = ${plant}-trailer
	cmd = ${plant}-trailer-cmd
[credential]
	helper = ${plant}-credential
[color]
	ui = always
[alias]
	blame = !${plant}-alias
	cat-file = !${plant}-alias
	ls-files = !${plant}-alias
`;

describe('a hostile repository', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('a.ts', 'first();\nsecond();\n');
    at.repo.git('add', '.');
    at.commit('start');
    at.install();
    at.agent('a.ts', 'second();\n', `second();\n${LINE}`);
    at.repo.git('add', '.');
    at.commit('feat: written');
    at.agent('a.ts', 'first();\n', 'first();\nconst more = written(again);\n');
    at.agent('b.ts', '', 'const fresh = byModel(2);\n');
  });
  afterEach(() => at.repo.dispose());

  const planted = (): string[] => fs.readdirSync(at.repo.root).filter((name) => name.startsWith('ran-'));

  function plant(): void {
    const program = path.join(at.repo.root, 'plant');
    const names = [...CONFIG(program).matchAll(/plant-([a-z-]+)/g)].map((found) => found[1] ?? '');
    for (const name of names) script(`${program}-${name}`, name);
    const hooks = [
      'reference-transaction',
      'post-index-change',
      'post-commit',
      'post-rewrite',
      'fsmonitor-watchman',
    ];
    for (const name of hooks) script(path.join(at.repo.dir, '.git/planted', name), `hook-${name}`);
    fs.writeFileSync(`${program}-ignored`, at.repo.git('rev-parse', 'HEAD'));
    at.repo.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    at.repo.write('order', 'b.ts\na.ts\n');
    fs.appendFileSync(path.join(at.repo.dir, '.git/config'), CONFIG(program));
    fs.utimesSync(path.join(at.repo.dir, 'a.ts'), 1, 1);
  }
  function script(file: string, name: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n: > '${at.repo.root}/ran-${name}'\ncat\n`, { mode: 0o755 });
  }

  it('starts nothing while it is read, and bends no answer', () => {
    const calls = [
      ['show', '--json'],
      ['blame', 'a.ts', '--json'],
      ['blame', 'b.ts', '--json'],
      ['blame', 'a.ts', 'HEAD', '--json'],
      ['status', '--json'],
      ['status', '--trailers'],
      ['stamp', '--amend'],
    ];
    const calm = calls.map((args) => at.ok(...args));
    plant();
    at.repo.gitTry('status');
    at.repo.gitTry('diff');
    assert.ok(planted().length >= 2, `the traps work: ${planted().join(' ')}`);
    for (const name of planted()) fs.rmSync(path.join(at.repo.root, name));
    assert.deepEqual(
      calls.map((args) => at.ok(...args)),
      calm,
    );
    assert.deepEqual(planted(), []);
  });

  it('starts nothing while the last commit is stamped anew', () => {
    at.repo.git('commit', '--quiet', '--amend', '--no-verify', '-m', 'feat: written');
    at.repo.env['HUNKMARK'] = 'off';
    at.commit('feat: written', '--amend');
    plant();
    assert.match(at.ok('stamp', '--amend'), / is now /);
    assert.deepEqual(planted(), []);
    assert.match(at.repo.git('cat-file', 'commit', 'HEAD'), new RegExp(`\\+3,1:${digest(LINE)} ai`));
  });
});
