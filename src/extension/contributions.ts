// Everything this extension adds to the editor by name, once. A test holds these names against package.json, both ways.

export const COMMANDS = {
  setUp: 'hunkmark.setUp',
  repair: 'hunkmark.repair',
  turnOn: 'hunkmark.turnOn',
  remove: 'hunkmark.remove',
  removeEverywhere: 'hunkmark.removeEverywhere',
  toggleHighlight: 'hunkmark.toggleHighlight',
  nextHunk: 'hunkmark.nextHunk',
  previousHunk: 'hunkmark.previousHunk',
  markAsAi: 'hunkmark.markAsAi',
  markAsHuman: 'hunkmark.markAsHuman',
  /** A person lets an agent write the file of the active editor once. */
  allowOnce: 'hunkmark.allowOnce',
  previewTrailers: 'hunkmark.previewTrailers',
  refresh: 'hunkmark.refresh',
  /** Of an entry of the tree; takes that entry, so it is not in the palette. */
  openHunk: 'hunkmark.openHunk',
  showLog: 'hunkmark.showLog',
  acknowledge: 'hunkmark.acknowledge',
  openPolicy: 'hunkmark.openPolicy',
  showOwners: 'hunkmark.showOwners',
  checkStaged: 'hunkmark.checkStaged',
  // The review of a branch or a commit.
  reviewBranch: 'hunkmark.reviewBranch',
  reviewAgainst: 'hunkmark.reviewAgainst',
  reviewCommit: 'hunkmark.reviewCommit',
  refreshReview: 'hunkmark.refreshReview',
  filterReview: 'hunkmark.filterReview',
  nextReviewHunk: 'hunkmark.nextReviewHunk',
  previousReviewHunk: 'hunkmark.previousReviewHunk',
  copyReviewSummary: 'hunkmark.copyReviewSummary',
  /** Of an entry of that tree. */
  openReviewHunk: 'hunkmark.openReviewHunk',
} as const;

/** Called by keybindings after the editor's own command, never by a person. */
export const NOTICES = { accepted: 'hunkmark.accepted', picked: 'hunkmark.picked' } as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Settings of the editor, with the prefix `hunkmark.`; also the section to read them from. */
export const SECTION = 'hunkmark';

export const SETTINGS = {
  enabled: 'enabled',
  highlight: 'highlight',
  acceptance: 'acceptance',
  stamp: 'stamp',
  detail: 'detail',
  lines: 'lines',
  lineLimit: 'lineLimit',
  inline: 'inline',
} as const;

/** What each setting is when package.json's schema holds. */
export interface SettingValues {
  readonly enabled: boolean;
  readonly highlight: boolean;
  readonly acceptance: 'keybinding' | 'off';
  readonly stamp: 'ai' | 'always' | 'off';
  readonly detail: 'summary' | 'hunks' | 'full';
  readonly lines: number;
  readonly lineLimit: number;
  /** Which lines of systems get a diagnostic where their tier asks for it. */
  readonly inline: 'uncommitted' | 'branch' | 'off';
}

export const CONTEXT_KEYS = {
  /** How accepted completions are noticed now: a value of the setting, `off` once it has switched itself off. */
  acceptance: 'hunkmark.acceptance',
  /** A value of `StateKey`. */
  state: 'hunkmark.state',
  /** The lines of the active editor are followed. */
  tracked: 'hunkmark.tracked',
  /** The active editor shows a file of a system of the policy. */
  tiered: 'hunkmark.tiered',
  /** A repository is open whose last commit has a policy. */
  policy: 'hunkmark.policy',
  /** A branch or a commit is in the view of the review. */
  reviewing: 'hunkmark.reviewing',
} as const;

/** Of all repositories together: `installed` if it works in at least one of them. */
export type StateKey =
  | 'no-repository'
  | 'not-asked'
  | 'declined'
  | 'untrusted'
  | 'off'
  | 'incomplete'
  | 'installed';

export const VIEWS = { hunks: 'hunkmark.hunks', review: 'hunkmark.review' } as const;

export const WALKTHROUGHS = { start: 'start' } as const;

export const COLORS = {
  aiBackground: 'hunkmark.aiBackground',
  aiBorder: 'hunkmark.aiBorder',
  mixedBackground: 'hunkmark.mixedBackground',
  mixedBorder: 'hunkmark.mixedBorder',
  unknownBackground: 'hunkmark.unknownBackground',
  unknownBorder: 'hunkmark.unknownBorder',
  deletionBorder: 'hunkmark.deletionBorder',
  deletionForeground: 'hunkmark.deletionForeground',
} as const;

/** Icons that come with the editor. */
export const ICONS = {
  repository: 'repo',
  staged: 'check',
  unstaged: 'edit',
  ai: 'sparkle',
  mixed: 'combine',
  deleted: 'trash',
  problem: 'warning',
  stopped: 'circle-slash',
  system: 'shield',
  check: 'checklist',
  error: 'error',
  warning: 'warning',
  information: 'info',
  tier: 'layers',
} as const;

/** The scheme of the read-only document that shows the next commit's trailers. */
export const TRAILERS_SCHEME = 'hunkmark-trailers';
