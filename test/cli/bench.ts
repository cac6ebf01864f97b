import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { scratchRepo, type Finished, type ScratchOptions, type ScratchRepo } from '../support/scratch-repo';

/** A scratch repository whose commits have the same ids on every machine, and the real command line. */
export interface Bench {
  readonly repo: ScratchRepo;
  /** Runs `hunkmark` in the working tree. */
  run(...args: string[]): Finished;
  /** The same; it must end with 0 and say nothing on standard error. */
  ok(...args: string[]): string;
  json(...args: string[]): Json;
  /** `hunkmark` must end with this status and say this on standard error, and nothing on standard output. */
  refuses(status: number, reason: RegExp, ...args: string[]): void;
  /** An agent's edit as its hooks report it: `old` becomes `text`; an empty `old` writes a whole new file. */
  agent(file: string, old: string, text: string): void;
  install(): void;
  /** Commits the index with git's hooks; a minute later than the commit before. */
  commit(message: string, ...args: string[]): string;
}

// What JSON holds is for the test to know.
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

const CLI = path.resolve('dist/cli.js');

export function bench(options: ScratchOptions = {}): Bench {
  const repo = scratchRepo({ objectFormat: 'sha1', ...options });
  let minutes = 0;
  let calls = 0;
  const tick = (): void => {
    const date = `${1_800_000_000 + 60 * minutes++} +0000`;
    Object.assign(repo.env, { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  };
  const run = (...args: string[]): Finished => repo.run(process.execPath, [CLI, ...args]);
  const ok = (...args: string[]): string => {
    const { status, stdout, stderr } = run(...args);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, args.join(' '));
    return stdout;
  };
  const send = (event: string, payload: object): void => {
    const stdin = JSON.stringify({ ...payload, hook_event_name: event });
    const sent = repo.run(process.execPath, [CLI, 'record', 'claude-code', event], { stdin });
    assert.deepEqual([sent.status, sent.stdout], [0, '']);
    assert.match(sent.stderr, /^(?:hunkmark: \.hunkmark\.yml:.*; agents go on without the policy\.\n)?$/);
  };
  tick();
  return {
    repo,
    run,
    ok,
    json: (...args) => {
      const output = ok('--json', ...args);
      assert.match(output, /^[^\n]*\n$/);
      return JSON.parse(output);
    },
    refuses(status, reason, ...args) {
      const found = run(...args);
      assert.deepEqual(
        { status: found.status, stdout: found.stdout },
        { status, stdout: '' },
        args.join(' '),
      );
      assert.match(found.stderr, reason, args.join(' '));
    },
    agent(file, old, text) {
      const name = path.join(repo.dir, file);
      const before = fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : null;
      const after = old === '' ? text : (before ?? '').replace(old, () => text);
      assert.notEqual(after, before, `${file} has no ${old}`);
      const input = old === '' ? { content: text } : { old_string: old, new_string: text };
      const call = {
        session_id: 'one',
        transcript_path: path.join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        tool_name: old === '' ? 'Write' : 'Edit',
        tool_use_id: `toolu_${++calls}`,
        tool_input: { file_path: name, ...input },
      };
      send('PreToolUse', call);
      repo.write(file, after);
      const said =
        old === ''
          ? { type: before === null ? 'create' : 'update', content: text }
          : { oldString: old, newString: text, userModified: false, replaceAll: false };
      send('PostToolUse', {
        ...call,
        tool_response: { filePath: name, originalFile: before, structuredPatch: [], ...said },
      });
    },
    install: () => void ok('install'),
    commit(message, ...args) {
      tick();
      repo.git('commit', '--quiet', '--allow-empty', ...args, '-F', '-', { stdin: message });
      return repo.git('rev-parse', 'HEAD').trim();
    },
  };
}

/** The digest that format.md defines, by its own words. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Output must be what the file says, to the byte; `HUNKMARK_GOLDEN=write npm test` writes it, to be read by a person. */
export function golden(name: string, actual: string): void {
  const file = path.resolve('test/cli/golden', `${name}.golden`);
  if (process.env['HUNKMARK_GOLDEN'] === 'write') fs.writeFileSync(file, actual);
  assert.equal(actual, fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : `(no ${file})`, name);
}
