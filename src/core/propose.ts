import { folderPattern, readEntities, type CatalogEntity } from './catalog';
import { parsePattern } from './path-pattern';

/** A text of the repository that says who is in charge of what. */
export interface OwnershipFile {
  readonly path: string;
  readonly text: string;
}

/** Where a forge looks for it; the first that is there counts. */
export const CODEOWNERS_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** Which catalog a file belongs to, by its name; null: none that we know. */
export function catalogKind(path: string): 'backstage' | 'datadog' | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^catalog-info\.ya?ml$/.test(name)) return 'backstage';
  return /^(?:entity|service)\.datadog\.ya?ml$/.test(name) ? 'datadog' : null;
}

/** The most entries that a proposal has: it is for a person to read. */
const MOST_SYSTEMS = 500;

interface Proposed {
  readonly name: string;
  readonly owners: readonly string[];
  readonly paths: readonly string[];
  readonly from: string;
}

/**
 * A first `.hunkmark.yml` from what the repository says of its parts, to be read by a person, who types the tiers: as
 * long as one is missing, the policy is not valid and asks nothing of anybody. null: there is nothing to go by.
 */
export function proposePolicy(
  codeowners: OwnershipFile | null,
  catalogs: readonly OwnershipFile[],
): string | null {
  const found = [...(codeowners ? byOwners(codeowners) : []), ...catalogs.flatMap(fromCatalog)];
  if (found.length === 0) return null;
  const names = new Map<string, number>();
  const entries = found.slice(0, MOST_SYSTEMS).map((each) => {
    const times = (names.get(each.name) ?? 0) + 1;
    names.set(each.name, times);
    return entryText(times === 1 ? each.name : `${each.name} ${times}`, each);
  });
  const left = found.length - entries.length;
  return [
    '# A proposal. Type a tier for each system, 0 to 9, lower is more critical; take out what needs none.\n',
    'version: 1\nsystems:\n',
    ...entries,
    ...(left > 0 ? [`# ${left} more were found.\n`] : []),
    RULES,
  ].join('');
}

const RULES = `tiers:
  1:
    warn: warning
    commit: acknowledge
    provenance: expected
  2:
    warn: information
`;

function entryText(name: string, { owners, paths, from }: Proposed): string {
  const lines = [
    `  ${JSON.stringify(name)}: # from ${JSON.stringify(from)}`,
    '    tier:',
    ...(owners.length > 0 ? [`    owners: ${JSON.stringify(owners)}`] : []),
    '    paths:',
    ...paths.map((path) => `      - ${JSON.stringify(path)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** One system for all that the same people own; a rule for everything says nothing of a system. */
function byOwners({ path, text }: OwnershipFile): Proposed[] {
  const groups = new Map<string, { owners: readonly string[]; paths: string[] }>();
  for (const line of text.split(/\r?\n/)) {
    const words = wordsOf(line);
    const [pattern, ...owners] = words;
    if (pattern === undefined || owners.length === 0 || /^\^?\[/.test(line)) continue;
    if (pattern === '*' || 'error' in parsePattern(pattern)) continue;
    const group = groups.get(owners.join(' ')) ?? { owners, paths: [] };
    group.paths.push(pattern);
    groups.set(owners.join(' '), group);
  }
  return [...groups.values()].map(({ owners, paths }) => ({
    name: nameFrom(owners[0] ?? ''),
    owners,
    paths,
    from: path,
  }));
}

/** The words of a line in front of its comment; a blank with a backslash before it parts none. */
function wordsOf(line: string): string[] {
  const words = line.trim().match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment < 0 ? words : words.slice(0, comment)).map((word) => word.replaceAll('\\ ', ' '));
}

/** `@org/team` is `team`. */
function nameFrom(owner: string): string {
  const name = owner.replace(/^.*\//, '').replace(/^@/, '').replace(/\p{C}/gu, '').slice(0, 80);
  return name === '' ? 'system' : name;
}

function fromCatalog({ path, text }: OwnershipFile): Proposed[] {
  const kind = catalogKind(path);
  if (kind === null) return [];
  const read = readEntities({ kind, tierFrom: null }, path, text);
  if ('problem' in read) return [];
  return read.entities.flatMap((entity: CatalogEntity) => {
    const named = entity.paths.length > 0 ? entity.paths : [folderPattern(path)];
    const paths = named.filter((pattern) => !('error' in parsePattern(pattern)));
    if (paths.length === 0) return [];
    return [{ name: nameFrom(entity.name), owners: entity.owners, paths, from: path }];
  });
}
