import type { Author, Via } from './origin';

/** `+`: lines of the committed blob. `-`: lines of the parent's blob, under the path they had there. */
export type Side = '+' | '-';

/** A class that a trailer may list; `human` only as `human declared AGENT`. */
export type RangeClass = 'ai' | 'mixed' | 'unknown' | 'human';

/** Adjacent lines of one path with one origin, as an `AI-Hunk` trailer names them. Lines are 1-based. */
export interface ProvenanceRange extends Author {
  readonly path: string;
  readonly side: Side;
  readonly start: number;
  readonly count: number;
  /** First 8 hex digits of SHA-256 over the bytes of the lines, line ends included. */
  readonly digest: string;
  readonly class: RangeClass;
  readonly via: Via | null;
}

/** A run of adjacent lines: `count` lines from line `start`, 1-based. */
export interface LineSpan {
  readonly start: number;
  readonly count: number;
}

/** The lines one commit adds to and deletes from one file, by the pinned diff. */
export interface FileChange {
  /** Path in the commit; null when the file was deleted. */
  readonly path: string | null;
  /** Path in the parent; null when the file is new. */
  readonly oldPath: string | null;
  /** Runs of added lines, in lines of the committed blob, ascending. Empty for files that have no lines. */
  readonly added: readonly LineSpan[];
  /** Runs of deleted lines, in lines of the parent's blob, ascending. */
  readonly deleted: readonly LineSpan[];
}
