import { UNIDENTIFIED } from './origin';
import { percentEncodePath, toByteString } from './path';
import type { ProvenanceRange } from './range';

/** The numbers of an `AI-Provenance: v1` trailer. `redeclared` is null where nobody declared a line human. */
export interface Provenance {
  readonly version: 1;
  readonly ai: number;
  readonly mixed: number;
  readonly human: number;
  readonly unknown: number;
  readonly aiDeleted: number;
  readonly hunks: number;
  readonly listed: number;
  readonly redeclared: number | null;
}

export interface AssistedBy {
  readonly agent: string;
  readonly model: string | null;
}

/** A system that is touched. `tier` is 0–9, lower is more critical. */
export interface TierMark {
  readonly tier: number;
  readonly system: string;
}

/** `by` is `NAME <EMAIL>`; `digest` is that of `ackDigestText` over the acknowledged ranges. */
export interface Acknowledgement {
  readonly acknowledged: number;
  readonly required: number;
  readonly digest: string;
  readonly by: string;
}

/** What one commit message says in our trailers. */
export interface ProvenanceBlock {
  readonly provenance: Provenance;
  readonly assistedBy: readonly AssistedBy[];
  readonly ranges: readonly ProvenanceRange[];
  readonly tiers: readonly TierMark[];
  /** First 12 hex digits of the policy file's blob id. */
  readonly policy: string | null;
  readonly ack: Acknowledgement | null;
}

/** A trailer as git sees it. `value` is an unfolded byte string; it stands on the lines `line` to `end - 1`, 0-based. */
export interface Trailer {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  readonly end: number;
}

/** Something under one of our keys that is not what the format says; `text` is what stands there. */
export interface InvalidTrailer {
  readonly key: string;
  readonly text: string;
  readonly reason: string;
}

/** What was read: as a `ProvenanceBlock`, but any part of it may be missing or broken. */
export interface ParsedBlock extends Omit<ProvenanceBlock, 'provenance'> {
  readonly provenance: Provenance | null;
  readonly invalid: readonly InvalidTrailer[];
}

export interface Selection {
  readonly detail: 'summary' | 'hunks' | 'full';
  /** How many `AI-Hunk` trailers `hunks` lists at most. */
  readonly lines: number;
  readonly lineLimit: number;
  readonly tierOf?: (path: string) => number | null;
  /** Files whose policy asks for every range, whatever the detail. */
  readonly fullFor?: (path: string) => boolean;
}

/**
 * The physical lines of our block, without line ends, as byte strings, in the order of the format. At most
 * `lineLimit` bytes each, unless a single token is longer. Law: parsing them gives the block back, if its ranges are
 * in the order of `inTrailerOrder` and every model of a range has its `assistedBy`.
 */
export function formatBlock(block: ProvenanceBlock, { lineLimit }: { readonly lineLimit: number }): string[] {
  const hunks = hunkTrailers(block.ranges, block.assistedBy, lineLimit);
  const trailers = [
    ['AI-Provenance:', ...provenanceTokens(block.provenance)],
    ...block.assistedBy
      .filter(isEvidencedAgent)
      .map((by) => ['Assisted-by:', agentToken(by.agent, by.model)]),
    ...hunks.map((hunk) => hunk.tokens),
    ...block.tiers.map(({ tier, system }) => ['AI-Tier:', `${tier}`, ...asciiWords(system)]),
    ...(block.policy === null ? [] : [['AI-Policy:', block.policy]]),
    ...(block.ack === null ? [] : [ackTokens(block.ack)]),
  ];
  return trailers.flatMap((tokens) => fold(tokens, lineLimit));
}

/**
 * The ranges a message lists, in the order of `inTrailerOrder`. Whole `AI-Hunk` trailers are kept or dropped: most
 * critical tier first, then those with more lines, then by path. Files of `fullFor` are listed whatever the detail,
 * and use up the number of `lines` that the others share.
 */
export function selectRanges(ranges: readonly ProvenanceRange[], selection: Selection): ProvenanceRange[] {
  const hunks = hunkTrailers(ranges, assistedBy(ranges), selection.lineLimit);
  const kept = new Set(hunks.filter((hunk) => isAlwaysListed(hunk, selection)));
  const room = selection.detail === 'hunks' ? Math.max(0, selection.lines - kept.size) : 0;
  const others = hunks.filter((hunk) => !kept.has(hunk));
  for (const hunk of byImportance(others, selection).slice(0, room)) kept.add(hunk);
  return hunks.filter((hunk) => kept.has(hunk)).flatMap((hunk) => hunk.ranges);
}

/** The distinct agents and models that wrote or deleted lines, sorted: what `Assisted-by` names. */
export function assistedBy(ranges: readonly ProvenanceRange[]): AssistedBy[] {
  const found = new Map<string, AssistedBy>();
  for (const range of ranges) {
    if (range.agent === null || (range.class !== 'ai' && range.class !== 'mixed')) continue;
    const by = { agent: sanitizeAgent(range.agent), model: sanitizeModel(range.model) };
    if (isEvidencedAgent(by)) found.set(agentToken(by.agent, by.model), by);
  }
  return [...found.keys()].toSorted().flatMap((token) => found.get(token) ?? []);
}

/** The order in which ranges are written: by path, those of one origin together, `+` before `-`, ascending. */
export function inTrailerOrder(ranges: readonly ProvenanceRange[]): ProvenanceRange[] {
  return groupsOf(ranges, assistedBy(ranges)).flatMap((group) => group.ranges);
}

/** A name as AGENT allows it: other characters become `-`, at most 64 bytes, the first a letter or digit. */
export function sanitizeAgent(name: string): string {
  return sanitized(name, /[^A-Za-z0-9._/@+-]/gu) || UNIDENTIFIED;
}

/** A name as MODEL allows it; null where nothing of it is left. */
export function sanitizeModel(name: string | null): string | null {
  return sanitized(name ?? '', /[^A-Za-z0-9._/@+:-]/gu) || null;
}

/** The text over which the digest of an `AI-Ack` is taken: the digests of the ranges, sorted, each followed by LF. */
export function ackDigestText(digests: readonly string[]): string {
  return digests
    .toSorted()
    .map((digest) => `${digest}\n`)
    .join('');
}

// ---- writing

interface HunkTrailer {
  readonly path: string;
  readonly ranges: readonly ProvenanceRange[];
  readonly tokens: readonly string[];
}

interface HunkGroup {
  readonly path: string;
  readonly origin: readonly string[];
  readonly ranges: readonly ProvenanceRange[];
}

function hunkTrailers(
  ranges: readonly ProvenanceRange[],
  assisted: readonly AssistedBy[],
  lineLimit: number,
): HunkTrailer[] {
  return groupsOf(ranges, assisted).flatMap((group) => splitGroup(group, lineLimit));
}

/** Ranges that share one trailer, as far as its length allows; the groups and their ranges in the order of writing. */
function groupsOf(ranges: readonly ProvenanceRange[], assisted: readonly AssistedBy[]): HunkGroup[] {
  const several = agentsWithSeveralModels(assisted);
  const groups = new Map<string, { path: string; origin: string[]; ranges: ProvenanceRange[] }>();
  for (const range of ranges) {
    const path = percentEncodePath(range.path);
    const origin = originTokens(range, several);
    const key = [path, ...origin].join(' ');
    const group = groups.get(key) ?? { path, origin, ranges: [] };
    group.ranges.push(range);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.ranges.sort(compareInGroup);
  return [...groups.values()].toSorted(compareGroups);
}

function compareInGroup(a: ProvenanceRange, b: ProvenanceRange): number {
  if (a.side !== b.side) return a.side === '+' ? -1 : 1;
  return a.start - b.start || a.count - b.count || compareText(a.digest, b.digest);
}

function compareGroups(a: HunkGroup, b: HunkGroup): number {
  const [first, second] = [a.ranges[0], b.ranges[0]];
  const byPlace = first === undefined || second === undefined ? 0 : compareInGroup(first, second);
  return compareText(a.path, b.path) || byPlace || compareText(a.origin.join(' '), b.origin.join(' '));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As many ranges to a trailer as fit into an unfolded line, but at least one. */
function splitGroup({ path, origin, ranges }: HunkGroup, lineLimit: number): HunkTrailer[] {
  const room = lineLimit - lengthOf(['AI-Hunk:', path, ...origin]);
  const parts: ProvenanceRange[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const range of ranges) {
    const length = rangeToken(range).length + 1;
    if (used + length > room) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(range);
    used += length;
  }
  return parts.map((part) => ({
    path: part[0]?.path ?? '',
    ranges: part,
    tokens: ['AI-Hunk:', path, ...part.map(rangeToken), ...origin],
  }));
}

function lengthOf(tokens: readonly string[]): number {
  return tokens.join(' ').length;
}

/** The tokens as physical lines: folded at a space, each further line with one leading blank. */
function fold(tokens: readonly string[], lineLimit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const token of tokens) {
    if (line === '') line = token;
    else if (line.length + 1 + token.length <= lineLimit) line += ` ${token}`;
    else {
      lines.push(line);
      line = ` ${token}`;
    }
  }
  return [...lines, line];
}

function provenanceTokens(p: Provenance): string[] {
  const tokens = [
    `v${p.version}`,
    `ai=${p.ai}`,
    `mixed=${p.mixed}`,
    `human=${p.human}`,
    `unknown=${p.unknown}`,
  ];
  tokens.push(`ai-deleted=${p.aiDeleted}`, `hunks=${p.hunks}`, `listed=${p.listed}`);
  return p.redeclared ? [...tokens, `redeclared=${p.redeclared}`] : tokens;
}

function ackTokens(ack: Acknowledgement): string[] {
  return [
    'AI-Ack:',
    `${ack.acknowledged}/${ack.required}:${ack.digest}`,
    ...wordsOf(ack.by).map(toByteString),
  ];
}

/** A system's name comes from a policy and may be anything: what the format does not allow becomes `-`. */
function asciiWords(name: string): string[] {
  return wordsOf(name).map((word) => word.replace(/[^!-~]|[#@]/gu, '-'));
}

/** Control characters part words as spaces do, so that no name can start a line of its own. */
function wordsOf(name: string): string[] {
  return name.split(/[\p{Cc} ]+/u).filter((word) => word !== '');
}

function rangeToken(range: ProvenanceRange): string {
  return `${range.side}${range.start},${range.count}:${range.digest}`;
}

function originTokens(range: ProvenanceRange, several: ReadonlySet<string>): string[] {
  if (range.class === 'unknown' || range.via === null) return [range.class];
  if (range.agent === null) return [range.class, range.via];
  const agent = sanitizeAgent(range.agent);
  return [range.class, range.via, agentToken(agent, several.has(agent) ? range.model : null)];
}

function agentToken(agent: string, model: string | null): string {
  const name = sanitizeModel(model);
  return name === null ? sanitizeAgent(agent) : `${sanitizeAgent(agent)}:${name}`;
}

function agentsWithSeveralModels(assisted: readonly AssistedBy[]): Set<string> {
  const agents = assisted.map((by) => sanitizeAgent(by.agent));
  return new Set(agents.filter((agent, at) => agents.indexOf(agent) !== at));
}

function isEvidencedAgent(by: AssistedBy): boolean {
  return sanitizeAgent(by.agent) !== UNIDENTIFIED;
}

function sanitized(name: string, forbidden: RegExp): string {
  return name
    .replace(forbidden, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
}

// ---- choosing

function isAlwaysListed(hunk: HunkTrailer, { detail, fullFor }: Selection): boolean {
  return detail === 'full' || fullFor?.(hunk.path) === true;
}

/** Sorting is stable, so that equals stay in the order of writing. */
function byImportance(hunks: readonly HunkTrailer[], { tierOf }: Selection): HunkTrailer[] {
  const tier = (hunk: HunkTrailer): number => tierOf?.(hunk.path) ?? Number.MAX_SAFE_INTEGER;
  return hunks.toSorted((a, b) => tier(a) - tier(b) || sizeOf(b) - sizeOf(a));
}

function sizeOf(hunk: HunkTrailer): number {
  return hunk.ranges.reduce((sum, range) => sum + range.count, 0);
}
