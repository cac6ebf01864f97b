import { type PlacedHook, type UndoneHook } from '../git/hook-file';
import { installHookFiles, uninstallHookFiles } from '../git/hook-files';
import { InstallRefused, locateHooks, withoutLocation, type HooksPlace } from '../git/hooks-place';
import { runGit, type GitResult } from '../git/run';
import { register, unregister } from '../git/registry';
import { takeBackSettings } from '../git/shared-settings';
import { workingTrees } from '../git/working-trees';
import { hasMarker, isInstalled, refreshMarkers, setMarker } from '../git/state-files';

export interface InstallOptions {
  /** The repository, or any folder in its working tree. */
  readonly repositoryDir: string;
  /** Absolute path of the bundled hook program. */
  readonly hookProgram: string;
  /** Absolute path of the Node (or the editor's own executable) that hooks are to run. */
  readonly nodePath: string;
  /** Also the hook that checks what is pushed. */
  readonly prePush?: boolean;
}

/** Why nothing was done: what happened, in which folder, what to do about it. */
export interface Refusal {
  readonly happened: string;
  readonly folder: string;
  readonly advice: string;
}

export type InstallReport =
  | {
      readonly kind: 'installed';
      readonly hooksFolder: string;
      readonly hooks: readonly PlacedHook[];
      /** Files of the state folder that were new or different; empty, with hooks all `present`, when nothing was written. */
      readonly state: readonly string[];
    }
  | {
      readonly kind: 'uninstalled';
      readonly hooksFolder: string;
      readonly hooks: readonly UndoneHook[];
      /** Keys of git's configuration that are as they were before. */
      readonly settings: readonly string[];
      /** Folders that are gone: the state folder, with the journal in it, and a hooks folder that was ours. */
      readonly removed: readonly string[];
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Puts Hunkmark into the git hooks of a repository. A second run writes nothing. */
export async function installHooks(options: InstallOptions): Promise<InstallReport> {
  return refusing(options.repositoryDir, async () => {
    const place = await locateHooks(options.repositoryDir);
    const { hooks, state } = await installHookFiles(place, options).finally(() => {
      if (isInstalled(place.commonDir)) remember(() => register(place.worktree));
    });
    if (!hasMarker(place.commonDir, 'tracked') && (await historyHasTrailers(place))) {
      setMarker(place.commonDir, 'tracked', true);
    }
    await refreshMarkers(place, () => stampsAlways(place));
    return { kind: 'installed', hooksFolder: place.folder, hooks, state };
  });
}

/** Takes exactly that out again, and the journal with it. */
export async function uninstallHooks(options: { readonly repositoryDir: string }): Promise<InstallReport> {
  return refusing(options.repositoryDir, async () => {
    const place = await locateHooks(options.repositoryDir);
    // Before the state folder goes, which says what they were.
    const settings = await takeBackSettings(place);
    const undone = uninstallHookFiles(place);
    remember(() => {
      for (const tree of workingTrees(place)) unregister(tree);
    });
    return { kind: 'uninstalled', hooksFolder: place.folder, settings, ...undone };
  });
}

/** The list for `uninstall --all`; a home that cannot be written to costs nothing but that. */
function remember(work: () => void): void {
  try {
    work();
  } catch {
    // The repository itself is installed, and can be uninstalled in its place.
  }
}

/** The report for a person: a line for each file, and how to go on where something needs a hand. */
export function formatInstallReport(report: InstallReport): string {
  const lines = ((): readonly string[] => {
    switch (report.kind) {
      case 'installed':
        return installedLines(report.hooksFolder, report.hooks, report.state);
      case 'uninstalled':
        return uninstalledLines(report);
      case 'refused':
        return ['Hunkmark stopped.', report.refusal.happened, report.refusal.advice];
    }
  })();
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function installedLines(folder: string, hooks: readonly PlacedHook[], state: readonly string[]): string[] {
  const nothing = state.length === 0 && hooks.every(({ outcome }) => outcome === 'present');
  return [
    nothing ? `Hunkmark is already in the hooks in ${folder}:` : `Hunkmark is in the hooks in ${folder}:`,
    ...hooks.map(
      (hook) => `  ${hook.hook}: ${hook.outcome === 'present' ? 'already there' : 'written'}${HOW[hook.how]}`,
    ),
    ...hooks
      .filter(({ runs }) => !runs)
      .map(
        ({ file }) => `Git does not run ${file}, because it is not executable. To use it: chmod +x ${file}`,
      ),
  ];
}

const HOW = {
  created: '',
  inserted: ', ahead of the hook that was there, which runs as before',
  wrapped: ', the hook that was there was moved aside and runs as before',
} as const;

function uninstalledLines({
  hooks,
  settings,
  removed,
}: Extract<InstallReport, { readonly kind: 'uninstalled' }>): string[] {
  if (removed.length === 0 && hooks.every(({ outcome }) => outcome === 'untouched')) {
    return ['Hunkmark was not installed here.'];
  }
  return [
    'Hunkmark is out of this repository:',
    ...hooks.map(({ file, outcome }) => `  ${file}: ${UNDONE[outcome]}`),
    ...settings.map((key) => `  ${key} in git's configuration: as it was before`),
    ...removed.map((folder) => `  ${folder}: removed`),
    ...hooks.flatMap(({ file, saved }) =>
      saved === null ? [] : [`${file} was changed since; the hook from before is still in ${saved}`],
    ),
  ];
}

const UNDONE = {
  deleted: 'deleted',
  restored: 'as it was before',
  cleaned: 'our lines are out, the rest stays',
  untouched: 'nothing of ours was in it',
} as const;

const NO_WRITE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];

async function refusing(folder: string, work: () => Promise<InstallReport>): Promise<InstallReport> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InstallRefused) {
      const { happened, folder, advice } = error;
      return { kind: 'refused', refusal: { happened, folder, advice } };
    }
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !NO_WRITE.includes(code)) throw error;
    const happened = `${path ?? folder} cannot be written (${message}).`;
    return {
      kind: 'refused',
      refusal: {
        happened,
        folder,
        advice: 'Commits go on as before. Make it writable, then run the command again.',
      },
    };
  }
}

async function stampsAlways(place: HooksPlace): Promise<boolean> {
  const { stdout } = await ask(place, ['config', '--get', 'hunkmark.stamp']);
  return stdout.toString('utf8').trim() === 'always';
}

function ask(place: HooksPlace, args: readonly string[]): Promise<GitResult> {
  return runGit(place.worktree, args, { env: withoutLocation(process.env) });
}

/** Whether any commit that a ref reaches has our trailers; the gate must then wake for every commit. */
async function historyHasTrailers(place: HooksPlace): Promise<boolean> {
  const search = ['rev-list', '--all', '--max-count=1', '--fixed-strings', '--grep=AI-Provenance: v'];
  const { stdout } = await ask(place, search);
  return stdout.length > 0;
}

/** Control characters of a path are shown, never sent to the terminal. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
