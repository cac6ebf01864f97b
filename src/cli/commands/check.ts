import { check, type Checked } from '../../app/check';
import { Refused } from '../../app/refused';
import type { Finding } from '../../core/finding';
import { json, type Host } from '../streams';
import { annotations } from '../text/annotations';
import { checkText } from '../text/check';
import { checkMarkdown, forgeLinks } from '../text/check-markdown';
import { sarif } from '../text/sarif';
import { styleOf } from '../text/style';

export interface CheckOptions {
  readonly base?: string;
  readonly asOf?: string;
  readonly format?: string;
}

const FORMATS = ['text', 'json', 'sarif', 'github', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

/** `check [RANGE]`: 0 fine, 1 a finding is an error, 2 the policy cannot be read. */
export async function checkCommand(
  host: Host,
  version: string,
  range: string | null,
  { base, asOf, format }: CheckOptions,
  asJson: boolean,
): Promise<number> {
  const wanted = formatOf(format, asJson);
  const words = { range, base: base ?? null, asOf: asOf ?? null, now: Date.now() };
  const checked = await check(host, words);
  host.stdout(formatted(host, version, checked, wanted));
  return statusOf(checked);
}

/** The format that the options name; `--json` is one of them. */
function formatOf(format: string | undefined, asJson: boolean): Format {
  if (format === undefined) return asJson ? 'json' : 'text';
  const known = FORMATS.find((each) => each === format);
  if (!known) throw new Refused(`--format takes ${FORMATS.join(', ')}`);
  if (asJson && known !== 'json') throw new Refused(`--json and --format ${known} are two answers`);
  return known;
}

export function statusOf({ findings, summary }: Pick<Checked, 'findings' | 'summary'>): number {
  if (findings.some(({ ruleId }) => ruleId === 'policy/invalid')) return 2;
  return summary.error > 0 ? 1 : 0;
}

function formatted(host: Host, version: string, checked: Checked, format: Format): string {
  switch (format) {
    case 'text':
      return checkText(checked, styleOf(host.colour));
    case 'json':
      return json(checkJson(checked, version));
    case 'sarif':
      return json(sarif(checked, version));
    case 'github':
      return annotations(checked);
    case 'markdown':
      return checkMarkdown(checked, forgeLinks(host.env));
  }
}

/** The keys and their order are a contract with other programs. */
function checkJson({ range, policy, asOf, commits, findings, summary }: Checked, version: string): unknown {
  const tool = { name: 'hunkmark', version };
  return { tool, range, policy, asOf, commits, findings: findings.map(findingJson), summary };
}

function findingJson(finding: Finding): unknown {
  const { ruleId, severity, tier, system, owners, commit, path, start, end, message, help, side } = finding;
  return { ruleId, severity, tier, system, owners, commit, path, start, end, message, help, side };
}
