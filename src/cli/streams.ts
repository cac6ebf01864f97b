import * as fs from 'node:fs';

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
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    get colour() {
      return process.stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
    },
  };
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

/** C0, DEL and C1, line and paragraph separators, marks that turn the direction of text, surrogates of no pair. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]/gu;

/** Messages and paths come from repositories: control characters are shown, never sent to a terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escapeChar(char)));
}

/** The same for what must stay on one line, as a path. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? escapeChar(char));
}

/** One value as one line of JSON that is safe to look at on a terminal. */
export function json(value: unknown): string {
  return `${JSON.stringify(value).replace(UNSAFE, escapeChar)}\n`;
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeChar(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
