import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from './state-files';
import { ensureUserState, userStateFolder } from './user-program';

/** A variable of the environment by which a person has moved an agent's own folder, and where to; absolute. */
export interface MovedFolder {
  readonly variable: string;
  readonly folder: string;
}

/**
 * Folders of agents outside of their usual place that our hooks were put into: whoever takes them out, the editor for one,
 * may have another environment. One `VARIABLE=FOLDER` a line, in the user's own state folder.
 */
export function notedFolders(env: NodeJS.ProcessEnv): readonly MovedFolder[] {
  try {
    const lines = fs.readFileSync(notesFile(env), 'utf8').split('\n');
    return lines.flatMap((line) => {
      const [, variable, folder] = /^([A-Z_]+)=(.+)$/.exec(line) ?? [];
      return variable !== undefined && folder !== undefined && path.isAbsolute(folder)
        ? [{ variable, folder }]
        : [];
    });
  } catch {
    return [];
  }
}

/** A path with a line end in it cannot be noted, and is left out. */
export function noteFolder(moved: MovedFolder, env: NodeJS.ProcessEnv): void {
  const noted = notedFolders(env);
  if (!moved.folder.includes('\n') && !noted.some((each) => isSame(each, moved)))
    write([...noted, moved], env);
}

export function keepFolders(isKept: (moved: MovedFolder) => boolean, env: NodeJS.ProcessEnv): void {
  const noted = notedFolders(env);
  const kept = noted.filter(isKept);
  if (kept.length < noted.length) write(kept, env);
}

function isSame(a: MovedFolder, b: MovedFolder): boolean {
  return a.variable === b.variable && a.folder === b.folder;
}

function write(folders: readonly MovedFolder[], env: NodeJS.ProcessEnv): void {
  const file = notesFile(env);
  if (folders.length === 0) {
    fs.rmSync(file, { force: true });
    return;
  }
  ensureUserState(env);
  const lines = folders.map(({ variable, folder }) => `${variable}=${folder}\n`);
  replaceFile(file, Buffer.from(lines.join('')), 0o600);
}

function notesFile(env: NodeJS.ProcessEnv): string {
  return path.join(userStateFolder(env), 'agent-folders');
}
