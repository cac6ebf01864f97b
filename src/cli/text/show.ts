import type { Shown, ShownRange } from '../../app/show';
import { oneLine } from '../streams';
import { agentText, linesText } from './origin';
import { columns, counted, type Style } from './style';

/** A commit's provenance for a person to read. */
export function showText(shown: Shown, style: Style): string {
  const lines = [
    style.strong(`commit ${shown.commit}`),
    `Author: ${oneLine(shown.author)}`,
    ...(shown.committer === shown.author ? [] : [`Commit: ${oneLine(shown.committer)}`]),
    `Date:   ${dateText(shown.time)}`,
    '',
    `    ${style.strong(oneLine(shown.subject))}`,
    '',
    ...summary(shown),
    ...files(shown.ranges, style),
    ...remarks(shown),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** Of seconds since 1970, UTC. */
function dateText(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

function summary({ tracked, provenance, countsAreRight }: Shown): string[] {
  if (tracked === 'no') return ['No provenance is recorded here: where these lines come from is unknown.'];
  if (tracked === 'parts')
    return [
      'Recorded by its parts only: the message holds ranges of other commits, and those that fit count.',
    ];
  if (!provenance) return ['The AI-Provenance line of this commit cannot be read.'];
  const { ai, mixed, human, unknown, aiDeleted, hunks, listed, redeclared } = provenance;
  const total = ai + mixed + human + unknown;
  const classes = `${ai} ai, ${mixed} mixed, ${human} human, ${unknown} unknown`;
  return [
    `${counted(total, 'line')} added: ${classes}; ${counted(aiDeleted, 'line')} deleted by AI.`,
    ...(countsAreRight ? [] : ['These numbers do not fit what the commit changes.']),
    ...(listed === hunks ? [] : [`${listed} of ${counted(hunks, 'range')} are listed.`]),
    ...(redeclared === null ? [] : [`${counted(redeclared, 'line')} declared human by a person.`]),
  ];
}

function files(ranges: readonly ShownRange[], style: Style): string[] {
  const paths = [...new Set(ranges.map(({ path }) => path))];
  const rows = columns(ranges.map(rowOf));
  return paths.flatMap((path) => [
    '',
    style.strong(path === '' ? '(no path that can be read)' : oneLine(path)),
    ...ranges.flatMap((range, at) => (range.path === path ? [`  ${rows[at] ?? ''}`] : [])),
  ]);
}

function rowOf(range: ShownRange): string[] {
  const place = range.count === 0 ? '' : linesText(range.start, range.count);
  const source = range.source === 'body' ? ', from the body of the message' : '';
  return [
    `${range.side}${place}`,
    range.count === 0 ? '' : range.class,
    range.via ?? '',
    agentText(range),
    `${verdictText(range)}${source}`,
  ];
}

function verdictText({ verdict, at, path, count }: ShownRange): string {
  switch (verdict) {
    case 'exact':
      return 'exact';
    case 'moved': {
      if (!at) return 'moved, nobody can tell where';
      const file = at.path === path ? '' : `${oneLine(at.path)} `;
      return `moved to ${file}${linesText(at.start, count)}`;
    }
    case 'stale':
      return 'stale: the lines were changed since';
    case 'invalid':
      return count === 0 ? 'invalid: it cannot be read' : 'invalid: the file has no such lines';
  }
}

function remarks({ tiers, policy, ack, override }: Shown): string[] {
  const found = [
    ...tiers.map(({ tier, system }) => `Tier ${tier}: ${oneLine(system)}`),
    ...(policy === null ? [] : [`Policy: ${policy}`]),
    ...(ack === null
      ? []
      : [
          `Acknowledged: ${ack.acknowledged} of ${ack.required} by ${oneLine(ack.by)}, ${ack.valid ? 'valid' : 'not valid'}`,
        ]),
    ...(override === null ? [] : [`Override: ${oneLine(override)}`]),
  ];
  return found.length === 0 ? [] : ['', ...found];
}
