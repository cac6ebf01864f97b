import type { Checked } from '../../app/check';
import { RULES, type Finding, type RuleId, type Severity } from '../../core/finding';
import { POLICY_FILE } from '../../core/policy';
import { oneLine } from '../streams';
import { urlPath } from './url';

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note' };
const RULE_IDS = Object.keys(RULES) as RuleId[];

/** SARIF 2.1.0, as code scanning reads it: each result has one place, the policy where it has none of its own. */
export function sarif({ findings }: Checked, version: string): unknown {
  const rules = RULE_IDS.map((id) => ({
    id,
    name: id.replace(/(?:^|[/-])([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: RULES[id] },
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'hunkmark', version, rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(resultOf),
      },
    ],
  };
}

function resultOf(finding: Finding): unknown {
  const { ruleId, severity, message, help, commit, path, start, end, side, tier, system, owners } = finding;
  // The lines of a deletion are those of the parent's file; nobody can show them in the commit's.
  const region = start !== null && side === '+' ? { startLine: start, endLine: end ?? start } : null;
  const artifactLocation = { uri: urlPath(path ?? POLICY_FILE) };
  return {
    ruleId,
    ruleIndex: RULE_IDS.indexOf(ruleId),
    level: LEVEL[severity],
    message: { text: withoutLinks(oneLine(`${message} ${help}`)) },
    locations: [{ physicalLocation: region ? { artifactLocation, region } : { artifactLocation } }],
    partialFingerprints: {
      'hunkmark/v1': [ruleId, commit ?? '', urlPath(path ?? ''), `${side}${start ?? 0}`].join(' '),
    },
    properties: { commit, tier, system, owners },
  };
}

/** SARIF makes links of `[text](target)` in a plain message, and what a commit or a policy says is in ours. */
function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}
