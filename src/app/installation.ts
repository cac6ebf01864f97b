import * as fs from 'node:fs';
import * as path from 'node:path';
import { inspectHookFiles, renewHookFiles } from '../git/hook-files';
import { InstallRefused, locateHooks, withoutLocation } from '../git/hooks-place';
import { mendHookFiles } from '../git/hook-mending';
import { journalOf } from '../git/journal-files';
import { registeredTrees, registerMoved, unregister } from '../git/registry';
import { findRepository, repositoryPath } from '../git/repository';
import { readSettings } from '../git/settings';
import { setSetting } from '../git/shared-settings';
import { copyProgram, isInstalled, readNodePath, stateFiles, writeNodePath } from '../git/state-files';
import { renewUserProgram } from '../git/user-program';
import { compactJournal } from './compact';
import { uninstallAgentHooks, uninstallUserHooks } from './agent-hooks';
import type { AgentReport } from './install-agents';
import { formatInstallReport, installHooks, uninstallHooks } from './install';
import { Refused } from './refused';

/** A working tree, found without starting a process. */
export interface WorkTree {
  readonly root: string;
  readonly name: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** Where this working tree's part of the journal is; need not exist. */
  readonly journal: string;
  /** Where the rest of the state is; need not exist. */
  readonly state: string;
}

export function findWorkTree(start: string): WorkTree | null {
  const repository = findRepository(start);
  if (!repository || repository.worktree === null) return null;
  const { worktree: root, gitDir, commonDir } = repository;
  const { folder, worktree } = journalOf(repository);
  return {
    root,
    name: path.basename(root),
    gitDir,
    commonDir,
    journal: path.join(folder, worktree),
    state: stateFiles(commonDir).folder,
  };
}

/** The path of a file in its working tree, with `/`, whatever links lead to it; null: it is outside. */
export function pathInTree(file: string): string | null {
  const repository = findRepository(path.dirname(file));
  return repository && repositoryPath(repository, file);
}

/** Whether objects are left out here that git would fetch when it is asked for them. Nothing of ours may cause that. */
export function isPartialClone(commonDir: string): boolean {
  try {
    return /^\s*(?:promisor\s*=\s*true|partialclone\s*=)/im.test(
      fs.readFileSync(path.join(commonDir, 'config'), 'utf8'),
    );
  } catch {
    return false;
  }
}

export type Installation =
  | { readonly kind: 'installed' }
  | { readonly kind: 'none' }
  | { readonly kind: 'off' }
  /** `problem` is a sentence for a person. */
  | { readonly kind: 'incomplete'; readonly problem: string };

/** Whether the hooks of a working tree are there and can run. */
export async function installation({ root, commonDir }: WorkTree): Promise<Installation> {
  if (!isInstalled(commonDir)) return { kind: 'none' };
  try {
    const { hooks } = inspectHookFiles(await locateHooks(root));
    const isByHand = hooks.some(({ state }) => state === 'by-hand');
    const missing = hooks
      .filter(({ state }) => state !== 'current' && state !== 'outdated' && !isByHand)
      .map(({ hook }) => hook);
    if (missing.length > 0)
      return {
        kind: 'incomplete',
        problem: `The hook ${missing.join(' and ')} does not call Hunkmark any more; commits carry no provenance.`,
      };
  } catch (error) {
    if (error instanceof InstallRefused) return { kind: 'incomplete', problem: error.happened };
    throw error;
  }
  return (await readSettings(root)).stamp === 'off' ? { kind: 'off' } : { kind: 'installed' };
}

export interface Programs {
  readonly hookProgram: string;
  readonly nodePath: string;
}

/**
 * Puts the hooks in, after consent, and notes where; `keep` leaves the detail as it was chosen. Refused with the reason
 * and what to do.
 */
export async function setUp(
  root: string,
  programs: Programs,
  detail: 'summary' | 'hunks' | 'full' | 'keep',
): Promise<void> {
  const report = await installHooks({ repositoryDir: root, ...programs });
  if (report.kind === 'refused') throw new Refused(formatInstallReport(report).trim());
  if (detail === 'keep' || (await readSettings(root)).detail === detail) return;
  await setShared(root, 'detail', detail);
}

/**
 * Keeps what an update of the editor makes old fresh where Hunkmark is in already: the hook program, the path of Node,
 * our blocks in the hooks, also those that a hook manager has lost, where it is in the list of repositories. Trims the
 * journal, and makes its folder, so that it can be watched. `now`: milliseconds since 1970.
 */
export async function renew(
  { root, commonDir, journal }: WorkTree,
  { hookProgram, nodePath }: Programs,
  now: number,
): Promise<void> {
  if (!isInstalled(commonDir)) return;
  mendHookFiles(commonDir, root);
  fs.mkdirSync(journal, { recursive: true, mode: 0o700 });
  copyProgram(commonDir, hookProgram, fs.existsSync(stateFiles(commonDir).checkProgram));
  renewUserProgram(hookProgram, process.env);
  const node = readNodePath(commonDir);
  if (node === null || !fs.existsSync(node)) writeNodePath(commonDir, nodePath);
  await renewHookFiles(await locateHooks(root));
  const repository = findRepository(root);
  if (!repository) return;
  registerMoved(repository);
  await compactJournal(repository, now);
}

export async function takeOut(root: string): Promise<void> {
  const place = { cwd: root, env: withoutLocation(process.env) };
  await uninstallAgentHooks(place, { agents: 'all', user: false }, 'stays-for-others');
  const report = await uninstallHooks({ repositoryDir: root });
  if (report.kind === 'refused') throw new Refused(formatInstallReport(report).trim());
}

/**
 * Takes Hunkmark out of every working tree it was put into here, and out of the user's own settings of agents; a tree
 * that is gone is forgotten.
 */
export async function takeOutEverywhere(): Promise<{
  readonly done: readonly string[];
  readonly failed: readonly { readonly root: string; readonly reason: string }[];
  readonly agents: readonly AgentReport[];
}> {
  const done: string[] = [];
  const failed: { root: string; reason: string }[] = [];
  for (const root of registeredTrees()) {
    try {
      if (fs.existsSync(path.join(root, '.git'))) await takeOut(root);
      else unregister(root);
      done.push(root);
    } catch (error) {
      failed.push({ root, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { done, failed, agents: await uninstallUserHooks(process.env) };
}

/** Settings that the editor shares with hooks and commands; they live in git's configuration. */
export type SharedSetting = 'stamp' | 'detail' | 'lines' | 'lineLimit';

/** Sets one of the shared settings in the repository's own git configuration; taking Hunkmark out takes it back. */
export async function setShared(root: string, name: SharedSetting, value: string): Promise<void> {
  const repository = findRepository(root);
  if (repository) await setSetting({ worktree: root, commonDir: repository.commonDir }, name, value);
}
