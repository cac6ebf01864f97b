import type { Disposable, Event, TextDocument, Uri } from 'vscode';
import type { CommitAbout } from '../app/about-commit';
import type { Review, ReviewRequest } from '../app/review';
import type { ShownRun } from '../app/shown-lines';
import type { Finding, Summary } from '../core/finding';
import type { InlineFinding } from '../core/inline';
import type { Evidence, Via } from '../core/origin';
import type { Placement } from '../core/placing';
import type { PolicyProblem } from '../core/policy';
import type { Status } from '../app/status';
import type { CommitPreview } from '../app/preview';

// What the views may ask and tell. They draw what they get and decide nothing.

/** Why the lines of a document are not followed. */
export type Untracked =
  /** Not a file on disk: untitled, output, a revision. */
  | 'no-file'
  | 'no-repository'
  | 'untrusted'
  | 'notebook'
  | 'too-large'
  | 'ignored'
  /** The setting `hunkmark.enabled` is off. */
  | 'off'
  /** It has just been opened and is still being looked at. */
  | 'opening';

/** Who made something, how we know, and when. */
export interface Seen {
  readonly via: Via | null;
  /** null: not evidenced. */
  readonly agent: string | null;
  readonly model: string | null;
  readonly evidence: Evidence | null;
  /** Milliseconds since 1970; null: not known. */
  readonly at: number | null;
}

/** A run of uncommitted lines of one origin. Lines are 0-based, as the editor counts. */
export interface LineRun extends Seen {
  readonly start: number;
  readonly count: number;
  readonly class: 'ai' | 'mixed' | 'unknown';
}

/** Lines of the last commit that a model deleted: they stood before the line `before` (0-based) of the document. */
export interface DeletedLines extends Seen {
  readonly before: number;
  readonly lines: readonly string[];
}

/** What is known of an open document. Committed lines and a person's own lines are in no run. */
export type DocumentState =
  | {
      readonly kind: 'tracked';
      /** Ascending. */
      readonly runs: readonly LineRun[];
      readonly deletions: readonly DeletedLines[];
    }
  | { readonly kind: 'untracked'; readonly why: Untracked };

/** A run of lines of one origin that a commit or, in the index, what is to be committed says. Lines are 0-based. */
export type CommittedRun = ShownRun;

/** What the commits say of a document; lines of which they say nothing are in no run. */
export interface CommittedState {
  /** Ascending. */
  readonly runs: readonly CommittedRun[];
  /** In the left side of a diff: lines that a model has taken out of the right one. */
  readonly gone: readonly CommittedRun[];
}

/** The history of the documents that can be seen, of files as of every revision of them. */
export interface History {
  /** Fires while a history is read, and when it has changed. */
  readonly onDidChange: Event<TextDocument>;
  of(document: TextDocument): CommittedState;
  /** null: the commit is not here. */
  about(document: TextDocument, commit: string): Promise<CommitAbout | null>;
}

/** The documents that are open in this window. */
export interface Documents {
  /** Fires some moments after an edit, and whenever what is known of a document changes. */
  readonly onDidChange: Event<TextDocument>;
  of(document: TextDocument): DocumentState;
  /** A person says where lines came from; 0-based, `last` inclusive. */
  mark(
    document: TextDocument,
    first: number,
    last: number,
    as: 'ai' | 'human',
    agent: string | null,
  ): Promise<void>;
}

/** Whether Hunkmark works in a repository, and the one thing to do about it where it does not. */
export type RepositoryState =
  | { readonly kind: 'installed' }
  /** Nobody has been asked yet, or the person wanted to be asked later. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'declined' }
  /** The workspace is not trusted: no process, no writes. */
  | { readonly kind: 'untrusted' }
  /** `hunkmark.stamp` is `off` in git's configuration, or the extension's setting is. */
  | { readonly kind: 'off' }
  /** Hooks are missing, were overwritten, or cannot run; `problem` is a sentence for a person. */
  | { readonly kind: 'incomplete'; readonly problem: string };

export interface RepositoryFolder {
  /** Root of the working tree. */
  readonly root: string;
  readonly uri: Uri;
  readonly name: string;
  readonly state: RepositoryState;
}

/** What has changed: the last commit, and perhaps the journal, or the journal alone. */
export interface Moved {
  readonly root: string;
  readonly what: 'commit' | 'journal';
}

/** The repositories of the open folders. */
export interface Repositories {
  /** A repository came or went, its state changed, or it was committed to, staged or edited. */
  readonly onDidChange: Event<void>;
  /** Looks again whether it works in each of them; hooks can be taken out without anybody being told. */
  refresh(): Promise<void>;
  all(): readonly RepositoryFolder[];
  of(uri: Uri): RepositoryFolder | null;
  /** AI hunks that are not committed, staged and unstaged. */
  status(root: string): Promise<Status>;
  /** Exactly the trailer lines the next commit of the index gets; empty where it gets none. */
  trailers(root: string): Promise<readonly string[]>;
  /** A repository's last commit or its journal has changed. */
  readonly onDidMove: (listener: (move: Moved) => void) => Disposable;
  /** Refused, with a sentence for a person, where it cannot be read. */
  review(root: string, request: ReviewRequest): Promise<Review>;
  /** The last commit as it would look; for the consent page. null: there is no commit yet. */
  preview(root: string): Promise<CommitPreview | null>;
  /** After consent. `keep` leaves the detail as it was chosen. Rejects with an error that a person can read. */
  install(root: string, detail: 'summary' | 'hunks' | 'full' | 'keep'): Promise<void>;
  decline(root: string): Promise<void>;
  uninstall(root: string): Promise<void>;
  /** In every repository that Hunkmark was put into on this machine; returns how many. */
  uninstallEverywhere(): Promise<number>;
}

/** Where the policy puts a file of a repository. */
export interface TierPlace {
  readonly root: string;
  /** From the root, with `/`. */
  readonly path: string;
  readonly tier: number;
  readonly placement: Placement;
}

/** What the policies of the open repositories, as their last commits have them, say of files. No call starts a process. */
export interface Tiers {
  /** A policy, an acknowledgement, the day or the setting has changed: everything may be different. */
  readonly onDidChange: Event<void>;
  /** null: the file is in no system of a policy. */
  placeOf(uri: Uri): TierPlace | null;
  /** What is to be said beside the lines of an open document, by place; nothing where no policy asks. */
  findingsOf(document: TextDocument): readonly InlineFinding[];
  hasPolicy(root: string): boolean;
  /** The policy of the last commit is made of this file, among others. */
  isPolicyFile(uri: Uri): boolean;
  /** Why the policy of the last commit cannot be used; the last good one judges then, where there is one. */
  problemOf(root: string): PolicyProblem | null;
  /** A person has looked at what these say. Rejects with an error that a person can read. */
  acknowledge(
    document: TextDocument,
    findings: readonly InlineFinding[],
    reason: string | null,
  ): Promise<void>;
}

/** What a check would say of a commit of what is staged; lines are those of the index. */
export interface StagedCheck {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly summary: Summary;
  /** Nothing is staged. */
  readonly isEmpty: boolean;
}

/** What the check would say before a commit, where there is a policy. */
export interface StagedChecks {
  readonly onDidChange: Event<void>;
  /** As it was last asked; null: not yet, or there is no policy. What the message has to have is left out. */
  of(root: string): StagedCheck | null;
  /** Asks again, and all of it. Rejects with an error that a person can read. */
  now(root: string): Promise<StagedCheck>;
}
