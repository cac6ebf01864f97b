import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Whether Claude Code, where a person uses it and has it in this folder (`~/.claude`), adds its own `Co-Authored-By` to commits: it does unless the user's
 * settings say `"includeCoAuthoredBy": false`. False where it is not used, or its settings cannot be read.
 */
export function claudeAddsCoAuthor(folder: string): boolean {
  if (!fs.existsSync(folder)) return false;
  const file = path.join(folder, 'settings.json');
  if (!fs.existsSync(file)) return true;
  try {
    const settings: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    const isObject = typeof settings === 'object' && settings !== null;
    return !(isObject && 'includeCoAuthoredBy' in settings && settings.includeCoAuthoredBy === false);
  } catch {
    return false;
  }
}
