// One bundle each for the editor's host, the command line, the lean program that hooks run, and what takes everything out
// when the extension is uninstalled. Beside the hooks' program stand what agents' hooks do, what git's hooks do, and what
// reads YAML, each in a file that is loaded only when it is needed.
// What went into each is written to out/bundles.json.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const shared = {
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  external: ['vscode'],
  // The build of modules: what is not used of it is left out, and it does not ask the environment at every token.
  alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
  // What Node has itself is required when it is needed: the first real import() would start its module loader.
  supported: { 'dynamic-import': false },
  define: { HUNKMARK_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
};

const BESIDE = {
  './policy-reading.js': './policy.js',
  './record.js': './record.js',
  '../app/record.js': './record.js',
  '../app/stamp.js': './stamp.js',
  './shell-window.js': './shell.js',
};

const beside = {
  name: 'beside',
  setup({ onResolve }) {
    onResolve({ filter: /\/(?:policy-reading|record|shell-window|stamp)\.js$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' && path in BESIDE ? { path: BESIDE[path], external: true } : null,
    );
  },
};

// A namespace of what Node has itself is copied name by name for each file that imports it; what it stands for need not be.
// It is required in one place for all files.
const builtins = {
  name: 'builtins',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace(/^import \* as (\w+) from '(node:\w+)';$/gm, "import $1 from 'whole:$2';")
        .replace(/^(import \{ (?:createHash|randomUUID) \} from ')(?=node:crypto';$)/gm, '$1whole:'),
      loader: 'ts',
    }));
    onResolve({ filter: /^whole:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'whole' }));
    onLoad({ filter: /^/, namespace: 'whole' }, ({ path }) => ({
      contents:
        path === 'node:crypto'
          ? `export const { createHash, randomUUID } = require('${path}');`
          : `export default require('${path}');`,
    }));
  },
};

// Strict as a whole, instead of in each of its modules.
const lean = {
  ...shared,
  plugins: [beside, builtins],
  banner: { js: '"use strict";' },
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
};

const bundles = await Promise.all([
  build({ ...shared, entryPoints: { cli: 'src/cli/main.ts', uninstall: 'src/cli/uninstall.ts' } }),
  // An editor's start waits for all that is in this file.
  build({ ...shared, entryPoints: { extension: 'src/extension/extension.ts' }, plugins: [beside] }),
  build({ ...lean, entryPoints: { hook: 'src/cli/hook.ts' } }),
  build({
    ...lean,
    entryPoints: { record: 'src/app/record.ts', shell: 'src/app/shell-window.ts', stamp: 'src/app/stamp.ts' },
  }),
  build({ ...shared, entryPoints: { policy: 'src/app/policy-reading.ts' } }),
]);
const outputs = Object.assign({}, ...bundles.map(({ metafile }) => metafile.outputs));

mkdirSync(new URL('out', import.meta.url), { recursive: true });
writeFileSync(new URL('out/bundles.json', import.meta.url), JSON.stringify({ outputs }));

// The editor underlines mistakes in .hunkmark.yml by this; it is made from what reads the file.
const schema = 'out/policy-json-schema.cjs';
await build({
  ...shared,
  outdir: undefined,
  outfile: schema,
  entryPoints: ['src/core/policy-json-schema.ts'],
});
const { policyJsonSchema } = createRequire(import.meta.url)(`./${schema}`);
writeFileSync(
  new URL('dist/policy.schema.json', import.meta.url),
  `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
);
