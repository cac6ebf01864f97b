const words = (text: string): string[] => text.split(' ');

/** Long options of `git commit` that take a word, needed to know which words are options at all. */
const WITH_VALUE = words(
  'message file template author date reuse-message reedit-message fixup squash cleanup trailer pathspec-from-file',
);
const LONG = [
  ...WITH_VALUE,
  ...words(
    'amend all allow-empty allow-empty-message branch dry-run edit include interactive long null only patch porcelain post-rewrite quiet reset-author short signoff status untracked-files verbose verify gpg-sign pathspec-file-nul ahead-behind',
  ),
];
/** Each can be taken back with `no-`, also where it stands abbreviated. */
const LONG_OR_NOT = LONG.flatMap((option) => [option, `no-${option}`]);
/** Options that give the message, so that git leaves a template alone. */
const GIVES_MESSAGE = ['message', 'file', 'reuse-message', 'reedit-message', 'fixup'];
/** Short options of `git commit` that take a word; of `u` and `S` the word must be stuck to them. */
const SHORT_WITH_VALUE = 'mFtcC';
const SHORT_STUCK = 'uS';
const SHORT_GIVES_MESSAGE = /[mFcC]$/;

export interface CommitOptions {
  readonly amend: boolean;
  readonly noVerify: boolean;
  /** null: not said, so the configuration decides. */
  readonly verbose: boolean | null;
  /** The message comes from an option or from another commit, and not from a template. */
  readonly givesMessage: boolean;
  readonly template: string | null;
  readonly cleanup: string | null;
}

export const NO_OPTIONS: CommitOptions = {
  amend: false,
  noVerify: false,
  verbose: null,
  givesMessage: false,
  template: null,
  cleanup: null,
};

/**
 * Which of the options in question a `git commit` was given; abbreviations count, words behind `-m` do not, and the
 * last of `--amend --no-amend` wins.
 */
export function commitOptions(args: readonly string[]): CommitOptions {
  const given: Mutable<CommitOptions> = { ...NO_OPTIONS };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const option = longOption(word.slice(2, equals < 0 ? undefined : equals));
      const takesNext = equals < 0 && option !== null && WITH_VALUE.includes(option);
      takeLong(given, option, takesNext ? args[++at] : word.slice(equals + 1));
    } else if (word.startsWith('-') && word.length > 1) {
      const cluster = readCluster(word.slice(1));
      takeShort(given, cluster.letters, cluster.takesNext ? args[++at] : cluster.value);
    }
  }
  return given;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function takeLong(given: Mutable<CommitOptions>, option: string | null, value: string | undefined): void {
  const name = option?.replace(/^no-/, '') ?? '';
  const isOn = name === option;
  if (name === 'amend') given.amend = isOn;
  if (name === 'verify') given.noVerify = !isOn;
  if (name === 'verbose') given.verbose = isOn;
  if (name === 'template') given.template = isOn ? (value ?? null) : null;
  if (name === 'cleanup') given.cleanup = isOn ? (value ?? null) : null;
  if (isOn && GIVES_MESSAGE.includes(name)) given.givesMessage = true;
}

function takeShort(given: Mutable<CommitOptions>, letters: string, value: string | undefined): void {
  if (letters.includes('n')) given.noVerify = true;
  if (letters.includes('v')) given.verbose = true;
  if (letters.endsWith('t')) given.template = value ?? null;
  if (SHORT_GIVES_MESSAGE.test(letters)) given.givesMessage = true;
}

function longOption(given: string): string | null {
  if (LONG_OR_NOT.includes(given)) return given;
  const candidates = LONG_OR_NOT.filter((option) => option.startsWith(given));
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
