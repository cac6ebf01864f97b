import { MARK } from './hook-groups';

/** Absolute paths of the lean program and of the Node that runs it (or an Electron that can), and whether agents fail closed. */
export interface HookProgram {
  readonly program: string;
  readonly node: string;
  readonly strict: boolean;
}

export interface HookCall {
  readonly agent: string;
  readonly event: string;
  /** How the agent is told, where agents are to fail closed, that this event's hook could not run. */
  readonly failure: string;
}

/** For agents that stop for an exit code of 2 only, and show its reason. Not what `record` ends with: it could not run. */
export const REFUSE = `{ echo 'Hunkmark could not run, and agents are stopped then.' >&2; exit 2; }`;

/**
 * A line for a POSIX shell. It never fails, whatever is missing: a person without the program, or without Node, must
 * not be kept from working. The exception is what was asked for with `strict`.
 */
export function hookLine(
  { program, node, strict }: HookProgram,
  { agent, event, failure }: HookCall,
): string {
  const giveUp = strict ? failure : 'exit 0';
  return [
    `p=${quote(program)}; [ -f "$p" ] || ${giveUp}`,
    `n=${quote(node)}; command -v "$n" >/dev/null 2>&1 || n=node`,
    `command -v "$n" >/dev/null 2>&1 || ${giveUp}`,
    `${strict ? 'HUNKMARK_STRICT=1 ' : ''}ELECTRON_RUN_AS_NODE=1 "$n" "$p" record ${agent} ${event} || ${giveUp}`,
    `exit 0 ${MARK}`,
  ].join('; ');
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
