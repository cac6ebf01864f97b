import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Script } from 'node:vm';

/** Parts of the program as V8 has compiled them, kept from one hook to the next. */
export interface CompiledParts {
  /**
   * What the part exports; throws where it is not there. `use`: a word for what it is loaded for, which decides what of it
   * is compiled.
   */
  load(name: string, use: string): unknown;
  /** Keeps what was compiled, for the next hook. Whatever goes wrong in that is no matter. */
  keep(): void;
}

/** What V8 has made of a part so far. */
interface Made {
  readonly uses: readonly string[];
  readonly code: Buffer;
}

/**
 * Compiling is a third of what a hook costs beyond the start of Node. What V8 has made of a part is written beside it by
 * the first hook of each use, with a digest of both: a file that is damaged or of another program is not used, and V8
 * itself refuses what another version of it, or one with other options, has made.
 */
export function openCompiled(folder: string): CompiledParts {
  const toWrite: (() => void)[] = [];
  const loaded = new Map<string, unknown>();
  const parts: CompiledParts = {
    load(name, use): unknown {
      if (loaded.has(name)) return loaded.get(name);
      const file = path.join(folder, name);
      const source = fs.readFileSync(file);
      const made = readMade(file, source);
      const script = new Script(`${BEFORE}${source.toString('utf8')}${AFTER}`, {
        filename: file,
        ...(made ? { cachedData: made.code } : {}),
      });
      const uses = made && script.cachedDataRejected !== true ? made.uses : [];
      if (!uses.includes(use) && uses.length < MOST_USES && /^[\w-]{1,40}$/.test(use))
        toWrite.push(() => writeMade(file, source, [...uses, use], () => script.createCachedData()));
      const part = { exports: {} };
      const run = script.runInThisContext() as (...scope: unknown[]) => void;
      // A part that brings in another for the same use finds it compiled too.
      const requirePart = (id: string): unknown =>
        id.startsWith('./') ? parts.load(path.basename(id), use) : require(id);
      run(part.exports, requirePart, part, file, folder);
      loaded.set(name, part.exports);
      return part.exports;
    },
    keep(): void {
      try {
        for (const write of toWrite) write();
      } catch {
        // A folder that is not to be written: the next hook compiles again.
      }
    },
  };
  return parts;
}

const BEFORE = '(function (exports, require, module, __filename, __dirname) { ';
const AFTER = '\n})';
const MOST_USES = 20;
const DIGEST_BYTES = 32;

/** Each V8 has its own, so that two that take turns do not write all the time. */
function madeFile(file: string): string {
  return `${file}-${process.versions.v8}-${process.arch}`;
}

/** `DIGEST USE USE… LF CODE` */
function readMade(file: string, source: Buffer): Made | null {
  try {
    const bytes = fs.readFileSync(madeFile(file));
    const body = bytes.subarray(DIGEST_BYTES);
    if (!digestOf(source, body).equals(bytes.subarray(0, DIGEST_BYTES))) return null;
    const end = body.indexOf('\n');
    return { uses: body.toString('latin1', 0, end).split(' '), code: body.subarray(end + 1) };
  } catch {
    return null;
  }
}

function writeMade(file: string, source: Buffer, uses: readonly string[], code: () => Buffer): void {
  const temporary = `${madeFile(file)}.${process.pid}`;
  // Before the code is asked for: that is work, and for nothing where nothing can be written.
  fs.writeFileSync(temporary, '', { mode: 0o600, flag: 'wx' });
  try {
    const body = Buffer.concat([Buffer.from(`${uses.join(' ')}\n`), code()]);
    fs.writeFileSync(temporary, Buffer.concat([digestOf(source, body), body]));
    fs.renameSync(temporary, madeFile(file));
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  removeOld(file);
}

const OLD_MS = 30 * 24 * 60 * 60 * 1000;

/** What former versions of Node have made, and what a process has left that was killed. */
function removeOld(file: string): void {
  const folder = path.dirname(file);
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(`${path.basename(file)}-`)) continue;
    const old = path.join(folder, name);
    if (Date.now() - fs.statSync(old).mtimeMs > OLD_MS) fs.rmSync(old, { force: true });
  }
}

function digestOf(source: Buffer, body: Buffer): Buffer {
  return createHash('sha256').update(`${source.length} `).update(source).update(body).digest();
}
