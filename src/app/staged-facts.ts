import type { CommitFacts } from '../core/judge-facts';
import { stampMessage } from '../core/message';
import { toByteString } from '../core/path';
import { readProvenance } from '../core/reading';
import { streamDiffs, type CommitDiff, type MergedFile } from '../git/commit-diffs';
import { patchIndex, type PatchedFile } from '../git/diff';
import { authorIdentity, committerIdentity } from '../git/identity';
import { readSettings } from '../git/settings';
import { isInstalled } from '../git/state-files';
import { acknowledgement, policyOf } from './asking';
import { askPolicy, generatedIn } from './commit-policy';
import { factsOf, type Message } from './facts';
import { attributeIndex, emptyTree } from './index-provenance';
import type { Making } from './making';
import type { Opened } from './opened';
import { judge, trailerLines } from './provenance';
import { Refused } from './refused';
import { namedBy, restoredFacts, type Named } from './restored-facts';
import { onlyNewInMerge } from './targets';
import { evidenceHost, nextCommit, type NextCommit } from './uncommitted';

/**
 * The commit that `git commit` would make of the index now, as far as that can be known: with the trailers that the
 * hooks would write, and without what a person is still to write into the message. null: nothing is staged.
 */
export async function stagedFacts(opened: Opened, env: NodeJS.ProcessEnv): Promise<CommitFacts | null> {
  if (opened.repository.worktree === null) throw new Refused('there is no working tree here');
  const next = await nextCommit(opened);
  const diff = await stagedDiff(opened, next.making);
  if (diff.files.length === 0 && next.making.parents.length < 2) return null;
  const [author, committer, message] = await Promise.all([
    authorIdentity(opened.root),
    committerIdentity(opened.root),
    stampedMessage(opened, next, env),
  ]);
  const commit = {
    author: toByteString(author),
    committer: toByteString(committer),
    parents: next.making.parents,
    message,
  };
  const made: Message = { oid: null, commit, reading: readProvenance(message) };
  const facts = await factsOf(opened, made, diff, null);
  const named = diff.kind === 'diff' ? await namedBy(opened, made) : null;
  if (!named) return facts;
  const own = { message: made, files: diff.kind === 'diff' ? diff.files : [] };
  return await restoredFacts(opened, own, named, await changesOf(opened, named), facts);
}

async function stagedDiff({ root }: Opened, { parents }: Making): Promise<CommitDiff> {
  const trees = parents.length > 0 ? parents : [await emptyTree(root)];
  const diffs = await Promise.all(trees.map((tree) => patchIndex(root, tree)));
  if (diffs.some((files) => files.some(({ status }) => status === 'U')))
    throw new Refused('the index has conflicts; resolve them first');
  const [first = [], ...others] = diffs;
  return others.length === 0
    ? { kind: 'diff', files: first }
    : { kind: 'merge', files: mergedFiles(first, others) };
}

/** A merge changes the files that no parent has so. */
function mergedFiles(
  first: readonly PatchedFile[],
  others: readonly (readonly PatchedFile[])[],
): MergedFile[] {
  const own = onlyNewInMerge(
    first.map(({ path, oldPath, added, deleted }) => {
      return { path, oldPath, added, deleted, lines: [], oldLines: [] };
    }),
    others,
  );
  const isIn = ({ path, oldPath }: PatchedFile, files: readonly PatchedFile[]): boolean =>
    files.some((other) => other.path === path && (path !== null || other.oldPath === oldPath));
  return first.flatMap((file, at) => {
    if (!others.every((files) => isIn(file, files))) return [];
    const { path, newMode, newOid } = file;
    return [{ path, mode: newMode, oid: newOid, added: own[at]?.added ?? [] }];
  });
}

const UNTITLED = 'What is staged\n';

/** What git has ready for the message, with the trailers that the hooks write where they are in and not off. */
async function stampedMessage(
  opened: Opened,
  { making, message }: NextCommit,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { repository, root, objects } = opened;
  const settings = await readSettings(root);
  const titled = message.trim() === '' ? UNTITLED : message;
  if (!isInstalled(repository.commonDir) || settings.stamp === 'off' || env['HUNKMARK'] === 'off')
    return titled;
  const files = await attributeIndex(evidenceHost(opened), making);
  const judged = judge(files);
  const policy = await policyOf(opened, making);
  const asked = askPolicy(policy, files, judged.ranges, await generatedIn(objects, ':', policy, files));
  const reading = readProvenance(titled);
  const ack = await acknowledgement(repository, root, asked, reading);
  const lines = trailerLines(judged, settings, reading.block?.provenance ?? null, asked, ack);
  return stampMessage(titled, lines, { commentPrefix: settings.comment, scissors: false });
}

async function changesOf({ root }: Opened, { message, parent }: Named): Promise<readonly PatchedFile[]> {
  const diffs = streamDiffs(root);
  try {
    diffs.ask(message.oid, parent);
    diffs.endOfQuestions();
    for await (const answer of diffs.answers) if (answer.kind === 'diff') return answer.files;
    return [];
  } finally {
    diffs.close();
  }
}
