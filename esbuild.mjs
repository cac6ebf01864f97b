// Three programs, one bundle each: the editor's host, the command line, and the lean program that hooks run.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

await build({
  entryPoints: { extension: 'src/extension/extension.ts', cli: 'src/cli/main.ts', hook: 'src/cli/hook.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  external: ['vscode'],
  define: { HUNKMARK_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});
