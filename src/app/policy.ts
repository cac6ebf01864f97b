import { openMatcher, openPaths, type PolicyMatcher } from '../core/placing';
import { POLICY_FILE, type PathPattern, type PolicyRead } from '../core/policy';
import type { ObjectReader } from '../git/objects';
import { findEntry } from '../git/tree';
import { listTree, treesDiffer } from '../git/tree-walk';
import type { OpenedObjects } from './opened-objects';
import type { PolicyFiles } from './policy-reading';
import { Refused } from './refused';

/** Policies of a repository's commits; each is read once, however many commits have it. */
export interface PolicyReader {
  /** The policy of a tree, with all that it includes and imports there. null: of no tree, as for a first commit. */
  ofTree(tree: string | null): Promise<PolicyRead>;
  /** The policy at a commit or any other name of one. Refused where there is no such commit. */
  at(revision: string): Promise<PolicyRead>;
  /** Patterns of the further files that a policy that this reader gave is made of. */
  namedBy(read: PolicyRead): readonly PathPattern[];
  /** The matcher of a policy that this reader gave, made once. */
  matcherOf(read: PolicyRead & { readonly kind: 'policy' }): PolicyMatcher;
}

/** A policy that was read and what it holds for. */
export interface KnownPolicy {
  /** The blob id of `.hunkmark.yml`. */
  readonly oid: string;
  readonly tree: string;
  readonly read: PolicyRead;
  /** Patterns of the other files that it is made of; without any the blob says everything. */
  readonly named: readonly PathPattern[];
}

/** Where policies are kept between processes, if anywhere. */
export interface PolicyStore {
  load(): KnownPolicy | null;
  save(known: KnownPolicy): void;
}

const NO_STORE: PolicyStore = { load: () => null, save: () => {} };
/** How many trees of one policy are compared before it is read again. */
const COMPARED = 2;

/** Reads committed files only, through git's objects: no filter, no attribute and no configuration has a say. */
export function openPolicies(
  { root, objects, commits }: Pick<OpenedObjects, 'root' | 'objects' | 'commits'>,
  store: PolicyStore = NO_STORE,
): PolicyReader {
  const known: KnownPolicy[] = [];
  const byTree = new Map<string, Promise<PolicyRead>>();
  const matchers = new WeakMap<PolicyRead, PolicyMatcher>();
  let isLoaded = false;

  const read = async (tree: string): Promise<PolicyRead> => {
    const entry = await findEntry(objects, tree, POLICY_FILE);
    if (!entry) return { kind: 'none' };
    if (!isLoaded) {
      isLoaded = true;
      const stored = store.load();
      if (stored) known.push(stored);
    }
    const same = known.filter(({ oid }) => oid === entry.oid).slice(-COMPARED);
    for (const each of same.toReversed()) {
      if (!(await stillHolds(objects, each, tree))) continue;
      if (each.tree !== tree && each.named.length > 0) keep({ ...each, tree });
      return each.read;
    }
    // A hook has this in a file of its own: most commits find the policy where the last one left it.
    const { readPolicyFiles } = await import('./policy-reading.js');
    const found = await readPolicyFiles(treeFiles(root, objects, tree));
    keep({ oid: entry.oid, tree, ...found });
    return found.read;
  };
  const keep = (policy: KnownPolicy): void => {
    known.push(policy);
    store.save(policy);
  };
  const ofTree = async (tree: string | null): Promise<PolicyRead> => {
    if (tree === null) return { kind: 'none' };
    const reading = byTree.get(tree) ?? read(tree);
    byTree.set(tree, reading);
    return await reading;
  };
  return Object.freeze({
    ofTree,
    async at(revision: string): Promise<PolicyRead> {
      const found = await commits.commit(revision);
      if (!found) throw new Refused(`there is no commit ${revision}`);
      return await ofTree(found.commit.tree);
    },
    namedBy: (policy: PolicyRead) => known.findLast(({ read }) => read === policy)?.named ?? [],
    matcherOf(policy: PolicyRead & { readonly kind: 'policy' }): PolicyMatcher {
      const matcher = matchers.get(policy) ?? openMatcher(policy.policy);
      matchers.set(policy, matcher);
      return matcher;
    },
  });
}

/** The day by which new work is judged: `YYYY-MM-DD`, UTC, of milliseconds since 1970. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

async function stillHolds(objects: ObjectReader, known: KnownPolicy, tree: string): Promise<boolean> {
  if (known.named.length === 0 || known.tree === tree) return true;
  const named = openPaths(known.named);
  return !(await treesDiffer(objects, known.tree, tree, (path) => named(path).length > 0));
}

/** The files of a committed tree. */
function treeFiles(root: string, objects: ObjectReader, tree: string): PolicyFiles {
  return {
    find: async (path) => {
      const entry = await findEntry(objects, tree, path);
      return entry && { path, ...entry };
    },
    list: async () => await listTree(root, tree),
    read: async ({ oid }) => {
      const blob = await objects.read(oid);
      return blob?.type === 'blob' ? blob.bytes : null;
    },
  };
}
