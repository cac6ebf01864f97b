import { oneLine } from '../streams';

/** `12-20`, or `12` for a single line. */
export function linesText(start: number, count: number): string {
  return count === 1 ? `${start}` : `${start}-${start + count - 1}`;
}

/** `AGENT:MODEL` as far as it is known. */
export function agentText({
  agent,
  model,
}: {
  readonly agent: string | null;
  readonly model: string | null;
}): string {
  return oneLine([agent, model].filter((name) => name !== null).join(':'));
}
