import { createHash } from 'node:crypto';
import { originRuns, redeclaredRanges, unknownRanges } from '../core/hunks';
import { UNKNOWN } from '../core/origin';
import { placePaths, type PlacedSystem, type Placement } from '../core/placing';
import { asksAcknowledgement, asksProvenance, listsAll, listsUnknown, problemText } from '../core/policy';
import type { ProvenanceRange } from '../core/range';
import { ackDigestText, type Acknowledgement, type ParsedBlock, type TierMark } from '../core/trailer';
import type { ObjectReader } from '../git/objects';
import { digestLines } from '../git/text';
import type { Attributed } from './attribute';
import type { CommitReader } from './committed';
import { openGenerated } from './generated';
import type { PolicyReader } from './policy';
import type { Target } from './targets';

/** The policy that a commit to be is judged by, on the day it is made: that of its first parent. */
export type CommitPolicy =
  | { readonly kind: 'none' }
  /** The commit goes on without; `problem` says why, for one line on standard error. */
  | { readonly kind: 'unusable'; readonly problem: string }
  | {
      readonly kind: 'policy';
      /** The blob id of `.hunkmark.yml`. */
      readonly oid: string;
      /** Some tier asks about commits without AI lines too. */
      readonly asksAlways: boolean;
      /** Some tier asks for acknowledgement. */
      readonly asksAcknowledgement: boolean;
      placementOf(target: Pick<Target, 'path' | 'oldPath'>): Placement;
    };

/** What the policy asks of a commit, and what of it is met. */
export interface Asked {
  readonly tiers: readonly TierMark[];
  readonly policy: string | null;
  /** A file is touched whose policy asks for provenance or about unknown lines. */
  readonly isTouched: boolean;
  /** Ranges to be listed that no model wrote: of unknown origin, and those that a person redeclared. */
  readonly besides: readonly ProvenanceRange[];
  /** Ranges that a person has to acknowledge. */
  readonly toAcknowledge: readonly ProvenanceRange[];
  /** Whether that is worth a word: not where all of them are in files that programs make. */
  readonly isAckMentioned: boolean;
  /** Systems of touched files whose rules ask for a `Change-Ref`. */
  readonly changeRefs: readonly PlacedSystem[];
  /** AI ranges under `commit: block`. */
  readonly blocked: readonly BlockedRange[];
  readonly tierOf: (path: string) => number | null;
  readonly fullFor: (path: string) => boolean;
  readonly placementAt: (path: string) => Placement | null;
}

export interface BlockedRange {
  readonly range: ProvenanceRange;
  readonly placement: Placement;
}

/** Never rejects for the policy's sake: whatever is wrong with it, the commit goes on. */
export async function readCommitPolicy(
  policies: PolicyReader,
  commits: CommitReader,
  parent: string | null,
  today: string,
): Promise<CommitPolicy> {
  try {
    const tree = parent === null ? null : ((await commits.commit(parent))?.commit.tree ?? null);
    const read = await policies.ofTree(tree);
    if (read.kind === 'none') return read;
    if (read.kind === 'invalid') return { kind: 'unusable', problem: problemText(read) };
    const matcher = policies.matcherOf(read);
    return {
      kind: 'policy',
      oid: read.oid,
      asksAlways: [...read.policy.tiers.values()].some(
        (rules) => asksProvenance(rules) || rules.changeRef !== null,
      ),
      asksAcknowledgement: [...read.policy.tiers.values()].some(asksAcknowledgement),
      placementOf: ({ path, oldPath }) =>
        placePaths(
          matcher,
          [...new Set([path, oldPath])].filter((each) => each !== null),
          today,
        ),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unusable', problem: `the policy cannot be read: ${reason}` };
  }
}

/**
 * Which of the files that the policy asks about are made by programs. `root` is where their attributes are: `TREE:` of
 * the commit, `:` of the index.
 */
export async function generatedIn(
  objects: ObjectReader,
  root: string,
  policy: CommitPolicy,
  files: readonly Attributed[],
): Promise<ReadonlySet<string>> {
  if (policy.kind !== 'policy') return new Set();
  const asked = files.filter(({ target }) => {
    const { rules } = policy.placementOf(target);
    return listsUnknown(rules) || rules.commit !== 'allow';
  });
  const paths = asked.flatMap(({ target: { path, oldPath } }) => [path ?? [], oldPath ?? []].flat());
  return await openGenerated(objects).among(root, [...new Set(paths)]);
}

/** Holds the files of a commit and the ranges that models wrote in them against the policy. */
export function askPolicy(
  policy: CommitPolicy,
  files: readonly Attributed[],
  ranges: readonly ProvenanceRange[],
  generated: ReadonlySet<string>,
): Asked {
  if (policy.kind !== 'policy') return NOTHING_ASKED;
  const placed = files.map((file) => ({ file, placement: policy.placementOf(file.target) }));
  const byPath = new Map<string, Placement>();
  for (const { file, placement } of placed)
    for (const path of [file.target.path, file.target.oldPath])
      if (path !== null && isStricter(placement, byPath.get(path))) byPath.set(path, placement);
  const at = (path: string): Placement | null => byPath.get(path) ?? null;
  const where = (isAsked: (placement: Placement) => boolean): ProvenanceRange[] =>
    ranges.filter(({ path }) => {
      const placement = at(path);
      return placement !== null && isAsked(placement);
    });
  const toAcknowledge = where(({ rules }) => asksAcknowledgement(rules));
  return {
    tiers: tiersOf(ranges.flatMap(({ path }) => at(path)?.systems ?? [])),
    policy: policy.oid.slice(0, 12),
    isTouched: placed.some(({ placement: { rules } }) => asksProvenance(rules)),
    besides: placed.flatMap(({ file, placement }) => [
      ...(listsUnknown(placement.rules) && !generated.has(file.target.path ?? '')
        ? rangesOf(file, unknownRanges)
        : []),
      ...(placement.tier === null ? [] : rangesOf(file, redeclaredRanges)),
    ]),
    toAcknowledge,
    isAckMentioned: toAcknowledge.some(({ path }) => !generated.has(path)),
    changeRefs: distinct(
      placed.flatMap(({ placement }) => placement.systems.filter(({ rules }) => rules.changeRef !== null)),
    ),
    blocked: ranges.flatMap((range) => {
      const placement = at(range.path);
      return placement?.rules.commit === 'block' && !generated.has(range.path) ? [{ range, placement }] : [];
    }),
    tierOf: (path) => at(path)?.tier ?? null,
    fullFor: (path) => listsAll(at(path)?.rules ?? { detail: null, commit: 'allow' }),
    placementAt: at,
  };
}

/** The `AI-Ack` of a commit; null where nothing asks for one. `isAcknowledged` and `earlier` say what is done already. */
export function acknowledgementOf(
  { toAcknowledge }: Asked,
  isAcknowledged: (range: ProvenanceRange) => boolean,
  earlier: ParsedBlock | null,
  committer: string,
): Acknowledgement | null {
  if (toAcknowledge.length === 0) return null;
  const all = digestOf(toAcknowledge);
  const before = earlier?.ack;
  // What the message says of exactly these ranges, by the same person, holds: it may come from another machine.
  const holds =
    before?.digest === all &&
    before.acknowledged === toAcknowledge.length &&
    mailOf(before.by) === mailOf(committer);
  const done = holds ? toAcknowledge : toAcknowledge.filter(isAcknowledged);
  return {
    acknowledged: done.length,
    required: toAcknowledge.length,
    digest: digestOf(done),
    by: committer,
  };
}

/** Where there is no policy. */
export const NOTHING_ASKED: Asked = {
  tiers: [],
  policy: null,
  isTouched: false,
  besides: [],
  toAcknowledge: [],
  isAckMentioned: false,
  changeRefs: [],
  blocked: [],
  tierOf: () => null,
  fullFor: () => false,
  placementAt: () => null,
};

function isStricter(placement: Placement, than: Placement | undefined): boolean {
  return than === undefined || (placement.tier ?? 10) < (than.tier ?? 10);
}

/** Each system once. */
export function distinct(systems: readonly PlacedSystem[]): PlacedSystem[] {
  return [...new Map(systems.map((system) => [`${system.tier} ${system.name}`, system] as const)).values()];
}

/** One for each system, the most critical first. */
function tiersOf(systems: readonly { readonly tier: number; readonly name: string }[]): TierMark[] {
  const marks = new Map(
    systems.map(({ tier, name }) => [`${tier} ${name}`, { tier, system: name }] as const),
  );
  return [...marks.values()].toSorted((a, b) => a.tier - b.tier || (a.system < b.system ? -1 : 1));
}

function rangesOf({ target, origins }: Attributed, cut: typeof unknownRanges): ProvenanceRange[] {
  if (target.path === null) return [];
  const runs = originRuns(target.added, (line) => origins[line] ?? UNKNOWN);
  return cut(target.path, runs, target.lines, digestLines);
}

function digestOf(ranges: readonly ProvenanceRange[]): string {
  const text = ackDigestText(ranges.map(({ digest }) => digest));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** The address of `NAME <EMAIL>`, as a person or, with a time behind it, a commit writes it. */
export function mailOf(person: string): string {
  return /<([^<>]*)>[^<>]*$/.exec(person)?.[1] ?? '';
}
