import { UNIDENTIFIED, type Via } from './origin';
import { fromByteString, percentDecodePath, percentEncodePath, toByteString } from './path';
import type { ProvenanceRange, RangeClass, Side } from './range';

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

/**
 * Reads trailers of one block. Never throws; what is under one of our keys and does not parse is `invalid`.
 * A range without a model has the one of its agent's only `Assisted-by`. Other people's trailers are passed over.
 */
export function parseBlock(trailers: readonly Trailer[]): ParsedBlock {
  const invalid: InvalidTrailer[] = [];
  const values = (key: string): string[] => trailers.filter((t) => t.key === key).map((t) => t.value);
  const reader = { values, invalid };
  const assisted = readEach(reader, 'Assisted-by', assistedByValues(trailers), parseAgent);
  const models = onlyModels(assisted);
  return {
    provenance: readOnly(reader, 'AI-Provenance', parseProvenance),
    assistedBy: assisted,
    ranges: values('AI-Hunk').flatMap((value) => readHunk(value, models, invalid)),
    tiers: readEach(reader, 'AI-Tier', values('AI-Tier'), parseTier),
    policy: readOnly(reader, 'AI-Policy', parsePolicy),
    ack: readOnly(reader, 'AI-Ack', parseAck),
    invalid,
  };
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

// ---- reading

interface Reader {
  readonly values: (key: string) => string[];
  readonly invalid: InvalidTrailer[];
}

/** The one trailer of this key; a second one is invalid, and two `AI-Provenance` make both worthless. */
function readOnly<T>(reader: Reader, key: string, parse: (value: string) => T | null): T | null {
  const [first, ...more] = reader.values(key);
  if (first === undefined) return null;
  for (const value of more) reader.invalid.push(invalidItem(key, value, `a second ${key}`));
  const parsed = parse(first);
  if (parsed === null) reader.invalid.push(invalidItem(key, first, `not a valid ${key}`));
  return key === 'AI-Provenance' && more.length > 0 ? null : parsed;
}

function readEach<T>(
  reader: Reader,
  key: string,
  values: readonly string[],
  parse: (value: string) => T | null,
): T[] {
  return values.flatMap((value) => {
    const parsed = parse(value);
    if (parsed === null) reader.invalid.push(invalidItem(key, value, `not a valid ${key}`));
    return parsed ?? [];
  });
}

function invalidItem(key: string, value: string, reason: string): InvalidTrailer {
  return { key, text: fromByteString(value), reason };
}

/** Those directly under an `AI-Provenance`; any other `Assisted-by` is a person's. */
function assistedByValues(trailers: readonly Trailer[]): string[] {
  const values: string[] = [];
  let under = -1;
  for (const trailer of trailers) {
    const isOurs = trailer.key === 'Assisted-by' && trailer.line === under;
    if (isOurs) values.push(trailer.value);
    if (isOurs || trailer.key === 'AI-Provenance') under = trailer.end;
  }
  return values;
}

const AGENT = /^([A-Za-z0-9][A-Za-z0-9._/@+-]{0,63})(?::([A-Za-z0-9][A-Za-z0-9._/@+:-]{0,63}))?$/;

function parseAgent(value: string): AssistedBy | null {
  const match = AGENT.exec(value);
  return match === null ? null : { agent: match[1] ?? '', model: match[2] ?? null };
}

const COUNT = '(0|[1-9][0-9]{0,15})';
const PROVENANCE = new RegExp(
  `^v1 ai=${COUNT} mixed=${COUNT} human=${COUNT} unknown=${COUNT} ai-deleted=${COUNT} hunks=${COUNT} ` +
    `listed=${COUNT}(?: redeclared=${COUNT})?$`,
);

function parseProvenance(value: string): Provenance | null {
  const match = PROVENANCE.exec(tokensOf(value).join(' '));
  const numbers = (match ?? []).slice(1).map((digits) => (digits === undefined ? null : Number(digits)));
  if (match === null || numbers.some((n) => n !== null && !Number.isSafeInteger(n))) return null;
  const [ai = 0, mixed = 0, human = 0, unknown = 0, aiDeleted = 0, hunks = 0, listed = 0] = numbers.map(
    (n) => n ?? 0,
  );
  return { version: 1, ai, mixed, human, unknown, aiDeleted, hunks, listed, redeclared: numbers[7] ?? null };
}

/** The ranges of one `AI-Hunk`; a broken range is invalid by itself, a broken path or origin spoils all of them. */
function readHunk(value: string, models: OnlyModels, invalid: InvalidTrailer[]): ProvenanceRange[] {
  const [encoded = '', ...tokens] = tokensOf(value);
  const path = percentDecodePath(encoded);
  const places = tokens.slice(
    0,
    tokens.findIndex((token) => !/^[+-]/.test(token)),
  );
  const origin = parseOrigin(tokens.slice(places.length), models);
  if (path === null || origin === null || places.length === 0) {
    invalid.push(invalidItem('AI-Hunk', value, 'not a valid AI-Hunk'));
    return [];
  }
  return places.flatMap((token) => {
    const place = parsePlace(token);
    if (place === null) invalid.push(invalidItem('AI-Hunk', `${encoded} ${token}`, 'not a valid range'));
    return place === null ? [] : { path, ...place, ...origin };
  });
}

type Place = Pick<ProvenanceRange, 'side' | 'start' | 'count' | 'digest'>;
type Origin = Pick<ProvenanceRange, 'class' | 'via' | 'agent' | 'model'>;

function parsePlace(token: string): Place | null {
  const match = /^([+-])([1-9][0-9]{0,15}),([1-9][0-9]{0,15}):([0-9a-f]{8})$/.exec(token);
  if (match === null) return null;
  const [start, count] = [Number(match[2]), Number(match[3])];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(count)) return null;
  return { side: match[1] as Side, start, count, digest: match[4] ?? '' };
}

const CLASSES: readonly string[] = ['ai', 'mixed', 'unknown', 'human'] satisfies RangeClass[];
const VIAS: readonly string[] = ['completion', 'chat', 'agent', 'shell', 'declared'] satisfies Via[];

/** `CLASS [VIA [AGENT[:MODEL]]]`; `unknown` stands alone, and `human` only as `human declared AGENT`. */
function parseOrigin(tokens: readonly string[], models: OnlyModels): Origin | null {
  const [name = '', via = null, agent = null, ...more] = tokens;
  const by = agent === null ? { agent: null, model: null } : parseAgent(agent);
  if (by === null || more.length > 0 || !CLASSES.includes(name) || (via !== null && !VIAS.includes(via)))
    return null;
  if (name === 'unknown' && via !== null) return null;
  if (name === 'human' && (via !== 'declared' || agent === null)) return null;
  const model = by.model ?? models.get(by.agent) ?? null;
  return { class: name as RangeClass, via: via as Via | null, agent: by.agent, model };
}

/** Agents that the block names once, with the model it names. */
type OnlyModels = ReadonlyMap<string | null, string | null>;

function onlyModels(assisted: readonly AssistedBy[]): OnlyModels {
  const models = new Map<string, string | null>();
  for (const { agent, model } of assisted) models.set(agent, models.has(agent) ? null : model);
  return models;
}

function parseTier(value: string): TierMark | null {
  const [tier = '', ...system] = tokensOf(value);
  return /^[0-9]$/.test(tier) && system.length > 0
    ? { tier: Number(tier), system: fromByteString(system.join(' ')) }
    : null;
}

function parsePolicy(value: string): string | null {
  return /^[0-9a-f]{12}$/.test(value) ? value : null;
}

function parseAck(value: string): Acknowledgement | null {
  const [counts = '', ...words] = tokensOf(value);
  const match = /^(0|[1-9][0-9]{0,14})\/(0|[1-9][0-9]{0,14}):([0-9a-f]{8})$/.exec(counts);
  const by = fromByteString(words.join(' '));
  if (match === null || !by.endsWith('>') || !by.includes('<')) return null;
  const [acknowledged, required] = [Number(match[1]), Number(match[2])];
  return acknowledged > required ? null : { acknowledged, required, digest: match[3] ?? '', by };
}

function tokensOf(value: string): string[] {
  return value.split(/[ \t\r\n]+/).filter((token) => token !== '');
}
