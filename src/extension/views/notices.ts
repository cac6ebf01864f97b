import { commands, Disposable, window } from 'vscode';
import { COMMANDS } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { t, type ViewDeps } from './deps';
import { later } from './later';
import { neighbourNotes, setTold, wasTold } from './neighbours';
import { visible } from './text/words';

/** Milliseconds from a change, so that a window that has just opened is left alone first. */
const CALM = 3000;

/** What is said unasked: the offer, once a repository, and what else names an AI on commits, once. Never two at a time. */
export function openNotices(deps: ViewDeps): Disposable {
  let isOpen = false;
  const notices = later(CALM, () => {
    if (isOpen) return;
    isOpen = true;
    tellOne(deps)
      .catch((error: unknown) => deps.log.error('notices:', error instanceof Error ? error : String(error)))
      .finally(() => {
        isOpen = false;
      });
  });
  notices.ask();
  return Disposable.from(notices, deps.repositories.onDidChange(notices.ask));
}

async function tellOne(deps: ViewDeps): Promise<void> {
  const folder = toOffer(deps);
  if (folder !== null) {
    await offer(deps, folder);
    return;
  }
  const isUsed = deps.repositories.all().some(({ state }) => state.kind === 'installed');
  if (!isUsed) return;
  const note = (await neighbourNotes(deps)).find((note) => !wasTold(deps.globalState, note));
  if (note === undefined) return;
  await setTold(deps.globalState, [note]);
  await window.showInformationMessage(note.text);
}

/** The active file's repository, else the only one: whoever has several open is asked about the one they work in. */
function toOffer({ repositories, globalState }: ViewDeps): RepositoryFolder | null {
  const all = repositories.all();
  const active = window.activeTextEditor;
  const own = active === undefined ? null : repositories.of(active.document.uri);
  const folder = own ?? (all.length === 1 ? all[0] : undefined);
  if (folder?.state.kind !== 'not-asked') return null;
  return globalState.get(offeredKey(folder), false) ? null : folder;
}

async function offer({ repositories, globalState }: ViewDeps, folder: RepositoryFolder): Promise<void> {
  await globalState.update(offeredKey(folder), true);
  const show = t('Show What It Would Do');
  const never = t('Not Here');
  const question = t(
    'Hunkmark can say in commits of {0} which lines AI wrote. Nothing is written before you agree.',
    visible(folder.name),
  );
  const chosen = await window.showInformationMessage(question, show, never, t('Later'));
  if (chosen === show) await commands.executeCommand(COMMANDS.setUp, folder.root);
  if (chosen === never) await repositories.decline(folder.root);
}

function offeredKey({ root }: RepositoryFolder): string {
  return `offered:${root}`;
}
