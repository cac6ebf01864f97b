import * as fs from 'node:fs';
import * as path from 'node:path';
import { agentSettings, selectAgents } from '../agents/agent-settings';
import { keepFolders, notedFolders, noteFolder, type MovedFolder } from '../git/agent-folders';
import { homeFolder } from '../git/home';
import { findRepository, type Repository } from '../git/repository';
import { registeredTrees } from '../git/registry';
import { LITERAL, runGit } from '../git/run';
import { isInstalled, stateFiles } from '../git/state-files';
import { copyUserProgram, removeUserProgram, userProgram } from '../git/user-program';
import { workingTrees } from '../git/working-trees';
import {
  inspectAgent,
  installAgents,
  uninstallAgents,
  type AgentPlace,
  type AgentReport,
} from './install-agents';
import type { Place } from './opened';
import { Refused } from './refused';

/** Whose hooks are wanted where. */
export interface AgentHooks {
  /** The value of `--agents`: `all`, or names with commas between them. */
  readonly agents: string;
  /** The user's own settings, for every repository; else those of this working tree. */
  readonly user: boolean;
}

export interface AgentProgram {
  /** Absolute path of the hook program of this installation; what hooks run is a copy of it. */
  readonly hookProgram: string;
  readonly nodePath: string;
  readonly strict: boolean;
}

/** Names of agents as `--agents` gives them. Refused where one is not supported. */
export function agentNames(list: string): readonly string[] {
  const selection = selectAgents(list);
  if (selection.kind === 'refused') throw new Refused(selection.reason);
  return selection.names;
}

export async function installAgentHooks(
  place: Place,
  { agents, user }: AgentHooks,
  program: AgentProgram,
): Promise<AgentReport[]> {
  const reports: AgentReport[] = [];
  for (const [names, where] of placesOf(place, agentNames(agents), user))
    reports.push(...(await installIn(where, names, program, place.env)));
  return reports;
}

async function installIn(
  where: AgentPlace,
  agents: readonly string[],
  { hookProgram, nodePath, strict }: AgentProgram,
  env: NodeJS.ProcessEnv,
): Promise<AgentReport[]> {
  const failure = where.kind === 'user' ? whyNotCopied(hookProgram, env) : null;
  if (failure !== null)
    return agents.map((agent) => ({ kind: 'refused', agent, file: null, reason: failure, snippet: null }));
  const folder = where.kind === 'project' ? where.worktree : where.home;
  // Beside the journal install has put it already.
  const program = where.kind === 'project' ? stateFiles(where.commonDir).program : userProgram(env);
  if (where.kind === 'user') noteFolders(agents, env);
  return await installAgents({
    agents,
    place: where,
    hook: { program, node: nodePath, strict },
    isTracked: async (file) => await succeeds(folder, [LITERAL, 'ls-files', '--error-unmatch', '--', file]),
    isIgnored: async (file) => await succeeds(folder, ['check-ignore', '-q', '--', file]),
  });
}

/** Before anything is written there: who takes it out may not know where it is. */
function noteFolders(agents: readonly string[], env: NodeJS.ProcessEnv): void {
  for (const agent of agents) {
    const usual = agentSettings(agent)?.userFolder;
    const folder = env[usual?.variable ?? ''] ?? '';
    if (
      usual &&
      path.isAbsolute(folder) &&
      path.relative(path.join(homeFolder(env), usual.folder), folder) !== ''
    )
      noteFolder({ variable: usual.variable, folder }, env);
  }
}

/** Why the program cannot be where hooks in the user's own settings will look for it; null: it is there. */
function whyNotCopied(hookProgram: string, env: NodeJS.ProcessEnv): string | null {
  try {
    copyUserProgram(hookProgram, env);
    return null;
  } catch (error) {
    return `its program cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Takes the hooks out of the settings that `installAgentHooks` puts them into. What stands in the user's own settings
 * for want of a better place serves all repositories: `shared` says whether it stays while others are installed.
 */
export async function uninstallAgentHooks(
  place: Place,
  { agents, user }: AgentHooks,
  shared: 'goes' | 'stays-for-others',
): Promise<AgentReport[]> {
  const reports: AgentReport[] = [];
  for (const [names, where] of placesOf(place, agentNames(agents), user)) {
    const isShared = where.kind === 'user' && !user && shared === 'stays-for-others';
    if (isShared && servesOthers(place)) continue;
    if (where.kind === 'user') reports.push(...(await uninstallOfUser(names, place.env)));
    else reports.push(...(await uninstallOfProject(names, where, shared)));
  }
  keepFolders((moved) => hasHooksIn(...movedPlace(place.env, moved)), place.env);
  if (!hasUserHooks(place)) removeUserProgram(place.env);
  return reports;
}

/** With everything of ours goes what the hooks run in all working trees, and so do the hooks; told is where any were. */
async function uninstallOfProject(
  agents: readonly string[],
  where: AgentPlace & { readonly kind: 'project' },
  shared: 'goes' | 'stays-for-others',
): Promise<readonly AgentReport[]> {
  const reports = await uninstallAgents({ agents, place: where });
  const repository = shared === 'goes' ? null : findRepository(where.worktree);
  for (const worktree of repository ? workingTrees(repository) : []) {
    if (worktree === where.worktree) continue;
    const others = await uninstallAgents({ agents, place: { ...where, worktree } });
    reports.push(...others.filter(({ kind }) => kind !== 'unchanged'));
  }
  return reports;
}

/** Out of the agents' folders of now, and of wherever they were once; told is what there is to tell of each file. */
async function uninstallOfUser(
  agents: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly AgentReport[]> {
  const [now, ...others] = userPlaces(env);
  const reports = now ? await uninstallAgents({ agents, place: now }) : [];
  for (const place of others)
    for (const report of await uninstallAgents({ agents, place }))
      if (report.kind !== 'unchanged' && !reports.some(({ file }) => file === report.file))
        reports.push(report);
  return reports;
}

/** The user's settings by the environment of now, then where they are without it, and where our hooks went otherwise. */
function userPlaces(env: NodeJS.ProcessEnv): readonly AgentPlace[] {
  const moved = notedFolders(env).map((folder) => movedPlace(env, folder)[0]);
  return [userPlace(env, env), userPlace(env, {}), ...moved];
}

/** A folder, and whose it is. */
function movedPlace(
  env: NodeJS.ProcessEnv,
  { variable, folder }: MovedFolder,
): [where: AgentPlace, agents: readonly string[]] {
  const agents = agentNames('all').filter((name) => agentSettings(name)?.userFolder?.variable === variable);
  return [userPlace(env, { [variable]: folder }), agents];
}

function userPlace(env: NodeJS.ProcessEnv, moved: NodeJS.ProcessEnv): AgentPlace {
  return { kind: 'user', home: homeFolder(env), env: moved };
}

/** Takes the hooks of all agents out of the user's own settings, whatever they were put there for. */
export async function uninstallUserHooks(env: NodeJS.ProcessEnv): Promise<AgentReport[]> {
  return await uninstallAgentHooks({ cwd: homeFolder(env), env }, { agents: 'all', user: true }, 'goes');
}

/** Settings that cannot be read may have them. */
function hasUserHooks({ env }: Place): boolean {
  return userPlaces(env).some((place) => hasHooksIn(place, agentNames('all')));
}

function hasHooksIn(place: AgentPlace, agents: readonly string[]): boolean {
  return agents.some((name) => inspectAgent(name, place, []).state !== 'absent');
}

/** Agents without settings of a project have theirs in the user's. */
function placesOf(
  place: Place,
  names: readonly string[],
  user: boolean,
): readonly (readonly [names: readonly string[], where: AgentPlace])[] {
  const inUser = names.filter((name) => user || agentSettings(name)?.projectFile === null);
  const inProject = names.filter((name) => !inUser.includes(name));
  return [
    ...(inProject.length > 0 ? [[inProject, agentPlace(place, false)] as const] : []),
    ...(inUser.length > 0 ? [[inUser, agentPlace(place, true)] as const] : []),
  ];
}

function servesOthers({ cwd, env }: Place): boolean {
  const own = findRepository(cwd, env)?.commonDir;
  return registeredTrees().some((tree) => {
    const other = fs.existsSync(tree) ? findRepository(tree)?.commonDir : undefined;
    return other !== undefined && other !== own && isInstalled(other);
  });
}

function agentPlace({ cwd, env }: Place, user: boolean): AgentPlace {
  if (user) return userPlace(env, env);
  const repository: Repository | null = findRepository(cwd, env);
  if (!repository?.worktree) throw new Refused(`${path.resolve(cwd)} is not in a git working tree`);
  return { kind: 'project', worktree: repository.worktree, commonDir: repository.commonDir };
}

async function succeeds(cwd: string, args: readonly string[]): Promise<boolean> {
  return (await runGit(cwd, args)).status === 0;
}
