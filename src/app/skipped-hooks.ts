import * as path from 'node:path';
import { simpleCommands } from '../core/shell-text';
import { commitOptions } from '../git/commit-options';

/** A part of a shell command that would keep our hooks from running. */
export interface SkippedHooks {
  /** The part, as a person would write it. */
  readonly what: string;
  /** Where it runs: the folder whose repository it is about. */
  readonly folder: string;
}

/**
 * What in a shell command would keep our hooks from running, as far as its text shows: git's options and settings for
 * that, our own switch, taking the hooks out. What a variable, an alias or a script holds is not seen.
 */
export function skippedHooks(command: string, cwd: string): readonly SkippedHooks[] {
  const found: SkippedHooks[] = [];
  search(command, cwd, found, 0);
  return found;
}

/** How deep `sh -c 'sh -c …'` is looked into. */
const DEEPEST = 4;
const WRAPPERS =
  /^(?:env|sudo|doas|command|builtin|nohup|time|exec|nice|ionice|xargs|timeout|stdbuf|setsid)$/;
const SHELLS = /^(?:ba|da|z|k)?sh$/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
/** Programs that change or take away a file that they are given. */
const CHANGES = /^(?:rm|unlink|mv|chmod|truncate|tee|cp|ln|dd|install|shred)$/;
const OURS = /(?:^|[/=])\.git\/(?:hooks|hunkmark)(?:\/|$)/;
const HOOK_SETTING = /(?:core\.hookspath|hunkmark\.\w+)/i;

function search(script: string, cwd: string, found: SkippedHooks[], depth: number): void {
  if (depth > DEEPEST) return;
  let folder = cwd;
  for (const words of simpleCommands(script)) {
    const { program, args, assigned } = programOf(words);
    const add = (what: string, where = folder): void => void found.push({ what, folder: where });
    for (const word of assigned) if (isSwitch(word)) add(word);
    if (program === 'cd' && args[0] !== undefined) folder = path.resolve(folder, args[0]);
    if (['export', 'declare', 'typeset', 'readonly'].includes(program))
      for (const word of args) if (isSwitch(word)) add(word);
    if (program === 'git') searchGit(args, folder, add);
    if (program === 'hunkmark' && args.includes('uninstall')) add('hunkmark uninstall');
    const changed = changedFiles(program, args).find((file) => OURS.test(file));
    if (changed !== undefined) add(`${program} ${changed}`);
    if (program === 'eval') search(args.join(' '), folder, found, depth + 1);
    const script = SHELLS.test(program)
      ? args[args.findIndex((word) => /^-\w*c$/.test(word)) + 1]
      : undefined;
    if (script !== undefined && args.length > 1) search(script, folder, found, depth + 1);
  }
}

/** The program behind assignments and behind programs that run another. */
function programOf(words: readonly string[]): {
  readonly program: string;
  readonly args: readonly string[];
  readonly assigned: readonly string[];
} {
  const assigned: string[] = [];
  let isWrapped = false;
  for (const [at, word] of words.entries()) {
    const name = path.basename(word);
    if (ASSIGNMENT.test(word)) assigned.push(word);
    else if (WRAPPERS.test(name)) isWrapped = true;
    // Options of a program that runs another, and the numbers that they take.
    else if (!(isWrapped && /^(?:-|\d)/.test(word)))
      return { program: name, args: words.slice(at + 1), assigned };
  }
  return { program: '', args: [], assigned };
}

/** An assignment that switches us off, or hands git a setting that does. */
function isSwitch(word: string): boolean {
  if (/^HUNKMARK=off$/i.test(word)) return true;
  return word.startsWith('GIT_CONFIG_') && HOOK_SETTING.test(word);
}

function changedFiles(program: string, args: readonly string[]): readonly string[] {
  const targets = args.filter((_, at) => args[at - 1] === '>');
  const inPlace = program === 'sed' && args.some((word) => /^(?:-\w*i|--in-place)/.test(word));
  return CHANGES.test(program) || inPlace ? args.filter((word) => !word.startsWith('-')) : targets;
}

/** Commands that run hooks of ours and take `--no-verify`. */
const VERIFYING = ['merge', 'push', 'pull', 'rebase', 'am', 'cherry-pick', 'revert'];
/** Commands that make commits without any hook. */
const HOOKLESS = ['commit-tree', 'fast-import'];

function searchGit(
  words: readonly string[],
  cwd: string,
  add: (what: string, folder?: string) => void,
): void {
  let folder = cwd;
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at++) {
    const option = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (option === '-C') folder = path.resolve(folder, value);
    const setting = option === '-c' || option === '--config-env' ? value : option;
    if (/^(?:-c|--config-env)/.test(option) && HOOK_SETTING.test(setting)) add(`git -c ${setting}`, folder);
    if (['-c', '-C', '--config-env', '--git-dir', '--work-tree', '--namespace'].includes(option)) at++;
  }
  const command = words[at] ?? '';
  const args = words.slice(at + 1);
  if (HOOKLESS.includes(command)) add(`git ${command}`, folder);
  const skips =
    command === 'commit'
      ? commitOptions(args).noVerify
      : VERIFYING.includes(command) &&
        args.some((word) => /^--no-ver/.test(word) && '--no-verify'.startsWith(word));
  if (skips) add(`git ${command} --no-verify`, folder);
  if (command === 'config') {
    const setting = changedSetting(args);
    if (setting !== null) add(`git config ${setting}`, folder);
  }
}

/** The hook setting that `git config` would change; null where it only reads, or is about something else. */
function changedSetting(args: readonly string[]): string | null {
  const plain = args.filter((word) => !word.startsWith('-'));
  const key = plain.find((word) => HOOK_SETTING.test(word));
  if (key === undefined) return null;
  if (args.some((word) => /^--(?:unset|add|replace)/.test(word))) return key;
  if (args.some((word) => /^--(?:get|list)/.test(word)) || plain[0] === 'get' || plain[0] === 'list')
    return null;
  return plain.indexOf(key) < plain.length - 1 || plain[0] === 'unset' ? key : null;
}
