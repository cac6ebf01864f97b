import * as path from 'node:path';
import { align } from '../core/align';
import { headsOf, timeAfter, type KnownRecord } from '../core/journal';
import { baseText, observe, type KnownText } from '../core/known';
import { diffLines } from '../core/line-diff';
import { splitLines } from '../core/lines';
import { BASE, isEvidenced, isModelWritten, UNKNOWN, type LineOrigin } from '../core/origin';
import type { LineSpan } from '../core/range';
import { readHead } from '../git/head';
import { isIgnored } from '../git/ignore';
import { appendRecord, journalOf, readJournal } from '../git/journal-files';
import { findRepository, repositoryPath, type Repository } from '../git/repository';
import { hasMarker, isInstalled, markPending } from '../git/state-files';
import { LARGEST_FILE } from '../git/working-file';
import { sameKeys } from './attribute';
import { blameRevision } from './blame';
import { lastKnown } from './fold';
import { withFound, type Opened } from './opened';
import { linesAt } from './targets';

/** A file of a working tree that is open in an editor, and what is known of it at that moment. */
export interface OpenFile {
  readonly repository: Repository;
  readonly path: string;
  /** The text that the editor shows. `base` lines are in the last commit. */
  readonly known: KnownText;
  /** Whose the lines of `known` are by the history of the last commit; unknown where it says nothing. */
  readonly history: readonly LineOrigin[];
  /** The file in the last commit; null: it has none. */
  readonly head: readonly string[] | null;
  readonly commit: string | null;
  /** Records of the journal that are in `known`. */
  readonly from: readonly string[];
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
 * was known of the file, is the answer where none of them has changed since, nor the text.
 */
export async function openFile(
  name: string,
  text: string,
  before: OpenFile | null = null,
): Promise<OpenedFile> {
  const repository = findRepository(path.dirname(name));
  const inside = repository && repositoryPath(repository, name);
  if (!repository || repository.worktree === null || inside === null)
    return { kind: 'untracked', why: 'no-repository' };
  if (text.length > LARGEST_FILE) return { kind: 'untracked', why: 'too-large' };
  if (await isIgnored(repository, inside)) return { kind: 'untracked', why: 'ignored' };
  const file = await withFound(repository, (opened) => found(opened, inside, text, before));
  return { kind: 'tracked', file };
}

async function found(
  opened: Opened,
  inside: string,
  text: string,
  before: OpenFile | null,
): Promise<OpenFile> {
  const { repository } = opened;
  const commit = await readHead(repository);
  const records = readJournal(journalOf(repository), { path: inside, kind: 'known', latest: RECENT })
    .records.filter(({ worktree }) => worktree === repository.worktreeName)
    .flatMap(({ record }) => (record.kind === 'known' && record.path === inside ? [record] : []));
  const heads = headsOf(records);
  const from = heads.map(({ id }) => id);
  if (before !== null && isStill(before, { path: inside, commit, from, text })) return before;
  const head = commit === null ? null : await linesAt(`${commit}:${inside}`, opened.objects);
  const lines = splitLines(text);
  const last = lastKnown(heads);
  const carried = last ? seenBefore(records, observe(last, lines)) : baseText(lines);
  const { known, history } = await againstHead(opened, inside, carried, head);
  return { repository, path: inside, known, history, head, commit, from, notBefore: timeAfter(heads, 0) };
}

function isStill(
  before: OpenFile,
  now: Pick<OpenFile, 'path' | 'commit' | 'from'> & { readonly text: string },
): boolean {
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
  opened: Opened,
  name: string,
  found: KnownText,
  head: readonly string[] | null,
): Promise<Pick<OpenFile, 'known' | 'history'>> {
  const { sources } = align(head ?? [], found.lines, 'every');
  const committed = sources.map((source) => (source.kind === 'same' ? source.old : -1));
  const origins = found.origins.map((origin, line) => {
    if (isEvidenced(origin)) return origin;
    return (committed[line] ?? -1) >= 0 ? BASE : UNKNOWN;
  });
  const said = head === null ? [] : await historyOf(opened, name);
  const history = committed.map((line) => said[line] ?? UNKNOWN);
  return { known: { ...found, origins }, history };
}

/** By blame, where some commit here is known to have trailers; a history that cannot be read says nothing. */
async function historyOf(opened: Opened, name: string): Promise<readonly LineOrigin[]> {
  const { commonDir } = opened.repository;
  if (isInstalled(commonDir) && !hasMarker(commonDir, 'tracked')) return [];
  try {
    const { lines } = await blameRevision(opened, name, 'HEAD');
    return lines.map(({ class: lineClass, via, agent, model }): LineOrigin =>
      lineClass === 'unknown' ? UNKNOWN : { class: lineClass, via, agent, model, evidence: 'matched' },
    );
  } catch {
    return [];
  }
}
