import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { largePolicy } from '../support/large-policy';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { median, pairs } from './pairs';
import type { Row } from './row';

const COMMITS = 1000;
/** Each tenth commit is a merge of the one before it. */
const MERGES = 10;
const FILES = 60;
const LINES = 600;
/** What a commit changes: so many adjacent lines in each of so many files. */
const CHANGED_FILES = 4;
const CHANGED_LINES = 8;
const CLI = path.resolve('dist/cli.js');

/** 335 systems, and one more for the files that are changed, which asks for all that a commit can be asked for. */
const POLICY = `${largePolicy(335, 5000)}  changed: { tier: 1, paths: [src/] }
tiers:
  1: { warn: warning, commit: acknowledge, provenance: required, unknown: warn, changeRef: "CHG-*" }
`;

/** P7: judging 1,000 commits, against git showing their patches. */
export async function rows(): Promise<Row[]> {
  const repo = scratchRepo();
  try {
    const range = writeHistory(repo);
    const check = (): number => timed(repo, process.execPath, [CLI, 'check', '--json', range]);
    const show = ['log', '-p', '-m', '--first-parent', '--no-ext-diff', '--no-textconv', range];
    const log = (): number => timed(repo, 'git', show);
    const empty = path.join(repo.root, 'empty.js');
    fs.writeFileSync(empty, '');
    const bare = (): number => timed(repo, process.execPath, [empty]);
    const processes = gitProcesses(repo, range);
    const measured = await pairs(check, log);
    const node = await pairs(bare, bare, 10);
    const perStart = median([...node.first, ...node.second]);
    return [
      {
        id: 'P7',
        what: `(check over ${COMMITS} commits − one bare Node start) ÷ git log -p of them`,
        target: '≤ 1.2',
        value: (measured.medianFirst - perStart) / measured.medianSecond,
        unit: '×',
        pairs: measured.pairs,
        samples: { check: measured.first, log: measured.second, bareNode: node.first },
        note: 'with a policy of 336 systems',
      },
      {
        id: 'P7',
        what: 'git processes of that check',
        target: '≤ 3',
        value: processes,
        unit: 'processes',
        pairs: 1,
      },
    ];
  } finally {
    repo.dispose();
  }
}

function timed(repo: ScratchRepo, program: string, args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = repo.run(program, args);
  // A check that finds errors ends with 1.
  if (status > 1) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return performance.now() - began;
}

/** By git's own trace: one line for each command that starts. */
function gitProcesses(repo: ScratchRepo, range: string): number {
  const trace = path.join(repo.root, 'trace');
  repo.run(process.execPath, [CLI, 'check', '--json', range], { env: { GIT_TRACE: trace } });
  return fs.readFileSync(trace, 'utf8').match(/trace: built-in: git/g)?.length ?? 0;
}

/** Files that change a little in each commit, half of the commits with trailers that verify; written by fast-import. */
function writeHistory(repo: ScratchRepo): string {
  const files = Array.from({ length: FILES }, (_, file) =>
    Array.from({ length: LINES }, (__, line) => `export const value_${file}_${line} = compute(${line});\n`),
  );
  const all = files.map((lines, file) => blob(`src/f${file}.ts`, lines.join('')));
  const parts = [commit(1, null, 'start', [blob('.hunkmark.yml', POLICY), ...all])];
  let head = 1;
  let before: readonly Change[] = [];
  for (let number = 2; number <= COMMITS + 1; number++) {
    if (number % MERGES === 0) {
      // The commit before is aside of its parent: this brings it in.
      parts.push(commit(number, head, 'Merge branch aside\n', entriesOf(before), number - 1));
      head = number;
      continue;
    }
    const changed = Array.from({ length: CHANGED_FILES }, (_, at) =>
      changeLines(files, (number * 7 + at * 13) % FILES, number),
    );
    parts.push(commit(number, head, message(number, changed), entriesOf(changed)));
    before = changed;
    if ((number + 1) % MERGES !== 0) head = number;
  }
  repo.git('fast-import', '--quiet', '--force', { stdin: parts.join('') });
  const first = repo.git('rev-list', '--max-parents=0', 'main').trim();
  return `${first}..main`;
}

interface Change {
  readonly name: string;
  readonly at: number;
  readonly text: string;
  readonly old: string;
  readonly entry: string;
}

function entriesOf(changes: readonly Change[]): string[] {
  return changes.map(({ entry }) => entry);
}

function changeLines(files: string[][], file: number, number: number): Change {
  const lines = files[file] ?? [];
  const at = (number * 31) % (LINES - CHANGED_LINES);
  const added = Array.from(
    { length: CHANGED_LINES },
    (_, line) => `export const value_${file}_${at + line} = changed(${number}, ${file}, ${line});\n`,
  );
  const old = lines.splice(at, CHANGED_LINES, ...added).join('');
  const name = `src/f${file}.ts`;
  return { name, at: at + 1, text: added.join(''), old, entry: blob(name, lines.join('')) };
}

function message(number: number, changed: readonly Change[]): string {
  if (number % 2 === 0) return `feat: change ${number}\n`;
  const [count, lines] = [2 * changed.length, CHANGED_LINES * changed.length];
  return [
    `feat: change ${number}\n\nChange-Ref: CHG-${number}`,
    `AI-Provenance: v1 ai=${lines} mixed=0 human=0 unknown=0 ai-deleted=${lines} hunks=${count} listed=${count}`,
    'Assisted-by: claude-code',
    ...changed.map(
      ({ name, at, text, old }) =>
        `AI-Hunk: ${name} +${at},${CHANGED_LINES}:${digest(text)} -${at},${CHANGED_LINES}:${digest(old)} ai agent claude-code`,
    ),
    '',
  ].join('\n');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function blob(name: string, text: string): string {
  return `M 100644 inline ${name}\n${data(text)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function commit(
  number: number,
  parent: number | null,
  text: string,
  entries: readonly string[],
  merged: number | null = null,
): string {
  return [
    `commit refs/heads/main\nmark :${number}\n`,
    `committer Scratch Person <scratch@example.com> ${1_700_000_000 + 60 * number} +0000\n`,
    data(text),
    parent === null ? '' : `from :${parent}\n`,
    merged === null ? '' : `merge :${merged}\n`,
    ...entries,
    '\n',
  ].join('');
}
