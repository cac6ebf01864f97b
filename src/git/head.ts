import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Repository } from './repository';
import { runGit } from './run';

/**
 * The commit that HEAD stands for, read from the files of the git directory (one process less on the way of an
 * agent's edit); git is asked only where refs are kept in another format. null before the first commit.
 */
export async function readHead(repository: Repository): Promise<string | null> {
  const head = readLine(path.join(repository.gitDir, 'HEAD'));
  const ref = /^ref: (refs\/\S+)$/.exec(head ?? '')?.[1];
  if (ref === undefined) return isObjectId(head) ? head : await askGit(repository);
  if (ref === 'refs/heads/.invalid') return await askGit(repository);
  const loose = readLine(path.join(repository.commonDir, ref));
  if (isObjectId(loose)) return loose;
  return packedRef(repository, ref);
}

function packedRef(repository: Repository, ref: string): string | null {
  const file = path.join(repository.commonDir, 'packed-refs');
  if (!fs.existsSync(file)) return null;
  for (const line of fs.readFileSync(file, 'utf8').split('\n'))
    if (line.endsWith(` ${ref}`)) return line.slice(0, line.indexOf(' '));
  return null;
}

async function askGit(repository: Repository): Promise<string | null> {
  const answer = await runGit(repository.worktree ?? repository.gitDir, [
    'rev-parse',
    '--verify',
    '-q',
    'HEAD',
  ]);
  const oid = answer.stdout.toString('latin1').trim();
  return isObjectId(oid) ? oid : null;
}

function readLine(file: string): string | null {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? fs.readFileSync(file, 'utf8').trim() : null;
}

export function isObjectId(text: string | null): text is string {
  return text !== null && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
