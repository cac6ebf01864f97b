import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
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
const TAIL = 16 * 1024;

function hasFetched({ gitDir }: Repository, since: number): boolean {
  const fetched = fs.statSync(path.join(gitDir, 'FETCH_HEAD'), { throwIfNoEntry: false });
  return fetched !== undefined && fetched.mtimeMs >= since - TICK_MS;
}

/** Whether HEAD has moved otherwise than by commits. The log of HEAD has whole seconds. */
function headHasMoved({ gitDir }: Repository, since: number): boolean {
  const file = path.join(gitDir, 'logs', 'HEAD');
  if (!fs.existsSync(file)) return true;
  const lines = fs.readFileSync(file).subarray(-TAIL).toString('latin1').split('\n');
  return lines.some((line) => {
    const [, seconds, what] = /> (\d+) [+-]\d{4}\t(.*)$/.exec(line) ?? [];
    return (
      seconds !== undefined && Number(seconds) >= Math.floor(since / 1000) && !/^commit\b/.test(what ?? '')
    );
  });
}
