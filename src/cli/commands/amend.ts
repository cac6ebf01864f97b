import { amendStamp, type Amended } from '../../app/amend';
import { oneLine, type Host } from '../streams';

/** `stamp --amend` */
export async function amendCommand(host: Host): Promise<number> {
  tellAmended(host, await amendStamp(host));
  return 0;
}

/** What became of the last commit, and that it was pushed before. */
export function tellAmended(host: Host, amended: Amended): void {
  host.stdout(amendText(amended));
  if (amended.kind === 'rewritten' && amended.pushedTo !== null)
    host.stderr(
      `hunkmark: ${oneLine(amended.pushedTo)} has the commit as it was; the new one can only be pushed by force\n`,
    );
}

function amendText(amended: Amended): string {
  if (amended.kind === 'unchanged')
    return amended.provenance
      ? `Nothing to change: the trailers of ${amended.commit} are right.\n`
      : `Nothing to change: nothing in ${amended.commit} is known to be from a model.\n`;
  const says = amended.provenance
    ? 'its trailers are written anew'
    : 'its trailers are gone, no range of it is known';
  return `${amended.from} is now ${amended.to}: ${says}.\n`;
}
