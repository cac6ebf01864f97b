import { isUtf8 } from 'node:buffer';
import { readCatalog, type CatalogRead } from '../core/catalog';
import { openPaths } from '../core/placing';
import {
  LARGEST_YAML,
  POLICY_FILE,
  type PathPattern,
  type Policy,
  type PolicyProblem,
  type PolicyRead,
  type System,
} from '../core/policy';
import { readIncludedFile, readRootFile, type CatalogImport, type RootFile } from '../core/policy-file';

/** A tree of files, as far as a policy needs it: of a commit, the index or the working tree. */
export interface PolicyFiles {
  /** null: there is nothing at this path. */
  find(path: string): Promise<PolicyEntry | null>;
  /** All paths; asked for only where the policy includes or imports files. */
  list(): Promise<readonly PolicyEntry[]>;
  /** The bytes of a regular file. */
  read(entry: PolicyEntry): Promise<Buffer | null>;
}

export interface PolicyEntry {
  readonly path: string;
  /** As git writes it: `100644`, `120000` a link. */
  readonly mode: string;
  /** The blob id; empty where the file is in no object store. */
  readonly oid: string;
}

/** How many files a policy may be made of. */
const MOST_INCLUDED = 200;
const MOST_CATALOGS = 5000;

/** A policy as it was read, and which further files could have been part of it. */
export interface PolicyFound {
  readonly read: PolicyRead;
  readonly named: readonly PathPattern[];
}

/** Reads the policy with all that it includes and imports. It runs nothing, and rejects only where objects cannot be read. */
export async function readPolicyFiles(files: PolicyFiles): Promise<PolicyFound> {
  const entry = await files.find(POLICY_FILE);
  if (!entry) return { read: { kind: 'none' }, named: [] };
  const text = await textOf(files, entry);
  if (text.kind === 'problem') return { read: invalid([POLICY_FILE], text.problem), named: [] };
  const read = readRootFile(text.text);
  if (read.kind === 'problem') return { read: invalid([POLICY_FILE], read), named: [] };
  const { root } = read;
  const named = [...root.include, ...root.imports.map((rule) => rule.files)];
  return { read: await withNamedFiles(files, entry, root), named };
}

async function withNamedFiles(files: PolicyFiles, entry: PolicyEntry, root: RootFile): Promise<PolicyRead> {
  const isAlone = root.include.length === 0 && root.imports.length === 0;
  const all = isAlone ? [] : (await files.list()).filter(({ path }) => path !== POLICY_FILE);
  const included = entriesOf(all, root.include);
  const catalogs = root.imports.map((rule) => ({ rule, entries: entriesOf(all, [rule.files]) }));
  const paths = [POLICY_FILE, ...included.map(({ path }) => path)].concat(
    catalogs.flatMap(({ entries }) => entries.map(({ path }) => path)),
  );
  const names = [...new Set(paths)];
  const problem = tooMany(included, catalogs, root) ?? missing(included, root.include);
  if (problem) return invalid(names, problem);

  const systems = [...root.systems];
  for (const each of included) {
    const text = await textOf(files, each);
    if (text.kind === 'problem') return invalid(names, text.problem);
    const read = readIncludedFile(each.path, text.text);
    if (read.kind === 'problem') return invalid(names, read);
    const twice = read.systems.find(({ name }) => systems.some((other) => other.name === name));
    if (twice) return invalid(names, standsTwice(twice, systems));
    systems.push(...read.systems);
  }
  const imported = (
    await Promise.all(
      catalogs.flatMap(({ rule, entries }) => entries.map((each) => importedFrom(files, rule, each))),
    )
  ).filter((read) => read !== null);
  const policy: Policy = {
    systems: [...systems, ...imported.flatMap((read) => read.systems)],
    tiers: root.tiers,
    exempt: root.exempt,
    unsupported: [...root.unsupported, ...imported.flatMap((read) => read.unsupported)],
  };
  return { kind: 'policy', policy, oid: entry.oid, files: names };
}

/** A catalog is written by others and for others: what cannot be read of it is said, and the policy holds. */
async function importedFrom(
  files: PolicyFiles,
  rule: CatalogImport,
  entry: PolicyEntry,
): Promise<CatalogRead | null> {
  const text = await textOf(files, entry);
  if (text.kind === 'text') return readCatalog(rule, entry.path, text.text);
  const what = `it is left out: ${text.problem.what}`;
  return { systems: [], unsupported: [{ what, from: { file: entry.path, line: 1 } }] };
}

function entriesOf(all: readonly PolicyEntry[], patterns: readonly PathPattern[]): PolicyEntry[] {
  if (patterns.length === 0) return [];
  const named = openPaths(patterns);
  return all.filter(({ path }) => named(path).length > 0).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function tooMany(
  included: readonly PolicyEntry[],
  catalogs: readonly { readonly rule: CatalogImport; readonly entries: readonly PolicyEntry[] }[],
  root: RootFile,
): PolicyProblem | null {
  const problem = (pattern: PathPattern | undefined, found: number, most: number): PolicyProblem => ({
    file: POLICY_FILE,
    line: pattern?.from.line ?? 1,
    column: 1,
    what: `it names ${found} files; more than ${most} are not read`,
  });
  if (included.length > MOST_INCLUDED) return problem(root.include[0], included.length, MOST_INCLUDED);
  const over = catalogs.find(({ entries }) => entries.length > MOST_CATALOGS);
  return over ? problem(over.rule.files, over.entries.length, MOST_CATALOGS) : null;
}

/** A file that is named and not there would leave its systems without rules, and nobody would see it. */
function missing(included: readonly PolicyEntry[], include: readonly PathPattern[]): PolicyProblem | null {
  const gone = include.find((pattern) => {
    const named = openPaths([pattern]);
    return !/[*?[\\]/.test(pattern.pattern) && !included.some(({ path }) => named(path).length > 0);
  });
  if (!gone) return null;
  return { file: POLICY_FILE, line: gone.from.line, column: 1, what: `there is no file ${gone.pattern}` };
}

function standsTwice({ name, patterns }: System, systems: readonly System[]): PolicyProblem {
  const first = systems.find((each) => each.name === name)?.patterns[0]?.from;
  const from = patterns[0]?.from ?? { file: POLICY_FILE, line: 1 };
  const where = first ? ` in ${first.file}` : '';
  return { ...from, column: 1, what: `the system ${JSON.stringify(name)} is already there${where}` };
}

type TextRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: PolicyProblem };

async function textOf(files: PolicyFiles, entry: PolicyEntry): Promise<TextRead> {
  const problem = (what: string): TextRead => ({
    kind: 'problem',
    problem: { file: entry.path, line: 1, column: 1, what },
  });
  if (!entry.mode.startsWith('100')) return problem('it is no regular file');
  const bytes = await files.read(entry);
  if (!bytes) return problem('it is not here');
  if (bytes.length > LARGEST_YAML) return problem('it is larger than 256 KiB');
  if (!isUtf8(bytes)) return problem('it is not UTF-8');
  return { kind: 'text', text: bytes.toString('utf8') };
}

function invalid(files: readonly string[], { file, line, column, what }: PolicyProblem): PolicyRead {
  return { kind: 'invalid', files, file, line, column, what };
}
