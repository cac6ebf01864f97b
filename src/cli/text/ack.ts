import type { Acknowledged } from '../../app/ack';
import { oneLine } from '../streams';
import { linesText } from './origin';
import { counted } from './style';

/** What was acknowledged, file by file, and what is left. */
export function ackText({ now, left }: Acknowledged): string {
  if (now.length === 0 && left.length === 0) return 'Nothing that is staged asks for an acknowledgement.\n';
  const lines = [
    `${counted(now.length, 'AI range')} acknowledged for the next commit.`,
    ...byFile(now),
    ...(left.length === 0
      ? []
      : [`${counted(left.length, 'AI range')} left to be looked at.`, ...byFile(left)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function byFile(ranges: Acknowledged['now']): string[] {
  const paths = [...new Set(ranges.map(({ path }) => path))];
  return paths.map((path) => {
    const places = ranges
      .filter((range) => range.path === path)
      .map(({ side, start, count }) => `${side}${linesText(start, count)}`);
    return `  ${oneLine(path)} ${places.join(' ')}`;
  });
}
