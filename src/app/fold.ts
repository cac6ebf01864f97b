import type { Change } from '../core/agent-event';
import { headsOf, type KnownRecord, type StartedRecord } from '../core/journal';
import {
  baseText,
  observe,
  step,
  supplement,
  unexplained,
  type KnownText,
  type StepAuthor,
} from '../core/known';
import { splitLines } from '../core/lines';
import { replay } from '../core/replay';

/** An agent's finished edit of one file, with all the texts we have of it. null: there was no file. */
export interface FinishedEdit {
  readonly change: Change;
  readonly author: StepAuthor;
  /** The text before, as the agent says or as its call found it; undefined: nobody knows. */
  readonly before: string | null | undefined;
  /** The text after, as the agent says; undefined: replay the change. */
  readonly after: string | undefined;
  /** The text on disk now. */
  readonly disk: string | null;
}

/** What the journal holds about one path, as far as folding needs it. */
export interface PathHistory {
  readonly heads: readonly KnownRecord[];
  /** Calls that have begun and not finished, the latest first. */
  readonly inFlight: readonly StartedRecord[];
  /** Calls whose text was seen, and counted as theirs, before they reported it. */
  readonly claimed: readonly string[];
}

export interface Folded {
  readonly known: KnownText;
  readonly claimed: readonly string[];
}

/** How long a call that began may take until it is given up; the agents' own limit for a hook. */
const IN_FLIGHT_MS = 600_000;

export function pathHistory(
  known: readonly KnownRecord[],
  started: readonly StartedRecord[],
  own: { readonly session: string; readonly call: string | null },
  now: number,
): PathHistory {
  const finished = new Set(known.flatMap((record) => (record.call === null ? [] : [record.call])));
  const claimed = known.flatMap((record) => record.claimed);
  const inFlight = started.filter(
    (record) =>
      record.call !== null &&
      !(record.session === own.session && record.call === own.call) &&
      !finished.has(record.call) &&
      !claimed.includes(record.call) &&
      now - record.at < IN_FLIGHT_MS,
  );
  return { heads: headsOf(known), inFlight: inFlight.toReversed(), claimed };
}

/** The last known text of a path: the latest head, and what only other writers know of it. null: never seen. */
export function lastKnown(heads: readonly KnownRecord[]): KnownText | null {
  const [latest, ...others] = heads;
  if (!latest) return null;
  return others.reduce((known, other) => supplement(known, other.known), latest.known);
}

/**
 * Law A: what differs from the last known text when the agent begins is not this agent's; then the agent's step, by
 * replay of what it reports; then what differs from that on disk is somebody else's, first of all of the calls that
 * are in flight at the same time.
 */
export function foldEdit(history: PathHistory, edit: FinishedEdit, call: string | null): Folded {
  const start = lastKnown(history.heads) ?? baseText(splitLines(edit.before ?? ''));
  const disk = splitLines(edit.disk ?? '');
  if (call !== null && history.claimed.includes(call)) return { known: observe(start, disk), claimed: [] };
  const stepped = stepFrom(start, edit, disk);
  const claims = claimInFlight(stepped, disk, history.inFlight);
  return { known: observe(claims.known, disk), claimed: claims.claimed };
}

/**
 * The text before may be stale (two calls began on the same text) or new (a person saved in between). A replacement
 * names the text it changes, so it may be replayed on the last known text too; the way that explains more of the disk
 * is the way it went.
 */
function stepFrom(start: KnownText, edit: FinishedEdit, disk: readonly string[]): KnownText {
  const before = edit.before === undefined ? start : observe(start, splitLines(edit.before ?? ''));
  const reported = afterText(edit, before);
  const viaReport = reported === null ? before : step(before, splitLines(reported), edit.author);
  if (edit.change.kind === 'write' || sameText(before, start)) return viaReport;
  const replayed = replay(edit.change, start.lines.join(''));
  if (replayed === null) return viaReport;
  const viaReplay = step(start, splitLines(replayed), edit.author);
  return unexplained(viaReplay, disk) <= unexplained(viaReport, disk) ? viaReplay : viaReport;
}

function afterText(edit: FinishedEdit, before: KnownText): string | null {
  if (edit.after !== undefined) return edit.after;
  return replay(edit.change, edit.before === null ? null : before.lines.join('')) ?? edit.disk;
}

function sameText(a: KnownText, b: KnownText): boolean {
  return a === b || (a.lines.length === b.lines.length && a.lines.every((line, i) => line === b.lines[i]));
}

/** Lets every call in flight take its step if that explains more of what stands there now. */
function claimInFlight(start: KnownText, now: readonly string[], inFlight: readonly StartedRecord[]): Folded {
  let known = start;
  const claimed: string[] = [];
  for (const call of inFlight) {
    const left = unexplained(known, now);
    if (left === 0) break;
    const text = call.change === null ? null : replay(call.change, known.lines.join(''));
    if (text === null || call.call === null) continue;
    const author = { via: 'agent', agent: call.agent, model: call.model, evidence: 'matched' } as const;
    const stepped = step(known, splitLines(text), author);
    if (unexplained(stepped, now) >= left) continue;
    known = stepped;
    claimed.push(call.call);
  }
  return { known, claimed };
}
