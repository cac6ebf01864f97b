import * as fs from 'node:fs';
import { git, runGit } from './run';
import { ensureState, isInstalled, stateFiles, writeIfDifferent, type GitFolders } from './state-files';

/** A working tree whose repository's own configuration is meant. */
export interface ConfiguredTree extends Pick<GitFolders, 'commonDir'> {
  readonly worktree: string;
}

/** What was set, and what the repository's own configuration said before; null: nothing. */
interface Note {
  readonly value: string;
  readonly before: string | null;
}

type Notes = Readonly<Record<string, Note>>;

/** Sets `hunkmark.NAME` in the repository's own configuration, and notes what was there, for {@link takeBackSettings}. */
export async function setSetting(tree: ConfiguredTree, name: string, value: string): Promise<void> {
  const before = await ownValue(tree, name);
  if (before === value) return;
  const notes = readNotes(tree.commonDir);
  // The note comes before what it notes. What we set ourselves is not what was there before.
  const earlier = notes[name];
  const kept = earlier !== undefined && earlier.value === before ? earlier.before : before;
  if (isInstalled(tree.commonDir)) writeNotes(tree.commonDir, { ...notes, [name]: { value, before: kept } });
  await git(tree.worktree, ['config', '--local', keyOf(name), value]);
}

/** Puts back what {@link setSetting} changed, where nobody has changed it since; gives the keys. */
export async function takeBackSettings(tree: ConfiguredTree): Promise<string[]> {
  const keys: string[] = [];
  for (const [name, { value, before }] of Object.entries(readNotes(tree.commonDir))) {
    if ((await ownValue(tree, name)) !== value) continue;
    const change = before === null ? ['--unset', keyOf(name)] : [keyOf(name), before];
    await git(tree.worktree, ['config', '--local', ...change]);
    keys.push(keyOf(name));
  }
  return keys;
}

const keyOf = (name: string): string => `hunkmark.${name}`;

/** The last value, as git takes it; null: the repository's own configuration has none. */
async function ownValue({ worktree }: ConfiguredTree, name: string): Promise<string | null> {
  const { status, stdout } = await runGit(worktree, ['config', '--local', '-z', '--get', keyOf(name)]);
  return status === 0 ? stdout.toString('utf8').replace(/\0$/, '') : null;
}

function writeNotes(commonDir: string, notes: Notes): void {
  ensureState(commonDir);
  const text = `${JSON.stringify(notes, null, 2)}\n`;
  writeIfDifferent(stateFiles(commonDir).settings, Buffer.from(text), 0o600);
}

/** Notes that cannot be read count as none: nothing is taken back that is not known to be ours. */
function readNotes(commonDir: string): Notes {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(stateFiles(commonDir).settings, 'utf8'));
    const entries = Object.entries(parsed ?? {}).filter(([name, note]) => NAME.test(name) && isNote(note));
    return Object.fromEntries(entries) as Notes;
  } catch {
    return {};
  }
}

const NAME = /^[A-Za-z]+$/;

function isNote(value: unknown): value is Note {
  const { value: set, before } = (value ?? {}) as { value?: unknown; before?: unknown };
  return typeof set === 'string' && (before === null || typeof before === 'string');
}
