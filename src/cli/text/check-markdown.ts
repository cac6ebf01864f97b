import type { Checked } from '../../app/check';
import type { Finding } from '../../core/finding';
import { subjectText } from './check';
import { codeSpan } from './code-span';
import { linesText } from './origin';
import { counted } from './style';
import { urlPath } from './url';

/** The address of lines of a file at a commit; null where no forge is known. */
export type LineLink = (commit: string, path: string, start: number, end: number) => string | null;

/** A page for a reviewer: tier → system → file → hunk. Whatever comes from the repository stands in code spans. */
export function checkMarkdown(checked: Checked, link: LineLink): string {
  const { findings, summary } = checked;
  const { error, warning, information } = summary;
  const placed = findings.filter(({ tier, system }) => tier !== null && system !== null);
  const others = findings.filter((finding) => !placed.includes(finding));
  const systems = groupBy(placed, ({ tier, system }) => `${tier} ${system}`).toSorted(
    ([a], [b]) => (a?.tier ?? 10) - (b?.tier ?? 10),
  );
  const lines = [
    '## AI provenance',
    '',
    `${subjectText(checked)}: ${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(information, 'note')}.`,
    ...systems.flatMap((group) => systemLines(group, link)),
    ...(others.length === 0 ? [] : ['', '### Other', '', ...others.map((each) => item(each, link))]),
  ];
  return `${lines.join('\n')}\n`;
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
