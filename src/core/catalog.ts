import type { CatalogImport } from './policy-file';
import { parsePattern } from './path-pattern';
import type { PathPattern, System, Unsupported } from './policy';
import { quoted, readYaml, type YamlDocument } from './yaml-text';

/** What a catalog file adds to the policy. What cannot be taken over is said and is not fatal: others write these files. */
export interface CatalogRead {
  readonly systems: readonly System[];
  readonly unsupported: readonly Unsupported[];
}

/** Something that a catalog describes; `tier` is the catalog's own word, null where it has none. */
export interface CatalogEntity {
  readonly name: string;
  readonly description: string | null;
  readonly owners: readonly string[];
  readonly tier: string | null;
  /** Patterns that the entity itself names; without any it is about the folder of its file. */
  readonly paths: readonly string[];
  readonly line: number;
  readonly tierLine: number;
}

/** The systems of a Backstage `catalog-info.yaml` or a Datadog `entity.datadog.yaml` / `service.datadog.yaml`. */
export function readCatalog(rule: CatalogImport, file: string, text: string): CatalogRead {
  const read = readEntities(rule, file, text);
  if ('problem' in read) return { systems: [], unsupported: [read.problem] };
  const systems: System[] = [];
  const unsupported: Unsupported[] = [];
  for (const entity of read.entities) {
    if (entity.tier === null) continue;
    const tier = rule.scale.get(entity.tier.toLowerCase()) ?? tierNamed(entity.tier);
    if (tier !== null) {
      const { system, refused } = systemOf(entity, tier, file);
      if (system.patterns.length > 0) systems.push(system);
      unsupported.push(...refused);
    } else
      unsupported.push({
        what: `the tier ${quoted(entity.tier)} of ${quoted(entity.name)} is no number from 0 to 9 and not in the scale of its import; it is left out`,
        from: { file, line: entity.tierLine },
      });
  }
  return { systems, unsupported };
}

/** All entities of a catalog file, with a tier or without. */
export function readEntities(
  rule: Pick<CatalogImport, 'kind' | 'tierFrom'>,
  file: string,
  text: string,
): { readonly entities: readonly CatalogEntity[] } | { readonly problem: Unsupported } {
  const read = readYaml(text);
  if (read.kind === 'problem')
    return {
      problem: { what: `it cannot be read and is left out: ${read.what}`, from: { file, line: read.line } },
    };
  const entities = read.documents.map((document) =>
    rule.kind === 'backstage'
      ? backstageEntity(document, rule.tierFrom)
      : datadogEntity(document, rule.tierFrom),
  );
  return { entities: entities.filter((entity) => entity !== null) };
}

/** The folder of a catalog file as a pattern; a file at the root is about everything. */
export function folderPattern(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '/**' : `/${file.slice(0, slash).replace(/[*?[\\]/g, '\\$&')}/**`;
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ['critical', 0],
  ['high', 1],
  ['medium', 2],
  ['low', 3],
]);

/** `1`, `tier-1`, `Tier 1`, `T1`, or one of Datadog's words; null: nobody says what it means. */
function tierNamed(word: string): number | null {
  const digit = /^(?:tier|t)?[ _-]?([0-9])$/i.exec(word.trim())?.[1];
  return digit === undefined ? (WORDS.get(word.trim().toLowerCase()) ?? null) : Number(digit);
}

function systemOf(
  { name, description, owners, paths, line }: CatalogEntity,
  tier: number,
  file: string,
): { readonly system: System; readonly refused: readonly Unsupported[] } {
  const from = { file, line };
  const patterns: PathPattern[] = [];
  const refused: Unsupported[] = [];
  for (const pattern of paths.length > 0 ? paths : [folderPattern(file)]) {
    const parsed = parsePattern(pattern);
    if ('error' in parsed)
      refused.push({
        what: `the path ${quoted(pattern)} of ${quoted(name)} is left out: ${parsed.error}`,
        from,
      });
    else patterns.push({ pattern, from });
  }
  return { system: { name, tier, description, owners, patterns }, refused };
}

// ---- Backstage

/** Kinds that stand for something which is made of code; groups, users, locations and templates are not. */
const BACKSTAGE_KINDS = new Set(['component', 'system', 'domain', 'resource', 'api']);

function backstageEntity(document: YamlDocument, tierFrom: string | null): CatalogEntity | null {
  const { value } = document;
  const name = wordAt(value, ['metadata', 'name']);
  const isEntity = wordAt(value, ['apiVersion'])?.startsWith('backstage.io/') === true;
  if (name === null || !isEntity || !BACKSTAGE_KINDS.has(wordAt(value, ['kind'])?.toLowerCase() ?? ''))
    return null;
  const owner = wordAt(value, ['spec', 'owner']);
  return {
    name,
    description: wordAt(value, ['metadata', 'description']),
    owners: owner === null ? [] : [owner],
    ...tierAt(document, tierFrom === null ? [] : [tierFrom]),
    paths: [],
    line: document.placeOf(['metadata', 'name']).line,
  };
}

// ---- Datadog

/** Versions 2, 2.1 and 2.2 call the service `dd-service`; version 3 is shaped as Kubernetes does it. */
function datadogEntity(document: YamlDocument, tierFrom: string | null): CatalogEntity | null {
  const { value } = document;
  const isThird = wordAt(value, ['apiVersion'])?.startsWith('v3') === true;
  const nameAt = isThird ? ['metadata', 'name'] : ['dd-service'];
  const name = wordAt(value, nameAt);
  if (name === null) return null;
  const owner = wordAt(value, isThird ? ['metadata', 'owner'] : ['team']);
  const further = isThird
    ? listAt(value, ['metadata', 'additionalOwners']).map((each) => wordAt(each, ['name']))
    : [];
  return {
    name,
    description: wordAt(value, isThird ? ['metadata', 'description'] : ['description']),
    owners: [owner, ...further].filter((each) => each !== null),
    ...tierAt(document, tierFrom === null ? ['spec.tier', 'tier'] : [tierFrom]),
    paths: codePaths(value),
    line: document.placeOf(nameAt).line,
  };
}

/** `datadog.codeLocations[].paths`, of whatever repository: which one this is, its files do not say. */
function codePaths(value: unknown): string[] {
  return listAt(value, ['datadog', 'codeLocations'])
    .flatMap((location) => listAt(location, ['paths']))
    .filter((path) => typeof path === 'string' && path.trim() !== '')
    .map((path) => `/${String(path).replace(/^\.?\/+/, '')}`);
}

// ---- values that others wrote

function tierAt(document: YamlDocument, keys: readonly string[]): Pick<CatalogEntity, 'tier' | 'tierLine'> {
  for (const key of keys) {
    const path = pathOf(document.value, key.split('.'));
    const tier = path === null ? null : wordAt(document.value, path);
    if (path !== null && tier !== null) return { tier, tierLine: document.placeOf(path).line };
  }
  return { tier: null, tierLine: 1 };
}

/** A key may hold dots itself, as annotations do: of the keys that are there the longest counts. */
function pathOf(value: unknown, parts: readonly string[]): readonly string[] | null {
  if (parts.length === 0) return [];
  if (typeof value !== 'object' || value === null) return null;
  for (let length = parts.length; length > 0; length--) {
    const key = parts.slice(0, length).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const rest = pathOf((value as Readonly<Record<string, unknown>>)[key], parts.slice(length));
    if (rest !== null) return [key, ...rest];
  }
  return null;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** A text or a number that says something; null for everything else. */
function wordAt(value: unknown, path: readonly string[]): string | null {
  const found = valueAt(value, path);
  if (typeof found !== 'string' && typeof found !== 'number') return null;
  const word = String(found)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return word === '' ? null : word.slice(0, 500);
}
