import * as path from 'node:path';
import {
  Disposable,
  EventEmitter,
  TabInputTextDiff,
  window,
  workspace,
  type LogOutputChannel,
  type TextDocument,
} from 'vscode';
import { aboutCommit, type CommitAbout } from '../app/about-commit';
import { blameFiles, rememberBlames, type BlameStore } from '../app/blame-store';
import { findWorkTree, isPartialClone, pathInTree, type WorkTree } from '../app/installation';
import { bareText, carried, shownLines, type ShownLines, type TextPlace } from '../app/shown-lines';
import { textAddress } from './text-address';
import type { CommittedRun, CommittedState, History, Moved } from './tracking';

export interface FollowedHistory extends History, Disposable {
  /** The last commit or the journal of a repository has changed; null: of all. */
  refresh(root: string | null, what?: Moved['what']): void;
  /** All that was asked for is read; for the editor's own tests. */
  settled(): Promise<void>;
}

export interface HistoryOptions {
  readonly log: LogOutputChannel;
  readonly isOn: () => boolean;
}

/** A burst of changes is one. */
const SETTLE_MS = 120;
const LARGEST = 5 * 1024 * 1024;
const FILES_KEPT = 100;

interface Read {
  readonly from: readonly string[];
  readonly lines: ShownLines;
}

interface Watched {
  readonly tree: WorkTree;
  /** What was asked for, so that the same is not asked twice. */
  question: string;
  read: Read | null;
  running: AbortController | null;
  shown: { readonly version: number; readonly read: Read; readonly state: CommittedState } | null;
}

const NOTHING: CommittedState = { runs: [], gone: [] };

/** Whose the committed lines of the documents are that can be seen, by their history; nothing of the others is read. */
export function followHistory({ log, isOn }: HistoryOptions): FollowedHistory {
  const watched = new Map<TextDocument, Watched>();
  const stores = new Map<string, BlameStore>();
  const partial = new Map<string, boolean>();
  const abouts = new Map<string, Promise<CommitAbout | null>>();
  const changed = new EventEmitter<TextDocument>();
  let timer: NodeJS.Timeout | null = null;

  const look = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      const documents = new Set(window.visibleTextEditors.map(({ document }) => document));
      for (const document of documents) ask(document);
      for (const [document, entry] of watched)
        if (!documents.has(document)) {
          entry.running?.abort();
          if (entry.running) watched.delete(document);
        }
    }, SETTLE_MS);
  };

  const ask = (document: TextDocument): void => {
    const address = isOn() && workspace.isTrusted ? textAddress(document.uri) : null;
    const tree = address && findWorkTree(path.dirname(address.file));
    const inside = address && pathInTree(address.file);
    if (!address || !tree || inside === null || isPartial(tree)) {
      forget(document);
      return;
    }
    const right = rightOf(document);
    const question = JSON.stringify([address, right]);
    const entry = watched.get(document);
    if (entry?.question === question) return;
    entry?.running?.abort();
    const next = entry ?? { tree, question, read: null, running: null, shown: null };
    next.question = question;
    watched.set(document, next);
    void read(document, next, { path: inside, at: address.at, right });
  };

  const read = async (
    document: TextDocument,
    entry: Watched,
    shown: { readonly path: string; readonly at: TextPlace; readonly right: TextPlace | null },
  ): Promise<void> => {
    const running = new AbortController();
    entry.running = running;
    const text = document.getText();
    const from = bareText(text);
    const take = (lines: ShownLines): void => {
      if (running.signal.aborted || watched.get(document) !== entry) return;
      entry.read = { from, lines };
      changed.fire(document);
    };
    try {
      if (text.length > LARGEST) return;
      const place = { cwd: entry.tree.root, env: {} };
      const reading = { store: storeOf(entry.tree), signal: running.signal };
      take(await shownLines(place, { ...shown, text }, reading, entry.read ? undefined : take));
    } catch (error) {
      if (!running.signal.aborted)
        log.warn(`the history of ${shown.path} could not be read: ${String(error)}`);
    } finally {
      if (entry.running === running) entry.running = null;
    }
  };

  const storeOf = ({ commonDir }: WorkTree): BlameStore => {
    const store = stores.get(commonDir) ?? rememberBlames(FILES_KEPT, blameFiles(commonDir));
    stores.set(commonDir, store);
    return store;
  };
  const isPartial = ({ commonDir }: WorkTree): boolean => {
    const known = partial.get(commonDir) ?? isPartialClone(commonDir);
    partial.set(commonDir, known);
    return known;
  };
  const forget = (document: TextDocument): void => {
    const entry = watched.get(document);
    if (!entry) return;
    entry.running?.abort();
    watched.delete(document);
    changed.fire(document);
  };

  const subscriptions = [
    changed,
    window.onDidChangeVisibleTextEditors(look),
    window.tabGroups.onDidChangeTabs(look),
    workspace.onDidCloseTextDocument(forget),
    workspace.onDidGrantWorkspaceTrust(look),
    // A document of a revision may get its text only now.
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const entry = contentChanges.length > 0 ? watched.get(document) : undefined;
      if (!entry) return;
      if (document.uri.scheme !== 'file') {
        entry.question = '';
        look();
      } else if (entry.read && hasLines(entry.read.lines)) changed.fire(document);
    }),
  ];
  look();
  return Object.freeze({
    onDidChange: changed.event,
    of(document: TextDocument): CommittedState {
      const entry = watched.get(document);
      if (!entry?.read || !hasLines(entry.read.lines)) return NOTHING;
      const { read } = entry;
      if (entry.shown?.version !== document.version || entry.shown.read !== read)
        entry.shown = { version: document.version, read, state: stateOf(read, document) };
      return entry.shown.state;
    },
    async about(document: TextDocument, commit: string): Promise<CommitAbout | null> {
      const address = textAddress(document.uri);
      const entry = watched.get(document);
      if (!address || !entry) return null;
      const key = JSON.stringify([entry.tree.root, commit, address.file]);
      const place = { cwd: entry.tree.root, env: {} };
      const known = abouts.get(key) ?? aboutCommit(place, commit, address.file, Date.now());
      abouts.set(key, known);
      return await known;
    },
    refresh(root: string | null, what: Moved['what'] = 'commit'): void {
      abouts.clear();
      for (const [document, entry] of watched) {
        // What is staged is judged by the journal; of a file on disk, unless it is beside it, the commits alone are asked.
        const isConcerned = what === 'commit' || document.uri.scheme !== 'file' || rightOf(document) !== null;
        if (isConcerned && (root === null || entry.tree.root === root)) entry.question = '';
      }
      look();
    },
    async settled(): Promise<void> {
      const isBusy = (): boolean =>
        timer !== null || [...watched.values()].some(({ running }) => running !== null);
      while (isBusy()) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / 2));
    },
    dispose(): void {
      if (timer) clearTimeout(timer);
      for (const { running } of watched.values()) running?.abort();
      Disposable.from(...subscriptions).dispose();
    },
  });
}

function hasLines({ runs, gone }: ShownLines): boolean {
  return runs.length > 0 || gone.length > 0;
}

/** The runs where their lines stand now, 0-based as the editor counts. */
function stateOf({ from, lines }: Read, document: TextDocument): CommittedState {
  const now = bareText(document.getText());
  const placed = (runs: ShownLines['runs']): CommittedRun[] =>
    carried(runs, from, now).map((run) => ({ ...run, start: run.start - 1 }));
  return { runs: placed(lines.runs), gone: placed(lines.gone) };
}

/** What stands on the right of a document that is the left side of a diff; null: it is none. */
function rightOf(document: TextDocument): TextPlace | null {
  const own = document.uri.toString();
  const inputs = window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  for (const input of inputs)
    if (input instanceof TabInputTextDiff && input.original.toString() === own)
      return textAddress(input.modified)?.at ?? null;
  return inputs.some((input) => input instanceof TabInputTextDiff && input.modified.toString() === own)
    ? null
    : besideIt(document);
}

/** Editors of several diffs at once have no tab that says so: the next editor shows the other version of the file. */
function besideIt(document: TextDocument): TextPlace | null {
  const address = textAddress(document.uri);
  if (!address || address.at.kind === 'working') return null;
  const documents = window.visibleTextEditors.map((editor) => editor.document);
  const next = documents[documents.indexOf(document) + 1];
  const other = next && textAddress(next.uri);
  return other?.file === address.file ? other.at : null;
}
