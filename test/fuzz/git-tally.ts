/** Lines are counted once for each commit that adds them. Boilerplate and blank lines are not in `ai` to `human`. */
export interface GitFuzzTally {
  sequences: number;
  /** Of these, ended early: git did something else with the lines than with the same lines and their numbers. */
  diverged: number;
  operations: number;
  commits: number;
  aiLines: number;
  aiFound: number;
  /** Nobody knows them. */
  aiUnknown: number;
  /** A model's line called mixed. */
  aiMixed: number;
  mixedLines: number;
  mixedFound: number;
  /** Lines of both called a model's. */
  mixedAi: number;
  humanLines: number;
  aiBoilerplate: number;
  aiBoilerplateFound: number;
  humanBoilerplate: number;
  /** A person's boilerplate called a model's, as the laws excuse it. */
  excused: number;
  aiDeleted: number;
  aiDeletedFound: number;
  /** Lines that an agent deleted once and a person last. */
  doubtfulDeletions: number;
  /** Ranges that do not verify in the commit that lists them. */
  stale: number;
  historyLines: number;
  /** Where AI lines got lost: the operation that made the commit. */
  lostBy: Record<string, number>;
  wrong: number;
}

export function emptyTally(): GitFuzzTally {
  return {
    sequences: 0,
    diverged: 0,
    operations: 0,
    commits: 0,
    aiLines: 0,
    aiFound: 0,
    aiUnknown: 0,
    aiMixed: 0,
    mixedLines: 0,
    mixedFound: 0,
    mixedAi: 0,
    humanLines: 0,
    aiBoilerplate: 0,
    aiBoilerplateFound: 0,
    humanBoilerplate: 0,
    excused: 0,
    aiDeleted: 0,
    aiDeletedFound: 0,
    doubtfulDeletions: 0,
    stale: 0,
    historyLines: 0,
    lostBy: {},
    wrong: 0,
  };
}
