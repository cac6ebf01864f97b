import { parsePattern } from './path-pattern';
import {
  POLICY_FILE,
  TIER_DEFAULTS,
  type Exemption,
  type PathPattern,
  type PolicyProblem,
  type Rules,
  type System,
  type Unsupported,
} from './policy';
import {
  INCLUDED_SCHEMA,
  POLICY_SCHEMA,
  type WrittenImport,
  type WrittenRules,
  type WrittenSystem,
} from './policy-schema';
import * as z from './schema';
import { quoted, readYaml, type YamlDocument } from './yaml-text';

/** What `.hunkmark.yml` itself says; the files that it names are still to be read. */
export interface RootFile {
  readonly systems: readonly System[];
  readonly tiers: ReadonlyMap<number, Rules>;
  readonly exempt: readonly Exemption[];
  readonly unsupported: readonly Unsupported[];
  readonly include: readonly PathPattern[];
  readonly imports: readonly CatalogImport[];
}

export interface CatalogImport {
  readonly kind: 'backstage' | 'datadog';
  readonly files: PathPattern;
  /** Keys with dots between them; null: where the vendor has it. */
  readonly tierFrom: string | null;
  /** What the catalog's words mean, beside those that everybody uses. */
  readonly scale: ReadonlyMap<string, number>;
}

export type RootRead = { readonly kind: 'root'; readonly root: RootFile } | FileProblem;
export type IncludedRead = { readonly kind: 'systems'; readonly systems: readonly System[] } | FileProblem;
type FileProblem = { readonly kind: 'problem' } & PolicyProblem;

/** Reads `.hunkmark.yml`. Never throws; the first thing that is wrong is named with its place. */
export function readRootFile(text: string): RootRead {
  const read = readChecked(POLICY_FILE, text, POLICY_SCHEMA);
  if (read.kind === 'problem') return read;
  const { value, document } = read;
  const at = (path: readonly PropertyKey[]) => ({ file: POLICY_FILE, line: document.placeOf(path).line });
  const unsupportedAt = [
    ...('approvals' in value ? [[]] : []),
    ...Object.entries(value.tiers ?? {}).flatMap(([tier, rules]) =>
      rules !== undefined && 'approvals' in rules ? [['tiers', tier]] : [],
    ),
  ];
  const root: RootFile = {
    systems: systemsOf(POLICY_FILE, value.systems ?? {}, document),
    tiers: new Map(
      Object.entries(value.tiers ?? {}).flatMap(([tier, rules]) =>
        rules === undefined ? [] : [[Number(tier), rulesFrom(rules)] as const],
      ),
    ),
    exempt: (value.exempt ?? []).map(({ author, paths }, entry) => ({
      author,
      patterns: patternsAt(paths, (each) => at(['exempt', entry, 'paths', each])),
    })),
    unsupported: unsupportedAt.map((path) => ({
      what: 'approvals are not enforced by Hunkmark yet; require them in your forge',
      from: { file: POLICY_FILE, line: document.placeOfKey(path, 'approvals').line },
    })),
    include: patternsAt(value.include ?? [], (each) => at(['include', each])),
    imports: (value.import ?? []).map((each, entry) => importFrom(each, at(['import', entry, 'files']))),
  };
  return { kind: 'root', root };
}

/** Reads an included file, which holds systems and nothing else. */
export function readIncludedFile(file: string, text: string): IncludedRead {
  const read = readChecked(file, text, INCLUDED_SCHEMA);
  if (read.kind === 'problem') return read;
  return { kind: 'systems', systems: systemsOf(file, read.value.systems, read.document) };
}

function systemsOf(
  file: string,
  written: Readonly<Record<string, WrittenSystem>>,
  document: YamlDocument,
): System[] {
  return Object.entries(written).map(([name, { tier, description, owners, paths }]) => ({
    name,
    tier,
    description: description ?? null,
    owners: owners ?? [],
    patterns: patternsAt(paths, (each) => ({
      file,
      line: document.placeOf(['systems', name, 'paths', each]).line,
    })),
  }));
}

function patternsAt(
  patterns: readonly string[],
  from: (entry: number) => PathPattern['from'],
): PathPattern[] {
  return patterns.map((pattern, entry) => ({ pattern, from: from(entry) }));
}

function rulesFrom(written: WrittenRules): Rules {
  return {
    warn: written.warn ?? TIER_DEFAULTS.warn,
    agents: written.agents ?? TIER_DEFAULTS.agents,
    commit: written.commit ?? TIER_DEFAULTS.commit,
    provenance: written.provenance ?? TIER_DEFAULTS.provenance,
    unknown: written.unknown ?? TIER_DEFAULTS.unknown,
    override: written.override ?? TIER_DEFAULTS.override,
    changeRef: written.changeRef ?? TIER_DEFAULTS.changeRef,
    detail: written.detail ?? TIER_DEFAULTS.detail,
    until: written.until ?? TIER_DEFAULTS.until,
  };
}

function importFrom(written: WrittenImport, from: PathPattern['from']): CatalogImport {
  const { kind, files, tierFrom, scale } = written;
  return {
    kind,
    files: { pattern: files, from },
    tierFrom: tierFrom ?? null,
    scale: new Map(Object.entries(scale ?? {}).map(([word, tier]) => [word.toLowerCase(), tier])),
  };
}

// ---- reading and saying what is wrong

type Checked<T> =
  | { readonly kind: 'checked'; readonly value: T; readonly document: YamlDocument }
  | FileProblem;

function readChecked<S extends z.core.$ZodType>(file: string, text: string, schema: S): Checked<z.infer<S>> {
  const problem = (place: { line: number; column: number }, what: string): FileProblem => ({
    kind: 'problem',
    file,
    line: place.line,
    column: place.column,
    what,
  });
  const read = readYaml(text);
  if (read.kind === 'problem') return problem(read, read.what);
  const [document, second] = read.documents;
  if (!document || document.value === null) return problem({ line: 1, column: 1 }, 'it is empty');
  if (second) return problem(second.placeOf([]), 'a second document follows; only one is read');
  const hidden = hiddenKey(document.value, []);
  if (hidden)
    return problem(document.placeOfKey(hidden, '__proto__'), 'the key "__proto__" is not known here');
  const checked = z.safeParse(schema, document.value);
  if (checked.success) return { kind: 'checked', value: checked.data, document };
  // The first in the text, but a misspelt key before what is missing because of it.
  const isUnknown = (issue: z.core.$ZodIssue): boolean => issue.code === 'unrecognized_keys';
  const { issues } = checked.error;
  const telling = issues.some(isUnknown) ? issues.filter(isUnknown) : issues;
  const found = telling
    .flatMap((issue) => issueText(issue, document))
    .toSorted((x, y) => x.place.line - y.place.line || x.place.column - y.place.column)[0];
  return problem(found?.place ?? { line: 1, column: 1 }, found?.what ?? 'it is no policy');
}

/** Such a key would vanish on the way through objects: nothing that is written here may do that. */
function hiddenKey(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, '__proto__')) return path;
  for (const [key, inner] of Object.entries(value)) {
    const found = typeof inner === 'object' ? hiddenKey(inner, [...path, key]) : null;
    if (found) return found;
  }
  return null;
}

interface Said {
  readonly place: { readonly line: number; readonly column: number };
  readonly what: string;
}

function issueText(issue: z.core.$ZodIssue, document: YamlDocument): Said[] {
  const { path } = issue;
  const name = pathText(path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      place: document.placeOfKey(path, key),
      what: `${name === '' ? '' : `${name}: `}the key ${quoted(key)} is not known here`,
    }));
  const value = valueAt(document.value, path);
  if (value === undefined && path.length > 0) {
    const [above, key] = [path.slice(0, -1), String(path.at(-1))];
    const owner = above.length === 0 ? 'it' : pathText(above);
    const place = above.length === 0 ? { line: 1, column: 1 } : keyPlace(document, above);
    return [{ place, what: `${owner} has no ${key}; it must be ${issue.message}` }];
  }
  if (issue.code === 'invalid_key') {
    const what = `${quoted(String(path.at(-1)))} must be ${issue.issues[0]?.message ?? issue.message}`;
    return [{ place: keyPlace(document, path), what }];
  }
  const parsed = issue.code === 'custom' && typeof value === 'string' ? parsePattern(value) : null;
  const reason = parsed && 'error' in parsed && issue.message.startsWith('a path') ? parsed.error : null;
  const what =
    reason === null
      ? `${name === '' ? 'it' : name} must be ${issue.message}`
      : `${name}: the pattern ${quoted(String(value))} cannot be used: ${reason}`;
  return [{ place: document.placeOf(path), what }];
}

/** Where the key stands whose value is at this path; of an entry of a list, where the entry stands. */
function keyPlace(document: YamlDocument, path: readonly PropertyKey[]): Said['place'] {
  const key = path.at(-1);
  return typeof key === 'string' ? document.placeOfKey(path.slice(0, -1), key) : document.placeOf(path);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return found;
}

/** `systems.checkout.paths[0]`; a key that is no plain word stands in quotes. */
function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    const name = String(key);
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(name)) text += text === '' ? name : `.${name}`;
    else text += `[${quoted(name)}]`;
  }
  return text;
}
