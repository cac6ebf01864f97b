import { git } from './run';

/** `NAME <EMAIL>` of whoever commits here now, as git itself would write it. */
export async function committerIdentity(cwd: string): Promise<string> {
  return withoutTime(await committerNow(cwd));
}

/** The same with the time, `NAME <EMAIL> TIME ZONE`, as a commit has it. */
export async function committerNow(cwd: string): Promise<string> {
  return (await git(cwd, ['var', 'GIT_COMMITTER_IDENT'])).toString('utf8').trim();
}

/** `NAME <EMAIL>` of what a commit has. */
export function withoutTime(person: string): string {
  return person.replace(/ \d+ [+-]\d{4}\s*$/, '');
}

/** The same of whoever is the author of what is committed here now. */
export async function authorIdentity(cwd: string): Promise<string> {
  return withoutTime((await git(cwd, ['var', 'GIT_AUTHOR_IDENT'])).toString('utf8'));
}
