import { addGroups, type Group, type SettingsChange } from './hook-groups';
import { hookLine, type HookProgram } from './hook-line';

const TOOL_EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'] as const;
const TOOLS = 'Write|Edit|MultiEdit|NotebookEdit|Bash';

/** The events of Claude Code whose hooks we take. */
export const HOOK_EVENTS = ['SessionStart', ...TOOL_EVENTS, 'Stop', 'SubagentStop', 'SessionEnd'] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** Seconds. Claude Code waits ten minutes otherwise. */
const TIMEOUT = 30;

export interface HookOptions {
  /** The command of one event's hook; it must end with `MARK`. */
  readonly command: (event: HookEvent) => string;
  /** An edit does not go through when our hook could not run. */
  readonly strict: boolean;
}

/** The settings with our hooks in them; see `addGroups`. */
export function addHooks(settings: string | null, options: HookOptions): SettingsChange {
  return addGroups(
    settings,
    HOOK_EVENTS.map((event) => [event, groupOf(event, options)] as const),
  );
}

/** The command of one event's hook. What fails before a tool is, where that was asked for, a stop through `onFailure`. */
export function hookCommand({ event, ...program }: HookProgram & { readonly event: HookEvent }): string {
  return hookLine(program, {
    agent: 'claude-code',
    event,
    failure: event === 'PreToolUse' ? 'exit 1' : 'exit 0',
  });
}

function groupOf(event: HookEvent, options: HookOptions): Group {
  const hook = { type: 'command', command: options.command(event), timeout: TIMEOUT };
  const isGuard = options.strict && event === 'PreToolUse';
  const hooks = [isGuard ? { ...hook, onFailure: 'block' } : hook];
  return TOOL_EVENTS.some((toolEvent) => toolEvent === event) ? { matcher: TOOLS, hooks } : { hooks };
}
