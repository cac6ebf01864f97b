import * as path from 'node:path';
import { addHooks, hookCommand } from './claude-settings';
import {
  addGroups,
  MARK,
  removeHooks,
  type Saved,
  type SettingsChange,
  type SettingsRemoval,
  type Wanted,
} from './hook-groups';
import { hookLine, REFUSE, type HookProgram } from './hook-line';
import { pluginText } from './opencode-plugin';
import { addOwnFile, removeOwnFile } from './own-file';

/** How our hooks get into an agent's settings, and out again. */
export interface AgentSettings {
  /** Below the working tree, uncommitted; with `/`. null: the agent has none that are not committed, or passes them over. */
  readonly projectFile: string | null;
  /** Below the home folder. */
  readonly userFile: string;
  /** How a person moves the agent's folder elsewhere. */
  readonly userFolder: UserFolder | null;
  /** Below the home folder: where we note what the user's file was before. */
  readonly userNote: string;
  /** What a person has to do or know before the hooks run. */
  readonly advice: string | null;
  readonly add: (settings: string | null, program: HookProgram) => SettingsChange;
  readonly remove: (settings: string, saved: Saved | null) => SettingsRemoval;
}

/** A variable that names a folder, instead of this one below the home folder; with `/`. */
export interface UserFolder {
  readonly variable: string;
  readonly folder: string;
}

/** undefined for an agent into whose settings we cannot install. */
export function agentSettings(name: string): AgentSettings | undefined {
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
}

/**
 * A file of the user's own settings, given as below the home folder, where the environment has it. Throws where a variable
 * names a relative path: the agent would look somewhere else in every folder. The XDG specification ignores it.
 */
export function userFileAt(
  { userFolder }: Pick<AgentSettings, 'userFolder'>,
  file: string,
  { home, env }: { readonly home: string; readonly env: NodeJS.ProcessEnv },
): string {
  const named = userFolder === null ? '' : (env[userFolder.variable] ?? '');
  if (userFolder !== null && path.isAbsolute(named))
    return path.join(named, path.relative(userFolder.folder, file));
  if (userFolder !== null && named !== '' && !userFolder.variable.startsWith('XDG_'))
    throw new Error(`${userFolder.variable} is no absolute path, so its settings cannot be found`);
  return path.join(home, file);
}

const TIMEOUT_S = 30;

const SETTINGS: Readonly<Record<string, AgentSettings>> = {
  'claude-code': {
    projectFile: '.claude/settings.local.json',
    userFile: '.claude/settings.json',
    userFolder: { variable: 'CLAUDE_CONFIG_DIR', folder: '.claude' },
    userNote: '.claude/.hunkmark-before.json',
    advice: null,
    add: (settings, program) =>
      addHooks(settings, {
        command: (event) => hookCommand({ ...program, event }),
        strict: program.strict,
      }),
    remove: removeHooks,
  },
  codex: {
    // A project's hooks are passed over, without a word, where the folder is not trusted.
    projectFile: null,
    userFile: '.codex/hooks.json',
    userFolder: { variable: 'CODEX_HOME', folder: '.codex' },
    userNote: '.codex/.hunkmark-before.json',
    advice: 'Codex runs them only after you have trusted them: it asks when it starts next.',
    add: (settings, program) => addGroups(settings, codexGroups(program)),
    remove: removeHooks,
  },
  'gemini-cli': {
    projectFile: null,
    userFile: '.gemini/settings.json',
    // The folder `.gemini` is in it.
    userFolder: { variable: 'GEMINI_CLI_HOME', folder: '.' },
    userNote: '.gemini/.hunkmark-before.json',
    advice: null,
    add: (settings, program) => addGroups(settings, geminiGroups(program)),
    remove: removeHooks,
  },
  'copilot-cli': {
    projectFile: null,
    userFile: '.copilot/hooks/hunkmark.json',
    userFolder: { variable: 'COPILOT_HOME', folder: '.copilot' },
    userNote: '.copilot/.hunkmark-before.json',
    advice: null,
    add: (current, program) => addOwnFile(current, copilotText(program)),
    remove: removeOwnFile,
  },
  cursor: {
    // The project's own file is there to be committed.
    projectFile: null,
    userFile: '.cursor/hooks.json',
    userFolder: null,
    userNote: '.cursor/.hunkmark-before.json',
    advice: 'This is from Cursor’s documentation, and was not seen to work yet.',
    add: (settings, program) => addGroups(settings, cursorHooks(program), 1),
    remove: removeHooks,
  },
  opencode: {
    projectFile: '.opencode/plugins/hunkmark.js',
    userFile: '.config/opencode/plugins/hunkmark.js',
    userFolder: { variable: 'XDG_CONFIG_HOME', folder: '.config' },
    userNote: '.config/opencode/.hunkmark-before.json',
    advice: null,
    add: (current, program) => addOwnFile(current, pluginText(program, MARK)),
    remove: removeOwnFile,
  },
};

const AGENT_NAMES: readonly string[] = Object.keys(SETTINGS);

export type AgentSelection =
  | { readonly kind: 'agents'; readonly names: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads the value of `--agents`: `all` or names with commas between them. */
export function selectAgents(list: string): AgentSelection {
  const supported = AGENT_NAMES;
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 1 && names[0] === 'all') return { kind: 'agents', names: supported };
  const refused = names.find((name) => !supported.includes(name));
  if (names.length > 0 && refused === undefined) return { kind: 'agents', names };
  const why =
    refused === undefined
      ? 'no agent is named'
      : `${JSON.stringify(refused)} is not an agent that Hunkmark knows`;
  return { kind: 'refused', reason: `${why}; supported: ${supported.join(', ')}` };
}

function codexGroups(program: HookProgram): Wanted {
  const tools = { matcher: 'apply_patch|Bash' };
  const group = (event: string, failure = 'exit 0'): object => ({
    hooks: [
      { type: 'command', command: hookLine(program, { agent: 'codex', event, failure }), timeout: TIMEOUT_S },
    ],
  });
  return [
    ['SessionStart', { ...group('SessionStart') }],
    ['PreToolUse', { ...tools, ...group('PreToolUse', REFUSE) }],
    ['PostToolUse', { ...tools, ...group('PostToolUse') }],
    ['Stop', { ...group('Stop') }],
  ];
}

function geminiGroups(program: HookProgram): Wanted {
  const tools = { matcher: 'write_file|replace|run_shell_command' };
  const group = (event: string, failure = 'exit 0'): object => ({
    hooks: [
      {
        name: 'hunkmark',
        type: 'command',
        command: hookLine(program, { agent: 'gemini-cli', event, failure }),
        timeout: TIMEOUT_S * 1000,
      },
    ],
  });
  return [
    ['SessionStart', { ...group('SessionStart') }],
    ['BeforeModel', { ...group('BeforeModel') }],
    ['BeforeTool', { ...tools, ...group('BeforeTool', REFUSE) }],
    ['AfterTool', { ...tools, ...group('AfterTool') }],
    ['AfterAgent', { ...group('AfterAgent') }],
  ];
}

function cursorHooks(program: HookProgram): Wanted {
  const hook = (event: string, failure = 'exit 0'): object => ({
    command: hookLine(program, { agent: 'cursor', event, failure }),
  });
  const strict = program.strict ? { failClosed: true } : {};
  return [
    ['sessionStart', { ...hook('sessionStart') }],
    ['preToolUse', { ...hook('preToolUse', REFUSE), matcher: 'Shell|Write|Delete', ...strict }],
    ['postToolUse', { ...hook('postToolUse'), matcher: 'Shell' }],
    ['postToolUseFailure', { ...hook('postToolUseFailure'), matcher: 'Shell' }],
    ['afterFileEdit', { ...hook('afterFileEdit') }],
    ['afterTabFileEdit', { ...hook('afterTabFileEdit') }],
    ['stop', { ...hook('stop') }],
  ];
}

const COPILOT_EVENTS = ['sessionStart', 'preToolUse', 'postToolUse', 'postToolUseFailure', 'agentStop'];

function copilotText(program: HookProgram): string {
  const hooks = COPILOT_EVENTS.map((event) => {
    const failure = event === 'preToolUse' ? 'exit 1' : 'exit 0';
    const bash = hookLine(program, { agent: 'copilot-cli', event, failure });
    return [event, [{ type: 'command', bash, timeoutSec: TIMEOUT_S }]] as const;
  });
  return `${JSON.stringify({ version: 1, hooks: Object.fromEntries(hooks) }, null, 2)}\n`;
}
