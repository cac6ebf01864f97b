import type { Agent } from './agent';
import { isPlainEvent, isPlainName } from './plain-names';

/**
 * Who reads what `hunkmark record AGENT EVENT` is given: the agent of that name or, for the plain events and for names
 * that are no agent's of ours, the plain protocol; undefined for what is no name.
 */
export async function agentNamed(name: string, event: string): Promise<Agent | undefined> {
  const own = Object.hasOwn(AGENTS, name) ? AGENTS[name] : undefined;
  if (own && !isPlainEvent(event)) return await own();
  return isPlainName(name) ? (await import('./plain.js')).plainAgent(name) : undefined;
}

// A hook is one agent's: making what reads the others' payloads would cost each of its calls.
const AGENTS: Readonly<Record<string, () => Promise<Agent>>> = {
  'claude-code': async () => (await import('./claude-code.js')).claudeCode,
  codex: async () => (await import('./codex.js')).codex,
  'gemini-cli': async () => (await import('./gemini-cli.js')).geminiCli,
  'copilot-cli': async () => (await import('./copilot-cli.js')).copilotCli,
  cursor: async () => (await import('./cursor.js')).cursor,
  opencode: async () => (await import('./opencode.js')).opencode,
};
