import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentCall } from '../core/agent-event';
import type { Repository } from './repository';
import { ensureState, replaceFile, stateFiles } from './state-files';

/** A file before an agent's shell command: enough to see whether it has changed, and from what. */
export interface SeenFile {
  /** Size, time and inode. */
  readonly stat: string;
  /** The blob whose bytes the file had; null: they were in none that the index names. */
  readonly oid: string | null;
  /** The text, where no blob has it; null with `oid` null: it was not read. */
  readonly text: string | null;
}

/** A shell command of an agent that has begun and not ended, with the files that are watched. */
export interface ShellWindow {
  readonly agent: string;
  readonly session: string;
  readonly subagent: string | null;
  readonly call: string | null;
  readonly model: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly files: readonly (readonly [path: string, seen: SeenFile])[];
  /** Every file that is watched is among them: one that is not was not there. */
  readonly isComplete: boolean;
  /** Which files are watched: all that git does not ignore, or those of the policy's systems. */
  readonly scope: WindowScope;
  /** Milliseconds since 1970: the command has ended then, and has left something running; null: it has not ended. */
  readonly ended: number | null;
  readonly sources: ShellSources;
}

/** What a command names, as it was before the command ran: lines that come from there are not the command's. */
export interface ShellSources {
  /** Object ids. */
  readonly commits: readonly string[];
  /** `COMMIT:PATH`. */
  readonly blobs: readonly string[];
  /** Files of the working tree. */
  readonly paths: readonly string[];
}

export type WindowScope = 'tree' | 'policy';

type WindowName = Pick<ShellWindow, 'agent' | 'session' | 'call'>;

/** Under this name stands what a session's last command has left running; no agent's call is called so. */
export const LEFT_RUNNING = ' left running';

/** Whether a command of the session has left something running at which nobody has looked since. */
export function hasLeftRunning(repository: Repository, { agent, session }: AgentCall): boolean {
  return fs.existsSync(fileOf(repository, { agent, session, call: LEFT_RUNNING }));
}

/** A command without an end is given up after this long. */
const LONGEST_MS = 2 * 60 * 60 * 1000;
const LARGEST = 64 * 1024 * 1024;

export function writeWindow(repository: Repository, window: ShellWindow): void {
  ensureState(repository.commonDir);
  fs.mkdirSync(folderOf(repository), { recursive: true, mode: 0o700 });
  replaceFile(fileOf(repository, window), Buffer.from(encode(window)), 0o600);
}

/** Files whose bytes a blob has, which are nearly all, as one text: thousands of objects would take their time. */
function encode({ files, ...window }: ShellWindow): string {
  const clean: string[] = [];
  const others: ShellWindow['files'][number][] = [];
  for (const file of files) {
    const [name, { stat, oid }] = file;
    if (oid === null || name.includes('\n')) others.push(file);
    else clean.push(`${oid} ${stat}\t${name}`);
  }
  return JSON.stringify({ ...window, files: others, clean: clean.join('\n') });
}

/** As in the windows of earlier versions. */
const NOTHING_NAMED: ShellSources = { commits: [], blobs: [], paths: [] };

function decode(text: string): ShellWindow {
  const { clean, files, ...window } = JSON.parse(text) as Omit<ShellWindow, 'sources'> & {
    readonly clean: string;
    readonly sources?: ShellSources;
  };
  const all: ShellWindow['files'][number][] = [...files];
  for (const line of clean.split('\n')) {
    const [space, tab] = [line.indexOf(' '), line.indexOf('\t')];
    if (space < 0) continue;
    const seen = { oid: line.slice(0, space), stat: line.slice(space + 1, tab), text: null };
    all.push([line.slice(tab + 1), seen]);
  }
  return { ...window, files: all, sources: window.sources ?? NOTHING_NAMED };
}

/** The window of one command; null: none is open. */
export function readWindow(repository: Repository, name: WindowName): ShellWindow | null {
  return readFile(fileOf(repository, name));
}

export function removeWindow(repository: Repository, name: WindowName): void {
  fs.rmSync(fileOf(repository, name), { force: true });
}

/** The open windows of a working tree; those that nobody will close any more are taken out. */
export function openWindows(repository: Repository, now: number): readonly ShellWindow[] {
  const folder = folderOf(repository);
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((name) => {
    const window = readFile(path.join(folder, name));
    if (window && now - window.at < LONGEST_MS) return [window];
    fs.rmSync(path.join(folder, name), { force: true });
    return [];
  });
}

/**
 * A turn has ended, and with it all that its session, or its subagent, has begun: a command whose end was not heard of
 * was denied, most likely, and what has changed since is nobody's.
 */
export function removeUnended(
  repository: Repository,
  { agent, session, subagent }: AgentCall,
  now: number,
): void {
  for (const window of openWindows(repository, now)) {
    const isOwn = window.agent === agent && window.session === session && window.subagent === subagent;
    if (isOwn && window.ended === null) removeWindow(repository, window);
  }
}

function folderOf({ commonDir, worktreeName }: Repository): string {
  return path.join(stateFiles(commonDir).folder, 'shells', worktreeName);
}

function fileOf(repository: Repository, { agent, session, call }: WindowName): string {
  const name = createHash('sha256')
    .update(JSON.stringify([agent, session, call]))
    .digest('hex');
  return path.join(folderOf(repository), name.slice(0, 32));
}

/** Only we write there; what cannot be read is no window. */
function readFile(file: string): ShellWindow | null {
  try {
    const stat = fs.lstatSync(file);
    if (!stat.isFile() || stat.size > LARGEST) return null;
    return decode(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
