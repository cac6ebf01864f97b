import type { Via } from './origin';
import { fromByteString, percentDecodePath } from './path';
import type { ProvenanceRange, RangeClass, Side } from './range';
import type {
  Acknowledgement,
  AssistedBy,
  InvalidTrailer,
  ParsedBlock,
  Provenance,
  TierMark,
  Trailer,
} from './trailer';

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
