import type { Agent } from './agent';

/** The agent by its name in `hunkmark record AGENT`; undefined for one we do not know. */
export async function agentNamed(name: string): Promise<Agent | undefined> {
  return Object.hasOwn(AGENTS, name) ? await AGENTS[name]?.() : undefined;
}

// A hook is one agent's: making what reads the others' payloads would cost each of its calls.
const AGENTS: Readonly<Record<string, () => Promise<Agent>>> = {
  'claude-code': async () => (await import('./claude-code.js')).claudeCode,
  codex: async () => (await import('./codex.js')).codex,
  'gemini-cli': async () => (await import('./gemini-cli.js')).geminiCli,
  'copilot-cli': async () => (await import('./copilot-cli.js')).copilotCli,
  opencode: async () => (await import('./opencode.js')).opencode,
};
