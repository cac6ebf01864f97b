import {
  Disposable,
  EventEmitter,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  type TreeDataProvider,
} from 'vscode';
import { COMMANDS, VIEWS } from '../contributions';
import type { Repositories, RepositoryFolder } from '../tracking';
import { command, messageOf } from './command';
import { t, type ViewDeps } from './deps';
import { openPlaces } from './git-diff';
import { later } from './later';
import {
  childrenOf,
  hunkTree,
  idOf,
  isReadable,
  lookOf,
  type Content,
  type Node,
  type RepositoryContent,
} from './text/hunk-tree';

/** Milliseconds from a change to a new look at the repositories. */
const SETTLE = 300;

/** The AI hunks that are not committed, in the Source Control container. */
export function openHunkTree({ repositories, log }: Pick<ViewDeps, 'repositories' | 'log'>): Disposable {
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => (node === undefined ? readWithProgress(repositories, log) : [...childrenOf(node)]),
    getTreeItem: itemOf,
  };
  const view = window.createTreeView(VIEWS.hunks, { treeDataProvider: provider, showCollapseAll: true });
  // The editor asks for entries only while the view is visible, so a hidden one costs nothing.
  const refresh = later(SETTLE, () => changed.fire());
  return Disposable.from(
    changed,
    view,
    refresh,
    repositories.onDidChange(refresh.ask),
    command(log, COMMANDS.refresh, async () => {
      await repositories.refresh();
      changed.fire();
    }),
    openPlaces({ log }),
  );
}

async function readWithProgress(repositories: Repositories, log: ViewDeps['log']): Promise<Node[]> {
  return await window.withProgress({ location: { viewId: VIEWS.hunks } }, async () => {
    const contents = await Promise.all(
      repositories.all().map((folder) => contentOf(repositories, log, folder)),
    );
    return [...hunkTree(t, contents)];
  });
}

async function contentOf(
  repositories: Repositories,
  log: ViewDeps['log'],
  folder: RepositoryFolder,
): Promise<RepositoryContent> {
  return { folder, content: isReadable(folder.state) ? await read(repositories, log, folder.root) : null };
}

async function read(repositories: Repositories, log: ViewDeps['log'], root: string): Promise<Content> {
  try {
    return { kind: 'status', status: await repositories.status(root) };
  } catch (error) {
    log.error(`AI hunks of ${root}:`, error instanceof Error ? error : String(error));
    return { kind: 'failure', problem: messageOf(error) };
  }
}

function itemOf(node: Node): TreeItem {
  const look = lookOf(t, node);
  const item = new TreeItem(look.label, collapsibleState(node));
  item.id = idOf(node);
  item.description = look.description;
  item.tooltip = look.tooltip;
  item.accessibilityInformation = { label: look.spoken };
  item.contextValue = node.kind;
  if (look.icon !== null) item.iconPath = new ThemeIcon(look.icon);
  else if (node.kind === 'file') {
    item.iconPath = ThemeIcon.File;
    item.resourceUri = Uri.joinPath(Uri.file(node.root), node.path);
  }
  if (look.command !== null) {
    const argument = node.kind === 'hunk' ? node : node.kind === 'notice' ? node.root : undefined;
    item.command = {
      command: look.command,
      title: look.label,
      ...(argument === undefined ? {} : { arguments: [argument] }),
    };
  }
  return item;
}

function collapsibleState(node: Node): TreeItemCollapsibleState {
  return childrenOf(node).length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Expanded;
}
