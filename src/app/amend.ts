import * as fs from 'node:fs';
import * as path from 'node:path';
import { stampMessage } from '../core/message';
import { fromByteString, toByteString } from '../core/path';
import { readProvenance } from '../core/reading';
import type { Acknowledgement, Provenance } from '../core/trailer';
import { writeAcknowledged } from '../git/acknowledged';
import { diffCommit } from '../git/diff';
import { committerNow, withoutTime } from '../git/identity';
import { readOperation } from '../git/operation';
import { git, runGit } from '../git/run';
import { readSettings } from '../git/settings';
import { acknowledgement, askOf } from './asking';
import { attribute, type Attributed } from './attribute';
import { mailOf } from './commit-policy';
import { openSources } from './evidence';
import { lineless } from './index-provenance';
import { readMaking, type Making } from './making';
import { leaveMoved } from './moved-lines';
import { noteTracked, withRepository, type Opened, type Place } from './opened';
import { Refused } from './refused';
import { judge, trailerLines, type Counts, type Judged } from './provenance';
import { evidenceHost } from './uncommitted';

/** What `stamp --amend` did. `to` is the new name of the commit; `provenance` what it says now, null: nothing. */
export type Amended = {
  /** How many ranges are acknowledged; null where the policy asks for none. */
  readonly acknowledged: number | null;
} & (
  | { readonly kind: 'unchanged'; readonly commit: string; readonly provenance: Provenance | null }
  | {
      readonly kind: 'rewritten';
      readonly from: string;
      readonly to: string;
      readonly provenance: Provenance | null;
      /** The upstream branch that has the old commit already; null: none. */
      readonly pushedTo: string | null;
    }
);

export interface Amending {
  /** All ranges that the policy asks about are noted as looked at before that. */
  readonly acknowledges?: boolean;
  /** Why; it stays in this repository. */
  readonly reason?: string | null;
}

/**
 * Writes the trailers of the last commit anew, from the journal, its own ranges and its parents' history. Neither the
 * index nor the working tree is touched, and everything else in the commit stays byte for byte.
 */
export async function amendStamp(place: Place, how: Amending = {}): Promise<Amended> {
  return await withRepository(place, async (opened) => {
    await refuseDuring(opened);
    const head = await opened.objects.read('HEAD^{commit}');
    if (!head) throw new Refused('there is no commit yet');
    const { headers: before, message } = splitCommit(head.bytes);
    const headers = how.acknowledges === true ? await committedByCaller(opened.root, before) : before;
    const committer = withoutTime(committerIn(headers));
    const { lines, ack } = await recomputed(opened, head.oid, { message, committer }, how);
    const acknowledged = ack?.acknowledged ?? null;
    const stamped = stampMessage(message, lines, { commentPrefix: null, scissors: false });
    const provenance = readProvenance(stamped).block?.provenance ?? null;
    if (provenance) noteTracked(opened);
    if (stamped === message && (ack === null || headers === before))
      return { kind: 'unchanged', acknowledged, commit: head.oid, provenance };
    if (/^gpgsig(?:-sha256)? /m.test(headers)) throw new Refused(signedText(how));
    const pushedTo = await upstreamWith(opened.root, head.oid);
    const to = await replaceHead(opened.root, head.oid, `${headers}\n\n${stamped}`);
    return { kind: 'rewritten', acknowledged, from: head.oid, to, provenance, pushedTo };
  });
}

/** Whoever acknowledges a colleague's commit commits it, as with `git commit --amend`: an acknowledgement is the committer's. */
async function committedByCaller(root: string, headers: string): Promise<string> {
  const caller = await committerNow(root);
  if (mailOf(caller) === mailOf(committerIn(headers))) return headers;
  return headers.replace(COMMITTER, () => `committer ${toByteString(caller)}`);
}

const COMMITTER = /^committer (.*)$/m;

function committerIn(headers: string): string {
  return fromByteString(COMMITTER.exec(headers)?.[1] ?? '');
}

/** The hooks write what is noted when git makes the commit anew, and git signs it. */
function signedText({ acknowledges = false }: Amending): string {
  const noted = acknowledges ? 'that is noted, but ' : '';
  return `${noted}the last commit is signed, and a new message would lose the signature; git commit --amend --no-edit -S stamps and signs it`;
}

const REBASE = 'rebase-merge';

/** What git has begun and not finished, by the files that say so; HEAD is then not where work stands. */
const UNFINISHED: readonly (readonly [file: string, what: string])[] = [
  [REBASE, 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
];

/** A rebase that stops at a commit, or runs a command behind it, is how an earlier commit becomes the last one. */
async function refuseDuring({ repository, root }: Opened): Promise<void> {
  if (repository.worktree === null) throw new Refused('there is no working tree here');
  const found = UNFINISHED.filter(([file]) => fs.existsSync(path.join(repository.gitDir, file)));
  const [first] = found;
  if (!first) return;
  if (found.every(([file]) => file === REBASE) && (await isNothingStaged(root))) return;
  throw new Refused(`${first[1]} is in progress; finish it first`);
}

async function isNothingStaged(root: string): Promise<boolean> {
  return (await runGit(root, ['diff-index', '--cached', '--quiet', 'HEAD', '--'])).status === 0;
}

/** A commit object, one character a byte: the headers, whatever they are, and the message. */
function splitCommit(bytes: Buffer): { readonly headers: string; readonly message: string } {
  const text = bytes.toString('latin1');
  const at = text.indexOf('\n\n');
  return at < 0
    ? { headers: text.replace(/\n$/, ''), message: '' }
    : { headers: text.slice(0, at), message: text.slice(at + 2) };
}

interface Recomputed {
  readonly lines: readonly string[] | null;
  readonly ack: Acknowledgement | null;
}

async function recomputed(
  opened: Opened,
  oid: string,
  { message, committer }: { readonly message: string; readonly committer: string },
  { acknowledges = false, reason = null }: Amending,
): Promise<Recomputed> {
  const { root, commits, repository } = opened;
  const operation = { ...readOperation(repository, null), amend: true };
  const making = await readMaking(root, repository, commits, operation, message);
  const targets = await commits.changes(oid);
  const host = evidenceHost(opened, true);
  const sources = openSources(host, making, targets);
  const attributed = [
    ...(await leaveMoved(await attribute(targets, sources), host.settings)),
    ...(await filesWithoutLines(opened, oid, making)),
  ];
  const judged = judge(attributed);
  refuseToForget(judged, message);
  const settings = await readSettings(root);
  const asked = await askOf(opened, making, attributed, judged, `${oid}:`);
  const reading = readProvenance(message);
  if (acknowledges && asked.toAcknowledge.length > 0)
    writeAcknowledged(repository.commonDir, asked.toAcknowledge, Date.now(), {
      by: mailOf(committer),
      reason,
    });
  const ack = await acknowledgement(repository, root, asked, reading, Promise.resolve(committer));
  const lines = trailerLines(judged, settings, reading.block?.provenance ?? null, asked, ack);
  return { lines, ack };
}

async function filesWithoutLines({ root }: Opened, oid: string, { parents }: Making): Promise<Attributed[]> {
  const [parent = null, ...others] = parents;
  return others.length === 0 ? lineless(await diffCommit(root, oid, parent)) : [];
}

/** Ranges that a message counts but does not list live in the journal alone; where that is gone, the numbers stay. */
function refuseToForget({ counts }: Judged, message: string): void {
  const said = readProvenance(message).block?.provenance;
  if (!said || said.listed === said.hunks || modelLines(counts) >= modelLines(said)) return;
  throw new Refused(
    `the last commit counts ${modelLines(said)} lines but does not list all of them, and only ${modelLines(counts)} are known here; nothing was changed`,
  );
}

function modelLines({ ai, mixed, aiDeleted }: Counts): number {
  return ai + mixed + aiDeleted;
}

async function upstreamWith(root: string, oid: string): Promise<string | null> {
  const upstream = await runGit(root, ['rev-parse', '--abbrev-ref', '--verify', '-q', '@{upstream}']);
  if (upstream.status !== 0) return null;
  const contains = await runGit(root, ['merge-base', '--is-ancestor', oid, '@{upstream}']);
  return contains.status === 0 ? upstream.stdout.toString('utf8').trim() : null;
}

/** No program of git makes a commit with the headers of another, so the object is written as it is. */
async function replaceHead(root: string, from: string, commit: string): Promise<string> {
  const written = await git(root, ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: Buffer.from(commit, 'latin1'),
  });
  const to = written.toString('latin1').trim();
  await git(root, ['update-ref', '-m', 'hunkmark: stamp --amend', 'HEAD', to, from]);
  return to;
}
