import { acknowledgeHead, acknowledgeIndex, type AckTarget } from '../../app/ack';
import { Refused } from '../../app/refused';
import type { Host } from '../streams';
import { ackText } from '../text/ack';
import { counted } from '../text/style';
import { tellAmended } from './amend';

/** Longer reasons are for a ticket. */
const LONGEST_REASON = 1000;

/** `ack [PATH[:START-END]…|HEAD] [--reason R]` */
export async function ackCommand(
  host: Host,
  names: readonly string[],
  reason: string | null,
): Promise<number> {
  if (reason !== null && (reason.trim() === '' || reason.length > LONGEST_REASON))
    throw new Refused(`--reason takes some words, ${LONGEST_REASON} characters at most`);
  if (names.includes('HEAD')) {
    if (names.length > 1) throw new Refused('HEAD is acknowledged as a whole; name it alone');
    const amended = await acknowledgeHead(host, reason);
    const ack = amended.acknowledged;
    host.stdout(
      ack === null
        ? 'Nothing in the last commit asks for an acknowledgement.\n'
        : `${counted(ack, 'AI range')} of the last commit acknowledged.\n`,
    );
    if (amended.kind === 'rewritten') tellAmended(host, amended);
    return 0;
  }
  host.stdout(ackText(await acknowledgeIndex(host, names.map(targetOf), { now: Date.now(), reason })));
  return 0;
}

/** `PATH`, `PATH:LINE` or `PATH:START-END`. */
function targetOf(name: string): AckTarget {
  const found = /^(.+):(\d{1,9})(?:-(\d{1,9}))?$/.exec(name);
  if (!found) return { path: name, lines: null };
  const start = Number(found[2]);
  const end = found[3] === undefined ? start : Number(found[3]);
  if (start < 1 || end < start) throw new Refused(`${name}: lines go from START to END, from 1`);
  return { path: found[1] ?? '', lines: { start, end } };
}
