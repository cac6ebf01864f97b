import type { CommitFacts } from '../core/judge-facts';
import { readProvenance } from '../core/reading';
import { pickedBy, revertedBy } from '../core/restored';
import { streamDiffs, type CommitDiffStream } from '../git/commit-diffs';
import type { ListedCommit } from '../git/commit-list';
import { parseCommit, type CommitObject } from '../git/commit-object';
import { factsOf, type Message } from './facts';
import type { Opened } from './opened';
import { Refused } from './refused';
import { namedBy, restoredFacts, type Held, type Named } from './restored-facts';

/** A commit of a range with all that can be judged in it. */
export interface HistoryCommit {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly commit: CommitObject;
  readonly facts: CommitFacts;
}

/**
 * The facts of many commits, in the order given: messages from the one `cat-file`, changes from one `diff-tree` that
 * also answers for the commits which reverts and cherry-picks name. No text is kept of a commit that was read. Rejects
 * when `stop` says that nobody wants the answer any more.
 */
export async function readHistory(
  opened: Opened,
  listed: readonly ListedCommit[],
  stop: AbortSignal | null = null,
): Promise<HistoryCommit[]> {
  stop?.throwIfAborted();
  const diffs = streamDiffs(opened.root);
  stop?.addEventListener('abort', () => diffs.close(), { once: true });
  try {
    for (const { oid } of listed) diffs.ask(oid);
    const messages = listed.map(({ oid, parents }) => readMessage(opened, oid, parents));
    // They are waited for one by one: the first that fails says why, and the others have nothing to add.
    for (const message of messages) message.catch(() => {});
    const asking = askForNamed(opened, diffs, messages);
    // Where a message is refused, the answers end early too, and the message says why.
    asking.catch(() => diffs.close());
    return await gather(opened, listed, messages, diffs, asking);
  } finally {
    diffs.close();
  }
}

interface ListedMessage extends Message {
  readonly oid: string;
  readonly commit: CommitObject;
}

async function readMessage(
  { objects }: Opened,
  oid: string,
  parents: readonly string[],
): Promise<ListedMessage> {
  const object = await objects.read(oid);
  const commit = object?.type === 'commit' ? parseCommit(object.bytes) : null;
  if (!commit) throw new Refused(`there is no commit ${oid}`);
  if (parents.length < commit.parents.length) throw new Refused(shallowAt(oid));
  return { oid, commit, reading: readProvenance(commit.message) };
}

/** A clone that ends inside the range cannot say what its last commits change. */
export function shallowAt(oid: string): string {
  return `the history ends at ${oid}, inside the range: fetch all of it (fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab CI, git fetch --unshallow)`;
}

interface NamedBy extends Named {
  readonly by: string;
}

/** Asks for what the messages name; the answers come behind those of the range, in the order given back. */
async function askForNamed(
  opened: Opened,
  diffs: CommitDiffStream,
  messages: readonly Promise<ListedMessage>[],
): Promise<NamedBy[]> {
  const named: NamedBy[] = [];
  for (const each of messages) {
    const message = await each;
    const found = await namedBy(opened, message);
    if (!found) continue;
    diffs.ask(found.message.oid, found.parent);
    named.push({ ...found, by: message.oid });
  }
  diffs.endOfQuestions();
  return named;
}

async function gather(
  opened: Opened,
  listed: readonly ListedCommit[],
  messages: readonly Promise<ListedMessage>[],
  diffs: CommitDiffStream,
  asking: Promise<readonly NamedBy[]>,
): Promise<HistoryCommit[]> {
  const found = new Map<string, HistoryCommit>();
  const held = new Map<string, Held>();
  let at = 0;
  const answers = diffs.answers[Symbol.asyncIterator]();
  for (; at < listed.length; at++) {
    const message = await (messages[at] ?? Promise.reject(new Error('no message')));
    const { done, value } = await answers.next();
    if (done === true) throw new Error('git diff-tree ended early');
    const parents = listed[at]?.parents ?? [];
    if (value.kind === 'diff' && (revertedBy(message.commit.message) || pickedBy(message.commit.message)))
      held.set(message.oid, { message, files: value.files });
    const facts = await factsOf(opened, message, value, null);
    found.set(message.oid, { oid: message.oid, parents, commit: message.commit, facts });
  }
  for (const named of await asking) {
    const { done, value } = await answers.next();
    if (done === true) throw new Error('git diff-tree ended early');
    const own = held.get(named.by);
    const commit = found.get(named.by);
    if (!own || !commit || value.kind !== 'diff') continue;
    const facts = await restoredFacts(opened, own, named, value.files, commit.facts);
    found.set(named.by, { ...commit, facts });
  }
  return listed.flatMap(({ oid }) => found.get(oid) ?? []);
}
