// Four programs, one bundle each: the editor's host, the command line, the lean program that hooks run, and what takes
// everything out when the extension is uninstalled.
// What went into each is written to out/bundles.json.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const { metafile } = await build({
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: {
    extension: 'src/extension/extension.ts',
    cli: 'src/cli/main.ts',
    hook: 'src/cli/hook.ts',
    uninstall: 'src/cli/uninstall.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  external: ['vscode'],
  define: { HUNKMARK_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

mkdirSync(new URL('out', import.meta.url), { recursive: true });
writeFileSync(new URL('out/bundles.json', import.meta.url), JSON.stringify(metafile));
