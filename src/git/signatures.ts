import { GitError, runGit } from './run';

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
  return new Map(await asked(cwd, args, commits));
}

/** How often one commit that ends git is tried: whether it does is a race where the commit is small. */
const ATTEMPTS = 3;

/**
 * Git dies of what it writes to `ssh-keygen` where that has ended already, as it does at a signature that is none (git
 * 2.39, `verify_ssh_signed_buffer`). Then the commits are asked about in halves, and one by itself that ends git
 * cannot be checked.
 */
async function asked(
  cwd: string,
  args: readonly string[],
  commits: readonly string[],
  attempt = 1,
): Promise<(readonly [string, string])[]> {
  const { status, stdout, stderr } = await runGit(cwd, args, { input: `${commits.join('\n')}\n` });
  if (status === 0) return answers(stdout.toString('latin1'));
  if (status > 0) throw new GitError(args, status, stderr);
  const [only, another] = commits;
  if (only !== undefined && another === undefined)
    return attempt < ATTEMPTS ? await asked(cwd, args, commits, attempt + 1) : [[only, 'E']];
  const half = commits.length >> 1;
  const first = await asked(cwd, args, commits.slice(0, half));
  return [...first, ...(await asked(cwd, args, commits.slice(half)))];
}

function answers(output: string): (readonly [string, string])[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}
