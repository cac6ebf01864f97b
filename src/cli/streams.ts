import * as fs from 'node:fs';
import { oneLine, safeJson } from '../core/printable';

export { oneLine, printable } from '../core/printable';

/** What a command may touch of the process; an argument, so that a test can give its own. */
export interface Host {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Standard output is a terminal that wants colour. */
  readonly colour: boolean;
}

/** Streams are opened when they are used: each costs a hook time that a commit waits for. */
export function processHost(): Host {
  const { env } = process;
  return {
    cwd: process.cwd(),
    env,
    stdin: { [Symbol.asyncIterator]: readStandardInput },
    stdout: isFile(1) ? writeToFile : writeTo(() => process.stdout),
    stderr: writeTo(() => process.stderr),
    get colour() {
      return process.stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
    },
  };
}

/** What cannot be written ends no command before it is done; `lostOutput` tells afterwards. */
function writeTo(open: () => NodeJS.WriteStream): Host['stdout'] {
  return (text) => {
    const stream = open();
    if (stream.listenerCount('error') === 0) stream.on('error', () => {});
    stream.write(text);
  };
}

/** Node's own stream takes a part for all of it when the disk is full. */
function writeToFile(text: string): void {
  for (let bytes = Buffer.from(text); bytes.length > 0;) bytes = bytes.subarray(fs.writeSync(1, bytes));
}

function isFile(descriptor: number): boolean {
  try {
    return fs.fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Why the answer did not arrive as a whole; null: it did, or its reader, such as `head`, had seen enough. */
export function lostOutput({ errored }: Pick<NodeJS.WriteStream, 'errored'>): string | null {
  return errored === null || isCode(errored, 'EPIPE') ? null : errored.message;
}

const CHUNK_BYTES = 64 * 1024;

/** Reads without a stream, which costs a hook as much as all its reading; one that does not block needs the stream. */
async function* readStandardInput(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let size: number;
    try {
      size = fs.readSync(0, chunk);
    } catch (error) {
      if (!isCode(error, 'EAGAIN')) {
        if (isCode(error, 'EOF')) return;
        throw error;
      }
      yield* process.stdin;
      return;
    }
    if (size === 0) return;
    yield chunk.subarray(0, size);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Standard input as text; null when it is larger than `limit` bytes. It is read to its end: whoever writes may wait for that. */
export async function readInput(host: Host, limit: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of host.stdin) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limit ? null : Buffer.concat(chunks).toString('utf8');
}

/** One value as one line of JSON that is safe to look at on a terminal. */
export function json(value: unknown): string {
  return `${safeJson(value)}\n`;
}

/** Says what is wrong with the policy; gives the status that a command ends with, which is 2 then. */
export function tellPolicyProblem(host: Pick<Host, 'stderr'>, problem: string | null): number {
  if (problem === null) return 0;
  host.stderr(`hunkmark: ${oneLine(problem)}\n`);
  return 2;
}
