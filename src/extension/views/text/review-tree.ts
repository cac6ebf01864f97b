import type { Review, ReviewFile, ReviewHunk } from '../../../app/review';
import { ICONS, type CommandId } from '../../contributions';
import { verdictWords } from './committed-text';
import { counted, linesWords, viaWords, visible, whoWords, type Translate } from './words';

/** An entry of the tree of a review: tier → system → file → hunk. */
export type ReviewNode =
  | {
      readonly kind: 'tier';
      readonly id: string;
      readonly tier: number | null;
      readonly children: readonly ReviewNode[];
    }
  | {
      readonly kind: 'system';
      readonly id: string;
      readonly system: string;
      readonly owners: readonly string[];
      readonly children: readonly ReviewNode[];
    }
  | {
      readonly kind: 'file';
      readonly id: string;
      readonly file: ReviewFile;
      readonly children: readonly ReviewNode[];
    }
  | ReviewHunkNode;

export interface ReviewHunkNode {
  readonly kind: 'hunk';
  readonly id: string;
  readonly hunk: ReviewHunk;
  readonly isSeen: boolean;
}

/** What of a review is shown; an empty list shows all. */
export interface ReviewFilter {
  readonly tiers: readonly (number | null)[];
  readonly classes: readonly ReviewClass[];
  readonly agents: readonly (string | null)[];
  readonly unseenOnly: boolean;
}

export type ReviewClass = 'ai' | 'mixed' | 'deleted';

export const NO_FILTER: ReviewFilter = { tiers: [], classes: [], agents: [], unseenOnly: false };

export function classOf({ side, class: name }: ReviewHunk): ReviewClass {
  return side === '-' ? 'deleted' : name;
}

export function tierOf({ systems }: ReviewFile): number | null {
  return systems[0]?.tier ?? null;
}

/**
 * What a person has seen is these lines, whatever commit brings them: an amended or rebased branch keeps its marks where
 * the lines are the same, and loses them where one has changed.
 */
export function seenKey({ path, side, count, digest }: ReviewHunk): string {
  return `${side}${count}:${digest} ${path}`;
}

/** The tree, most critical first; a file of several systems stands in the most critical one. */
export function reviewTree(
  { files }: Pick<Review, 'files'>,
  seen: ReadonlySet<string>,
  filter: ReviewFilter,
): ReviewNode[] {
  const shown = files
    .filter((file) => wants(filter.tiers, tierOf(file)))
    .map((file) => fileNode(file, seen, filter))
    .filter(({ children }) => children.length > 0);
  const tiers = [...new Set(shown.map(({ file }) => tierOf(file)))].toSorted((a, b) => (a ?? 10) - (b ?? 10));
  return tiers.map((tier) => {
    const own = shown.filter(({ file }) => tierOf(file) === tier);
    const id = `tier ${tier}`;
    return { kind: 'tier', id, tier, children: tier === null ? own : systemNodes(id, own) };
  });
}

type FileNode = ReviewNode & { readonly kind: 'file' };

function systemNodes(above: string, files: readonly FileNode[]): ReviewNode[] {
  const names = [...new Set(files.map(({ file }) => file.systems[0]?.name ?? ''))].toSorted();
  return names.map((system) => {
    const children = files.filter(({ file }) => file.systems[0]?.name === system);
    const owners = children[0]?.file.systems[0]?.owners ?? [];
    return { kind: 'system', id: `${above} ${system}`, system, owners, children };
  });
}

function fileNode(file: ReviewFile, seen: ReadonlySet<string>, filter: ReviewFilter): FileNode {
  const children = file.hunks.flatMap((hunk, at): ReviewHunkNode[] => {
    const isSeen = seen.has(seenKey(hunk));
    const isWanted =
      wants(filter.classes, classOf(hunk)) &&
      wants(filter.agents, hunk.agent) &&
      !(filter.unseenOnly && isSeen);
    return isWanted ? [{ kind: 'hunk', id: `hunk ${file.path} ${at} ${hunk.commit}`, hunk, isSeen }] : [];
  });
  return { kind: 'file', id: `file ${file.path}`, file, children };
}

function wants<T>(chosen: readonly T[], value: T): boolean {
  return chosen.length === 0 || chosen.includes(value);
}

export function childrenOf(node: ReviewNode): readonly ReviewNode[] {
  return node.kind === 'hunk' ? [] : node.children;
}

/** All hunks below, in the order in which they are shown. */
export function hunksBelow(node: ReviewNode): readonly ReviewHunkNode[] {
  return node.kind === 'hunk' ? [node] : node.children.flatMap(hunksBelow);
}

/** How an entry looks and sounds. */
export interface ReviewLook {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly spoken: string;
  /** null: the icon of the file's kind. */
  readonly icon: string | null;
  readonly command: CommandId | null;
  readonly isSeen: boolean;
}

export function reviewLook(t: Translate, node: ReviewNode): ReviewLook {
  switch (node.kind) {
    case 'tier': {
      const label = node.tier === null ? t('In no system') : t('Tier {0}', node.tier);
      return groupLook(t, node, label, label, ICONS.tier);
    }
    case 'system': {
      const name = visible(node.system);
      const owners = node.owners.map(visible).join(', ');
      const tooltip = owners === '' ? name : t('{0}, owned by {1}', name, owners);
      return groupLook(t, node, name, tooltip, ICONS.system);
    }
    case 'file': {
      const path = visible(node.file.path);
      const cut = path.lastIndexOf('/') + 1;
      const others = node.file.systems
        .slice(1)
        .map(({ name, tier }) => t('Tier {0}: {1}', tier, visible(name)));
      const look = groupLook(t, node, path.slice(cut), [path, ...others].join('\n'), null);
      return {
        ...look,
        description: [path.slice(0, Math.max(0, cut - 1)), look.description].filter(Boolean).join(' · '),
      };
    }
    case 'hunk':
      return hunkLook(t, node);
  }
}

function groupLook(
  t: Translate,
  node: ReviewNode,
  label: string,
  tooltip: string,
  icon: string | null,
): ReviewLook {
  const hunks = hunksBelow(node);
  const seen = hunks.filter(({ isSeen }) => isSeen).length;
  const numbers = t('{0} of {1} seen', seen, hunks.length);
  const doubtful = hunks.filter(({ hunk }) => hunk.verdict === 'stale' || hunk.verdict === 'invalid').length;
  const description = doubtful === 0 ? numbers : t('{0}, {1} not verified', numbers, doubtful);
  return {
    label,
    description,
    tooltip,
    spoken: t('{0}, {1}', label, description),
    icon,
    command: null,
    isSeen: seen === hunks.length,
  };
}

function hunkLook(t: Translate, { hunk, isSeen }: ReviewHunkNode): ReviewLook {
  const lines = linesWords(t, hunk.now ?? hunk.start, hunk.count);
  const label = hunk.side === '-' ? t('deleted: {0}', lines) : lines;
  const who = whoWords(t, hunk);
  const commit = hunk.commit.slice(0, 8);
  const parts = [
    ...(hunk.side === '+' && hunk.class === 'mixed' ? [t('mixed')] : []),
    who,
    hunk.verdict,
    ...(hunk.side === '+' && hunk.now === null ? [t('changed since')] : []),
    commit,
  ];
  const kind = classWords(t, classOf(hunk));
  const tooltip = [
    `${visible(hunk.path)}: ${label}`,
    `${kind} (${who})`,
    t('How: {0}', viaWords(t, hunk.via)),
    t('Verdict: {0}', verdictWords(t, hunk.verdict)),
    `${commit} ${visible(hunk.subject)}`,
    ...(hunk.acknowledged === null
      ? []
      : [hunk.acknowledged ? t('Acknowledged by the committer') : t('Not acknowledged')]),
    ...(hunk.side === '+' && hunk.now === null
      ? [t('Later commits changed these lines; the place is that in the commit.')]
      : []),
  ];
  return {
    label,
    description: parts.join(' · '),
    tooltip: tooltip.join('\n'),
    spoken: t('{0}, {1}, {2}, {3}', kind, lines, who, visible(hunk.path)),
    icon: hunk.side === '-' ? ICONS.deleted : ICONS[hunk.class],
    command: 'hunkmark.openReviewHunk',
    isSeen,
  };
}

export function classWords(t: Translate, name: ReviewClass): string {
  switch (name) {
    case 'ai':
      return t('Written by AI');
    case 'mixed':
      return t('Written by AI and a person');
    case 'deleted':
      return t('Deleted by AI');
  }
}

/** What is to be said above the tree, calmly; empty where everything is known. */
export function reviewNotes(t: Translate, review: Review): string[] {
  const { commits, tracked, ends, unlisted, files } = review;
  const hunks = files.reduce((sum, file) => sum + file.hunks.length, 0);
  const untracked = commits - tracked - ends.length;
  return [
    ...(commits === 0 ? [t('There are no commits between the two.')] : []),
    ...(commits > 0 && tracked === 0
      ? [t('No commit here says who wrote its lines. That proves nothing, for or against AI.')]
      : []),
    ...(tracked > 0 && untracked > 0
      ? [
          counted(untracked, t('1 commit says nothing about its lines.'), (n) =>
            t('{0} commits say nothing about their lines.', n),
          ),
        ]
      : []),
    ...(tracked > 0 && hunks === 0 ? [t('No commit here says that AI wrote or deleted lines.')] : []),
    ...(ends.length > 0
      ? [
          t(
            'This clone is shallow: what {0} changes is not here (git fetch --unshallow).',
            ends.map((oid) => oid.slice(0, 8)).join(', '),
          ),
        ]
      : []),
    ...(unlisted > 0
      ? [
          counted(unlisted, t('1 line of AI is counted and not listed.'), (n) =>
            t('{0} lines of AI are counted and not listed.', n),
          ),
        ]
      : []),
    ...(review.policyProblem === null
      ? []
      : [t('The tiers are not known: {0}', visible(review.policyProblem))]),
  ];
}
