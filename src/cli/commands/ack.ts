import { acknowledgeHead, acknowledgeIndex } from '../../app/ack';
import { Refused } from '../../app/refused';
import { linesOfPath } from '../lines-of-path';
import type { Host } from '../streams';
import { ackText } from '../text/ack';
import { counted } from '../text/style';
import { tellAmended } from './amend';

/** `ack [PATH[:START-END]…|HEAD]` */
export async function ackCommand(host: Host, names: readonly string[]): Promise<number> {
  if (names.includes('HEAD')) {
    if (names.length > 1) throw new Refused('HEAD is acknowledged as a whole; name it alone');
    const amended = await acknowledgeHead(host);
    const ack = amended.acknowledged;
    host.stdout(
      ack === null
        ? 'Nothing in the last commit asks for an acknowledgement.\n'
        : `${counted(ack, 'AI range')} of the last commit acknowledged.\n`,
    );
    if (amended.kind === 'rewritten') tellAmended(host, amended);
    return 0;
  }
  host.stdout(ackText(await acknowledgeIndex(host, names.map(linesOfPath), Date.now())));
  return 0;
}
