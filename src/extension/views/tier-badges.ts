import { Disposable, EventEmitter, FileDecoration, window, type Uri } from 'vscode';
import { isCritical } from '../../core/policy';
import { t, type ViewDeps } from './deps';
import { systemsWords } from './text/finding-text';

/** `T1` behind the name of a file whose tier asks something of people, in the Explorer and on its tab. */
export function openTierBadges({ tiers }: Pick<ViewDeps, 'tiers'>): Disposable {
  const changed = new EventEmitter<undefined>();
  return Disposable.from(
    changed,
    tiers.onDidChange(() => changed.fire(undefined)),
    window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration: (uri) => badgeOf(tiers, uri),
    }),
  );
}

/** Without a colour: that of the name is git's to choose. */
function badgeOf(tiers: ViewDeps['tiers'], uri: Uri): FileDecoration | null {
  const place = uri.scheme === 'file' ? tiers.placeOf(uri) : null;
  if (place === null || !isCritical(place.placement.rules)) return null;
  return new FileDecoration(`T${place.tier}`, t('In {0}', systemsWords(t, place.placement)));
}
