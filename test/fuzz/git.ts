import { resolve } from 'node:path';
import { Chance } from '../support/line-model';
import { judgeHistory, judgeNew } from './git-judge';
import { OPERATIONS, SHARES } from './git-operations';
import { emptyTally, type GitFuzzTally } from './git-tally';
import { Diverged, World, Wrong } from './git-world';

export interface GitFuzzOptions {
  readonly seed: number;
  readonly sequences: number;
  /** Default: the built one. */
  readonly hookProgram?: string;
  readonly onProgress?: (tally: GitFuzzTally) => void;
  /** Collects what is wrong instead of throwing at the first. */
  readonly keepGoing?: (failure: string) => void;
}

/**
 * Random work of a person, two agents and git on real repositories with the real hooks, held against an account of
 * every line's writer that shares nothing with the code: the same operations are done in a twin repository without
 * hooks in which each line carries its number. Where the twin's texts, numbers taken off, are not the repository's,
 * the sequence ends (`diverged`).
 *
 * Wrong are: a person's line, or a line of both, called a model's; a person's called mixed; a model's called human;
 * a deleted line called an agent's that no agent ever deleted. Boilerplate (no weight) is judged as leniently as the
 * laws are: see `isExcused`. Throws at the first wrong one with the shortest program found that shows it.
 */
export async function fuzzGit(options: GitFuzzOptions): Promise<GitFuzzTally> {
  const tally = emptyTally();
  for (let number = 0; number < options.sequences; number++) {
    const seed = options.seed + number;
    const operations = randomProgram(seed);
    const before = structuredClone(tally);
    const outcome = await runSequence(seed, operations, tally, options);
    tally.sequences++;
    if (outcome.wrong !== null) {
      Object.assign(tally, before, { sequences: tally.sequences, wrong: before.wrong + 1 });
      const failure = await explained(seed, operations, options);
      if (!options.keepGoing) throw new Error(failure);
      options.keepGoing(failure);
    }
    options.onProgress?.(tally);
  }
  return tally;
}

/** Does one sequence again: `SEED NAME/NUMBER NAME/NUMBER …` as a failure prints it. Returns what is wrong, or null. */
export async function replayGit(
  program: string,
  options: Pick<GitFuzzOptions, 'hookProgram'> = {},
): Promise<{ wrong: string | null; trace: readonly string[] }> {
  const [seed = '0', ...words] = program.trim().split(/\s+/);
  const operations = words.map((word): Operation => {
    const [name = '', number = '0'] = word.split('/');
    return { name, seed: Number(number) };
  });
  return await runSequence(Number(seed), operations, emptyTally(), options);
}

/** One operation: what, and the seed of the numbers by which it chooses. */
interface Operation {
  readonly name: string;
  readonly seed: number;
}

const LONGEST = 22;

function randomProgram(seed: number): Operation[] {
  const chance = new Chance(seed);
  const names = Object.entries(SHARES).flatMap(([name, share]) => Array.from({ length: share }, () => name));
  return Array.from({ length: 8 + chance.number(LONGEST - 8) }, () => ({
    name: chance.pick(names) ?? 'commit',
    seed: chance.number(1_000_000),
  }));
}

async function explained(
  seed: number,
  operations: readonly Operation[],
  options: GitFuzzOptions,
): Promise<string> {
  const shortest = await shrunk(seed, operations, options);
  const { wrong, trace } = await runSequence(seed, shortest, emptyTally(), options);
  const program = [seed, ...shortest.map(({ name, seed: own }) => `${name}/${own}`)].join(' ');
  return [`# wrong: ${wrong}`, `# again: ${program}`, ...trace].join('\n');
}

/** Leaves out one operation after the other as long as something stays wrong. */
async function shrunk(
  seed: number,
  operations: readonly Operation[],
  options: GitFuzzOptions,
): Promise<readonly Operation[]> {
  let shortest = operations;
  for (let again = true; again;) {
    again = false;
    for (let at = shortest.length - 1; at >= 0; at--) {
      const candidate = shortest.filter((_, index) => index !== at);
      const { wrong } = await runSequence(seed, candidate, emptyTally(), options);
      if (wrong === null) continue;
      shortest = candidate;
      again = true;
    }
  }
  return shortest;
}

interface Outcome {
  readonly wrong: string | null;
  readonly trace: readonly string[];
}

async function runSequence(
  seed: number,
  operations: readonly Operation[],
  tally: GitFuzzTally,
  options: Pick<GitFuzzOptions, 'hookProgram'>,
): Promise<Outcome> {
  const world = await World.open(seed, tally, options.hookProgram ?? resolve('dist/hook.js'));
  try {
    judgeNew(world, 'first');
    for (const { name, seed: own } of operations) {
      tally.operations++;
      world.trace.push(`# ${name}`);
      await OPERATIONS[name]?.(world, new Chance(own * 7919 + seed));
      world.compareFiles();
      judgeNew(world, name);
    }
    world.trace.push('# the rest');
    world.commitAll();
    judgeNew(world, 'commit-all');
    judgeHistory(world);
    return { wrong: null, trace: world.trace };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message, trace: world.trace };
    if (!(error instanceof Diverged)) throw error;
    tally.diverged++;
    return { wrong: null, trace: world.trace };
  } finally {
    world.close();
  }
}
