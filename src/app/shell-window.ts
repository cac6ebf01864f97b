import type { AgentCall } from '../core/agent-event';
import type { PolicyMatcher } from '../core/placing';
import { leavesRunning } from '../core/shell-text';
import { UNIDENTIFIED } from '../core/origin';
import { SOME_AGENT } from '../git/agent-shell';
import type { Repository } from '../git/repository';
import {
  hasLeftRunning,
  LEFT_RUNNING,
  openWindows,
  readWindow,
  removeWindow,
  writeWindow,
  type ShellWindow,
  type WindowScope,
} from '../git/shell-windows';
import { markPending } from '../git/state-files';
import { withHeadPolicy } from './head-policy';
import { withObjects, type OpenedObjects } from './opened-objects';
import { mayHavePolicy } from './policy-store';
import { lookAtSystems } from './policy-look';
import { recordChanges, type Author } from './shell-changes';
import { namedSources } from './shell-sources';
import { lookAtTree, type Look } from './tree-look';

/**
 * A shell command of an agent begins: notes how the files stand that git does not ignore or, where that would take too
 * long, those of the policy's systems. Gives what a person should know.
 */
export async function shellStarting(
  repository: Repository,
  call: AgentCall & { readonly command: string },
  now: number,
): Promise<readonly string[]> {
  if (repository.worktree === null) return [];
  await settleLeftRunning(repository, call, now);
  return await withTree(repository, async (matcher, opened) => {
    const { look, scope } = await lookFirst(matcher, opened, now);
    const { agent, session, subagent, call: id, model } = call;
    const sources = await namedSources(opened, call, look);
    const window = { agent, session, subagent, call: id, model, at: now, scope, ended: null, sources };
    // An agent that commits within its command has git's hooks ask what it has changed.
    markPending(repository.commonDir);
    writeWindow(repository, { ...window, files: [...look.files], isComplete: look.isComplete });
    if (scope === 'tree') return [];
    const watched = watchedIn(matcher, look, scope);
    return [`hunkmark: incomplete: ${watched} can be watched during this command; the rest stays unknown.`];
  });
}

/** What is watched of a working tree while an agent's shell command runs, as words for a person. */
export type Watched = 'every file' | 'only the policy’s systems' | 'not every file' | 'no file';

/** What would be watched if a command began now. */
export async function watchedByShell(repository: Repository, now: number): Promise<Watched> {
  if (repository.worktree === null) return 'no file';
  return await withTree(repository, async (matcher, opened) => {
    const { look, scope } = await lookFirst(matcher, opened, now);
    return watchedIn(matcher, look, scope);
  });
}

function watchedIn(matcher: PolicyMatcher | null, look: Look, scope: WindowScope): Watched {
  if (scope === 'tree') return 'every file';
  if (matcher === null) return 'no file';
  return look.isComplete ? 'only the policy’s systems' : 'not every file';
}

/** The command has ended: what it changed is the agent's, as far as nobody else is known to have. */
export async function shellFinished(
  repository: Repository,
  call: AgentCall & { readonly command: string; readonly inBackground?: true },
  model: string | null,
  now: number,
): Promise<void> {
  const window = readWindow(repository, call);
  if (!window) return;
  removeWindow(repository, window);
  const [settled] = await settle(repository, [{ ...window, model: model ?? window.model }], now);
  if (settled && (call.inBackground === true || leavesRunning(call.command)))
    writeWindow(repository, { ...settled, call: LEFT_RUNNING, ended: now });
}

/** A turn or a session ends, or goes on: what a command has left running may have written since. */
export async function settleLeftRunning(repository: Repository, call: AgentCall, now: number): Promise<void> {
  if (!hasLeftRunning(repository, call)) return;
  const window = readWindow(repository, { ...call, call: LEFT_RUNNING });
  removeWindow(repository, { ...call, call: LEFT_RUNNING });
  if (window) await settle(repository, [window], now);
}

/**
 * An agent makes a commit while its commands run: what they have changed so far goes into it. The windows stay open.
 * `agent` as `agentShell` names it. A command that was denied has a window without an end, and a person may have written
 * since: of each session it is the last one that counts.
 */
export async function settleWindows(repository: Repository, agent: string, now: number): Promise<void> {
  const windows = openWindows(repository, now).filter(
    (window) => agent === SOME_AGENT || window.agent === agent,
  );
  const running = windows.filter((window) => !windows.some((other) => isAfter(other, window)));
  for (const window of await settle(repository, running, now)) writeWindow(repository, window);
}

function isAfter(other: ShellWindow, { session, subagent, at, ended }: ShellWindow): boolean {
  const isSame = other.session === session && other.subagent === subagent;
  return isSame && other.at > at && ended === null && other.ended === null;
}

/** Records what has changed since the windows were opened, and gives them as of now. */
async function settle(
  repository: Repository,
  windows: readonly ShellWindow[],
  now: number,
): Promise<readonly ShellWindow[]> {
  if (windows.length === 0) return [];
  const open = [...windows, ...openWindows(repository, now)];
  return await withTree(repository, async (matcher, opened) => {
    const looks = new Map<WindowScope, Look>();
    for (const scope of new Set(windows.map((window) => window.scope))) {
      const look = await lookAgain(scope, matcher, opened, now);
      if (look !== null) looks.set(scope, look);
    }
    const after: ShellWindow[] = [];
    for (const window of windows) {
      const look = looks.get(window.scope);
      if (!look) continue;
      await recordChanges(opened, window, look, {
        author: authorOf(window, open),
        mayBe: (mtimeMs) => mayBeTheCommands(window, now, mtimeMs),
        now,
      });
      after.push({ ...window, at: now, files: [...look.files], isComplete: look.isComplete });
    }
    return after;
  });
}

async function withTree<T>(
  repository: Repository,
  work: (matcher: PolicyMatcher | null, opened: OpenedObjects) => Promise<T>,
): Promise<T> {
  const without = async (): Promise<T> =>
    await withObjects(repository, async (opened) => await work(null, opened));
  if (!mayHavePolicy(repository)) return await without();
  return await withHeadPolicy<Promise<T>>(repository, {
    none: without,
    work: async ({ matcher }, opened) => await work(matcher, opened),
  });
}

async function lookFirst(
  matcher: PolicyMatcher | null,
  opened: OpenedObjects,
  now: number,
): Promise<{ readonly look: Look; readonly scope: WindowScope }> {
  const look = await lookAtTree(opened, true);
  if (look !== null) return { look, scope: 'tree' };
  const systems =
    matcher === null ? { files: new Map(), isComplete: true } : await lookAtSystems(opened, matcher, now);
  return { look: systems, scope: 'policy' };
}

async function lookAgain(
  scope: WindowScope,
  matcher: PolicyMatcher | null,
  opened: OpenedObjects,
  now: number,
): Promise<Look | null> {
  if (scope === 'tree') return await lookAtTree(opened, false);
  return matcher === null ? null : await lookAtSystems(opened, matcher, now);
}

/** Where commands of several agents run at once, a change is a model's, and nobody knows whose. */
function authorOf({ agent, session, model }: ShellWindow, open: readonly ShellWindow[]): Author {
  const others = open.filter((other) => other.session !== session || other.agent !== agent);
  if (others.some((other) => other.agent !== agent)) return { agent: UNIDENTIFIED, model: null };
  return { agent, model: others.some((other) => other.model !== model) ? null : model };
}

/** For so long a command is taken for the only one who writes, and what it has left running. */
const ALONE_MS = 60_000;
const LEFT_ALONE_MS = 10_000;
/** File times may be a tick of the clock behind. */
const TICK_MS = 20;

/**
 * A person may write with an editor that is not watched: the longer it takes, the likelier. That holds in the files of a
 * critical system too: there the lines are unknown, and the policy says what to ask about those.
 */
function mayBeTheCommands({ at, ended }: ShellWindow, now: number, mtimeMs: number | null): boolean {
  if (ended === null) return now - at <= ALONE_MS;
  return (mtimeMs ?? now) <= ended + LEFT_ALONE_MS + TICK_MS;
}
