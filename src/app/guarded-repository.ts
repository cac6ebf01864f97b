import { findRepository, type Repository } from '../git/repository';
import { isInstalled } from '../git/state-files';
import { mayHavePolicy } from './policy-store';

/** The repository of a folder, where Hunkmark is installed and a policy may be; found without starting a process. */
export function guardedRepository(folder: string): Repository | null {
  const repository = findRepository(folder === '' ? '.' : folder);
  return repository && isInstalled(repository.commonDir) && mayHavePolicy(repository) ? repository : null;
}
