import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  ALL_HOOKS,
  classifyForeign,
  CREATED,
  gateBlock,
  hasBlock,
  hasDamagedBlock,
  HOOK_NAMES,
  insertBlock,
  removeBlock,
  savedName,
  wrapper,
  type HookName,
  type StatePlace,
} from './hook-block';
import {
  readInstallRecord,
  restOf,
  writeInstallRecord,
  type HowPlaced,
  type InstallRecord,
} from './install-record';
import { findRepository } from './repository';
import { git, runGit } from './run';
import {
  copyProgram,
  ensureState,
  readNodePath,
  replaceFile,
  stateFiles,
  writeNodePath,
  type GitFolders,
} from './state-files';

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

/** Where a repository's hooks are, and how they find our state folder. */
export interface HooksPlace extends GitFolders {
  readonly worktree: string;
  /** Real path; need not exist. */
  readonly folder: string;
  readonly state: StatePlace;
}

/** Nothing was written, or not all of it: what happened, in which folder, and what the person can do. */
export class InstallRefused extends Error {
  constructor(
    readonly happened: string,
    readonly folder: string,
    readonly advice: string,
  ) {
    super(`${happened} ${advice}`);
    this.name = 'InstallRefused';
  }
}

/** What install needs: the bundled hook program and the Node to run it with, both absolute. */
export interface InstallFiles {
  readonly hookProgram: string;
  readonly nodePath: string;
  /** Also the hook that checks what is pushed. */
  readonly prePush?: boolean;
}

/**
 * Puts the gate into the hooks and the program beside the journal. Throws {@link InstallRefused} before it writes anything,
 * but for the program where a person has to add the line that calls it.
 */
export async function installHookFiles(
  place: HooksPlace,
  files: InstallFiles,
): Promise<{ hooks: PlacedHook[]; state: string[] }> {
  requireOwnState(place);
  const record = readInstallRecord(place.commonDir);
  // Once it is in, every install keeps it as it has to be.
  const names = files.prePush === true ? ALL_HOOKS : wantedHooks(place, record);
  const refusal = await whyNotInstallable(place, names);
  if (refusal) {
    writePrograms(place, files, names);
    throw refusal;
  }
  const plans = names.map((hook) => planHook(place, hook, recordedHow(place, record, hook)));

  const state = stateFiles(place.commonDir);
  const written = writePrograms(place, files, names);
  // The record comes before what it records: after a crash in between, uninstall still finds everything.
  if (writeInstallRecord(place.commonDir, withPlans(place, record, plans))) written.push(state.installed);
  fs.mkdirSync(place.folder, { recursive: true });
  removeStrays(plans.map(({ file }) => file));
  return { hooks: plans.map(carryOut), state: written };
}

/** Gives the files that were new or different. */
function writePrograms(
  { commonDir }: HooksPlace,
  { hookProgram, nodePath }: InstallFiles,
  names: readonly HookName[],
): string[] {
  const { node } = ensureState(commonDir);
  const written = copyProgram(commonDir, hookProgram, names.includes('pre-push'));
  return writeNodePath(commonDir, nodePath) ? [...written, node] : written;
}

/** What hook managers call a hook that they found, pre-commit and lefthook. */
const FOUND = ['.legacy', '.old'];

/** Takes the block out of hooks of ours that a manager has moved aside for its own, which has the block now or loses it. */
function removeStrays(files: readonly string[]): void {
  for (const stray of files.flatMap((file) => FOUND.map((end) => file + end))) {
    const found = fs.lstatSync(stray, { throwIfNoEntry: false })?.isFile() === true ? readHook(stray) : null;
    if (found === null || !hasBlock(found.text)) continue;
    const rest = removeBlock(found.text);
    if (rest === CREATED) fs.unlinkSync(stray);
    else replaceFile(stray, Buffer.from(rest, 'latin1'), found.mode);
  }
}

/** Takes the gate out of every hook it was put into, and removes the state folder, journal included. */
export function uninstallHookFiles(place: HooksPlace): { hooks: UndoneHook[]; removed: string[] } {
  const record = readInstallRecord(place.commonDir);
  const files = new Map<string, HowPlaced | null>();
  for (const { file, how } of record.hooks) files.set(path.resolve(place.commonDir, file), how);
  for (const hook of ALL_HOOKS) {
    const file = path.join(place.folder, hook);
    if (!files.has(file)) files.set(file, null);
  }
  const own = [...files].filter(([file]) => isOurs(place, file));
  const hooks = own.flatMap(([file, how]) => undo(file, how));
  removeStrays(own.map(([file]) => file));

  const removed = record.folders
    .map((folder) => path.resolve(place.commonDir, folder))
    .filter((folder) => isOurs(place, folder) && removeIfEmpty(folder));
  const { folder } = stateFiles(place.commonDir);
  if (fs.lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    removed.push(folder);
  }
  return { hooks, removed };
}

/**
 * Brings blocks of an earlier version up to date, and touches no other hook. Throws {@link InstallRefused} where install
 * would write nothing.
 */
export async function renewHookFiles(place: HooksPlace): Promise<PlacedHook[]> {
  const record = readInstallRecord(place.commonDir);
  const outdated = wantedHooks(place, record).filter((hook) => inspect(place, hook).state === 'outdated');
  if (outdated.length === 0) return [];
  requireInside(place);
  await requireUntracked(place, outdated);
  const plans = outdated.map((hook) => planHook(place, hook, recordedHow(place, record, hook)));
  writeInstallRecord(place.commonDir, withPlans(place, record, plans));
  return plans.map(carryOut);
}

/** What is there now, for `doctor`; reads only. */
export function inspectHookFiles(place: HooksPlace): {
  hooks: InspectedHook[];
  program: boolean;
  node: string | null;
} {
  return {
    hooks: wantedHooks(place, readInstallRecord(place.commonDir)).map((hook) => inspect(place, hook)),
    program: fs.existsSync(stateFiles(place.commonDir).program),
    node: readNodePath(place.commonDir),
  };
}

/** Hooks that install has put our block into, as absolute paths; git may look elsewhere by now. */
export function recordedHooks(commonDir: string): readonly string[] {
  return readInstallRecord(commonDir).hooks.map(({ file }) => path.resolve(commonDir, file));
}

/** Why nothing of ours may be written to the folder of the hooks; null where it may. */
export async function whyNotInstallable(
  place: HooksPlace,
  names = wantedHooks(place, readInstallRecord(place.commonDir)),
): Promise<InstallRefused | null> {
  try {
    requireInside(place);
    await requireUntracked(place, names);
    return null;
  } catch (error) {
    if (error instanceof InstallRefused) return error;
    throw error;
  }
}

/** Asks git where this repository's hooks are, `core.hooksPath` included. A bare repository is refused: nobody commits there. */
export async function locateHooks(repositoryDir: string): Promise<HooksPlace> {
  const found = findRepository(repositoryDir);
  if (found === null) {
    throw new InstallRefused(
      `${repositoryDir} is not in a git repository.`,
      repositoryDir,
      'Run "git init" there, or name another folder with -C.',
    );
  }
  if (found.worktree === null) {
    throw new InstallRefused(
      `${found.gitDir} is a bare repository, and hooks for commits never run there.`,
      found.gitDir,
      'Install in a clone of it, or in one of its working trees.',
    );
  }
  const options = { userHooks: true, env: withoutLocation(process.env) };
  const answer = await git(found.worktree, ['rev-parse', '--git-path', 'hooks'], options);
  const folder = realPath(path.resolve(found.worktree, answer.toString('utf8').replace(/\n$/, '')));
  return placeIn(folder, {
    worktree: realPath(found.worktree),
    gitDir: realPath(found.gitDir),
    commonDir: realPath(found.commonDir),
  });
}

function placeIn(folder: string, where: Omit<HooksPlace, 'folder' | 'state'>): HooksPlace {
  const state: StatePlace =
    folder === path.join(where.commonDir, 'hooks')
      ? { kind: 'beside' }
      : { kind: 'absolute', folder: stateFiles(where.commonDir).folder };
  return { ...where, folder, state };
}

/** Variables that would point git at another repository than the one of the folder it runs in. */
export function withoutLocation(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_PREFIX'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

const OWN_LINE = `hunkmark stamp --hook commit-msg "$@" || true`;
const ADD_LINE = `To use Hunkmark with it, add this line to its commit-msg hook: ${OWN_LINE}`;

function requireInside(place: HooksPlace): void {
  if (isOurs(place, place.folder)) return;
  throw new InstallRefused(
    `Git runs this repository's hooks from ${place.folder} (core.hooksPath, or a link), which is outside the repository; Hunkmark writes nothing there.`,
    place.folder,
    ADD_LINE,
  );
}

function requireOwnState(place: HooksPlace): void {
  const { folder } = stateFiles(place.commonDir);
  if (fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  throw new InstallRefused(
    `${folder} is in the way: it is not a folder.`,
    folder,
    'Move it away, then install again.',
  );
}

/** The hook that checks what is pushed is there where somebody asked for it once. */
function wantedHooks(place: HooksPlace, record: InstallRecord): readonly HookName[] {
  return recordedHow(place, record, 'pre-push') === null ? HOOK_NAMES : ALL_HOOKS;
}

async function requireUntracked(place: HooksPlace, names: readonly HookName[]): Promise<void> {
  if (isInside(place.gitDir, place.folder) || isInside(place.commonDir, place.folder)) return;
  const paths = names.map((hook) => path.join(path.relative(place.worktree, place.folder), hook));
  const env = withoutLocation(process.env);
  const { stdout } = await runGit(place.worktree, ['ls-files', '-z', '--', ...paths], { env });
  const tracked = stdout.toString('utf8').split('\0').filter(Boolean);
  if (tracked.length === 0) return;
  throw new InstallRefused(
    `Git tracks ${tracked.join(' and ')}, where this repository has its hooks; Hunkmark does not change files that others would get.`,
    place.folder,
    ADD_LINE,
  );
}

/** In the repository's git directory or working tree: the only places where hooks are written or taken out. */
function isOurs(place: HooksPlace, file: string): boolean {
  const real = realPath(path.dirname(file)) + path.sep + path.basename(file);
  return [place.commonDir, place.gitDir, place.worktree].some((folder) => isInside(folder, real));
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The real path, also of what does not exist yet: links in the existing part are followed. */
function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPath(parent), path.basename(file));
  }
}

type Plan = Omit<PlacedHook, 'outcome'> & {
  /** What to write; null where all is there. */
  readonly write: { readonly text: string; readonly mode: number } | null;
  /** The foreign hook is first moved aside. */
  readonly save: boolean;
};

const OUR_MODE = 0o755;

function planHook(place: HooksPlace, hook: HookName, recorded: HowPlaced | null): Plan {
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

function carryOut({ write, save, ...placed }: Plan): PlacedHook {
  if (save) saveForeign(placed.file, savedFile(placed.file, placed.hook));
  if (write !== null) replaceFile(placed.file, Buffer.from(write.text, 'latin1'), write.mode);
  return { ...placed, outcome: write === null ? 'present' : 'written' };
}

function undo(file: string, recorded: HowPlaced | null): UndoneHook[] {
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

function inspect(place: HooksPlace, hook: HookName): InspectedHook {
  const file = path.join(place.folder, hook);
  const found = readHook(file);
  if (found === null) return { hook, file, how: null, state: 'absent' };
  if (hasDamagedBlock(found.text)) return { hook, file, how: null, state: 'damaged' };
  if (!hasBlock(found.text)) {
    const isByHand = found.text.includes(`hunkmark stamp --hook ${hook}`);
    return { hook, file, how: null, state: isByHand ? 'by-hand' : 'absent' };
  }
  const how = howPlaced(hook, found.text, recordedHow(place, readInstallRecord(place.commonDir), hook));
  if (!found.executable) return { hook, file, how, state: 'ignored' };
  const current = insertBlock(found.text, toBytes(gateBlock(hook, place.state))) === found.text;
  return { hook, file, how, state: current ? 'current' : 'outdated' };
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

function readHook(file: string): HookFile | null {
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
function toBytes(block: string): string {
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

function removeIfEmpty(folder: string): boolean {
  try {
    fs.rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function withPlans(place: HooksPlace, record: InstallRecord, plans: readonly Plan[]): InstallRecord {
  const relative = (file: string): string => path.relative(place.commonDir, file);
  const files = plans.map(({ hook, file, how, write }) => ({
    file: relative(file),
    how,
    block: toBytes(gateBlock(hook, place.state)),
    rest: restOf(write?.text ?? readHook(file)?.text ?? ''),
  }));
  const others = record.hooks.filter(({ file }) => !files.some((ours) => ours.file === file));
  const missing: string[] = [];
  for (let at = place.folder; !fs.existsSync(at); at = path.dirname(at)) missing.push(relative(at));
  return { hooks: [...others, ...files], folders: [...new Set([...missing, ...record.folders])] };
}

function recordedHow(place: HooksPlace, record: InstallRecord, hook: HookName): HowPlaced | null {
  const file = path.relative(place.commonDir, path.join(place.folder, hook));
  return record.hooks.find((entry) => entry.file === file)?.how ?? null;
}
