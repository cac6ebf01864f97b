import * as fs from 'node:fs';
import * as path from 'node:path';
import { folderIn, homeFolder } from './home';
import { copyAll, programsInto, type Copied } from './state-files';

/** Our folder in the user's own state, for what belongs to no repository. */
export function userStateFolder(env: NodeJS.ProcessEnv): string {
  const [variable, ...below] =
    process.platform === 'win32'
      ? (['LOCALAPPDATA', 'AppData', 'Local'] as const)
      : (['XDG_STATE_HOME', '.local', 'state'] as const);
  return path.join(folderIn(env, variable) ?? path.join(homeFolder(env), ...below), 'hunkmark');
}

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
  try {
    fs.rmdirSync(userStateFolder(env));
  } catch {
    // The list of repositories is in it, or it was never made.
  }
}

const FOLDER = 'hooks';
