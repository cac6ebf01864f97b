import { commands, Range, Uri, workspace } from 'vscode';
import type { Review, ReviewHunk } from '../../app/review';
import { t } from './deps';
import { gitRevisions, revealLeft, type Revisions } from './git-revisions';
import type { ReviewHunkNode } from './text/review-tree';
import { visible } from './text/words';

/**
 * Opens a hunk where it can be seen in the whole: in the diff of the branch, where its lines are as they were committed;
 * else in the diff of its commit.
 */
export async function openReviewHunk(root: string, review: Review, hunk: ReviewHunk): Promise<void> {
  const file = Uri.joinPath(Uri.file(root), hunk.path);
  const revisions = await gitRevisions();
  const isWhole = hunk.now !== null && review.fork !== null;
  const sideAt = (revision: string): Promise<Uri> => thereOrEmpty(revisions, file, revision, review.head);
  const before = await sideAt(isWhole ? (review.fork ?? '') : `${hunk.commit}^`);
  const after = await sideAt(isWhole ? review.head : hunk.commit);
  const line = (hunk.now ?? hunk.start) - 1;
  const lines = new Range(line, 0, line + hunk.count - 1, 0);
  const title = t('{0} (review)', visible(hunk.path.slice(hunk.path.lastIndexOf('/') + 1)));
  const caret = new Range(line, 0, line, 0);
  const options = hunk.side === '+' ? { selection: caret, preview: true } : { preview: true };
  await commands.executeCommand('vscode.diff', before, after, title, options);
  if (hunk.side === '-') revealLeft(before, lines);
}

/** The empty tree, by the length of an object's name. */
const EMPTY_TREE = new Map([
  [40, '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
  [64, '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'],
]);

/** A side on which there is no such file is empty: so the editor's git extension shows the empty tree. */
async function thereOrEmpty(
  revisions: Revisions,
  file: Uri,
  revision: string,
  { length }: string,
): Promise<Uri> {
  const uri = revisions.at(file, revision);
  const isThere = await workspace.openTextDocument(uri).then(
    () => true,
    () => false,
  );
  return isThere ? uri : revisions.at(file, EMPTY_TREE.get(length) ?? revision);
}

/** What the tree passes; null for anything else. */
export function parseHunkNode(value: unknown): ReviewHunkNode | null {
  const isNode = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hunk';
  return isNode && 'hunk' in value && 'id' in value ? (value as ReviewHunkNode) : null;
}
