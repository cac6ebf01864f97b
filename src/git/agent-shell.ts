import * as fs from 'node:fs';
import { ancestors } from './caller';

/** An agent that does not say which one it is. */
export const SOME_AGENT = 'an agent';

/** What coding agents put into the environment of the commands they run; by variable, the agent. */
const MARKERS: readonly (readonly [variable: string, agent: string])[] = [
  ['CLAUDECODE', 'claude-code'],
  ['CLAUDE_CODE_SESSION_ID', 'claude-code'],
  ['CODEX_SESSION_ID', 'codex'],
  ['CODEX_THREAD_ID', 'codex'],
  ['CODEX_TOOL_CALL_ID', 'codex'],
  ['COPILOT_CLI', 'copilot-cli'],
  ['COPILOT_AGENT_SESSION_ID', 'copilot-cli'],
  ['CURSOR_AGENT', 'cursor'],
  ['GEMINI_CLI', 'gemini-cli'],
  ['OPENCODE', 'opencode'],
  ['OPENCODE_PID', 'opencode'],
  ['AI_AGENT', SOME_AGENT],
];

/** By the name of a program, or the package that a script is of. */
const PROGRAMS: readonly (readonly [program: RegExp, agent: string])[] = [
  [/(?:^|[\\/])claude(?:\.exe|\.js)?$|@anthropic-ai[\\/]claude-code[\\/]/, 'claude-code'],
  [/(?:^|[\\/])codex(?:\.exe|\.js)?$|@openai[\\/]codex[\\/]/, 'codex'],
  [/(?:^|[\\/])gemini(?:\.exe|\.js)?$|@google[\\/]gemini-cli[\\/]/, 'gemini-cli'],
  [/(?:^|[\\/])opencode(?:\.exe|\.js)?$|[\\/]opencode-ai[\\/]/, 'opencode'],
  [/(?:^|[\\/])copilot(?:\.exe|\.js)?$|@github[\\/]copilot[\\/]/, 'copilot-cli'],
  [/(?:^|[\\/])cursor-agent(?:\.exe|\.js)?$/, 'cursor'],
];

/**
 * The agent that started the shell we are in, by its marker in the environment or among the parent processes; null:
 * none is seen. That proves nothing against somebody who hides it; it keeps an agent from signing for a person by
 * accident.
 */
export function agentShell(env: NodeJS.ProcessEnv, from: number = process.ppid): string | null {
  const marker = MARKERS.find(([variable]) => (env[variable] ?? '') !== '');
  if (marker) return marker[1];
  return (
    ancestors(from)
      .map(({ words }) => agentOf(words))
      .find((agent) => agent !== null) ?? null
  );
}

/**
 * Whether the agent whose hook we are talks with a person: both its input and its output are a terminal, and it was not
 * given a prompt to answer and end with. False where that cannot be seen; only Linux shows another process's terminal.
 */
export function isInTerminal(agent: string, from: number = process.ppid): boolean {
  const own = ancestors(from).find(({ words }) => agentOf(words) === agent);
  if (!own || own.words.some((word) => /^(?:-p|--prompt)(?:=|$)/.test(word))) return false;
  return [0, 1].every((stream) => isTerminal(own.pid, stream));
}

function isTerminal(pid: number, stream: number): boolean {
  try {
    return /^\/dev\/(?:pts\/|tty)/.test(fs.readlinkSync(`/proc/${pid}/fd/${stream}`));
  } catch {
    return false;
  }
}

/** The agent that a process is, by its words. */
function agentOf(words: readonly string[]): string | null {
  // A script is the first or, behind an interpreter, the second word.
  for (const word of words.slice(0, 2)) {
    const program = PROGRAMS.find(([name]) => name.test(word));
    if (program) return program[1];
  }
  return null;
}
