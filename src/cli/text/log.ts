import type { LogRow } from '../../app/log';
import { json, oneLine } from '../streams';
import { codeCell } from './code-span';
import { columns, type Style } from './style';

const COLUMNS = [
  'commit',
  'date',
  'author',
  'committer',
  'tier',
  'systems',
  'state',
  'ai',
  'mixed',
  'human',
  'unknown',
  'ai-deleted',
  'acknowledged',
  'override',
  'change-ref',
  'signature',
  'exact',
  'moved',
  'stale',
  'invalid',
  'policy',
  'subject',
] as const;
type Column = (typeof COLUMNS)[number];

/** One line a commit, for a person to read. */
export function logText(rows: readonly LogRow[], style: Style): string {
  if (rows.length === 0) return 'No commit touches a system of the policy.\n';
  const lines = columns(
    rows.map((row) => {
      return [
        row.commit.slice(0, 12),
        row.date.slice(0, 10),
        row.tier === null ? 'tier ?' : `tier ${row.tier}`,
        row.systems.map(({ name }) => oneLine(name)).join(','),
        row.state,
        countsText(row.counts),
        marksOf(row),
        oneLine(row.author.replace(/ <[^<>]*>$/, '')),
        oneLine(row.subject),
      ];
    }),
  );
  return lines.map((line) => `${style.strong(line.slice(0, 12))}${line.slice(12)}\n`).join('');
}

/** Of the whole commit; what there is none of is not said. */
function countsText({ ai, mixed, human, unknown, aiDeleted }: LogRow['counts']): string {
  const counts = { ai, mixed, human, unknown, deleted: aiDeleted };
  return Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []))
    .join(', ');
}

function marksOf({ acknowledged, override, changeRefs, signature, verdicts }: LogRow): string {
  return [
    ...(acknowledged === null ? [] : [acknowledged ? 'acknowledged' : 'not acknowledged']),
    ...(override === null ? [] : ['override']),
    ...changeRefs.map(oneLine),
    ...(signature === 'N' ? [] : [`signature ${signature}`]),
    ...(verdicts.stale + verdicts.invalid > 0
      ? [`${verdicts.stale} stale, ${verdicts.invalid} invalid`]
      : []),
  ].join(', ');
}

/** An object a line; the keys are for programs. */
export function logJsonLines(rows: readonly LogRow[]): string {
  return rows.map((row) => json(row)).join('');
}

/** RFC 4180, every cell in quotes, none of which a spreadsheet takes for a formula. */
export function logCsv(rows: readonly LogRow[]): string {
  return [COLUMNS.map(cell), ...rows.map((row) => cellsOf(row).map(cell))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
}

function cell(text: string): string {
  const shown = oneLine(text);
  const safe = /^\s*[=+\-@|%]/.test(shown) ? `'${shown}` : shown;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** A table; whatever comes from the repository stands in code spans. */
export function logMarkdown(rows: readonly LogRow[]): string {
  const lines = [
    COLUMNS,
    COLUMNS.map(() => '---'),
    ...rows.map((row) => cellsOf(row).map((text) => (text === '' ? '' : codeCell(text)))),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function cellsOf(row: LogRow): string[] {
  const { counts, verdicts } = row;
  const values: Readonly<Record<Column, string | number>> = {
    commit: row.commit,
    date: row.date,
    author: row.author,
    committer: row.committer,
    tier: row.tier ?? '',
    systems: row.systems.map(({ name, tier }) => `${tier} ${name}`).join('; '),
    state: row.state,
    ai: counts.ai,
    mixed: counts.mixed,
    human: counts.human,
    unknown: counts.unknown,
    'ai-deleted': counts.aiDeleted,
    acknowledged: row.acknowledged === null ? '' : row.acknowledged ? 'yes' : 'no',
    override: row.override ?? '',
    'change-ref': row.changeRefs.join('; '),
    signature: row.signature,
    exact: verdicts.exact,
    moved: verdicts.moved,
    stale: verdicts.stale,
    invalid: verdicts.invalid,
    policy: row.policy,
    subject: row.subject,
  };
  return COLUMNS.map((column) => String(values[column]));
}
