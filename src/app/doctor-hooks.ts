import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { hooksThatRun } from '../git/configured-hooks';
import { type InspectedHook } from '../git/hook-file';
import { inspectHookFiles, recordedHooks, whyNotInstallable } from '../git/hook-files';
import { InstallRefused, locateHooks, type HooksPlace } from '../git/hooks-place';
import { mendHookFiles, takenOutByHand } from '../git/hook-mending';
import { registerMoved } from '../git/registry';
import { findRepository } from '../git/repository';
import { readSettings } from '../git/settings';
import { copiedPrograms, isInstalled, readNodePath, stateFiles } from '../git/state-files';
import type { Check, Patient } from './doctor';

const INSTALL = 'hunkmark install';

/**
 * Whether git runs our lines: where it looks for hooks, what stands there, and whether they are wanted. Lines that a hook
 * manager has lost are put back.
 */
export async function checkHooks({
  worktree,
  commonDir,
  programs,
  place: { env },
}: Patient): Promise<Check[]> {
  let place: HooksPlace;
  try {
    place = await locateHooks(worktree);
  } catch (error) {
    if (error instanceof InstallRefused) return [problem(error.happened, error.advice)];
    throw error;
  }
  const refusal = await whyNotInstallable(place);
  if (!isInstalled(commonDir))
    return [
      problem('Hunkmark is not installed in this repository.', refusal ? refusal.advice : INSTALL),
      ...(refusal ? [note(refusal.happened)] : []),
    ];
  const repository = findRepository(worktree);
  if (repository) registerMoved(repository, env);
  const mended = mendHookFiles(commonDir, worktree);
  const takenOut = takenOutByHand(commonDir, worktree);
  const { hooks } = inspectHookFiles(place);
  // By hand it is one line, and what that hook does not see is little.
  const isEnough = hooks.some(({ hook, state }) => hook === 'commit-msg' && state === 'by-hand');
  return [
    ...mended.map((file) => note(`${file} had been written anew; the lines of Hunkmark are back in it.`)),
    ...hooks
      .filter(({ state }) => !isEnough || state !== 'absent')
      .map((hook) => (takenOut.includes(hook.file) ? checkTakenOut(hook) : checkHook(place, hook, refusal))),
    ...(await checkConfigured(worktree, hooks)),
    ...checkProgram(
      commonDir,
      programs.hookProgram,
      hooks.some(({ hook }) => hook === 'pre-push'),
    ),
    ...(await checkSettings(worktree, env)),
  ];
}

/** A person's decision, and no problem. */
function checkTakenOut({ file }: InspectedHook): Check {
  return note(`Somebody has deleted the lines of Hunkmark from ${file}: they stay out.`, INSTALL);
}

function checkHook(
  place: HooksPlace,
  { hook, file, state }: InspectedHook,
  refusal: InstallRefused | null,
): Check {
  switch (state) {
    case 'current':
      return fine(`${hook} calls Hunkmark.`);
    case 'by-hand':
      return fine(`${file} calls Hunkmark by a line that somebody added.`);
    case 'outdated':
      return problem(`${file} has the lines of another version of Hunkmark.`, INSTALL);
    case 'damaged':
      return problem(
        `${file} has one of Hunkmark's two marker lines without the other.`,
        `delete the lines that are left of the block by hand, then: ${INSTALL}`,
      );
    case 'ignored':
      return problem(`Git does not run ${file}: it is not executable.`, `chmod +x ${file}`);
    case 'absent':
      return checkAbsent(place, hook, file, refusal);
  }
}

/** Git looks in one folder only: lines of ours in another one are never run. */
function checkAbsent(place: HooksPlace, hook: string, file: string, refusal: InstallRefused | null): Check {
  const elsewhere = recordedHooks(place.commonDir).find(
    (recorded) => path.basename(recorded) === hook && recorded !== file && fs.existsSync(recorded),
  );
  const what =
    elsewhere === undefined
      ? `${file} does not call Hunkmark; commits carry no provenance.`
      : `Git runs ${hook} from ${place.folder} (core.hooksPath), where Hunkmark is not; its lines are in ${elsewhere}.`;
  return problem(what, refusal ? refusal.advice : INSTALL);
}

/** Hooks of git's own configuration, which install puts none into: they run before ours, and may keep git from going on. */
async function checkConfigured(worktree: string, hooks: readonly InspectedHook[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { hook, file, state } of hooks) {
    const runs = await hooksThatRun(worktree, hook);
    if (runs.kind === 'refused')
      checks.push(problem(`Git stops where ${hook} is to run: ${runs.reason}`, 'mend git’s configuration'));
    if (runs.kind !== 'hooks') continue;
    const { configured, folder } = runs;
    if (configured.length > 0)
      checks.push(fine(`Git runs these of its configuration before ${hook}: ${configured.join(', ')}.`));
    if (!folder && state === 'current')
      checks.push(problem(`Git does not run ${file}: its configuration keeps it from that.`, NO_SWITCH));
  }
  return checks;
}

const NO_SWITCH = 'git config --show-origin --get-regexp "^hook\\."';

function checkProgram(commonDir: string, hookProgram: string, pushes: boolean): Check[] {
  const differs = copiedPrograms(commonDir, hookProgram, pushes).find(
    ([from, to]) => !fs.existsSync(to) || !fs.readFileSync(from).equals(fs.readFileSync(to)),
  );
  if (!differs) return [];
  return [problem(`${differs[1]} is not of this version of Hunkmark.`, INSTALL)];
}

async function checkSettings(worktree: string, env: NodeJS.ProcessEnv): Promise<Check[]> {
  const { stamp } = await readSettings(worktree);
  return [
    ...(stamp === 'off'
      ? [note('hunkmark.stamp is off: commits get no trailers.', 'git config hunkmark.stamp ai')]
      : []),
    ...(env['HUNKMARK'] === 'off'
      ? [note('HUNKMARK=off is set: commits from this shell get no trailers.', 'unset HUNKMARK')]
      : []),
  ];
}

// ---- Node

/** Oldest that our programs run with. */
const OLDEST = 20;
const START_MS = 10_000;

/** Whether the Node that was written down is there and runs, or the one on the path. */
export function checkNode({ commonDir, place: { env } }: Patient): Promise<Check[]> {
  if (!isInstalled(commonDir)) return Promise.resolve([]);
  const recorded = readNodePath(commonDir);
  const isThere = recorded !== null && isProgram(recorded);
  if (isThere) return Promise.resolve([checkStart(recorded, env)]);
  const what =
    recorded === null
      ? `${stateFiles(commonDir).node} does not say which Node to run.`
      : `The Node that hooks run is gone: ${recorded}.`;
  const other = checkStart('node', env);
  const instead = other.state === 'fine' ? ' They run the one on the path instead.' : '';
  return Promise.resolve([at('node', 'problem', `${what}${instead}`, `${INSTALL}, or open the editor`)]);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** As a hook starts it: an editor's own executable is a Node then. */
function checkStart(node: string, env: NodeJS.ProcessEnv): Check {
  const asked = 'console.log(JSON.stringify([process.versions.node, process.versions.electron ?? null]))';
  const { status, stdout } = spawnSync(node, ['-e', asked], {
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
    timeout: START_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const version = status === 0 ? /^\["(\d+)\.[^"]*",(.*)\]\n$/.exec(stdout) : null;
  if (!version)
    return at('node', 'problem', `${node} does not run as Node.`, `${INSTALL}, or open the editor`);
  if (Number(version[1]) < OLDEST)
    return at('node', 'problem', `${node} is older than Node ${OLDEST}.`, `${INSTALL}, with a newer one`);
  const whose = version[2] === 'null' ? '' : ", the editor's own";
  return at('node', 'fine', `Hooks run ${node} (Node ${version[1]}${whose}).`, null);
}

function at(area: Check['area'], state: Check['state'], what: string, help: string | null): Check {
  return { area, state, what, help };
}

function fine(what: string): Check {
  return at('hooks', 'fine', what, null);
}

function note(what: string, help: string | null = null): Check {
  return at('hooks', 'note', what, help);
}

function problem(what: string, help: string): Check {
  return at('hooks', 'problem', what, help);
}
