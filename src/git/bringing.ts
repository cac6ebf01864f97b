import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Repository } from './repository';

/** Where git says what it is picking, merging, squashing or taking over; what no operation has left there is not there. */
const UNDERWAY = [
  'CHERRY_PICK_HEAD',
  'MERGE_HEAD',
  'SQUASH_MSG',
  'rebase-merge/stopped-sha',
  'rebase-merge/autostash',
  'rebase-apply/original-commit',
];

/**
 * Commits whose text git may have put into files since `since` (milliseconds since 1970), as the files of the git
 * directory tell it: those of an operation that has not ended, and where HEAD has been moved from and to, the latest
 * first. Object ids, `^` behind those that are taken back. What a commit of the meantime has made is not among them.
 */
export function bringingCommits({ gitDir }: Repository, since: number): readonly string[] {
  const idsIn = (name: string): string[] => objectIds(readText(path.join(gitDir, name)));
  const reverted = /\bThis reverts commit [^]*/.exec(readText(path.join(gitDir, 'MERGE_MSG')))?.[0] ?? '';
  return [
    ...UNDERWAY.flatMap(idsIn),
    ...objectIds(reverted).map((oid) => `${oid}^`),
    ...headsSince(gitDir, since).toReversed(),
  ];
}

/** The latest stashes. A popped one leaves no trace. */
export function stashes({ commonDir }: Repository): readonly string[] {
  return objectIds(readText(path.join(commonDir, 'logs', 'refs', 'stash'))).slice(-STASHES);
}

const STASHES = 8;

/** The patch at which `git am` has stopped. */
export function patchInHand({ gitDir }: Repository): string {
  return readText(path.join(gitDir, 'rebase-apply', 'patch'));
}

/** Where HEAD has been moved from and to otherwise than by commits, the latest last. Its log has whole seconds. */
export function headsSince(gitDir: string, since: number): string[] {
  const lines = readText(path.join(gitDir, 'logs', 'HEAD')).split('\n');
  return lines.flatMap((line) => {
    const [, ids = '', seconds, what = ''] = /^(\w+ \w+) .*> (\d+) [+-]\d{4}\t(.*)$/.exec(line) ?? [];
    const isMove = Number(seconds) >= Math.floor(since / 1000) && !/^commit\b/.test(what);
    return isMove ? objectIds(ids) : [];
  });
}

function objectIds(text: string): string[] {
  return text.match(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? [];
}

/** In bytes: of a log the end tells what has happened last, and a patch is a few pages. */
const TAIL = 64 * 1024;

function readText(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? fs.readFileSync(file).subarray(-TAIL).toString('utf8') : '';
}
