import * as fs from 'node:fs';
import * as path from 'node:path';
import { ALL_HOOKS, gateBlock, HOOK_NAMES, type HookName } from './hook-block';
import {
  carryOut,
  inspect,
  planHook,
  readHook,
  removeStrays,
  toBytes,
  undo,
  type InspectedHook,
  type PlacedHook,
  type Plan,
  type UndoneHook,
} from './hook-file';
import {
  InstallRefused,
  isOurs,
  requireInside,
  requireOwnState,
  requireUntracked,
  type HooksPlace,
} from './hooks-place';
import {
  readInstallRecord,
  restOf,
  writeInstallRecord,
  type HowPlaced,
  type InstallRecord,
} from './install-record';
import { copyProgram, ensureState, readNodePath, stateFiles, writeNodePath } from './state-files';

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
  const outdated = wantedHooks(place, record).filter(
    (hook) => inspect(place, hook, recordedHow(place, record, hook)).state === 'outdated',
  );
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
  const record = readInstallRecord(place.commonDir);
  return {
    hooks: wantedHooks(place, record).map((hook) => inspect(place, hook, recordedHow(place, record, hook))),
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

/** The hook that checks what is pushed is there where somebody asked for it once. */
function wantedHooks(place: HooksPlace, record: InstallRecord): readonly HookName[] {
  return recordedHow(place, record, 'pre-push') === null ? HOOK_NAMES : ALL_HOOKS;
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
