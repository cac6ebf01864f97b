import { git } from './run';

/** The programs that check signatures by their own names: what a repository's configuration names is never run. */
const PROGRAMS = [
  '-c',
  'gpg.program=gpg',
  '-c',
  'gpg.openpgp.program=gpg',
  '-c',
  'gpg.x509.program=gpgsm',
  '-c',
  'gpg.ssh.program=ssh-keygen',
];

/** What git says of the signatures of these commits: one of `G B U X Y R E`, `N` where there is none. */
export async function readSignatures(
  cwd: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map();
  const args = [...PROGRAMS, 'log', '--no-walk=unsorted', '--stdin', '--no-patch', '--format=%H %G?'];
  const output = await git(cwd, args, { input: `${commits.join('\n')}\n` });
  return new Map(
    output
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}
