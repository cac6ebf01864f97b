import * as path from 'node:path';
import type { AgentCall } from '../core/agent-event';
import type { BringableTexts } from '../core/brought';
import { splitLines } from '../core/lines';
import { simpleCommands } from '../core/shell-text';
import { isVisible, lineKey } from '../core/tokens';
import { bringingCommits, patchInHand, stashes } from '../git/bringing';
import { journalOf } from '../git/journal-files';
import type { SeenFile, ShellSources, ShellWindow } from '../git/shell-windows';
import { decodeText, hasLines } from '../git/text';
import type { OpenedObjects } from './opened-objects';
import { patchedSides } from './patched-sides';
import { recordsOf, RECENT, withoutModels } from './recording';
import type { Look } from './tree-look';

/** How many words of a command are looked at, how many texts of git for one file, and how many other files. */
const MOST_WORDS = 64;
const MOST_TEXTS = 64;
const MOST_FILES = 24;
/** Among how many blobs, and how much text, those other files are looked for. */
const MOST_BLOBS = 500;
const LONGEST = 4 * 1024 * 1024;

/** A revision, or a path of one, as people write it; nothing that git would search its history for. */
const REVISION = /^(?!.*\{\/)[A-Za-z0-9@][\w@{}./~^+-]*(?::[^:]+)?$/;

/**
 * What a command names: files that are there, and commits and texts of commits, as they are before it runs. Git's stashes
 * too: one that is popped, by a script perhaps, is named nowhere afterwards.
 */
export async function namedSources(
  { repository, root, objects }: OpenedObjects,
  { command, cwd }: AgentCall & { readonly command: string },
  { files }: Look,
): Promise<ShellSources> {
  const commands = simpleCommands(command);
  const words = [...new Set(commands.flat())].slice(0, MOST_WORDS);
  const paths = foldersOf(commands, cwd === '' ? root : cwd)
    .flatMap((folder) => words.map((word) => path.relative(root, path.resolve(folder, word))))
    .filter((name) => files.has(name));
  const commits = [...stashes(repository)];
  if (!commands.flat().some((word) => /(?:^|\/)git$/.test(word))) return { commits, blobs: [], paths };
  const blobs: string[] = [];
  const names = words.flatMap((word) => word.split(/\.{2,3}/)).filter((word) => REVISION.test(word));
  const read = names.map(async (name) => {
    const colon = name.indexOf(':');
    const revision = colon < 0 ? name : name.slice(0, colon);
    const commit = await objects.read(`${revision}^{commit}`);
    if (commit && colon < 0) commits.push(commit.oid);
    // The text itself is read where it is needed, and then only once.
    if (commit && colon >= 0) blobs.push(`${commit.oid}${name.slice(colon)}`);
  });
  await Promise.all(read);
  return { commits: [...new Set(commits)], blobs, paths };
}

/** The folders in which the words of a command may be names of files. */
function foldersOf(commands: readonly (readonly string[])[], cwd: string): string[] {
  const folders = [cwd];
  for (const [first, folder] of commands)
    if (first === 'cd' && folder !== undefined) folders.push(path.resolve(folders.at(-1) ?? cwd, folder));
  return folders;
}

/** From where a command may have brought lines into files of the working tree. */
export interface Bringable {
  /** The texts for one of them, which has these lines now. */
  textsFor(name: string, lines: readonly string[]): Promise<BringableTexts>;
  /** The file that a new one was made out of: half of either's lines are the other's. */
  madeFrom(name: string, text: string): Promise<{ readonly name: string; readonly text: string } | null>;
}

export function openBringable(opened: OpenedObjects, window: ShellWindow, look: Look): Bringable {
  const { commits, blobs } = window.sources;
  let others: Promise<OtherFiles> | null = null;
  let ofGit: readonly string[] | null = null;
  const likest = async (name: string, lines: readonly string[]): Promise<readonly Other[]> => {
    others ??= otherFiles(opened, window, look).then(findable);
    return (await others)(lines).filter((other) => other.name !== name);
  };
  return {
    textsFor: async (name, lines) => {
      ofGit ??= [...new Set([...withParents(commits), ...bringingCommits(opened.repository, window.at)])];
      const names = ofGit.slice(0, MOST_TEXTS).map((commit) => `${commit}:${name}`);
      const near = (await likest(name, lines)).filter((other) => other.isNear);
      const apart = near.slice(0, MOST_FILES).map((other) => personsLines(opened, window, other));
      const otherFiles = [
        ...(await textsOf(opened, blobs)),
        splitLines(patchInHand(opened.repository)),
        ...apart,
      ];
      // Beside the lines that a patch keeps, a line is in its place however little it weighs.
      const patched = otherFiles.flatMap((text) => patchedSides(text, name));
      const sameFile = [...(await textsOf(opened, names)), ...patched];
      return { sameFile, otherFiles: otherFiles.flatMap(withPatched) };
    },
    madeFrom: async (name, text) => {
      const lines = splitLines(text);
      const found = (await likest(name, lines))
        .slice(0, MOST_FILES)
        .find((other) => isLike(other.lines, lines));
      return found ? { name: found.name, text: found.lines.join('') } : null;
    },
  };
}

/** A file as the command found it. */
interface Other {
  readonly name: string;
  readonly lines: readonly string[];
  /** The command names it, or has changed it or taken it away; else it can only be the one that a copy was made of. */
  readonly isNear: boolean;
}

/** Those that share lines with a text, the likest first. */
type OtherFiles = (lines: readonly string[]) => readonly Other[];

function findable(others: readonly Other[]): OtherFiles {
  const holders = new Map<string, number[]>();
  others.forEach(({ lines }, at) => {
    for (const key of keysOf(lines)) {
      const known = holders.get(key);
      if (known) known.push(at);
      else holders.set(key, [at]);
    }
  });
  return (lines) => {
    const shared = new Map<number, number>();
    for (const key of keysOf(lines))
      for (const at of holders.get(key) ?? []) shared.set(at, (shared.get(at) ?? 0) + 1);
    const found = [...shared].sort(([, x], [, y]) => y - x);
    return found.flatMap(([at]) => others[at] ?? []);
  };
}

function keysOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.map(lineKey).filter(isVisible));
}

async function otherFiles(opened: OpenedObjects, window: ShellWindow, look: Look): Promise<readonly Other[]> {
  let [blobs, length] = [MOST_BLOBS, LONGEST];
  const others: Other[] = [];
  for (const [name, seen] of window.files) {
    const isNear = mayHaveLeft(window, look, name, seen);
    if (seen.oid === null ? (seen.text ?? '').length > length : !isNear || blobs-- <= 0) continue;
    const [lines] = seen.oid === null ? [splitLines(seen.text ?? '')] : await textsOf(opened, [seen.oid]);
    length -= seen.text?.length ?? 0;
    if (lines) others.push({ name, lines, isNear });
  }
  return others;
}

function isLike(lines: readonly string[], others: readonly string[]): boolean {
  const keys = new Set(lines.map(lineKey));
  const shared = others.filter((line) => keys.has(lineKey(line))).length;
  return shared > 0 && 2 * shared >= Math.max(lines.length, others.length);
}

/** A text, and where it is a patch also what that adds. */
function withPatched(lines: readonly string[]): (readonly string[])[] {
  if (!lines.some((line) => line.startsWith('@@ -'))) return [lines];
  const added = lines.map((line) => (/^\+(?!\+\+ )/.test(line) ? line.slice(1) : ''));
  return [lines, added];
}

/** The untracked files of a stash are in its third parent; what a revert brings back is in the commit's first one. */
function withParents(commits: readonly string[]): string[] {
  return commits.flatMap((commit) => [commit, `${commit}^`, `${commit}^3`]);
}

/** Named by the command, or changed or gone since. */
function mayHaveLeft({ sources }: ShellWindow, { files }: Look, name: string, seen: SeenFile): boolean {
  return sources.paths.includes(name) || files.get(name)?.stat !== seen.stat;
}

async function textsOf(
  { objects }: Pick<OpenedObjects, 'objects'>,
  names: readonly string[],
): Promise<string[][]> {
  const found = await Promise.all(names.map((name) => objects.read(name)));
  return found.flatMap((object) =>
    object?.type === 'blob' && hasLines(object.bytes) ? [splitLines(decodeText(object.bytes))] : [],
  );
}

function personsLines(
  { repository, root }: OpenedObjects,
  { session, call, at }: ShellWindow,
  { name, lines }: Other,
): readonly string[] {
  const place = { repository, journal: journalOf(repository), path: name, file: path.join(root, name) };
  // What the command has made of the file since, it may be gone by now, does not say whose it was.
  const before = recordsOf(place, RECENT).known.filter(
    (record) => record.session !== session || record.call !== call || record.at < at,
  );
  return withoutModels(lines, before);
}
