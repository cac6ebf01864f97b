import { commands, Disposable, window } from 'vscode';
import { CONTEXT_KEYS, type StateKey } from '../contributions';
import type { Repositories } from '../tracking';
import type { ViewDeps } from './deps';

/** Keeps up what when-clauses of menus, keys and welcome texts ask for. */
export function openContextKeys({
  documents,
  repositories,
}: Pick<ViewDeps, 'documents' | 'repositories'>): Disposable {
  const set = settingOnlyChanges();
  const ofRepositories = (): void => set(CONTEXT_KEYS.state, stateKey(repositories));
  const ofDocument = (): void => {
    const active = window.activeTextEditor?.document;
    set(CONTEXT_KEYS.tracked, active !== undefined && documents.of(active).kind === 'tracked');
  };
  ofRepositories();
  ofDocument();
  return Disposable.from(
    repositories.onDidChange(() => {
      ofRepositories();
      ofDocument();
    }),
    window.onDidChangeActiveTextEditor(ofDocument),
    documents.onDidChange((document) => {
      if (document === window.activeTextEditor?.document) ofDocument();
    }),
  );
}

function stateKey(repositories: Repositories): StateKey {
  const kinds = repositories.all().map(({ state }) => state.kind);
  return kinds.includes('installed') ? 'installed' : (kinds[0] ?? 'no-repository');
}

function settingOnlyChanges(): (key: string, value: string | boolean) => void {
  const known = new Map<string, string | boolean>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void commands.executeCommand('setContext', key, value);
  };
}
