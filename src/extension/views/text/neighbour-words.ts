import type { Translate } from './words';

/** What else puts an AI's name on commits here. */
export interface Neighbours {
  /** The value of `git.addAICoAuthor`; undefined where this editor has no such setting. */
  readonly addAICoAuthor: string | undefined;
  /** Claude Code adds its own co-author line. */
  readonly claudeCodeSigns: boolean;
}

/** What a person is told once about one of them. */
export interface Note {
  readonly about: 'git.addAICoAuthor' | 'claude-code';
  readonly text: string;
}

/** The settings stay as they are. */
export function neighbourWords(t: Translate, { addAICoAuthor, claudeCodeSigns }: Neighbours): Note[] {
  const notes: Note[] = [];
  if (addAICoAuthor !== undefined && addAICoAuthor !== 'off') {
    notes.push({
      about: 'git.addAICoAuthor',
      text: t(
        'The setting git.addAICoAuthor adds "Co-authored-by: Copilot" to commits from the editor, whichever assistant wrote the lines, for whole files, and not to commits from a terminal. Hunkmark leaves it alone; its own trailers stand beside it.',
      ),
    });
  }
  if (claudeCodeSigns) {
    notes.push({
      about: 'claude-code',
      text: t(
        'Claude Code adds "Co-Authored-By: Claude" to commits it makes itself, whoever wrote the lines (its setting includeCoAuthoredBy). Hunkmark leaves it alone; its own trailers stand beside it.',
      ),
    });
  }
  return notes;
}
