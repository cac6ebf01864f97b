import * as fs from 'node:fs';
import * as path from 'node:path';
import { aligning } from '../core/align';
import { headsOf, timeAfter, type KnownRecord } from '../core/journal';
import { baseText, observing, type KnownText } from '../core/known';
import { diffLines } from '../core/line-diff';
import { splitLines } from '../core/lines';
import { BASE, isEvidenced, isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import type { LineSpan } from '../core/range';
import type { Steps } from '../core/steps';
import { readHead } from '../git/head';
import { isIgnored } from '../git/ignore';
import { appendRecord, journalOf, journalState, readJournal } from '../git/journal-files';
import { findRepository, repositoryPath, type Repository } from '../git/repository';
import { isInstalled, markPending } from '../git/state-files';
import { LARGEST_FILE } from '../git/working-file';
import { sameKeys } from './open-lines';
import { lastKnown } from './fold';
import { openHead, type OpenHead } from './open-head';
import { withFound, type Opened } from './opened';

/** A file of a working tree that is open in an editor, and what is known of it at that moment. */
export interface OpenFile extends OpenHead {
  readonly repository: Repository;
  readonly path: string;
  /** The text that the editor shows. `base` lines are in the last commit. */
  readonly known: KnownText;
  /** Whose the lines of `known` are by the history of the last commit; unknown where it says nothing. */
  readonly history: readonly LineOrigin[];
  readonly commit: string | null;
  /** Records of the journal that are in `known`. */
  readonly from: readonly string[];
  /** What was read of the journal, by id, and the state it was in. */
  readonly records: ReadonlyMap<string, KnownRecord>;
  readonly journal: string;
  /** The latest record of the journal says all of `known`, and of no other text. */
  readonly isRecorded: boolean;
  /** When the next record of it may be from, at the earliest; milliseconds since 1970. */
  readonly notBefore: number;
}

export type OpenedFile =
  | { readonly kind: 'tracked'; readonly file: OpenFile }
  | { readonly kind: 'untracked'; readonly why: 'no-repository' | 'too-large' | 'ignored' };

/** How many of a writer's records of a file are looked at. */
const RECENT = 12;

/**
 * What is known of a text that an editor shows of a file: from the journal, the last commit and its history. `before`, what
 * was known of the file, is the answer where none of them has changed since, nor the text. What the last commit said
 * `earlier` is not asked again, and whether git ignores the file neither. `formerly`: the name that it has been renamed from;
 * what is known is looked up under that where there is nothing under the new one.
 */
export async function openFile(
  name: string,
  text: string,
  before: OpenFile | null = null,
  earlier: OpenFile | null = before,
  formerly: string | null = null,
): Promise<OpenedFile> {
  const repository = findRepository(path.dirname(name));
  const inside = repository && repositoryPath(repository, name);
  if (!repository || repository.worktree === null || inside === null)
    return { kind: 'untracked', why: 'no-repository' };
  if (text.length > LARGEST_FILE) return { kind: 'untracked', why: 'too-large' };
  const isFollowed = earlier?.path === inside && earlier.repository.worktree === repository.worktree;
  if (!isFollowed && (await isIgnored(repository, inside))) return { kind: 'untracked', why: 'ignored' };
  const last = { before, earlier: isFollowed ? earlier : null, former: formerPath(repository, formerly) };
  const file = await withFound(repository, (opened) => found(opened, inside, text, last));
  return { kind: 'tracked', file };
}

/** A file that has its old name still, or again, was copied: its lines are not this one's. */
function formerPath(repository: Repository, formerly: string | null): string | null {
  return formerly === null || fs.existsSync(formerly) ? null : repositoryPath(repository, formerly);
}

interface Last {
  readonly before: OpenFile | null;
  readonly earlier: OpenFile | null;
  readonly former: string | null;
}

async function found(
  opened: Opened,
  inside: string,
  text: string,
  { before, earlier, former }: Last,
): Promise<OpenFile> {
  const { repository } = opened;
  const [commit, journal] = [await readHead(repository), journalState(journalOf(repository))];
  if (before !== null && isUntouched(before, { path: inside, commit, journal, text })) return before;
  const records = recordsOf(repository, inside, earlier?.records);
  const heads = headsOf(records);
  const ids = heads.map(({ id }) => id);
  if (before !== null && isStill(before, { path: inside, commit, from: ids, text })) return before;
  const committed = await openHead(opened, [inside, ...(former === null ? [] : [former])], commit, earlier);
  await breath();
  const lines = splitLines(text);
  const from = committed.headPath === inside ? former : committed.headPath;
  const seen = heads.length > 0 || from === null ? records : recordsOf(repository, from);
  const last = lastKnown(headsOf(seen));
  await breath();
  const carried = last ? seenBefore(seen, await inBreaths(observing(last, lines))) : baseText(lines);
  const { known, history } = await againstHead(carried, committed);
  return {
    repository,
    path: inside,
    known,
    history,
    ...committed,
    commit,
    from: ids,
    records: new Map(records.map((record) => [record.id, record])),
    journal,
    isRecorded: heads.length === 1 && carried === last,
    notBefore: timeAfter(heads, 0),
  };
}

function recordsOf(
  repository: Repository,
  path: string,
  known: OpenFile['records'] = new Map(),
): readonly KnownRecord[] {
  const wanted = { path, kind: 'known', latest: RECENT, known } as const;
  return readJournal(journalOf(repository), wanted)
    .records.filter(({ worktree }) => worktree === repository.worktreeName)
    .flatMap(({ record }) => (record.kind === 'known' && record.path === path ? [record] : []));
}

/** Lets what waits go first: an editor's keys do not wait for ten thousand lines to be compared. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function inBreaths<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    await breath();
    if (done === true) return value;
  }
}

type Now = Pick<OpenFile, 'path' | 'commit'> & { readonly text: string };

function isUntouched(before: OpenFile, now: Now & Pick<OpenFile, 'journal'>): boolean {
  return before.journal === now.journal && isStill(before, { ...now, from: before.from });
}

function isStill(before: OpenFile, now: Now & Pick<OpenFile, 'from'>): boolean {
  return (
    before.path === now.path &&
    before.commit === now.commit &&
    before.from.join() === now.from.join() &&
    before.known.lines.join('') === now.text
  );
}

/** A text that was there before has the origins it had then: what was stashed and is back, what was checked out again. */
function seenBefore(records: readonly KnownRecord[], carried: KnownText): KnownText {
  if (carried.origins.every((origin) => origin.class !== 'unknown')) return carried;
  const same = records
    .filter(({ known }) => sameKeys(known.lines, carried.lines))
    .sort((a, b) => b.at - a.at);
  const origins = carried.origins.map((origin, line) =>
    origin.class === 'unknown'
      ? (same.map(({ known }) => known.origins[line] ?? UNKNOWN).find(isEvidenced) ?? origin)
      : origin,
  );
  return { ...carried, origins };
}

/** Lines (1-based) of a text that the last commit does not have. */
export function uncommittedLines(
  head: readonly string[] | null,
  lines: readonly string[],
): readonly LineSpan[] {
  if (head === null) return lines.length === 0 ? [] : [{ start: 1, count: lines.length }];
  return diffLines(head, lines).added;
}

/** Where the journal takes an open file's text from. */
export interface SavedText {
  readonly known: KnownText;
  /** One name for each window. */
  readonly writer: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Appends what is known of an open file to the journal; null, and nothing is written, where Hunkmark is not installed.
 * Returns the file as it goes on: the next record is made from this one. Synchronous, so that a commit that follows a
 * save finds it.
 */
export function recordFile(file: OpenFile, { known, writer, now }: SavedText): OpenFile | null {
  const { repository } = file;
  if (!isInstalled(repository.commonDir)) return null;
  const at = Math.max(now, file.notBefore);
  if (known.origins.some(isModelWritten) || known.tombstones.length > 0) markPending(repository.commonDir);
  const id = appendRecord(journalOf(repository), writer, {
    kind: 'known',
    path: file.path,
    known,
    exists: true,
    commit: file.commit,
    from: file.from,
    at,
    session: writer,
    call: null,
    claimed: [],
  });
  return { ...file, from: [id], notBefore: at + 1 };
}

/** A line equal to the last commit's is `base`; one that is not there, and that nobody vouches for, is unknown. */
async function againstHead(
  found: KnownText,
  { head, headHistory }: OpenHead,
): Promise<Pick<OpenFile, 'known' | 'history'>> {
  const { sources } = await inBreaths(aligning(head ?? [], found.lines, 'every'));
  const committed = sources.map((source) => (source.kind === 'same' ? source.old : -1));
  const origins = found.origins.map((origin, line) => {
    if (isEvidenced(origin)) return origin;
    return (committed[line] ?? -1) >= 0 ? BASE : UNKNOWN;
  });
  const history = committed.map((line) => headHistory?.[line] ?? UNKNOWN);
  return { known: { ...found, origins }, history };
}
