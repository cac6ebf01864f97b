import type { Author, LineClass } from './origin';
import type { PolicyMatcher } from './placing';
import type { LineSpan, Side } from './range';
import type { Reading } from './reading';
import type { ResolvedRange } from './resolve';

/** A commit as git shows it. Nothing in here is believed that could be recomputed and was not. */
export interface CommitFacts {
  /** null: it is still to be made. */
  readonly oid: string | null;
  /** Mail addresses. */
  readonly author: string;
  readonly committer: string;
  readonly reading: Reading;
  readonly resolved: readonly ResolvedRange[];
  /** Whether the numbers of `AI-Provenance` are those of the commit. */
  readonly countsAreRight: boolean;
  /** Values of its `Change-Ref` trailers. */
  readonly changeRefs: readonly string[];
  /** What git alone shows it to be. */
  readonly restored: Restored | null;
  readonly files: readonly FileFacts[];
}

/** An exact revert or cherry-pick of that commit; a merge without lines of its own. */
export type Restored =
  | { readonly kind: 'revert' | 'cherry-pick'; readonly of: string }
  | { readonly kind: 'merge' };

/** Every file that a commit touches, also one without lines. */
export interface FileFacts {
  readonly path: string | null;
  readonly oldPath: string | null;
  readonly runs: readonly ClassedRun[];
  /** Made by a program (a lock file): counted, never warned about. */
  readonly isGenerated: boolean;
}

/** Adjacent lines of one side with one origin. */
export interface ClassedRun extends LineSpan, Author {
  readonly side: Side;
  readonly class: LineClass;
}

export interface Court {
  /** The policy of the target; null: it has none. */
  readonly matcher: PolicyMatcher | null;
  /** `YYYY-MM-DD`, UTC: rules count until the day that they name. */
  readonly day: string;
  /** Files that the policy is made of, before or after. */
  readonly policyFiles: ReadonlySet<string>;
  /** First 8 hex digits of SHA-256 over the bytes of a text. */
  readonly digest: (text: string) => string;
}
