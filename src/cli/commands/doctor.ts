import { doctor, type Check } from '../../app/doctor';
import type { Programs } from '../../app/installation';
import { json, type Host } from '../streams';
import { doctorText } from '../text/doctor';
import { styleOf } from '../text/style';

const FINDINGS = 1;

/** As every command that a person runs where the policy does not parse. */
const NO_POLICY = 2;

/** `doctor`: the status is 1 where something is to be mended, 2 where that is the policy. */
export async function doctorCommand(
  host: Host,
  version: string,
  programs: Programs,
  asJson: boolean,
): Promise<number> {
  const { worktree, agents, checks } = await doctor(host, programs);
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const summary = { problem: count('problem'), note: count('note'), fine: count('fine') };
  host.stdout(
    asJson
      ? json({ tool: { name: 'hunkmark', version }, worktree, agents, checks, summary })
      : doctorText(checks, styleOf(host.colour)),
  );
  const problems = checks.filter(({ state }) => state === 'problem');
  if (problems.some(({ area }) => area === 'policy')) return NO_POLICY;
  return problems.length > 0 ? FINDINGS : 0;
}
