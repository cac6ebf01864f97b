import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { removeBlock } from './hook-block';
import { stateFiles, writeIfDifferent } from './state-files';

/** How our block stands in a hook: in a file of ours, in the foreign script, or in a file of ours that runs the foreign one. */
export type HowPlaced = 'created' | 'inserted' | 'wrapped';

export interface RecordedHook {
  /** Relative to the common directory, so that it survives a move of the repository. */
  readonly file: string;
  readonly how: HowPlaced;
  /** The lines that were put in, bytes as characters, for when a hook manager loses them; none in an older record. */
  readonly block?: string;
  /** {@link restOf} the hook when it last had our lines; none in an older record. */
  readonly rest?: string;
}

/** What install put in. */
export interface InstallRecord {
  readonly hooks: readonly RecordedHook[];
  /** Folders that were missing, innermost first; relative too. */
  readonly folders: readonly string[];
}

/** Known again is what of a hook is not ours; `text`: its bytes as characters. */
export function restOf(text: string): string {
  return createHash('sha256').update(removeBlock(text), 'latin1').digest('hex').slice(0, 32);
}

/** Says whether that changed anything. */
export function writeInstallRecord(commonDir: string, record: InstallRecord): boolean {
  const text = `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`;
  return writeIfDifferent(stateFiles(commonDir).installed, Buffer.from(text), 0o600);
}

/** A record that cannot be read counts as empty: the hooks themselves still show what is ours. */
export function readInstallRecord(commonDir: string): InstallRecord {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(stateFiles(commonDir).installed, 'utf8'));
    const { hooks, folders } = parsed as { hooks?: unknown; folders?: unknown };
    return {
      hooks: Array.isArray(hooks) ? hooks.filter(isRecordedHook) : [],
      folders: Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [],
    };
  } catch {
    return { hooks: [], folders: [] };
  }
}

function isRecordedHook(value: unknown): value is RecordedHook {
  const { file, how, block, rest } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isPlaced = how === 'created' || how === 'inserted' || how === 'wrapped';
  const isText = (member: unknown): boolean => member === undefined || typeof member === 'string';
  return typeof file === 'string' && isPlaced && isText(block) && isText(rest);
}
