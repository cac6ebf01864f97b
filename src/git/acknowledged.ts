import * as fs from 'node:fs';
import * as path from 'node:path';
import { percentDecodePath, percentEncodePath } from '../core/path';
import type { ProvenanceRange } from '../core/range';
import { ensureState, fileVersion, replaceFile, stateFiles } from './state-files';

/** A range of AI lines by what it is, not where: lines above it may come and go before it is committed. */
export type RangeContent = Pick<ProvenanceRange, 'path' | 'side' | 'digest'>;

/** How long an acknowledgement waits for its commit. */
const KEPT_MS = 30 * 24 * 3600 * 1000;
const LARGEST = 4 * 1024 * 1024;

/** An acknowledgement that waits for its commit. */
export interface WaitingAck {
  /** What the person said; null: nothing. It stays on this machine. */
  readonly reason: string | null;
}

/**
 * Ranges that this person (a mail address) has acknowledged in this repository: `SIDE DIGEST TIME PATH [<EMAIL] [REASON]`
 * a line. Without an address nobody asked who it was.
 */
export function readAcknowledged(commonDir: string, by: string | null): (range: RangeContent) => boolean {
  const own = linesOf(commonDir).filter((line) => line.by === null || line.by === by);
  const keys = new Set(own.map(({ key }) => key));
  return (range) => keys.has(keyOf(range));
}

/** What was said of ranges, by whomever; null: nobody has acknowledged the range. */
export function readAcknowledgements(commonDir: string): (range: RangeContent) => WaitingAck | null {
  const acks = new Map(linesOf(commonDir).map(({ key, reason }) => [key, { reason }]));
  return (range) => acks.get(keyOf(range)) ?? null;
}

/** Differs where the acknowledgements do; empty where there are none. */
export function acknowledgedVersion(commonDir: string): string {
  return fileVersion(stateFiles(commonDir).folder, ACKNOWLEDGED_FILE);
}

/**
 * Adds ranges, for their owner's eyes only, and lets go of those that no commit has asked for in a month. The reason is
 * kept with them: it is for whoever gave it, and stands in no commit.
 */
export function writeAcknowledged(
  commonDir: string,
  ranges: readonly RangeContent[],
  now: number,
  { by, reason }: Pick<Line, 'by' | 'reason'>,
): void {
  const file = fileOf(commonDir);
  ensureState(commonDir);
  const added = new Set(ranges.map(keyOf));
  const isReplaced = (line: Line): boolean => added.has(line.key) && line.by === by;
  const kept = linesOf(commonDir).filter((line) => !isReplaced(line) && now - line.at < KEPT_MS);
  const lines = [...kept, ...[...added].map((key) => ({ key, at: now, by, reason }))].map(lineOf);
  replaceFile(file, Buffer.from(lines.join('')), 0o600);
}

/** Where the acknowledgements are kept, in the state folder. */
export const ACKNOWLEDGED_FILE = 'acknowledged';

function fileOf(commonDir: string): string {
  return path.join(stateFiles(commonDir).folder, ACKNOWLEDGED_FILE);
}

function keyOf({ path: name, side, digest }: RangeContent): string {
  return `${side}${digest} ${percentEncodePath(name)}`;
}

interface Line {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A mail address; null: not known. */
  readonly by: string | null;
  readonly reason: string | null;
}

function lineOf({ key, at, by, reason }: Line): string {
  const [content, name] = key.split(' ');
  const who = by === null ? '' : ` <${percentEncodePath(by)}`;
  return `${content} ${at} ${name}${who}${reason === null ? '' : ` ${percentEncodePath(reason)}`}\n`;
}

/** A line that does not parse counts for nothing. */
function linesOf(commonDir: string): Line[] {
  const file = fileOf(commonDir);
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > LARGEST) return [];
  return fs
    .readFileSync(file, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const found = /^([+-][0-9a-f]{8}) (\d{1,15}) (\S+)(?: <(\S*))?(?: (\S+))?$/.exec(line);
      if (!found || percentDecodePath(found[3] ?? '') === null) return [];
      const by = found[4] === undefined ? null : percentDecodePath(found[4]);
      const reason = percentDecodePath(found[5] ?? '') || null;
      return [{ key: `${found[1]} ${found[3]}`, at: Number(found[2]), by, reason }];
    });
}
