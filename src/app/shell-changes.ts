import * as fs from 'node:fs';
import * as path from 'node:path';
import { claimsLines, withoutBrought } from '../core/brought';
import { headsOf } from '../core/journal';
import type { Evidenced, LineOrigin } from '../core/origin';
import { blobId, cameFromGit } from '../git/came-from-git';
import { readHead } from '../git/head';
import { journalOf } from '../git/journal-files';
import type { Repository } from '../git/repository';
import type { SeenFile, ShellWindow } from '../git/shell-windows';
import { decodeText, hasLines } from '../git/text';
import { readWorkingFile } from '../git/working-file';
import { foldEdit, pathHistory, type Folded } from './fold';
import { openGenerated } from './generated';
import type { OpenedObjects } from './opened-objects';
import { appendKnown, recordsOf, RECENT, type PathRecords, type Place } from './recording';
import { openBringable, type Bringable } from './shell-sources';
import type { Look } from './tree-look';

export interface Author {
  readonly agent: string;
  readonly model: string | null;
}

/** How the changes of a command are taken. */
export interface Taking {
  readonly author: Author;
  /** Whether the command can be taken for the writer of a file; `mtimeMs` null: the file is gone. */
  readonly mayBe: (mtimeMs: number | null) => boolean;
  readonly now: number;
}

/** After this long the rest stays unknown: an agent waits, and a command that changes so much has not written it. */
const BUDGET_MS = 2000;

/** Records what has changed between a command's beginning and now. */
export async function recordChanges(
  opened: OpenedObjects,
  window: ShellWindow,
  look: Look,
  taking: Taking,
): Promise<void> {
  const { files, isComplete } = look;
  const began = performance.now();
  const before = new Map(window.files);
  // Of a file that one look did not reach nobody knows whether it has changed.
  const changed: string[] = [];
  for (const [name, was] of before) {
    const is = files.get(name);
    if (is ? is.stat !== was.stat : isComplete) changed.push(name);
  }
  if (window.isComplete) for (const name of files.keys()) if (!before.has(name)) changed.push(name);
  // What programs make is nobody's line.
  const generated = changed.length === 0 ? null : await openGenerated(opened.objects).among(':', changed);
  const bringable = openBringable(opened, window, look);
  for (const name of changed) {
    if (performance.now() - began > BUDGET_MS) return;
    if (generated?.has(name) !== true)
      await recordChange(opened, { window, bringable, name, was: before.get(name) }, taking);
  }
}

/** A file that has changed since the window was opened. */
interface Changed {
  readonly window: ShellWindow;
  readonly bringable: Bringable;
  readonly name: string;
  /** undefined: it was not there. */
  readonly was: SeenFile | undefined;
}

async function recordChange(opened: OpenedObjects, changed: Changed, taking: Taking): Promise<void> {
  const { repository, objects, root } = opened;
  const { window, name, was } = changed;
  const file = path.join(root, name);
  if (!taking.mayBe(fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null)) return;
  const disk = readWorkingFile(file);
  const found = was === undefined ? null : await textOf(objects, was);
  if (disk.kind === 'untracked' || found === undefined) return;
  const place: Place = { repository, journal: journalOf(repository), path: name, file };
  const records = recordsOf(place, RECENT);
  // What somebody else is known to have written meanwhile is theirs.
  const [latest] = headsOf(records.known);
  const base = latest && latest.at >= window.at ? latest.known.lines.join('') : found;
  const text = disk.kind === 'text' ? disk.text : null;
  if (text === base || (await isGits(repository, objects, text, file, window.at))) return;
  const begun = await begunOn(place, changed, { base, text, records });
  if (begun.base === null && wasThereBefore(file, window.at)) return;
  const folded = await withoutForeign(changed, begun, step(changed, begun, text, taking));
  if (folded === null) return;
  const call = { ...window, tool: null, cwd: '', transcript: null };
  await appendKnown(place, call, folded, text !== null, records.known, taking.now);
}

/** In milliseconds: the clock of a file's disk may be another machine's. */
const SKEW_MS = 10_000;

/** A new file that is older than the command, by its birth and by its bytes: it was moved here from where git does not look. */
function wasThereBefore(file: string, at: number): boolean {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return (
    stat !== undefined && stat.birthtimeMs > 0 && Math.max(stat.birthtimeMs, stat.mtimeMs) < at - SKEW_MS
  );
}

/** The text that a command changed, and what is known of it; null: there was no file. */
interface Begun {
  readonly base: string | null;
  readonly records: PathRecords;
}

/** A new file that was made out of another one is that one, changed: its lines stay whose they were. */
async function begunOn(
  place: Place,
  { bringable, name }: Changed,
  { base, text, records }: Begun & { readonly text: string | null },
): Promise<Begun> {
  if (base !== null || text === null || records.known.length > 0) return { base, records };
  const from = await bringable.madeFrom(name, text);
  if (from === null) return { base, records };
  return { base: from.text, records: recordsOf({ ...place, path: from.name }, RECENT) };
}

function step({ window }: Changed, { base, records }: Begun, text: string | null, taking: Taking): Folded {
  const { session, call } = window;
  return foldEdit(
    pathHistory(records.known, records.started, { session, call }, taking.now),
    {
      change: text === null ? { kind: 'delete' } : { kind: 'write', content: text },
      author: { via: 'shell', ...taking.author, evidence: 'matched' },
      before: base,
      after: text ?? undefined,
      disk: text,
    },
    null,
  );
}

/** The step without what it only brought from elsewhere; null: git has put all of it there. */
async function withoutForeign(
  { bringable, name }: Changed,
  { records }: Begun,
  folded: Folded,
): Promise<Folded | null> {
  const earlier = new Set<LineOrigin>(records.known.flatMap(({ known }) => known.origins));
  const isClaimed = (origin: Evidenced): boolean => origin.via === 'shell' && !earlier.has(origin);
  if (!claimsLines(folded.known, isClaimed)) return folded;
  const { known, isAll } = withoutBrought(
    folded.known,
    await bringable.textsFor(name, folded.known.lines),
    isClaimed,
  );
  return isAll ? null : { ...folded, known };
}

/** undefined: nobody read it, or it had no lines. */
async function textOf(
  objects: OpenedObjects['objects'],
  { oid, text }: SeenFile,
): Promise<string | undefined> {
  if (oid === null) return text ?? undefined;
  const blob = await objects.read(oid);
  return blob && hasLines(blob.bytes) ? decodeText(blob.bytes) : undefined;
}

async function isGits(
  repository: Repository,
  objects: OpenedObjects['objects'],
  text: string | null,
  file: string,
  since: number,
): Promise<boolean> {
  const head = text === null ? null : await readHead(repository);
  if (head === null) return false;
  return await cameFromGit(repository, objects, blobId(fs.readFileSync(file), head), since);
}
