import { settleFetching, type FetchBar } from '../git/fetching';
import { openObjects, type ObjectReader } from '../git/objects';
import { findRepository, type Repository } from '../git/repository';
import { runGit } from '../git/run';
import { isInstalled, setMarker } from '../git/state-files';
import { openCommits, type CommitReader } from './committed';
import { Refused } from './refused';

/** Where a command was called. */
export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A repository with its readers, open while a use case works. */
export interface Opened {
  readonly repository: Repository;
  /** Where git is started: the root of the working tree, so that paths are those of the repository. */
  readonly root: string;
  readonly objects: ObjectReader;
  readonly commits: CommitReader;
}

/** Opens the repository for one use case. Refused where there is none, or where git will not work in it. */
export async function withRepository<T>(
  { cwd, env }: Place,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const repository = findRepository(cwd, env);
  if (!repository) throw new Refused(`${cwd} is not in a git repository`);
  return await withFound(repository, work);
}

/** The same for a repository that has been found already. Its readers start no process before they are asked. */
export async function withFound<T>(repository: Repository, work: (opened: Opened) => Promise<T>): Promise<T> {
  const root = repository.worktree ?? repository.gitDir;
  const bar = await settleFetching(root, repository.commonDir);
  const objects = openObjects(root);
  try {
    return await work({ repository, root, objects, commits: openCommits(root, objects) });
  } catch (error) {
    throw error instanceof Refused
      ? error
      : ((await whyGitWillNot(root)) ?? whyNothingIsFetched(bar) ?? error);
  } finally {
    objects.close();
  }
}

/** A repository that git refuses as a whole (of another owner, of a later version) is a matter of configuration. */
async function whyGitWillNot(root: string): Promise<Refused | null> {
  const { status, stderr } = await runGit(root, ['rev-parse', '--git-dir']);
  return status === 0
    ? null
    : new Refused(
        stderr
          .trim()
          .split('\n')[0]
          ?.replace(/^fatal: /, '') ?? 'git failed',
      );
}

function whyNothingIsFetched(bar: FetchBar): Refused | null {
  if (bar === null) return null;
  return new Refused(
    `this clone is partial, and something is missing that git may not get here, because the repository's configuration has ${bar}: get it first (git fetch --refetch --no-filter), or take that setting out`,
  );
}

/** A commit has our trailers: from now on the hooks of git start the program for what history may know. */
export function noteTracked({ repository: { commonDir } }: Opened): void {
  if (isInstalled(commonDir)) setMarker(commonDir, 'tracked', true);
}
