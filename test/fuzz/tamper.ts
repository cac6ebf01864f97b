import assert from 'node:assert/strict';
import * as path from 'node:path';
import { readHistory, type HistoryCommit } from '../../src/app/commit-facts';
import { withRepository } from '../../src/app/opened';
import type { ResolvedRange } from '../../src/core/resolve';
import { listCommits } from '../../src/git/commit-list';
import { Chance } from '../support/line-model';
import { scratchRepo, type ScratchRepo } from '../support/scratch-repo';
import { draftOf, linesOf, sha, tamper, type Draft } from './tamper-edits';
import { tellStories, type Story } from './tamper-stories';

export interface TamperOptions {
  readonly seed: number;
  /** How many tampered commits. */
  readonly commits: number;
  readonly onProgress?: (tally: TamperTally) => void;
}

export interface TamperTally {
  commits: number;
  edits: number;
  exact: number;
  moved: number;
  stale: number;
  invalid: number;
  /** Commits nothing was done to; all their ranges are exact. */
  untouched: number;
}

/** So many tampered commits are one line of history, which the command line reads as a whole. */
const CHUNK = 400;

/**
 * Commits that the real hooks have stamped, with their trailers and their content edited at random. Held against an
 * account that shares nothing with the code: every line is unlike every other, so which lines a commit adds and deletes
 * is plain, and what a range names is hashed here.
 *
 * Wrong is: a range called exact whose lines the commit does not add (delete) just there or whose digest is another;
 * one not called exact whose lines and digest are right; a moved one whose lines are not where it is said to have
 * moved; a line of the agent called human although nobody made the trailers say so; a control byte in anything that
 * the command line prints; a command that ends otherwise than it should. Throws at the first with the seed and the
 * edits; the same seed with one commit does the same again.
 */
export async function fuzzTampering({ seed, commits, onProgress }: TamperOptions): Promise<TamperTally> {
  const tally: TamperTally = { commits: 0, edits: 0, exact: 0, moved: 0, stale: 0, invalid: 0, untouched: 0 };
  const repo = scratchRepo({ objectFormat: 'sha1' });
  try {
    const stories = await tellStories(repo);
    while (tally.commits < commits) {
      const first = seed + tally.commits;
      const count = Math.min(CHUNK, commits - tally.commits);
      const trials = Array.from({ length: count }, (_, n) => trial(stories, first + n));
      await judgeTrials(repo, trials, tally);
      tally.commits += count;
      onProgress?.(tally);
    }
  } finally {
    repo.dispose();
  }
  return tally;
}

interface Trial {
  readonly seed: number;
  readonly draft: Draft;
  readonly edits: readonly string[];
}

function trial(stories: readonly Story[], seed: number): Trial {
  const chance = new Chance(seed);
  const story = chance.pick(stories);
  assert.ok(story);
  const draft = draftOf(story);
  return { seed, draft, edits: tamper(draft, chance) };
}

async function judgeTrials(repo: ScratchRepo, trials: readonly Trial[], tally: TamperTally): Promise<void> {
  const { base, tip } = writeHistory(repo, trials);
  const history = await withRepository({ cwd: repo.dir, env: repo.env }, async (opened) => {
    const listed = await listCommits(opened.root, { tips: [tip], excluded: [base] });
    return await readHistory(opened, listed);
  });
  assert.equal(history.length, 2 * trials.length);
  for (const [at, one] of trials.entries()) {
    const commit = history[2 * at + 1];
    assert.ok(commit);
    const wrong = judgeOne(one, commit, tally);
    if (wrong !== null) throw new Error(explained(one, wrong, commit));
  }
  readWithCommands(repo, trials, history, `${base}..${tip}`);
}

function explained({ seed, draft, edits }: Trial, wrong: string, { commit }: HistoryCommit): string {
  return [
    wrong,
    `seed ${seed}, story: ${draft.story.name}`,
    ...edits.map((edit) => `  ${edit}`),
    `again: npm run fuzz -- --only tamper --seed ${seed} --commits 1`,
    JSON.stringify(commit.message),
  ].join('\n');
}

// ---- the repository

/** A line of history: for each trial a commit that has the tree before, then the tampered one. */
function writeHistory(repo: ScratchRepo, trials: readonly Trial[]): { base: string; tip: string } {
  const base = repo.git('rev-list', '--max-parents=0', 'HEAD').trim();
  const parts = [`reset refs/heads/tampered\nfrom ${base}\n\n`];
  for (const { draft } of trials) {
    parts.push(commitText('before', draft.story.before, new Set()));
    parts.push(commitText(draft.message, draft.after, draft.links));
  }
  repo.git('fast-import', '--quiet', '--force', { stdin: Buffer.from(parts.join(''), 'latin1') });
  return { base, tip: repo.git('rev-parse', 'refs/heads/tampered').trim() };
}

function commitText(message: string, files: ReadonlyMap<string, string>, links: ReadonlySet<string>): string {
  const data = (text: string): string => `data ${text.length}\n${text}\n`;
  const entries = [...files].map(([name, text]) => {
    const mode = links.has(name) ? '120000' : '100644';
    return `M ${mode} inline ${quoted(name)}\n${data(text)}`;
  });
  const person = 'committer Scratch Person <scratch@example.com> 1800000000 +0000\n';
  return `commit refs/heads/tampered\n${person}${data(message)}deleteall\n${entries.join('')}\n`;
}

function quoted(name: string): string {
  const bytes = Buffer.from(name).toString('latin1');
  const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${bytes.replace(/[^!#-[\]-~ ]/g, octal)}"`;
}

// ---- the independent account

function judgeOne({ draft, edits }: Trial, { facts }: HistoryCommit, tally: TamperTally): string | null {
  tally.edits += edits.length;
  for (const one of facts.resolved) {
    tally[one.verdict]++;
    const wrong = judgeRange(draft, one);
    if (wrong !== null) return `${wrong}: ${JSON.stringify(one)}`;
  }
  if (edits.length === 0) {
    tally.untouched++;
    const claimed = [...draft.message.matchAll(/[+-]\d+,\d+:[0-9a-f]{8}/g)].length;
    const exact = facts.resolved.filter(({ verdict }) => verdict === 'exact').length;
    if (claimed === 0 || exact !== claimed) return `${exact} of ${claimed} untouched ranges are exact`;
  }
  return draft.isLie ? null : agentLineCalledHuman(draft, facts);
}

function judgeRange(draft: Draft, { range, verdict, at, candidates }: ResolvedRange): string | null {
  const { side, start, count, digest } = range;
  if (!draft.message.includes(`${side}${start},${count}:${digest}`)) return 'the message has no such range';
  const isTrue = isThere(draft, side, range.path, range);
  if (verdict === 'exact' && !isTrue) return 'this is not exact';
  if (verdict !== 'exact' && isTrue && !isOdd(draft, range.path)) return 'this is exact';
  if (verdict === 'exact' && (at?.path !== range.path || at.start !== start))
    return 'an exact range is elsewhere';
  if (verdict === 'moved' && at === null && candidates.length === 0) return 'a moved range is nowhere';
  for (const place of [...(at ? [at] : []), ...candidates])
    if (!isThere(draft, side, place.path, { start: place.start, count, digest })) return 'it is not there';
  return null;
}

interface Claim {
  readonly start: number;
  readonly count: number;
  readonly digest: string;
}

/** Whether the commit adds (deletes) these lines just there, and they have this digest. */
function isThere(draft: Draft, side: '+' | '-', name: string, { start, count, digest }: Claim): boolean {
  const { old, now } = textsOf(draft, side, name);
  const [own, other] = side === '+' ? [now, old] : [old, now];
  if (own === null || start + count - 1 > own.length) return false;
  const others = new Set(other ?? []);
  const claimed = own.slice(start - 1, start - 1 + count);
  return claimed.every((line) => !others.has(line)) && sha(claimed) === digest;
}

/** A name of `+` is of the commit, one of `-` of its parent. A link has no lines, nor has a file with a NUL. */
function textsOf(
  { story, after, oldNames, links }: Draft,
  side: '+' | '-',
  name: string,
): { old: string[] | null; now: string[] | null } {
  const newName = [...oldNames].find(([, old]) => old === name)?.[0];
  const [was, is] = side === '+' ? [oldNames.get(name) ?? name, name] : [name, newName ?? name];
  const of = (files: ReadonlyMap<string, string>, which: string): string[] | null => {
    const text = files.get(which);
    return text === undefined || text.startsWith('\0') ? null : linesOf(text);
  };
  // What was moved away is not what is there now.
  const old = side === '+' && [...oldNames.values()].includes(name) ? null : of(story.before, was);
  return { old, now: links.has(is) ? null : of(after, is) };
}

/** Files of which policy and diff may say that they have no lines although one side has some. */
function isOdd({ story, after, links, oldNames }: Draft, name: string): boolean {
  const names = [name, oldNames.get(name) ?? name];
  return names.some(
    (each) =>
      links.has(each) ||
      after.get(each)?.startsWith('\0') === true ||
      story.before.get(each)?.startsWith('\0'),
  );
}

function agentLineCalledHuman({ story, after }: Draft, { files }: HistoryCommit['facts']): string | null {
  const byAgent = new Set([...story.byAgent.values()].flatMap((lines) => [...lines]));
  for (const { path: name, runs } of files) {
    const lines = linesOf(after.get(name ?? '') ?? '');
    for (const run of runs.filter((each) => each.side === '+' && each.class === 'human')) {
      const found = lines.slice(run.start - 1, run.start - 1 + run.count).find((line) => byAgent.has(line));
      if (found !== undefined) return `the agent's line is called human: ${JSON.stringify(found)}`;
    }
  }
  return null;
}

// ---- what is printed

const CLI = path.resolve('dist/cli.js');
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/u;
const CHECKS = ['text', 'json', 'sarif', 'github', 'markdown'];
const LOGS = ['text', 'jsonl', 'csv', 'markdown'];

function readWithCommands(
  repo: ScratchRepo,
  trials: readonly Trial[],
  history: readonly HistoryCommit[],
  range: string,
): void {
  const commands: [number, string[]][] = [
    ...CHECKS.map((format): [number, string[]] => [1, ['check', '--format', format, range]]),
    ...LOGS.map((format): [number, string[]] => [0, ['log', '--format', format, range]]),
  ];
  for (const [at, { seed }] of trials.entries()) {
    const oid = history[2 * at + 1]?.oid;
    if (oid !== undefined && seed % 100 === 0)
      commands.push(
        [0, ['show', oid]],
        [0, ['show', '--json', oid]],
        [0, ['squash-message', `${oid}~2..${oid}`]],
      );
  }
  for (const [status, args] of commands) {
    const ended = repo.run(process.execPath, [CLI, ...args]);
    const said = `${args.join(' ')} of seed ${trials[0]?.seed}, ${trials.length} commits`;
    assert.equal(ended.status, status, `${said}: ${ended.stderr.slice(0, 400)}`);
    assert.equal(ended.stderr, '', said);
    const found = UNSAFE.exec(ended.stdout.replaceAll('\r\n', '\n'));
    if (found) {
      const near = JSON.stringify(ended.stdout.slice(Math.max(0, found.index - 80), found.index + 20));
      assert.fail(`${said} prints ${JSON.stringify(found[0])} in ${near}`);
    }
  }
}
