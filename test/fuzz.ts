import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { fuzzConcurrency } from './fuzz/concurrency';
import { fuzzEdits } from './fuzz/edit';
import { fuzzGit } from './fuzz/git';
import { fuzzHistory } from './fuzz/history';
import { fuzzTampering } from './fuzz/tamper';

/**
 * `npm run fuzz -- [--seed N] [--operations N] [--sequences N] [--commits N] [--rewritten N] [--repository PATH]
 * [--keep] [--stories N] [--only edit|git|tamper|history|writers]`: random edits, random sequences of git operations,
 * commits that were tampered with, a long history that is rewritten, and several writers of one file, in every order of
 * small stories and in random orders of long ones, against the independent models. The history is that of a repository (a git
 * directory), or made up; with `--keep` it stays, rewritten and cloned, and each line that was lost is named. Ends with
 * status 1 where something differs, with its seed and program: at the first, but for sequences of git operations, which
 * go on.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      operations: { type: 'string', default: '1000000' },
      sequences: { type: 'string', default: '10000' },
      commits: { type: 'string', default: '10000' },
      rewritten: { type: 'string', default: '500' },
      repository: { type: 'string' },
      keep: { type: 'boolean', default: false },
      stories: { type: 'string', default: '100' },
      only: { type: 'string' },
    },
  });
  const { only } = values;
  const isAsked = (part: string): boolean => only === undefined || only === part;
  if (!PARTS.some(isAsked)) throw new Error(`--only takes ${PARTS.join(', ')}`);
  const seed = count('seed', values.seed);
  console.log(`seed ${seed}`);
  if (isAsked('edit')) edits(seed, count('operations', values.operations));
  if (isAsked('tamper')) await tampering(seed, count('commits', values.commits));
  if (isAsked('git')) await sequences(seed, count('sequences', values.sequences));
  if (isAsked('history'))
    await history(seed, count('rewritten', values.rewritten), values.repository ?? null, values.keep);
  if (isAsked('writers'))
    await writers(seed, count('stories', values.stories), count('sequences', values.sequences));
}

const PARTS = ['edit', 'tamper', 'git', 'history', 'writers'];
const CHUNK = 50_000;

/** In portions, each with a seed of its own, so that a long run says where it is. */
function edits(seed: number, operations: number): void {
  for (let done = 0, number = 0; done < operations; number++) {
    done += fuzzEdits({ seed: seed + number, operations: Math.min(CHUNK, operations - done) }).operations;
    console.log(`edits: ${done} of ${operations}, none differs from the model`);
  }
}

async function sequences(seed: number, wanted: number): Promise<void> {
  let wrong = 0;
  const tally = await fuzzGit({
    seed,
    sequences: wanted,
    keepGoing: (failure) => {
      wrong++;
      console.log(failure);
    },
    onProgress: (so) => {
      if (so.sequences % 100 === 0) console.log(`git: ${so.sequences} of ${wanted} sequences`);
    },
  });
  console.log(`git: ${JSON.stringify(tally)}`);
  if (wrong > 0) throw new Error(`git: ${wrong} of ${wanted} sequences are wrong`);
}

async function history(seed: number, commits: number, source: string | null, keep: boolean): Promise<void> {
  const { wrong, lostLines, ...tally } = await fuzzHistory({
    seed,
    commits,
    source,
    ...(keep ? { onKept: (folder: string) => console.log(`history: kept in ${folder}`) } : {}),
    onProgress: (done, how) => console.log(`history: ${done} of ${commits} commits, ${how}`),
  });
  if (keep) for (const line of lostLines) console.log(`history: lost: ${line}`);
  console.log(`history: ${JSON.stringify(tally)}`);
  if (wrong.length > 0) throw new Error(`history: ${wrong.length} wrong\n${wrong.join('\n')}`);
}

async function tampering(seed: number, commits: number): Promise<void> {
  const tally = await fuzzTampering({
    seed,
    commits,
    onProgress: (so) => console.log(`tampering: ${so.commits} of ${commits} commits`),
  });
  console.log(`tampering: ${JSON.stringify(tally)}`);
}

async function writers(seed: number, stories: number, wanted: number): Promise<void> {
  const tally = await fuzzConcurrency({
    seed,
    stories,
    sequences: wanted,
    onProgress: (so) => {
      if (so.runs % 400 === 0) console.log(`writers: ${so.runs} runs`);
    },
  });
  console.log(`writers: ${JSON.stringify(tally)}`);
}

function count(name: string, given: string): number {
  if (!/^\d{1,15}$/.test(given)) throw new Error(`--${name} takes a number`);
  return Number(given);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
