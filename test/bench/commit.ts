import * as fs from 'node:fs';
import * as path from 'node:path';
import { installAgent } from '../support/agent-edits';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { largePolicy } from '../support/large-policy';
import { median, PAIRS, pairs, type Pairs } from './pairs';
import type { Row } from './row';

const HOOKS = ['prepare-commit-msg', 'commit-msg'];
/** P2: so many files with so many AI hunks between them. */
const FILES = 20;
const HUNKS = 50;
/** P8: the small and the large index. */
const FEW = 10;
const MANY = 100_000;

/** What our hooks cost a commit, and what an agent's hook costs its edit. */
export async function rows(): Promise<Row[]> {
  return [
    ...(await quietCommit()),
    await commitWithHunks('≤ 1.5', null),
    await commitWithHunks('≤ 1.6', POLICY),
    ...(await agentEdit()),
    await largeIndex(null),
    await largeIndex(POLICY),
  ];
}

/** P1: nothing to do, against as many hooks that only exit. */
async function quietCommit(): Promise<Row[]> {
  const [ours, theirs] = [scratchRepo(), scratchRepo()];
  try {
    for (const repo of [ours, theirs]) repo.commitFile('a.txt', 'start\n', 'start');
    await installAgent(ours);
    for (const name of HOOKS)
      fs.writeFileSync(path.join(theirs.dir, '.git/hooks', name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const measured = await pairs(
      () => commitOne(ours),
      () => commitOne(theirs),
      60,
    );
    return [
      {
        id: 'P1',
        what: 'commit with nothing to say ÷ the same with two `exit 0` hooks',
        target: '≤ 1.15',
        value: measured.ratio,
        unit: '×',
        pairs: measured.pairs,
        samples: { ours: measured.first, theirs: measured.second },
      },
    ];
  } finally {
    ours.dispose();
    theirs.dispose();
  }
}

/** 335 systems, and one more for the files that are committed, which asks for all that a commit can be asked for. */
const POLICY = `${largePolicy(335, 5000)}  committed: { tier: 1, paths: [src/] }
tiers:
  1: { commit: acknowledge, provenance: required, unknown: warn }
`;

/** P2: a commit of 50 AI hunks in 20 files, less the same commit without hooks, against a Node that does nothing. */
async function commitWithHunks(target: string, policy: string | null): Promise<Row> {
  const repo = scratchRepo();
  try {
    if (policy !== null) repo.write('.hunkmark.yml', policy);
    await writeHunks(repo);
    const withHooks = (): number => timeCommit(repo, {});
    const without = (): number => timeCommit(repo, { noHooks: true });
    const share = await pairs(withHooks, without);
    const node = await pairs(
      () => bareNode(repo),
      () => bareNode(repo),
    );
    const perStart = median([...node.first, ...node.second]);
    const what = `(commit with ${HUNKS} AI hunks in ${FILES} files − plain) ÷ one bare Node start`;
    return {
      id: 'P2',
      what: policy === null ? what : 'the same in a repository with a policy of 336 systems',
      target,
      value: (share.medianFirst - share.medianSecond) / perStart,
      unit: '×',
      pairs: share.pairs,
      samples: { withHooks: share.first, without: share.second, bareNode: node.first },
    };
  } finally {
    repo.dispose();
  }
}

/** P3: the two hooks around an agent's edit, against two Node starts. */
async function agentEdit(): Promise<Row[]> {
  const repo = scratchRepo();
  try {
    repo.commitFile('src/app.js', sourceFile(1, 400), 'start');
    await installAgent(repo);
    let turn = 0;
    const edit = (): number => {
      const file = path.join(repo.dir, 'src/app.js');
      const before = repo.read('src/app.js');
      const [old, text] = [`value_1_${200 + turn} =`, `renamed_1_${200 + turn} =`];
      const call = {
        session_id: 'bench',
        transcript_path: path.join(repo.root, 'none.jsonl'),
        cwd: repo.dir,
        tool_name: 'Edit',
        tool_use_id: `toolu_${turn++}`,
        tool_input: { file_path: file, old_string: old, new_string: text, replace_all: false },
      };
      const after = before.replace(old, text);
      const pre = timeRecord(repo, 'PreToolUse', call).ms;
      fs.writeFileSync(file, after);
      const response = {
        filePath: file,
        oldString: old,
        newString: text,
        originalFile: before,
        structuredPatch: [],
      };
      const more = { userModified: false, replaceAll: false };
      const ended = { ...call, tool_response: { ...response, ...more } };
      return pre + timeRecord(repo, 'PostToolUse', ended).ms;
    };
    const measured: Pairs = await pairs(edit, () => bareNode(repo) + bareNode(repo));
    return [
      {
        id: 'P3',
        what: 'record before and after an agent’s edit ÷ two bare Node starts',
        target: '≤ 1.3',
        value: measured.ratio,
        unit: '×',
        pairs: measured.pairs,
        samples: { record: measured.first, node: measured.second },
      },
    ];
  } finally {
    repo.dispose();
  }
}

/** P8: what a large index adds to our share of a commit, against one reading of that index by git. */
async function largeIndex(policy: string | null): Promise<Row> {
  const [small, large] = [scratchRepo(), scratchRepo()];
  try {
    for (const [repo, count] of [[small, FEW] as const, [large, MANY] as const]) {
      if (policy !== null) repo.write('.hunkmark.yml', policy);
      fillIndex(repo, count);
      await writeHunks(repo);
    }
    // All four in every round, so that a machine that gets busy or idle does so for each of them.
    const [few, many]: [number[], number[]] = [[], []];
    const share = (repo: ScratchRepo): number => timeCommit(repo, {}) - timeCommit(repo, { noHooks: true });
    for (let round = -2; round < PAIRS; round++) {
      const found = [share(small), share(large)] as const;
      if (round < 0) continue;
      few.push(found[0]);
      many.push(found[1]);
    }
    const reading = (): number => time(() => large.git('diff-index', '--cached', 'HEAD'));
    const index = await pairs(reading, reading, 10);
    const what = `our share of a commit in ${MANY} files − in ${FEW} files ÷ git diff-index --cached HEAD there`;
    return {
      id: 'P8',
      what: policy === null ? what : 'the same in repositories with a policy of 336 systems',
      target: '≤ 2',
      value: (median(many) - median(few)) / median([...index.first, ...index.second]),
      unit: '×',
      pairs: PAIRS,
      samples: { few, many, diffIndex: index.first },
    };
  } finally {
    small.dispose();
    large.dispose();
  }
}

let commits = 0;

function commitOne(repo: ScratchRepo): number {
  repo.write('a.txt', `change ${++commits}\n`);
  repo.git('add', 'a.txt');
  return time(() => repo.git('commit', '--quiet', '-m', 'feat: change'));
}

/** Commits what is staged, and takes the commit back: every turn makes the same commit. */
function timeCommit(repo: ScratchRepo, how: { readonly noHooks?: boolean }): number {
  const hooks = how.noHooks === true ? ['-c', 'core.hooksPath=/dev/null'] : [];
  const spent = time(() => repo.git(...hooks, 'commit', '--quiet', '-m', 'feat: change'));
  repo.git('update-ref', 'HEAD', 'HEAD~1');
  return spent;
}

async function writeHunks(repo: ScratchRepo): Promise<void> {
  for (let file = 0; file < FILES; file++) repo.write(`src/f${file}.js`, sourceFile(file, 200));
  repo.git('add', '--all');
  repo.git('commit', '--quiet', '-m', 'start');
  const agent = await installAgent(repo);
  for (let hunk = 0; hunk < HUNKS; hunk++) {
    const name = `src/f${hunk % FILES}.js`;
    const at = 20 + 40 * Math.floor(hunk / FILES);
    const line = `export const value_${hunk % FILES}_${at} =`;
    const text = repo.read(name).replace(line, `// hunk ${hunk} explains what follows here\n${line}`);
    await agent.edit(name, text);
  }
  repo.git('add', '--all', 'src');
}

function sourceFile(file: number, lines: number): string {
  const line = (i: number): string => `export const value_${file}_${i} = compute_${i}(input_${file});\n`;
  return Array.from({ length: lines }, (_, i) => line(i)).join('');
}

/** An index of many small files, made without writing them: all are one blob, left out of the working tree. */
function fillIndex(repo: ScratchRepo, count: number): void {
  const blob = repo.git('hash-object', '-w', '--stdin', { stdin: 'one line\n' }).trim();
  const entry = (i: number): string => `100644 ${blob}\tmany/${i % 100}/${i}.txt\n`;
  const stdin = Array.from({ length: count }, (_, i) => entry(i)).join('');
  repo.git('update-index', '--index-info', { stdin });
  repo.git('ls-files', '-z', 'many');
  repo.git('update-index', '--skip-worktree', '-z', '--stdin', { stdin: repo.git('ls-files', '-z', 'many') });
}

export function bareNode(repo: ScratchRepo): number {
  const empty = path.join(repo.root, 'empty.js');
  if (!fs.existsSync(empty)) fs.writeFileSync(empty, '');
  return time(() => repo.run(process.execPath, [empty]));
}

/** One call of an agent's hook: how long it took, and what it said to a person. */
export function timeRecord(
  repo: ScratchRepo,
  event: string,
  payload: object,
): { ms: number; stderr: string } {
  const program = path.join(repo.dir, '.git/hunkmark/hook.js');
  const stdin = JSON.stringify({ ...payload, hook_event_name: event });
  const began = performance.now();
  const { stderr } = repo.run(process.execPath, [program, 'record', 'claude-code', event], { stdin });
  return { ms: performance.now() - began, stderr };
}

export function time(action: () => unknown): number {
  const began = performance.now();
  action();
  return performance.now() - began;
}
