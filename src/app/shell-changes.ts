import * as fs from 'node:fs';
import * as path from 'node:path';
import { headsOf } from '../core/journal';
import { blobId, cameFromGit } from '../git/came-from-git';
import { readHead } from '../git/head';
import { journalOf } from '../git/journal-files';
import type { Repository } from '../git/repository';
import type { SeenFile, ShellWindow } from '../git/shell-windows';
import { decodeText, hasLines } from '../git/text';
import { readWorkingFile } from '../git/working-file';
import { foldEdit, pathHistory } from './fold';
import { openGenerated } from './generated';
import type { OpenedObjects } from './opened-objects';
import { appendKnown, recordsOf, RECENT, type Place } from './recording';
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
  { files, isComplete }: Look,
  taking: Taking,
): Promise<void> {
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
  for (const name of changed) {
    if (performance.now() - began > BUDGET_MS) return;
    if (generated?.has(name) !== true) await recordChange(opened, window, name, before.get(name), taking);
  }
}

async function recordChange(
  { repository, objects, root }: OpenedObjects,
  window: ShellWindow,
  name: string,
  was: SeenFile | undefined,
  { author, mayBe, now }: Taking,
): Promise<void> {
  const file = path.join(root, name);
  if (!mayBe(fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null)) return;
  const disk = readWorkingFile(file);
  const found = was === undefined ? null : await textOf(objects, was);
  if (disk.kind === 'untracked' || found === undefined) return;
  const place: Place = { repository, journal: journalOf(repository), path: name, file };
  const { known, started } = recordsOf(place, RECENT);
  // What somebody else is known to have written meanwhile is theirs.
  const [latest] = headsOf(known);
  const base = latest && latest.at >= window.at ? latest.known.lines.join('') : found;
  const text = disk.kind === 'text' ? disk.text : null;
  if (text === base || (await isGits(repository, objects, text, file, window.at))) return;
  const { session, call } = window;
  const folded = foldEdit(
    pathHistory(known, started, { session, call }, now),
    {
      change: text === null ? { kind: 'delete' } : { kind: 'write', content: text },
      author: { via: 'shell', ...author, evidence: 'matched' },
      before: base,
      after: text ?? undefined,
      disk: text,
    },
    null,
  );
  await appendKnown(
    place,
    { ...window, tool: null, cwd: '', transcript: null },
    folded,
    text !== null,
    known,
    now,
  );
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
