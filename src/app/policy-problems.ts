import * as path from 'node:path';
import type { PolicyProblem } from '../core/policy';
import { findRepository, repositoryPath } from '../git/repository';
import type { PolicyFiles } from './policy-reading';
import { workingFiles } from './working-policy';

/** The policy of a working tree as it would be if a file were saved as it stands in an editor. */
export interface WrittenPolicy {
  /** Paths of the files that it is made of; empty where there is no policy. */
  readonly files: readonly string[];
  /** What is wrong in the file that is edited; of others nothing is said there. */
  readonly problem: PolicyProblem | null;
  /** What of that file is not enforced; the policy holds all the same. */
  readonly unsupported: readonly { readonly what: string; readonly line: number }[];
}

/**
 * Reads the working tree's policy with one file as it is being written, by the reader that commands and hooks use. git
 * is asked only where the policy names other files.
 */
export async function readWrittenPolicy(name: string, text: string): Promise<WrittenPolicy | null> {
  const repository = findRepository(path.dirname(name));
  const inside = repository && repositoryPath(repository, name);
  if (repository === null || repository.worktree === null || inside === null) return null;
  const { readPolicyFiles } = await import('./policy-reading.js');
  const { read } = await readPolicyFiles(withText(workingFiles(repository.worktree), inside, text));
  if (read.kind === 'none') return { files: [], problem: null, unsupported: [] };
  const isOwn = ({ file }: { readonly file: string }): boolean => file === inside;
  if (read.kind === 'invalid')
    return { files: read.files, problem: isOwn(read) ? read : null, unsupported: [] };
  const unsupported = read.policy.unsupported
    .filter(({ from }) => isOwn(from))
    .map(({ what, from }) => ({ what, line: from.line }));
  return { files: read.files, problem: null, unsupported };
}

function withText(files: PolicyFiles, inside: string, text: string): PolicyFiles {
  const entry = { path: inside, mode: '100644', oid: '' };
  return {
    ...files,
    find: async (name) => (name === inside ? entry : await files.find(name)),
    read: async (each) => (each.path === inside ? Buffer.from(text) : await files.read(each)),
  };
}
