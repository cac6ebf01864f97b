import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { agentSettings, userFileAt, type AgentSettings } from '../agents/agent-settings';
import type { HookProgram } from '../agents/hook-line';
import { missingFolders, removeEmptyFolders } from '../git/made-folders';
import { ensureState, stateFiles } from '../git/state-files';
import { exclude, unexclude } from './exclusion';
import { readNote, writeNote, type Note } from './install-note';
import { readSettings, writeSettings } from './settings-file';

/** Whose settings: those of one working tree, never committed, or the user's own for every repository. */
export type AgentPlace =
  | { readonly kind: 'project'; readonly worktree: string; readonly commonDir: string }
  /** `env` may say that an agent's folder is elsewhere. */
  | { readonly kind: 'user'; readonly home: string; readonly env: NodeJS.ProcessEnv };

/** What only git knows about the settings of a project; asked with absolute paths. */
export interface GitAnswers {
  readonly isTracked: (file: string) => Promise<boolean>;
  readonly isIgnored: (file: string) => Promise<boolean>;
}

export interface AgentInstallation extends GitAnswers {
  /** Names as `selectAgents` returns them. */
  readonly agents: readonly string[];
  readonly place: AgentPlace;
  readonly hook: HookProgram;
}

/** What became of one agent's settings. */
export type AgentReport =
  | {
      readonly kind: 'written' | 'unchanged';
      readonly agent: string;
      readonly file: string;
      /** What a person has to do before the hooks run. */
      readonly advice?: string;
    }
  | {
      readonly kind: 'refused';
      readonly agent: string;
      readonly file: string | null;
      readonly reason: string;
      /** What to paste instead; null where that would not help. */
      readonly snippet: string | null;
    };

/** Puts our hooks into the agents' settings. A second run writes nothing. */
export async function installAgents(wanted: AgentInstallation): Promise<AgentReport[]> {
  return eachAgent(wanted.agents, wanted.place, (target) => installOne(target, wanted));
}

/** Takes our hooks out again; what nobody else has changed since is then byte for byte as it was. */
export async function uninstallAgents(
  wanted: Pick<AgentInstallation, 'agents' | 'place'>,
): Promise<AgentReport[]> {
  return eachAgent(wanted.agents, wanted.place, async (target) => uninstallOne(target));
}

/** An agent's settings in one place, as they are. */
export interface InspectedAgent {
  readonly file: string;
  /** `outdated`: our hooks, and not the ones that install would put in. */
  readonly state: 'current' | 'outdated' | 'absent' | 'unreadable';
  /** Why they are `unreadable`. */
  readonly reason: string | null;
}

/** Whether an agent's settings have our hooks, which may run any of these programs; reads only. */
export function inspectAgent(
  agent: string,
  place: AgentPlace,
  programs: readonly Pick<HookProgram, 'program' | 'node'>[],
): InspectedAgent {
  const settings = agentSettings(agent);
  let file = `$${settings?.userFolder?.variable ?? ''}`;
  const found = (state: InspectedAgent['state'], reason: string | null = null): InspectedAgent => ({
    file,
    state,
    reason,
  });
  try {
    if (!settings) return found('absent');
    ({ file } = targetOf(agent, settings, place));
    const text = readSettings(file);
    if (text === null) return found('absent');
    const removal = settings.remove(text, null);
    if (removal.kind === 'refused') return found('unreadable', removal.reason);
    if (!removal.changed) return found('absent');
    const isCurrent = programs
      .flatMap((program) => [true, false].map((strict) => settings.add(text, { ...program, strict })))
      .some((change) => change.kind === 'text' && !change.changed);
    return found(isCurrent ? 'current' : 'outdated');
  } catch (error) {
    return found('unreadable', error instanceof Error ? error.message : String(error));
  }
}

interface Target {
  readonly agent: string;
  readonly settings: AgentSettings;
  readonly place: AgentPlace;
  /** The settings file by the name the agent knows. */
  readonly file: string;
  /** Where we note what was there before. */
  readonly note: string;
}

async function eachAgent(
  agents: readonly string[],
  place: AgentPlace,
  act: (target: Target) => Promise<AgentReport>,
): Promise<AgentReport[]> {
  const reports: AgentReport[] = [];
  for (const agent of agents) {
    const settings = agentSettings(agent);
    if (settings === undefined) {
      reports.push({
        kind: 'refused',
        agent,
        file: null,
        reason: 'the agent is not supported',
        snippet: null,
      });
      continue;
    }
    let target: Target | null = null;
    try {
      target = targetOf(agent, settings, place);
      reports.push(await act(target));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reports.push(refused({ agent, file: target?.file ?? null }, reason));
    }
  }
  return reports;
}

function targetOf(agent: string, settings: AgentSettings, place: AgentPlace): Target {
  if (place.kind === 'user') {
    const file = userFileAt(settings, settings.userFile, place);
    return { agent, settings, place, file, note: userFileAt(settings, settings.userNote, place) };
  }
  const file = path.join(place.worktree, settings.projectFile ?? settings.userFile);
  const name = `${agent}-${createHash('sha256').update(file).digest('hex').slice(0, 16)}.json`;
  return { agent, settings, place, file, note: path.join(notesOf(place.commonDir), name) };
}

const notesOf = (commonDir: string): string => path.join(stateFiles(commonDir).folder, 'agents');

function refused(
  { agent, file }: { readonly agent: string; readonly file: string | null },
  reason: string,
  snippet: string | null = null,
): AgentReport {
  return { kind: 'refused', agent, file, reason, snippet };
}

const done = (target: Target, written: boolean): AgentReport => ({
  kind: written ? 'written' : 'unchanged',
  agent: target.agent,
  file: target.file,
});

async function installOne(target: Target, wanted: AgentInstallation): Promise<AgentReport> {
  const current = readSettings(target.file);
  const change = target.settings.add(current, wanted.hook);
  if (change.kind === 'refused') return refused(target, change.reason, change.snippet);
  const { place } = target;
  if (place.kind === 'project') {
    const reason = await whyNotHere(target.file, wanted);
    if (reason !== null) return refused(target, reason);
  }
  const excluded = place.kind === 'project' && (await excludeSettings(place, target, wanted));
  if (!change.changed) return installed(target, excluded);
  const note = readNote(target.note);
  const missing = missingFolders(path.dirname(target.file));
  if (place.kind === 'project') ensureState(place.commonDir);
  writeNote(target.note, {
    original: originalOf(target, current, note),
    installed: change.text,
    madeFolders: note?.madeFolders ?? missing,
  });
  try {
    fs.mkdirSync(path.dirname(target.file), { recursive: true });
    writeSettings(target.file, current, change.text);
  } catch (error) {
    undoNotes(target, note);
    throw error;
  }
  return installed(target, true);
}

function installed(target: Target, written: boolean): AgentReport {
  const { advice } = target.settings;
  return { ...done(target, written), ...(advice === null ? {} : { advice }) };
}

/** A failed write leaves nothing behind. */
function undoNotes(target: Target, before: Note | null): void {
  if (before === null) fs.rmSync(target.note, { force: true });
  else writeNote(target.note, before);
  if (before === null) unexcludeSettings(target);
}

/** What the file was without us: as noted, unless somebody has changed it since. */
function originalOf(target: Target, current: string | null, note: Note | null): string | null {
  if (current === null) return null;
  const removal = target.settings.remove(current, note);
  return removal.kind === 'text' ? removal.text : current;
}

async function whyNotHere(file: string, { isTracked }: GitAnswers): Promise<string | null> {
  const folder = path.dirname(file);
  if (await isTracked(file)) return 'it is committed: others would get hooks of a program they may not have';
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true && (await isTracked(folder))) {
    return `${path.basename(folder)} is a symbolic link that the repository contains`;
  }
  return null;
}

function uninstallOne(target: Target): AgentReport {
  const note = readNote(target.note);
  const current = readSettings(target.file);
  let written = false;
  let emptied = 0;
  if (current !== null) {
    const removal = target.settings.remove(current, note);
    if (removal.kind === 'refused') return refused(target, removal.reason);
    if (removal.changed) writeSettings(target.file, current, removal.text);
    written = removal.changed;
    if (removal.text === null) emptied = note?.madeFolders ?? 0;
  }
  fs.rmSync(target.note, { force: true });
  removeEmptyFolders(path.dirname(target.file), emptied);
  if (target.place.kind === 'project') removeEmptyFolders(path.dirname(target.note), 1);
  const unexcluded = unexcludeSettings(target);
  return done(target, written || unexcluded);
}

/** Keeps the settings from being committed by `git add .`; says whether that took a line in `info/exclude`. */
async function excludeSettings(
  place: AgentPlace & { kind: 'project' },
  { file, settings }: Target,
  { isIgnored }: GitAnswers,
): Promise<boolean> {
  return !(await isIgnored(file)) && exclude(place.commonDir, `/${settings.projectFile ?? ''}`);
}

/** `info/exclude` is for all working trees: the line stays while another one has settings of ours. */
function unexcludeSettings({ agent, place, settings }: Target): boolean {
  if (place.kind === 'user') return false;
  const notes = notesOf(place.commonDir);
  if (fs.existsSync(notes) && fs.readdirSync(notes).some((name) => name.startsWith(`${agent}-`)))
    return false;
  return unexclude(place.commonDir, `/${settings.projectFile ?? ''}`);
}
