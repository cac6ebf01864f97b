import { mark } from '../../app/mark';
import { Refused } from '../../app/refused';
import { linesOfPath } from '../lines-of-path';
import { oneLine, type Host } from '../streams';
import { counted } from '../text/style';

/** `mark PATH:START-END --as ai|human [--agent A]` */
export async function markCommand(
  host: Host,
  name: string,
  as: string | undefined,
  agent: string | null,
): Promise<number> {
  const { path, lines } = linesOfPath(name);
  if (lines === null || (as !== 'ai' && as !== 'human'))
    throw new Refused('usage: mark PATH:START-END --as ai|human [--agent A]');
  const { start, end } = lines;
  const done = await mark(host, { path, start, end, as, agent }, Date.now());
  const by = agent === null ? '' : ` by ${agent}`;
  host.stdout(`${counted(done.marked, 'line')} of ${oneLine(done.path)} marked as ${as}${by}.\n`);
  if (done.committed > 0)
    host.stderr(`${counted(done.committed, 'line')} between them already committed: not marked.\n`);
  return 0;
}
