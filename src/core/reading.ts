import { splitLines } from './lines';
import { isBlank, parseTrailerBlock, unfold } from './message';
import { fromByteString } from './path';
import type { ProvenanceRange } from './range';
import type { InvalidTrailer, ParsedBlock, Trailer } from './trailer';
import { parseBlock } from './trailer-reading';

/** `block`: from the trailer block. `body`: buried in the message, counts only if it resolves. */
export interface ReadRange extends ProvenanceRange {
  readonly source: 'block' | 'body';
}

/** All that a commit message says about provenance. */
export interface Reading {
  /** `parts`: only buried trailers, as a squash leaves them. `no`: none of ours. */
  readonly tracked: 'yes' | 'parts' | 'no';
  /** Our trailers in the trailer block; null if it has none. */
  readonly block: ParsedBlock | null;
  /** Those of the block, then those buried in the body, each in the order of writing. */
  readonly ranges: readonly ReadRange[];
  /** What does not parse in the block. Buried trailers that do not parse do not count, and are not named. */
  readonly invalid: readonly InvalidTrailer[];
  /** The reason of the first `AI-Override` in the trailer block, where a person's `--trailer` puts it. */
  readonly override: string | null;
  /** The reason of the first `AI-Override` elsewhere in the body, where a squash leaves it. */
  readonly buriedOverride: string | null;
}

/**
 * Reads the provenance of a commit message (a byte string): the trailer block as git takes it, then our keys buried
 * in the body. Never throws, and takes time linear in the message: what is hostile ends up in `invalid` or nowhere.
 */
export function readProvenance(message: string): Reading {
  const lines = splitLines(message);
  const { inBlock, outside } = divide(message, lines);
  const block = inBlock.some(isOurs) ? parseBlock(inBlock) : null;
  const buried = buriedTrailers(lines, outside);
  const parts = setsOf(buried).map(parseBlock);
  return {
    tracked: block !== null ? 'yes' : parts.some(holdsSomething) ? 'parts' : 'no',
    block,
    ranges: [...sourced(block === null ? [] : [block], 'block'), ...sourced(parts, 'body')],
    invalid: block?.invalid ?? [],
    override: overrideIn(inBlock),
    buriedOverride: overrideIn(buried),
  };
}

const OUR_KEYS: ReadonlySet<string> = new Set(['AI-Provenance', 'AI-Hunk', 'AI-Tier', 'AI-Policy', 'AI-Ack']);

function isOurs(trailer: Trailer): boolean {
  return OUR_KEYS.has(trailer.key);
}

function divide(
  message: string,
  lines: readonly string[],
): { inBlock: readonly Trailer[]; outside: number[] } {
  const block = parseTrailerBlock(message);
  const subject = lines.findIndex((line) => !isBlank(line));
  const outside = [...lines.keys()].filter(
    (at) => at > subject && !(block && at >= block.start && at < block.end),
  );
  return { inBlock: block?.trailers ?? [], outside };
}

function holdsSomething(part: ParsedBlock): boolean {
  return part.provenance !== null || part.ranges.length > 0;
}

function sourced(blocks: readonly ParsedBlock[], source: ReadRange['source']): ReadRange[] {
  return blocks.flatMap((block) => block.ranges.map((range) => ({ ...range, source })));
}

/** A person types it, and to git the case of a key makes no difference. */
function overrideIn(trailers: readonly Trailer[]): string | null {
  const found = trailers.find(({ key, value }) => key.toLowerCase() === 'ai-override' && value !== '');
  return found === undefined ? null : fromByteString(found.value);
}

/** A set begins with each `AI-Provenance`: its `Assisted-by` lines name the models of its own ranges only. */
function setsOf(trailers: readonly Trailer[]): Trailer[][] {
  const sets: Trailer[][] = [[]];
  for (const trailer of trailers) {
    if (trailer.key === 'AI-Provenance') sets.push([]);
    sets.at(-1)?.push(trailer);
  }
  return sets;
}

// ---- buried trailers

const BURIED_KEY = /^(AI-Provenance|AI-Hunk|AI-Tier|AI-Policy|AI-Ack|AI-Override|Assisted-by)[ \t]*:/;

/** Our keys on the lines `numbers`, leading blanks and bullets undone; a line indented deeper continues one of ours. */
function buriedTrailers(lines: readonly string[], numbers: readonly number[]): Trailer[] {
  const found: OpenTrailer[] = [];
  let open: OpenTrailer | null = null;
  for (const line of numbers) {
    const { indent, content } = undone(lines[line] ?? '');
    const match = BURIED_KEY.exec(content);
    if (match !== null) {
      open = { key: match[1] ?? '', indent, parts: [content.slice(match[0].length)], line, end: line + 1 };
      found.push(open);
    } else if (open !== null && !isBlank(content) && indent > open.indent) {
      open.parts.push(content);
      open.end = line + 1;
    } else open = null;
  }
  return found.map(({ key, parts, line, end }) => ({ key, value: unfold(parts), line, end }));
}

interface OpenTrailer {
  readonly key: string;
  /** The column, 0-based, at which the key stands. */
  readonly indent: number;
  readonly parts: string[];
  readonly line: number;
  end: number;
}

/** A line without its leading blanks and list bullets (`•` is three bytes of UTF-8), and the column it starts at. */
function undone(line: string): { indent: number; content: string } {
  const lead = /^(?:[ \t]|[*+-] |\xe2\x80\xa2 )*/.exec(line)?.[0] ?? '';
  return { indent: lead.replaceAll('\xe2\x80\xa2', '•').length, content: line.slice(lead.length) };
}
