import { Readable } from 'node:stream';

/**
 * What every git process of ours starts with: no pager, no locks taken for reading, and nothing that a repository's
 * configuration could make git run (monitor, hooks, signature programs). A clean filter can still run whenever git
 * hashes the working tree, so no command of ours does that.
 */
const SAFE = [
  '--no-optional-locks',
  // Whoever may push refs/replace could else show a judge other commits and another policy than the ones that are there.
  '--no-replace-objects',
  '--no-pager',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'log.showSignature=false',
  '-c',
  'core.quotePath=true',
];
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

export interface GitOptions {
  readonly input?: string | Buffer | Readable;
  /** The whole environment; the process's own when left out, so that a hook's GIT_INDEX_FILE is inherited. */
  readonly env?: NodeJS.ProcessEnv;
  /** Is given the output in portions, some milliseconds apart; the result then has none. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Ends the process when nobody wants its answer any more; the call then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Leave `core.hooksPath` as the user set it: for the one question where the hooks are. */
  readonly userHooks?: boolean;
}

export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** For commands that take path patterns: a path is a path, whatever characters it has. */
export const LITERAL = '--literal-pathspecs';

/** The arguments that every git process of ours starts with. */
export function safeArguments(userHooks = false): readonly string[] {
  return userHooks ? SAFE : [...SAFE, ...NO_HOOKS];
}

/** What a person has set for their own diffs, and git believes more than the arguments: lines of context would be added ones. */
const BENDING: NodeJS.ProcessEnv = { GIT_DIFF_OPTS: undefined };

const FETCHING = new Set<string>();

/** From now on git may get missing objects of a partial clone in this folder; see fetching.ts for when. */
export function allowFetching(cwd: string): void {
  FETCHING.add(cwd);
}

/**
 * Nothing of ours goes to the network, and the one who would is git itself, for an object that a partial clone does
 * not have: with programs that the configuration names. Older git knows only the second variable.
 */
export function safeEnvironment(cwd: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const protocols = FETCHING.has(cwd)
    ? { GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' }
    : { GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' };
  return { ...env, ...protocols, ...BENDING, GIT_TERMINAL_PROMPT: '0' };
}

/** Runs git in `cwd` with fixed arguments and collects its output. Rejects only when git cannot be started. */
export async function runGit(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  // Most calls of an agent's hook start no process, and bringing this in costs each of them.
  const { spawn } = await import('node:child_process');
  return await new Promise((resolve, reject) => {
    const child = spawn('git', [...safeArguments(options.userHooks), ...args], {
      cwd,
      env: safeEnvironment(cwd, options.env),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', options.onOutput ?? ((chunk: Buffer) => stdout.push(chunk)));
    if (options.onOutput && child.stdout) inPortions(child.stdout);
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) =>
      reject(new GitError(args, -1, `git could not be started: ${error.message}`)),
    );
    child.on('close', (status) =>
      resolve({
        status: status ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
    if (child.stdin) {
      // git may close its input early (an argument error); the exit status says so, the broken pipe adds nothing.
      child.stdin.on('error', () => {});
      if (options.input instanceof Readable) options.input.pipe(child.stdin);
      else child.stdin.end(options.input);
    }
  });
}

/** Milliseconds; a pipe holds what git writes in the meantime. */
const PORTION_MS = 4;

/**
 * Git writes each finding by itself, and waking for each of hundreds takes the processor from git, so that it is done
 * later than if nobody had listened.
 */
function inPortions(output: Readable): void {
  output.on('data', () => {
    output.pause();
    setTimeout(() => output.resume(), PORTION_MS);
  });
}

/** Like {@link runGit}, but a status that is not 0 is a {@link GitError}. */
export async function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const result = await runGit(cwd, args, options);
  if (result.status !== 0) throw new GitError(args, result.status, result.stderr);
  return result.stdout;
}

export class GitError extends Error {
  constructor(
    readonly args: readonly string[],
    readonly status: number,
    readonly stderr: string,
  ) {
    super(`git ${commandOf(args)} failed (${status}): ${stderr.trim().split('\n')[0] ?? ''}`);
    this.name = 'GitError';
  }
}

function commandOf(args: readonly string[]): string {
  return args.find((word, at) => !word.startsWith('-') && args[at - 1] !== '-c') ?? '';
}
