import type { AgentEvent } from '../core/agent-event';
import { parseClaudeCode } from './claude-code';
import {
  addHooks,
  hookCommand,
  removeHooks,
  type Saved,
  type SettingsChange,
  type SettingsRemoval,
} from './claude-settings';
import { modelOfCall } from './claude-transcript';

/** How an agent's hook calls are read. */
export interface Agent {
  readonly parse: (event: string, payload: unknown) => AgentEvent;
  /** The model of the event's call: from the payload, else from the agent's own files; null where neither says. */
  readonly modelOf: (event: AgentEvent) => string | null;
}

/** The agent by its name in `hunkmark record AGENT`; undefined for one we do not know. */
export function agentNamed(name: string): Agent | undefined {
  return Object.hasOwn(AGENTS, name) ? AGENTS[name] : undefined;
}

const AGENTS: Readonly<Record<string, Agent>> = {
  'claude-code': {
    parse: parseClaudeCode,
    modelOf: ({ model, transcript, call }) =>
      model ?? (transcript === null || call === null ? null : modelOfCall(transcript, call)),
  },
};

/** How our hooks get into an agent's settings, and out again. */
export interface AgentSettings {
  /** Below the working tree, uncommitted; with `/`. */
  readonly projectFile: string;
  /** Below the home folder. */
  readonly userFile: string;
  readonly add: (settings: string | null, program: HookProgram) => SettingsChange;
  readonly remove: (settings: string, saved: Saved | null) => SettingsRemoval;
}

/** Absolute paths of the lean program and of the Node that runs it, and whether agents fail closed. */
export interface HookProgram {
  readonly program: string;
  readonly node: string;
  readonly strict: boolean;
}

/** undefined for an agent into whose settings we cannot install. */
export function agentSettings(name: string): AgentSettings | undefined {
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
}

const SETTINGS: Readonly<Record<string, AgentSettings>> = {
  'claude-code': {
    projectFile: '.claude/settings.local.json',
    userFile: '.claude/settings.json',
    add: (settings, program) =>
      addHooks(settings, {
        command: (event) => hookCommand({ ...program, event }),
        strict: program.strict,
      }),
    remove: removeHooks,
  },
};

/** Agents with hooks that this version does not install into yet. */
const NOT_YET_SUPPORTED: readonly string[] = ['codex', 'gemini-cli', 'opencode', 'copilot-cli'];

export type AgentSelection =
  | { readonly kind: 'agents'; readonly names: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads the value of `--agents`: `all` or names with commas between them. */
export function selectAgents(list: string): AgentSelection {
  const supported = Object.keys(SETTINGS);
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 1 && names[0] === 'all') return { kind: 'agents', names: supported };
  const refused = names.find((name) => !supported.includes(name));
  if (names.length > 0 && refused === undefined) return { kind: 'agents', names };
  const why = refused === undefined ? 'no agent is named' : whyNot(refused);
  return { kind: 'refused', reason: `${why}; supported: ${supported.join(', ')}` };
}

function whyNot(name: string): string {
  return NOT_YET_SUPPORTED.includes(name)
    ? `${name} is not supported yet`
    : `${JSON.stringify(name)} is not an agent that Hunkmark knows`;
}
