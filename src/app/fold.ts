import type { Change } from '../core/agent-event';
import { headsOf, type KnownRecord, type StartedRecord } from '../core/journal';
import {
  baseText,
  corrected,
  observe,
  step,
  supplement,
  unexplained,
  unexplainedHeavy,
  type KnownText,
  type StepAuthor,
} from '../core/known';
import { splitLines } from '../core/lines';
import { namedPart } from '../core/named-part';
import { replay, replayElsewhere } from '../core/replay';

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
  /** Known texts, the latest first. */
  readonly known: readonly KnownRecord[];
  readonly heads: readonly KnownRecord[];
  /** Calls that have begun and not finished, the first first. */
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
  const inFlight = started
    .filter(
      (record) =>
        record.call !== null &&
        !(record.session === own.session && record.call === own.call) &&
        !finished.has(record.call) &&
        !claimed.includes(record.call) &&
        now - record.at < IN_FLIGHT_MS,
    )
    .sort((x, y) => x.at - y.at);
  return { known: known.toSorted((x, y) => y.at - x.at), heads: headsOf(known), inFlight, claimed };
}

/** The last known text of a path: the latest head, and what only other writers know of it. null: never seen. */
export function lastKnown(heads: readonly KnownRecord[]): KnownText | null {
  const [latest, ...others] = heads;
  if (!latest) return null;
  return others.reduce((known, other) => supplement(known, other.known), latest.known);
}

/**
 * Law A: what differs from the last known text when the agent begins is not this agent's, but first of all of the
 * calls that are in flight at the same time; then the agent's step, by replay of what it reports; then what differs
 * from that on disk is somebody else's, again first of all of the calls in flight.
 */
export function foldEdit(history: PathHistory, edit: FinishedEdit, call: string | null): Folded {
  const disk = splitLines(edit.disk ?? '');
  const last = lastKnown(history.heads);
  if (last && call !== null && history.claimed.includes(call)) {
    const claims = claimInFlight(last, disk, history);
    return { known: observe(claims.known, disk), claimed: claims.claimed };
  }
  const begun = textBegunOn(history, last, edit);
  const stepped = stepFrom(begun.known, edit, disk);
  const inFlight = history.inFlight.filter((other) => !begun.claimed.includes(other.call ?? ''));
  const claims = claimInFlight(stepped, disk, { ...history, inFlight });
  const known = observe(claims.known, disk);
  // What was seen of others after the agent found its text, and before it reported, is in the last known text only.
  return {
    known: last ? supplement(known, last) : known,
    claimed: [...begun.claimed, ...claims.claimed],
  };
}

/** The last known text, and what the calls in flight have done to it until the text that the agent found. */
function textBegunOn(history: PathHistory, last: KnownText | null, edit: FinishedEdit): Folded {
  if (edit.before === undefined) return { known: last ?? baseText([]), claimed: [] };
  const found = splitLines(edit.before ?? '');
  // Others may have seen what this call wrote before it reported: the text that it began on says whose the lines were.
  const begunOn = history.known.find(({ known }) => sameLines(known.lines, found));
  if (begunOn && last) return { known: corrected(begunOn.known, last), claimed: [] };
  if (last) return claimInFlight(last, found, history);
  // A file that nobody has seen yet: as the first of the calls in flight found it, if that call has changed it since.
  const [first] = history.inFlight;
  const claims = first && claimInFlight(baseText(splitLines(first.before ?? '')), found, history);
  return claims && claims.claimed.length > 0 ? claims : { known: baseText(found), claimed: [] };
}

/**
 * The text before may be stale (two calls began on the same text) or new (a person saved in between). A replacement
 * names the text it changes, so it may be replayed on the last known text too; the way that explains more of the disk
 * is the way it went.
 */
function stepFrom(start: KnownText, edit: FinishedEdit, disk: readonly string[]): KnownText {
  const before = edit.before === undefined ? start : observe(start, splitLines(edit.before ?? ''));
  const viaReport = step(before, afterLines(edit, before, disk), edit.author);
  if (edit.change.kind === 'write' || sameLines(before.lines, start.lines)) return viaReport;
  const replayed = replayElsewhere(edit.change, start.lines.join(''), before.lines.join(''));
  if (replayed === null) return viaReport;
  const viaReplay = step(start, splitLines(replayed), edit.author);
  return unexplained(viaReplay, disk) <= unexplained(viaReport, disk) ? viaReplay : viaReport;
}

/** What the agent left, as far as it can be told from what it says; the disk may have more. */
function afterLines(edit: FinishedEdit, { lines }: KnownText, disk: readonly string[]): readonly string[] {
  const text = edit.after ?? replay(edit.change, edit.before === null ? null : lines.join(''));
  return text === null ? namedPart(edit.change, lines, disk) : splitLines(text);
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((line, i) => line === b[i]));
}

/** Lets every call in flight take its step, in the order in which they began, if that explains more of what stands there now. */
function claimInFlight(start: KnownText, now: readonly string[], history: PathHistory): Folded {
  let known = start;
  const claimed: string[] = [];
  for (const call of history.inFlight) {
    const left = unexplainedHeavy(known, now);
    if (left === 0) break;
    const [best] = stepsOf(call, known, history)
      .filter(({ before, stepped }) => before === known || explainsMore(stepped, before, now))
      .map(({ stepped }) => ({ stepped, left: unexplainedHeavy(stepped, now) }))
      .sort((x, y) => x.left - y.left);
    if (!best || best.left >= left || call.call === null) continue;
    known = best.stepped;
    claimed.push(call.call);
  }
  return { known, claimed };
}

/** What the text that a call found explains of now is not what the call did. */
function explainsMore(stepped: KnownText, before: KnownText, now: readonly string[]): boolean {
  return unexplainedHeavy(stepped, now) < unexplainedHeavy(before, now);
}

/**
 * What a call may have made of a text. A whole text also has what the call found, and no line of that is its own: it is
 * a step from there. Any other change may be one of the known text, for what the call found may be older than what
 * another call has done since; but where the call began after the last known text was seen, first from the text that it
 * found: a line that was missing there was not deleted by it.
 */
function stepsOf(
  call: StartedRecord,
  known: KnownText,
  history: PathHistory,
): { readonly before: KnownText; readonly stepped: KnownText }[] {
  const { change } = call;
  if (change === null) return [];
  const author = { via: 'agent', agent: call.agent, model: call.model, evidence: 'matched' } as const;
  return beforesOf(call, change, known, history).flatMap((before) => {
    const text = replayElsewhere(change, before.lines.join(''), call.before ?? '');
    return text === null ? [] : [{ before, stepped: step(before, splitLines(text), author) }];
  });
}

function beforesOf(
  { at, before }: StartedRecord,
  { kind }: Change,
  known: KnownText,
  { heads }: PathHistory,
): readonly KnownText[] {
  if (before === null) return [known];
  const found = (): KnownText => observe(known, splitLines(before));
  if (kind === 'write') return [found()];
  return at >= (heads[0]?.at ?? 0) ? [found(), known] : [known];
}
