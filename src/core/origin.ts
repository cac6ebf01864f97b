/** The four answers to "who wrote this added line?"; defined in the provenance format, version 1. */
export type LineClass = 'ai' | 'mixed' | 'human' | 'unknown';

/** How the text got into the file. */
export type Via = 'completion' | 'chat' | 'agent' | 'shell' | 'declared';

/** Why we believe it. `inferred` may turn a line from human to unknown, never into ai. */
export type Evidence = 'reported' | 'matched' | 'declared' | 'inferred';

/** Who made an edit, as far as it is known. `agent` and `model` are names as in an `Assisted-by` trailer. */
export interface Author {
  readonly via: Via | null;
  readonly agent: string | null;
  readonly model: string | null;
}

/** An origin that somebody or something vouches for. */
export interface Evidenced extends Author {
  readonly class: 'ai' | 'mixed' | 'human';
  readonly evidence: Evidence;
  /** When it was seen, in milliseconds since 1970, where an editor saw it happen. */
  readonly at?: number;
  /** Which sensor of the editor saw it. */
  readonly sensor?: string;
}

/**
 * The origin of one line of a text that was seen.
 *
 * `base`: nobody has claimed the line since the commit the text was seen on; that commit's history says whose it is,
 * and if the commit does not have the line, it is unknown. `unknown`: known to have changed without evidence.
 */
export type LineOrigin = Evidenced | { readonly class: 'base' } | { readonly class: 'unknown' };

/** An agent that did the work and is not evidenced; it may stand in an `AI-Hunk`, never in an `Assisted-by`. */
export const UNIDENTIFIED = 'unidentified';

export const BASE: LineOrigin = { class: 'base' };
export const UNKNOWN: LineOrigin = { class: 'unknown' };

export function isEvidenced(origin: LineOrigin): origin is Evidenced {
  return origin.class !== 'base' && origin.class !== 'unknown';
}

/** A model wrote all of the line or at least one whole word of it. */
export function isModelWritten(origin: LineOrigin): origin is Evidenced {
  return origin.class === 'ai' || origin.class === 'mixed';
}

/** A person declared it human against a model's evidence; the agent's name stays with it. */
export function isRedeclared(origin: LineOrigin): origin is Evidenced {
  return origin.class === 'human' && origin.via === 'declared' && origin.agent !== null;
}

/** Equal as far as a trailer can tell: class, via, agent and model. */
export function sameOrigin(a: LineOrigin, b: LineOrigin): boolean {
  if (a === b) return true;
  if (!isEvidenced(a) || !isEvidenced(b)) return a.class === b.class;
  return a.class === b.class && a.via === b.via && a.agent === b.agent && a.model === b.model;
}
