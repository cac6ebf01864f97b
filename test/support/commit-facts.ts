import type { ClassedRun, CommitFacts, FileFacts } from '../../src/core/judge-facts';
import { openMatcher, type PolicyMatcher } from '../../src/core/placing';
import type { Exemption, Rules } from '../../src/core/policy';
import type { RangeClass, Side } from '../../src/core/range';
import type { ReadRange, Reading } from '../../src/core/reading';
import type { ResolvedRange, Verdict } from '../../src/core/resolve';
import type { ParsedBlock } from '../../src/core/trailer';

export const ADDRESS = 'ana@example.com';
/** A file of tier 1, system `checkout`. */
export const TIERED = 'pay/charge.ts';
/** A file of no system. */
export const ELSEWHERE = 'docs/read.me';

const matchers = new Map<string, PolicyMatcher>();

/** A policy of one system, tier 1, with these rules. */
export function matcherOf(rules: Rules, exempt: readonly Exemption[] = []): PolicyMatcher {
  const key = JSON.stringify([rules, exempt]);
  const patterns = [{ pattern: 'pay/**', from: { file: '.hunkmark.yml', line: 5 } }];
  const system = { name: 'checkout', tier: 1, description: null, owners: ['@pay'], patterns };
  const tiers = new Map([[1, rules]]);
  const matcher = matchers.get(key) ?? openMatcher({ systems: [system], tiers, exempt, unsupported: [] });
  matchers.set(key, matcher);
  return matcher;
}

/** A commit that changes the tiered file and says nothing; what is given replaces that. */
export function factsOf(given: Partial<CommitFacts>): CommitFacts {
  return {
    oid: 'c'.repeat(40),
    author: ADDRESS,
    committer: ADDRESS,
    reading: NOTHING_SAID,
    resolved: [],
    countsAreRight: true,
    changeRefs: [],
    restored: null,
    files: [fileOf(TIERED)],
    ...given,
  };
}

export function fileOf(path: string, runs: readonly ClassedRun[] = []): FileFacts {
  return { path, oldPath: path, runs, isGenerated: false };
}

export function runOf(side: Side, name: ClassedRun['class']): ClassedRun {
  return { side, start: 3, count: 2, class: name, via: null, agent: null, model: null };
}

/** A range of two lines, resolved; `exact` and `moved` ones have a place. */
export function rangeOf(
  verdict: Verdict,
  { path = TIERED, side = '+', name = 'ai', digest = '0123abcd', source = 'block' }: RangeWords = {},
): ResolvedRange {
  const author = { class: name, via: 'agent', agent: 'claude-code', model: null } as const;
  const range = { path, side, start: 3, count: 2, digest, ...author, source };
  const at = verdict === 'exact' ? { path, start: 3 } : verdict === 'moved' ? { path, start: 30 } : null;
  return { range, verdict, at, candidates: [] };
}

interface RangeWords {
  readonly path?: string;
  readonly side?: Side;
  readonly name?: RangeClass;
  readonly digest?: string;
  readonly source?: ReadRange['source'];
}

export const NOTHING_SAID: Reading = {
  tracked: 'no',
  block: null,
  ranges: [],
  invalid: [],
  override: null,
  buriedOverride: null,
};

/** What a commit says that lists these ranges. */
export function readingOf(
  resolved: readonly ResolvedRange[],
  given: Partial<Reading> = {},
  block: Partial<ParsedBlock> = {},
): Reading {
  const ranges = resolved.map(({ range }) => range);
  const listed = ranges.length;
  const lines = { ai: 0, mixed: 0, human: 0, unknown: 2, aiDeleted: 0 };
  const provenance = { version: 1, ...lines, hunks: listed, listed, redeclared: null } as const;
  const own = { provenance, assistedBy: [], ranges, tiers: [], policy: null, ack: null, invalid: [] };
  return { ...NOTHING_SAID, tracked: 'yes', block: { ...own, ...block }, ranges, ...given };
}
