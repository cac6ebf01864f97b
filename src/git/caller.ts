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

/** The git command of a command line, with git's own options before it left out; null if it is not git. */
export function parseCaller(words: readonly string[]): GitCaller | null {
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

/** Long options of `git commit` that take a word, needed to know which words are options at all. */
const WITH_VALUE = [
  'message',
  'file',
  'template',
  'author',
  'date',
  'reuse-message',
  'reedit-message',
  'fixup',
  'squash',
  'cleanup',
  'trailer',
  'pathspec-from-file',
];
const LONG = [
  ...WITH_VALUE,
  'amend',
  'all',
  'allow-empty',
  'allow-empty-message',
  'branch',
  'dry-run',
  'edit',
  'include',
  'interactive',
  'long',
  'no-edit',
  'no-gpg-sign',
  'no-post-rewrite',
  'no-signoff',
  'no-status',
  'no-verify',
  'null',
  'only',
  'patch',
  'porcelain',
  'quiet',
  'reset-author',
  'short',
  'signoff',
  'status',
  'untracked-files',
  'verbose',
  'verify',
  'gpg-sign',
  'pathspec-file-nul',
  'ahead-behind',
  'no-ahead-behind',
];
/** Short options of `git commit` that take a word; of `u` and `S` the word must be stuck to them. */
const SHORT_WITH_VALUE = 'mFtcC';
const SHORT_STUCK = 'uS';

export interface CommitOptions {
  readonly amend: boolean;
  readonly noVerify: boolean;
  readonly verbose: boolean;
  readonly template: string | null;
  readonly cleanup: string | null;
}

export const NO_OPTIONS: CommitOptions = {
  amend: false,
  noVerify: false,
  verbose: false,
  template: null,
  cleanup: null,
};

/** Which of the options in question a `git commit` was given; abbreviations count, words behind `-m` do not. */
export function commitOptions(args: readonly string[]): CommitOptions {
  let { amend, noVerify, verbose, template, cleanup } = NO_OPTIONS;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const option = longOption(word.slice(2, equals < 0 ? undefined : equals));
      const takesNext = equals < 0 && option !== null && WITH_VALUE.includes(option);
      const value = takesNext ? args[++at] : word.slice(equals + 1);
      if (option === 'amend') amend = true;
      if (option === 'no-verify') noVerify = true;
      if (option === 'verify') noVerify = false;
      if (option === 'verbose') verbose = true;
      if (option === 'template') template = value ?? null;
      if (option === 'cleanup') cleanup = value ?? null;
    } else if (word.startsWith('-') && word.length > 1) {
      const cluster = readCluster(word.slice(1));
      const value = cluster.takesNext ? args[++at] : cluster.value;
      noVerify ||= cluster.letters.includes('n');
      verbose ||= cluster.letters.includes('v');
      if (cluster.letters.endsWith('t')) template = value ?? null;
    }
  }
  return { amend, noVerify, verbose, template, cleanup };
}

function longOption(given: string): string | null {
  if (LONG.includes(given)) return given;
  const candidates = LONG.filter((option) => option.startsWith(given));
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** The option letters of a cluster such as `-anm`, and the word that the last of them takes. */
function readCluster(cluster: string): { letters: string; value: string; takesNext: boolean } {
  for (let i = 0; i < cluster.length; i++) {
    const letter = cluster.charAt(i);
    if (SHORT_STUCK.includes(letter)) return { letters: cluster.slice(0, i), value: '', takesNext: false };
    if (SHORT_WITH_VALUE.includes(letter)) {
      const value = cluster.slice(i + 1);
      return { letters: cluster.slice(0, i + 1), value, takesNext: value === '' };
    }
  }
  return { letters: cluster, value: '', takesNext: false };
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
