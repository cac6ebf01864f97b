import { check, type Checked } from '../../app/check';
import { checkStaged } from '../../app/check-staged';
import { checkPush, parsePushed, type CheckedRef, type PushSide } from '../../app/check-push';
import { Refused } from '../../app/refused';
import { squashLoss } from '../../app/squash-survival';
import type { Finding } from '../../core/finding';
import { REFUSED_STATUS } from '../../core/policy';
import { json, oneLine, readInput, type Host } from '../streams';
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
  const loss = checked.tracked ? squashLoss(host.env) : null;
  if (loss !== null) host.stderr(`hunkmark: ${oneLine(loss)}\n`);
  return statusOf(checked);
}

/** `check --staged`: the same of what the next commit would be. */
export async function checkStagedCommand(
  host: Host,
  version: string,
  { asOf, format }: CheckOptions,
  asJson: boolean,
): Promise<number> {
  const wanted = formatOf(format, asJson);
  const checked = await checkStaged(host, { asOf: asOf ?? null, now: Date.now() });
  host.stdout(formatted(host, version, checked, wanted));
  return statusOf(checked);
}

/** What git may say to a hook in one push. */
const PUSH_BYTES = 16 * 1024 * 1024;

/** `check --pre-receive`, and what the pre-push hook calls: an answer for each ref that changes. */
export async function checkPushCommand(
  host: Host,
  version: string,
  side: PushSide,
  { asOf, format }: CheckOptions,
  asJson: boolean,
): Promise<number> {
  const wanted = formatOf(format, asJson);
  const input = await readInput(host, PUSH_BYTES);
  if (input === null) throw new Refused('standard input is over 16 MiB');
  const refs = parsePushed(input, side);
  const checked = await checkPush(host, refs, side, { asOf: asOf ?? null, now: Date.now() });
  for (const each of checked) tellRef(host, version, each, wanted);
  const status = Math.max(0, ...checked.map((each) => (each.checked === null ? 0 : statusOf(each.checked))));
  // A Node that cannot even read the program ends with 1, too.
  return side.kind === 'send' && status === 1 ? REFUSED_STATUS : status;
}

function tellRef(host: Host, version: string, { ref, checked }: CheckedRef, format: Format): void {
  if (checked === null) {
    host.stderr(
      `hunkmark: ${oneLine(ref)} was not checked: nothing says what its target is (git remote set-head origin --auto)\n`,
    );
    return;
  }
  if (format === 'text') host.stdout(`${oneLine(ref)}:\n`);
  host.stdout(formatted(host, version, checked, format));
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
