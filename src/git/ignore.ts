import { hasInIndex } from './index-file';
import type { Repository } from './repository';
import { runGit } from './run';

/** Whether git ignores an untracked file; a tracked file is never ignored. An error counts as not ignored. */
export async function isIgnored(repository: Repository, path: string): Promise<boolean> {
  if (repository.worktree === null) return true;
  // An agent mostly edits what is tracked, and to know that takes no process.
  if (hasInIndex(repository, path)) return false;
  const answer = await runGit(repository.worktree, ['check-ignore', '-q', '--', `./${path}`]);
  return answer.status === 0;
}
