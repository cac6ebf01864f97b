import { l10n, type LogOutputChannel, type Memento, type Uri } from 'vscode';
import type { Documents, History, Repositories, StagedChecks, Tiers } from '../tracking';
import type { Translate } from './text/words';

/** What the views draw from. */
export interface ViewDeps {
  readonly documents: Documents;
  readonly history: History;
  readonly repositories: Repositories;
  readonly tiers: Tiers;
  readonly checks: StagedChecks;
  readonly log: LogOutputChannel;
  /** Where the extension is, for its icons and pages. */
  readonly extensionUri: Uri;
  /** What was offered and told once. */
  readonly globalState: Memento;
  /** What the person has looked at in a review of this workspace. */
  readonly workspaceState: Memento;
  /** Whether Claude Code, where it is used, adds a co-author line of its own; absent where nobody can tell. */
  readonly claudeCodeSigns?: () => Promise<boolean>;
}

/** The person's language. */
export const t: Translate = (message, ...args) => l10n.t(message, ...args);
