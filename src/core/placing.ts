import { matchesGlob, parsePattern, type Glob, type Segment } from './path-pattern';
import { toByteString } from './path';
import {
  hasLapsed,
  matchesWildcards,
  NO_RULES,
  rulesOf,
  strictest,
  type Exemption,
  type PathPattern,
  type Policy,
  type Rules,
  type System,
  type WrittenAt,
} from './policy';

/** What the policy says of a path, and why. */
export interface Placement {
  /** The most critical tier; null: the path is in no system, and `rules` are `NO_RULES`. */
  readonly tier: number | null;
  /** Most critical first, then by name. */
  readonly systems: readonly PlacedSystem[];
  /** The strictest of all systems, rule by rule. */
  readonly rules: Rules;
  /** Every pattern that a `Change-Ref` must match, most critical first; two systems may ask for one each. */
  readonly changeRefs: readonly string[];
  /** Tiers whose rules do not count any more: what they asked for until then. */
  readonly lapsed: readonly { readonly tier: number; readonly rules: Rules }[];
}

export interface PlacedSystem {
  readonly name: string;
  readonly tier: number;
  readonly owners: readonly string[];
  /** The first of the system's patterns that matches, and where it is written. */
  readonly pattern: string;
  readonly from: WrittenAt;
  /** What the system's tier asks for today: which system is behind the strictest rule is seen here. */
  readonly rules: Rules;
}

/** A policy that is ready to be asked about paths, many of them: it remembers the folders it was asked about. */
export interface PolicyMatcher {
  readonly policy: Policy;
  readonly systems: PatternIndex<System>;
  readonly exempt: PatternIndex<Exemption>;
  /** What was answered, by the day and the patterns that matched: a history asks about the same few systems all the time. */
  readonly placements: Map<string, Placement>;
}

export function openMatcher(policy: Policy): PolicyMatcher {
  return {
    policy,
    systems: indexPatterns(policy.systems),
    exempt: indexPatterns(policy.exempt),
    placements: new Map(),
  };
}

/** Which files these patterns name. */
export function openPaths(patterns: readonly PathPattern[]): (path: string) => readonly PathPattern[] {
  const index = indexPatterns(patterns.map((pattern) => ({ patterns: [pattern] })));
  return (path) => hitsOf(index, path).flatMap((entry) => index.entries[entry]?.pattern ?? []);
}

/** The systems, tier and rules of a path of the repository on this day (`YYYY-MM-DD`, UTC). */
export function placePath(matcher: PolicyMatcher, path: string, today: string): Placement {
  return placePaths(matcher, [path], today);
}

/** The same for a file under several names: a renamed one belongs to the systems of both. */
export function placePaths(matcher: PolicyMatcher, paths: readonly string[], today: string): Placement {
  const { placements } = matcher;
  const hits = paths.map((path) => hitsOf(matcher.systems, path)).filter((each) => each.length > 0);
  if (hits.length === 0) return NOWHERE;
  const key = `${today} ${hits.join(' ')}`;
  const known = placements.get(key);
  if (known) return known;
  const placement = placementOf(matcher, hits, today);
  if (placements.size >= PLACEMENTS) placements.clear();
  placements.set(key, placement);
  return placement;
}

/** Of the patterns that match the names of a file. */
function placementOf(
  { policy, systems: index }: PolicyMatcher,
  hits: readonly (readonly number[])[],
  today: string,
): Placement {
  const found = new Map<System, PathPattern>();
  for (const each of hits)
    for (const [system, pattern] of ownersOf(index, each)) if (!found.has(system)) found.set(system, pattern);
  const systems = [...found]
    .map(([system, pattern]) => placed(policy, system, pattern, today))
    .sort((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1));
  return {
    tier: systems[0]?.tier ?? null,
    systems,
    rules: systems.map(({ rules }) => rules).reduce(strictest, NO_RULES),
    changeRefs: [...new Set(systems.flatMap(({ rules }) => rules.changeRef ?? []))],
    lapsed: [...new Set(systems.map(({ tier }) => tier))].flatMap((tier) => {
      const rules = policy.tiers.get(tier);
      return rules && hasLapsed(rules, today) ? [{ tier, rules }] : [];
    }),
  };
}

/** Whether the policy asks no provenance of a commit by this author (a mail address) that touches these paths only. */
export function isExempt(
  { policy, exempt }: PolicyMatcher,
  author: string,
  paths: readonly string[],
): boolean {
  const own = policy.exempt.filter((each) => matchesWildcards(each.author, author));
  return (
    own.length > 0 &&
    paths.length > 0 &&
    paths.every((path) =>
      [...ownersOf(exempt, hitsOf(exempt, path)).keys()].some((each) => own.includes(each)),
    )
  );
}

const NOWHERE: Placement = { tier: null, systems: [], rules: NO_RULES, changeRefs: [], lapsed: [] };

function placed(policy: Policy, system: System, { pattern, from }: PathPattern, today: string): PlacedSystem {
  const { name, tier, owners } = system;
  return { name, tier, owners, pattern, from, rules: rulesOf(policy, tier, today) };
}

// ---- patterns as an automaton over the parts of a path

/** Patterns of many owners, looked up together. */
interface PatternIndex<O> {
  readonly entries: readonly { readonly owner: O; readonly pattern: PathPattern }[];
  readonly root: readonly State[];
  /** Patterns that begin with a folder's name, by that name, until a path in it is asked about. */
  readonly waiting: Map<string, number[]>;
  readonly start: State;
  /** Folders that were asked about, with what holds for all that lies in them. */
  readonly folders: Map<string, Reached>;
  /** Counts the steps that were taken. */
  readonly clock: { steps: number };
}

/** What has been matched so far of some patterns. */
interface State {
  readonly names: Map<string, State>;
  /** By what a name has to begin with, as far as `PREFIX`: a folder may have thousands of patterns. */
  readonly globs: Map<string, GlobEdge[]>;
  /** How long the keys of `globs` are. */
  readonly prefixes: Set<number>;
  /** Behind a `**`: any number of folders may follow, so the state stays. */
  deep: State | null;
  isDeep: boolean;
  /** The step that reached it last, so that no step has it twice. */
  step: number;
  /** Entries whose pattern matches here, and those of which it does if this is a folder. */
  readonly ends: number[];
  readonly folderEnds: number[];
}

interface GlobEdge {
  readonly source: string;
  readonly glob: Glob;
  readonly next: State;
}

const PREFIX = 8;

interface Reached {
  readonly states: readonly State[];
  readonly hits: readonly number[];
}

/** A folder at the root that a pattern names: no path outside it concerns the pattern. */
const FIRST_NAME = /^\/?([^/*?[\\]+)\/ *[^ ]/;

/** How many folders and answers are remembered; more are forgotten together. */
const FOLDERS = 20_000;
const PLACEMENTS = 2000;

function indexPatterns<O extends { readonly patterns: readonly PathPattern[] }>(
  owners: readonly O[],
): PatternIndex<O> {
  const entries = owners.flatMap((owner) => owner.patterns.map((pattern) => ({ owner, pattern })));
  const start = newState();
  const waiting = new Map<string, number[]>();
  entries.forEach(({ pattern: { pattern } }, entry) => {
    const name = FIRST_NAME.exec(pattern)?.[1];
    if (name === undefined) return addPattern(start, pattern, entry);
    const key = toBytes(name);
    const others = waiting.get(key);
    if (others) others.push(entry);
    else waiting.set(key, [entry]);
  });
  return {
    entries,
    start,
    waiting,
    root: start.deep === null ? [start] : [start, start.deep],
    folders: new Map(),
    clock: { steps: 0 },
  };
}

function newState(): State {
  return {
    names: new Map(),
    globs: new Map(),
    prefixes: new Set(),
    deep: null,
    isDeep: false,
    step: 0,
    ends: [],
    folderEnds: [],
  };
}

/** A pattern that does not parse matches nothing; the reader of the policy has refused it by then. */
function addPattern(start: State, pattern: string, entry: number): void {
  const parsed = parsePattern(pattern);
  if ('error' in parsed) return;
  let state = start;
  for (const segment of parsed.segments) {
    if (segment === null) {
      state.deep ??= { ...newState(), isDeep: true };
      state = state.deep;
    } else if (segment.kind === 'name') {
      const next = state.names.get(segment.name) ?? newState();
      state.names.set(segment.name, next);
      state = next;
    } else {
      state = globEdge(state, segment).next;
    }
  }
  (parsed.foldersOnly ? state.folderEnds : state.ends).push(entry);
}

function globEdge(state: State, { source, prefix, glob }: Segment & { readonly kind: 'glob' }): GlobEdge {
  const key = prefix.slice(0, PREFIX);
  const edges = state.globs.get(key) ?? [];
  state.globs.set(key, edges);
  state.prefixes.add(key.length);
  const known = edges.find((edge) => edge.source === source);
  if (known) return known;
  const edge = { source, glob, next: newState() };
  edges.push(edge);
  return edge;
}

/** The owners of the patterns that match a path, each with its first. */
function ownersOf<O>(index: PatternIndex<O>, hits: readonly number[]): ReadonlyMap<O, PathPattern> {
  const found = new Map<O, PathPattern>();
  for (const entry of hits.toSorted((a, b) => a - b)) {
    const hit = index.entries[entry];
    if (hit && !found.has(hit.owner)) found.set(hit.owner, hit.pattern);
  }
  return found;
}

function hitsOf<O>(index: PatternIndex<O>, path: string): readonly number[] {
  const bytes = toBytes(path);
  const slash = bytes.lastIndexOf('/');
  if (index.waiting.size > 0) wake(index, slash < 0 ? bytes : bytes.slice(0, bytes.indexOf('/')));
  const above = slash < 0 ? { states: index.root, hits: [] } : folder(index, bytes.slice(0, slash));
  let hits: Set<number> | null = null;
  for (const { ends } of step(index, above.states, bytes.slice(slash + 1)))
    for (const entry of ends) (hits ??= new Set(above.hits)).add(entry);
  return hits === null ? above.hits : [...hits];
}

/** A commit asks about a few folders of thousands: patterns are parsed when one of theirs is asked about. */
function wake<O>({ entries, start, waiting }: PatternIndex<O>, name: string): void {
  const woken = waiting.get(name);
  if (!woken) return;
  waiting.delete(name);
  for (const entry of woken) {
    const pattern = entries[entry]?.pattern.pattern;
    if (pattern !== undefined) addPattern(start, pattern, entry);
  }
}

function folder<O>(index: PatternIndex<O>, path: string): Reached {
  const known = index.folders.get(path);
  if (known) return known;
  // From the top down, without recursion: a path may have thousands of parts.
  let states = index.root;
  const hits = new Set<number>();
  for (let from = 0, to = 0; to < path.length && states.length > 0; from = to + 1) {
    to = path.indexOf('/', from);
    if (to < 0) to = path.length;
    states = step(index, states, path.slice(from, to));
    for (const { ends, folderEnds } of states) {
      for (const entry of ends) hits.add(entry);
      for (const entry of folderEnds) hits.add(entry);
    }
  }
  const reached = { states, hits: [...hits] };
  if (index.folders.size >= FOLDERS) index.folders.clear();
  index.folders.set(path, reached);
  return reached;
}

/** The states behind one more part of the path. A `**` behind one of them may stand for no folder at all. */
function step(
  { clock }: Pick<PatternIndex<unknown>, 'clock'>,
  states: readonly State[],
  part: string,
): State[] {
  const next: State[] = [];
  const number = ++clock.steps;
  const reach = (state: State): void => {
    if (state.step === number) return;
    state.step = number;
    next.push(state);
    if (state.deep !== null) reach(state.deep);
  };
  for (const state of states) {
    if (state.isDeep) reach(state);
    const named = state.names.get(part);
    if (named) reach(named);
    for (const length of state.prefixes)
      for (const { glob, next: matched } of state.globs.get(part.slice(0, length)) ?? [])
        if (matchesGlob(glob, part)) reach(matched);
  }
  return next;
}

function toBytes(path: string): string {
  return /[\u0080-\uffff]/.test(path) ? toByteString(path) : path;
}
