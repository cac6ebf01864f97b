// `npm start`: a sample repository with an AI edit that waits to be committed, in the real editor. That is the desktop's
// VS Code where there is one, else VS Code's server with any browser, else (and without a terminal, and with
// `npm start -- --terminal`) the demonstration in the terminal. What the editor writes stays in the sample's folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallEditor, findChromium, installEditor } from './editor/install.mjs';
import {
  git,
  heading,
  hunkmark,
  install,
  makeSample,
  must,
  playSession,
  prepare,
  Problem,
  project,
  readCapture,
  say,
} from './sample.mjs';
import { demonstrate } from './terminal.mjs';

const DESKTOPS = ['code', 'codium', 'code-insiders'];
const MAC_DESKTOP = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
const OPENERS = { darwin: 'open', linux: 'xdg-open' };

try {
  prepare();
  await start(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(`\nThis did not work: ${error.message}`);
  process.exitCode = 1;
}

async function start(args) {
  const isAttended = process.stdin.isTTY && process.stdout.isTTY && !process.env.CI;
  if (args.includes('--terminal') || !isAttended) {
    demonstrate();
    return;
  }
  const desktop = args.includes('--browser') ? null : findDesktop();
  if (desktop !== null) await startDesktop(desktop, waitingSample());
  else if (canInstallEditor() && (findChromium() !== null || hasDisplay()))
    await startInBrowser(waitingSample());
  else {
    say('Neither a desktop VS Code nor a browser was found here; this is the demonstration in the terminal.');
    demonstrate();
  }
}

/** The agent has edited; nothing of it is committed yet. */
function waitingSample() {
  const sample = makeSample();
  install(sample);
  playSession(sample, readCapture('multiedit'));
  // The editor's git does not see the sample's global configuration.
  git(sample, 'config', 'user.name', 'Ana Diaz');
  git(sample, 'config', 'user.email', 'ana@example.com');
  heading('hunkmark status');
  say(hunkmark(sample, 'status'));
  return sample;
}

async function startDesktop(code, sample) {
  heading('The editor');
  say('Your VS Code opens on the sample, with Hunkmark and a profile of its own. Close its window to end.');
  const child = spawn(
    code,
    [
      ...['--new-window', '--wait', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
      ...[
        '--user-data-dir',
        join(sample.root, 'user-data'),
        '--extensions-dir',
        join(sample.root, 'extensions'),
      ],
      `--extensionDevelopmentPath=${project}`,
      sample.repo,
    ],
    { stdio: 'ignore' },
  );
  const [status] = await Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(([error]) => [error.message]),
  ]);
  if (status !== 0) throw new Problem(`${code} ended with ${status}.`);
}

async function startInBrowser(sample) {
  heading('The editor');
  const { node, entry } = installEditor(say);
  must(
    'tsc',
    spawnSync(join(project, 'node_modules', '.bin', 'tsc'), ['-b', 'test'], {
      cwd: project,
      encoding: 'utf8',
    }),
  );
  Object.assign(process.env, { EDITOR_NODE: node, EDITOR_ENTRY: entry });
  const built = join(project, 'out', 'test', 'e2e', 'editor');
  const { default: product } = await import(join(built, 'product.js'));
  const { default: servers } = await import(join(built, 'server.js'));
  const work = join(sample.root, 'editor');
  await servers.installVsix(work, product.pack(sample.root));
  const options = { work, settings: {}, keybindings: [], proposed: [], trusted: true, env: {} };
  const server = await servers.startServer(options);
  const address = `http://${server.authority}/?folder=${encodeURIComponent(sample.repo)}`;
  say(`A real VS Code is at\n\n  ${address}\n\nOpen the Source Control view there. Ctrl+C ends it.`);
  openAddress(address);
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  await server.stop();
}

function findDesktop() {
  if (process.platform === 'darwin' && existsSync(MAC_DESKTOP)) return MAC_DESKTOP;
  if (!hasDisplay()) return null;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return (
    folders
      .flatMap((folder) => DESKTOPS.map((name) => join(folder, name)))
      .find((file) => existsSync(file)) ?? null
  );
}

function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

function openAddress(address) {
  const opener = OPENERS[process.platform];
  if (opener === undefined || !hasDisplay()) return;
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
