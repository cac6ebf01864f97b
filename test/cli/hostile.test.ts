import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Finished } from '../support/scratch-repo';
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
	alternateRefsCommand = ${plant}-alternate
	askPass = ${plant}-askpass
	gitProxy = ${plant}-proxy
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[url "ext::${plant}-ext "]
	insteadOf = https://
	insteadOf = file://
[remote "origin"]
	url = file:///nowhere
	uploadpack = ${plant}-uploadpack
	receivepack = ${plant}-receivepack
	proxy = ext::${plant}-remote-proxy
[includeIf "gitdir:**"]
	path = included
[submodule]
	recurse = true
	fetchJobs = 4
[submodule "sub"]
	update = !${plant}-submodule
	active = true
[sequence]
	editor = ${plant}-sequence
[interactive]
	diffFilter = ${plant}-diff-filter
[gc]
	auto = 1
	recentObjectsHook = ${plant}-gc
[uploadpack]
	packObjectsHook = ${plant}-pack-objects
[hook "evil"]
	event = pre-commit
	event = reference-transaction
	event = post-index-change
	command = ${plant}-config-hook
[pager]
	log = ${plant}-pager-log
	show = ${plant}-pager-show
	blame = ${plant}-pager-blame
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
[gpg "openpgp"]
	program = ${plant}-gpg-openpgp
[gpg "x509"]
	program = ${plant}-gpg-x509
[gpg "ssh"]
	program = ${plant}-gpg-ssh
	defaultKeyCommand = ${plant}-gpg-key
	allowedSignersFile = /dev/null
[blame]
	ignoreRevsFile = ${plant}-ignored
	showRoot = true
[trailer "x"]
	command = ${plant}-trailer
	cmd = ${plant}-trailer-cmd
[credential]
	helper = ${plant}-credential
	helper = !${plant}-credential-shell
[color]
	ui = always
[alias]
	blame = !${plant}-alias
	cat-file = !${plant}-alias
	ls-files = !${plant}-alias
	log = !${plant}-alias
	diff-tree = !${plant}-alias
	diff-index = !${plant}-alias
	rev-list = !${plant}-alias
	config = !${plant}-alias
`;

const POLICY = `version: 1
systems:
  all: { tier: 1, paths: ["**"] }
tiers:
  1: { warn: warning, unknown: warn, commit: acknowledge }
`;

/** A commit that says it is signed, by each of the programs that git would ask. */
const SIGNATURES = ['PGP SIGNATURE', 'SIGNED MESSAGE', 'SSH SIGNATURE'];

describe('a hostile repository', function () {
  this.timeout(60_000);
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('a.ts', 'first();\nsecond();\n');
    at.repo.write('.hunkmark.yml', POLICY);
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
      'pre-commit',
      'prepare-commit-msg',
      'commit-msg',
      'pre-push',
      'pre-receive',
      'post-checkout',
      'pre-auto-gc',
      'reference-transaction',
      'post-index-change',
      'post-commit',
      'post-rewrite',
      'fsmonitor-watchman',
    ];
    for (const name of hooks) script(path.join(at.repo.dir, '.git/planted', name), `hook-${name}`);
    const included = `[core]\n\tsshCommand = ${program}-included\n\tpager = ${program}-included\n`;
    fs.writeFileSync(path.join(at.repo.dir, '.git/included'), included);
    script(`${program}-included`, 'included');
    fs.writeFileSync(`${program}-ignored`, at.repo.git('rev-parse', 'HEAD'));
    at.repo.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    at.repo.write('order', 'b.ts\na.ts\n');
    fs.appendFileSync(path.join(at.repo.dir, '.git/config'), CONFIG(program));
    fs.utimesSync(path.join(at.repo.dir, 'a.ts'), 1, 1);
  }
  /** Commits on top of HEAD, one with a signature of each kind. */
  function sign(): void {
    let tip = at.repo.git('rev-parse', 'HEAD').trim();
    for (const [number, kind] of SIGNATURES.entries()) {
      at.repo.write('signed.ts', `signed(${number});\n`);
      const blob = at.repo.git('hash-object', '-w', 'signed.ts').trim();
      const tree = at.repo
        .git('mktree', { stdin: `100644 blob ${blob}\tsigned.ts\n${policyEntry()}` })
        .trim();
      const who = 'Ana <ana@example.com> 1800000000 +0000';
      const commit = `tree ${tree}\nparent ${tip}\nauthor ${who}\ncommitter ${who}\ngpgsig -----BEGIN ${kind}-----\n \n bm9uc2Vuc2U=\n -----END ${kind}-----\n\nsigned\n`;
      tip = at.repo.git('hash-object', '-t', 'commit', '-w', '--stdin', { stdin: commit }).trim();
    }
    at.repo.git('tag', 'signed', tip);
    fs.rmSync(path.join(at.repo.dir, 'signed.ts'));
  }
  const policyEntry = (): string => at.repo.git('ls-tree', 'HEAD', '.hunkmark.yml');
  function script(file: string, name: string, then = 'cat'): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n: > '${at.repo.root}/ran-${name}'\n${then}\n`, { mode: 0o755 });
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
      ['tier', 'a.ts', '--json'],
      ['tier', 'a.ts', '--at', 'HEAD', '--json'],
      ['check', 'first..', '--json'],
      ['check', '--base', 'first', '--format', 'markdown'],
      ['check', '--staged', '--json'],
      ['check', '--pre-receive'],
      ['check', '--pre-push', 'origin'],
      ['log', '--format', 'jsonl'],
      ['log', 'signed', '--format', 'jsonl'],
      ['squash-message', 'first..'],
    ];
    const answers = (): unknown[] =>
      calls.map((args) => {
        const head = at.repo.git('rev-parse', 'HEAD').trim();
        const base = at.repo.git('rev-parse', 'first').trim();
        const pushed =
          args[1] === '--pre-push' ? `x ${head} refs/heads/main ${base}` : `${base} ${head} refs/heads/main`;
        return at.repo.run(process.execPath, [path.resolve('dist/cli.js'), ...args], {
          stdin: `${pushed}\n`,
        });
      });
    at.repo.git('tag', 'first', 'HEAD~1');
    sign();
    // Whose signatures count is git's answer, and not a program.
    at.repo.git('config', 'gpg.ssh.allowedSignersFile', '/dev/null');
    at.repo.git('add', 'b.ts');
    const calm = answers();
    for (const [at, answer] of calm.entries()) {
      const { status, stderr } = answer as Finished;
      const isFinding = calls[at]?.[0] === 'check' && status === (calls[at][1] === '--pre-push' ? 79 : 1);
      assert.deepEqual([isFinding || status === 0, stderr], [true, ''], calls[at]?.join(' '));
    }
    plant();
    at.repo.gitTry('status');
    at.repo.gitTry('diff');
    assert.ok(planted().length >= 2, `the traps work: ${planted().join(' ')}`);
    for (const name of planted()) fs.rmSync(path.join(at.repo.root, name));
    for (const [number, answer] of answers().entries())
      assert.deepEqual(answer, calm[number], calls[number]?.join(' '));
    at.ok('ack');
    assert.deepEqual(planted(), []);
  });

  it('would have started the planted programs that check signatures', () => {
    sign();
    plant();
    at.repo.gitTry('log', '-1', '--format=%G?', 'signed');
    at.repo.gitTry('log', '-1', '--format=%G?', 'signed~1');
    assert.ok(
      planted().some((name) => name.startsWith('ran-gpg')),
      planted().join(' '),
    );
  });

  it("asks the program that the user's own configuration names for signatures", () => {
    sign();
    plant();
    script(path.join(at.repo.root, 'mine'), 'mine');
    at.repo.git('config', '--global', 'gpg.program', path.join(at.repo.root, 'mine'));
    at.ok('log', 'signed', '--format', 'jsonl');
    assert.deepEqual(planted(), ['ran-mine']);
  });

  it('does not end with git, which dies of a program that reads no commit', () => {
    sign();
    const [tree = '', parent = ''] = at.repo.git('log', '-1', '--format=%T %P', 'signed').trim().split(' ');
    const who = 'Ana <ana@example.com> 1800000000 +0000';
    const signature = 'gpgsig -----BEGIN SSH SIGNATURE-----\n bm9uc2Vuc2U=\n -----END SSH SIGNATURE-----';
    const message = 'long\n'.repeat(40_000);
    const commit = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n${signature}\n\n${message}`;
    const oid = at.repo.git('hash-object', '-t', 'commit', '-w', '--stdin', { stdin: commit }).trim();
    at.repo.git('tag', 'long', oid);
    const program = path.join(at.repo.root, 'reads-nothing');
    fs.writeFileSync(program, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    at.repo.git('config', '--global', 'gpg.ssh.program', program);
    at.repo.git('config', '--global', 'gpg.ssh.allowedSignersFile', '/dev/null');
    const rows = at
      .ok('log', 'long', '--format', 'jsonl')
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as { readonly commit: string; readonly signature: string });
    assert.ok(rows.length > 1);
    // A git that lives on says that the signature is bad.
    assert.match(rows.find(({ commit: each }) => each === oid)?.signature ?? '', /^[EB]$/);
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

  describe('that is a partial clone', () => {
    let clone: string;
    beforeEach(() => {
      for (const [name, value] of [
        ['uploadpack.allowFilter', 'true'],
        ['uploadpack.allowAnySHA1InWant', 'true'],
      ] as const)
        at.repo.git('config', name, value);
      at.repo.write('a.ts', 'last();\n');
      at.repo.git('commit', '--quiet', '--all', '--no-verify', '-m', 'last');
      clone = path.join(at.repo.root, 'clone');
      at.repo.git('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${at.repo.dir}`, clone);
    });
    const inClone = (...words: string[]): string => at.repo.git('-C', clone, ...words);
    const calls = [
      ['check', 'HEAD~2..'],
      ['log'],
      ['show', 'HEAD~1'],
      ['blame', 'a.ts', 'HEAD'],
      ['tier', 'a.ts', '--at', 'HEAD'],
      ['squash-message', 'HEAD~2..HEAD'],
    ];
    const run = (args: readonly string[]): Finished =>
      at.repo.run(process.execPath, [path.resolve('dist/cli.js'), '-C', clone, ...args]);

    const traps: readonly (readonly [name: string, ...config: [string, string][]])[] = [
      ['uploadpack', ['remote.origin.uploadpack', 'PLANT']],
      ['ext', ['protocol.ext.allow', 'always'], ['remote.origin.url', 'ext::PLANT %S']],
      ['insteadOf', ['protocol.ext.allow', 'always'], ['url.ext::PLANT .insteadOf', 'file://']],
      ['ssh', ['core.sshCommand', 'PLANT'], ['remote.origin.url', 'ssh://host/repo']],
      ['helper', ['remote.origin.vcs', 'planted']],
    ];
    for (const [name, ...config] of traps) {
      it(`fetches with no planted program: ${name}`, () => {
        const program = path.join(at.repo.root, 'plant-fetch');
        script(program, 'fetch', 'exit 1');
        script(path.join(at.repo.root, 'bin/git-remote-planted'), 'helper', 'exit 1');
        at.repo.env['PATH'] = `${path.join(at.repo.root, 'bin')}:${at.repo.env['PATH']}`;
        for (const [key, value] of config)
          inClone('config', key.replace('PLANT', program), value.replace('PLANT', program));
        for (const args of calls) {
          const { status, stdout, stderr } = run(args);
          assert.deepEqual([status, stdout], [2, ''], `${args.join(' ')}: ${stderr}`);
          assert.match(stderr, /^hunkmark: this clone is partial, .* has \S+: get it first/, args.join(' '));
        }
        assert.deepEqual(planted(), []);
        at.repo.gitTry('-C', clone, 'cat-file', '-p', 'HEAD:a.ts');
        assert.equal(planted().length, 1, 'the trap works');
      });
    }

    it('fetches where the configuration is plain', () => {
      for (const args of calls) assert.notEqual(run(args).status, 2, args.join(' '));
    });
  });
});
