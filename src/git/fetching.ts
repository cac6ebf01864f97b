import * as fs from 'node:fs';
import * as path from 'node:path';
import { allowFetching, runGit } from './run';

/** What a partial clone's configuration keeps git from getting; null: nothing, or it is no partial clone. */
export type FetchBar = string | null;

/**
 * In a partial clone git gets objects that are missing when they are asked for, and runs whatever the configuration
 * names for that. So it may only where the repository's own configuration names no program and no unusual address; the
 * user's is the user's. Elsewhere the answer is the first setting in the way.
 */
export async function settleFetching(cwd: string, commonDir: string): Promise<FetchBar> {
  if (!isPartial(commonDir)) return null;
  const { stdout } = await runGit(cwd, ['config', '-z', '--show-scope', '--list']);
  const bar = settings(stdout.toString('utf8')).find(isInTheWay)?.key ?? null;
  if (bar === null) allowFetching(cwd);
  return bar;
}

/** git takes a clone for partial only where its own file says so, or one that the file includes: that one is not read. */
function isPartial(commonDir: string): boolean {
  const file = path.join(commonDir, 'config');
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return /promisor|partialclone/i.test(fs.readFileSync(file, 'latin1'));
}

interface Setting {
  readonly key: string;
  readonly value: string;
  /** `local` and `worktree` are the repository's own. */
  readonly scope: string;
}

/** `SCOPE NUL KEY LF VALUE NUL` records. */
function settings(output: string): Setting[] {
  const words = output.split('\0');
  return words.flatMap((scope, at) => {
    const entry = words[at + 1];
    if (at % 2 === 1 || entry === undefined) return [];
    const end = entry.indexOf('\n');
    return [
      end < 0
        ? { scope, key: entry, value: '' }
        : { scope, key: entry.slice(0, end), value: entry.slice(end + 1) },
    ];
  });
}

/** Keys with which `git fetch`, or what it starts, runs a program or goes somewhere else. */
const PROGRAMS = [
  /^core\.(?:sshcommand|gitproxy|askpass|alternaterefscommand)$/,
  /^(?:credential|url|protocol|hook|ssh)\./,
  /^remote\..*\.(?:uploadpack|receivepack|vcs)$/,
  /^(?:gc\.recentobjectshook|http\..*savecookies|http\.savecookies|uploadpack\.packobjectshook)$/,
];
/** A path, `file:`, `http:`, `https:`, `ssh:` or `git:`, or `HOST:PATH`; never `HELPER::ADDRESS`. */
const ADDRESS = /^(?:(?:file|https?|ssh|git):\/\/|\.{0,2}\/|[A-Za-z0-9._]+(?:@[A-Za-z0-9.-]+)?:(?!:))/;

function isInTheWay({ key, value, scope }: Setting): boolean {
  if (scope !== 'local' && scope !== 'worktree') return false;
  if (PROGRAMS.some((pattern) => pattern.test(key))) return true;
  return /^remote\..*\.url$/.test(key) && !ADDRESS.test(value);
}
