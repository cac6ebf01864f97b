import * as fs from 'node:fs';
import * as path from 'node:path';
import { ensureState, stateFiles } from './state-files';

/**
 * Notes that an agent's hook has called us. An empty file with the agent's name, whose time is the call's: it says that
 * the agent runs its hooks also where it has edited nothing. `agent` is a name that `isPlainName` takes.
 */
export function noteHeard(commonDir: string, agent: string, now: number): void {
  const folder = folderOf(commonDir);
  const file = path.join(folder, agent);
  const seconds = now / 1000;
  try {
    fs.utimesSync(file, seconds, seconds);
  } catch {
    ensureState(commonDir);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (fs.readdirSync(folder).length >= MOST) return;
    fs.closeSync(fs.openSync(file, 'a', 0o600));
    fs.utimesSync(file, seconds, seconds);
  }
}

/** By agent, when it last called, in milliseconds since 1970. */
export function heardAgents(commonDir: string): ReadonlyMap<string, number> {
  const folder = folderOf(commonDir);
  const names = namesIn(folder);
  return new Map(
    names.flatMap((name) => {
      const stat = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
      return stat?.isFile() === true ? [[name, stat.mtimeMs] as const] : [];
    }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** A script may call under any number of names. */
const MOST = 200;

function folderOf(commonDir: string): string {
  return path.join(stateFiles(commonDir).folder, 'heard');
}
