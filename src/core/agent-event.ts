/**
 * What a coding agent told us about one step, in words that are the same for every agent.
 *
 * An agent's own parser (one per agent) makes these from the JSON its hook was given. Whatever it cannot make sense
 * of is `opaque`: recorded, never an error, and never evidence.
 */
export type AgentEvent = AgentCall &
  (
    | { readonly kind: 'edit-starting'; readonly edits: readonly ReportedEdit[] }
    | {
        readonly kind: 'edit-finished';
        readonly edits: readonly ReportedEdit[];
        /** An inline completion that a person accepted, not a tool's edit. */
        readonly via?: 'completion';
      }
    | { readonly kind: 'edit-failed'; readonly edits: readonly ReportedEdit[] }
    /** About to write these files in a way that is not followed: it is judged, and nothing is recorded of it. */
    | { readonly kind: 'write-starting'; readonly paths: readonly string[] }
    | { readonly kind: 'shell-starting'; readonly command: string }
    | {
        readonly kind: 'shell-finished';
        readonly command: string;
        /** The agent says that it goes on in the background. */
        readonly inBackground?: true;
      }
    | { readonly kind: 'session-started' }
    /** `model` is what the session works with from now on. */
    | { readonly kind: 'model-chosen' }
    | { readonly kind: 'turn-ended' }
    | { readonly kind: 'session-ended' }
    | { readonly kind: 'opaque'; readonly event: string; readonly reason: string }
  );

/** Who called and from where. `null` and, for `session` and `cwd`, the empty string: the payload does not say. */
export interface AgentCall {
  /** The agent's name as in `hunkmark record AGENT`. */
  readonly agent: string;
  readonly session: string;
  /** The agent's id of the subagent that made the call; null: the session itself. */
  readonly subagent: string | null;
  /** Joins the events of one tool call; unique within the session. */
  readonly call: string | null;
  readonly tool: string | null;
  /** The agent's working directory; relative paths of edits are relative to it. */
  readonly cwd: string;
  /** The model's name as the payload gives it; null where only the transcript knows. */
  readonly model: string | null;
  /** Path of the transcript in which the call's own line is expected: a subagent's own, where it has one. */
  readonly transcript: string | null;
}

/** One file that a tool call is about to change, has changed or failed to change. */
export interface ReportedEdit {
  /** As the payload gives it: absolute or relative to the call's `cwd`. */
  readonly path: string;
  readonly change: Change;
  /**
   * The text the agent saw before its change. null: there was no file, or (Claude Code) an empty one; undefined: the
   * payload does not say. Claude Code gives it with LF line ends, whatever the file has.
   */
  readonly before: string | null | undefined;
  /** The text that the agent says it left; undefined: the payload does not say, replay the change on `before`. */
  readonly after: string | undefined;
  /** A person changed the proposal before it was written; the result is not the agent's alone. */
  readonly userModified: boolean;
}

/** What an edit does to a file's text. `replay` in `replay.ts` carries it out. */
export type Change =
  | ({ readonly kind: 'replace' } & Replacement)
  /** Several replacements in one file, each on the result of those before it; all of them or none. */
  | { readonly kind: 'replacements'; readonly parts: readonly Replacement[] }
  /** The whole text. */
  | { readonly kind: 'write'; readonly content: string }
  | { readonly kind: 'patch'; readonly hunks: readonly PatchHunk[] }
  | { readonly kind: 'delete' }
  /** The file is called `to` afterwards; its text is unchanged but for these replacements. */
  | { readonly kind: 'rename'; readonly to: string; readonly parts: readonly Replacement[] };

/** Put `new` where `old` is: at its only occurrence or, with `all`, at every one. An empty `old` makes a new file. */
export interface Replacement {
  readonly old: string;
  readonly new: string;
  readonly all: boolean;
}

/** One hunk of a unified diff. */
export interface PatchHunk {
  /** Line of the text before with which the hunk begins, 1-based; of a hunk that only adds, the line it adds before. */
  readonly oldStart: number;
  /** Lines without LF, each after its sign: ` ` kept, `-` deleted, `+` added, `\\` the line above it has no LF. */
  readonly lines: readonly string[];
}
