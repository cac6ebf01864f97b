import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { reporters, Runner, type MochaOptions, type Test } from 'mocha';

/**
 * A line for each file when it is done, all failures at the end, and the numbers as JSON in the file `counts`: of all, and
 * of each file with a failure, by its path.
 */
class Reporter extends reporters.Base {
  private current: FileResult | null = null;
  private readonly failed: Record<string, Numbers> = {};

  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const counts = (options.reporterOptions as { counts?: string } | undefined)?.counts;
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Runner.constants;
    runner.on(EVENT_TEST_PASS, (test) => this.add(test, 'passed'));
    runner.on(EVENT_TEST_FAIL, (test) => this.add(test, 'failed'));
    runner.on(EVENT_TEST_PENDING, (test) => this.add(test, 'skipped'));
    runner.once(EVENT_RUN_END, () => {
      this.flush();
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const { passes, failures, pending } = this.stats;
      const all = { passed: passes, failed: failures, skipped: pending };
      if (counts !== undefined) writeFileSync(counts, JSON.stringify({ ...all, files: this.failed }));
    });
  }

  private add(test: Test, result: 'passed' | 'failed' | 'skipped'): void {
    const file = test.file ?? this.current?.file ?? '';
    if (this.current?.file !== file) this.flush();
    this.current ??= { file, passed: 0, failed: 0, skipped: 0, milliseconds: 0 };
    this.current[result]++;
    this.current.milliseconds += test.duration ?? 0;
  }

  private flush(): void {
    if (this.current === null) return;
    const { file, passed, failed, skipped, milliseconds } = this.current;
    const parts = [
      `${passed} passed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    if (failed > 0) this.failed[file] = { passed, failed, skipped };
    const name = relative('out/test', file).replace(/\.test\.js$/, '');
    console.log(
      `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${parts.join(', ')} (${(milliseconds / 1000).toFixed(1)} s)`,
    );
    this.current = null;
  }
}

interface Numbers {
  passed: number;
  failed: number;
  skipped: number;
}

interface FileResult extends Numbers {
  readonly file: string;
  milliseconds: number;
}

export = Reporter;
