import * as fs from 'node:fs';
import type { Sensor } from './sensor';

/**
 * A change that the editor read from disk: an agent in a terminal, a git checkout, another window, a revert. The
 * document is clean and stays so, and its text is the file's. A byte order mark is no part of a document's text.
 */
export function disk(): Sensor {
  return {
    name: 'disk',
    explain({ document, wasDirty, becameDirty, version, reason }) {
      if (reason !== null || wasDirty || becameDirty || document.uri.scheme !== 'file') return null;
      // Edited again since: the file may be ahead of, or behind, what was read.
      if (document.version !== version) return { kind: 'disk' };
      return textOnDisk(document.uri.fsPath) === document.getText() ? { kind: 'disk' } : null;
    },
  };
}

/** null: there is no such file, or it cannot be read; then nothing is known. */
function textOnDisk(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return null;
  }
}
