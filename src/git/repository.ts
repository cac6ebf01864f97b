import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where a repository keeps its things; found by looking at files, without a git process. */
export interface Repository {
  /** Root of the working tree, real path; null in a bare repository. */
  readonly worktree: string | null;
  /** The git directory of this working tree. */
  readonly gitDir: string;
  /** The git directory that all working trees share. */
  readonly commonDir: string;
  /** `main`, or the name of the linked worktree under `worktrees/`. */
  readonly worktreeName: string;
}

/**
 * The repository that holds `start` (a folder, or a file that may not exist yet), by walking up as git does; a
 * GIT_DIR in `env` wins, because git sets it for the hooks of linked worktrees.
 */
export function findRepository(start: string, env: NodeJS.ProcessEnv = {}): Repository | null {
  const fromEnv = env['GIT_DIR'];
  if (fromEnv !== undefined && fromEnv !== '') {
    const gitDir = path.resolve(start, fromEnv);
    if (!isGitDir(gitDir)) return null;
    const tree = env['GIT_WORK_TREE'];
    return repositoryAt(gitDir, tree ? path.resolve(start, tree) : workTreeOf(gitDir, start));
  }
  for (let folder = realFolder(start); ; folder = path.dirname(folder)) {
    const found = gitDirIn(folder);
    if (found) return repositoryAt(found, folder);
    if (isGitDir(folder) && fs.existsSync(path.join(folder, 'HEAD'))) return repositoryAt(folder, null);
    if (path.dirname(folder) === folder) return null;
  }
}

/** The path of `file` in the repository, with `/`; null when it is outside or inside a git directory. */
export function repositoryPath(repository: Repository, file: string): string | null {
  if (repository.worktree === null) return null;
  return pathBelow(repository.worktree, realFile(file));
}

/** The path of a file below a folder, with `/`; null: it is outside, or in a git directory. Both absolute and real. */
export function pathBelow(folder: string, file: string, platform: path.PlatformPath = path): string | null {
  const relative = platform.relative(folder, file);
  // On Windows a file of another drive has no relative path.
  if (relative === '' || platform.isAbsolute(relative)) return null;
  const parts = relative.split(platform.sep);
  return parts[0] === '..' || parts.includes('.git') ? null : parts.join('/');
}

function repositoryAt(gitDir: string, worktree: string | null): Repository {
  const commonDir = commonDirOf(gitDir);
  const linked = commonDir !== gitDir && path.basename(path.dirname(gitDir)) === 'worktrees';
  return { worktree, gitDir, commonDir, worktreeName: linked ? path.basename(gitDir) : 'main' };
}

function gitDirIn(folder: string): string | null {
  const candidate = path.join(folder, '.git');
  const stat = fs.statSync(candidate, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isDirectory()) return isGitDir(candidate) ? candidate : null;
  // Reading a named pipe would take for ever.
  if (!stat.isFile()) return null;
  const pointer = /^gitdir: (.+?)\r?\n*$/.exec(fs.readFileSync(candidate, 'utf8').slice(0, 8192));
  if (!pointer?.[1]) return null;
  const target = path.resolve(folder, pointer[1]);
  return isGitDir(target) ? fs.realpathSync(target) : null;
}

function isGitDir(folder: string): boolean {
  return (
    fs.existsSync(path.join(folder, 'HEAD')) &&
    (fs.existsSync(path.join(folder, 'objects')) || fs.existsSync(path.join(folder, 'commondir')))
  );
}

function commonDirOf(gitDir: string): string {
  const file = path.join(gitDir, 'commondir');
  if (!fs.existsSync(file)) return gitDir;
  return path.resolve(gitDir, fs.readFileSync(file, 'utf8').trim());
}

/** With GIT_DIR alone, git takes the current folder for the root, or what a linked worktree's `gitdir` file says. */
function workTreeOf(gitDir: string, cwd: string): string {
  const back = path.join(gitDir, 'gitdir');
  if (fs.existsSync(back)) return path.dirname(fs.readFileSync(back, 'utf8').trim());
  if (path.basename(gitDir) === '.git') return path.dirname(gitDir);
  return realFolder(cwd);
}

function realFolder(start: string): string {
  for (let at = path.resolve(start); ; at = path.dirname(at)) {
    const stat = fs.statSync(at, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return fs.realpathSync(at);
    if (path.dirname(at) === at) return at;
  }
}

/** The file's real folder and its own name: the last part may be a link that git tracks as such. */
function realFile(file: string): string {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  const existing = realFolder(folder);
  const missing = path.relative(deepestExisting(folder), folder);
  return path.join(existing, missing, path.basename(absolute));
}

function deepestExisting(folder: string): string {
  let at = folder;
  while (!fs.existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  return at;
}
