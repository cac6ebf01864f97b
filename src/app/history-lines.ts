import type { LineVerdict } from '../core/line-classes';
import { blameAsFound, type BlamedRun } from '../git/blame';
import { GitError } from '../git/run';
import { openAddedLines, type SaidOfLines } from './added-lines';
import { blameKey, type BlameStore, type OriginRun } from './blame-store';
import { noteTracked, type Opened } from './opened';
import { Refused } from './refused';

/** How a history is read: for an editor, which shows what is known already and may lose interest. */
export interface HistoryReading {
  readonly store?: BlameStore | undefined;
  /** Is given runs of lines as soon as their commit has been read; in no order. */
  readonly onRuns?: ((runs: readonly OriginRun[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whose the lines of a committed file are: runs that cover all of them, ascending. */
export async function historyRuns(
  opened: Opened,
  commit: string,
  file: string,
  { store, onRuns, signal }: HistoryReading,
): Promise<readonly OriginRun[]> {
  const key = blameKey(opened.repository.commonDir, commit, file);
  const known = store?.load(key);
  if (known) return known;
  const found = await readRuns(opened, commit, file, { onRuns, signal });
  store?.save(key, found);
  return found;
}

async function readRuns(
  opened: Opened,
  commit: string,
  file: string,
  { onRuns, signal }: Pick<HistoryReading, 'onRuns' | 'signal'>,
): Promise<OriginRun[]> {
  const blamed: BlamedRun[] = [];
  const added = openAddedLines(opened, (of, said) => {
    if (onRuns) onRuns(blamed.filter((run) => run.commit === of).flatMap((run) => originsOfRun(run, said)));
  });
  const stop = (): void => added.close();
  signal?.addEventListener('abort', stop);
  try {
    await blameAsFound(
      opened.root,
      commit,
      file,
      (run) => {
        blamed.push(run);
        added.want(run.commit, run.isBoundary);
      },
      signal,
    ).catch(refuseBadSetting);
    const said = await added.read();
    signal?.throwIfAborted();
    if (said.tracked) noteTracked(opened);
    return joinRuns(blamed.toSorted((a, b) => a.line - b.line).flatMap((run) => originsOfRun(run, said)));
  } finally {
    signal?.removeEventListener('abort', stop);
    added.close();
  }
}

/** git reads the lists of `blame.ignoreRevsFile` before it hears that none is wanted, and stops at one it cannot read. */
export function refuseBadSetting(error: unknown): never {
  if (error instanceof GitError && /object name/.test(error.stderr))
    throw new Refused(`git blame does not work here, look at blame.ignoreRevsFile: ${error.stderr.trim()}`);
  throw error;
}

const NOBODY: LineVerdict = { class: 'unknown', via: null, agent: null, model: null, verdict: null };

type OpenRun = { -readonly [K in keyof OriginRun]: OriginRun[K] };

/** Where a commit says nothing of a line its origin is unknown. */
function originsOfRun({ commit, path, line, count, originalLine }: BlamedRun, said: SaidOfLines): OpenRun[] {
  const runs: OpenRun[] = [];
  let before: LineVerdict | null = null;
  for (let at = 0; at < count; at++) {
    const origin = said.of(commit, path, originalLine + at) ?? NOBODY;
    const last = runs.at(-1);
    if (last && before !== null && isSame(before, origin)) last.count++;
    else {
      const { class: lineClass, via, agent, model, verdict } = origin;
      runs.push({ start: line + at, count: 1, commit, class: lineClass, via, agent, model, verdict });
    }
    before = origin;
  }
  return runs;
}

/** Adjacent runs of one commit and one origin are one. */
function joinRuns(runs: readonly OpenRun[]): OpenRun[] {
  const joined: OpenRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && last.commit === run.commit && last.start + last.count === run.start && isSame(last, run))
      last.count += run.count;
    else joined.push(run);
  }
  return joined;
}

function isSame(a: LineVerdict, b: LineVerdict): boolean {
  return (
    a === b ||
    (a.class === b.class &&
      a.via === b.via &&
      a.agent === b.agent &&
      a.model === b.model &&
      a.verdict === b.verdict)
  );
}
