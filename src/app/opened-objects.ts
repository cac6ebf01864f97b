import { parseCommit, type CommitObject } from '../git/commit-object';
import { settleFetching, type FetchBar } from '../git/fetching';
import { openObjects, type ObjectReader } from '../git/objects';
import type { Repository } from '../git/repository';
import { runGit } from '../git/run';
import { Refused } from './refused';

/** Commits of a repository as git has them. */
export interface CommitObjects {
  /** The commit itself, without its provenance; null: there is no such commit. */
  readonly commit: (name: string) => Promise<{ readonly oid: string; readonly commit: CommitObject } | null>;
}

/** A repository whose objects can be read; what agents' hooks need, which know nothing of trailers. */
export interface OpenedObjects {
  readonly repository: Repository;
  /** Where git is started: the root of the working tree, so that paths are those of the repository. */
  readonly root: string;
  readonly objects: ObjectReader;
  readonly commits: CommitObjects;
}

/** Opens the repository for one use case. Its readers start no process before they are asked. */
export async function withObjects<T>(
  repository: Repository,
  work: (opened: OpenedObjects) => Promise<T>,
): Promise<T> {
  const root = repository.worktree ?? repository.gitDir;
  const bar = await settleFetching(root, repository.commonDir);
  const objects = openObjects(root);
  try {
    return await work({ repository, root, objects, commits: openCommitObjects(objects) });
  } catch (error) {
    throw error instanceof Refused
      ? error
      : ((await whyGitWillNot(root)) ?? whyNothingIsFetched(bar) ?? error);
  } finally {
    objects.close();
  }
}

export function openCommitObjects(objects: ObjectReader): CommitObjects {
  return {
    commit: async (name) => {
      // What follows `:/` is a pattern for messages to its end.
      const object = await objects.read(name.startsWith(':/') ? name : `${name}^{commit}`);
      const parsed = object?.type === 'commit' ? parseCommit(object.bytes) : null;
      return object && parsed ? { oid: object.oid, commit: parsed } : null;
    },
  };
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
