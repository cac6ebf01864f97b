import { show, type Shown } from '../../app/show';
import { json, tellPolicyProblem, type Host } from '../streams';
import { showText } from '../text/show';
import { styleOf } from '../text/style';

/** `show [COMMIT]`: the status is 2 where the policy cannot be read. */
export async function showCommand(host: Host, commit: string, asJson: boolean): Promise<number> {
  const shown = await show(host, commit);
  host.stdout(asJson ? json(showJson(shown)) : showText(shown, styleOf(host.colour)));
  return tellPolicyProblem(host, shown.policyProblem);
}

/** The keys and their order are a contract with other programs. */
function showJson({ commit, tracked, provenance, ranges, tiers, policy, ack, override }: Shown): unknown {
  return { commit, tracked, provenance, ranges, tiers, policy, ack, override };
}
