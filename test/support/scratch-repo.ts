import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface ScratchOptions {
  /** Default: what git picks. */
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Default `main`. */
  readonly initialBranch?: string;
  /** Settings written to the repository's own configuration, such as `{ 'commit.cleanup': 'verbatim' }`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Name of the work tree's folder, for paths with spaces and quotes. Default `repo`. */
  readonly name?: string;
  readonly bare?: boolean;
}

export interface RunOptions {
  /** Added to, and stronger than, the repository's isolated environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Where to run; relative to the work tree. Default: the work tree. */
  readonly cwd?: string;
}

/** The words of a command; an object at the end says how to run it: `git('add', '-A', { env })`. */
export type Words = string[] | [...string[], RunOptions];

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScratchRepo {
  /** The work tree (the git directory of a bare repository); absolute, without symbolic links. */
  readonly dir: string;
  /** A temporary folder that holds everything of this repository, `home` and `dir` among it. */
  readonly root: string;
  /** The complete environment programs run with here. Tests may add to it for good. */
  readonly env: Record<string, string>;
  /** Runs git and returns its standard output; throws with its standard error when it fails. */
  git(...words: Words): string;
  /** Runs git and tells how it ended. */
  gitTry(...words: Words): Finished;
  /** Runs any program in the same environment. */
  run(program: string, args: readonly string[], options?: RunOptions): Finished;
  /** Writes a file of the work tree, with its folders. */
  write(path: string, text: string | Uint8Array): void;
  /** Reads a file of the work tree as UTF-8. */
  read(path: string): string;
  /** Writes a file, stages it and commits; returns the commit's id. */
  commitFile(path: string, text: string, message?: string): string;
  dispose(): void;
}

/**
 * A repository in a temporary folder that sees nothing of the machine's or the person's git: HOME, the XDG folders and
 * the global configuration are in that folder, the system's configuration is off, no GIT_* variable is inherited.
 */
export function scratchRepo(options: ScratchOptions = {}): ScratchRepo {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hunkmark-test-')));
  const env = isolatedEnvironment(root);
  const dir = join(root, options.name ?? 'repo');
  mkdirSync(dir);

  const run = (program: string, args: readonly string[], how: RunOptions = {}): Finished => {
    const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
      cwd: how.cwd === undefined ? dir : resolve(dir, how.cwd),
      env: { ...env, ...how.env },
      input: how.stdin ?? '',
      maxBuffer: 256 * 1024 * 1024,
    });
    // A program that ends before it has read its input has ended as it wanted.
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    if (status === null) throw new Error(`${program} ${args.join(' ')}: ended by ${String(signal)}`);
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  const gitTry = (...words: Words): Finished => {
    const last = words.at(-1);
    const how = typeof last === 'object' ? last : {};
    const args = (words as (string | RunOptions)[]).filter((word) => typeof word === 'string');
    return run('git', args, how);
  };
  const git = (...words: Words): string => {
    const { status, stdout, stderr } = gitTry(...words);
    if (status !== 0)
      throw new Error(`git ${words.map(String).join(' ')}: exit ${status}\n${stdout}${stderr}`);
    return stdout;
  };
  const write = (path: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };

  const init = ['init', '--quiet', `--initial-branch=${options.initialBranch ?? 'main'}`];
  if (options.objectFormat !== undefined) init.push(`--object-format=${options.objectFormat}`);
  if (options.bare === true) init.push('--bare');
  git(...init);
  const settings = Object.entries(options.config ?? {}).map(setting);
  appendFileSync(join(dir, options.bare === true ? 'config' : '.git/config'), settings.join(''));

  return {
    dir,
    root,
    env,
    git,
    gitTry,
    run,
    write,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    commitFile: (path, text, message = `change ${path}`) => {
      write(path, text);
      git('add', '--', path);
      git('commit', '--quiet', '-m', message);
      return git('rev-parse', 'HEAD').trim();
    },
    dispose: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** A setting as git's configuration has it: `a.b.c` is `c` in the section `a "b"`. */
function setting([key, value]: [string, string]): string {
  const [, section, subsection, name] = /^([^.]+)(?:\.(.+))?\.([^.]+)$/.exec(key) ?? [];
  if (section === undefined || name === undefined) throw new Error(`${key} is no setting`);
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  return `[${section}${subsection === undefined ? '' : ` ${quoted(subsection)}`}]\n\t${name} = ${quoted(value)}\n`;
}

const GLOBAL_CONFIG = `[user]
	name = Scratch Person
	email = scratch@example.com
[protocol "file"]
	allow = always
[advice]
	detachedHead = false
`;

/** What makes every start of Node do more: certificates to read, modules to load. */
const NODES = /^NODE_(EXTRA_CA_CERTS|OPTIONS)$/;

/** What agents put into the environment of their shells: a person runs the tests here, whoever started them. */
const AGENTS = /^(CLAUDE|CODEX_|COPILOT_|CURSOR_AGENT|GEMINI_CLI|OPENCODE|AI_AGENT|AGENT$)/;

function isolatedEnvironment(root: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (
      value !== undefined &&
      !/^(GIT_|LC_|XDG_|HUNKMARK)|^(LANG|LANGUAGE|EDITOR|VISUAL|EMAIL)$/.test(name) &&
      !NODES.test(name) &&
      !AGENTS.test(name)
    ) {
      env[name] = value;
    }
  }
  const home = join(root, 'home');
  mkdirSync(join(home, '.config'), { recursive: true });
  const global = join(root, 'gitconfig');
  writeFileSync(global, GLOBAL_CONFIG);
  return Object.assign(env, {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: global,
    GIT_EDITOR: 'true',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
  });
}
