import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Repository } from './repository';
import { replaceFile } from './state-files';
import { ensureUserState, removeEmptyUserState, userStateFolder } from './user-program';

/**
 * The working trees that Hunkmark was put into on this machine, so that it can be taken out of all of them: one absolute
 * path a line, in the user's own state folder.
 */
function registryFile(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(userStateFolder(env), 'repositories');
}

export function registeredTrees(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  try {
    const text = fs.readFileSync(registryFile(env), 'utf8');
    return [...new Set(text.split('\n').filter((line) => path.isAbsolute(line)))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A path with a line end in it cannot be noted, and is left out. */
export function register(worktree: string, env: NodeJS.ProcessEnv = process.env): void {
  const trees = registeredTrees(env);
  if (trees.includes(worktree) || worktree.includes('\n')) return;
  write([...trees, worktree], env);
}

/**
 * A repository that was moved or copied has our hooks with it, and is not in the list under its new path. Other working
 * trees of it are found from the main one. Says nothing where the home cannot be written to: that costs the entry alone.
 */
export function registerMoved(
  { worktree, gitDir, commonDir }: Repository,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (worktree === null || gitDir !== commonDir) return;
  try {
    const real = fs.realpathSync(worktree);
    if (!registeredTrees(env).some((tree) => path.resolve(tree) === real)) register(real, env);
  } catch {
    // It can still be taken out of the repository, from inside.
  }
}

export function unregister(worktree: string, env: NodeJS.ProcessEnv = process.env): void {
  const trees = registeredTrees(env);
  if (trees.includes(worktree))
    write(
      trees.filter((tree) => tree !== worktree),
      env,
    );
}

function write(trees: readonly string[], env: NodeJS.ProcessEnv): void {
  const file = registryFile(env);
  if (trees.length === 0) {
    fs.rmSync(file, { force: true });
    removeEmptyUserState(env);
    return;
  }
  ensureUserState(env);
  replaceFile(file, Buffer.from(`${trees.join('\n')}\n`), 0o600);
}
