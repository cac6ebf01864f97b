import type { Seen } from '../../tracking';

/** Puts a message into the person's language; `{0}` stands for the first argument. The editor's `l10n.t` is one. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** `Claude Code, model claude-opus-4-5`; says so where nobody is evidenced. */
export function whoWords(t: Translate, { agent, model }: Pick<Seen, 'agent' | 'model'>): string {
  const name = agentWords(t, agent);
  return model === null ? name : t('{0}, model {1}', name, visible(model));
}

function agentWords(t: Translate, agent: string | null): string {
  if (agent === null || agent === 'unidentified') return t('an assistant that is not identified');
  return AGENT_NAMES.get(agent) ?? visible(agent);
}

/** Agents by the name they have in trailers. */
export const AGENT_NAMES: ReadonlyMap<string, string> = new Map([
  ['claude-code', 'Claude Code'],
  ['codex', 'Codex'],
  ['copilot-cli', 'Copilot CLI'],
  ['cursor', 'Cursor'],
  ['gemini-cli', 'Gemini CLI'],
  ['github-copilot', 'GitHub Copilot'],
  ['opencode', 'OpenCode'],
  ['windsurf', 'Windsurf'],
]);

/** How the text got into the file, or what took it out. */
export function viaWords(t: Translate, via: Seen['via']): string {
  switch (via) {
    case 'completion':
      return t('an inline completion that was accepted');
    case 'chat':
      return t('applied by a chat or an agent in the editor');
    case 'agent':
      return t("made with the agent's own edit tool");
    case 'shell':
      return t('made by a command that the agent ran');
    case 'declared':
      return t('marked by a person');
    case null:
      return t('not known');
  }
}

export function evidenceWords(t: Translate, evidence: Seen['evidence']): string {
  switch (evidence) {
    case 'reported':
      return t('the editor or the agent reported it');
    case 'matched':
      return t('the text equals what a reported edit made');
    case 'declared':
      return t('a person declared it');
    case 'inferred':
      return t('inferred, not certain');
    case null:
      return t('none');
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Both in milliseconds since 1970. A time that is still to come is `just now`: clocks are set back. */
export function ageWords(t: Translate, at: number, now: number): string {
  const age = now - at;
  if (age < MINUTE) return t('just now');
  if (age < HOUR) return counted(Math.floor(age / MINUTE), t('1 minute ago'), (n) => t('{0} minutes ago', n));
  if (age < DAY) return counted(Math.floor(age / HOUR), t('1 hour ago'), (n) => t('{0} hours ago', n));
  return counted(Math.floor(age / DAY), t('1 day ago'), (n) => t('{0} days ago', n));
}

export function counted(count: number, one: string, many: (count: number) => string): string {
  return count === 1 ? one : many(count);
}

/** 1-based: `line 4`, `lines 4–9`. */
export function linesWords(t: Translate, start: number, count: number): string {
  return count === 1 ? t('line {0}', start) : t('lines {0}–{1}', start, start + count - 1);
}

/**
 * Text of others on a screen: control characters, those that change the direction of writing or take no room, and bytes
 * that are no text become U+FFFD.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
