import { REFUSED_STATUS } from '../core/policy';
import { recordCommand, stampCommand } from './hook-commands';
import { processHost, type Host } from './streams';

/** The lean program behind git's hooks and agents' hooks; it knows `record` and `stamp --hook` and nothing else. */
async function main(host: Host, args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'record' && rest[0] !== undefined && rest[1] !== undefined)
    return await recordCommand(host, rest[0], rest[1]);
  if (command === 'stamp' && rest[0] === '--hook' && rest[1] !== undefined && rest[2] !== undefined)
    return (await stampCommand(host, rest[1], rest[2])) === 0 ? 0 : REFUSED_STATUS;
  host.stderr('hunkmark: usage: record AGENT EVENT, or stamp --hook NAME FILE; nothing was done.\n');
  // An agent would take 2 for a refusal of its edit.
  return command === 'record' || command === 'stamp' ? 0 : 2;
}

const host = processHost();
main(host, process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    host.stderr(`hunkmark: nothing was done: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(0);
  },
);
