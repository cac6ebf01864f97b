import type { Checked } from '../../app/check';
import { SEVERITIES, type Finding, type Severity } from '../../core/finding';
import { subjectText } from './check';
import { codeCell, codeSpan } from './code-span';
import { linesText } from './origin';
import { counted } from './style';
import { urlPath } from './url';

/** The address of lines of a file at a commit; null where no forge is known. */
export type LineLink = (commit: string, path: string, start: number, end: number) => string | null;

/** A page for a reviewer: tier → system → file → hunk. Whatever comes from the repository stands in code spans. */
export function checkMarkdown(checked: Checked, link: LineLink): string {
  const { findings: all, summary } = checked;
  const { error, warning, information } = summary;
  const findings = all.slice(0, SHOWN);
  const more = all.length - findings.length;
  const placed = findings.filter(({ tier, system }) => tier !== null && system !== null);
  const others = findings.filter((finding) => !placed.includes(finding));
  const systems = groupBy(placed, ({ tier, system }) => `${tier} ${system}`).toSorted(
    ([a], [b]) => (a?.tier ?? 10) - (b?.tier ?? 10),
  );
  const lines = [
    '## AI provenance',
    '',
    `${subjectText(checked)}${rangeText(checked.range)}: ${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(information, 'note')}.`,
    ...overview(systems),
    ...systems.flatMap((group) => systemLines(group, link)),
    ...(others.length === 0
      ? []
      : ['', '### Other', '', ...others.map((each) => item(each, link)), ...toDo(others)]),
    ...(more > 0 ? ['', `${counted(more, 'finding')} more; \`hunkmark check\` says all of them.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** A forge shows comments of some 65,000 characters. */
const SHOWN = 200;

function rangeText({ base, head }: Checked['range']): string {
  const names = [base, head].filter((oid) => oid !== null).map((oid) => codeSpan(oid.slice(0, 12)));
  return names.length < 2 ? '' : ` in ${names.join('..')}`;
}

/** Where there are several systems: what is in each, so that a reviewer sees at once where to look. */
function overview(systems: readonly (readonly Finding[])[]): string[] {
  if (systems.length < 2) return [];
  const count = (group: readonly Finding[], severity: Severity): string => {
    const found = group.filter((each) => each.severity === severity).length;
    return found === 0 ? '' : String(found);
  };
  const rows = systems.map((group) => [
    String(group[0]?.tier ?? ''),
    codeCell(group[0]?.system ?? ''),
    ...SEVERITIES.map((severity) => count(group, severity)),
    String(new Set(group.map(({ path }) => path)).size),
  ]);
  return ['', ...[HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)];
}

const HEAD = ['tier', 'system', '❌', '⚠️', 'ℹ️', 'files'];

/** What a person does about errors and warnings, each thing once. */
function toDo(group: readonly Finding[]): string[] {
  const helps = group.flatMap(({ severity, help }) => (severity === 'information' ? [] : [help]));
  const distinct = [...new Set(helps)];
  return distinct.length === 0 ? [] : ['', ...distinct.map((help) => `> ${codeSpan(help)}  `)];
}

function systemLines(group: readonly Finding[], link: LineLink): string[] {
  const [first] = group;
  if (!first) return [];
  const owners = first.owners.length > 0 ? ` (${first.owners.map(codeSpan).join(', ')})` : '';
  const files = groupBy(group, ({ path }) => path ?? '');
  return [
    '',
    `### Tier ${first.tier}: ${codeSpan(first.system ?? '')}${owners}`,
    ...files.flatMap((file) => [
      '',
      `**${codeSpan(file[0]?.path ?? 'no file')}**`,
      '',
      ...file.map((each) => item(each, link)),
    ]),
    ...toDo(group),
  ];
}

const MARK = { error: '❌', warning: '⚠️', information: 'ℹ️' } as const;

function item(finding: Finding, link: LineLink): string {
  const { severity, ruleId, message, commit } = finding;
  const words = [
    `- ${MARK[severity]}`,
    place(finding, link),
    codeSpan(message),
    `(${ruleId}${commit === null ? '' : `, ${commit.slice(0, 12)}`})`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

function place({ commit, path, start, end, side }: Finding, link: LineLink): string {
  if (path === null || start === null || end === null) return '';
  const text = `${side === '-' ? 'deleted ' : ''}${linesText(start, end - start + 1)}`;
  const url = commit === null || side === '-' ? null : link(commit, path, start, end);
  return url === null ? text : `[${text}](${url})`;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of items) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return [...groups.values()];
}

/** The addresses of GitHub and GitLab, from the variables of their runners. */
export function forgeLinks(env: NodeJS.ProcessEnv): LineLink {
  const [server, repository] = [env['GITHUB_SERVER_URL'], env['GITHUB_REPOSITORY']];
  const github = server !== undefined && repository !== undefined ? `${server}/${repository}` : undefined;
  const root = [github, env['CI_PROJECT_URL']].find((url) =>
    /^https?:\/\/[A-Za-z0-9._:/-]+$/.test(url ?? ''),
  );
  if (root === undefined) return () => null;
  const isGitLab = root !== github;
  return (commit, path, start, end) =>
    `${root}${isGitLab ? '/-' : ''}/blob/${commit}/${urlPath(path)}#L${start}${isGitLab ? `-${end}` : `-L${end}`}`;
}
