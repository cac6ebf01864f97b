import { configureGlobal } from 'fast-check';

/** The same random cases in every run; `SEED=N npm test` tries others. */
configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });

/**
 * Coverage is that of the tests' own process: without this, every hook program and every editor that a test starts
 * would write a coverage file too, which takes longer than the test.
 */
export const mochaHooks = {
  beforeAll(): void {
    delete process.env['NODE_V8_COVERAGE'];
  },
};
