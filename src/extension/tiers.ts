import * as path from 'node:path';
import {
  Disposable,
  EventEmitter,
  workspace,
  type LogOutputChannel,
  type TextDocument,
  type Uri,
} from 'vscode';
import { acknowledgeOpen, waitingAcks, type WaitingAcks } from '../app/ack';
import { NO_BRANCH, readBranch, readBranchLines, type Branch } from '../app/branch-lines';
import { isGeneratedFile, readEditorPolicy, type EditorPolicy } from '../app/editor-policy';
import { rangesSeen } from '../app/open-commit';
import { NO_BRANCH_LINES, openRanges, type BranchLines } from '../app/open-ranges';
import { dayOf } from '../app/policy';
import { inlineFindings, type InlineFinding, type OpenRange } from '../core/inline';
import { placePath } from '../core/placing';
import type { ProvenanceRange } from '../core/range';
import { SECTION, SETTINGS, type SettingValues } from './contributions';
import type { FollowedDocuments } from './documents';
import type { OpenText } from './followed-document';
import type { WatchedRepositories } from './repositories';
import type { RepositoryFolder, TierPlace, Tiers } from './tracking';

export interface WatchedTiers extends Tiers, Disposable {}

export interface TierOptions {
  readonly log: LogOutputChannel;
  readonly documents: Pick<FollowedDocuments, 'textOf' | 'flush'>;
  readonly repositories: Pick<WatchedRepositories, 'all' | 'of' | 'onDidChange' | 'onDidMove'>;
}

/** The editor drops what is over a thousand of one file. */
const MOST_FINDINGS = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A repository with the policy of its HEAD, read once for each HEAD. */
interface Judged {
  policy: EditorPolicy;
  branch: Branch;
  acks: WaitingAcks | null;
}

interface Answer {
  readonly key: readonly unknown[];
  readonly findings: readonly InlineFinding[];
}

/** What the policies of the open repositories say of files. Without a policy it holds nothing and says nothing. */
export function watchTiers({ log, documents, repositories }: TierOptions): WatchedTiers {
  const judged = new Map<string, Judged>();
  const branchLines = new WeakMap<TextDocument, { readonly branch: Branch; lines: BranchLines }>();
  const answers = new WeakMap<TextDocument, Answer>();
  /** By policy and path; null: it has been asked and not answered yet. */
  const generated = new WeakMap<EditorPolicy, Map<string, boolean | null>>();
  const changed = new EventEmitter<void>();
  let reading: Promise<void> = Promise.resolve();

  const refresh = (): Promise<void> => (reading = reading.then(readAll));
  const readAll = async (): Promise<void> => {
    const open = repositories.all().filter(isAsked);
    let isNew = false;
    for (const root of judged.keys())
      if (!open.some((each) => each.root === root)) isNew = judged.delete(root);
    for (const { root } of open) {
      try {
        isNew = (await readOne(root)) || isNew;
      } catch (error) {
        log.error(`the policy of ${root} could not be read: ${String(error)}`);
      }
    }
    if (isNew) changed.fire();
  };

  /** Whether anything is different now. */
  const readOne = async (root: string): Promise<boolean> => {
    const last = judged.get(root) ?? null;
    const policy = await readEditorPolicy(root, last?.policy ?? null);
    const acks = policy.matcher === null ? null : waitingAcks(root, last?.acks ?? null);
    const branch = await branchOf(root, policy, last);
    if (policy === last?.policy && branch === last.branch && acks?.version === last.acks?.version)
      return false;
    judged.set(root, { policy, branch, acks });
    return true;
  };

  const branchOf = async (root: string, policy: EditorPolicy, last: Judged | null): Promise<Branch> => {
    if (policy.matcher === null || settingOf() !== 'branch') return NO_BRANCH;
    if (last !== null && last.branch !== NO_BRANCH && last.policy === policy) return last.branch;
    return await readBranch(root, policy.matcher, dayOf(Date.now()));
  };

  const findingsOf = (document: TextDocument): readonly InlineFinding[] => {
    const open = documents.textOf(document);
    const root = open?.file.repository.worktree ?? null;
    const own = root === null ? undefined : judged.get(root);
    if (open === null || own === undefined || own.policy.matcher === null || settingOf() === 'off')
      return NO_FINDINGS;
    const today = dayOf(Date.now());
    const isGenerated = generated.get(own.policy)?.get(open.file.path);
    const key = [open.known, open.file.head, own, today, linesOf(document, open, own), isGenerated];
    const before = answers.get(document);
    if (before?.key.every((each, at) => each === key[at])) return before.findings;
    const findings = answer(document, open, own, today);
    answers.set(document, { key, findings });
    return findings;
  };

  const answer = (
    document: TextDocument,
    { file, known }: OpenText,
    own: Judged,
    today: string,
  ): readonly InlineFinding[] => {
    const placement = own.policy.matcher && placePath(own.policy.matcher, file.path, today);
    // Most files are in no system: nothing is compared for them.
    if (placement === null || placement.tier === null) return NO_FINDINGS;
    const findings = inlineFindings({
      isGenerated: false,
      ranges: openRanges(file, known, linesOf(document, { file, known }, own)),
      placement,
      acknowledgedWhy: (range) =>
        range.commit !== null && own.branch.acknowledged.has(range.commit)
          ? { reason: null }
          : (own.acks?.of(range) ?? null),
      today,
      most: MOST_FINDINGS,
    });
    // What programs make is asked about only where there would be something to say.
    return findings.length === 0 || !isByHand(file, own) ? NO_FINDINGS : findings;
  };

  /** Asked once for each file and HEAD; until git has answered nothing is said. */
  const isByHand = ({ path: name, repository }: OpenText['file'], { policy }: Judged): boolean => {
    const files = generated.get(policy) ?? new Map<string, boolean | null>();
    generated.set(policy, files);
    const known = files.get(name);
    if (known !== undefined) return known === false;
    files.set(name, null);
    isGeneratedFile(repository.worktree ?? '', policy.head ?? '', name).then(
      (is) => {
        files.set(name, is);
        changed.fire();
      },
      (error: unknown) => log.error(`${name}: its attributes could not be read: ${String(error)}`),
    );
    return false;
  };

  /** The branch's lines of a file; asked for once for each HEAD, and drawn when they are there. */
  const linesOf = (document: TextDocument, { file }: OpenText, { branch }: Judged): BranchLines => {
    const known = branchLines.get(document);
    if (branch.commits.size === 0) return NO_BRANCH_LINES;
    if (known?.branch === branch) return known.lines;
    const entry = { branch, lines: NO_BRANCH_LINES };
    branchLines.set(document, entry);
    const root = file.repository.worktree ?? '';
    readBranchLines(root, file.path, branch).then(
      (lines) => {
        entry.lines = lines;
        changed.fire();
      },
      (error: unknown) =>
        log.error(`${file.path}: the lines of the branch could not be read: ${String(error)}`),
    );
    return NO_BRANCH_LINES;
  };

  const pathIn = (root: string, uri: Uri): string =>
    path.relative(root, uri.fsPath).split(path.sep).join('/');

  /** What the commit will ask for is cut by git's diff, not by the editor's. */
  const cutByGit = async (
    { file, known }: OpenText,
    root: string,
    chosen: readonly OpenRange[],
  ): Promise<readonly ProvenanceRange[]> => {
    try {
      documents.flush();
      const acks = waitingAcks(root, null);
      const seen = openRanges(file, known).filter((range) => acks.of(range) !== null);
      return await rangesSeen(file, known.lines, [...seen, ...chosen]);
    } catch (error) {
      log.error(`${file.path}: git did not say how the commit cuts what was acknowledged: ${String(error)}`);
      return [];
    }
  };

  const placeOf = (uri: Uri): TierPlace | null => {
    // The Explorer asks about every file that it shows.
    if (![...judged.values()].some(({ policy }) => policy.matcher !== null)) return null;
    const folder = repositories.of(uri);
    const own = folder && judged.get(folder.root);
    if (!own || own.policy.matcher === null) return null;
    const inside = pathIn(folder.root, uri);
    const placement = placePath(own.policy.matcher, inside, dayOf(Date.now()));
    return placement.tier === null
      ? null
      : { root: folder.root, path: inside, tier: placement.tier, placement };
  };

  let midnight: NodeJS.Timeout;
  const waitForMidnight = (): void => {
    midnight = setTimeout(
      () => {
        changed.fire();
        waitForMidnight();
      },
      DAY_MS - (Date.now() % DAY_MS),
    );
  };
  waitForMidnight();
  const subscriptions = [
    changed,
    repositories.onDidMove(() => void refresh()),
    repositories.onDidChange(() => void refresh()),
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(`${SECTION}.${SETTINGS.inline}`)) return;
      void refresh().then(() => changed.fire());
    }),
  ];
  void refresh();
  return Object.freeze({
    onDidChange: changed.event,
    findingsOf,
    placeOf,
    problemOf: (root: string) => judged.get(root)?.policy.problem ?? null,
    hasPolicy: (root: string) => (judged.get(root)?.policy.matcher ?? null) !== null,
    isPolicyFile(uri: Uri): boolean {
      const folder = repositories.of(uri);
      const files = folder && judged.get(folder.root)?.policy.files;
      return folder !== null && (files?.has(pathIn(folder.root, uri)) ?? false);
    },
    async acknowledge(document: TextDocument, findings: readonly InlineFinding[], reason: string | null) {
      const open = documents.textOf(document);
      const root = open?.file.repository.worktree ?? null;
      if (open === null || root === null) return;
      const chosen = findings.flatMap(({ ranges }) => ranges);
      await acknowledgeOpen(root, chosen, Date.now(), reason);
      await acknowledgeOpen(root, await cutByGit(open, root, chosen), Date.now(), reason);
      await refresh();
    },
    dispose(): void {
      clearTimeout(midnight);
      Disposable.from(...subscriptions).dispose();
    },
  });
}

const NO_FINDINGS: readonly InlineFinding[] = [];

function settingOf(): SettingValues['inline'] {
  return workspace.getConfiguration(SECTION).get<SettingValues['inline']>(SETTINGS.inline, 'uncommitted');
}

/** Whoever wants no Hunkmark in a repository is not warned there. */
function isAsked({ state }: RepositoryFolder): boolean {
  switch (state.kind) {
    case 'installed':
    case 'incomplete':
    case 'not-asked':
      return true;
    case 'declined':
    case 'untrusted':
    case 'off':
      return false;
  }
}
