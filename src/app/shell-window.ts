import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentCall } from '../core/agent-event';
import { headsOf } from '../core/journal';
import { literalPlace } from '../core/path-pattern';
import { placePath, type PolicyMatcher } from '../core/placing';
import { blobId, cameFromGit } from '../git/came-from-git';
import { readHead } from '../git/head';
import { journalOf } from '../git/journal-files';
import type { Repository } from '../git/repository';
import {
  openWindows,
  readWindow,
  removeWindow,
  writeWindow,
  type SeenFile,
  type ShellWindow,
} from '../git/shell-windows';
import { filesBelow } from '../git/staged';
import { decodeText, hasLines } from '../git/text';
import { LARGEST_FILE, readWorkingFile } from '../git/working-file';
import { foldEdit, pathHistory } from './fold';
import { openGenerated } from './generated';
import { guardedRepository } from './guarded-repository';
import { withHeadPolicy } from './head-policy';
import type { Opened } from './opened';
import { dayOf } from './policy';
import { appendKnown, recordsOf, RECENT, type Place } from './recording';

/** How long looking at the files of a command may take, in milliseconds, and how many bytes may be read. */
const BUDGET_MS = 120;
const BUDGET_BYTES = 32 * 1024 * 1024;
/** So many files are looked at however long it takes: a machine may be busy. */
const ALWAYS = 500;

/**
 * A shell command of an agent begins: notes how the files of the policy's systems stand, tracked ones and untracked
 * ones that are not ignored. Nothing is noted where there is no policy. Gives what a person should know.
 */
export async function shellStarting(call: AgentCall, now: number): Promise<readonly string[]> {
  const repository = guardedRepository(call.cwd);
  if (!repository?.worktree) return [];
  return await withHeadPolicy<readonly string[]>(repository, {
    none: () => [],
    work: async ({ matcher }, opened) => {
      const { files, isComplete } = await look(opened, matcher, now);
      const { agent, session, subagent, call: id, model } = call;
      writeWindow(repository, {
        agent,
        session,
        subagent,
        call: id,
        model,
        at: now,
        files: [...files],
        isComplete,
      });
      return isComplete
        ? []
        : ['hunkmark: incomplete: not every file of the policy is watched during this command.'];
    },
  });
}

/** The command has ended: what it changed in those files is the agent's, as far as nobody else is known to have. */
export async function shellFinished(call: AgentCall, model: string | null, now: number): Promise<void> {
  const repository = guardedRepository(call.cwd);
  const window = repository && readWindow(repository, call);
  if (!window) return;
  removeWindow(repository, window);
  await settle(repository, [{ ...window, model: model ?? window.model }], now);
}

/** A commit is made while commands run: what they have changed so far goes into it. The windows stay open. */
export async function settleWindows(repository: Repository, now: number): Promise<void> {
  const windows = openWindows(repository, now);
  for (const window of await settle(repository, windows, now)) writeWindow(repository, window);
}

/** Records what has changed since the windows were opened, and gives them as of now. */
async function settle(
  repository: Repository,
  windows: readonly ShellWindow[],
  now: number,
): Promise<readonly ShellWindow[]> {
  return await withHeadPolicy<readonly ShellWindow[]>(repository, {
    none: () => windows,
    work: async ({ matcher }, opened) => {
      const { files, isComplete } = await look(opened, matcher, now);
      for (const window of windows) await recordChanges(opened, window, { files, isComplete }, now);
      return windows.map((window) => ({ ...window, at: now, files: [...files], isComplete }));
    },
  });
}

interface Look {
  readonly files: ReadonlyMap<string, SeenFile>;
  readonly isComplete: boolean;
}

/** The files of the policy's systems as they stand now. */
async function look({ repository, root }: Opened, matcher: PolicyMatcher, now: number): Promise<Look> {
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

async function recordChanges(
  opened: Opened,
  window: ShellWindow,
  { files, isComplete }: Look,
  now: number,
): Promise<void> {
  const before = new Map(window.files);
  const changed = [...new Set([...before.keys(), ...files.keys()])].filter((name) => {
    const [was, is] = [before.get(name), files.get(name)];
    // Of a file that one look did not reach nobody knows whether it has changed.
    const isKnown = (was ?? window.isComplete) && (is ?? isComplete);
    return Boolean(isKnown) && was?.stat !== is?.stat;
  });
  // What programs make is nobody's line.
  const generated = changed.length === 0 ? null : await openGenerated(opened.objects).among(':', changed);
  for (const name of changed)
    if (generated?.has(name) !== true) await recordChange(opened, window, name, before.get(name), now);
}

async function recordChange(
  { repository, objects, root }: Opened,
  window: ShellWindow,
  name: string,
  was: SeenFile | undefined,
  now: number,
): Promise<void> {
  const file = path.join(root, name);
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
  const { agent, model, session, call } = window;
  const folded = foldEdit(
    pathHistory(known, started, { session, call }, now),
    {
      change: text === null ? { kind: 'delete' } : { kind: 'write', content: text },
      author: { via: 'shell', agent, model, evidence: 'matched' },
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
async function textOf(objects: Opened['objects'], { oid, text }: SeenFile): Promise<string | undefined> {
  if (oid === null) return text ?? undefined;
  const blob = await objects.read(oid);
  return blob && hasLines(blob.bytes) ? decodeText(blob.bytes) : undefined;
}

async function isGits(
  repository: Repository,
  objects: Opened['objects'],
  text: string | null,
  file: string,
  since: number,
): Promise<boolean> {
  const head = text === null ? null : await readHead(repository);
  if (head === null) return false;
  return await cameFromGit(repository, objects, blobId(fs.readFileSync(file), head), since);
}
