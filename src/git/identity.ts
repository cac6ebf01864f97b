import { git } from './run';

/** `NAME <EMAIL>` of whoever commits here now, as git itself would write it. */
export async function committerIdentity(cwd: string): Promise<string> {
  const answer = await git(cwd, ['var', 'GIT_COMMITTER_IDENT']);
  return answer.toString('utf8').replace(/ \d+ [+-]\d{4}\s*$/, '');
}

/** The same of whoever is the author of what is committed here now. */
export async function authorIdentity(cwd: string): Promise<string> {
  const answer = await git(cwd, ['var', 'GIT_AUTHOR_IDENT']);
  return answer.toString('utf8').replace(/ \d+ [+-]\d{4}\s*$/, '');
}
