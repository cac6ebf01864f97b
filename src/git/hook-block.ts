import { POLICY_FILE, REFUSED_STATUS } from '../core/policy';

/** The hooks of git that carry our block. */
export type HookName = 'prepare-commit-msg' | 'commit-msg' | 'pre-push';

/** Those that install always puts in. */
export const HOOK_NAMES: readonly HookName[] = ['prepare-commit-msg', 'commit-msg'];
/** And the one that is asked for by name. */
export const ALL_HOOKS: readonly HookName[] = [...HOOK_NAMES, 'pre-push'];

/** Where the block finds the state folder: next to the folder of the hooks, or at a place written into it. */
export type StatePlace = { readonly kind: 'beside' } | { readonly kind: 'absolute'; readonly folder: string };

/** What a foreign hook file is, as far as we must know to let it run as before. */
export interface ForeignHook {
  readonly link: boolean;
  readonly executable: boolean;
  /** Its bytes, one character each. Empty for a link. */
  readonly text: string;
}

const BEGIN = '# >>> hunkmark >>>';
const END = '# <<< hunkmark <<<';
const BLOCK = /^# >>> hunkmark >>>[ \t\r]*\n(?:[^]*?\n)??# <<< hunkmark <<<[ \t\r]*(?:\n|$(?![^]))/m;

/**
 * The gate: the lines of a hook between our two markers, without a line end after the last.
 *
 * POSIX sh for dash, bash, zsh and busybox, also under the `set -eu` of a script around it. While nothing is to do
 * it starts no process, not even a subshell; whatever happens in it, the hook goes on.
 */
export function gateBlock(hook: HookName, place: StatePlace): string {
  if (hook === 'pre-push') return pushBlock(place);
  return [
    BEGIN,
    '# Writes AI provenance into the commit message. "hunkmark uninstall" takes these lines out.',
    ...(hook === 'commit-msg'
      ? [
          '# They start nothing while there is nothing to do, and stop a commit only where .hunkmark.yml says block.',
        ]
      : ['# They start nothing while there is nothing to do, and never stop a commit.']),
    'hunkmark_gate() {',
    '  [ "${HUNKMARK-}" != off ] || return 0',
    place.kind === 'beside'
      ? '  hunkmark_state=${1%/*}/../hunkmark'
      : `  hunkmark_state=${shellQuote(place.folder)}`,
    '  shift',
    '  [ -x "$hunkmark_state" ] || return 0',
    '  hunkmark_dir=${1-}',
    '  hunkmark_dir=${hunkmark_dir%/*}',
    somethingToDo(),
    ...(hook === 'prepare-commit-msg' ? [COMMIT_MSG_WILL_NOT_RUN] : []),
    startNode(hook),
    '}',
    ...(hook === 'commit-msg' ? callAndListen() : ['hunkmark_gate "$0" "$@" || :']),
    'unset -f hunkmark_gate || :',
    'unset hunkmark_state hunkmark_dir hunkmark_line hunkmark_words hunkmark_node || :',
    END,
  ].join('\n');
}

/**
 * The block of pre-push. What git says on standard input is read and said again to whatever stands below, as git-lfs
 * does. Only findings stop the push, by the one status that no crash gives; whatever else happens, it goes on.
 */
function pushBlock(place: StatePlace): string {
  return [
    BEGIN,
    '# Checks what is pushed by the policy of its target. "hunkmark uninstall" takes these lines out.',
    PUSH_READ,
    'hunkmark_gate() {',
    '  [ "${HUNKMARK-}" != off ] || return 0',
    place.kind === 'beside'
      ? '  hunkmark_state=${1%/*}/../hunkmark'
      : `  hunkmark_state=${shellQuote(place.folder)}`,
    '  [ -f "$hunkmark_state/cli.js" ] || return 0',
    pushCheck(),
    '}',
    'hunkmark_ended=0',
    'hunkmark_gate "$0" "${1-}" || hunkmark_ended=$?',
    `[ "$hunkmark_ended" != ${REFUSED_STATUS} ] || exit 1`,
    PUSH_SAY_AGAIN,
    'unset -f hunkmark_gate || :',
    'unset hunkmark_state hunkmark_line hunkmark_pushed hunkmark_node hunkmark_ended || :',
    END,
  ].join('\n');
}

const PUSH_READ = `\
hunkmark_pushed=
while IFS= read -r hunkmark_line || [ -n "$hunkmark_line" ]; do
  hunkmark_pushed="\${hunkmark_pushed:+$hunkmark_pushed
}$hunkmark_line"
done`;

/*
 * Texts with something in them are functions: a program that only looks for a block is not to hold those.
 */

const pushCheck = (): string => `\
  hunkmark_node=
  [ ! -r "$hunkmark_state/node" ] || IFS= read -r hunkmark_node <"$hunkmark_state/node" || :
  if [ ! -f "$hunkmark_node" ] || [ ! -x "$hunkmark_node" ]; then
    hunkmark_node=node
    command -v node >/dev/null 2>&1 || {
      echo 'hunkmark: Node was not found; this push is not checked.' >&2
      return 0
    }
  fi
  NODE_OPTIONS= ELECTRON_RUN_AS_NODE=1 "$hunkmark_node" "$hunkmark_state/cli.js" check --pre-push "$2" >&2 <<HUNKMARK_PUSHED || {
$hunkmark_pushed
HUNKMARK_PUSHED
    hunkmark_ended=$?
    [ "$hunkmark_ended" != ${REFUSED_STATUS} ] || {
      echo 'hunkmark: the findings above stop this push; "git push --no-verify" pushes all the same.' >&2
      return ${REFUSED_STATUS}
    }
    echo "hunkmark: the check ended with status $hunkmark_ended; the push goes on." >&2
  }`;

const PUSH_SAY_AGAIN = `\
if [ -n "$hunkmark_pushed" ]; then
  exec <<HUNKMARK_PUSHED
$hunkmark_pushed
HUNKMARK_PUSHED
else
  exec </dev/null
fi`;

/** Only the one status that no crash gives stops the commit. */
const callAndListen = (): string[] => [
  'hunkmark_ended=0',
  'hunkmark_gate "$0" "$@" || hunkmark_ended=$?',
  `[ "$hunkmark_ended" != ${REFUSED_STATUS} ] || exit 1`,
  'unset hunkmark_ended || :',
];

/** `-nt` alone will not do: without the second file bash says yes and dash says no. */
const somethingToDo = (): string => `\
  [ -e "$hunkmark_state/pending" ] || [ -e "$hunkmark_state/tracked" ] || [ -e "$hunkmark_state/always" ] ||
    [ -e ${POLICY_FILE} ] ||
    [ ! -e "$hunkmark_state/config-seen" ] ||
    [ "$hunkmark_state/../config" -nt "$hunkmark_state/config-seen" ] ||
    [ "$hunkmark_dir/config.worktree" -nt "$hunkmark_state/config-seen" ] ||
    [ "\${GIT_CONFIG_GLOBAL-}" -nt "$hunkmark_state/config-seen" ] ||
    [ "\${HOME-}/.gitconfig" -nt "$hunkmark_state/config-seen" ] ||
    [ "\${XDG_CONFIG_HOME:-\${HOME-}/.config}/git/config" -nt "$hunkmark_state/config-seen" ] || return 0`;

/**
 * Reads the words of the git process that runs the hook. `read` drops the NULs between them, so the patterns ask for
 * more than they should, and Node decides. `--no-edit` is no `-n`: hence the `[!-]`, which may be the last letter of
 * `commit`; after the `-` of `-F -` an option has one dash more, hence the last two patterns. While
 * `CHERRY_PICK_HEAD` exists a commit is replayed with its trailers, by a process whose words may well hold `-n`
 * (`git rebase feature-new`); only a merge that is picked says nothing of what its branch brings. A reworded commit comes from a `git commit` in a rebase, with its commit-msg.
 */
const COMMIT_MSG_WILL_NOT_RUN = `\
  hunkmark_words=
  if [ -r "/proc/$PPID/cmdline" ]; then
    while IFS= read -r hunkmark_line || [ -n "$hunkmark_line" ]; do
      hunkmark_words="$hunkmark_words$hunkmark_line "
    done <"/proc/$PPID/cmdline"
  else
    hunkmark_words=$(ps -o args= -p "$PPID" 2>/dev/null </dev/null) || :
  fi
  case $hunkmark_words in
    *commi*--no-v* | *commi*[!-]-n* | *commi*[!-]-[aeiopqsvz]n* | \\
    *commi*[!-]-[aeiopqsvz][aeiopqsvz]n* | *commi*-F--[aeinopqsvz]* | *commi*file--[aeinopqsvz]* | \\
    *cherry-pick*-m[0-9]* | *cherry-pick*-m' '[0-9]* | *cherry-pick*--ma*) ;;
    *)
      [ ! -e "$hunkmark_dir/CHERRY_PICK_HEAD" ] || return 0
      case $hunkmark_words in
        '' | *--no-v*) ;;
        *revert* | *rebase*)
          [ -e "$hunkmark_dir/MERGE_MSG" ] || [ -d "$hunkmark_dir/rebase-merge" ] || return 0 ;;
        *) return 0 ;;
      esac ;;
  esac`;

/**
 * What a person has set for their own programs is not for ours: a debugger that is waited for would hold the commit, and a
 * module that is not there would cost the provenance.
 */
const startNode = (hook: Exclude<HookName, 'pre-push'>): string => `\
  hunkmark_node=
  [ ! -r "$hunkmark_state/node" ] || IFS= read -r hunkmark_node <"$hunkmark_state/node" || :
  if [ ! -f "$hunkmark_node" ] || [ ! -x "$hunkmark_node" ]; then
    hunkmark_node=node
    command -v node >/dev/null 2>&1 || {
      echo 'hunkmark: Node was not found; this commit carries no provenance. "hunkmark doctor" says what to do.' >&2
      return 0
    }
  fi
  [ -f "$hunkmark_state/hook.js" ] || {
    echo 'hunkmark: its hook program is missing; this commit carries no provenance. Run "hunkmark install".' >&2
    return 0
  }
  NODE_OPTIONS= ELECTRON_RUN_AS_NODE=1 "$hunkmark_node" "$hunkmark_state/hook.js" \\
    stamp --hook ${hook} "$@" </dev/null >&2 ||
    ${hook === 'commit-msg' ? tellUnlessRefused() : TELL}`;

const TELL = 'echo "hunkmark: its hook program ended with status $?; the commit goes on." >&2';
const tellUnlessRefused = (): string => `{
      hunkmark_ended=$?
      [ "$hunkmark_ended" != ${REFUSED_STATUS} ] || return ${REFUSED_STATUS}
      echo "hunkmark: its hook program ended with status $hunkmark_ended; the commit goes on." >&2
      hunkmark_ended=0
    }`;

/**
 * Puts the block directly after the shebang line, or first where there is none, so that it runs before the script can
 * exit or exec; a block that is already there is replaced where it is.
 *
 * For every text without a block: `removeBlock(insertBlock(text, block)) === text`.
 */
export function insertBlock(text: string, block: string): string {
  if (hasBlock(text)) return text.replace(BLOCK, (old) => block + (old.endsWith('\n') ? '\n' : ''));
  const shebang = /^#![^\n]*\n?/.exec(text)?.[0] ?? '';
  if (shebang !== '' && !shebang.endsWith('\n')) return `${shebang}\n${block}`;
  return `${shebang}${block}\n${text.slice(shebang.length)}`;
}

/** The text without our block, and as it was otherwise; the text itself when it has no complete one. */
export function removeBlock(text: string): string {
  const found = BLOCK.exec(text);
  if (found === null) return text;
  const after = text.slice(found.index + found[0].length);
  const before = text.slice(0, found.index);
  // A last line without a line end got one from us.
  return found[0].endsWith('\n') ? before + after : before.replace(/\n$/, '');
}

export function hasBlock(text: string): boolean {
  return BLOCK.test(text);
}

/** A marker without its partner: somebody edited inside; nothing of the file is ours to touch then. */
export function hasDamagedBlock(text: string): boolean {
  const rest = removeBlock(text);
  return rest.includes(BEGIN) || rest.includes(END);
}

/** A hook of our own, before the block goes in. */
export const CREATED = '#!/bin/sh\n';

/** Where the foreign hook goes that cannot hold our block. */
export function savedName(hook: HookName): string {
  return `${hook}.hunkmark-saved`;
}

/** A hook of our own that hands over to the foreign one, before the block goes in. */
export function wrapper(hook: HookName): string {
  return `${CREATED}# The hook that was here before runs from here; "hunkmark uninstall" puts it back.
if [ -x "\${0%/*}/${savedName(hook)}" ]; then
  exec "\${0%/*}/${savedName(hook)}" "$@"
fi
`;
}

/**
 * `sh`: our block can stand in the file itself. `program`: another language, a binary, a link, a file that git does
 * not run and that must stay so, or a script that reads itself, which our lines would disturb.
 */
export function classifyForeign(hook: ForeignHook): 'sh' | 'program' {
  if (hook.link || !hook.executable || hook.text.includes('\0')) return 'program';
  if (hook.text.startsWith('#!') && !isShell(hook.text.slice(2).split('\n', 1)[0] ?? '')) return 'program';
  return readsItself(hook.text) ? 'program' : 'sh';
}

const SHELLS = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'mksh', 'zsh']);

/** Whether a shebang line, without its `#!`, names a shell of the family; `env` and its options are looked through. */
function isShell(interpreter: string): boolean {
  const words = interpreter.trim().split(/[ \t]+/);
  const baseName = (word: string | undefined): string => word?.replace(/^.*\//, '') ?? '';
  if (baseName(words[0]) !== 'env') return SHELLS.has(baseName(words[0]));
  const program = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  return SHELLS.has(baseName(program));
}

/** `exec python3 "$0"`, `tail -n +12 "$0"`: the body is another language or data. `dirname "$0"` is neither. */
function readsItself(text: string): boolean {
  const others = text.replace(/\b(?:dirname|basename)\b[^\n]{0,8}\$\{?0|\$\{0[%#]/g, '');
  return /^[^#\n]*\b(?:exec|tail|head|sed|awk|cat|python[\d.]*|perl|ruby|node|tclsh|wish)\b[^\n]*\$\{?0\b/m.test(
    others,
  );
}

/** The text as one word of sh. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
