import type { Review } from '../../../app/review';
import { codeSpan } from '../../../core/markdown';
import {
  childrenOf,
  classOf,
  hunksBelow,
  NO_FILTER,
  reviewNotes,
  reviewTree,
  type ReviewHunkNode,
  type ReviewNode,
} from './review-tree';
import { linesWords, visible, type Translate } from './words';

/** A review as Markdown, to paste into a discussion: whatever comes from the repository stands in code spans. */
export function reviewSummary(t: Translate, name: string, review: Review, seen: ReadonlySet<string>): string {
  const tree = reviewTree(review, seen, NO_FILTER);
  const hunks = tree.flatMap(hunksBelow);
  const of = (kind: 'ai' | 'mixed' | 'deleted'): number =>
    hunks.filter(({ hunk }) => classOf(hunk) === kind).reduce((sum, { hunk }) => sum + hunk.count, 0);
  const done = hunks.filter(({ isSeen }) => isSeen).length;
  const against = review.base === null ? '' : ` ${t('against {0}', codeSpan(visible(review.base.name)))}`;
  const lines = [
    `## ${t('AI hunks of {0}', codeSpan(visible(name)))}${against}`,
    '',
    t(
      '{0} AI lines, {1} mixed, {2} deleted by AI, in {3} hunks of {4} commits. Seen: {5}.',
      of('ai'),
      of('mixed'),
      of('deleted'),
      hunks.length,
      review.commits,
      done,
    ),
    ...reviewNotes(t, review).map((note) => `\n${note}`),
    ...tree.flatMap((tier) => sections(t, tier)),
  ];
  return `${lines.join('\n')}\n`;
}

function sections(t: Translate, tier: ReviewNode): string[] {
  if (tier.kind !== 'tier') return [];
  if (tier.tier === null)
    return ['', `### ${t('In no system')}`, ...tier.children.flatMap((file) => fileLines(t, file))];
  const { tier: number } = tier;
  return tier.children.flatMap((system) =>
    system.kind === 'system'
      ? [
          '',
          `### ${t('Tier {0}: {1}', number, codeSpan(visible(system.system)))}`,
          ...system.children.flatMap((file) => fileLines(t, file)),
        ]
      : [],
  );
}

function fileLines(t: Translate, file: ReviewNode): string[] {
  if (file.kind !== 'file') return [];
  return [
    '',
    `**${codeSpan(visible(file.file.path))}**`,
    '',
    ...childrenOf(file).flatMap((node) => (node.kind === 'hunk' ? [hunkLine(t, node)] : [])),
  ];
}

function hunkLine(t: Translate, { hunk, isSeen }: ReviewHunkNode): string {
  const lines = linesWords(t, hunk.now ?? hunk.start, hunk.count);
  const who =
    hunk.agent === null
      ? []
      : [codeSpan(visible(hunk.agent + (hunk.model === null ? '' : `:${hunk.model}`)))];
  const words = [
    hunk.side === '-' ? t('deleted: {0}', lines) : lines,
    ...(hunk.class === 'mixed' && hunk.side === '+' ? [t('mixed')] : []),
    ...who,
    hunk.verdict,
    ...(hunk.acknowledged === null ? [] : [hunk.acknowledged ? t('acknowledged') : t('not acknowledged')]),
    hunk.commit.slice(0, 12),
  ];
  return `- [${isSeen ? 'x' : ' '}] ${words.join(', ')}`;
}
