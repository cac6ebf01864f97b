import { uncommittedLines, type OpenFile } from '../app/open-file';
import type { KnownText } from '../core/known';
import type { LineOrigin } from '../core/origin';
import type { DeletedLines, DocumentState, LineRun, Seen } from './tracking';

/** What is to be shown of a text: its uncommitted lines by models and of unknown origin, and what models deleted. */
export function documentState(known: KnownText, file: OpenFile | null): DocumentState {
  const runs: LineRun[] = [];
  for (const { start, count } of uncommittedLines(file?.head ?? null, known.lines))
    for (let line = start - 1; line < start - 1 + count; line++) {
      const origin = known.origins[line];
      const shown = origin && shownClass(origin);
      if (!shown || (shown === 'unknown' && known.lines[line]?.trim() === '')) continue;
      const last = runs.at(-1);
      const seen = seenOf(origin);
      if (last && last.start + last.count === line && last.class === shown && isSame(last, seen))
        runs[runs.length - 1] = { ...last, count: last.count + 1 };
      else runs.push({ start: line, count: 1, class: shown, ...seen });
    }
  return { kind: 'tracked', runs, deletions: deletionsOf(known, file) };
}

function shownClass(origin: LineOrigin): LineRun['class'] | null {
  switch (origin.class) {
    case 'ai':
    case 'mixed':
      return origin.class;
    case 'base':
    case 'unknown':
      return 'unknown';
    case 'human':
      return null;
  }
}

function seenOf(origin: LineOrigin): Seen {
  if (origin.class === 'base' || origin.class === 'unknown')
    return { via: null, agent: null, model: null, evidence: null, at: null };
  const { via, agent, model, evidence, at = null } = origin;
  return { via, agent, model, evidence, at };
}

function isSame(a: Seen, b: Seen): boolean {
  return a.via === b.via && a.agent === b.agent && a.model === b.model && a.evidence === b.evidence;
}

/** Only lines that the last commit has can be missing now. */
function deletionsOf({ tombstones }: KnownText, file: OpenFile | null): DeletedLines[] {
  const committed = new Set(file?.head ?? []);
  const runs: { before: number; lines: string[]; seen: Seen }[] = [];
  for (const { before, text, author } of tombstones) {
    if (!committed.has(text)) continue;
    const last = runs.at(-1);
    const seen = seenOf(author);
    if (last && last.before === before && isSame(last.seen, seen)) last.lines.push(text);
    else runs.push({ before, lines: [text], seen });
  }
  return runs.map(({ before, lines, seen }) => ({ before, lines, ...seen }));
}
