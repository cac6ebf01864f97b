import {
  Disposable,
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  workspace,
  type TextDocumentContentProvider,
} from 'vscode';
import { COMMANDS, TRAILERS_SCHEME } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { chosenRepository, command, messageOf } from './command';
import { t, type ViewDeps } from './deps';
import { later } from './later';
import { trailersText } from './text/trailers-text';
import { visible } from './text/words';

/** Milliseconds from a change to a new look at the index. */
const SETTLE = 300;

/** A read-only document of exactly the trailers that a commit of the index would get now. */
export function openTrailersPreview({
  repositories,
  log,
}: Pick<ViewDeps, 'repositories' | 'log'>): Disposable {
  const changed = new EventEmitter<Uri>();
  const provider: TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const folder = repositories.all().find(({ root }) => root === uri.query);
      if (folder === undefined) return `${t('# This repository is not open any more.')}\n`;
      if (folder.state.kind === 'untrusted') return `${t('# This workspace is not trusted.')}\n`;
      try {
        return trailersText(t, await repositories.trailers(folder.root));
      } catch (error) {
        log.error(`trailers of ${folder.root}:`, error instanceof Error ? error : String(error));
        return `${t('# The trailers could not be made: {0}', visible(messageOf(error)))}\n`;
      }
    },
  };
  const refresh = later(SETTLE, () => {
    for (const { uri } of workspace.textDocuments) if (uri.scheme === TRAILERS_SCHEME) changed.fire(uri);
  });
  return Disposable.from(
    changed,
    refresh,
    workspace.registerTextDocumentContentProvider(TRAILERS_SCHEME, provider),
    repositories.onDidChange(refresh.ask),
    command(log, COMMANDS.previewTrailers, async (argument) => {
      const folder = await chosenRepository(repositories, argument);
      if (folder === null) return;
      const uri = uriOf(folder);
      // A preview that was closed a moment ago may still be in memory as it was then.
      changed.fire(uri);
      const options = { viewColumn: ViewColumn.Active, preserveFocus: true, preview: true };
      await window.showTextDocument(await workspace.openTextDocument(uri), options);
    }),
  );
}

function uriOf({ name, root }: RepositoryFolder): Uri {
  const title = t('Trailers of the next commit ({0})', visible(name)).replaceAll('/', '-');
  return Uri.from({ scheme: TRAILERS_SCHEME, path: `/${title}`, query: root });
}
