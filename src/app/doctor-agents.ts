import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { agentSettings, selectAgents } from '../agents/agent-settings';
import { agentPresence, type HookSwitch } from '../agents/presence';
import { isEvidenced } from '../core/origin';
import { journalOf, readJournal } from '../git/journal-files';
import { findRepository } from '../git/repository';
import { readNodePath, stateFiles } from '../git/state-files';
import type { Check, Patient } from './doctor';
import { inspectAgent, type AgentPlace, type InspectedAgent } from './install-agents';

/** For each agent that can be installed into: whether it is here, calls us, may call us, and was heard of. */
export function checkAgents(patient: Patient): Promise<Check[]> {
  const selection = selectAgents('all');
  const names = selection.kind === 'agents' ? selection.names : [];
  const heard = lastHeard(patient);
  return Promise.resolve(names.flatMap((name) => checkAgent(patient, name, heard.get(name) ?? null)));
}

function checkAgent(patient: Patient, name: string, heard: number | null): Check[] {
  const places = settingsOf(patient, name);
  const isHooked = places.some(({ state }) => state === 'current' || state === 'outdated');
  const isHere = (agentPresence(name)?.programs ?? []).some((program) =>
    isOnPath(program, patient.place.env),
  );
  const unreadable = places.flatMap(({ file, state, reason }) =>
    state === 'unreadable'
      ? [check('problem', `${name}: ${file} cannot be read: ${reason}.`, 'mend the file')]
      : [],
  );
  if (!isHooked) {
    if (!isHere) return unreadable;
    const what = `${name} is on this machine and does not call Hunkmark here: its lines stay unknown.`;
    return [...unreadable, check('note', what, `hunkmark install --agents ${name}`)];
  }
  const off = switchedOff(patient, name);
  return [
    ...unreadable,
    ...places.flatMap((place) => checkPlace(name, place)),
    ...off,
    checkHeard(name, heard),
  ];
}

function settingsOf(patient: Patient, agent: string): InspectedAgent[] {
  const { worktree, commonDir, programs } = patient;
  const nodes = [readNodePath(commonDir), programs.nodePath].filter((node) => node !== null);
  const calls = (program: string) => nodes.map((node) => ({ program, node }));
  const project: AgentPlace = { kind: 'project', worktree, commonDir };
  const isOfUser = agentSettings(agent)?.projectFile === null;
  return [
    ...(isOfUser ? [] : [inspectAgent(agent, project, calls(stateFiles(commonDir).program))]),
    inspectAgent(agent, { kind: 'user', home: homeOf(patient) }, calls(programs.hookProgram)),
  ];
}

function checkPlace(agent: string, { file, state }: InspectedAgent): Check[] {
  if (state === 'current') {
    const unseen = agentPresence(agent)?.isUnseen ? ' That is from its documentation, and not yet seen.' : '';
    return [check('fine', `${agent} calls Hunkmark: ${file}.${unseen}`, null)];
  }
  if (state !== 'outdated') return [];
  const what = `${agent}: the hooks in ${file} are of another version or place of Hunkmark.`;
  return [
    check('problem', what, `hunkmark install --agents ${agent}, with --user for the user's own settings`),
  ];
}

function switchedOff(patient: Patient, agent: string): Check[] {
  const folders: Readonly<Record<HookSwitch['place'], string>> = {
    project: patient.worktree,
    user: homeOf(patient),
  };
  return (agentPresence(agent)?.switches ?? []).flatMap(({ place, file, saysOff }) => {
    const found = path.join(folders[place], file);
    const said = saysOff(textOf(found));
    return said === null
      ? []
      : [check('problem', `${agent} runs no hooks: ${found} says ${said}.`, 'take that setting out')];
  });
}

function checkHeard(agent: string, heard: number | null): Check {
  const trust = agentPresence(agent)?.trust ?? null;
  return heard === null
    ? check('note', `${agent} has not been heard of here yet.`, trust)
    : check('fine', `${agent} was last heard of at ${new Date(heard).toISOString()}.`, null);
}

/** By agent, when the journal last had a record of its, in milliseconds since 1970. */
function lastHeard({ worktree }: Patient): ReadonlyMap<string, number> {
  const heard = new Map<string, number>();
  const repository = findRepository(worktree);
  if (!repository) return heard;
  for (const { record } of readJournal(journalOf(repository), { latest: 1 }).records) {
    const agents =
      record.kind === 'started'
        ? [record.agent]
        : record.known.origins.flatMap((origin) =>
            isEvidenced(origin) && origin.via !== 'declared' && origin.agent !== null ? [origin.agent] : [],
          );
    for (const agent of new Set(agents)) heard.set(agent, Math.max(heard.get(agent) ?? 0, record.at));
  }
  return heard;
}

function isOnPath(program: string, env: NodeJS.ProcessEnv): boolean {
  const names = process.platform === 'win32' ? ['.exe', '.cmd', ''].map((end) => program + end) : [program];
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.some((folder) =>
    names.some((name) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile() === true),
  );
}

function homeOf({ place: { env } }: Patient): string {
  return env['HOME'] ?? os.homedir();
}

/** Beyond this it is no settings file. */
const LARGEST = 4 * 1024 * 1024;

function textOf(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= LARGEST ? fs.readFileSync(file, 'utf8') : '';
}

function check(state: Check['state'], what: string, help: string | null): Check {
  return { area: 'agents', state, what, help };
}
