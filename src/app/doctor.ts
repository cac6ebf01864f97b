import { findRepository } from '../git/repository';
import { agentStates, type AgentState } from './agent-states';
import { checkAgents } from './doctor-agents';
import { checkHooks, checkNode } from './doctor-hooks';
import { checkJournal } from './doctor-journal';
import { checkLines, checkPolicy } from './doctor-lines';
import type { Programs } from './installation';
import type { Place } from './opened';
import { Refused } from './refused';

export type Area = 'hooks' | 'node' | 'agents' | 'journal' | 'policy' | 'lines';

/** One thing that was looked at. */
export interface Check {
  readonly area: Area;
  /** `note`: worth knowing, and nothing is broken. */
  readonly state: 'fine' | 'note' | 'problem';
  /** A sentence. It may hold paths of the repository: print it with care. */
  readonly what: string;
  /** What to do about it, in one line; null where there is nothing to do. */
  readonly help: string | null;
}

/** What every check is told of the working tree it looks at. */
export interface Patient {
  readonly place: Place;
  readonly worktree: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly worktreeName: string;
  /** The programs that `install` would install. */
  readonly programs: Programs;
}

export interface Diagnosis {
  readonly worktree: string;
  readonly agents: readonly AgentState[];
  readonly checks: readonly Check[];
}

/** Looks whether Hunkmark works in a working tree, and why not. It changes nothing but hooks that lost our lines. */
export async function doctor(place: Place, programs: Programs): Promise<Diagnosis> {
  const repository = findRepository(place.cwd, place.env);
  if (repository === null) throw new Refused(`${place.cwd} is not in a git repository`);
  const { worktree, gitDir, commonDir, worktreeName } = repository;
  if (worktree === null) throw new Refused('there is no working tree here');
  const patient: Patient = { place, worktree, gitDir, commonDir, worktreeName, programs };
  const checks: Check[] = [];
  for (const [area, look] of AREAS) checks.push(...(await looked(area, () => look(patient))));
  return { worktree, agents: agentStates(patient), checks };
}

const AREAS: readonly (readonly [Area, (patient: Patient) => Promise<Check[]>])[] = [
  ['hooks', checkHooks],
  ['node', checkNode],
  ['agents', checkAgents],
  ['journal', checkJournal],
  ['policy', checkPolicy],
  ['lines', checkLines],
];

/** A check that fails says so, and the others go on. */
async function looked(area: Area, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ area, state: 'problem', what: `This could not be looked at: ${why}`, help: null }];
  }
}
