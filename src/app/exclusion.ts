import * as fs from 'node:fs';
import * as path from 'node:path';
import { readSettings, writeSettings } from './settings-file';

/** Keeps a file of all working trees from being committed by `git add .`; says whether that took a line in `info/exclude`. */
export function exclude(commonDir: string, pattern: string): boolean {
  const file = excludeFile(commonDir);
  const current = readSettings(file);
  const text = addExclusion(current ?? '', pattern);
  if (text === current) return false;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writeSettings(file, current, text);
  return true;
}

/** Says whether the line was there. */
export function unexclude(commonDir: string, pattern: string): boolean {
  const file = excludeFile(commonDir);
  const current = readSettings(file);
  const text = removeExclusion(current ?? '', pattern);
  if (current === null || text === current) return false;
  writeSettings(file, current, text === '' ? null : text);
  return true;
}

const excludeFile = (commonDir: string): string => path.join(commonDir, 'info', 'exclude');

const BEGIN = '# >>> hunkmark >>>';
const END = '# <<< hunkmark <<<';
/** In the first line of a block that had to end the line above. */
const JOINED = ' (the line above had no end)';

/** Adds the pattern to an ignore file in a block of our own, once. */
export function addExclusion(text: string, pattern: string): string {
  if (text.includes(`\n${pattern}\n${END}\n`)) return text;
  const isWhole = text === '' || text.endsWith('\n');
  return `${text}${isWhole ? BEGIN : `\n${BEGIN}${JOINED}`}\n${pattern}\n${END}\n`;
}

/** Takes the block out: `removeExclusion(addExclusion(text, p), p) === text`. Lines behind it stay lines. */
export function removeExclusion(text: string, pattern: string): string {
  const joined = `\n${BEGIN}${JOINED}\n${pattern}\n${END}\n`;
  if (text.endsWith(joined)) return text.slice(0, -joined.length);
  return text.replace(joined, '\n').replace(`${BEGIN}\n${pattern}\n${END}\n`, '');
}
