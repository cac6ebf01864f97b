import { REFUSED_STATUS } from '../core/policy';
import { openCompiled } from './compiled';
import { PARTS, recordCommand, stampCommand, type Parts } from './hook-commands';
import { processHost, type Host } from './streams';

/** The lean program behind git's hooks and agents' hooks; it knows `record` and `stamp --hook` and nothing else. */
async function main(host: Host, args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'record' && rest[0] !== undefined && rest[1] !== undefined)
    return await recordCommand(host, rest[0], rest[1], parts);
  if (command === 'stamp' && rest[0] === '--hook' && rest[1] !== undefined && rest[2] !== undefined)
    return (await stampCommand(host, rest[1], rest[2], parts)) === 0 ? 0 : REFUSED_STATUS;
  host.stderr('hunkmark: usage: record AGENT EVENT, or stamp --hook NAME FILE; nothing was done.\n');
  // An agent would take 2 for a refusal of its edit.
  return command === 'record' || command === 'stamp' ? 0 : 2;
}

/**
 * Only in folders of ours, for their owner alone: beside a journal, and in the user's own state. What an editor has
 * installed as an extension is not written to.
 */
const OURS = /[\\/]hunkmark(?:[\\/]hooks)?$/;
const compiled = OURS.test(__dirname) ? openCompiled(__dirname) : null;
const parts: Parts = compiled
  ? {
      record: async (event) => compiled.load('record.js', event) as Awaited<ReturnType<Parts['record']>>,
      stamp: async (hook) => compiled.load('stamp.js', hook) as Awaited<ReturnType<Parts['stamp']>>,
    }
  : PARTS;

const host = processHost();
main(host, process.argv.slice(2)).then(
  (status) => {
    compiled?.keep();
    process.exit(status);
  },
  (error: unknown) => {
    host.stderr(`hunkmark: nothing was done: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(0);
  },
);
