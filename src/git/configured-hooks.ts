import { runGit } from './run';

/**
 * What git runs for an event, as git itself says it. `unasked`: this git (before 2.54) knows hooks in its folder only.
 * `refused`: the configuration is such that git does nothing at all where the event comes, and why.
 */
export type RunHooks =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'hooks';
      /** Those of the configuration that are run, in their order; the one of the folder comes after them. */
      readonly configured: readonly string[];
      readonly folder: boolean;
    };

/** Asks git, which runs none of them for it. */
export async function hooksThatRun(worktree: string, event: string): Promise<RunHooks> {
  const env = { ...process.env, LC_ALL: 'C', LANGUAGE: '' };
  const { status, stdout, stderr } = await runGit(worktree, ['hook', 'list', event], {
    env,
    userHooks: true,
  });
  if (status === FATAL) return { kind: 'refused', reason: stderr.trim().split('\n').at(-1) ?? '' };
  // 1: there is none. Anything else is the usage of a git that has no such command.
  return status === 0 || status === 1 ? parseHookList(stdout.toString('utf8')) : { kind: 'unasked' };
}

const FATAL = 128;
const FOLDER = 'hook from hookdir';

/** One line for each: its name, behind a word and a tab where it is switched off. */
export function parseHookList(output: string): Extract<RunHooks, { kind: 'hooks' }> {
  const lines = output.split('\n').filter((line) => line !== '' && !/^(?:event-)?disabled\t/.test(line));
  return {
    kind: 'hooks',
    configured: lines.filter((line) => line !== FOLDER),
    folder: lines.includes(FOLDER),
  };
}
