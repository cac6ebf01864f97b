import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';

const NPM = { husky: '9.1.7', lefthook: '2.2.2', 'simple-git-hooks': '2.14.0' };
const PRE_COMMIT = '4.6.2';

/** Where the programs of the real hook managers are, or why they are not. */
export type Managers =
  | { readonly kind: 'here'; readonly bin: string }
  | { readonly kind: 'missing'; readonly why: string };

/** Those of npm, in the versions above, installed once for all runs. */
export function npmManagers(): Managers {
  const name = Object.entries(NPM)
    .map((pair) => pair.join('-'))
    .join('_');
  return once(name, 'node_modules/.bin', (folder) => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: NPM }));
    return [['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0']];
  });
}

export function preCommit(): Managers {
  return once(`pre-commit-${PRE_COMMIT}`, 'bin', () => [
    ['python3', '-m', 'venv', '.'],
    ['bin/pip', 'install', '--quiet', '--retries', '0', `pre-commit==${PRE_COMMIT}`],
  ]);
}

/** A virtual environment of Python knows the path that it was made at, so a folder is whole when it says so. */
function once(
  name: string,
  bin: string,
  commandsIn: (folder: string) => readonly (readonly string[])[],
): Managers {
  const folder = resolve('.work/hook-managers', name);
  const whole = join(folder, 'whole');
  const here: Managers = { kind: 'here', bin: join(folder, bin) };
  if (existsSync(whole)) return here;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // The tests have a home of their own, which knows no registry.
  const { XDG_CONFIG_HOME: _, ...own } = process.env;
  const env = { ...own, HOME: userInfo().homedir };
  for (const [program = '', ...args] of commandsIn(folder)) {
    const ended = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 100_000 });
    if (ended.status === 0) continue;
    const said = ended.error?.message ?? ended.stderr.trim().split('\n').at(-1) ?? '';
    return { kind: 'missing', why: `${program} ${args[0] ?? ''}: ${said}` };
  }
  writeFileSync(`${whole}-new`, '');
  renameSync(`${whole}-new`, whole);
  return here;
}
