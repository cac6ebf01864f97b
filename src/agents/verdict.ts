import type { Verdict } from '../core/guard';
import { oneLine, safeJson } from '../core/printable';

/** A verdict that stops an agent, in the two words that agents know. */
export interface Stop {
  readonly decision: 'ask' | 'deny';
  readonly reason: string;
}

/** Where an agent can have a person asked: wherever it runs, in a terminal only, nowhere. As seen with the real agents. */
export type Asking = 'everywhere' | 'in-terminal' | 'nowhere';

/**
 * The verdict for an agent, with a reason that names system, tier, owners and how to go on; null: it may write.
 * `isAsked`: there is a person whom the agent would ask. Where there is none a question is a denial.
 */
export function stopOf(verdict: Verdict, isAsked: boolean): Stop | null {
  if (verdict.kind === 'allow') return null;
  const decision = verdict.kind === 'ask' && isAsked ? 'ask' : 'deny';
  const goOn = decision === 'ask' ? FOR_THE_PERSON : FOR_THE_AGENT;
  const nobody = verdict.kind === 'ask' && decision === 'deny' ? ' Nobody can be asked here.' : '';
  return { decision, reason: `Hunkmark: ${whatText(verdict)}${nobody} ${goOn[kindOf(verdict)]}` };
}

/** One line of JSON. */
export function answerText(value: unknown): string {
  return `${safeJson(value)}\n`;
}

/** Claude Code's words; Codex and the events of Copilot CLI and VS Code that are called as Claude Code's have them too. */
export function permissionText(event: string, { decision, reason }: Stop): string {
  return answerText({
    hookSpecificOutput: {
      hookEventName: event,
      permissionDecision: decision,
      permissionDecisionReason: reason,
    },
  });
}

/** Copilot CLI's own words. */
export function topLevelText({ decision, reason }: Stop): string {
  return answerText({ permissionDecision: decision, permissionDecisionReason: reason });
}

/** Gemini CLI's words, those of the plain protocol, and what our plugin in opencode reads. */
export function decisionText({ decision, reason }: Stop): string {
  return answerText({ decision, reason });
}

type Stopping = Extract<Verdict, { readonly cause: unknown }>;

function kindOf({ cause }: Stopping): 'file' | 'command' {
  return cause.kind === 'skips-hooks' ? 'command' : 'file';
}

const FOR_THE_PERSON = {
  file: 'If you let it through, the lines still count as AI at the commit. Look at the change first.',
  command: 'If you let it through, what this command commits says nothing of its AI lines.',
} as const;

const FOR_THE_AGENT = {
  file:
    'Nothing was written. Do not try another way: tell the person you work for what you want to change and why. ' +
    'They can make the change, or let it be written once, from the editor or from a shell of their own (hunkmark ack --help).',
  command:
    'The command was not run. Leave out the part that skips the hooks, or tell the person you work for why it is needed; they can run it.',
} as const;

function whatText(verdict: Stopping): string {
  const { cause, kind } = verdict;
  const where = systemsText(verdict.systems);
  const asks = kind === 'ask' ? 'asks a person before an agent writes there' : 'lets no agent write there';
  const alike = `protected like a file of it: ${kind === 'ask' ? 'a person is asked before an agent writes there' : 'no agent may write there'}`;
  const more = verdict.more === 0 ? '' : ` (and ${verdict.more} more)`;
  switch (cause.kind) {
    case 'system':
      return `${oneLine(cause.path)}${more} belongs to ${where}. The rule "agents: ${kind}" ${asks}.`;
    case 'policy':
      return `${oneLine(cause.path)}${more} is part of the policy for ${where}, and is ${alike}.`;
    case 'ours':
      return `${oneLine(cause.path)}${more} keeps the record of AI lines in ${where}, and is ${alike}.`;
    case 'skips-hooks':
      return `"${oneLine(cause.what)}" keeps the hooks from running that mark AI lines in ${where}; a person is asked before that.`;
  }
}

/** How many systems are named. */
const NAMED = 3;

function systemsText(systems: Stopping['systems']): string {
  const named = systems.slice(0, NAMED).map(({ name, tier, owners }) => {
    const owned = owners.length === 0 ? 'no owners named' : `owned by ${owners.map(oneLine).join(', ')}`;
    return `${oneLine(name)} (tier ${tier}, ${owned})`;
  });
  const more = systems.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
