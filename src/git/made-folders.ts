import * as fs from 'node:fs';
import * as path from 'node:path';

/** How many folders have to be made for this one to be there. */
export function missingFolders(folder: string): number {
  return fs.existsSync(folder) ? 0 : 1 + missingFolders(path.dirname(folder));
}

/** Takes this folder out and those above it, so many in all, as far as they are empty. */
export function removeEmptyFolders(folder: string, count: number): void {
  for (let at = folder, left = count; left > 0 && removeEmptyFolder(at); left--) at = path.dirname(at);
}

function removeEmptyFolder(folder: string): boolean {
  try {
    fs.rmdirSync(folder);
    return true;
  } catch {
    // It is not empty, or not there.
    return false;
  }
}
