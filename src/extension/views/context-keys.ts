import { commands, Disposable, window } from 'vscode';
import { CONTEXT_KEYS, type StateKey } from '../contributions';
import type { Repositories } from '../tracking';
import type { ViewDeps } from './deps';

/** Keeps up what when-clauses of menus, keys and welcome texts ask for. */
export function openContextKeys({
  documents,
  repositories,
  tiers,
}: Pick<ViewDeps, 'documents' | 'repositories' | 'tiers'>): Disposable {
  const set = settingOnlyChanges();
  const ofRepositories = (): void => {
    set(CONTEXT_KEYS.state, stateKey(repositories));
    set(
      CONTEXT_KEYS.policy,
      repositories.all().some(({ root }) => tiers.hasPolicy(root)),
    );
  };
  const ofDocument = (): void => {
    const active = window.activeTextEditor?.document;
    set(CONTEXT_KEYS.tracked, active !== undefined && documents.of(active).kind === 'tracked');
    set(CONTEXT_KEYS.tiered, active?.uri.scheme === 'file' && tiers.placeOf(active.uri) !== null);
  };
  ofRepositories();
  ofDocument();
  return Disposable.from(
    repositories.onDidChange(() => {
      ofRepositories();
      ofDocument();
    }),
    window.onDidChangeActiveTextEditor(ofDocument),
    tiers.onDidChange(() => {
      ofRepositories();
      ofDocument();
    }),
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
