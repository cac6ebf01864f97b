// `npm test`: builds, checks the code, runs the tests, and ends with the line `N passed, N failed, N skipped`.
// Each check counts as one test. With arguments (`npm test -- --grep X`, or files under test/) only the tests run.
// The tests of the editor, in a real VS Code in a Chromium, come last; `npm test -- --no-editor` leaves them out, and
// `npm run test:editor` runs only them.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, INSTALL_CHROMIUM, installEditor } from './e2e/editor/install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const total = { passed: 0, failed: 0, skipped: 0 };

/** What the tests of src/core reach, in per cent, a little below; what only the command line's own process runs is not counted. */
const COVERAGE = { lines: 96, branches: 90, functions: 97 };

/** Only the tests of the editor; all but those. */
const [ONLY_EDITOR, NO_EDITOR] = ['--editor', '--no-editor'];

/**
 * On an unattended machine, which may be busy with something else, a key or a frame of the editor's tests may come too late.
 * There a file with a failure runs once more as a whole, for its tests build on each other, and that is said.
 */
const TRIES = process.env.CI === 'true' ? 2 : 1;

/** How the tests run without an editor. */
const ALL_BUT_EDITOR = { suffix: '.test.ts', env: {}, tries: 1 };

/** The files of this folder come first, because they take longest. */
const LONGEST = join('test', 'git', '');

process.chdir(root);
const home = mkdtempSync(join(realpathSync(tmpdir()), 'hunkmark-tests-'));
try {
  run(process.argv.slice(2));
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

function run(given) {
  const args = given.filter((arg) => arg !== ONLY_EDITOR && arg !== NO_EDITOR);
  if (
    !needs(
      `Node 20 or newer (this is ${process.versions.node})`,
      Number(process.versions.node.split('.')[0]) >= 20,
    )
  )
    return;
  if (!existsSync('node_modules/.package-lock.json')) {
    if (!check('install', 'npm', ['ci', '--no-audit', '--no-fund'])) return;
  }
  if (!check('compile', bin('tsc'), ['-b']) || !check('bundle', process.execPath, ['esbuild.mjs'])) return;
  if (given.includes(ONLY_EDITOR)) {
    testEditor(args);
    return;
  }
  if (args.length > 0) {
    const isEditors = (arg) => arg.endsWith('.e2e.ts');
    if (args.some(isEditors)) testEditor(args);
    if (!args.some(isEditors) || args.some((arg) => arg.endsWith('.test.ts')))
      test(args.filter((arg) => !isEditors(arg)));
    return;
  }
  check('lint', bin('oxlint'), ['--type-aware', '--deny-warnings']);
  check('format', bin('oxfmt'), ['--check']);
  check('unused code', bin('knip'), ['--no-progress']);
  test(['--forbid-only', '--parallel', '--jobs', '2'], 'out/coverage');
  coverage('out/coverage');
  if (!given.includes(NO_EDITOR)) testEditor([]);
}

/** The editor's tests, one after the other: each has an editor and a browser of its own. */
function testEditor(args) {
  const chromium = findChromium();
  if (chromium === null) {
    needs(`a Chromium for the tests of the editor: ${INSTALL_CHROMIUM}`, false);
    return;
  }
  try {
    const { node, entry } = installEditor();
    const rest = args.filter((arg) => !arg.endsWith('.test.ts'));
    const env = { CHROMIUM: chromium, EDITOR_NODE: node, EDITOR_ENTRY: entry };
    test(['--timeout', '180000', ...rest], '', { suffix: '.e2e.ts', env, tries: TRIES });
  } catch (error) {
    needs(`the editor's tests to find an editor: ${error.message}`, false);
  }
}

/** Runs mocha on the compiled tests; a compiled test without its source is left over from earlier. */
function test(args, coverageFolder = '', { suffix, env: more, tries } = ALL_BUT_EDITOR) {
  const named = args.filter((arg) => arg.endsWith(suffix));
  const files =
    named.length > 0
      ? named.map((file) => relative(root, resolve(process.env.INIT_CWD ?? root, file)))
      : sources(suffix);
  if (coverageFolder !== '') rmSync(coverageFolder, { recursive: true, force: true });
  const env = {
    ...isolated(),
    ...(coverageFolder === '' ? {} : { NODE_V8_COVERAGE: resolve(coverageFolder) }),
    ...more,
  };
  const rest = args.filter((arg) => !named.includes(arg));
  let specs = files.map((file) => join('out', file.replace(/\.ts$/, '.js')));
  for (let tried = 1; ; tried++) {
    const counted = mocha(rest, specs, env);
    const failed = Object.entries(counted.files);
    const isLast = tried === tries || failed.length === 0 || '' in counted.files;
    // What runs again is counted then.
    const again = isLast ? [] : failed.map(([, numbers]) => numbers);
    for (const key of Object.keys(total))
      total[key] += again.reduce((sum, numbers) => sum - numbers[key], counted[key]);
    if (isLast) return;
    specs = failed.map(([file]) => relative(root, file));
    console.log(`again  ${specs.map((file) => relative('out/test', file)).join(', ')}`);
  }
}

/** The numbers of one run: of all, and of each file with a failure. */
function mocha(args, specs, env) {
  const counts = join(home, 'counts.json');
  rmSync(counts, { force: true });
  const options = ['--timeout', '60000', '--exit', '--require', 'out/test/support/mocha-hooks.js'];
  const reporter = ['--reporter', 'out/test/support/reporter.js', '--reporter-option', `counts=${counts}`];
  const { status } = spawnSync(bin('mocha'), [...options, ...reporter, ...args, ...specs], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  const counted = existsSync(counts)
    ? JSON.parse(readFileSync(counts, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0, files: {} };
  if (status !== 0 && counted.failed === 0) needs('the tests to end by themselves', false);
  if (status === 0 && !existsSync(counts)) needs('the tests to say how many they are', false);
  return counted;
}

function sources(suffix) {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(suffix))
    .map((file) => join('test', file))
    .sort((a, b) => Number(b.startsWith(LONGEST)) - Number(a.startsWith(LONGEST)) || (a < b ? -1 : 1));
}

/** Of every file of the core but the two that hold types only. */
function coverage(folder) {
  const least = Object.entries(COVERAGE).map(([what, percent]) => `--${what}=${percent}`);
  const of = [
    '--all',
    '--src',
    'out/src/core',
    '--include',
    'out/src/core/**/*.js',
    '--exclude',
    'out/src/core/{agent-event,range}.js',
    '--temp-directory',
    folder,
  ];
  check(
    'coverage of src/core',
    bin('c8'),
    ['report', ...of, '--reporter', 'text-summary', '--check-coverage', ...least],
    true,
  );
}

/** The tests see nothing of the person's home, git configuration and surrounding git process. */
function isolated() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GIT_|HUNKMARK)/.test(name)),
  );
  const configuration = join(home, 'gitconfig');
  writeFileSync(configuration, '');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  return {
    ...env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    TMPDIR: join(home, 'tmp'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configuration,
  };
}

/** Runs a program; what it prints is shown when it fails (or always). */
function check(what, program, args, show = false) {
  const began = Date.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
  if (show || status !== 0) process.stdout.write([stdout, stderr, error?.message].filter(Boolean).join('\n'));
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
  );
  total[status === 0 ? 'passed' : 'failed']++;
  return status === 0;
}

function needs(what, met) {
  if (met) return true;
  console.log(`FAILED this needs ${what}`);
  total.failed++;
  return false;
}

function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}
