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
import { targetOf } from './staged-check';
import { checkWords } from './text/check-text';
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
export function openHunkTree(deps: TreeDeps): Disposable {
  const { repositories, checks, log } = deps;
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => (node === undefined ? readWithProgress(deps) : [...childrenOf(node)]),
    getTreeItem: itemOf,
  };
  const view = window.createTreeView(VIEWS.hunks, { treeDataProvider: provider, showCollapseAll: true });
  /** Seen while the view is closed, too: what the check would say is for the moment before a commit. */
  const describe = (): void => {
    const words = repositories.all().flatMap(({ root }) => {
      const check = checks.of(root);
      return check === null ? [] : (checkWords(t, check) ?? []);
    });
    view.description = words.join(' · ');
    refresh.ask();
  };
  // The editor asks for entries only while the view is visible, so a hidden one costs nothing.
  const refresh = later(SETTLE, () => changed.fire());
  return Disposable.from(
    changed,
    view,
    refresh,
    repositories.onDidChange(refresh.ask),
    checks.onDidChange(describe),
    command(log, COMMANDS.refresh, async () => {
      await repositories.refresh();
      changed.fire();
    }),
    openPlaces({ log }),
  );
}

type TreeDeps = Pick<ViewDeps, 'repositories' | 'checks' | 'log'>;

async function readWithProgress(deps: TreeDeps): Promise<Node[]> {
  return await window.withProgress({ location: { viewId: VIEWS.hunks } }, async () => {
    const contents = await Promise.all(deps.repositories.all().map((folder) => contentOf(deps, folder)));
    return [...hunkTree(t, contents)];
  });
}

async function contentOf(
  { repositories, checks, log }: TreeDeps,
  folder: RepositoryFolder,
): Promise<RepositoryContent> {
  const content = isReadable(folder.state) ? await read(repositories, log, folder.root) : null;
  return { folder, content, check: checks.of(folder.root) };
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
  if (node.kind === 'finding') {
    const target = targetOf(node.root, node.finding);
    if (target) item.command = { command: 'vscode.open', title: look.label, arguments: target };
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
