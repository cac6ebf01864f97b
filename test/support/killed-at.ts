import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends the process with SIGKILL at the N-th change it makes to the file system (N from 1, in the variable KILLED_AT): a
 * write is cut in half first, everything else has not happened. Without a kill it notes how many changes there were.
 */
const PROGRAM = `
const fs = require('node:fs');
const at = Number(process.env.KILLED_AT);
let count = 0;
const die = () => { process.kill(process.pid, 'SIGKILL'); for (;;); };
for (const name of ['writeSync', 'writeFileSync', 'renameSync', 'rmSync', 'unlinkSync', 'mkdirSync', 'chmodSync',
  'utimesSync', 'openSync', 'linkSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    const reads = name === 'openSync' && (args[1] === undefined || args[1] === 'r' || args[1] === 0);
    if (reads || (name === 'writeSync' && args[0] === 2)) return real(...args);
    if (++count !== at) return real(...args);
    if (name === 'writeSync' || name === 'writeFileSync') {
      const bytes = Buffer.from(args[1], typeof args[2] === 'string' ? args[2] : args[2]?.encoding);
      real(args[0], bytes.subarray(0, bytes.length >> 1), ...args.slice(2));
    }
    die();
  };
}
process.on('exit', () => { if (process.env.KILLED_NOTE) real_note(); });
const write = fs.writeFileSync;
function real_note() { count = -Infinity; write(process.env.KILLED_NOTE, 'lived'); }
`;

/**
 * The environment of a program that is killed at its N-th change, the Node that does it where the environment has no say,
 * and whether the program came to its own end.
 */
export function killedAt(
  folder: string,
  n: number,
): { env: Record<string, string>; node: string; lived: () => boolean } {
  const program = join(folder, 'killed-at.cjs');
  const note = join(folder, 'lived');
  if (!existsSync(program)) writeFileSync(program, PROGRAM);
  const node = join(folder, 'killed-at-node');
  if (!existsSync(node))
    writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --require '${program}' "$@"\n`, {
      mode: 0o700,
    });
  rmSync(note, { force: true });
  return {
    env: { NODE_OPTIONS: `--require ${program}`, KILLED_AT: String(n), KILLED_NOTE: note },
    node,
    lived: () => existsSync(note) && readFileSync(note, 'utf8') === 'lived',
  };
}
