import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import * as z from '../core/schema';

/** The end of a file, and whether that is all of it. */
export interface Tail {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** Reads at most `limit` bytes from the end; null: there is no such regular file, or it cannot be read. */
export type ReadTail = (path: string, limit: number) => Tail | null;

/**
 * The model that made one tool call: `message.model` of the transcript's line that holds the call. Claude Code writes
 * that line about when it runs the hook, before or after, so null now may be a name a moment later. Null is never
 * filled with the model of another line: the user may have changed it in between.
 *
 * Only the last MiB is read. The last line may be half written and is then no line yet.
 */
export function modelOfCall(
  transcript: string,
  toolUseId: string,
  { read }: { readonly read: ReadTail } = { read: readTail },
): string | null {
  const tail = read(transcript, TAIL);
  if (tail === null) return null;
  const lines = Buffer.from(tail.bytes).toString('utf8').split('\n');
  if (!tail.whole) lines.shift();
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (!line.includes(toolUseId)) continue;
    const model = modelOfLine(line, toolUseId);
    if (model !== null) return model;
  }
  return null;
}

const TAIL = 1024 * 1024;

const Line = z.object({
  type: z.literal('assistant'),
  message: z.object({
    model: z.string().check(z.regex(/^[^\p{C}\p{Z}]{1,200}$/u)),
    content: z.array(z.object({ type: z.string(), id: z.optional(z.string()) })),
  }),
});

function modelOfLine(line: string, toolUseId: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = Line.safeParse(value);
  if (!parsed.success) return null;
  const { content, model } = parsed.data.message;
  return content.some((block) => block.type === 'tool_use' && block.id === toolUseId) ? model : null;
}

/** A path from a payload may name anything: without O_NONBLOCK a named pipe would hang the agent for ever. */
export function readTail(path: string, limit: number): Tail | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return null;
    const start = Math.max(0, stat.size - limit);
    const buffer = Buffer.alloc(stat.size - start);
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(file, buffer, length, buffer.length - length, start + length);
      if (count === 0) break;
      length += count;
    }
    return { bytes: buffer.subarray(0, length), whole: start === 0 };
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
