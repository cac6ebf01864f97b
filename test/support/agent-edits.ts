import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { installHooks } from '../../src/app/install';
import { record } from '../../src/app/record';
import { splitLines } from '../../src/core/lines';
import { findRepository } from '../../src/git/repository';
import { setMarker, stateFiles } from '../../src/git/state-files';
import {
  scratchRepo,
  type RunOptions,
  type ScratchOptions,
  type ScratchRepo,
  type Words,
} from './scratch-repo';

/** The hook program as it is shipped; `npm run build` makes it. */
const HOOK_PROGRAM = resolve(process.env['TESTED_HOOK_PROGRAM'] ?? 'dist/hook.js');

/** How an agent's hook is called: in this process, or as the program that Claude Code starts. */
export type Calling = 'in-process' | 'spawned';

export interface AgentHooks {
  readonly commonDir: string;
  /** Writes a file of the working tree as Claude Code does, with the calls of its hooks before and after. */
  edit(path: string, text: string): Promise<void>;
  /** Forgets all that is known of uncommitted text, as in a fresh clone; what commits say stays. */
  forgetJournal(): void;
}

/** Installs Hunkmark into the repository that `folder` (default: the work tree) is in. */
export async function installAgent(
  repo: ScratchRepo,
  { folder = repo.dir, calling = 'in-process' }: { folder?: string; calling?: Calling } = {},
): Promise<AgentHooks> {
  assert.ok(existsSync(HOOK_PROGRAM), `${HOOK_PROGRAM} is missing: build first`);
  const report = await installHooks({
    repositoryDir: folder,
    hookProgram: HOOK_PROGRAM,
    nodePath: process.execPath,
  });
  assert.equal(report.kind, 'installed');
  const commonDir = findRepository(folder)?.commonDir ?? '';
  let calls = 0;
  const tell = async (event: string, payload: object): Promise<void> => {
    const text = JSON.stringify({ ...payload, hook_event_name: event });
    if (calling === 'spawned') spawnRecord(repo, commonDir, event, text);
    else {
      const { problems } = await record({ agent: 'claude-code', event, payload: text, now: Date.now() });
      assert.deepEqual(problems, []);
    }
  };
  return {
    commonDir,
    edit: async (path, text) => {
      const file = join(folder, path);
      const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
      const { call, response } = toolCall(file, before, text);
      const payload = { ...session(folder), ...call, tool_use_id: `toolu_${calls++}` };
      await tell('PreToolUse', payload);
      writeInto(folder, path, text);
      await tell('PostToolUse', { ...payload, tool_response: response, duration_ms: 5 });
    },
    forgetJournal: () => {
      rmSync(stateFiles(commonDir).worktrees, { recursive: true, force: true });
      setMarker(commonDir, 'pending', false);
    },
  };
}

/** Has the gate start the program at every commit, although there may be nothing to say. */
function wakeGate(commonDir: string): void {
  setMarker(commonDir, 'pending', true);
  setMarker(commonDir, 'tracked', true);
}

function writeInto(folder: string, path: string, text: string | Uint8Array): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function spawnRecord(repo: ScratchRepo, commonDir: string, event: string, payload: string): void {
  const program = stateFiles(commonDir).program;
  const ended = repo.run(process.execPath, [program, 'record', 'claude-code', event], { stdin: payload });
  assert.deepEqual(ended, { status: 0, stdout: '', stderr: '' });
}

const SESSION = '0b6d8f4e-51c3-4a0e-9c58-2d7a1f3e9b10';

function session(cwd: string): object {
  return {
    session_id: SESSION,
    transcript_path: `/home/user/.claude/projects/-repo/${SESSION}.jsonl`,
    cwd,
    permission_mode: 'acceptEdits',
  };
}

interface ToolCall {
  readonly call: { readonly tool_name: string; readonly tool_input: object };
  readonly response: object;
}

/** A new file is written, one that is there is edited: what stands between the equal lines at both ends is replaced. */
function toolCall(file: string, before: string | null, after: string): ToolCall {
  if (before === null || before === '' || after === '') return writeCall(file, before, after);
  const { head, old, added } = difference(splitLines(before), splitLines(after));
  const [oldString, newString] = [old.join(''), added.join('')];
  if (oldString === '' || before.split(oldString).length !== 2) return writeCall(file, before, after);
  const input = { file_path: file, old_string: oldString, new_string: newString, replace_all: false };
  return {
    call: { tool_name: 'Edit', tool_input: input },
    response: {
      filePath: file,
      oldString,
      newString,
      originalFile: before,
      structuredPatch: [patchHunk(head, old, added)],
      userModified: false,
      replaceAll: false,
    },
  };
}

function writeCall(file: string, before: string | null, after: string): ToolCall {
  const { head, old, added } = difference(splitLines(before ?? ''), splitLines(after));
  return {
    call: { tool_name: 'Write', tool_input: { file_path: file, content: after } },
    response: {
      type: before === null ? 'create' : 'update',
      filePath: file,
      content: after,
      structuredPatch: before === null ? [] : [patchHunk(head, old, added)],
      originalFile: before,
      userModified: false,
    },
  };
}

interface Difference {
  /** How many lines are equal above the difference. */
  readonly head: number;
  readonly old: readonly string[];
  readonly added: readonly string[];
}

/** With one equal line above, where there is one, so that an insertion replaces something. */
function difference(before: readonly string[], after: readonly string[]): Difference {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  head = Math.max(0, head - 1);
  return {
    head,
    old: before.slice(head, before.length - tail),
    added: after.slice(head, after.length - tail),
  };
}

function patchHunk(head: number, old: readonly string[], added: readonly string[]): object {
  const shown = (sign: string, lines: readonly string[]): string[] =>
    lines.flatMap((line) =>
      line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file'],
    );
  return {
    oldStart: head + 1,
    oldLines: old.length,
    newStart: head + 1,
    newLines: added.length,
    lines: [...shown('-', old), ...shown('+', added)],
  };
}

// ---- the same story told three times

/**
 * Who is in a story. `nobody`: git alone, without our hooks. `person`: our hooks run, and no agent has reported
 * anything. `agent`: our hooks run, and the agent's edits are reported by its own.
 */
export type Cast = 'nobody' | 'person' | 'agent';

/** One telling of a story: whatever the cast, the same files are written and the same git commands are run. */
export interface Scene {
  readonly repo: ScratchRepo;
  readonly cast: Cast;
  /** Where files are written and git runs; the work tree, until it is set. */
  folder: string;
  /** Writes a file as the agent, if there is one. */
  agent(path: string, text: string): Promise<void>;
  person(path: string, text: string | Uint8Array): void;
  /** Runs git, which must succeed and say nothing of ours. */
  git(...words: Words): string;
  /** Runs git, which must fail. */
  fails(...words: Words): void;
  /** Installs into another repository or working tree, and goes on there. */
  moveTo(folder: string): Promise<void>;
  /** Forgets the journal, as in a fresh clone. */
  forgetJournal(): void;
}

export type Story = (scene: Scene) => Promise<void> | void;

export interface Telling extends ScratchOptions {
  /** What is there before Hunkmark is. */
  readonly given?: (repo: ScratchRepo) => void;
  readonly calling?: Calling;
  /** Our hooks start the program although no agent was there. */
  readonly awake?: boolean;
}

/** A fixed time for each git command, so that tellings of one story have the same dates. */
const BEGINNING = 1_700_000_000;

export async function tell(cast: Cast, story: Story, options: Telling = {}): Promise<Scene> {
  const repo = scratchRepo(options);
  let time = BEGINNING;
  const timed = (words: Words): [string[], RunOptions] => {
    const all: readonly (string | RunOptions)[] = words;
    const how = all.find((word): word is RunOptions => typeof word === 'object') ?? {};
    const date = `${(time += 60)} +0000`;
    const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...how.env };
    const args = all.filter((word) => typeof word === 'string');
    return [args, { cwd: scene.folder, ...how, env }];
  };
  let hooks: AgentHooks | null = null;
  const install = async (folder: string): Promise<void> => {
    if (cast === 'nobody') return;
    hooks = await installAgent(repo, { folder, ...(options.calling ? { calling: options.calling } : {}) });
    if (cast === 'person' && options.awake === true) wakeGate(hooks.commonDir);
  };
  const scene: Scene = {
    repo,
    cast,
    folder: repo.dir,
    agent: async (path, text) => {
      if (cast === 'agent' && hooks) await hooks.edit(path, text);
      else writeInto(scene.folder, path, text);
    },
    person: (path, text) => writeInto(scene.folder, path, text),
    git: (...words) => {
      const [args, how] = timed(words);
      const { status, stdout, stderr } = repo.run('git', args, how);
      assert.equal(status, 0, `${cast}: git ${args.join(' ')}: ${stdout}${stderr}`);
      assert.doesNotMatch(stderr, /hunkmark/i);
      return stdout;
    },
    fails: (...words) => {
      const [args, how] = timed(words);
      const { status, stderr } = repo.run('git', args, how);
      assert.notEqual(status, 0, `${cast}: git ${args.join(' ')} went through`);
      assert.doesNotMatch(stderr, /hunkmark/i);
    },
    moveTo: async (folder) => {
      scene.folder = folder;
      await install(folder);
    },
    forgetJournal: () => {
      hooks?.forgetJournal();
      if (hooks) setMarker(hooks.commonDir, 'tracked', true);
    },
  };
  try {
    // git would look after each commit whether there is something to tidy up.
    appendFileSync(join(repo.dir, '.git/config'), '[maintenance]\n\tauto = false\n');
    options.given?.(repo);
    await install(repo.dir);
    await story(scene);
  } catch (error) {
    repo.dispose();
    throw error;
  }
  return scene;
}

/** Runs git there and returns its output, one character a byte. */
export function gitBytes(scene: Scene, args: readonly string[], input = ''): string {
  const options = { cwd: scene.folder, env: scene.repo.env, maxBuffer: 1 << 28, input };
  const { status, stdout, stderr } = spawnSync('git', [...args], options);
  assert.equal(status, 0, stderr.toString());
  return stdout.toString('latin1');
}

/** A commit as far as two tellings must agree; `parents` and object ids in the message are places in the history. */
export interface ToldCommit {
  readonly headers: string;
  readonly message: string;
}

/** All commits of all branches, oldest first, each message without what is ours. */
export function toldHistory(scene: Scene): ToldCommit[] {
  const commits = readHistory(scene);
  const place = new Map(commits.map(({ oid }, at) => [oid, `commit-${at}`]));
  const named = (text: string): string =>
    text.replace(/\b[0-9a-f]{40,64}\b/g, (oid) => place.get(oid) ?? oid);
  return commits.map(({ headers, message }) => ({
    headers: named(headers),
    message: named(withoutOurs(message)),
  }));
}

/** A commit object in its two parts, one character a byte. */
export interface RawCommit {
  readonly oid: string;
  readonly headers: string;
  readonly message: string;
}

export function readHistory(scene: Scene): RawCommit[] {
  const list = ['rev-list', '--all', '--topo-order', '--reverse'];
  const known = scene.repo.run('git', [...list, 'HEAD'], { cwd: scene.folder });
  // HEAD may stand for no commit yet.
  return readCommits(scene, known.status === 0 ? known.stdout : gitBytes(scene, list));
}

export function commitParts(scene: Scene, rev: string): RawCommit {
  const [commit] = readCommits(scene, `${rev}\n`);
  assert.ok(commit, rev);
  return commit;
}

function readCommits(scene: Scene, names: string): RawCommit[] {
  const output = gitBytes(scene, ['cat-file', '--batch'], names);
  const commits: RawCommit[] = [];
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf('\n', at);
    const [oid = '', type, size] = output.slice(at, lineEnd).split(' ');
    assert.equal(type, 'commit', oid);
    const body = output.slice(lineEnd + 1, lineEnd + 1 + Number(size));
    const end = body.indexOf('\n\n');
    commits.push({ oid, headers: body.slice(0, end), message: body.slice(end + 2) });
    at = lineEnd + Number(size) + 2;
  }
  return commits;
}

const OUR_LINE = /^[ \t]*(?:AI-(?:Provenance|Hunk)|Assisted-by: claude-code\b)/;

/** Takes our lines and their folds out of a message, also where a squash has indented them; and what parted them. */
export function withoutOurs(message: string): string {
  const lines = message.split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!OUR_LINE.test(lines[at] ?? '')) {
      kept.push(lines[at] ?? '');
      continue;
    }
    const indent = /^[ \t]*/.exec(lines[at] ?? '')?.[0] ?? '';
    while (
      OUR_LINE.test(lines[at + 1] ?? '') ||
      new RegExp(`^${indent} +[+\\-a-z]`).test(lines[at + 1] ?? '')
    )
      at++;
    if (kept.at(-1)?.trim() === '' && (lines[at + 1] ?? '').trim() === '') kept.pop();
  }
  return kept.join('\n');
}
