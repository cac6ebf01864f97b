import * as fs from 'node:fs';
import * as path from 'node:path';

/** The working trees of a repository that are there, this one first; by looking at files, as `git worktree list` does. */
export function workingTrees({
  worktree,
  commonDir,
}: {
  readonly worktree: string | null;
  readonly commonDir: string;
}): readonly string[] {
  const main = path.basename(commonDir) === '.git' ? [path.dirname(commonDir)] : [];
  const found = [...(worktree === null ? [] : [worktree]), ...main, ...linkedTrees(commonDir)];
  const real = found.flatMap((folder) => (fs.existsSync(folder) ? [fs.realpathSync(folder)] : []));
  return [...new Set(real)];
}

function linkedTrees(commonDir: string): readonly string[] {
  const folder = path.join(commonDir, 'worktrees');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.flatMap((name) => {
    try {
      const link = fs.readFileSync(path.join(folder, name, 'gitdir'), 'utf8').trim();
      return [path.dirname(path.resolve(folder, name, link))];
    } catch {
      return [];
    }
  });
}
