import { log } from '../../app/log';
import { Refused } from '../../app/refused';
import type { Host } from '../streams';
import { logCsv, logJsonLines, logMarkdown, logText } from '../text/log';
import { styleOf } from '../text/style';

export interface LogOptions {
  readonly tier?: string;
  readonly since?: string;
  readonly until?: string;
  readonly format?: string;
}

/** `log [RANGE]` */
export async function logCommand(
  host: Host,
  range: string | null,
  { tier, since, until, format }: LogOptions,
  asJson: boolean,
): Promise<number> {
  if (tier !== undefined && !/^[0-9]$/.test(tier)) throw new Refused('--tier takes a number from 0 to 9');
  const wanted = format ?? (asJson ? 'jsonl' : 'text');
  if (!['text', 'jsonl', 'csv', 'markdown'].includes(wanted))
    throw new Refused('--format takes text, jsonl, csv or markdown');
  if (asJson && wanted !== 'jsonl') throw new Refused(`--json and --format ${wanted} are two answers`);
  const rows = await log(host, {
    range,
    tier: tier === undefined ? null : Number(tier),
    since: since ?? null,
    until: until ?? null,
  });
  if (wanted === 'jsonl') host.stdout(logJsonLines(rows));
  else if (wanted === 'csv') host.stdout(logCsv(rows));
  else host.stdout(wanted === 'markdown' ? logMarkdown(rows) : logText(rows, styleOf(host.colour)));
  return 0;
}
