import * as fs from 'node:fs';
import * as path from 'node:path';
import { type GitCaller } from './caller';
import { commitOptions, NO_OPTIONS, type CommitOptions } from './commit-options';
import { isObjectId } from './head';
import type { Repository } from './repository';

/** What git is doing while a commit is made, as the files of the git directory and the calling command tell it. */
export interface Operation {
  /** HEAD is being replaced: the new commit has HEAD's parents. */
  readonly amend: boolean;
  /** commit-msg will not run, so what is not written now is never written. */
  readonly skipsCommitMsg: boolean;
  /** git only puts a commit somewhere else; its message, and our trailers in it, travel as they are. */
  readonly replay: boolean;
  readonly mergeHeads: readonly string[];
  /** Commits that the new one is made from, nearest first: object ids, or what the sequencer calls them. */
  readonly madeFrom: readonly string[];
  /** Commits of a `merge --squash`, newest first. */
  readonly squashed: readonly string[];
  readonly origHead: string | null;
  /** What git proposed to say, a byte string: all that `revert -n` and `cherry-pick -n` leave behind them. */
  readonly mergeMessage: string | null;
  /** Whether git will compare the message with a template; null where its words cannot be seen. */
  readonly comparesTemplate: boolean | null;
  readonly options: CommitOptions;
}

export function readOperation(repository: Repository, caller: GitCaller | null): Operation {
  const file = (name: string): string | null => readFile(path.join(repository.gitDir, name));
  const options = caller?.command === 'commit' ? commitOptions(caller.args) : NO_OPTIONS;
  const rebase = readRebase(repository, file);
  const inSequencer = caller !== null && ['rebase', 'cherry-pick', 'revert'].includes(caller.command);
  const cherryPick = oid(file('CHERRY_PICK_HEAD'));
  return {
    amend: options.amend || (caller?.command === 'rebase' && rebase.amends),
    skipsCommitMsg: options.noVerify || inSequencer,
    replay: inSequencer && cherryPick !== null && !picksMerge(caller),
    mergeHeads: (file('MERGE_HEAD') ?? '').split('\n').filter((line): line is string => isObjectId(line)),
    madeFrom: [cherryPick, ...rebase.madeFrom].filter((name) => name !== null),
    squashed: squashedCommits(file('SQUASH_MSG')),
    // A rebase sets it too, and means by it where the branch was: nothing that is committed again as a whole.
    origHead: rebase.running ? null : oid(file('ORIG_HEAD')),
    mergeMessage: readFile(path.join(repository.gitDir, 'MERGE_MSG'), 'latin1'),
    comparesTemplate: caller === null ? null : caller.command === 'commit' && !options.givesMessage,
    options,
  };
}

/** The message of a merge says nothing of what its branch brings, and that is what is picked. */
function picksMerge({ command, args }: GitCaller): boolean {
  return command === 'cherry-pick' && args.some((word) => /^(?:-m\d*$|--ma)/.test(word));
}

interface Rebase {
  readonly running: boolean;
  readonly amends: boolean;
  readonly madeFrom: readonly string[];
}

/** `REBASE_HEAD` stays behind after a rebase, so it is believed only while `rebase-merge/` is there. */
function readRebase(repository: Repository, file: (name: string) => string | null): Rebase {
  if (!fs.existsSync(path.join(repository.gitDir, 'rebase-merge'))) {
    return { running: false, amends: false, madeFrom: [] };
  }
  const done = (file('rebase-merge/done') ?? '').split('\n').findLast((line) => line !== '') ?? '';
  const [command = '', ...words] = done.split(' ');
  const step = words.find((word) => !word.startsWith('-')) ?? '';
  const joins = /^(?:squash|fixup|s|f)$/.test(command);
  const stopped = oid(file('REBASE_HEAD'));
  const named = /^[0-9a-f]{4,64}$/.test(step) ? step : null;
  return {
    running: true,
    amends: joins || file('rebase-merge/amend') !== null,
    madeFrom: [...new Set([stopped, named].filter((name) => name !== null))],
  };
}

/** The `commit OID` lines of what `git merge --squash` leaves behind. */
function squashedCommits(message: string | null): string[] {
  return [...(message ?? '').matchAll(/^commit ([0-9a-f]{40}|[0-9a-f]{64})$/gm)].map(
    (found) => found[1] ?? '',
  );
}

function oid(text: string | null): string | null {
  const line = text?.split('\n', 1)[0]?.trim() ?? null;
  return isObjectId(line) ? line : null;
}

function readFile(file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | null {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? fs.readFileSync(file, encoding) : null;
}
