import { findRepository, type Repository } from '../git/repository';
import { isInstalled, setMarker } from '../git/state-files';
import { openCommits, type CommitReader } from './committed';
import { withObjects, type OpenedObjects } from './opened-objects';
import { Refused } from './refused';

/** Where a command was called. */
export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A repository with its readers, open while a use case works. */
export interface Opened extends OpenedObjects {
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

/** The same for a repository that has been found already. */
export async function withFound<T>(repository: Repository, work: (opened: Opened) => Promise<T>): Promise<T> {
  return await withObjects(repository, async (opened) =>
    work({ ...opened, commits: openCommits(opened.root, opened.objects) }),
  );
}

/** A commit has our trailers: from now on the hooks of git start the program for what history may know. */
export function noteTracked({ repository: { commonDir } }: Opened): void {
  if (isInstalled(commonDir)) setMarker(commonDir, 'tracked', true);
}
