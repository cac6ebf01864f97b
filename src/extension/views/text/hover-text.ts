import type { CommandId } from '../../contributions';
import type { DeletedLines, LineRun, Seen } from '../../tracking';
import {
  ageWords,
  counted,
  evidenceWords,
  linesWords,
  viaWords,
  visible,
  whoWords,
  type Translate,
} from './words';

/** A link in a hover: what it says, and the command it runs. */
export interface Action {
  readonly label: string;
  readonly command: CommandId;
  /** What the command is called with. */
  readonly argument: LinesArgument | null;
}

/** What a command takes that is called for lines: 0-based, `last` inclusive. */
export interface LinesArgument {
  readonly uri: string;
  readonly first: number;
  readonly last: number;
}

/** Lines of deleted text that a hover shows. */
const SHOWN = 8;

/** Who wrote a run of lines, in Markdown. Names are escaped: nothing in them is markup or a link. */
export function runText(t: Translate, run: LineRun, now: number): string {
  const lines = linesWords(t, run.start + 1, run.count);
  switch (run.class) {
    case 'ai':
      return paragraphs([`**${t('AI wrote this')}** (${lines})`, ...facts(t, run, now)]);
    case 'mixed':
      return paragraphs([`**${t('AI and a person wrote this')}** (${lines})`, ...facts(t, run, now)]);
    case 'unknown':
      return paragraphs([
        `**${t('Unknown origin')}** (${lines})`,
        t('There is no evidence who wrote this. Mark it if you know.'),
      ]);
  }
}

/** Who deleted lines, and which, in Markdown. `language` is the document's, for colours. */
export function deletionText(t: Translate, deletion: DeletedLines, language: string, now: number): string {
  const { lines } = deletion;
  const title = counted(lines.length, t('AI deleted 1 line here'), (n) => t('AI deleted {0} lines here', n));
  const shown = lines.slice(0, SHOWN);
  const rest = lines.length - shown.length;
  return paragraphs([
    `**${title}**`,
    ...facts(t, deletion, now),
    fenced(shown, language),
    ...(rest === 0 ? [] : [counted(rest, t('and 1 more line'), (n) => t('and {0} more lines', n))]),
  ]);
}

/** One line of links. */
export function actionsText(actions: readonly Action[]): string {
  return actions
    .map(({ label, command, argument }) => `[${label}](${commandUri(command, argument)})`)
    .join(' · ');
}

/** Every ASCII punctuation mark is escaped, so that a name is never a link, an image, a tag or an icon. */
export function escapeMarkdown(text: string): string {
  return visible(text).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

function facts(t: Translate, seen: Seen, now: number): string[] {
  const how = viaWords(t, seen.via);
  const when = seen.at === null ? how : t('{0}, {1}', how, ageWords(t, seen.at, now));
  return [
    [
      t('By: {0}', escapeMarkdown(whoWords(t, seen))),
      t('How: {0}', when),
      t('Evidence: {0}', evidenceWords(t, seen.evidence)),
    ].join('  \n'),
  ];
}

function commandUri(command: CommandId, argument: LinesArgument | null): string {
  if (argument === null) return `command:${command}`;
  const encoded = encodeURIComponent(JSON.stringify([argument])).replace(/[()]/g, percentEncoded);
  return `command:${command}?${encoded}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}

/** The fence is longer than any run of backticks in the text, so the text cannot end it. */
function fenced(lines: readonly string[], language: string): string {
  const text = lines.map((line) => visible(line.replace(/[\r\n]+$/, '').replaceAll('\t', '    ')));
  const longest = Math.max(2, ...text.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence + language.replace(/[^\w+-]/g, ''), ...text, fence].join('\n');
}

export function paragraphs(parts: readonly string[]): string {
  return parts.join('\n\n');
}
