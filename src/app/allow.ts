import * as fs from 'node:fs';
import * as path from 'node:path';
import { giveLeave, LEAVE_MS } from '../git/leaves';
import { realTarget } from '../git/real-target';
import { findRepository, repositoryPath } from '../git/repository';
import { isInstalled } from '../git/state-files';
import type { Place } from './opened';
import { requirePerson } from './person';
import { Refused } from './refused';

/** What a person has let an agent write. */
export interface Allowed {
  /** In the repository, with `/`. */
  readonly path: string;
  readonly minutes: number;
}

/** As `allowOnce`, from a shell. Refused in one that an agent started. */
export function allowFromShell(place: Place, given: string): Allowed {
  requirePerson(place, 'ack --allow says that a person lets an agent write there');
  return allowOnce(path.resolve(place.cwd, given));
}

/** A person lets an agent write a file once, whatever the policy says, as long as the file is as it is now. */
export function allowOnce(given: string): Allowed {
  const file = realTarget(given);
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Refused(`${given} is a folder; a leave is for one file`);
  const repository = findRepository(path.dirname(file));
  const name = repository && repositoryPath(repository, file);
  if (!repository || name === null) throw new Refused(`${given} is not in a git working tree`);
  if (!isInstalled(repository.commonDir))
    throw new Refused(
      'Hunkmark is not installed in that repository: nothing keeps an agent from writing there',
    );
  giveLeave(repository.commonDir, { worktree: repository.worktreeName, path: name, file });
  return { path: name, minutes: LEAVE_MS / 60_000 };
}
