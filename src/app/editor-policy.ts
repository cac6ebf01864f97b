import type { PolicyMatcher } from '../core/placing';
import { POLICY_FILE, type PolicyProblem } from '../core/policy';
import { listCommits } from '../git/commit-list';
import { readHead } from '../git/head';
import { findRepository } from '../git/repository';
import { openGenerated } from './generated';
import { withRepository, type Opened } from './opened';
import { openPolicies, type PolicyReader } from './policy';

/** The policy that warns in the editor: that of HEAD. */
export interface EditorPolicy {
  readonly head: string | null;
  /** null: there is none, so nothing is said. */
  readonly matcher: PolicyMatcher | null;
  /** Why the policy of HEAD cannot be used. The last good one warns then, where there is one. */
  readonly problem: PolicyProblem | null;
  /** Paths of the files that the policy of HEAD is made of, whether it can be used or not. */
  readonly files: ReadonlySet<string>;
}

const NO_EDITOR_POLICY: EditorPolicy = { head: null, matcher: null, problem: null, files: new Set() };

/** How many earlier versions of a policy that does not parse are looked at. */
const EARLIER = 10;

/** Reads it where HEAD has moved since `last` was read; else starts nothing and gives `last`. */
export async function readEditorPolicy(root: string, last: EditorPolicy | null): Promise<EditorPolicy> {
  const repository = findRepository(root);
  const head = repository && (await readHead(repository));
  if (head === null) return NO_EDITOR_POLICY;
  if (last?.head === head) return last;
  return await withRepository({ cwd: root, env: {} }, async (opened) => {
    const policies = openPolicies(opened);
    const read = await policies.at(head);
    switch (read.kind) {
      case 'none':
        return { ...NO_EDITOR_POLICY, head };
      case 'policy':
        return { head, matcher: policies.matcherOf(read), problem: null, files: new Set(read.files) };
      case 'invalid': {
        const matcher = last?.matcher ?? (await lastGood(opened, policies, head));
        return { head, matcher, problem: read, files: new Set(read.files) };
      }
    }
  });
}

/** Whether a program makes this file, as the attributes of that commit and its name say: nobody is warned of it. */
export async function isGeneratedFile(root: string, head: string, path: string): Promise<boolean> {
  return await withRepository({ cwd: root, env: {} }, async ({ objects }) =>
    (await openGenerated(objects).among(`${head}:`, [path])).has(path),
  );
}

async function lastGood(
  { root }: Opened,
  policies: PolicyReader,
  head: string,
): Promise<PolicyMatcher | null> {
  const touching = await listCommits(root, { tips: [head], excluded: [] }, [POLICY_FILE]);
  for (const { oid } of touching.slice(-EARLIER).toReversed()) {
    const read = await policies.at(oid);
    if (read.kind === 'policy') return policies.matcherOf(read);
  }
  return null;
}
