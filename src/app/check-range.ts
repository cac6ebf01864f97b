import type { CommitQuery } from '../git/commit-list';
import { isObjectId } from '../git/head';
import { forgeEvent } from './forge-event';
import type { Opened, Place } from './opened';
import { Refused } from './refused';

/** Which commits are judged, and the commit whose policy judges them. Object ids. */
export interface JudgedRange {
  readonly query: CommitQuery;
  /** The tip of the target; null: there is none yet. */
  readonly base: string | null;
  readonly head: string;
}

export interface RangeWords {
  /** `A..B` or `A...B`: what B has and A has not; `A..`; or a revision: all that it reaches. null: what the forge or the branch says. */
  readonly range: string | null;
  /** The target, whose policy judges. null: the range's own beginning. */
  readonly base: string | null;
}

/**
 * Resolves names through the one `cat-file`. Refused, with what to do, where a commit is not here or nothing says
 * what the target is.
 */
export async function resolveRange(
  opened: Opened,
  { env }: Pick<Place, 'env'>,
  words: RangeWords,
): Promise<JudgedRange> {
  if (words.range === '') throw new Refused('the range is empty: name one, or leave it away');
  const target = words.base === null ? null : await commitNamed(opened, words.base);
  if (words.range === null) {
    const head = await commitNamed(opened, 'HEAD');
    const base = target ?? (await defaultBase(opened, env));
    return { query: { tips: [head], excluded: [base] }, base, head };
  }
  const dots = /^(.*?)\.\.(\.?)(.*)$/.exec(words.range);
  const head = await commitNamed(opened, (dots ? dots[3] : words.range) || 'HEAD');
  const from = dots ? await commitNamed(opened, dots[1] || 'HEAD') : target;
  const excluded = from === null ? [] : [from];
  return { query: { tips: [head], excluded }, base: target ?? from ?? head, head };
}

/** The commit that a revision stands for. Refused where it is not here. */
async function commitNamed(opened: Opened, name: string): Promise<string> {
  if (name.startsWith('-') || /[\0\n]/.test(name)) throw new Refused(`${name} is no revision`);
  const oid = await findCommit(opened, name);
  if (oid !== null) return oid;
  if (name === '') throw new Refused('the name of a commit is empty: give one, or leave it away');
  if (name === 'HEAD') throw new Refused('there is no commit yet');
  throw new Refused(
    `there is no commit ${name} here: fetch all of the history (fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab CI), or name one that is`,
  );
}

async function findCommit({ commits }: Opened, name: string): Promise<string | null> {
  return (await commits.commit(name))?.oid ?? null;
}

const NO_TARGET =
  'nothing says what the target of this change is; add it: hunkmark check --base origin/main (in CI, after a checkout with fetch-depth: 0)';

/** What the forge's variables say, else the upstream, else the default branch of origin. */
async function defaultBase(opened: Opened, env: NodeJS.ProcessEnv): Promise<string> {
  const said = (name: string): string | null => env[name]?.trim() || null;
  const branch = said('GITHUB_BASE_REF');
  if (branch !== null)
    return await firstOf(opened, [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`], branch);
  const request = said('CI_MERGE_REQUEST_DIFF_BASE_SHA');
  const requestTarget = said('CI_MERGE_REQUEST_TARGET_BRANCH_NAME');
  if (request !== null && requestTarget !== null) {
    const tip = await opened.commits.commit(`refs/remotes/origin/${requestTarget}`);
    if (tip) return tip.oid;
  }
  if (request !== null) return await commitNamed(opened, request);
  const event = forgeEvent(env);
  const before = said('CI_COMMIT_BEFORE_SHA') ?? said('GITHUB_EVENT_BEFORE') ?? event?.before ?? null;
  if (isObjectId(before) && !/^0+$/.test(before)) return await commitNamed(opened, before);
  // A branch that a push makes is compared with the default one: its upstream is itself.
  const main = said('CI_DEFAULT_BRANCH') ?? event?.repository?.default_branch ?? null;
  const names =
    before === null || main === null
      ? ['HEAD@{upstream}', 'refs/remotes/origin/HEAD']
      : [`refs/remotes/origin/${main}`, 'refs/remotes/origin/HEAD'];
  for (const name of names) {
    const found = await findCommit(opened, name);
    if (found !== null) return found;
  }
  throw new Refused(NO_TARGET);
}

async function firstOf(opened: Opened, names: readonly string[], said: string): Promise<string> {
  for (const name of names) {
    const found = await opened.commits.commit(name);
    if (found) return found.oid;
  }
  return await commitNamed(opened, `origin/${said}`);
}
