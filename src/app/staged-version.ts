import { acknowledgedVersion } from '../git/acknowledged';
import { readHead } from '../git/head';
import { findRepository } from '../git/repository';
import { fileVersion } from '../git/state-files';

/** Differs where what a check says of the index may: the index, HEAD or an acknowledgement has changed. Starts no process. */
export async function stagedVersion(root: string): Promise<string> {
  const repository = findRepository(root);
  if (repository === null) return '';
  const head = await readHead(repository);
  const index = fileVersion(repository.gitDir, 'index');
  return [index, head ?? '', acknowledgedVersion(repository.commonDir)].join(' ');
}
