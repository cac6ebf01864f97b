import { Disposable, EventEmitter, workspace, type LogOutputChannel } from 'vscode';
import { checkStaged } from '../app/check-staged';
import { stagedVersion } from '../app/staged-version';
import { summarize } from '../core/finding';
import type { WatchedRepositories } from './repositories';
import type { StagedCheck, StagedChecks, Tiers } from './tracking';

export interface WatchedStagedChecks extends StagedChecks, Disposable {}

export interface StagedCheckOptions {
  readonly log: LogOutputChannel;
  readonly repositories: Pick<WatchedRepositories, 'all' | 'onDidChange'>;
  readonly tiers: Pick<Tiers, 'hasPolicy' | 'onDidChange'>;
}

const SETTLE_MS = 600;

/** What a check would say of what is staged, asked again only where the index, HEAD or an acknowledgement has changed. */
export function watchStagedChecks({ log, repositories, tiers }: StagedCheckOptions): WatchedStagedChecks {
  const known = new Map<string, { readonly version: string; readonly check: StagedCheck }>();
  const changed = new EventEmitter<void>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();

  const now = async (root: string): Promise<StagedCheck> => {
    const { findings, summary, commits } = await checkStaged(
      { cwd: root, env: {} },
      { asOf: null, now: Date.now() },
    );
    return { findings, summary, isEmpty: commits === 0 };
  };
  /** The message is written last: what it has to have is not missed before. */
  const early = async (root: string): Promise<StagedCheck> => {
    const { findings: all, isEmpty } = await now(root);
    const findings = all.filter(({ ruleId }) => ruleId !== 'tier/change-ref');
    return { findings, summary: summarize(findings), isEmpty };
  };
  const look = async (root: string): Promise<boolean> => {
    if (!tiers.hasPolicy(root)) return known.delete(root);
    const version = await stagedVersion(root);
    if (known.get(root)?.version === version) return false;
    known.set(root, { version, check: await early(root) });
    return true;
  };
  const lookAtAll = async (): Promise<void> => {
    let isNew = false;
    for (const { root } of repositories.all())
      try {
        isNew = (await look(root)) || isNew;
      } catch (error) {
        known.delete(root);
        log.error(`what is staged in ${root} could not be checked: ${String(error)}`);
      }
    if (isNew) changed.fire();
  };
  const soon = (): void => {
    if (!workspace.isTrusted || !repositories.all().some(({ root }) => tiers.hasPolicy(root))) return;
    timer ??= setTimeout(() => {
      timer = null;
      looking = looking.then(lookAtAll);
    }, SETTLE_MS);
  };
  soon();
  const subscriptions = [changed, repositories.onDidChange(soon), tiers.onDidChange(soon)];
  return Object.freeze({
    onDidChange: changed.event,
    of: (root: string) => known.get(root)?.check ?? null,
    now,
    dispose(): void {
      if (timer !== null) clearTimeout(timer);
      Disposable.from(...subscriptions).dispose();
    },
  });
}
