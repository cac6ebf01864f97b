import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Finished } from '../support/scratch-repo';
import { bench, type Bench } from './bench';

const CLI = path.resolve('dist/cli.js');
const POLICY = `version: 1
systems:
  checkout: { tier: 1, paths: ["pay/**"] }
tiers:
  1: { provenance: required }
`;

describe('hunkmark check --pre-receive', function () {
  this.timeout(60_000);
  let at: Bench;
  let server: string;
  beforeEach(() => {
    at = bench();
    at.repo.env['HUNKMARK'] = 'off';
    server = path.join(at.repo.root, 'server.git');
    at.repo.git('init', '--quiet', '--bare', '--initial-branch=main', server);
    const hook = `#!/bin/sh\nexec '${process.execPath}' '${CLI}' check --pre-receive\n`;
    fs.writeFileSync(path.join(server, 'hooks/pre-receive'), hook, { mode: 0o755 });
    at.repo.git('remote', 'add', 'origin', server);
    at.repo.write('pay/a.ts', 'one();\n');
    at.repo.git('add', '.');
    at.commit('start');
  });
  afterEach(() => at.repo.dispose());

  const push = (...refs: string[]): Finished => at.repo.gitTry('push', 'origin', ...refs);
  function save(file: string, text: string, message = 'x'): void {
    at.repo.write(file, text);
    at.repo.git('add', '.');
    at.commit(message);
  }

  it('lets the first push and the first policy through, and judges what comes after', () => {
    assert.equal(push('main').status, 0);
    save('.hunkmark.yml', POLICY);
    const introduced = push('main');
    assert.equal(introduced.status, 0);
    assert.match(introduced.stderr, /policy\/introduced/);
    save('other.ts', 'free();\n');
    assert.equal(push('main').status, 0);
    save('pay/a.ts', 'two();\n');
    const refused = push('main');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /remote: refs\/heads\/main:\s*\n/);
    assert.match(refused.stderr, /remote: error: provenance\/missing pay\/a\.ts/);
    assert.equal(at.repo.git('-C', server, 'rev-parse', 'main'), at.repo.git('rev-parse', 'HEAD~1'));
  });

  it('judges a new ref by the default branch, a policy in the push not at all, and lets refs go', () => {
    save('.hunkmark.yml', POLICY);
    assert.equal(push('main').status, 0);
    at.repo.git('checkout', '--quiet', '-b', 'feature');
    save('.hunkmark.yml', 'version: 1\nsystems: {}\n');
    save('pay/a.ts', 'three();\n');
    const refused = push('feature');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /provenance\/missing/);
    assert.match(refused.stderr, /policy\/changed/);
    at.repo.git('reset', '--quiet', '--hard', 'main');
    save('free.ts', 'x\n');
    at.repo.git('tag', '-a', '-m', 'v1', 'v1');
    at.repo.git('tag', 'tree', 'HEAD^{tree}');
    assert.equal(push('feature', 'v1', 'tree').status, 0);
    assert.equal(push(':feature').status, 0);
  });

  it('is not shown another policy by refs/replace', () => {
    save('.hunkmark.yml', POLICY);
    push('main');
    const blob = at.repo.git('rev-parse', 'main:.hunkmark.yml').trim();
    const other = at.repo.git('hash-object', '-w', '--stdin', { stdin: 'version: 1\nsystems: {}\n' }).trim();
    at.repo.git('update-ref', `refs/replace/${blob}`, other);
    assert.equal(push(`refs/replace/${blob}`).status, 0);
    at.repo.git('update-ref', '-d', `refs/replace/${blob}`);
    save('pay/a.ts', 'four();\n');
    assert.equal(push('main').status, 1);
  });

  it('lets nothing through that it cannot see, as in a hook that lost the environment of git', () => {
    const head = at.repo.git('rev-parse', 'HEAD').trim();
    const [none, gone] = ['0'.repeat(40), '1'.repeat(40)];
    for (const line of [`${none} ${gone}`, `${head} ${gone}`, `${gone} ${head}`]) {
      const stdin = `${line} refs/heads/main\n`;
      const ran = at.repo.run(process.execPath, [CLI, 'check', '--pre-receive'], { stdin });
      assert.deepEqual([ran.status, ran.stdout], [2, ''], line);
      assert.match(ran.stderr, /^hunkmark: there is no object 1{40} here: run this in the hook itself/);
    }
  });

  it('refuses with 2 what git did not write', () => {
    const stdin = 'no such line\n';
    const ran = at.repo.run(process.execPath, [CLI, 'check', '--pre-receive'], { stdin });
    assert.equal(ran.status, 2);
    at.refuses(2, /says itself/, 'check', '--pre-receive', 'HEAD');
  });
});

describe('hunkmark install --pre-push', function () {
  this.timeout(60_000);
  let at: Bench;
  let hook: string;
  beforeEach(() => {
    at = bench();
    at.repo.git('init', '--quiet', '--bare', '--initial-branch=main', '../server.git');
    at.repo.git('remote', 'add', 'origin', '../server.git');
    hook = path.join(at.repo.dir, '.git/hooks/pre-push');
    save('.hunkmark.yml', POLICY);
  });
  afterEach(() => at.repo.dispose());

  const push = (...refs: string[]): Finished => at.repo.gitTry('push', 'origin', ...refs);
  function save(file: string, text: string): void {
    at.repo.write(file, text);
    at.repo.git('add', '.');
    at.repo.env['HUNKMARK'] = 'off';
    at.commit('x');
    delete at.repo.env['HUNKMARK'];
  }
  /** A hook as git-lfs has one: it needs the arguments and every line of standard input. */
  function foreign(text: string): void {
    fs.writeFileSync(hook, text, { mode: 0o755 });
  }
  const seen = (): string => at.repo.read('../seen');

  it('stops a push that has findings, says how to go on, and is gone after uninstall', () => {
    at.ok('install', '--pre-push');
    assert.equal(push('main').status, 0, 'nothing says what the target of a first push is');
    at.repo.git('remote', 'set-head', 'origin', 'main');
    save('free.ts', 'x\n');
    assert.equal(push('main').status, 0);
    at.repo.git('checkout', '--quiet', '-b', 'topic');
    save('pay/a.ts', 'typed();\n');
    const stopped = push('topic');
    assert.equal(stopped.status, 1);
    assert.match(stopped.stderr, /error: provenance\/missing pay\/a\.ts/);
    assert.match(stopped.stderr, /git push --no-verify/);
    assert.equal(push('--no-verify', 'topic').status, 0);
    save('pay/b.ts', 'typed();\n');
    assert.equal(push('topic').status, 1);
    at.ok('install');
    assert.equal(push('topic').status, 1, 'a plain install keeps it');
    at.ok('uninstall');
    assert.equal(fs.existsSync(hook), false);
    assert.equal(push('topic').status, 0);
  });

  for (const [what, text] of [
    ['a script of sh', '#!/bin/sh\nset -eu\n{ echo "$1"; cat; } > ../seen\n'],
    ['a program', "#!/usr/bin/env perl\nopen(F, '>', '../seen'); print F \"$ARGV[0]\\n\", <STDIN>;\n"],
  ] as const) {
    it(`lets ${what} that was there read what git says, and gives it back byte for byte`, () => {
      foreign(text);
      at.ok('install', '--pre-push');
      at.repo.git('branch', 'second');
      assert.equal(push('main', 'second').status, 0);
      const zero = '0'.repeat(40);
      const main = at.repo.git('rev-parse', 'main').trim();
      assert.equal(
        seen(),
        `origin\nrefs/heads/main ${main} refs/heads/main ${zero}\nrefs/heads/second ${main} refs/heads/second ${zero}\n`,
      );
      assert.equal(push('main').status, 0);
      assert.equal(seen(), 'origin\n', 'with nothing to push git says nothing');
      at.ok('uninstall');
      assert.equal(fs.readFileSync(hook, 'utf8'), text);
    });
  }
});
