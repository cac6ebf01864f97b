import { agentShell } from '../git/agent-shell';
import type { Place } from './opened';
import { Refused } from './refused';

/** Refuses in a shell that an agent started. `what` is a person's own, such as `mark says where …`. */
export function requirePerson({ env }: Place, what: string): void {
  const agent = agentShell(env);
  if (agent !== null) throw new Refused(`${what}, and ${agent} started this shell; a person has to run it`);
}
