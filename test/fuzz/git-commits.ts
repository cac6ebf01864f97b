import { createHash } from 'node:crypto';
import type { ScratchRepo } from '../support/scratch-repo';
import { parentsOf, shown } from './git-committed';

interface Span {
  readonly start: number;
  readonly count: number;
}

export interface ChangedFile {
  oldPath: string | null;
  path: string | null;
  readonly added: Span[];
  readonly deleted: Span[];
}

interface Range {
  readonly path: string;
  readonly side: string;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
  readonly kind: string;
}

/** What the trailers of a commit say, by `PATH:LINE`: the class of added lines, and which deleted ones are an agent's. */
export interface Verdicts {
  readonly files: readonly ChangedFile[];
  readonly added: ReadonlyMap<string, string>;
  readonly deleted: ReadonlySet<string>;
  /** Whether a line that no range covers is a person's, rather than unknown. */
  readonly complete: boolean;
  /** A range of the trailer block does not verify. */
  readonly stale: boolean;
}

/** Reads a commit's message and holds its ranges against what the commit changes; lines are 1-based. */
export function verdictsOf(repo: ScratchRepo, oid: string): Verdicts {
  const parents = parentsOf(repo, oid);
  const message = repo.git('log', '-1', '--format=%B', oid);
  const { ranges, complete } = readMessage(message);
  const files = changesOf(repo, oid, parents);
  const added = new Map<string, string>();
  const deleted = new Set<string>();
  const resolved = new Set<Range>();
  for (const file of files) {
    const sides = [
      { side: '+', path: file.path, spans: file.added, tree: oid },
      { side: '-', path: file.oldPath, spans: file.deleted, tree: parents[0] ?? '' },
    ];
    for (const { side, path, spans, tree } of sides) {
      if (path === null || spans.length === 0) continue;
      const lines = linesOf(shown(repo, tree, path));
      for (const range of ranges) {
        if (range.path !== path || range.side !== side) continue;
        const at = placeOf(range, spans, lines);
        if (at === null) continue;
        resolved.add(range);
        for (let line = at; line < at + range.count; line++) {
          if (side === '+') added.set(`${path}:${line}`, range.kind);
          else deleted.add(`${path}:${line}`);
        }
      }
    }
  }
  const left = ranges.filter((range) => !resolved.has(range));
  const stale = left.some(({ fromBlock }) => fromBlock);
  return { files, added, deleted, complete: complete && left.length === 0, stale };
}

/** Where a range stands: at its place, or at the only other one, by the digest of its lines. */
function placeOf(range: Range, spans: readonly Span[], lines: readonly string[]): number | null {
  const inside = new Set(numbersOf(spans));
  const fits = (start: number): boolean => {
    for (let line = start; line < start + range.count; line++) if (!inside.has(line)) return false;
    const text = lines.slice(start - 1, start - 1 + range.count).join('');
    return createHash('sha256').update(text).digest('hex').slice(0, 8) === range.digest;
  };
  if (fits(range.start)) return range.start;
  const places = [...inside].filter(fits);
  return places.length === 1 ? (places[0] ?? null) : null;
}

/** The `AI-Hunk` lines of a message, wherever they stand, and whether the rest can be called human. */
function readMessage(message: string): { ranges: (Range & { fromBlock: boolean })[]; complete: boolean } {
  const lines: string[] = [];
  for (const line of message.split('\n')) {
    const last = lines.at(-1);
    if (last !== undefined && /^\s+[+-]\d+,/.test(line)) lines[lines.length - 1] = `${last} ${line.trim()}`;
    else lines.push(line);
  }
  const ranges = lines.flatMap((line) => {
    const [key, path = '', ...words] = line.trim().split(' ');
    if (key !== 'AI-Hunk:') return [];
    const places = words.filter((word) => /^[+-]\d+,\d+:[0-9a-f]{8}$/.test(word));
    const kind = words[places.length] ?? '';
    return places.map((place) => {
      const [, side = '', start = '', count = '', digest = ''] = /^([+-])(\d+),(\d+):(.*)$/.exec(place) ?? [];
      return {
        path,
        side,
        start: Number(start),
        count: Number(count),
        digest,
        kind,
        fromBlock: !line.startsWith(' '),
      };
    });
  });
  const provenance = lines.findLast((line) => line.startsWith('AI-Provenance: v1 ')) ?? '';
  const number = (name: string): number =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(provenance)?.[1] ?? -1);
  const complete = number('unknown') === 0 && number('hunks') === number('listed') && ranges.length > 0;
  return { ranges, complete };
}

const PINNED = [
  '-r', '-p', '-U0', '--diff-algorithm=histogram', '--indent-heuristic', '-M50%', '-l1000', '--no-ext-diff',
  '--no-textconv', '--ignore-submodules=none', '--text', '--no-color',
]; // prettier-ignore

function changesOf(repo: ScratchRepo, oid: string, parents: readonly string[]): ChangedFile[] {
  const [first, ...others] = parents;
  const files = diffOf(repo, oid, first ?? null);
  if (others.length === 0) return files;
  const other = others.map((parent) => diffOf(repo, oid, parent));
  return files.map((file) => {
    const added = numbersOf(file.added).filter((line) =>
      other.every((diff) => {
        const there = diff.find(({ path }) => path === file.path);
        return there !== undefined && numbersOf(there.added).includes(line);
      }),
    );
    return { ...file, added: added.map((start) => ({ start, count: 1 })), deleted: [] };
  });
}

function diffOf(repo: ScratchRepo, oid: string, parent: string | null): ChangedFile[] {
  const trees = parent === null ? ['--root', '--no-commit-id', oid] : [parent, oid];
  const files: ChangedFile[] = [];
  for (const line of repo.git('diff-tree', ...PINNED, ...trees).split('\n')) {
    const file = files.at(-1);
    if (line.startsWith('diff --git ')) {
      const [, a = '', b = ''] = /^diff --git a\/(\S+) b\/(\S+)$/.exec(line) ?? [];
      files.push({ oldPath: a, path: b, added: [], deleted: [] });
    } else if (file && line.startsWith('new file mode')) file.oldPath = null;
    else if (file && line.startsWith('deleted file mode')) file.path = null;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!file || !hunk) continue;
    const [deleted, added] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    if (deleted > 0) file.deleted.push({ start: Number(hunk[1]), count: deleted });
    if (added > 0) file.added.push({ start: Number(hunk[3]), count: added });
  }
  return files;
}

export function blamed(
  repo: ScratchRepo,
  path: string,
): { line: number; commit: string; original: number; from: string }[] {
  const lines: { line: number; commit: string; original: number; from: string }[] = [];
  const names = new Map<string, string>();
  for (const text of repo.git('blame', '--porcelain', 'HEAD', '--', path).split('\n')) {
    const header = /^([0-9a-f]{40}) (\d+) (\d+)/.exec(text);
    if (header)
      lines.push({ commit: header[1] ?? '', original: Number(header[2]), line: Number(header[3]), from: '' });
    else if (text.startsWith('filename ')) names.set(lines.at(-1)?.commit ?? '', text.slice(9));
  }
  return lines.map((line) => ({ ...line, from: names.get(line.commit) ?? '' }));
}
export function numbersOf(spans: readonly Span[]): number[] {
  return spans.flatMap(({ start, count }) => Array.from({ length: count }, (_, at) => start + at));
}

export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
