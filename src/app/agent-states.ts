import * as fs from 'node:fs';
import * as path from 'node:path';
import { agentSettings, selectAgents } from '../agents/agent-settings';
import { agentPresence, type Trust } from '../agents/presence';
import { heardAgents } from '../git/heard';
import { homeFolder } from '../git/home';
import { journalOf, readJournal } from '../git/journal-files';
import { findRepository } from '../git/repository';
import { readNodePath, stateFiles } from '../git/state-files';
import { userProgram } from '../git/user-program';
import type { Patient } from './doctor';
import { inspectAgent, type AgentPlace, type InspectedAgent } from './install-agents';

/** What can be known of one agent in a working tree. */
export interface AgentState {
  readonly agent: string;
  /** `settings`: install can put hooks into its settings. `plain`: it was heard of, and calls by the plain protocol. */
  readonly kind: 'settings' | 'plain';
  /** Absolute path of its program; null: none is on the path. */
  readonly program: string | null;
  /** Its settings, of the working tree and of the user, with or without hooks of ours. */
  readonly hooks: readonly InspectedAgent[];
  /** Whether it runs the hooks as they are now: it was seen to, it asks nobody before it does, or nobody can tell. */
  readonly trust: 'seen' | 'not-asked' | 'not-known';
  /** When its hooks last called, as ISO 8601 in UTC; null: never, as far as is known. */
  readonly lastHeard: string | null;
}

/** Every agent that install knows, and every other one that was heard of here. */
export function agentStates(patient: Patient): AgentState[] {
  const heard = lastHeard(patient);
  const names = agentNames();
  const others = [...heard.keys()].filter((name) => !names.includes(name)).toSorted();
  return [
    ...names.map((name) => stateOf(patient, name, heard.get(name) ?? null)),
    ...others.map((name) => plainState(name, heard.get(name) ?? 0)),
  ];
}

export function isHooked({ hooks }: AgentState): boolean {
  return hooks.some(({ state }) => state === 'current' || state === 'outdated');
}

function agentNames(): readonly string[] {
  const selection = selectAgents('all');
  return selection.kind === 'agents' ? selection.names : [];
}

function stateOf(patient: Patient, agent: string, heard: number | null): AgentState {
  const { programs = [], trust = 'not-known' } = agentPresence(agent) ?? {};
  const hooks = settingsOf(patient, agent);
  return {
    agent,
    kind: 'settings',
    program: programs.flatMap((program) => onPath(program, patient.place.env) ?? [])[0] ?? null,
    hooks,
    trust: trustOf(hooks, trust, heard),
    lastHeard: heard === null ? null : timeText(heard),
  };
}

function plainState(agent: string, heard: number): AgentState {
  const lastHeard = timeText(heard);
  return { agent, kind: 'plain', program: null, hooks: [], trust: 'not-asked', lastHeard };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function settingsOf(patient: Patient, agent: string): InspectedAgent[] {
  const { worktree, commonDir, programs, place } = patient;
  const nodes = [readNodePath(commonDir), programs.nodePath].filter((node) => node !== null);
  const calls = (program: string) => nodes.map((node) => ({ program, node }));
  const project: AgentPlace = { kind: 'project', worktree, commonDir };
  const isOfUser = agentSettings(agent)?.projectFile === null;
  return [
    ...(isOfUser ? [] : [inspectAgent(agent, project, calls(stateFiles(commonDir).program))]),
    inspectAgent(
      agent,
      { kind: 'user', home: homeFolder(place.env), env: place.env },
      calls(userProgram(place.env)),
    ),
  ];
}

/** What was trusted is trusted as it was: hooks that have changed since are asked about anew. */
function trustOf(
  hooks: readonly InspectedAgent[],
  trust: Trust | 'not-known',
  heard: number | null,
): AgentState['trust'] {
  if (trust === 'not-asked') return trust;
  const ours = hooks.filter(({ state }) => state === 'current' || state === 'outdated');
  const changed = ours.map(({ file }) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
  return heard !== null && changed.length > 0 && changed.every((at) => heard >= at) ? 'seen' : 'not-known';
}

/** By agent, in milliseconds since 1970: its last call or, in a journal of before calls were noted, its last edit. */
function lastHeard({ worktree, commonDir }: Patient): ReadonlyMap<string, number> {
  const heard = new Map(heardAgents(commonDir));
  const repository = findRepository(worktree);
  if (!repository) return heard;
  for (const { record } of readJournal(journalOf(repository), { kind: 'started', latest: 1 }).records)
    if (record.kind === 'started') heard.set(record.agent, Math.max(heard.get(record.agent) ?? 0, record.at));
  return heard;
}

function onPath(program: string, env: NodeJS.ProcessEnv): string | null {
  const names = process.platform === 'win32' ? ['.exe', '.cmd', ''].map((end) => program + end) : [program];
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const files = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return files.find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null;
}
