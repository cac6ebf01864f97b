import { squashMessage } from '../../app/squash';
import { json, oneLine, type Host } from '../streams';

/** `squash-message [RANGE]`: nothing where the squash needs no trailers. */
export async function squashMessageCommand(
  host: Host,
  range: string | null,
  asJson: boolean,
): Promise<number> {
  const { lines, commits } = await squashMessage(host, range, Date.now());
  if (asJson) host.stdout(json({ commits, trailers: lines }));
  else for (const line of lines) host.stdout(`${oneLine(line)}\n`);
  return 0;
}
