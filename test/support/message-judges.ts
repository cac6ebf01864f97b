import { withoutOurs } from './agent-edits';

/** What programs that other people run on commit messages make of one. */
export interface Judgement {
  /** Rules of commitlint's usual configuration that are broken. */
  readonly broken: readonly string[];
  /** What a changelog would link or repeat. */
  readonly references: readonly string[];
  readonly mentions: readonly string[];
  /** A note goes on to the end of the message, whatever trailers follow; ours are taken out of it here. */
  readonly notes: readonly string[];
}

export type Judge = (message: string) => Promise<Judgement>;

/** These programs are modules of the newer kind, so they are loaded when they are needed. */
export async function openJudge(): Promise<Judge> {
  const [{ default: load }, { default: lint }, { CommitParser }] = await Promise.all([
    import('@commitlint/load'),
    import('@commitlint/lint'),
    import('conventional-commits-parser'),
  ]);
  const { rules, parserPreset } = await load({ extends: ['@commitlint/config-conventional'] });
  const parserOpts = parserPreset?.parserOpts as object | undefined;
  const parser = new CommitParser();
  return async (message) => {
    const outcome = await lint(message, rules, parserOpts ? { parserOpts } : {});
    const { references, mentions, notes } = parser.parse(message.trim() === '' ? 'empty' : message);
    return {
      broken: [...outcome.errors, ...outcome.warnings].map(({ name }) => name).sort(),
      references: references.map(({ raw, prefix, issue }) => [raw, prefix, issue].join(' ')),
      mentions,
      notes: notes.map(({ title, text }) => withoutOurs(`${title}: ${text}`)),
    };
  };
}
