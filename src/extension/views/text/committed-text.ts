import type { CommitAbout } from '../../../app/about-commit';
import type { CommittedRun } from '../../tracking';
import { escapeMarkdown, paragraphs } from './hover-text';
import { ageWords, linesWords, viaWords, whoWords, type Translate } from './words';

/** A run of committed lines, and its commit; `about` is null where that is not here, or still to be made. */
export interface CommittedLines {
  readonly run: CommittedRun;
  readonly what: 'written' | 'gone';
  readonly about: CommitAbout | null;
}

/** Who wrote (took out) a run of committed lines, in which commit, and who has looked at it, in Markdown. */
export function committedText(t: Translate, { run, what, about }: CommittedLines, now: number): string {
  const lines = linesWords(t, run.start + 1, run.count);
  return paragraphs([
    `**${titleOf(t, run, what)}** (${lines})`,
    [
      t('By: {0}', escapeMarkdown(whoWords(t, run))),
      t('How: {0}', viaWords(t, run.via)),
      ...(run.commit === null ? [t('Not committed yet')] : commitFacts(t, run, run.commit, about, now)),
    ].join('  \n'),
  ]);
}

function titleOf(t: Translate, run: CommittedRun, what: CommittedLines['what']): string {
  if (what === 'gone') return t('AI deleted this on the other side');
  return run.class === 'ai' ? t('AI wrote this') : t('AI and a person wrote this');
}

function commitFacts(
  t: Translate,
  run: CommittedRun,
  commit: string,
  about: CommitAbout | null,
  now: number,
): string[] {
  const name = `\`${commit.slice(0, 10)}\``;
  const verdict = t('Verdict: {0}', verdictWords(t, run.verdict));
  if (about === null) return [t('Commit: {0}', name), verdict];
  const subject = escapeMarkdown(about.subject);
  return [
    t('Commit: {0} {1}', name, subject),
    t('Author: {0}, {1}', escapeMarkdown(about.author), ageWords(t, about.time, now)),
    verdict,
    t('Acknowledged: {0}', ackWords(t, about.ack)),
    ...about.systems.map(({ tier, name: system }) => t('Tier {0}: {1}', tier, escapeMarkdown(system))),
  ];
}

function ackWords(t: Translate, ack: CommitAbout['ack']): string {
  if (ack === null) return t('nobody says so');
  const by = escapeMarkdown(ack.by);
  return ack.valid ? t('by {0}', by) : t('by {0}, but that is not valid here', by);
}

export function verdictWords(t: Translate, verdict: 'exact' | 'moved' | 'stale' | 'invalid' | null): string {
  switch (verdict) {
    case 'exact':
      return t('exact: the commit brought these lines here');
    case 'moved':
      return t('moved: the commit brought these lines, elsewhere than it says');
    case 'stale':
      return t('stale: the lines were changed since');
    case 'invalid':
      return t('invalid: there are no such lines');
    case null:
      return t('none');
  }
}
