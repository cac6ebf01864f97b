import * as path from 'node:path';
import type { AgentEvent } from '../core/agent-event';
import { realTarget } from '../git/real-target';
import type { Repository } from '../git/repository';
import { guardedRepository } from './guarded-repository';
import { holdsOurHooks, isOurState } from './protected-files';
import { skippedHooks } from './skipped-hooks';

/** Something that an agent is about to do in one repository. */
export type GuardTarget = { readonly repository: Repository } & (
  | { readonly kind: 'write'; readonly file: string; readonly isOurs: boolean }
  | { readonly kind: 'skip'; readonly what: string }
);

/** What there is to judge of an event; nothing where Hunkmark is not installed or there is no policy. Starts no process. */
export function guardTargets(event: AgentEvent): readonly GuardTarget[] {
  if (event.kind === 'shell-starting')
    return skippedHooks(event.command, event.cwd === '' ? process.cwd() : event.cwd).flatMap(
      ({ what, folder }) => {
        const repository = guardedRepository(folder);
        return repository ? [{ kind: 'skip', what, repository }] : [];
      },
    );
  return writtenPaths(event).flatMap((name) => {
    const file = realTarget(path.resolve(event.cwd === '' ? '.' : event.cwd, name));
    const isOurs = holdsOurHooks(file);
    // The settings of an agent in the home folder are about whatever repository it works in.
    const repository =
      guardedRepository(path.dirname(file)) ?? (isOurs ? guardedRepository(event.cwd) : null);
    return repository
      ? [{ kind: 'write', file, isOurs: isOurs || isOurState(repository, file), repository }]
      : [];
  });
}

function writtenPaths(event: AgentEvent): readonly string[] {
  if (event.kind === 'write-starting') return event.paths;
  if (event.kind !== 'edit-starting') return [];
  return event.edits.flatMap(({ path: name, change }) =>
    change.kind === 'rename' ? [name, change.to] : [name],
  );
}
