import * as fs from 'node:fs';
import * as path from 'node:path';
import { literalPlace } from '../core/path-pattern';
import { placePath, type PolicyMatcher } from '../core/placing';
import { blobId } from '../git/came-from-git';
import { readHead } from '../git/head';
import type { SeenFile } from '../git/shell-windows';
import { filesBelow } from '../git/staged';
import { decodeText, hasLines } from '../git/text';
import { LARGEST_FILE } from '../git/working-file';
import type { OpenedObjects } from './opened-objects';
import { dayOf } from './policy';
import type { Look } from './tree-look';

/** How long looking at the files of a command may take, in milliseconds, and how many bytes may be read. */
const BUDGET_MS = 120;
const BUDGET_BYTES = 32 * 1024 * 1024;
/** So many files are looked at however long it takes: a machine may be busy. */
const ALWAYS = 500;

/** The files of the policy's systems as they stand now. */
export async function lookAtSystems(
  { repository, root }: OpenedObjects,
  matcher: PolicyMatcher,
  now: number,
): Promise<Look> {
  const began = performance.now();
  const today = dayOf(now);
  const head = (await readHead(repository)) ?? '';
  const files = new Map<string, SeenFile>();
  let bytes = 0;
  let looked = 0;
  for (const { path: name, oid } of await filesBelow(root, placesOf(matcher))) {
    const isLate = looked > ALWAYS && performance.now() - began > BUDGET_MS;
    if (isLate || bytes > BUDGET_BYTES) return { files, isComplete: false };
    looked++;
    if (placePath(matcher, name, today).tier === null) continue;
    const seen = lookAt(path.join(root, name), oid, head);
    if (seen === null) continue;
    files.set(name, seen.file);
    bytes += seen.bytes;
  }
  return { files, isComplete: true };
}

/** Where the systems' files can lie; empty: anywhere. */
function placesOf({ policy }: PolicyMatcher): readonly string[] {
  const places = policy.systems.flatMap(({ patterns }) =>
    patterns.map(({ pattern }) => literalPlace(pattern)),
  );
  const known = places.filter((place) => place !== null);
  return known.length < places.length ? [] : [...new Set(known)];
}

function lookAt(
  file: string,
  oid: string | null,
  head: string,
): { readonly file: SeenFile; readonly bytes: number } | null {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false, bigint: true });
  if (!stat) return null;
  if (!stat.isFile() || stat.size > LARGEST_FILE)
    return { file: { stat: 'not followed', oid: null, text: null }, bytes: 0 };
  const bytes = fs.readFileSync(file);
  const isBlob = oid !== null && blobId(bytes, head) === oid;
  const text = isBlob || !hasLines(bytes) ? null : decodeText(bytes);
  return {
    file: { stat: `${stat.size} ${stat.mtimeNs} ${stat.ino}`, oid: isBlob ? oid : null, text },
    bytes: bytes.length,
  };
}
