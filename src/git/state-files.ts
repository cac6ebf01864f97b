import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What we keep in the git common directory, and where. */
export interface StateFiles {
  readonly folder: string;
  /** The program that the hooks of git and of agents run. */
  readonly program: string;
  /** The command line, for the hook that checks what is pushed; only where that is installed. */
  readonly checkProgram: string;
  /** The policy that was read last, as JSON. */
  readonly policy: string;
  /** One line: the absolute path of the Node executable to run it with. */
  readonly node: string;
  /** Empty; its time is the newest one of git's configuration files when settings were last read. */
  readonly configSeen: string;
  /** What install put into the repository, as JSON. */
  readonly installed: string;
  /** What was set in the repository's own configuration, and what was there before, as JSON. */
  readonly settings: string;
  /** One folder of journal segments for each working tree. */
  readonly worktrees: string;
  /** Whose the lines of committed files are, as read from git; safe to delete. */
  readonly blames: string;
}

/**
 * Empty files that the gate looks for. `pending`: the journal has records. `tracked`: some commit has our trailers.
 * `always`: every commit gets them (`hunkmark.stamp`).
 */
export type Marker = 'pending' | 'tracked' | 'always';

/** The folders of one working tree's git directory and of the one that all working trees share. */
export interface GitFolders {
  readonly gitDir: string;
  readonly commonDir: string;
}

/** What the program loads only where it is needed: a reader of policies, and what hooks of agents, of their shells and of git do. */
const PARTS = ['policy.js', 'record.js', 'shell.js', 'stamp.js'];
const CHECK_PROGRAM = 'cli.js';
const PROGRAM = 'hook.js';

export function stateFiles(commonDir: string): StateFiles {
  const folder = path.join(commonDir, 'hunkmark');
  return {
    folder,
    program: path.join(folder, PROGRAM),
    checkProgram: path.join(folder, CHECK_PROGRAM),
    policy: path.join(folder, 'policy'),
    node: path.join(folder, 'node'),
    configSeen: path.join(folder, 'config-seen'),
    installed: path.join(folder, 'installed'),
    settings: path.join(folder, 'settings'),
    worktrees: path.join(folder, 'worktrees'),
    blames: path.join(folder, 'blames'),
  };
}

/** Makes the state folder, for its owner only. A link or a file in its place is an error: nothing is written through it. */
export function ensureState(commonDir: string): StateFiles {
  const files = stateFiles(commonDir);
  const stat = fs.lstatSync(files.folder, { throwIfNoEntry: false });
  if (stat === undefined) fs.mkdirSync(files.folder, { mode: 0o700 });
  else if (!stat.isDirectory()) throw new Error(`${files.folder} is in the way: it is not a folder`);
  else if ((stat.mode & 0o777) !== 0o700) fs.chmodSync(files.folder, 0o700);
  return files;
}

/** Whether install has been run in this repository; elsewhere no hook, agent's or git's, has any effect. */
export function isInstalled(commonDir: string): boolean {
  return fs.existsSync(stateFiles(commonDir).program);
}

/** Differs where a file that is replaced as a whole does; empty where there is none. */
export function fileVersion(folder: string, name: string): string {
  const stat = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

export function hasMarker(commonDir: string, marker: Marker): boolean {
  return fs.existsSync(path.join(stateFiles(commonDir).folder, marker));
}

/** Sets or clears a marker and says whether that changed anything. Where Hunkmark is not installed nothing happens. */
export function setMarker(commonDir: string, marker: Marker, present: boolean): boolean {
  if (hasMarker(commonDir, marker) === present || !fs.existsSync(stateFiles(commonDir).folder)) return false;
  const file = path.join(stateFiles(commonDir).folder, marker);
  if (present) fs.closeSync(fs.openSync(file, 'a', 0o600));
  else fs.rmSync(file, { force: true });
  return true;
}

/** The journal has a record: from now on the hooks of git start the program. */
export function markPending(commonDir: string): void {
  setMarker(commonDir, 'pending', true);
}

/** Which Node the hooks are to run; says whether the file changed. The path must be absolute. */
export function writeNodePath(commonDir: string, nodePath: string): boolean {
  if (!path.isAbsolute(nodePath) || nodePath.includes('\n')) {
    throw new Error(`not an absolute path of Node: ${JSON.stringify(nodePath)}`);
  }
  return writeIfDifferent(stateFiles(commonDir).node, Buffer.from(`${nodePath}\n`), 0o600);
}

/** The Node that the hooks run; null when none is written down. */
export function readNodePath(commonDir: string): string | null {
  return readIfThere(stateFiles(commonDir).node)?.toString('utf8').split('\n', 1)[0] || null;
}

/** A file of ours that is copied, from where to where. */
export type Copied = readonly [from: string, to: string];

/** Copies the hook program, and what it loads, beside the journal; gives the files that differed. */
export function copyProgram(commonDir: string, program: string, checks: boolean): string[] {
  return copyAll(copiedPrograms(commonDir, program, checks));
}

/** Gives the files that differed. */
export function copyAll(files: readonly Copied[]): string[] {
  return files.flatMap(([from, to]) => (writeIfDifferent(to, fs.readFileSync(from), 0o600) ? [to] : []));
}

/** What is copied beside the journal; `checks`: also what checks a push. */
export function copiedPrograms(commonDir: string, program: string, checks: boolean): readonly Copied[] {
  const { folder, checkProgram } = stateFiles(commonDir);
  const check: Copied = [path.join(path.dirname(program), CHECK_PROGRAM), checkProgram];
  return [...(checks ? [check] : []), ...programsInto(folder, program)];
}

/** The hook program and what it loads, into another folder. A part comes before what loads it. */
export function programsInto(folder: string, program: string): readonly Copied[] {
  const parts = PARTS.map((part): Copied => [
    path.join(path.dirname(program), part),
    path.join(folder, part),
  ]);
  return [...parts.filter(([from]) => fs.existsSync(from)), [program, path.join(folder, PROGRAM)]];
}

/**
 * Reads whether every commit is to be stamped, sets the `always` marker to that and notes how new git's configuration
 * was, so that the gate stays quiet until somebody changes it. Where Hunkmark is not installed nothing happens.
 *
 * The files' times are taken before the settings are read: a change in between makes the gate ask again. So the
 * settings must be read in `readAlways`, not before. `always` stays while another working tree has settings of its
 * own, which were not read here.
 */
export async function refreshMarkers(
  where: GitFolders,
  readAlways: () => boolean | Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const newest = newestConfig(where, env);
  const always = await readAlways();
  if (!fs.existsSync(stateFiles(where.commonDir).folder)) return;
  if (always || !othersHaveSettings(where)) setMarker(where.commonDir, 'always', always);
  setTime(stateFiles(where.commonDir).configSeen, newest);
}

/** Nanoseconds. Must name the same files as the gate in hook-block.ts. */
function newestConfig({ gitDir, commonDir }: GitFolders, env: NodeJS.ProcessEnv): bigint {
  const home = env['HOME'] ?? os.homedir();
  const files = [
    path.join(commonDir, 'config'),
    path.join(gitDir, 'config.worktree'),
    env['GIT_CONFIG_GLOBAL'] ?? '',
    path.join(home, '.gitconfig'),
    path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'git', 'config'),
  ];
  const times = files.map((file) => (file === '' ? 0n : modified(file)));
  const newest = times.reduce((a, b) => (a > b ? a : b));
  return isSettled(newest) ? newest : newest - 1_000_000_000n;
}

/**
 * A file that changed within the last tick of the clock may change again without becoming newer. File times of Linux
 * tick at least every 10 ms; the `-nt` of busybox and of the sh of macOS compares whole seconds.
 */
function isSettled(time: bigint): boolean {
  const tick = process.platform === 'linux' && !isBusybox('/bin/sh') ? 10_000_000n : 1_000_000_000n;
  return BigInt(Date.now()) * 1_000_000n - time > tick;
}

function isBusybox(shell: string): boolean {
  return fs.existsSync(shell) && path.basename(fs.realpathSync(shell)).startsWith('busybox');
}

function modified(file: string): bigint {
  return fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
}

/** Gives the file this time, or up to 3 µs more: Node hands times over as floating-point seconds. */
function setTime(file: string, time: bigint): void {
  const slack = 3000n;
  const wrong = (): boolean => modified(file) < time || modified(file) > time + slack;
  if (!fs.existsSync(file)) fs.closeSync(fs.openSync(file, 'a', 0o600));
  for (let extra = 0n; extra < slack && wrong(); extra += 500n) {
    const seconds = Number(time + extra) / 1e9;
    fs.utimesSync(file, seconds, seconds);
  }
}

function othersHaveSettings({ gitDir, commonDir }: GitFolders): boolean {
  const linked = path.join(commonDir, 'worktrees');
  const names = fs.existsSync(linked) ? fs.readdirSync(linked) : [];
  return [commonDir, ...names.map((name) => path.join(linked, name))].some(
    (folder) =>
      path.resolve(folder) !== path.resolve(gitDir) && fs.existsSync(path.join(folder, 'config.worktree')),
  );
}

/** Writes the file unless it has these bytes already; says whether it wrote. */
export function writeIfDifferent(file: string, bytes: Buffer, mode: number): boolean {
  if (readIfThere(file)?.equals(bytes) === true) return false;
  replaceFile(file, bytes, mode);
  return true;
}

/** Puts a whole new file in the place of the old one, or nothing at all. A link there is replaced, not followed. */
export function replaceFile(file: string, bytes: Buffer, mode: number): void {
  replaceVia(`${file}.hunkmark-${process.pid}`, file, bytes, mode);
}

/**
 * Puts a new message where git looks for it, or nothing: a message that is cut short or empty would stop the commit. What
 * a process leaves that is killed meanwhile is in our own folder.
 */
export function replaceMessage({ commonDir }: GitFolders, file: string, bytes: Buffer): void {
  const real = fs.realpathSync(file);
  const { folder } = stateFiles(commonDir);
  const own = path.join(folder, `message-${process.pid}`);
  const mode = fs.statSync(real).mode & 0o7777;
  try {
    replaceVia(own, real, bytes, mode);
  } catch {
    // Not installed, not to be written, or on another disk.
    replaceFile(real, bytes, mode);
  }
}

function replaceVia(temporary: string, file: string, bytes: Buffer, mode: number): void {
  // Left by a process of the same number that was killed.
  fs.rmSync(temporary, { force: true });
  try {
    fs.writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    fs.chmodSync(temporary, mode);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function readIfThere(file: string): Buffer | null {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
