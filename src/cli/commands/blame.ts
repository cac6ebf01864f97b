import { blame, type Blamed } from '../../app/blame';
import { json, tellPolicyProblem, type Host } from '../streams';
import { blameText } from '../text/blame';
import { styleOf } from '../text/style';

/** `blame PATH [REV]`: the status is 2 where the policy cannot be read. */
export async function blameCommand(
  host: Host,
  path: string,
  revision: string | null,
  asJson: boolean,
): Promise<number> {
  const blamed = await blame(host, path, revision);
  host.stdout(asJson ? json(blameJson(blamed)) : blameText(blamed, styleOf(host.colour)));
  return tellPolicyProblem(host, blamed.policyProblem);
}

/** The keys and their order are a contract with other programs; the text of a line is not in it. */
function blameJson({ path, revision, lines }: Blamed): unknown {
  return {
    path,
    revision,
    lines: lines.map(({ line, class: lineClass, via, agent, model, commit, verdict }) => ({
      line,
      class: lineClass,
      via,
      agent,
      model,
      commit,
      verdict,
    })),
  };
}
