import * as fs from 'node:fs';
import * as path from 'node:path';
import { classifyForeign, CREATED, hasBlock, hasDamagedBlock, insertBlock } from './hook-block';
import { readInstallRecord } from './install-record';
import { replaceFile } from './state-files';

/**
 * Puts our lines back into hooks that a hook manager has written anew since install, as `npm install` makes it do; gives
 * these files. Starts no process and asks nobody, so only into shell scripts that nobody else can get: in the git
 * directory, and in a folder that ignores itself, as husky's does. Whatever is otherwise is for install and doctor.
 */
export function mendHookFiles(commonDir: string, worktree: string): string[] {
  return readInstallRecord(commonDir).hooks.flatMap(({ file: recorded, block }) => {
    const file = path.resolve(commonDir, recorded);
    const folder = path.dirname(file);
    const isOwn = isIn(commonDir, folder) || (isIn(worktree, folder) && ignoresItself(folder));
    return block !== undefined && isOwn && mend(file, block) ? [file] : [];
  });
}

function mend(file: string, block: string): boolean {
  try {
    const stat = fs.lstatSync(file);
    if (!stat.isFile() || (stat.mode & 0o111) === 0) return false;
    const text = fs.readFileSync(file, 'latin1');
    // What is left of a hook of ours is a person's decision, no manager's.
    if (text === CREATED || hasBlock(text) || hasDamagedBlock(text)) return false;
    if (classifyForeign({ link: false, executable: true, text }) !== 'sh') return false;
    replaceFile(file, Buffer.from(insertBlock(text, block), 'latin1'), stat.mode & 0o7777);
    return true;
  } catch {
    return false;
  }
}

function isIn(root: string, folder: string): boolean {
  try {
    const relative = path.relative(fs.realpathSync(root), fs.realpathSync(folder));
    return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  } catch {
    return false;
  }
}

function ignoresItself(folder: string): boolean {
  try {
    return /^\*$/m.test(fs.readFileSync(path.join(folder, '.gitignore'), 'latin1'));
  } catch {
    return false;
  }
}
