import { fromByteString } from '../../core/path';
import { headPolicyProblem } from '../../app/head-policy';
import { withRepository } from '../../app/opened';
import { nextTrailers, status } from '../../app/status';
import { json, tellPolicyProblem, type Host } from '../streams';
import { statusText } from '../text/status';
import { styleOf } from '../text/style';

/** `status`: the status is 2 where the policy cannot be asked. */
export async function statusCommand(host: Host, asJson: boolean): Promise<number> {
  const found = await status(host);
  host.stdout(asJson ? json({ files: found.files }) : statusText(found, styleOf(host.colour)));
  if (!asJson && !found.installed)
    host.stderr('Hunkmark is not installed in this repository, so no agent is heard: hunkmark install\n');
  return tellPolicyProblem(host, found.policyProblem);
}

/** `status --trailers`: what the next commit would get, as it would stand there; the status is as for `status`. */
export async function trailersCommand(host: Host): Promise<number> {
  for (const line of await nextTrailers(host)) host.stdout(`${fromByteString(line)}\n`);
  return tellPolicyProblem(host, await withRepository(host, headPolicyProblem));
}
