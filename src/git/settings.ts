import { runGit } from './run';

/** The settings of ours and of git's that bear on a commit message; git configuration, never a file of the repository. */
export interface Settings {
  readonly stamp: 'ai' | 'always' | 'off';
  readonly detail: 'summary' | 'hunks' | 'full';
  /** How many `AI-Hunk` trailers `hunks` lists. */
  readonly lines: number;
  /** Bytes of a physical trailer line. */
  readonly lineLimit: number;
  /** Whether a path longer than a line stands whole in its trailer, or its ranges are not listed. */
  readonly longPaths: 'whole' | 'unlisted';
  /** Whose lines are that an agent wrote into one file and took out of another in two calls. */
  readonly movedLines: 'agent' | 'unknown';
  /** `core.commentChar` or `core.commentString`; `auto` is git's own word. */
  readonly comment: string;
  readonly cleanup: string | null;
  readonly template: string | null;
  readonly verbose: boolean;
  /** Keys that the user has configured as trailers. */
  readonly trailerKeys: readonly string[];
}

const KEYS = '^(hunkmark\\.|core\\.comment|commit\\.(cleanup|template|verbose)$|trailer\\..*\\.key$)';

export async function readSettings(cwd: string): Promise<Settings> {
  const answer = await runGit(cwd, ['config', '-z', '--get-regexp', KEYS]);
  return parseSettings(answer.stdout.toString('utf8'));
}

/** Parses `KEY LF VALUE NUL` records; the last value of a key wins, a value nobody understands is the default. */
function parseSettings(output: string): Settings {
  const values = new Map<string, string>();
  for (const entry of output.split('\0')) {
    const [key = '', ...value] = entry.split('\n');
    // A key without `=` is a yes.
    const said = value.length === 0 ? 'true' : value.join('\n');
    if (key !== '') values.set(key.startsWith('core.comment') ? 'comment' : key, said);
  }
  return {
    stamp: oneOf(values.get('hunkmark.stamp'), ['ai', 'always', 'off']),
    detail: oneOf(values.get('hunkmark.detail'), ['hunks', 'summary', 'full']),
    lines: numberIn(values.get('hunkmark.lines'), 16, 0, 100_000),
    lineLimit: numberIn(values.get('hunkmark.linelimit'), 100, 40, 10_000),
    longPaths: oneOf(values.get('hunkmark.longpaths'), ['whole', 'unlisted']),
    movedLines: oneOf(values.get('hunkmark.movedlines'), ['agent', 'unknown']),
    comment: values.get('comment') || '#',
    cleanup: values.get('commit.cleanup') ?? null,
    template: values.get('commit.template') ?? null,
    verbose: !['', '0', 'false', 'no', 'off'].includes(values.get('commit.verbose') ?? 'false'),
    trailerKeys: [...values].flatMap(([key, value]) => (key.startsWith('trailer.') ? [value] : [])),
  };
}

/** The first of `allowed` is the default. */
function oneOf<T extends string>(value: string | undefined, allowed: readonly [T, ...T[]]): T {
  return allowed.find((word) => word === value?.toLowerCase()) ?? allowed[0];
}

function numberIn(value: string | undefined, fallback: number, low: number, high: number): number {
  const number = /^\d{1,6}$/.test(value ?? '') ? Number(value) : fallback;
  return Math.min(high, Math.max(low, number));
}
