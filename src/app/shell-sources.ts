import * as path from 'node:path';
import type { AgentCall } from '../core/agent-event';
import type { BringableTexts } from '../core/brought';
import { splitLines } from '../core/lines';
import { simpleCommands } from '../core/shell-text';
import { lineKey } from '../core/tokens';
import { bringingCommits, patchInHand, stashes } from '../git/bringing';
import { journalOf } from '../git/journal-files';
import type { SeenFile, ShellSources, ShellWindow } from '../git/shell-windows';
import { decodeText, hasLines } from '../git/text';
import type { OpenedObjects } from './opened-objects';
import { recordsOf, RECENT, withoutModels } from './recording';
import type { Look } from './tree-look';

/** How many words of a command are looked at, how many texts of git for one file, and how many other files. */
const MOST_WORDS = 64;
const MOST_TEXTS = 64;
const MOST_FILES = 24;

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
  /** The texts for one of them. */
  textsFor(name: string): Promise<BringableTexts>;
  /** The file that a new one was made out of: half of either's lines are the other's. */
  madeFrom(name: string, text: string): Promise<{ readonly name: string; readonly text: string } | null>;
}

export function openBringable(opened: OpenedObjects, window: ShellWindow, look: Look): Bringable {
  const { commits, blobs } = window.sources;
  let others: Promise<readonly Other[]> | null = null;
  let ofGit: readonly string[] | null = null;
  const otherThan = async (name: string): Promise<readonly Other[]> => {
    others ??= otherFiles(opened, window, look);
    return (await others).filter((other) => other.name !== name);
  };
  return {
    textsFor: async (name) => {
      ofGit ??= [...new Set([...withParents(commits), ...bringingCommits(opened.repository, window.at)])];
      const names = ofGit.slice(0, MOST_TEXTS).map((commit) => `${commit}:${name}`);
      const apart = (await otherThan(name)).map((other) => personsLines(opened, other));
      const otherFiles = [
        ...(await textsOf(opened, blobs)),
        splitLines(patchInHand(opened.repository)),
        ...apart,
      ];
      return { sameFile: await textsOf(opened, names), otherFiles: otherFiles.flatMap(withPatched) };
    },
    madeFrom: async (name, text) => {
      const lines = splitLines(text);
      const found = (await otherThan(name)).find((other) => isLike(other.lines, lines));
      return found ? { name: found.name, text: found.lines.join('') } : null;
    },
  };
}

/** A file as the command found it. */
interface Other {
  readonly name: string;
  readonly lines: readonly string[];
}

async function otherFiles(opened: OpenedObjects, window: ShellWindow, look: Look): Promise<readonly Other[]> {
  const left = window.files.filter(([name, seen]) => mayHaveLeft(window, look, name, seen));
  return await Promise.all(
    left.slice(0, MOST_FILES).map(async ([name, { oid, text }]) => {
      const [lines = []] = oid === null ? [splitLines(text ?? '')] : await textsOf(opened, [oid]);
      return { name, lines };
    }),
  );
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

function personsLines({ repository, root }: OpenedObjects, { name, lines }: Other): readonly string[] {
  const place = { repository, journal: journalOf(repository), path: name, file: path.join(root, name) };
  return withoutModels(lines, recordsOf(place, RECENT).known);
}
