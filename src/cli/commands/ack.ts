import { acknowledgeHead, acknowledgeIndex } from '../../app/ack';
import { allowFromShell } from '../../app/allow';
import { Refused } from '../../app/refused';
import { linesOfPath } from '../lines-of-path';
import { oneLine, type Host } from '../streams';
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
  const now = Date.now();
  host.stdout(ackText(await acknowledgeIndex(host, names.map(linesOfPath), { now, reason })));
  return 0;
}

/** `ack --allow PATH` */
export function allowCommand(host: Host, given: string): number {
  const { path, minutes } = allowFromShell(host, given);
  host.stdout(
    `An agent may write ${oneLine(path)} once in the next ${minutes} minutes, if it is still as it is now.\n`,
  );
  return 0;
}
