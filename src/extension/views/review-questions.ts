import { window, type QuickPickItem } from 'vscode';
import type { Review } from '../../app/review';
import { t } from './deps';
import {
  classOf,
  classWords,
  NO_FILTER,
  tierOf,
  type ReviewClass,
  type ReviewFilter,
} from './text/review-tree';
import { whoWords } from './text/words';

/** A branch, a tag or a commit; null: the person has thought better of it. A command may bring the answer along. */
export async function askBase(argument: unknown): Promise<string | null> {
  if (typeof argument === 'string' && !argument.startsWith('/')) return argument;
  const placeHolder = 'origin/main';
  return (await window.showInputBox({ prompt: t('Against which branch or commit?'), placeHolder })) || null;
}

export async function askCommit(argument: unknown): Promise<string | null> {
  if (typeof argument === 'string' && !argument.startsWith('/')) return argument;
  return (await window.showInputBox({ prompt: t('Which commit?'), value: 'HEAD' })) || null;
}

type Choice = QuickPickItem &
  (
    | { readonly of: 'tier'; readonly value: number | null }
    | { readonly of: 'class'; readonly value: ReviewClass }
    | { readonly of: 'agent'; readonly value: string | null }
    | { readonly of: 'unseen'; readonly value: true }
  );

/** What there is in a review to choose from; null: nothing was changed. */
export async function askFilter(review: Review, now: ReviewFilter): Promise<ReviewFilter | null> {
  const choices = choicesOf(review, now);
  const placeHolder = t('What is to be shown? With nothing chosen of a kind, all of it.');
  const chosen = await window.showQuickPick(choices, { canPickMany: true, placeHolder });
  if (chosen === undefined) return null;
  if (chosen.length === 0) return NO_FILTER;
  return {
    tiers: chosen.flatMap((each) => (each.of === 'tier' ? [each.value] : [])),
    classes: chosen.flatMap((each) => (each.of === 'class' ? [each.value] : [])),
    agents: chosen.flatMap((each) => (each.of === 'agent' ? [each.value] : [])),
    unseenOnly: chosen.some(({ of }) => of === 'unseen'),
  };
}

function choicesOf({ files }: Review, now: ReviewFilter): Choice[] {
  const hunks = files.flatMap((file) => file.hunks);
  const tiers = [...new Set(files.map(tierOf))].toSorted((a, b) => (a ?? 10) - (b ?? 10));
  const classes = (['ai', 'mixed', 'deleted'] as const).filter((each) =>
    hunks.some((hunk) => classOf(hunk) === each),
  );
  const agents = [...new Set(hunks.map(({ agent }) => agent))];
  return [
    ...tiers.map((value): Choice => {
      const label = value === null ? t('In no system') : t('Tier {0}', value);
      return { of: 'tier', value, label, picked: now.tiers.includes(value) };
    }),
    ...classes.map((value): Choice => {
      return { of: 'class', value, label: classWords(t, value), picked: now.classes.includes(value) };
    }),
    ...agents.map((value): Choice => {
      const label = whoWords(t, { agent: value, model: null });
      return { of: 'agent', value, label, picked: now.agents.includes(value) };
    }),
    { of: 'unseen', value: true, label: t('Only what you have not seen'), picked: now.unseenOnly },
  ];
}
