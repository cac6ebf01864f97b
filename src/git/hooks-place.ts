import * as fs from 'node:fs';
import * as path from 'node:path';
import type { HookName, StatePlace } from './hook-block';
import { findRepository } from './repository';
import { git, runGit } from './run';
import { stateFiles, type GitFolders } from './state-files';

/** Where a repository's hooks are, and how they find our state folder. */
export interface HooksPlace extends GitFolders {
  readonly worktree: string;
  /** Real path; need not exist. */
  readonly folder: string;
  readonly state: StatePlace;
}

/** Nothing was written, or not all of it: what happened, in which folder, and what the person can do. */
export class InstallRefused extends Error {
  constructor(
    readonly happened: string,
    readonly folder: string,
    readonly advice: string,
  ) {
    super(`${happened} ${advice}`);
    this.name = 'InstallRefused';
  }
}

/** Asks git where this repository's hooks are, `core.hooksPath` included. A bare repository is refused: nobody commits there. */
export async function locateHooks(repositoryDir: string): Promise<HooksPlace> {
  const found = findRepository(repositoryDir);
  if (found === null) {
    throw new InstallRefused(
      `${repositoryDir} is not in a git repository.`,
      repositoryDir,
      'Run "git init" there, or name another folder with -C.',
    );
  }
  if (found.worktree === null) {
    throw new InstallRefused(
      `${found.gitDir} is a bare repository, and hooks for commits never run there.`,
      found.gitDir,
      'Install in a clone of it, or in one of its working trees.',
    );
  }
  const options = { userHooks: true, env: withoutLocation(process.env) };
  const answer = await git(found.worktree, ['rev-parse', '--git-path', 'hooks'], options);
  const folder = realPath(path.resolve(found.worktree, answer.toString('utf8').replace(/\n$/, '')));
  return placeIn(folder, {
    worktree: realPath(found.worktree),
    gitDir: realPath(found.gitDir),
    commonDir: realPath(found.commonDir),
  });
}

function placeIn(folder: string, where: Omit<HooksPlace, 'folder' | 'state'>): HooksPlace {
  const state: StatePlace =
    folder === path.join(where.commonDir, 'hooks')
      ? { kind: 'beside' }
      : { kind: 'absolute', folder: stateFiles(where.commonDir).folder };
  return { ...where, folder, state };
}

/** Variables that would point git at another repository than the one of the folder it runs in. */
export function withoutLocation(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_PREFIX'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

const OWN_LINE = `hunkmark stamp --hook commit-msg "$@" || true`;
const ADD_LINE = `To use Hunkmark with it, add this line to its commit-msg hook: ${OWN_LINE}`;

export function requireInside(place: HooksPlace): void {
  if (isOurs(place, place.folder)) return;
  throw new InstallRefused(
    `Git runs this repository's hooks from ${place.folder} (core.hooksPath, or a link), which is outside the repository; Hunkmark writes nothing there.`,
    place.folder,
    ADD_LINE,
  );
}

export function requireOwnState(place: HooksPlace): void {
  const { folder } = stateFiles(place.commonDir);
  if (fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  throw new InstallRefused(
    `${folder} is in the way: it is not a folder.`,
    folder,
    'Move it away, then install again.',
  );
}

export async function requireUntracked(place: HooksPlace, names: readonly HookName[]): Promise<void> {
  if (isInside(place.gitDir, place.folder) || isInside(place.commonDir, place.folder)) return;
  const paths = names.map((hook) => path.join(path.relative(place.worktree, place.folder), hook));
  const env = withoutLocation(process.env);
  const { stdout } = await runGit(place.worktree, ['ls-files', '-z', '--', ...paths], { env });
  const tracked = stdout.toString('utf8').split('\0').filter(Boolean);
  if (tracked.length === 0) return;
  throw new InstallRefused(
    `Git tracks ${tracked.join(' and ')}, where this repository has its hooks; Hunkmark does not change files that others would get.`,
    place.folder,
    ADD_LINE,
  );
}

/** In the repository's git directory or working tree: the only places where hooks are written or taken out. */
export function isOurs(place: HooksPlace, file: string): boolean {
  const real = realPath(path.dirname(file)) + path.sep + path.basename(file);
  return [place.commonDir, place.gitDir, place.worktree].some((folder) => isInside(folder, real));
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The real path, also of what does not exist yet: links in the existing part are followed. */
function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPath(parent), path.basename(file));
  }
}
