import type { Status, StatusRange } from '../../app/status';
import { oneLine } from '../streams';
import { agentText, linesText } from './origin';
import { columns, type Style } from './style';

/** The AI hunks that are not committed, for a person to read. */
export function statusText({ files }: Status, style: Style): string {
  if (files.length === 0) return 'No AI hunks are waiting to be committed.\n';
  const blocks = files.map(({ path, staged, unstaged }) => {
    const rows = [
      ...staged.map((range) => rowOf('staged', range)),
      ...unstaged.map((range) => rowOf('unstaged', range)),
    ];
    return [style.strong(oneLine(path)), ...columns(rows).map((row) => `  ${row}`), ''];
  });
  return blocks
    .flat()
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join('');
}

function rowOf(where: string, range: StatusRange): string[] {
  const place = `${range.side}${linesText(range.start, range.count)}`;
  return [where, place, range.class, range.via ?? '', agentText(range), range.evidence];
}
