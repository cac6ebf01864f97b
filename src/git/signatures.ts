import { git, runGit } from './run';

/** The programs that check signatures, by their own names. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'gpg.program': 'gpg',
  'gpg.openpgp.program': 'gpg',
  'gpg.x509.program': 'gpgsm',
  'gpg.ssh.program': 'ssh-keygen',
};

/**
 * git runs a program for each signature: the one that the user's own or the system's configuration names, else the usual
 * one. What the repository's configuration names is never run.
 */
async function programs(cwd: string): Promise<string[]> {
  const { stdout } = await runGit(cwd, [
    'config',
    '-z',
    '--show-scope',
    '--get-regexp',
    '^gpg\\.(.*\\.)?program$',
  ]);
  const words = stdout.toString('utf8').split('\0');
  const chosen: Record<string, string> = { ...PROGRAMS };
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [key = '', ...value] = (words[at + 1] ?? '').split('\n');
    const isTheUsers = words[at] === 'global' || words[at] === 'system';
    // An older name of the same setting.
    const names = key === 'gpg.program' ? ['gpg.program', 'gpg.openpgp.program'] : [key];
    for (const name of names)
      if (isTheUsers && Object.hasOwn(PROGRAMS, name)) chosen[name] = value.join('\n');
  }
  return Object.entries(chosen).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** What git says of the signatures of these commits: one of `G B U X Y R E`, `N` where there is none. */
export async function readSignatures(
  cwd: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map();
  const args = [
    ...(await programs(cwd)),
    'log',
    '--no-walk=unsorted',
    '--stdin',
    '--no-patch',
    '--format=%H %G?',
  ];
  const output = await git(cwd, args, { input: `${commits.join('\n')}\n` });
  return new Map(
    output
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}
