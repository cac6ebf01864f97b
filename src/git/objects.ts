import type * as childProcess from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { runGit, safeArguments, safeEnvironment } from './run';
import { encodeText } from './text';

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Committed objects through one `git cat-file --batch`, which runs no filter and no program. */
export interface ObjectReader {
  /**
   * The object that `name` (an object id, `HEAD`, `REV:PATH`) stands for; null when there is none. A path is written
   * as `decodePath` gives it.
   */
  read(name: string): Promise<GitObject | null>;
  close(): void;
}

interface Waiting {
  readonly resolve: (object: GitObject | null) => void;
  readonly reject: (error: Error) => void;
}

/** Answers come in the order of the questions, so the questions wait in a queue. */
export function openObjects(cwd: string): ObjectReader {
  let child: childProcess.ChildProcessByStdio<Writable, Readable, null> | null = null;
  const waiting: Waiting[] = [];
  const chunks: Buffer[] = [];
  let buffered = 0;
  let wanted = 0;
  let unsent = '';
  let broken: Error | null = null;

  const fail = (error: Error): void => {
    broken = error;
    for (const next of waiting.splice(0)) next.reject(error);
  };
  const start = (): childProcess.ChildProcessByStdio<Writable, Readable, null> => {
    // Most calls of an agent's hook ask for no object, and bringing this in costs each of them.
    const { spawn } = require('node:child_process') as typeof childProcess;
    const started = spawn('git', [...safeArguments(), 'cat-file', '--batch'], {
      cwd,
      env: safeEnvironment(cwd),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    started.on('error', (error) => fail(error));
    started.on('close', () => fail(new Error('git cat-file ended early')));
    started.stdin.on('error', () => {});
    started.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      buffered += chunk.length;
      if (buffered >= wanted) drain();
    });
    return started;
  };
  /** Questions that are asked together are written together: a write costs more than git's answer. */
  const send = (running: childProcess.ChildProcessByStdio<Writable, Readable, null>): void => {
    running.stdin.write(encodeText(unsent));
    unsent = '';
  };
  const drain = (): void => {
    let bytes = Buffer.concat(chunks);
    while (waiting.length > 0) {
      const answer = parseAnswer(bytes);
      if ('missing' in answer) {
        wanted = answer.missing;
        break;
      }
      bytes = bytes.subarray(answer.used);
      waiting.shift()?.resolve(answer.object);
      wanted = 0;
    }
    chunks.length = 0;
    if (bytes.length > 0) chunks.push(bytes);
    buffered = bytes.length;
  };

  const read = async (name: string): Promise<GitObject | null> => {
    if (broken) throw broken;
    if (name.includes('\0')) return null;
    if (isForRevParse(name)) return await readNamed(name);
    child ??= start();
    const running = child;
    return await new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (unsent === '') process.nextTick(send, running);
      unsent += `${name}\n`;
    });
  };
  const readNamed = async (name: string): Promise<GitObject | null> => {
    const answer = await runGit(cwd, ['rev-parse', '--verify', '--quiet', name]);
    const oid = answer.stdout.toString('latin1').trim();
    return answer.status === 0 && !oid.includes('\n') ? await read(oid) : null;
  };

  return Object.freeze({
    read,
    close(): void {
      broken ??= new Error('the object reader is closed');
      child?.removeAllListeners('close');
      child?.stdin.end();
    },
  });
}

/**
 * A question is a line, so an object whose name has a line end is asked for by its id. And `cat-file` ends at a name such
 * as `HEAD@{upstream}` that has no answer.
 */
function isForRevParse(name: string): boolean {
  return name.includes('\n') || /^[^:]*@\{/.test(name);
}

type Answer = { readonly missing: number } | { readonly used: number; readonly object: GitObject | null };

/** `OID TYPE SIZE LF BYTES LF`, or `NAME missing LF` (also `ambiguous`). */
function parseAnswer(bytes: Buffer): Answer {
  const lineEnd = bytes.indexOf(10);
  if (lineEnd < 0) return { missing: bytes.length + 1 };
  const header = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(bytes.toString('latin1', 0, lineEnd));
  if (!header) return { used: lineEnd + 1, object: null };
  const size = Number(header[3]);
  const end = lineEnd + 1 + size;
  if (bytes.length < end + 1) return { missing: end + 1 };
  const body = bytes.subarray(lineEnd + 1, end);
  return { used: end + 1, object: { oid: header[1] ?? '', type: header[2] ?? '', bytes: Buffer.from(body) } };
}
