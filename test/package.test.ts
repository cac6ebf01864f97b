import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

/** What esbuild says of its bundles: output file → the files that are in it, with how much of each. */
interface Bundles {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { outputs } = JSON.parse(readFileSync(join(ROOT, 'out', 'bundles.json'), 'utf8')) as Bundles;

describe('the package', () => {
  it('names the bundles that are made', () => {
    const named = [manifest.main, ...Object.values(manifest.bin)].map((file) => file.replace(/^\.\//, ''));
    assert.deepEqual(named, ['dist/extension.js', 'dist/cli.js']);
    assert.deepEqual(Object.keys(outputs).toSorted(), [
      'dist/cli.js',
      'dist/extension.js',
      'dist/hook.js',
      'dist/policy.js',
    ]);
    for (const file of Object.keys(outputs)) assert.ok(existsSync(join(ROOT, file)), file);
  });

  it('takes the folders along that it needs', () => {
    assert.deepEqual(manifest.files, ['dist', 'media']);
    for (const folder of manifest.files) assert.ok(statSync(join(ROOT, folder)).isDirectory(), folder);
  });

  it('starts the command line with a line for the shell', () => {
    assert.match(readFileSync(join(ROOT, 'dist/cli.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });

  for (const [file, limit] of [
    ['dist/hook.js', 150_000],
    ['dist/extension.js', 800_000],
  ] as const) {
    it(`keeps ${file} under ${limit / 1000} kB`, () => assert.ok(statSync(join(ROOT, file)).size <= limit));
  }

  it('has nothing in the hook program that a commit does not need', () => {
    assert.deepEqual(
      packagesIn('dist/hook.js').filter((name) => !['diff', 'zod'].includes(name)),
      [],
    );
    assert.ok(packagesIn('dist/cli.js').includes('commander'), 'so packages are seen at all');
  });
});

function packagesIn(bundle: string): string[] {
  const found = Object.keys(outputs[bundle]?.inputs ?? {}).map(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1],
  );
  return [...new Set(found.filter((name) => name !== undefined))];
}
