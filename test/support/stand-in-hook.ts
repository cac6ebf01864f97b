import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { installHookFiles } from '../../src/git/hook-files';
import { locateHooks, type HooksPlace } from '../../src/git/hooks-place';
import { refreshMarkers, stateFiles } from '../../src/git/state-files';
import type { ScratchRepo } from './scratch-repo';

/** One start of the hook program, as the stand-in for it saw it. */
export interface Start {
  readonly args: readonly string[];
  readonly electronRunAsNode: string | undefined;
  readonly stdin: string;
}

/** Hooks installed in a scratch repository, with a program that notes each start of it and does nothing else. */
export interface StandIn {
  readonly place: HooksPlace;
  /** The starts since the last call. */
  starts(): Start[];
  /** The same, as the names of the hooks that started it. */
  startedBy(): string[];
}

const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const start = {
  args: process.argv.slice(2),
  electronRunAsNode: process.env.ELECTRON_RUN_AS_NODE,
  stdin: fs.readFileSync(0, 'utf8'),
};
fs.appendFileSync(path.join(__dirname, 'starts'), JSON.stringify(start) + '\\n');
console.log('standard output of the program');
`;

/** Installs the stand-in from `folder` (default: the work tree) and sets the clock so that the gate is quiet. */
export async function installStandIn(repo: ScratchRepo, folder: string = repo.dir): Promise<StandIn> {
  const hookProgram = join(repo.root, 'program.js');
  writeFileSync(hookProgram, PROGRAM);
  const place = await locateHooks(folder);
  await installHookFiles(place, { hookProgram, nodePath: process.execPath });
  await settle(place, repo);
  const starts = (): Start[] => {
    const file = join(stateFiles(place.commonDir).folder, 'starts');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    rmSync(file);
    return lines.map((line) => JSON.parse(line) as Start);
  };
  return { place, starts, startedBy: () => starts().map(({ args }) => args[2] ?? '') };
}

/** Has the configuration count as read: what the real program does each time it runs. */
export async function settle(place: HooksPlace, repo: ScratchRepo, always = false): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 15));
  await refreshMarkers(place, () => always, repo.env);
}
