import * as fs from 'node:fs';
import * as path from 'node:path';
import { folderIn, homeFolder } from './home';
import { missingFolders, removeEmptyFolders } from './made-folders';
import { copyAll, programsInto, type Copied } from './state-files';

/** Our folder in the user's own state, for what belongs to no repository. */
export function userStateFolder(env: NodeJS.ProcessEnv): string {
  const [variable, ...below] =
    process.platform === 'win32'
      ? (['LOCALAPPDATA', 'AppData', 'Local'] as const)
      : (['XDG_STATE_HOME', '.local', 'state'] as const);
  return path.join(folderIn(env, variable) ?? path.join(homeFolder(env), ...below), 'hunkmark');
}

/** Makes that folder, for its owner only, and notes how many above it had to be made. */
export function ensureUserState(env: NodeJS.ProcessEnv): string {
  const folder = userStateFolder(env);
  const made = missingFolders(folder);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made > 1) fs.writeFileSync(path.join(folder, MADE), `${made}\n`, { mode: 0o600 });
  return folder;
}

/** Takes the folder out where nothing is in it any more, and those that were made for it. */
export function removeEmptyUserState(env: NodeJS.ProcessEnv): void {
  const folder = userStateFolder(env);
  const note = path.join(folder, MADE);
  try {
    if (fs.readdirSync(folder).some((name) => name !== MADE)) return;
    const made = fs.existsSync(note) ? Number(fs.readFileSync(note, 'utf8')) : 1;
    fs.rmSync(note, { force: true });
    removeEmptyFolders(folder, made);
  } catch {
    // It is not there, or not to be written to.
  }
}

/** How many folders were made, with ours. */
const MADE = 'made-folders';

/**
 * The copy of the hook program that hooks in the user's own settings run. They outlive what installed them: the folder of
 * an extension is called otherwise after each update and is gone with it, and a hook line that changes has to be trusted
 * anew (Codex).
 */
export function userProgram(env: NodeJS.ProcessEnv): string {
  return path.join(userStateFolder(env), FOLDER, 'hook.js');
}

/** Puts the program there; gives the files that differed. */
export function copyUserProgram(hookProgram: string, env: NodeJS.ProcessEnv): string[] {
  ensureUserState(env);
  fs.mkdirSync(path.dirname(userProgram(env)), { recursive: true, mode: 0o700 });
  return copyAll(copiedUserProgram(hookProgram, env));
}

/** What is copied, from where to where. */
export function copiedUserProgram(hookProgram: string, env: NodeJS.ProcessEnv): readonly Copied[] {
  return programsInto(path.dirname(userProgram(env)), hookProgram);
}

/** Keeps the copy of this version, where there is one. */
export function renewUserProgram(hookProgram: string, env: NodeJS.ProcessEnv): void {
  if (fs.existsSync(userProgram(env))) copyUserProgram(hookProgram, env);
}

export function removeUserProgram(env: NodeJS.ProcessEnv): void {
  fs.rmSync(path.dirname(userProgram(env)), { recursive: true, force: true });
  removeEmptyUserState(env);
}

const FOLDER = 'hooks';
