import * as fs from 'node:fs';
import * as path from 'node:path';

/** How many links are followed, one behind the other. */
const LINKS = 40;

/** The file that a write to this path reaches: links are followed, also to what is not there yet. */
export function realTarget(file: string): string {
  let at = path.resolve(file);
  for (let link = 0; link < LINKS; link++) {
    const folder = realFolder(path.dirname(at));
    at = path.join(folder, path.basename(at));
    if (fs.lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at;
    at = path.resolve(folder, fs.readlinkSync(at));
  }
  return at;
}

/** The real path of a folder, of which the last parts need not be there. */
function realFolder(folder: string): string {
  const missing: string[] = [];
  let at = folder;
  for (; !fs.existsSync(at) && path.dirname(at) !== at; at = path.dirname(at))
    missing.unshift(path.basename(at));
  return path.join(fs.existsSync(at) ? fs.realpathSync(at) : at, ...missing);
}
