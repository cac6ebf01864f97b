import * as fs from 'node:fs';
import * as path from 'node:path';
import { Disposable, EventEmitter, Uri, workspace, type LogOutputChannel, type Memento } from 'vscode';
import {
  findWorkTree,
  installation,
  renew,
  setShared,
  setUp,
  takeOut,
  takeOutEverywhere,
  type Programs,
  type SharedSetting,
  type WorkTree,
} from '../app/installation';
import { previewCommit } from '../app/preview';
import { ACKNOWLEDGEMENTS } from '../app/ack';
import { review, type ReviewRequest } from '../app/review';
import { nextTrailers, status } from '../app/status';
import { SECTION } from './contributions';
import type { Moved, Repositories, RepositoryFolder, RepositoryState } from './tracking';

export interface WatchedRepositories extends Repositories, Disposable {
  /** Looks again at the folders and their states. */
  refresh(): Promise<void>;
  /** Something was edited: what the views show of it may be old. */
  touch(): void;
}

export interface WatchOptions {
  readonly log: LogOutputChannel;
  readonly memory: Memento;
  readonly programs: Programs;
  /** The beginning of the names of this window's own files in the journal. */
  readonly ownSegments: string;
  readonly isOn: () => boolean;
}

const SETTLE_MS = 200;
/** A notebook's cells have the path of its file. */
const IN_FILES = ['file', 'vscode-notebook-cell'];
const DECLINED = 'declined';
const SHARED: readonly SharedSetting[] = ['stamp', 'detail', 'lines', 'lineLimit'];

interface Watched {
  readonly tree: WorkTree;
  state: RepositoryState;
  watchers: readonly fs.FSWatcher[];
}

/** The repositories of the open folders: their states, and news of their commits and journals. */
export function watchRepositories(options: WatchOptions): WatchedRepositories {
  const { log, memory, programs } = options;
  const watched = new Map<string, Watched>();
  const changed = new EventEmitter<void>();
  const moved = new EventEmitter<Moved>();
  const unseen = new Map<string, Moved['what']>();
  const timers = new Map<string, NodeJS.Timeout>();

  const later = (key: string, work: () => void): void => {
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(work, SETTLE_MS));
  };
  const declined = (): readonly string[] => memory.get<readonly string[]>(DECLINED, []);

  const stateOf = async (tree: WorkTree): Promise<RepositoryState> => {
    if (!workspace.isTrusted) return { kind: 'untrusted' };
    if (!options.isOn()) return { kind: 'off' };
    try {
      const found = await installation(tree);
      if (found.kind !== 'none') return found;
      return declined().includes(tree.root) ? { kind: 'declined' } : { kind: 'not-asked' };
    } catch (error) {
      log.error(`${tree.root}: ${String(error)}`);
      return { kind: 'incomplete', problem: `Git does not work in ${tree.name}: ${String(error)}` };
    }
  };

  /**
   * HEAD and the index are replaced by renames, so their folder is watched. What is staged changes no document: git's own
   * status writes the index again and again.
   */
  const watch = (tree: WorkTree): fs.FSWatcher[] => {
    const on = (folder: string, what: Moved['what'], matters: (file: string) => boolean): fs.FSWatcher[] => {
      if (!fs.existsSync(folder)) return [];
      try {
        const watcher = fs.watch(folder, (_event, file) => {
          if (file === null) return;
          if (matters(file)) {
            if (unseen.get(tree.root) !== 'commit') unseen.set(tree.root, what);
            later(tree.root, () => void onMoved(tree));
          } else if (file === 'index' || file === ACKNOWLEDGEMENTS) later('edited', () => changed.fire());
        });
        watcher.on('error', (error) => log.warn(`${folder} is not watched any more: ${error.message}`));
        return [watcher];
      } catch (error) {
        log.warn(`${folder} cannot be watched: ${String(error)}`);
        return [];
      }
    };
    return [
      ...on(tree.gitDir, 'commit', (file) => ['HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'hunkmark'].includes(file)),
      ...on(path.join(tree.gitDir, 'logs'), 'commit', (file) => file === 'HEAD'),
      ...on(tree.journal, 'journal', (file) => !file.startsWith(options.ownSegments)),
      ...on(tree.state, 'journal', () => false),
    ];
  };

  const onMoved = async (tree: WorkTree): Promise<void> => {
    const entry = watched.get(tree.root);
    if (!entry) return;
    const { kind } = entry.state;
    const what = unseen.get(tree.root) ?? 'commit';
    unseen.delete(tree.root);
    entry.state = await stateOf(tree);
    // Installed or taken out by the command line: there are other folders to watch now.
    if (entry.state.kind !== kind) await refresh();
    moved.fire({ root: tree.root, what });
    changed.fire();
  };

  const refresh = async (): Promise<void> => {
    const trees = new Map<string, WorkTree>();
    for (const folder of workspace.workspaceFolders ?? []) {
      const tree = folder.uri.scheme === 'file' ? findWorkTree(folder.uri.fsPath) : null;
      if (tree) trees.set(tree.root, tree);
    }
    for (const [root, { watchers }] of watched) {
      for (const watcher of watchers) watcher.close();
      if (!trees.has(root)) watched.delete(root);
    }
    for (const [root, tree] of trees) {
      const state = await stateOf(tree);
      try {
        if (state.kind === 'installed') await renew(tree, programs, Date.now());
      } catch (error) {
        log.error(`${root}: the hooks could not be renewed: ${String(error)}`);
      }
      watched.set(root, { tree, state, watchers: workspace.isTrusted ? watch(tree) : [] });
    }
    changed.fire();
  };

  /** What a person has set in the editor goes to git's configuration, where hooks and commands read it. */
  const share = async (): Promise<void> => {
    for (const [root, { state }] of watched) {
      if (state.kind !== 'installed' && state.kind !== 'off') continue;
      const settings = workspace.getConfiguration(SECTION, Uri.file(root));
      for (const name of SHARED) {
        // The user's own settings only: those of the workspace are a file of the repository.
        const value = settings.inspect<string | number>(name)?.globalValue;
        if (value !== undefined) await setShared(root, name, String(value));
      }
    }
  };

  const folderOf = ({ tree: { root, name }, state }: Watched): RepositoryFolder => ({
    root,
    uri: Uri.file(root),
    name,
    state,
  });
  const place = (root: string): { cwd: string; env: NodeJS.ProcessEnv } => ({ cwd: root, env: {} });

  const subscriptions = [
    changed,
    moved,
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(SECTION)) return;
      void share().then(refresh, (error: unknown) => log.error(`settings were not shared: ${String(error)}`));
    }),
    workspace.onDidChangeWorkspaceFolders(() => void refresh()),
    workspace.onDidGrantWorkspaceTrust(() => void refresh()),
  ];
  return Object.freeze({
    onDidChange: changed.event,
    onDidMove: (listener: (move: Moved) => void) => moved.event(listener),
    refresh,
    touch: () => later('edited', () => changed.fire()),
    all: () => [...watched.values()].map(folderOf),
    of(uri: Uri): RepositoryFolder | null {
      const tree = IN_FILES.includes(uri.scheme) ? findWorkTree(path.dirname(uri.fsPath)) : null;
      const entry = tree && watched.get(tree.root);
      return entry ? folderOf(entry) : null;
    },
    status: (root: string) => status(place(root)),
    trailers: (root: string) => nextTrailers(place(root)),
    preview: (root: string) => previewCommit(place(root)),
    review: (root: string, request: ReviewRequest) => review(place(root), request, Date.now()),
    async install(root: string, detail: 'summary' | 'hunks' | 'full' | 'keep'): Promise<void> {
      await setUp(root, programs, detail);
      await memory.update(
        DECLINED,
        declined().filter((each) => each !== root),
      );
      await refresh();
    },
    async decline(root: string): Promise<void> {
      await memory.update(DECLINED, [...new Set([...declined(), root])]);
      await refresh();
    },
    async uninstall(root: string): Promise<void> {
      await takeOut(root);
      await refresh();
    },
    async uninstallEverywhere(): Promise<number> {
      const { done, failed } = await takeOutEverywhere();
      await refresh();
      const [first] = failed;
      if (first) throw new Error(`Hunkmark is still in ${first.root}: ${first.reason}`);
      return done.length;
    },
    dispose(): void {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const { watchers } of watched.values()) for (const watcher of watchers) watcher.close();
      Disposable.from(...subscriptions).dispose();
    },
  });
}
