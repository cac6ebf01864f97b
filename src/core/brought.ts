import { align } from './align';
import type { KnownText } from './known';
import { findMoves } from './moves';
import { isModelWritten, UNKNOWN, type Evidenced, type LineOrigin } from './origin';
import { lineKey } from './tokens';

/** Texts that were there before a step, from which it may have brought lines without writing them. */
export interface BringableTexts {
  /** Of the same file, as git has it elsewhere: a merge takes single lines over, between lines that were here. */
  readonly sameFile: readonly (readonly string[])[];
  /** Of other files: whole runs of lines only, by the rule of moves. */
  readonly otherFiles: readonly (readonly string[])[];
}

/** A step without the claim to what it only brought. */
export interface Brought {
  readonly known: KnownText;
  /** All that the step claimed came from the same file elsewhere: git has put it there. */
  readonly isAll: boolean;
}

/** Whether the step calls a line its own. */
export type IsClaimed = (origin: Evidenced) => boolean;

export function claimsLines({ origins }: KnownText, isClaimed: IsClaimed): boolean {
  return origins.some((origin) => isModelWritten(origin) && isClaimed(origin));
}

/**
 * Takes back what a step claims of lines that only came from another text: nobody wrote those now. They are unknown;
 * whose they are, the texts that they came from may say at the commit.
 */
export function withoutBrought(known: KnownText, texts: BringableTexts, isClaimed: IsClaimed): Brought {
  const { lines, origins } = known;
  const isOurs = (origin: LineOrigin): boolean => isModelWritten(origin) && isClaimed(origin);
  const claims = new Set(origins.flatMap((origin, line) => (isOurs(origin) ? [line] : [])));
  const all = claims.size;
  takeSameFile(lines, texts.sameFile, claims);
  takeConflict(lines, claims, all);
  const isAll = all > 0 && claims.size === 0;
  takeOtherFiles(lines, texts.otherFiles, claims);
  takeConflict(lines, claims, all);
  if (claims.size === all) return { known, isAll };
  const left = origins.map((origin, line) => (isOurs(origin) && !claims.has(line) ? UNKNOWN : origin));
  return { known: { ...known, origins: left }, isAll };
}

/** What git writes around the two sides of a conflict. */
const CONFLICT = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r\n]|$)/;

function takeSameFile(
  lines: readonly string[],
  texts: readonly (readonly string[])[],
  claims: Set<number>,
): void {
  for (const text of texts) {
    if (claims.size === 0) return;
    align(text, lines).sources.forEach(({ kind }, line) => {
      if (kind === 'same' || kind === 'reformat') claims.delete(line);
    });
  }
}

/** Where something was brought, the lines around it that say from where were brought too. */
function takeConflict(lines: readonly string[], claims: Set<number>, all: number): void {
  if (claims.size === all) return;
  for (const line of claims) if (CONFLICT.test(lines[line] ?? '')) claims.delete(line);
}

function takeOtherFiles(
  lines: readonly string[],
  texts: readonly (readonly string[])[],
  claims: Set<number>,
): void {
  for (const text of texts) {
    if (claims.size === 0) return;
    // A file that only has another name now is that file, however little its lines weigh.
    if (haveSameKeys(text, lines)) claims.clear();
    const to = { lines, isOpen: (line: number) => claims.has(line) };
    for (const run of findMoves({ lines: text, isOpen: () => true }, to, 'across'))
      for (let at = 0; at < run.length; at++) claims.delete(run.bStart + at);
  }
}

function haveSameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => lineKey(line) === lineKey(b[at] ?? ''));
}
