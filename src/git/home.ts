import * as os from 'node:os';
import * as path from 'node:path';

/** The person's home folder, absolute. A `HOME` that is relative or empty is none: what we write there would go anywhere. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  const homes = [env['HOME'], os.homedir()];
  return homes.find((home) => home !== undefined && path.isAbsolute(home)) ?? os.userInfo().homedir;
}

/** A folder that a variable names; null: none. The XDG base directory specification says to ignore a relative path. */
export function folderIn(env: NodeJS.ProcessEnv, variable: string): string | null {
  const folder = env[variable] ?? '';
  return path.isAbsolute(folder) ? folder : null;
}
