import {
  commands,
  Disposable,
  env,
  EventEmitter,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
  Uri,
  window,
  type TreeDataProvider,
} from 'vscode';
import type { Review, ReviewRequest } from '../../app/review';
import { COMMANDS, CONTEXT_KEYS, VIEWS } from '../contributions';
import type { RepositoryFolder } from '../tracking';
import { chosenRepository, command, messageOf } from './command';
import { t, type ViewDeps } from './deps';
import { later } from './later';
import { openReviewHunk, parseHunkNode } from './review-open';
import { askBase, askCommit, askFilter } from './review-questions';
import { openSeen } from './seen';
import { reviewSummary } from './text/review-summary';
import {
  childrenOf,
  hunksBelow,
  NO_FILTER,
  reviewLook,
  reviewNotes,
  reviewTree,
  seenKey,
  type ReviewFilter,
  type ReviewHunkNode,
  type ReviewNode,
} from './text/review-tree';
import { visible } from './text/words';

type Deps = Pick<ViewDeps, 'repositories' | 'log' | 'workspaceState'>;

/** What is being reviewed, and what was read of it. */
interface Shown {
  readonly folder: RepositoryFolder;
  readonly request: ReviewRequest;
  readonly name: string;
  readonly review: Review | null;
}

/** Milliseconds from a commit to a new look at the branch. */
const SETTLE = 400;

/** The AI hunks of a branch or a commit, with check boxes for those that the reviewer has looked at. */
export function openReview({ repositories, log, workspaceState }: Deps): Disposable {
  const changed = new EventEmitter<void>();
  const seen = openSeen(workspaceState);
  let shown: Shown | null = null;
  let filter: ReviewFilter = NO_FILTER;
  let tree: readonly ReviewNode[] = [];
  let parents = new Map<string, ReviewNode>();
  let at: string | null = null;

  const provider: TreeDataProvider<ReviewNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => [...(node === undefined ? tree : childrenOf(node))],
    getParent: ({ id }) => parents.get(id),
    getTreeItem: (node) => itemOf(node, shown?.folder.root ?? ''),
  };
  const view = window.createTreeView(VIEWS.review, {
    treeDataProvider: provider,
    showCollapseAll: true,
    manageCheckboxStateManually: true,
  });

  const draw = (): void => {
    const review = shown?.review ?? null;
    tree = shown && review ? reviewTree(review, seen.of(shown.folder.root), filter) : [];
    parents = new Map(tree.flatMap(parentsBelow));
    const hunks = tree.flatMap(hunksBelow);
    const notes = review ? reviewNotes(t, review) : [];
    const isFiltered = filter !== NO_FILTER ? [t('Filtered: some hunks are not shown.')] : [];
    view.message = [...notes, ...isFiltered].join('\n');
    const done = hunks.filter(({ isSeen }) => isSeen).length;
    view.description = shown ? `${visible(shown.name)} · ${t('{0} of {1} seen', done, hunks.length)}` : '';
    changed.fire();
  };
  const read = async (next: Shown): Promise<void> => {
    await window.withProgress({ location: { viewId: VIEWS.review } }, async () => {
      try {
        const review = await repositories.review(next.folder.root, next.request);
        const against = review.base === null ? '' : ` ← ${review.base.name}`;
        shown = { ...next, name: next.name.split(' ← ')[0] + against, review };
        await commands.executeCommand('setContext', CONTEXT_KEYS.reviewing, true);
        draw();
      } catch (error) {
        shown = { ...next, review: null };
        draw();
        view.message = visible(messageOf(error));
        throw error;
      }
    });
  };
  const begin = async (
    folder: RepositoryFolder | null,
    request: ReviewRequest,
    name: string,
  ): Promise<void> => {
    if (folder === null) return;
    filter = NO_FILTER;
    at = null;
    await commands.executeCommand(`${VIEWS.review}.focus`);
    await read({ folder, request, name, review: null });
  };
  const go = async (step: 1 | -1): Promise<void> => {
    const hunks = tree.flatMap(hunksBelow);
    const from = hunks.findIndex(({ id }) => id === (at ?? view.selection[0]?.id));
    const index =
      from < 0 ? (step === 1 ? 0 : hunks.length - 1) : (from + step + hunks.length) % hunks.length;
    const next = hunks[index];
    if (!next || !shown?.review) return;
    await view.reveal(next, { select: true, focus: false });
    await open(next);
    window.setStatusBarMessage(t('AI hunk {0} of {1}', index + 1, hunks.length), 4000);
  };
  const open = async (node: ReviewHunkNode): Promise<void> => {
    if (!shown?.review) return;
    at = node.id;
    await openReviewHunk(shown.folder.root, shown.review, node.hunk);
  };
  const again = later(SETTLE, () => {
    if (shown?.request.kind === 'branch' && view.visible)
      read(shown).catch((e: unknown) => log.error(String(e)));
  });

  return Disposable.from(
    changed,
    view,
    again,
    repositories.onDidMove(again.ask),
    view.onDidChangeCheckboxState(async ({ items }) => {
      if (!shown) return;
      for (const [node, state] of items)
        await seen.set(
          shown.folder.root,
          hunksBelow(node).map(({ hunk }) => seenKey(hunk)),
          state === TreeItemCheckboxState.Checked,
        );
      draw();
    }),
    command(log, COMMANDS.reviewBranch, async (argument) => {
      const folder = await chosenRepository(repositories, argument);
      const base = folder && seen.baseOf(folder.root);
      await begin(folder, { kind: 'branch', base, head: 'HEAD' }, t('this branch'));
    }),
    command(log, COMMANDS.reviewAgainst, async (argument) => {
      const folder = await chosenRepository(repositories, argument);
      const base = folder && (await askBase(argument));
      if (folder === null || base === null) return;
      await begin(folder, { kind: 'branch', base, head: 'HEAD' }, t('this branch'));
      await seen.setBase(folder.root, base);
    }),
    command(log, COMMANDS.reviewCommit, async (argument) => {
      const folder = await chosenRepository(repositories, argument);
      const revision = folder && (await askCommit(argument));
      if (revision !== null) await begin(folder, { kind: 'commit', revision }, revision.slice(0, 12));
    }),
    command(log, COMMANDS.refreshReview, async () => {
      if (shown) await read(shown);
    }),
    command(log, COMMANDS.filterReview, async () => {
      const chosen = shown?.review ? await askFilter(shown.review, filter) : null;
      if (chosen === null) return;
      filter = chosen;
      draw();
    }),
    command(log, COMMANDS.nextReviewHunk, () => go(1)),
    command(log, COMMANDS.previousReviewHunk, () => go(-1)),
    command(log, COMMANDS.copyReviewSummary, async () => {
      if (!shown?.review) return;
      const { review, folder, name } = shown;
      await env.clipboard.writeText(
        reviewSummary(t, name.split(' ← ')[0] ?? name, review, seen.of(folder.root)),
      );
      window.setStatusBarMessage(t('The summary of the review is in the clipboard'), 4000);
    }),
    command(log, COMMANDS.openReviewHunk, async (argument) => {
      const node = parseHunkNode(argument);
      if (node !== null) await open(node);
    }),
  );
}

function parentsBelow(node: ReviewNode): [string, ReviewNode][] {
  return childrenOf(node).flatMap((child): [string, ReviewNode][] => [
    [child.id, node],
    ...parentsBelow(child),
  ]);
}

function itemOf(node: ReviewNode, root: string): TreeItem {
  const look = reviewLook(t, node);
  const item = new TreeItem(look.label, collapsibleState(node));
  item.id = node.id;
  item.description = look.description;
  item.tooltip = look.tooltip;
  item.accessibilityInformation = { label: look.spoken };
  item.contextValue = node.kind;
  item.checkboxState = {
    state: look.isSeen ? TreeItemCheckboxState.Checked : TreeItemCheckboxState.Unchecked,
    tooltip: look.isSeen ? t('Seen') : t('Not seen'),
    accessibilityInformation: { label: t('Seen: {0}', look.spoken), role: 'checkbox' },
  };
  if (look.icon !== null) item.iconPath = new ThemeIcon(look.icon);
  else if (node.kind === 'file') {
    item.iconPath = ThemeIcon.File;
    item.resourceUri = Uri.joinPath(Uri.file(root), node.file.path);
  }
  if (look.command !== null) item.command = { command: look.command, title: look.label, arguments: [node] };
  return item;
}

function collapsibleState(node: ReviewNode): TreeItemCollapsibleState {
  return node.kind === 'hunk' ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Expanded;
}
