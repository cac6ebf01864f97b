import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

/** The git command whose hook we are in, as words; the hook's parent process says what git's arguments do not. */
export interface GitCaller {
  /** `commit`, `rebase`, `cherry-pick`, `revert`, `merge` … */
  readonly command: string;
  /** The words behind the command. */
  readonly args: readonly string[];
}

const GENERATIONS = 6;

/** Looks upwards for the nearest git process; null where none is found or processes cannot be seen. */
export function findCaller(from: number = process.ppid): GitCaller | null {
  let pid = from;
  for (let generation = 0; generation < GENERATIONS && pid > 1; generation++) {
    const seen = fs.existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
    if (!seen) return null;
    const caller = parseCaller(seen.words);
    if (caller) return caller;
    pid = seen.parent;
  }
  return null;
}

/** How far up an agent is looked for: a shell, a terminal and a runner may stand between. */
const ANCESTORS = 24;

export interface Ancestor {
  readonly pid: number;
  readonly words: readonly string[];
}

/** The parent processes, nearest first, as far as they can be seen. */
export function ancestors(from: number = process.ppid): Ancestor[] {
  const found: Ancestor[] = [];
  for (let pid = from; found.length < ANCESTORS && pid > 1;) {
    const seen = fs.existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
    if (!seen) break;
    found.push({ pid, words: seen.words });
    pid = seen.parent;
  }
  return found;
}

/** The git command of a command line, with git's own options before it left out; null if it is not git. */
function parseCaller(words: readonly string[]): GitCaller | null {
  const program = (words[0] ?? '').replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
  if (program.startsWith('git-') && program !== 'git-')
    return { command: program.slice(4), args: words.slice(1) };
  if (program !== 'git') return null;
  let at = 1;
  while (at < words.length && words[at]?.startsWith('-'))
    at += ['-c', '-C', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--config-env'].includes(
      words[at] ?? '',
    )
      ? 2
      : 1;
  const command = words[at];
  return command === undefined ? null : { command, args: words.slice(at + 1) };
}

interface Seen {
  readonly words: readonly string[];
  readonly parent: number;
}

function fromProc(pid: number): Seen | null {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    // The program's name stands in brackets and may hold any character, so the fields are counted from its end.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { words, parent };
  } catch {
    return null;
  }
}

/** `ps` joins the words with blanks, so a message may look like options; better than not knowing. */
function fromPs(pid: number): Seen | null {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const found = /^(\d+)\s+(.*)$/s.exec(line);
    return found ? { parent: Number(found[1]), words: (found[2] ?? '').split(/\s+/) } : null;
  } catch {
    return null;
  }
}
