/** What can be seen of an agent on this machine, beside the settings that our hooks go into. */
export interface AgentPresence {
  /** Names of its program; one on the path says that the agent is here. */
  readonly programs: readonly string[];
  /** Settings that can switch all hooks off: `project` below the working tree, `user` below the home folder; with `/`. */
  readonly switches: readonly HookSwitch[];
  readonly trust: Trust;
  /** What a person has to do before the agent runs our hooks, and again when they have changed; null: nothing is known. */
  readonly howToTrust: string | null;
  /** What we know of it is from its documentation: no version of it was run with our hooks. */
  readonly isUnseen?: true;
}

/**
 * `not-asked`: it was seen to run hooks where we put them, without a person's word and in folders it does not trust.
 * `asked`: it runs them after a person has said so, and nobody but the agent can see whether that was said. `not-known`:
 * nobody has looked.
 */
export type Trust = 'not-asked' | 'asked' | 'not-known';

interface HookSwitch {
  readonly place: 'project' | 'user';
  readonly file: string;
  /** What the settings say, in a few words, if they switch hooks off; `text` is hostile until parsed. */
  readonly saysOff: (text: string) => string | null;
}

/** undefined for an agent of which nothing can be seen. */
export function agentPresence(name: string): AgentPresence | undefined {
  return Object.hasOwn(PRESENCE, name) ? PRESENCE[name] : undefined;
}

const CLAUDE_SWITCH = { saysOff: memberIs(['disableAllHooks'], true) };
/** From its documentation (geminicli.com/docs/hooks). */
const GEMINI_SWITCH = { saysOff: memberIs(['hooksConfig', 'enabled'], false) };

/** One row for each agent. */
const PRESENCE: Readonly<Record<string, AgentPresence>> = {
  'claude-code': {
    programs: ['claude'],
    switches: [
      { ...CLAUDE_SWITCH, place: 'project', file: '.claude/settings.json' },
      { ...CLAUDE_SWITCH, place: 'project', file: '.claude/settings.local.json' },
      { ...CLAUDE_SWITCH, place: 'user', file: '.claude/settings.json' },
    ],
    trust: 'not-known',
    howToTrust: null,
  },
  codex: {
    programs: ['codex'],
    switches: [],
    trust: 'asked',
    howToTrust:
      'start Codex and say that you trust the hooks; until then it runs none of them, without a word',
  },
  'gemini-cli': {
    programs: ['gemini'],
    switches: [
      { ...GEMINI_SWITCH, place: 'project', file: '.gemini/settings.json' },
      { ...GEMINI_SWITCH, place: 'user', file: '.gemini/settings.json' },
    ],
    trust: 'not-asked',
    howToTrust: null,
  },
  'copilot-cli': { programs: ['copilot'], switches: [], trust: 'not-asked', howToTrust: null },
  cursor: {
    programs: ['cursor', 'cursor-agent'],
    switches: [],
    trust: 'not-known',
    howToTrust: null,
    isUnseen: true,
  },
  opencode: { programs: ['opencode'], switches: [], trust: 'not-asked', howToTrust: null },
};

/** Whether a JSON object has this value at the end of a path of members; what is no JSON object has not. */
function memberIs(names: readonly [string, ...string[]], value: unknown): (text: string) => string | null {
  const said = `${JSON.stringify(names.join('.'))}: ${JSON.stringify(value)}`;
  return (text) => {
    try {
      const found = names.reduce<unknown>((read, name) => own(read, name), JSON.parse(text));
      return found === value ? said : null;
    } catch {
      return null;
    }
  };
}

function own(read: unknown, name: string): unknown {
  return typeof read === 'object' && read !== null
    ? Object.entries(read).find(([key]) => key === name)?.[1]
    : undefined;
}
