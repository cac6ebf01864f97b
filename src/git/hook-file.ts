import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  ALL_HOOKS,
  classifyForeign,
  CREATED,
  gateBlock,
  hasBlock,
  hasDamagedBlock,
  insertBlock,
  removeBlock,
  savedName,
  wrapper,
  type HookName,
} from './hook-block';
import { InstallRefused, type HooksPlace } from './hooks-place';
import type { HowPlaced } from './install-record';
import { replaceFile } from './state-files';

/** One hook after install. `runs` is false where git ignores the file because it is not executable. */
export interface PlacedHook {
  readonly hook: HookName;
  readonly file: string;
  readonly how: HowPlaced;
  readonly outcome: 'written' | 'present';
  readonly runs: boolean;
}

/**
 * One hook after uninstall. `deleted`: the file was ours. `restored`: the foreign file is back in its place.
 * `cleaned`: our block is out, the rest of the file stays. `untouched`: nothing of ours was in it.
 * `saved` is the foreign hook we had moved aside and must leave there, because the hook was changed since.
 */
export interface UndoneHook {
  readonly hook: HookName;
  readonly file: string;
  readonly outcome: 'deleted' | 'restored' | 'cleaned' | 'untouched';
  readonly saved: string | null;
}

/** One hook as it is. `how` is null where our block is not in it; `by-hand`: somebody added a line that calls us. */
export interface InspectedHook {
  readonly hook: HookName;
  readonly file: string;
  readonly how: HowPlaced | null;
  readonly state: 'current' | 'outdated' | 'by-hand' | 'absent' | 'damaged' | 'ignored';
}

export type Plan = Omit<PlacedHook, 'outcome'> & {
  /** What to write; null where all is there. */
  readonly write: { readonly text: string; readonly mode: number } | null;
  /** The foreign hook is first moved aside. */
  readonly save: boolean;
};

const OUR_MODE = 0o755;

export function planHook(place: HooksPlace, hook: HookName, recorded: HowPlaced | null): Plan {
  const file = path.join(place.folder, hook);
  const block = toBytes(gateBlock(hook, place.state));
  const found = readHook(file);
  const plan = { hook, file, runs: true, save: false };
  if (found === null) {
    return { ...plan, how: 'created', write: { text: insertBlock(CREATED, block), mode: OUR_MODE } };
  }
  if (hasDamagedBlock(found.text)) {
    throw new InstallRefused(
      `${file} has one of Hunkmark's two marker lines without the other.`,
      place.folder,
      'Delete the lines that are left of the block by hand, then install again.',
    );
  }
  if (hasBlock(found.text)) {
    const how = howPlaced(hook, found.text, recorded);
    const text = insertBlock(found.text, block);
    const mode = how === 'inserted' ? found.mode : found.mode | 0o100;
    const same = text === found.text && mode === found.mode;
    return { ...plan, how, runs: (mode & 0o111) !== 0, write: same ? null : { text, mode } };
  }
  if (classifyForeign(found) === 'sh') {
    return { ...plan, how: 'inserted', write: { text: insertBlock(found.text, block), mode: found.mode } };
  }
  requireFree(place, hook);
  return {
    ...plan,
    how: 'wrapped',
    save: true,
    write: { text: insertBlock(wrapper(hook), block), mode: OUR_MODE },
  };
}

export function carryOut({ write, save, ...placed }: Plan): PlacedHook {
  if (save) saveForeign(placed.file, savedFile(placed.file, placed.hook));
  if (write !== null) replaceFile(placed.file, Buffer.from(write.text, 'latin1'), write.mode);
  return { ...placed, outcome: write === null ? 'present' : 'written' };
}

export function undo(file: string, recorded: HowPlaced | null): UndoneHook[] {
  const hook = ALL_HOOKS.find((name) => name === path.basename(file));
  if (hook === undefined) return [];
  const saved = savedFile(file, hook);
  const found = readHook(file);
  const undone = { hook, file, saved: null };
  if (found !== null && hasBlock(found.text)) {
    switch (howPlaced(hook, found.text, recorded)) {
      case 'created':
        fs.unlinkSync(file);
        return [{ ...undone, outcome: 'deleted' }];
      case 'wrapped':
        if (exists(saved)) fs.renameSync(saved, file);
        else fs.unlinkSync(file);
        return [{ ...undone, outcome: 'restored' }];
      case 'inserted':
        replaceFile(file, Buffer.from(removeBlock(found.text), 'latin1'), found.mode);
        return [{ ...undone, outcome: 'cleaned', saved: exists(saved) ? saved : null }];
    }
  }
  if (recorded !== 'wrapped' || !exists(saved)) return recorded ? [{ ...undone, outcome: 'untouched' }] : [];
  if (found === null || sameThing(file, saved)) {
    fs.renameSync(saved, file);
    // Two names of one file: rename leaves both.
    if (exists(saved)) fs.unlinkSync(saved);
    return [{ ...undone, outcome: 'restored' }];
  }
  return [{ ...undone, outcome: 'untouched', saved }];
}

export function inspect(place: HooksPlace, hook: HookName, recorded: HowPlaced | null): InspectedHook {
  const file = path.join(place.folder, hook);
  const found = readHook(file);
  if (found === null) return { hook, file, how: null, state: 'absent' };
  if (hasDamagedBlock(found.text)) return { hook, file, how: null, state: 'damaged' };
  if (!hasBlock(found.text)) {
    const isByHand = found.text.includes(`hunkmark stamp --hook ${hook}`);
    return { hook, file, how: null, state: isByHand ? 'by-hand' : 'absent' };
  }
  const how = howPlaced(hook, found.text, recorded);
  if (!found.executable) return { hook, file, how, state: 'ignored' };
  const current = insertBlock(found.text, toBytes(gateBlock(hook, place.state))) === found.text;
  return { hook, file, how, state: current ? 'current' : 'outdated' };
}

/** What hook managers call a hook that they found, pre-commit and lefthook. */
const FOUND = ['.legacy', '.old'];

/** Takes the block out of hooks of ours that a manager has moved aside for its own, which has the block now or loses it. */
export function removeStrays(files: readonly string[]): void {
  for (const stray of files.flatMap((file) => FOUND.map((end) => file + end))) {
    const found = fs.lstatSync(stray, { throwIfNoEntry: false })?.isFile() === true ? readHook(stray) : null;
    if (found === null || !hasBlock(found.text)) continue;
    const rest = removeBlock(found.text);
    if (rest === CREATED) fs.unlinkSync(stray);
    else replaceFile(stray, Buffer.from(rest, 'latin1'), found.mode);
  }
}

/** A hook that is only a shebang line was ours, unless we know that it was there before. */
function howPlaced(hook: HookName, text: string, recorded: HowPlaced | null): HowPlaced {
  const rest = removeBlock(text);
  if (rest === wrapper(hook)) return 'wrapped';
  return rest === CREATED && recorded !== 'inserted' ? 'created' : 'inserted';
}

interface HookFile {
  readonly link: boolean;
  readonly executable: boolean;
  readonly mode: number;
  /** Bytes, one character each; empty for a link. */
  readonly text: string;
}

export function readHook(file: string): HookFile | null {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const mode = stat.mode & 0o7777;
  if (stat.isSymbolicLink()) return { link: true, executable: true, mode, text: '' };
  if (!stat.isFile()) {
    throw new InstallRefused(
      `${file} is not a file.`,
      path.dirname(file),
      'Move it away, then install again.',
    );
  }
  return { link: false, executable: (mode & 0o111) !== 0, mode, text: fs.readFileSync(file, 'latin1') };
}

/** The block may hold a path outside ASCII; hook files are handled as bytes. */
export function toBytes(block: string): string {
  return Buffer.from(block, 'utf8').toString('latin1');
}

function savedFile(file: string, hook: HookName): string {
  return path.join(path.dirname(file), savedName(hook));
}

function requireFree(place: HooksPlace, hook: HookName): void {
  const file = path.join(place.folder, hook);
  const saved = savedFile(file, hook);
  if (!exists(saved) || sameThing(file, saved)) return;
  throw new InstallRefused(
    `${file} must be moved aside to ${saved}, but that exists: an earlier hook of yours.`,
    place.folder,
    'Keep the one you want under the name of the hook, move the other away, then install again.',
  );
}

/** Gives the foreign hook a second name; it keeps the first until ours replaces it, so no commit misses it. */
function saveForeign(file: string, saved: string): void {
  if (exists(saved)) return;
  if (fs.lstatSync(file).isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(file, 'buffer'), saved);
    return;
  }
  try {
    fs.linkSync(file, saved);
  } catch {
    replaceFile(saved, fs.readFileSync(file), fs.statSync(file).mode & 0o7777);
  }
}

function exists(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** The same link, or the same bytes and mode: what a crash between the two steps of moving aside leaves. */
function sameThing(a: string, b: string): boolean {
  const [left, right] = [fs.lstatSync(a), fs.lstatSync(b)];
  if (left.mode !== right.mode) return false;
  if (left.isSymbolicLink()) return fs.readlinkSync(a) === fs.readlinkSync(b);
  return left.isFile() && fs.readFileSync(a).equals(fs.readFileSync(b));
}
