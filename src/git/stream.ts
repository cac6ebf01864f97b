import { spawn } from 'node:child_process';
import { GitError, safeArguments, safeEnvironment } from './run';

/** A git process whose input is written while its output is read, neither of them held as a whole. */
export interface StreamedGit {
  write(text: string): void;
  endInput(): void;
  /** The output; throws a {@link GitError} at its end where the status is not 0. */
  readonly output: AsyncIterable<Buffer>;
  /** Ends the process whose output nobody wants any more. */
  close(): void;
}

export function streamGit(cwd: string, args: readonly string[]): StreamedGit {
  const child = spawn('git', [...safeArguments(), ...args], {
    cwd,
    env: safeEnvironment(cwd),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) =>
      reject(new GitError(args, -1, `git could not be started: ${error.message}`)),
    );
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(new GitError(args, status ?? -1, Buffer.concat(stderr).toString('utf8')));
    });
  });
  // Whoever reads the output to its end hears of a failure; until then there is nobody to tell.
  ended.catch(() => {});
  let unsent = '';
  const send = (): void => {
    if (unsent !== '' && !child.stdin.writableEnded) child.stdin.write(unsent);
    unsent = '';
  };
  return {
    // What is asked for together is sent together: each write wakes git.
    write: (text) => {
      if (unsent === '') setImmediate(send);
      unsent += text;
    },
    endInput: () => {
      send();
      child.stdin.end();
    },
    output: (async function* () {
      for await (const chunk of child.stdout) yield chunk as Buffer;
      await ended;
    })(),
    close: () => void child.kill(),
  };
}
