import { git } from './run';

/** Commits that `tips` reach and `excluded` do not; object ids, a tip also `A...B`, or, for `excluded`, options such as `--all`. */
export interface CommitQuery {
  readonly tips: readonly string[];
  readonly excluded: readonly string[];
}

export interface ListedCommit {
  readonly oid: string;
  /** As git follows them: at the end of a shallow history it has none. */
  readonly parents: readonly string[];
}

/** The commits of a range, parents before children, from one git process. */
export async function listCommits(
  cwd: string,
  { tips, excluded }: CommitQuery,
  paths: readonly string[] = [],
): Promise<ListedCommit[]> {
  const not = excluded.length > 0 ? ['--not', ...excluded] : [];
  const args = ['rev-list', '--topo-order', '--reverse', '--parents', ...tips, ...not, '--', ...paths];
  const output = (await git(cwd, args)).toString('latin1');
  return output.split('\n').flatMap((line) => {
    const [oid, ...parents] = line.split(' ');
    return oid === undefined || oid === '' ? [] : { oid, parents };
  });
}

/** `from`, and what comes after it by first parents, up to `to`; null: they do not lead there. */
export async function listFirstParents(cwd: string, from: string, to: string): Promise<string[] | null> {
  const output = await git(cwd, ['rev-list', '--first-parent', '--parents', '--reverse', `${from}..${to}`]);
  const rows = output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
  if (rows[0]?.[1] !== from) return null;
  return [from, ...rows.flatMap(([oid]) => oid ?? [])];
}
