/** What can be seen of an agent on this machine, beside the settings that our hooks go into. */
export interface AgentPresence {
  /** Names of its program; one on the path says that the agent is here. */
  readonly programs: readonly string[];
  /** Settings that can switch all hooks off: `project` below the working tree, `user` below the home folder; with `/`. */
  readonly switches: readonly HookSwitch[];
  /** What a person has to do once before the agent runs our hooks, and nobody but the agent can see whether it was done. */
  readonly trust: string | null;
  /** What we know of it is from its documentation: no version of it was run with our hooks. */
  readonly isUnseen?: true;
}

export interface HookSwitch {
  readonly place: 'project' | 'user';
  readonly file: string;
  /** What the settings say, in a few words, if they switch hooks off; `text` is hostile until parsed. */
  readonly saysOff: (text: string) => string | null;
}

/** undefined for an agent of which nothing can be seen. */
export function agentPresence(name: string): AgentPresence | undefined {
  return Object.hasOwn(PRESENCE, name) ? PRESENCE[name] : undefined;
}

const CLAUDE_SWITCH = { saysOff: memberIs('disableAllHooks', true) };

/** One row for each agent. */
const PRESENCE: Readonly<Record<string, AgentPresence>> = {
  'claude-code': {
    programs: ['claude'],
    switches: [
      { ...CLAUDE_SWITCH, place: 'project', file: '.claude/settings.json' },
      { ...CLAUDE_SWITCH, place: 'project', file: '.claude/settings.local.json' },
      { ...CLAUDE_SWITCH, place: 'user', file: '.claude/settings.json' },
    ],
    trust: null,
  },
  codex: {
    programs: ['codex'],
    switches: [],
    trust: 'start Codex and say that you trust the hooks; until then it runs none of them, without a word',
  },
  'gemini-cli': { programs: ['gemini'], switches: [], trust: null },
  'copilot-cli': { programs: ['copilot'], switches: [], trust: null },
  cursor: { programs: ['cursor', 'cursor-agent'], switches: [], trust: null, isUnseen: true },
  opencode: { programs: ['opencode'], switches: [], trust: null },
};

/** Whether a JSON object has this value in one of its members; what is no JSON object has not. */
function memberIs(name: string, value: unknown): (text: string) => string | null {
  return (text) => {
    try {
      const read: unknown = JSON.parse(text);
      const isSo =
        typeof read === 'object' &&
        read !== null &&
        Object.entries(read).some(([key, member]) => key === name && member === value);
      return isSo ? `${JSON.stringify(name)}: ${JSON.stringify(value)}` : null;
    } catch {
      return null;
    }
  };
}
