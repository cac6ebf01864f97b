import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';

/** Beyond this it is no settings file. */
const MAX_SIZE = 4 * 1024 * 1024;

/** null: there is no file. Throws on what cannot be read as text, or is no regular file. */
export function readSettings(file: string): string | null {
  const link = fs.lstatSync(file, { throwIfNoEntry: false });
  if (link === undefined) return null;
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error('it is a symbolic link to nothing');
  if (!stat.isFile()) throw new Error('it is not a regular file');
  if (stat.size > MAX_SIZE) throw new Error('it is larger than 4 MiB');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fs.readFileSync(file));
  } catch {
    throw new Error('it is not UTF-8');
  }
}

/**
 * Puts the new text (null: no file) in the place of the old one as a whole, with its mode; a symbolic link stays and
 * its target is replaced. Agents write this file themselves: when it is not `expected` any more, nothing is written.
 */
export function writeSettings(file: string, expected: string | null, text: string | null): void {
  const real = fs.existsSync(file) ? fs.realpathSync(file) : file;
  const mode = fs.statSync(real, { throwIfNoEntry: false })?.mode;
  const temporary = `${real}.hunkmark-${randomUUID()}`;
  try {
    if (text !== null) {
      fs.writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
      fs.chmodSync(temporary, mode === undefined ? 0o666 & ~process.umask() : mode & 0o7777);
    }
    if (readSettings(file) !== expected)
      throw new Error('it has just been changed by another program; try again');
    if (text === null) fs.rmSync(real);
    else fs.renameSync(temporary, real);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
