import * as fs from 'node:fs';
import * as path from 'node:path';
import { MARK } from '../agents/hook-groups';
import { hasBlock, HOOK_NAMES } from '../git/hook-block';
import type { Repository } from '../git/repository';

/** Files of agents that may hold hooks of ours, by their name alone: where agents look for them is their matter. */
const AGENT_FILES = ['settings.json', 'settings.local.json', 'hooks.json', 'hunkmark.json', 'hunkmark.js'];
const LARGEST = 4 * 1024 * 1024;

/** Whether the file is one that `install` put our hooks into, of git or of an agent. */
export function holdsOurHooks(file: string): boolean {
  const name = path.basename(file);
  if (HOOK_NAMES.some((hook) => hook === name)) return hasBlock(textOf(file));
  return AGENT_FILES.includes(name) && textOf(file).includes(MARK);
}

/** Whether the file is what keeps our record in the git directory, or says which hooks git runs. */
export function isOurState({ commonDir, gitDir }: Repository, file: string): boolean {
  return [commonDir, gitDir].some((folder) => {
    const [first = '', ...rest] = path.relative(folder, file).split(path.sep);
    return rest.length > 0 ? ['hunkmark', 'hooks'].includes(first) : /^config(?:\.worktree)?$/.test(first);
  });
}

function textOf(file: string): string {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() && stat.size <= LARGEST ? fs.readFileSync(file, 'latin1') : '';
}
