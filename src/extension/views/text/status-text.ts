import type { CommandId } from '../../contributions';
import { problemText, type PolicyProblem } from '../../../core/policy';
import type { DocumentState, RepositoryState, TierPlace, Untracked } from '../../tracking';
import { ownersOf, systemsWords } from './finding-text';
import { countLines, type Counts } from './marks';
import { counted, visible, type Translate } from './words';

/** What the status item shows, and the one thing that happens when it is chosen. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers: no icons, nothing shortened. */
  readonly label: string;
  readonly command: CommandId | typeof TRUST | typeof FOCUS;
  /** Something is broken, not merely chosen. */
  readonly warns: boolean;
}

/** Commands of the editor. */
export const TRUST = 'workbench.trust.manage';
export const FOCUS = 'hunkmark.hunks.focus';

/**
 * For the active file and the repository it is in; null: nothing to say here. A repository in which Hunkmark does not
 * work comes before the file: that is what has to be mended.
 */
export function statusText(
  t: Translate,
  document: DocumentState | null,
  repository: { readonly name: string; readonly state: RepositoryState } | null,
  policy: PolicySaid = NO_POLICY,
): StatusText | null {
  if (repository === null) return null;
  const broken = brokenText(t, visible(repository.name), repository.state);
  if (broken !== null) return broken;
  if (document === null) return null;
  const text =
    document.kind === 'untracked' ? untrackedText(t, document.why) : countsText(t, countLines(document));
  return text && withPolicy(t, text, policy);
}

/** What the policy says of the file, and what is wrong with the policy itself. */
export interface PolicySaid {
  readonly place: TierPlace | null;
  readonly problem: PolicyProblem | null;
}

const NO_POLICY: PolicySaid = { place: null, problem: null };

function withPolicy(t: Translate, text: StatusText, { place, problem }: PolicySaid): StatusText {
  const short = [
    ...(place === null ? [] : [t('tier {0}', place.tier)]),
    ...(problem === null ? [] : [t('policy not read')]),
  ];
  const long = [
    ...(place === null ? [] : [t('This file is in {0}.', systemsWords(t, place.placement))]),
    ...ownersSaid(t, place),
    ...(problem === null
      ? []
      : [
          t(
            'The policy of the last commit cannot be read: {0}. The last one that could be judges here.',
            visible(problemText(problem)),
          ),
        ]),
  ];
  return {
    ...text,
    text: [text.text, ...short].join(' · '),
    tooltip: [text.tooltip, ...long].join('\n'),
    label: [text.label, ...long].join(' '),
    warns: text.warns || problem !== null,
  };
}

function ownersSaid(t: Translate, place: TierPlace | null): string[] {
  const owners = place === null ? [] : ownersOf(place.placement);
  return owners.length === 0 ? [] : [t('Owners: {0}.', owners.map(visible).join(', '))];
}

function brokenText(t: Translate, name: string, state: RepositoryState): StatusText | null {
  const shown = (
    text: string,
    what: string,
    toDo: string,
    command: StatusText['command'],
    warns = false,
  ): StatusText => ({
    text: `$(${warns ? 'warning' : 'circle-slash'}) ${text}`,
    tooltip: `${what}\n${toDo}`,
    label: `${what} ${toDo}`,
    command,
    warns,
  });
  switch (state.kind) {
    case 'installed':
      return null;
    case 'not-asked':
      return shown(
        t('Hunkmark: not set up'),
        t('Hunkmark is not set up in {0}: commits get no trailers.', name),
        t('Choose to see what it would do.'),
        'hunkmark.setUp',
      );
    case 'declined':
      return shown(
        t('Hunkmark: not used'),
        t('You chose not to use Hunkmark in {0}.', name),
        t('Choose to set it up after all.'),
        'hunkmark.setUp',
      );
    case 'untrusted':
      return shown(
        t('Hunkmark: not trusted'),
        t('This workspace is not trusted: Hunkmark starts no process and writes nothing.'),
        t('Choose to manage trust.'),
        TRUST,
      );
    case 'off':
      return shown(
        t('Hunkmark: off'),
        t('Hunkmark is turned off in {0}.', name),
        t('Choose to turn it on.'),
        'hunkmark.turnOn',
      );
    case 'incomplete':
      return shown(
        t('Hunkmark: incomplete'),
        t('Hunkmark does not work in {0}: {1}', name, visible(state.problem)),
        t('Choose to repair it.'),
        'hunkmark.repair',
        true,
      );
  }
}

function countsText(t: Translate, counts: Counts): StatusText {
  const short = [
    t('AI {0}', counts.ai),
    ...(counts.mixed > 0 ? [t('mixed {0}', counts.mixed)] : []),
    ...(counts.unknown > 0 ? [t('unknown {0}', counts.unknown)] : []),
    ...(counts.deleted > 0 ? [t('deleted {0}', counts.deleted)] : []),
  ];
  const long = [
    counted(counts.ai, t('1 AI line'), (n) => t('{0} AI lines', n)),
    counted(counts.mixed, t('1 mixed line'), (n) => t('{0} mixed lines', n)),
    counted(counts.unknown, t('1 line of unknown origin'), (n) => t('{0} lines of unknown origin', n)),
    counted(counts.deleted, t('1 line deleted by AI'), (n) => t('{0} lines deleted by AI', n)),
  ];
  const what = t('Not committed in this file: {0}.', long.join(', '));
  return {
    text: `$(sparkle) ${short.join(' · ')}`,
    tooltip: [
      what,
      t(
        'Committed lines are marked where a commit says that AI wrote them; of the others history says nothing.',
      ),
      t('Choose to show all AI hunks.'),
    ].join('\n'),
    label: `${what} ${t('Choose to show all AI hunks.')}`,
    command: FOCUS,
    warns: false,
  };
}

function untrackedText(t: Translate, why: Untracked): StatusText | null {
  const reason = untrackedWords(t, why);
  if (reason === null) return null;
  return {
    text: `$(sparkle) ${t('not tracked')}`,
    tooltip: reason,
    label: t('Hunkmark: {0}', reason),
    command: FOCUS,
    warns: false,
  };
}

/** null: where nobody expects lines to be followed, or only for a moment. */
export function untrackedWords(t: Translate, why: Untracked): string | null {
  switch (why) {
    case 'no-file':
    case 'no-repository':
    case 'opening':
      return null;
    case 'untrusted':
      return t('This workspace is not trusted: the lines of this file are not followed.');
    case 'notebook':
      return t('Notebooks are not supported: the lines of this file are not followed.');
    case 'too-large':
      return t('This file is too large: its lines are not followed.');
    case 'ignored':
      return t('Git ignores this file: its lines are not followed.');
    case 'off':
      return t('Hunkmark is turned off: the lines of this file are not followed.');
  }
}
