import * as fs from 'node:fs';
import * as path from 'node:path';
import { blobId } from './came-from-git';
import { classifyForeign, CREATED, hasBlock, hasDamagedBlock, insertBlock } from './hook-block';
import { readIndexFile } from './index-file';
import { readInstallRecord, restOf, writeInstallRecord, type RecordedHook } from './install-record';
import { findRepository } from './repository';
import { replaceFile } from './state-files';

/**
 * Puts our lines back into hooks that a hook manager has written anew since install, as `npm install` makes it do; gives
 * these files. Starts no process and asks nobody, so only into shell scripts that nobody else can get: in the git
 * directory, and in a folder that ignores itself, as husky's does. Whatever is otherwise is for install and doctor.
 */
export function mendHookFiles(commonDir: string, worktree: string): string[] {
  const record = readInstallRecord(commonDir);
  const mended: string[] = [];
  const hooks = record.hooks.map((hook) => {
    const found = lookAt(commonDir, worktree, hook);
    if (found.kind === 'lost' && putBack(found)) mended.push(found.file);
    else if (found.kind !== 'whole') return hook;
    return { ...hook, rest: restOf(found.text) };
  });
  if (hooks.some(({ rest }, at) => rest !== record.hooks[at]?.rest))
    noteHooks(commonDir, { ...record, hooks });
  return mended;
}

/** Hooks that a person has taken our lines out of: they stay out until somebody installs again. */
export function takenOutByHand(commonDir: string, worktree: string): string[] {
  return readInstallRecord(commonDir).hooks.flatMap((hook) => {
    const found = lookAt(commonDir, worktree, hook);
    return found.kind === 'taken-out' ? [found.file] : [];
  });
}

/**
 * `whole`: our lines are in it. `lost`: somebody has written it anew without them. `taken-out`: they are not in it, and
 * all the rest is as it was. `other`: nothing that we would touch.
 */
type Found =
  | { readonly kind: 'whole'; readonly text: string }
  | {
      readonly kind: 'lost';
      readonly file: string;
      readonly text: string;
      readonly mode: number;
      readonly block: string;
    }
  | { readonly kind: 'taken-out'; readonly file: string }
  | { readonly kind: 'other' };

const OTHER: Found = { kind: 'other' };

function lookAt(commonDir: string, worktree: string, { file: recorded, block, rest }: RecordedHook): Found {
  const file = path.resolve(commonDir, recorded);
  const folder = path.dirname(file);
  const isManaged = isIn(worktree, folder) && ignoresItself(folder);
  if (block === undefined || !(isManaged || isIn(commonDir, folder))) return OTHER;
  try {
    const stat = fs.lstatSync(file);
    if (!stat.isFile() || (stat.mode & 0o111) === 0) return OTHER;
    const text = fs.readFileSync(file, 'latin1');
    if (hasDamagedBlock(text)) return OTHER;
    if (hasBlock(text)) return { kind: 'whole', text };
    if (text === CREATED) return { kind: 'taken-out', file };
    const isAsBefore = restOf(text) === rest;
    if (isAsBefore && !isManaged && !MANAGERS.test(text) && !mayBeCopied(worktree, text))
      return { kind: 'taken-out', file };
    if (classifyForeign({ link: false, executable: true, text }) !== 'sh') return OTHER;
    return { kind: 'lost', file, text, mode: stat.mode & 0o7777, block };
  } catch {
    return OTHER;
  }
}

/**
 * Words of hooks that a manager writes. What it writes anew is as it was, to the byte, and so is what is left where a
 * person deletes our lines; but a hook of a person's own is written by nobody else.
 */
const MANAGERS =
  /husky|lefthook|simple[-_. ]git[-_. ]hooks|pre-commit|overcommit|captainhook|generated|do not edit/i;

/** A script of the repository puts its own hooks there, by copying a file that git tracks. */
function mayBeCopied(worktree: string, text: string): boolean {
  const repository = findRepository(worktree);
  const index = repository ? readIndexFile(repository, Infinity) : null;
  if (index?.kind !== 'files') return true;
  const own = blobId(Buffer.from(text, 'latin1'), index.files[0]?.oid ?? '');
  return index.files.some(({ oid }) => oid === own);
}

function putBack({ file, text, mode, block }: Extract<Found, { kind: 'lost' }>): boolean {
  try {
    replaceFile(file, Buffer.from(insertBlock(text, block), 'latin1'), mode);
    return true;
  } catch {
    return false;
  }
}

function noteHooks(commonDir: string, record: Parameters<typeof writeInstallRecord>[1]): void {
  try {
    writeInstallRecord(commonDir, record);
  } catch {
    // Without the note a hook that loses our lines gets them back, as after any loss.
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
