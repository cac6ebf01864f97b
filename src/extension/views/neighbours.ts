import { workspace } from 'vscode';
import { t, type ViewDeps } from './deps';
import { neighbourWords, type Note } from './text/neighbour-words';

/** What else names an AI on commits here. Reads settings, changes none. */
export async function neighbourNotes({
  claudeCodeSigns,
}: Pick<ViewDeps, 'claudeCodeSigns'>): Promise<Note[]> {
  const addAICoAuthor = workspace.getConfiguration('git').get<string>('addAICoAuthor');
  return neighbourWords(t, { addAICoAuthor, claudeCodeSigns: (await claudeCodeSigns?.()) ?? false });
}

export function wasTold(globalState: ViewDeps['globalState'], { about }: Note): boolean {
  return globalState.get(keyOf(about), false);
}

export async function setTold(globalState: ViewDeps['globalState'], notes: readonly Note[]): Promise<void> {
  for (const { about } of notes) await globalState.update(keyOf(about), true);
}

function keyOf(about: Note['about']): string {
  return `told:${about}`;
}
