import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '..', '..');

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** What esbuild says of its bundles: output file → the files that are in it, with how much of each. */
interface Bundles {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { outputs } = JSON.parse(readFileSync(join(ROOT, 'out', 'bundles.json'), 'utf8')) as Bundles;

/** Beside the bundles; sorted. */
const PACKAGED = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/policy.schema.json',
  'media/consent.css',
  'media/consent.js',
  'media/gutter/ai-dark.svg',
  'media/gutter/ai-light.svg',
  'media/gutter/deleted-below-dark.svg',
  'media/gutter/deleted-below-light.svg',
  'media/gutter/deleted-dark.svg',
  'media/gutter/deleted-light.svg',
  'media/gutter/mixed-dark.svg',
  'media/gutter/mixed-light.svg',
  'media/gutter/unknown-dark.svg',
  'media/gutter/unknown-light.svg',
  'media/hunkmark.svg',
  'media/icon.png',
  'media/l10n/bundle.l10n.json',
  'media/walkthrough/commit.md',
  'media/walkthrough/mark.md',
  'media/walkthrough/see.svg',
  'media/walkthrough/set-up.md',
  'package.json',
  'package.nls.json',
];

describe('the package', () => {
  it('names the bundles that are made', () => {
    const named = [manifest.main, ...Object.values(manifest.bin)].map((file) => file.replace(/^\.\//, ''));
    assert.deepEqual(named, ['dist/extension.js', 'dist/cli.js']);
    assert.deepEqual(Object.keys(outputs).toSorted(), [
      'dist/cli.js',
      'dist/extension.js',
      'dist/hook.js',
      'dist/policy.js',
      'dist/record.js',
      'dist/shell.js',
      'dist/stamp.js',
      'dist/uninstall.js',
    ]);
    assert.equal(manifest.scripts['vscode:uninstall'], 'node ./dist/uninstall.js');
    for (const file of Object.keys(outputs)) assert.ok(existsSync(join(ROOT, file)), file);
  });

  it('holds what the extension needs when installed, and nothing else', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [require.resolve('@vscode/vsce/vsce'), 'ls', '--no-dependencies'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    const listed = stdout.split('\n').filter((file) => file !== '');
    const bundles = Object.keys(outputs);
    assert.deepEqual(listed.filter((file) => !bundles.includes(file)).toSorted(), PACKAGED);
    assert.deepEqual(listed.filter((file) => bundles.includes(file)).toSorted(), bundles.toSorted());
  });

  it('starts the command line with a line for the shell', () => {
    assert.match(readFileSync(join(ROOT, 'dist/cli.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });

  for (const [file, limit] of [
    ['dist/hook.js', 10_000],
    ['dist/record.js', 140_000],
    ['dist/shell.js', 140_000],
    ['dist/stamp.js', 150_000],
    ['dist/extension.js', 800_000],
  ] as const) {
    it(`keeps ${file} under ${limit / 1000} kB`, () => assert.ok(statSync(join(ROOT, file)).size <= limit));
  }

  it('has nothing in the hook program that a commit does not need', () => {
    const packages = ['dist/hook.js', 'dist/record.js', 'dist/shell.js', 'dist/stamp.js'].flatMap(packagesIn);
    assert.deepEqual(
      packages.filter((name) => !['diff', 'zod'].includes(name)),
      [],
    );
    assert.ok(packagesIn('dist/cli.js').includes('commander'), 'so packages are seen at all');
  });
});

describe('the checks of the project', () => {
  interface Workflow {
    readonly jobs: Readonly<Record<string, { 'runs-on': string; steps: readonly { run?: string }[] }>>;
  }
  const workflow = parse(readFileSync(join(ROOT, '.github/workflows/ci.yml'), 'utf8')) as Workflow;
  const commands = Object.entries(workflow.jobs).map(([name, { steps }]) => [
    name,
    steps.flatMap(({ run }) => run ?? []).join('\n'),
  ]);

  it('run on three systems, and all of the tests where a hook can run', () => {
    const systems = Object.values(workflow.jobs).map((job) => job['runs-on'].replace(/-latest$/, ''));
    assert.deepEqual(systems, ['ubuntu', 'macos', 'windows']);
    for (const [name, all] of commands)
      if (name !== 'windows') assert.match(all ?? '', /^npm test -- --no-editor$/m, name);
  });

  it('name tests and scripts that are there', () => {
    for (const [name, all = ''] of commands) {
      for (const [, script = ''] of all.matchAll(/npm (?:run )?(\w+)/g))
        assert.ok(script === 'ci' || script in manifest.scripts, `${name}: ${script}`);
      for (const [file] of all.matchAll(/out\/test\/[\w/.-]+\.js/g))
        assert.ok(existsSync(join(ROOT, file)), `${name}: ${file}`);
    }
  });
});

function packagesIn(bundle: string): string[] {
  const found = Object.keys(outputs[bundle]?.inputs ?? {}).map(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1],
  );
  return [...new Set(found.filter((name) => name !== undefined))];
}
