import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ensureState, stateFiles } from './state-files';

/** A file of a working tree that an agent may write once, as it stands there now. */
export interface LeaveFor {
  readonly worktree: string;
  /** In the repository, with `/`. */
  readonly path: string;
  /** Absolute; its bytes now are what the leave is for. */
  readonly file: string;
}

/** How long a leave waits for the agent. */
export const LEAVE_MS = 15 * 60 * 1000;
/** Two hooks may report one call, and the second finds the leave used. */
const TWICE_MS = 2000;

/**
 * Lets an agent write the file once within `LEAVE_MS`, if it is still as it is now. The leave is an empty file whose
 * name says what it is for, so that taking it is one rename that only one process can make.
 */
export function giveLeave(commonDir: string, leave: LeaveFor): void {
  ensureState(commonDir);
  const folder = folderOf(commonDir);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of fs.readdirSync(folder))
    if (ageOf(path.join(folder, name)) > LEAVE_MS) fs.rmSync(path.join(folder, name), { force: true });
  const file = path.join(folder, nameOf(leave));
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
}

/** Whether a leave waits for this, or was taken by this very call a moment ago. */
export function hasLeave(commonDir: string, leave: LeaveFor, call: string): boolean {
  const folder = folderOf(commonDir);
  if (!fs.existsSync(folder)) return false;
  const file = path.join(folder, nameOf(leave));
  return ageOf(file) < LEAVE_MS || ageOf(usedBy(file, call)) < TWICE_MS;
}

/** Uses the leave up; false where another call was faster. */
export function takeLeave(commonDir: string, leave: LeaveFor, call: string): boolean {
  const file = path.join(folderOf(commonDir), nameOf(leave));
  try {
    fs.renameSync(file, usedBy(file, call));
    return true;
  } catch {
    return ageOf(usedBy(file, call)) < TWICE_MS;
  }
}

function folderOf(commonDir: string): string {
  return path.join(stateFiles(commonDir).folder, 'allowed');
}

function usedBy(file: string, call: string): string {
  return `${file}.${hashOf(call)}`;
}

function nameOf({ worktree, path: name, file }: LeaveFor): string {
  const content = fs.lstatSync(file, { throwIfNoEntry: false })?.isFile()
    ? hashOf(fs.readFileSync(file))
    : 'nothing';
  return hashOf(JSON.stringify([worktree, name, content]));
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Milliseconds since the file was made or renamed; without end for one that is not there, or is of the future. */
function ageOf(file: string): number {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  const age = stat?.isFile() ? Date.now() - stat.ctimeMs : Infinity;
  return age < -TWICE_MS ? Infinity : age;
}
