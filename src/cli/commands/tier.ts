import { propose } from '../../app/propose';
import { tiersOf } from '../../app/tier';
import { json, oneLine, printable, type Host } from '../streams';
import { tierText } from '../text/tier';
import { styleOf } from '../text/style';

/** `tier PATH… [--at REV]` */
export async function tierCommand(
  host: Host,
  paths: readonly string[],
  at: string | null,
  asJson: boolean,
): Promise<number> {
  const tiers = await tiersOf(host, paths, at, Date.now());
  if (asJson) host.stdout(json(tiers.answers.map(({ lapsed: _lapsed, ...answer }) => answer)));
  else host.stdout(tierText(tiers, styleOf(host.colour)));
  for (const { what, from } of tiers.unsupported)
    host.stderr(`hunkmark: ${oneLine(from.file)}:${from.line}: ${oneLine(what)}\n`);
  return 0;
}

/** `tier --propose` */
export async function proposeCommand(host: Host): Promise<number> {
  host.stdout(printable(await propose(host)));
  return 0;
}
