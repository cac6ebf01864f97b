import * as fs from 'node:fs';
import * as path from 'node:path';
import { agentSettings, userFileAt } from '../agents/agent-settings';
import { agentPresence } from '../agents/presence';
import { homeFolder } from '../git/home';
import { findRepository } from '../git/repository';
import { copiedUserProgram, userProgram } from '../git/user-program';
import { agentStates, isHooked, type AgentState } from './agent-states';
import type { Check, Patient } from './doctor';
import type { InspectedAgent } from './install-agents';

/** For each agent: whether it is here, calls us, may call us, and was heard of; and what of its shell is looked at. */
export async function checkAgents(patient: Patient): Promise<Check[]> {
  const states = agentStates(patient);
  const absent = states.filter(isAbsent).map(({ agent }) => agent);
  return [
    ...states.flatMap((state) => checkAgent(patient, state)),
    ...(absent.length === 0 ? [] : [fine(`Not on the path, and not heard of here: ${absent.join(', ')}.`)]),
    ...checkUserProgram(patient, states),
    ...(await checkShell(patient, states)),
  ];
}

/** Nothing of it is to be seen, and nothing of ours waits for it. */
function isAbsent(state: AgentState): boolean {
  return state.program === null && state.lastHeard === null && !isHooked(state);
}

function checkAgent(patient: Patient, state: AgentState): Check[] {
  const { agent, kind, hooks, lastHeard } = state;
  if (kind === 'plain') return [fine(`${agent} was last heard of at ${lastHeard}, by the plain protocol.`)];
  const unreadable = hooks.flatMap(({ file, state: found, reason }) =>
    found === 'unreadable' ? [problem(`${agent}: ${file} cannot be read: ${reason}.`, 'mend the file')] : [],
  );
  if (isAbsent(state)) return unreadable;
  if (!isHooked(state)) return [...unreadable, checkUnhooked(state)];
  return [
    ...unreadable,
    ...hooks.flatMap((place) => checkPlace(agent, place)),
    ...switchedOff(patient, agent),
    checkRuns(state),
  ];
}

/** Where it was heard of, somebody may have put lines of their own there, or taken ours out since. */
function checkUnhooked({ agent, lastHeard }: AgentState): Check {
  const help = `hunkmark install --agents ${agent}`;
  if (lastHeard === null)
    return note(`${agent} is on this machine and does not call Hunkmark here: its lines stay unknown.`, help);
  const what = `${agent} was last heard of at ${lastHeard}; its settings have no hooks that install puts there.`;
  return { ...fine(what), help };
}

function checkPlace(agent: string, { file, state }: InspectedAgent): Check[] {
  if (state === 'current') {
    const unseen = agentPresence(agent)?.isUnseen ? ' That is from its documentation, and not yet seen.' : '';
    return [fine(`${agent} calls Hunkmark: ${file}.${unseen}`)];
  }
  if (state !== 'outdated') return [];
  const what = `${agent}: the hooks in ${file} are of another version or place of Hunkmark.`;
  return [problem(what, `hunkmark install --agents ${agent}, with --user for the user's own settings`)];
}

function switchedOff(patient: Patient, agent: string): Check[] {
  return (agentPresence(agent)?.switches ?? []).flatMap(({ place, file, saysOff }) => {
    const found = place === 'project' ? path.join(patient.worktree, file) : userFile(patient, agent, file);
    if (found === null) return [];
    const said = saysOff(textOf(found));
    return said === null
      ? []
      : [problem(`${agent} runs no hooks: ${found} says ${said}.`, 'take that setting out')];
  });
}

/** null: nobody knows where; that is told of the agent's settings already. */
function userFile({ place: { env } }: Patient, agent: string, file: string): string | null {
  const userFolder = agentSettings(agent)?.userFolder ?? null;
  try {
    return userFileAt({ userFolder }, file, { home: homeFolder(env), env });
  } catch {
    return null;
  }
}

/** Whether the hooks that are there are run: that a hook called is the one proof of it. */
function checkRuns({ agent, program, trust, lastHeard }: AgentState): Check {
  const howToTrust = agentPresence(agent)?.howToTrust ?? null;
  const isAsked = trust === 'not-known';
  if (lastHeard === null && program === null)
    return fine(`${agent} is not on the path, and has not been heard of here.`);
  if (lastHeard === null)
    return note(
      `${agent} has not been heard of here yet.${isAsked ? ` ${NOT_KNOWN}` : ''}`,
      howToTrust ?? 'have it edit a file; where it is not heard of then, its hooks are switched off',
    );
  const since = `${agent} was last heard of at ${lastHeard}`;
  if (isAsked && howToTrust !== null)
    return note(`${since}, before its hooks were last changed. ${NOT_KNOWN}`, howToTrust);
  return fine(`${since}.`);
}

const NOT_KNOWN = 'Whether it trusts its hooks as they are now is not known.';

/** Hooks in the user's own settings run a copy of the program; without it they do nothing, and say nothing. */
function checkUserProgram({ programs, place: { env } }: Patient, states: readonly AgentState[]): Check[] {
  const agents = states
    .filter(({ agent, hooks }) => isOurs(hooks.at(-1)) && agentSettings(agent) !== undefined)
    .map(({ agent }) => agent);
  const differs = copiedUserProgram(programs.hookProgram, env).find(
    ([from, to]) => !fs.existsSync(to) || !fs.readFileSync(from).equals(fs.readFileSync(to)),
  );
  if (agents.length === 0 || !differs) return [];
  const what = fs.existsSync(userProgram(env)) ? 'is not of this version of Hunkmark' : 'is gone';
  return [
    problem(
      `${differs[1]} ${what}; the hooks in your own settings run it (${agents.join(', ')}).`,
      `hunkmark install --agents ${agents.join(',')} --user`,
    ),
  ];
}

function isOurs(settings: InspectedAgent | undefined): boolean {
  return settings?.state === 'current' || settings?.state === 'outdated';
}

/** Said where an agent's shell commands may come: they are looked at as the hook looks at them. */
async function checkShell({ worktree }: Patient, states: readonly AgentState[]): Promise<Check[]> {
  const repository = findRepository(worktree);
  if (!repository || !states.some((state) => isHooked(state) || state.lastHeard !== null)) return [];
  const { MOST_FILES } = await import('./tree-look.js');
  const { watchedByShell } = await import('./shell-window.js');
  const watched = await watchedByShell(repository, Date.now());
  if (watched === 'every file') return [];
  return [
    note(
      `This working tree has more than ${MOST_FILES} files, or is slow to look at: what agents' shell commands change is seen in ${watched}, and stays unknown elsewhere.`,
      watched === 'no file'
        ? 'name the systems that matter in .hunkmark.yml: their files are looked at'
        : null,
    ),
  ];
}

/** Beyond this it is no settings file. */
const LARGEST = 4 * 1024 * 1024;

function textOf(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= LARGEST ? fs.readFileSync(file, 'utf8') : '';
}

function fine(what: string): Check {
  return { area: 'agents', state: 'fine', what, help: null };
}

function note(what: string, help: string | null): Check {
  return { area: 'agents', state: 'note', what, help };
}

function problem(what: string, help: string): Check {
  return { area: 'agents', state: 'problem', what, help };
}
