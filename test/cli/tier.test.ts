import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bench, type Bench } from './bench';

const POLICY = `version: 1
systems:
  checkout:
    tier: 1
    owners: ["@pay-oncall"]
    paths: ["services/checkout/**", "config/pricing/*.yml"]
tiers:
  1: { warn: warning, commit: acknowledge, until: 2099-12-31 }
include: [".hunkmark/*.yml"]
import:
  - { kind: backstage, files: "**/catalog-info.yaml", tierFrom: "metadata.labels.tier" }
`;
const MORE = 'systems:\n  billing:\n    tier: 0\n    paths:\n      - services/**/billing/\n';
const CATALOG = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: artist
  labels: { tier: "2" }
spec: { owner: team-a }
`;

describe('hunkmark tier', () => {
  let at: Bench;
  beforeEach(() => {
    at = bench();
    at.repo.write('.hunkmark.yml', POLICY);
    at.repo.write('.hunkmark/billing.yml', MORE);
    at.repo.write('services/artist/catalog-info.yaml', CATALOG);
  });
  afterEach(() => at.repo.dispose());

  it('says systems, tier, owners and rules, and the line that each pattern stands on', () => {
    assert.deepEqual(at.json('tier', 'services/checkout/billing/a.ts', 'services/artist/x', 'README.md'), [
      {
        path: 'services/checkout/billing/a.ts',
        tier: 0,
        systems: [
          {
            name: 'billing',
            tier: 0,
            owners: [],
            pattern: 'services/**/billing/',
            from: { file: '.hunkmark/billing.yml', line: 5 },
          },
          {
            name: 'checkout',
            tier: 1,
            owners: ['@pay-oncall'],
            pattern: 'services/checkout/**',
            from: { file: '.hunkmark.yml', line: 6 },
          },
        ],
        rules: {
          warn: 'warning',
          agents: 'allow',
          commit: 'acknowledge',
          provenance: 'off',
          unknown: 'allow',
          override: 'allow',
          changeRef: null,
          detail: null,
          until: '2099-12-31',
        },
      },
      {
        path: 'services/artist/x',
        tier: 2,
        systems: [
          {
            name: 'artist',
            tier: 2,
            owners: ['team-a'],
            pattern: '/services/artist/**',
            from: { file: 'services/artist/catalog-info.yaml', line: 4 },
          },
        ],
        rules: {
          warn: 'information',
          agents: 'allow',
          commit: 'allow',
          provenance: 'off',
          unknown: 'allow',
          override: 'allow',
          changeRef: null,
          detail: null,
          until: null,
        },
      },
      {
        path: 'README.md',
        tier: null,
        systems: [],
        rules: {
          warn: 'off',
          agents: 'allow',
          commit: 'allow',
          provenance: 'off',
          unknown: 'allow',
          override: 'allow',
          changeRef: null,
          detail: null,
          until: null,
        },
      },
    ]);
    assert.equal(
      at.ok('-C', 'services', 'tier', 'checkout/a.ts', '../README.md'),
      `services/checkout/a.ts: tier 1
  tier 1  checkout  services/checkout/**  .hunkmark.yml:6  @pay-oncall
  warn: warning, agents: allow, commit: acknowledge, provenance: off, unknown: allow, override: allow, until: 2099-12-31

README.md: in no system
`,
    );
  });

  it('asks the policy of the working tree, or of a commit', () => {
    at.repo.git('add', '-A');
    at.commit('policy');
    at.repo.write('.hunkmark.yml', POLICY.replace('tier: 1', 'tier: 3'));
    assert.equal(at.json('tier', 'services/checkout/a')[0].tier, 3);
    assert.equal(at.json('tier', 'services/checkout/a', '--at', 'HEAD')[0].tier, 1);
    fs.rmSync(path.join(at.repo.dir, '.hunkmark.yml'));
    assert.equal(
      at.ok('tier', 'services/checkout/a'),
      'There is no .hunkmark.yml here: no path belongs to a system.\n',
    );
    assert.equal(at.json('tier', 'services/checkout/a')[0].tier, null);
    at.repo.git('clone', '-q', '--bare', '.', '../bare.git');
    assert.equal(JSON.parse(at.ok('-C', '../bare.git', '--json', 'tier', 'services/checkout/a'))[0].tier, 1);
  });

  for (const places of [
    ['--cone', 'lib'],
    ['--no-cone', '/lib/'],
  ])
    it(`says the same in a sparse checkout: ${places.join(' ')}`, () => {
      at.repo.write('lib/a', 'kept\n');
      at.repo.git('add', '-A');
      at.commit('policy');
      const paths = ['services/checkout/a', 'services/x/billing/a', 'services/artist/a'];
      const whole = at.json('tier', ...paths);
      assert.deepEqual(
        whole.map(({ tier }: { tier: number }) => tier),
        [1, 0, 2],
      );
      at.repo.git('sparse-checkout', 'set', ...places);
      assert.equal(fs.existsSync(path.join(at.repo.dir, '.hunkmark')), false);
      assert.deepEqual(at.json('tier', ...paths), whole);
      // What a person has taken out is out.
      at.repo.git('sparse-checkout', 'disable');
      fs.rmSync(path.join(at.repo.dir, '.hunkmark'), { recursive: true });
      at.refuses(2, /^hunkmark: \.hunkmark\/billing\.yml:1:1: it is not here\n$/, 'tier', ...paths);
    });

  it('refuses with 2 and the place of what is wrong', () => {
    const wrong: readonly (readonly [string, () => void, RegExp])[] = [
      [
        'a key',
        () => at.repo.write('.hunkmark.yml', `${POLICY}sytems: {}\n`),
        /^hunkmark: \.hunkmark\.yml:12:1: the key "sytems" is not known here\n$/,
      ],
      [
        'an included file',
        () => at.repo.write('.hunkmark/x.yml', 'systems:\n  a: { tier: x, paths: [b] }\n'),
        /^hunkmark: \.hunkmark\/x\.yml:2:14: systems\.a\.tier must be /,
      ],
      [
        'a name that stands twice',
        () => at.repo.write('.hunkmark/x.yml', 'systems:\n  checkout: { tier: 1, paths: [b] }\n'),
        /^hunkmark: \.hunkmark\/x\.yml:2:1: the system "checkout" is already there in \.hunkmark\.yml\n$/,
      ],
      [
        'a file that is named and not there',
        () => at.repo.write('.hunkmark.yml', POLICY.replace('.hunkmark/*.yml', 'gone.yml')),
        /^hunkmark: \.hunkmark\.yml:9:1: there is no file gone\.yml\n$/,
      ],
      [
        'bytes that are no text',
        () => at.repo.write('.hunkmark.yml', Buffer.from([0x61, 0xff])),
        /^hunkmark: \.hunkmark\.yml:1:1: it is not UTF-8\n$/,
      ],
      [
        'a file that is too large',
        () => at.repo.write('.hunkmark.yml', `${POLICY}#${'x'.repeat(262_144)}\n`),
        /^hunkmark: \.hunkmark\.yml:1:1: it is larger than 256 KiB\n$/,
      ],
    ];
    for (const [, spoil, said] of wrong) {
      at.repo.write('.hunkmark.yml', POLICY);
      fs.rmSync(path.join(at.repo.dir, '.hunkmark/x.yml'), { force: true });
      spoil();
      at.refuses(2, said, 'tier', 'a');
      at.repo.git('add', '-A');
      at.commit('spoil');
      at.refuses(2, said, 'tier', 'a', '--at', 'HEAD');
    }
    fs.rmSync(path.join(at.repo.dir, '.hunkmark.yml'));
    fs.symlinkSync('/etc/hostname', path.join(at.repo.dir, '.hunkmark.yml'));
    at.refuses(2, /^hunkmark: \.hunkmark\.yml:1:1: it is no regular file\n$/, 'tier', 'a');
    at.repo.git('add', '-A');
    at.commit('link');
    at.refuses(2, /:1:1: it is no regular file\n$/, 'tier', 'a', '--at', 'HEAD');
    at.refuses(2, /^hunkmark: there is no commit nope\n$/, 'tier', 'a', '--at', 'nope');
    at.refuses(2, /is not in this repository\n$/, 'tier', '/etc/hostname');
    at.refuses(2, /^hunkmark: usage: tier PATH/, 'tier');
  });

  it('says what a policy asks for that is not enforced', () => {
    at.repo.write('.hunkmark.yml', `${POLICY}approvals: 2\n`);
    const { status, stderr } = at.run('tier', 'services/checkout/a');
    assert.equal(status, 0);
    assert.equal(
      stderr,
      'hunkmark: .hunkmark.yml:12: approvals are not enforced by Hunkmark yet; require them in your forge\n',
    );
  });

  it('proposes a first policy, which is none until a person has typed the tiers', () => {
    fs.rmSync(path.join(at.repo.dir, '.hunkmark.yml'));
    at.repo.write('.github/CODEOWNERS', '/services/pay/ @org/pay\n');
    const proposal = at.ok('tier', '--propose');
    assert.match(proposal, /^ {2}"pay": # from "\.github\/CODEOWNERS"\n {4}tier:\n/m);
    assert.match(proposal, /^ {2}"artist": # from "services\/artist\/catalog-info\.yaml"\n {4}tier:\n/m);
    at.repo.write('.hunkmark.yml', proposal);
    at.refuses(2, /^hunkmark: \.hunkmark\.yml:5:10: systems\.pay\.tier must be a whole number/, 'tier', 'a');
    at.repo.write('.hunkmark.yml', proposal.replaceAll('tier:\n', 'tier: 1\n'));
    assert.equal(at.json('tier', 'services/pay/a')[0].tier, 1);
  });

  it('runs nothing that a hostile repository has planted, and follows no link', () => {
    const mark = path.join(at.repo.root, 'planted');
    const program = `touch ${mark}`;
    for (const [key, value] of [
      ['core.fsmonitor', program],
      ['filter.evil.clean', program],
      ['filter.evil.smudge', program],
      ['diff.evil.textconv', program],
      ['diff.external', program],
      ['core.pager', program],
      ['core.sshCommand', program],
      ['core.hooksPath', path.join(at.repo.root, 'hooks')],
    ] as const)
      at.repo.git('config', key, value);
    at.repo.write('.gitattributes', '* filter=evil diff=evil\n');
    fs.symlinkSync('/dev/zero', path.join(at.repo.dir, '.hunkmark/zero.yml'));
    at.refuses(2, /^hunkmark: \.hunkmark\/zero\.yml:1:1: it is not here\n$/, 'tier', 'a');
    fs.rmSync(path.join(at.repo.dir, '.hunkmark/zero.yml'));
    assert.equal(at.json('tier', 'services/checkout/a')[0].tier, 1);
    assert.match(at.ok('tier', '--propose'), /artist/);
    assert.equal(fs.existsSync(mark), false);
    at.repo.git('-c', 'filter.evil.clean=cat', '-c', 'core.fsmonitor=false', 'add', '-A');
    at.repo.git('-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'x');
    fs.rmSync(mark, { force: true });
    assert.equal(at.json('tier', 'services/checkout/a', '--at', 'HEAD')[0].tier, 1);
    assert.equal(fs.existsSync(mark), false);
  });

  it('shows no control character of a policy', () => {
    at.repo.write(
      '.hunkmark.yml',
      'version: 1\nsystems:\n  "a\u202eb": { tier: 1, owners: ["\\e[31m"], paths: ["a/**"] }\n',
    );
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(at.ok('tier', 'a/x'), /[\u0000-\u0009\u000b-\u001f\u202e]/);
    at.repo.write('.hunkmark.yml', 'version: 1\n"\\e[31m": 1\n');
    at.refuses(2, /^[\x20-\x7e\n]*$/, 'tier', 'a/x');
  });
});
