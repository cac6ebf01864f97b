import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { headsSince } from './bringing';
import type { ObjectReader } from './objects';
import type { Repository } from './repository';

/** The id of the blob that has these bytes; `like` is an id of the repository, whose length says which hash it uses. */
export function blobId(bytes: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/**
 * Whether git had this blob before `since` (milliseconds since 1970), or has fetched or checked something out since
 * then, so that it may have: then a pull, a checkout or a stash put the text into the file, not whoever ran it. A blob
 * that was made since then was made from the file, by `git add`.
 */
export async function cameFromGit(
  repository: Repository,
  objects: ObjectReader,
  oid: string,
  since: number,
): Promise<boolean> {
  if ((await objects.read(oid)) === null) return false;
  const loose = path.join(repository.commonDir, 'objects', oid.slice(0, 2), oid.slice(2));
  // Not the time of its last change: `git add` of the same text renews that.
  const made = fs.statSync(loose, { throwIfNoEntry: false })?.birthtimeMs;
  return (
    made === undefined || made < since || hasFetched(repository, since) || headHasMoved(repository, since)
  );
}

/** File times may be a tick of the clock behind. */
const TICK_MS = 20;

function hasFetched({ gitDir }: Repository, since: number): boolean {
  const fetched = fs.statSync(path.join(gitDir, 'FETCH_HEAD'), { throwIfNoEntry: false });
  return fetched !== undefined && fetched.mtimeMs >= since - TICK_MS;
}

/** Whether HEAD has moved otherwise than by commits, as far as that can be known. */
function headHasMoved({ gitDir }: Repository, since: number): boolean {
  return !fs.existsSync(path.join(gitDir, 'logs', 'HEAD')) || headsSince(gitDir, since).length > 0;
}
