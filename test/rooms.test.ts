import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** `ROOM: STATEMENT` and what refuses it there: a diagnostic of the compiler, or a rule of the linter. */
const FORBIDDEN: [string, string][] = [
  ["core: import { readFileSync } from 'node:fs'; export const x = readFileSync;", 'TS2591'],
  ["core: import { readFileSync } from 'fs'; export const x = readFileSync;", 'TS2591'],
  ["core: import { window } from 'vscode'; export const x = window;", 'TS2305'],
  ["core: import type { Disposable } from 'vscode'; export type X = Disposable;", 'TS2305'],
  ["core: import { Command } from 'commander'; export const x = Command;", 'TS2305'],
  ["core: import { simpleGit } from 'simple-git'; export const x = simpleGit;", 'TS2305'],
  ["core: import { runGit } from '../git/run'; export const x = runGit;", 'TS6059'],
  ["core: import { stamp } from '../app/stamp'; export const x = stamp;", 'TS6059'],
  ["core: console.log('x');", 'TS2584'],
  ['core: export const x = process.cwd();', 'TS2591'],
  ['core: setTimeout(() => {}, 1);', 'TS2304'],
  ["core: export const x = Buffer.from('x');", 'TS2591'],
  ['core: export const x = Date.now();', 'no-restricted-globals'],
  ['core: export const x = new Date();', 'no-restricted-globals'],
  ['core: export const x = Math.random();', 'no-restricted-properties'],
  ["git: import { stamp } from '../app/stamp'; export const x = stamp;", 'TS6059'],
  // Of a file that several imports lead to, the compiler names one: `stamp` does not lead to this one.
  ["git: import { hookLine } from '../agents/hook-line'; export const x = hookLine;", 'TS6059'],
  ["git: import { Command } from 'commander'; export const x = Command;", 'TS2305'],
  ["git: import { window } from 'vscode'; export const x = window;", 'TS2305'],
  ["agents: import { runGit } from '../git/run'; export const x = runGit;", 'TS6059'],
  ["agents: import { stamp } from '../app/stamp'; export const x = stamp;", 'TS6059'],
  ["agents: import { window } from 'vscode'; export const x = window;", 'TS2305'],
  ["app: import { window } from 'vscode'; export const x = window;", 'TS2305'],
  ["app: import { Command } from 'commander'; export const x = Command;", 'TS2305'],
  ["app: import { processHost } from '../cli/streams'; export const x = processHost;", 'TS6059'],
  ["app: import { activate } from '../extension/extension'; export const x = activate;", 'TS6059'],
  ["cli: import { runGit } from '../git/run'; export const x = runGit;", 'no-restricted-imports'],
  [
    "cli: import { agentNamed } from '../agents/agents'; export const x = agentNamed;",
    'no-restricted-imports',
  ],
  ["cli: import { window } from 'vscode'; export const x = window;", 'TS2305'],
  ["cli: import { simpleGit } from 'simple-git'; export const x = simpleGit;", 'TS2305'],
  ["cli: import { activate } from '../extension/extension'; export const x = activate;", 'TS6059'],
  ["extension: import { runGit } from '../git/run'; export const x = runGit;", 'no-restricted-imports'],
  [
    "extension: import { agentNamed } from '../agents/agents'; export const x = agentNamed;",
    'no-restricted-imports',
  ],
  ["extension: import { Command } from 'commander'; export const x = Command;", 'TS2305'],
  ["extension: import { simpleGit } from 'simple-git'; export const x = simpleGit;", 'TS2305'],
  ["extension: import { processHost } from '../cli/streams'; export const x = processHost;", 'TS6059'],
];

const ALLOWED: string[] = [
  "core: import { splitLines } from './lines'; export const x = splitLines;",
  "core: import { diffArrays } from 'diff'; export const x = diffArrays;",
  'core: export const x = Math.max(1, 2);',
  "git: import { splitLines } from '../core/lines'; import * as fs from 'node:fs'; export const x = [splitLines, fs];",
  "agents: import { splitLines } from '../core/lines'; import * as fs from 'node:fs'; export const x = [splitLines, fs];",
  "app: import { runGit } from '../git/run'; import { agentNamed } from '../agents/agents'; export const x = [runGit, agentNamed];",
  "cli: import { stamp } from '../app/stamp'; import { Command } from 'commander'; export const x = [stamp, Command];",
  "extension: import { stamp } from '../app/stamp'; import { window } from 'vscode'; export const x = [stamp, window];",
];

describe('the rooms', () => {
  let copy: string;
  /** Statement → the names of what refuses it. */
  let refusals: Map<string, string[]>;

  // One compilation a room, with a file for each statement: the tests only look up what it said of theirs.
  before(() => {
    copy = copyOfSources();
    refusals = refusalsOf(copy, [...FORBIDDEN.map(([statement]) => statement), ...ALLOWED]);
  });
  after(() => rmSync(copy, { recursive: true, force: true, maxRetries: 3 }));

  for (const [statement, expected] of FORBIDDEN) {
    it(`refuse ${statement}`, () =>
      assert.ok(refusals.get(statement)?.includes(expected), String(refusals.get(statement))));
  }
  for (const statement of ALLOWED) {
    it(`take ${statement}`, () => assert.deepEqual(refusals.get(statement), []));
  }
});

/** The sources with what they were compiled to, so that nothing is planted in the real ones. */
function copyOfSources(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'hunkmark-rooms-')));
  cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
  cpSync(join(ROOT, 'out', 'src'), join(copy, 'out', 'src'), { recursive: true });
  for (const file of ['package.json', '.oxlintrc.json']) copyFileSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

function refusalsOf(copy: string, statements: readonly string[]): Map<string, string[]> {
  const files = new Map<string, string>();
  statements.forEach((statement, number) => {
    const [room = ''] = statement.split(': ', 1);
    const file = `src/${room}/planted-${number}.ts`;
    files.set(statement, file);
    const text = statement.slice(room.length + 2);
    writeFileSync(join(copy, file), text.includes('export ') ? `${text}\n` : `${text}\nexport {};\n`);
  });
  const rooms = [...new Set([...files.values()].map((file) => file.split('/')[1] ?? ''))];
  const said = rooms
    .map((room) => run(copy, 'tsc', ['-p', `src/${room}`, '--noEmit', '--pretty', 'false']))
    .concat(run(copy, 'oxlint', ['--format=unix', 'src']))
    .flatMap((output) => output.split('\n'));
  return new Map(statements.map((statement) => [statement, namesFor(files.get(statement) ?? '', said)]));
}

/** `FILE(1,2): error TS1234: …` of the compiler, `FILE:1:2: … [Error/eslint(rule)]` of the linter. */
function namesFor(file: string, said: readonly string[]): string[] {
  return said.flatMap((line) => {
    if (line.startsWith(`${file}(`)) return [/ error (TS\d+):/.exec(line)?.[1] ?? line];
    return line.startsWith(`${file}:`) ? [/\/[\w-]+\(([\w-]+)\)\]$/.exec(line)?.[1] ?? line] : [];
  });
}

function run(cwd: string, program: string, args: readonly string[]): string {
  const { stdout, error } = spawnSync(join(ROOT, 'node_modules', '.bin', program), args, {
    cwd,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return stdout;
}
