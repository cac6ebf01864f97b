import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface ServerOptions {
  /** Everything of this run is in this folder: home, settings, extensions, log. */
  readonly work: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly keybindings: readonly Readonly<Record<string, unknown>>[];
  /** Extensions that get the proposed APIs they declare, as `publisher.name`; the others get none. */
  readonly proposed: readonly string[];
  /** False: VS Code asks whether the folder is trusted. */
  readonly trusted: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface Server {
  /** `127.0.0.1:PORT` */
  readonly authority: string;
  stop(): Promise<void>;
}

const START_MS = 90_000;
const STOP_MS = 3000;

/** No network, no first-run pages, nothing that asks. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.simpleDialog.enable': true,
};

/** Starts VS Code's server on a free port of this machine only. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { work, settings, keybindings } = options;
  const user = join(work, 'user-data', 'User');
  mkdirSync(user, { recursive: true });
  mkdirSync(join(work, 'extensions'), { recursive: true });
  writeFileSync(join(user, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  writeFileSync(join(user, 'keybindings.json'), JSON.stringify(keybindings));
  writeFileSync(join(work, 'server.yaml'), 'auth: none\n');
  const port = await freePort();
  const authority = `127.0.0.1:${port}`;
  const log = openSync(join(work, 'server.log'), 'a');
  const child = spawn(program().node, argumentsFor(options, authority), {
    env: environmentFor(work, options.env),
    stdio: ['ignore', log, log],
    detached: true,
  });
  const kill = (signal: NodeJS.Signals): void => killGroup(child, signal);
  const killNow = (): void => kill('SIGKILL');
  process.once('exit', killNow);
  await isUp(authority, child, work);
  return {
    authority,
    async stop(): Promise<void> {
      process.off('exit', killNow);
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      kill('SIGTERM');
      const timer = setTimeout(killNow, STOP_MS);
      await ended;
      clearTimeout(timer);
      killNow();
    },
  };
}

/** Installs a packed extension into the folder that a later server of the same `work` uses. */
export async function installVsix(work: string, vsix: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'server.yaml'), 'auth: none\n');
  const { node, entry } = program();
  const args = [
    entry,
    '--config',
    join(work, 'server.yaml'),
    ...foldersOf(work),
    '--install-extension',
    vsix,
  ];
  const child = spawn(node, args, { env: environmentFor(work, {}), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`the .vsix could not be installed: ${said}`);
}

/** `npm test` and `npm start` install the editor and say where it is. */
function program(): { readonly node: string; readonly entry: string } {
  const { EDITOR_NODE: node, EDITOR_ENTRY: entry } = process.env;
  if (node === undefined || entry === undefined)
    throw new Error('no editor: run this test through `npm test -- FILE`');
  return { node, entry };
}

function foldersOf(work: string): string[] {
  return ['--user-data-dir', join(work, 'user-data'), '--extensions-dir', join(work, 'extensions')];
}

function argumentsFor({ work, proposed, trusted }: ServerOptions, authority: string): string[] {
  return [
    program().entry,
    ...['--config', join(work, 'server.yaml'), '--auth', 'none', '--bind-addr', authority],
    ...foldersOf(work),
    ...['--disable-telemetry', '--disable-update-check', '--ignore-last-opened'],
    '--disable-getting-started-override',
    ...(trusted ? ['--disable-workspace-trust'] : []),
    // Without it a built VS Code loads no extension under development.
    ...['--vscode-option', 'enable-smoke-test-driver'],
    ...proposed.flatMap((name) => ['--enable-proposed-api', name]),
  ];
}

function environmentFor(work: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const foreign = /^(?:NODE_V8_COVERAGE|VSCODE_|ELECTRON_)/;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: work,
    XDG_CONFIG_HOME: join(work, '.config'),
    XDG_DATA_HOME: join(work, '.local'),
    EXTENSIONS_GALLERY: '{}',
    ...more,
  };
}

async function isUp(authority: string, child: ChildProcess, work: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    const up = await fetch(`http://${authority}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  killGroup(child, 'SIGKILL');
  throw new Error(`the editor's server did not start; see ${join(work, 'server.log')}`);
}

/** The server's children (the extension host, the terminals, language servers) are in its group. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
