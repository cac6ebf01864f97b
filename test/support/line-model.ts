/**
 * A second account of who wrote what, to judge provenance by. Every line has a number of its own, a ledger says who
 * wrote the line with that number, and whoever moves, keeps or wraps a line takes its number along. Takes nothing
 * from the code it judges.
 */
export interface ModelLine {
  readonly id: number;
  /** Without line end. */
  readonly text: string;
}

export interface ModelFile {
  readonly lines: readonly ModelLine[];
  readonly eol: '\n' | '\r\n';
  /** The last line has no line end. */
  readonly open: boolean;
}

/** `both`: at least one whole word from a model and at least one from a person. */
export type Writer = 'agent' | 'person' | 'both';

/** Whose the lines are, and who deleted them last. */
export class Ledger {
  private readonly writers: Writer[] = [];
  private readonly roots: (readonly number[])[] = [];
  private readonly deleters = new Map<number, { readonly last: Writer; readonly everAgent: boolean }>();

  /** Lines without weight that an agent's step shifted about: nothing tells them from ones that it typed anew. */
  readonly shifted = new Set<number>();
  /** Lines without weight that somebody took to another file, while one like it of a model's stayed behind. */
  readonly exchangeable = new Set<number>();
  /** `PATH KEY` of lines without weight that a model wrote and somebody took out: the next one like it may stand in for it. */
  readonly takenOut = new Set<string>();
  /** `PATH KEY` of lines that agents took out, or put somewhere else. */
  readonly takenOutByAgents = new Set<string>();

  /** What was taken out of a file was taken out of it under whatever name. */
  renamed(path: string, to: string): void {
    for (const keys of [this.takenOut, this.takenOutByAgents])
      for (const key of keys) if (key.startsWith(`${path} `)) keys.add(to + key.slice(path.length));
  }

  line(text: string, writer: Writer, of: readonly ModelLine[] = []): ModelLine {
    const id = this.writers.push(writer) - 1;
    this.roots.push([...new Set([id, ...of.flatMap((line) => this.roots[line.id] ?? [])])]);
    return { id, text };
  }

  writerOf(id: number): Writer {
    const writer = this.writers[id];
    if (writer === undefined) throw new Error(`no line has the number ${id}`);
    return writer;
  }

  mayBeAgents(id: number): boolean {
    return this.writerOf(id) === 'agent' || this.shifted.has(id);
  }

  /** The writer of a line whose words come from all of these. */
  together(lines: readonly ModelLine[]): Writer {
    const writers = new Set(lines.map(({ id }) => this.writerOf(id)));
    const [only] = writers;
    return writers.size === 1 && only !== undefined ? only : 'both';
  }

  /** A line that a formatter broke is deleted when one of its pieces is. */
  deleted(ids: Iterable<number>, by: Writer): void {
    for (const id of ids)
      for (const root of this.roots[id] ?? []) {
        const everAgent = by === 'agent' || this.deleters.get(root)?.everAgent === true;
        this.deleters.set(root, { last: by, everAgent });
      }
  }

  deleterOf(id: number): { readonly last: Writer; readonly everAgent: boolean } | null {
    return this.deleters.get(id) ?? null;
  }
}

/** Stands between a line and its number in the texts of the twin repository. */
const MARK = '§';

/** The file as it stands in the twin repository: every line followed by its number. */
export function marked(file: ModelFile): string {
  return joined(
    file,
    file.lines.map(({ text, id }) => `${text}${MARK}${id}`),
  );
}

/** The file as it stands in the repository that is judged. */
export function plain(file: ModelFile): string {
  return joined(
    file,
    file.lines.map(({ text }) => text),
  );
}

function joined({ eol, open }: ModelFile, texts: readonly string[]): string {
  return texts.length === 0 ? '' : texts.join(eol) + (open ? '' : eol);
}

export function unmark(text: string): string {
  return text.replace(new RegExp(`${MARK}\\d+`, 'g'), '');
}

export function parseMarked(text: string): ModelFile {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const open = text !== '' && !text.endsWith('\n');
  const parts = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (!open) parts.pop();
  const lines = parts.map((line): ModelLine => {
    const found = new RegExp(`^(.*)${MARK}(\\d+)$`).exec(line);
    if (!found) throw new Error(`a line without a number: ${JSON.stringify(line)}`);
    return { text: found[1] ?? '', id: Number(found[2]) };
  });
  return { lines, eol, open };
}

/** A part of a text that another text has instead: `old[oldStart, oldEnd)` became `now[newStart, newEnd)`. */
export interface ModelHunk {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Exact, because every line has a number: the longest common subsequence by dynamic programming. */
export function modelHunks(old: readonly ModelLine[], now: readonly ModelLine[]): ModelHunk[] {
  const same = (i: number, j: number): boolean => old[i]?.id === now[j]?.id && old[i]?.text === now[j]?.text;
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row) row[j] = same(i, j) ? 1 + at(i + 1, j + 1) : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const hunks: ModelHunk[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(i, j)) {
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const [oldStart, newStart] = [i, j];
    while ((i < old.length || j < now.length) && !(i < old.length && j < now.length && same(i, j))) {
      if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) i++;
      else j++;
    }
    hunks.push({ oldStart, oldEnd: i, newStart, newEnd: j });
  }
  return hunks;
}

/** Numbers that look random and are the same for one seed (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to `below` - 1. */
  number(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let value = this.state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4294967296) * below);
  }

  percent(share: number): boolean {
    return this.number(100) < share;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.number(from.length)];
  }
}

const STARTS = 'bl br cr d dr f fl g gl h j k kl l m n p pr qu r s sk sl st t tr v w z'.split(' ');
const VOWELS = 'a e i o u ai ea io ou'.split(' ');
const ENDS = 'b d g k l m n p r s t x nd lt rk mp'.split(' ');

/** A word that no keyword is and hardly another word is: five letters and more. */
export function randomWord(chance: Chance): string {
  const part = (): string => `${chance.pick(STARTS)}${chance.pick(VOWELS)}`;
  return `${part()}${part()}${chance.pick(ENDS)}${chance.pick(VOWELS)}${chance.pick(ENDS)}`;
}

/** What anybody types: such a line alone says nothing about its writer. */
export const BOILERPLATE = [
  '}',
  'return null;',
  '} catch (e) {',
  '});',
  'break;',
  '} else {',
  'return;',
  '{',
];

/** One line of words that stand nowhere else. */
function randomStatement(chance: Chance): string {
  const word = (): string => randomWord(chance);
  switch (chance.number(6)) {
    case 0:
      return `const ${word()} = ${word()}(${word()}, ${word()});`;
    case 1:
      return `${word()}.${word()}('${word()}', ${word()});`;
    case 2:
      return `// ${word()} ${word()} ${word()} ${word()}`;
    case 3:
      return `let ${word()} = '${word()}' + ${word()};`;
    case 4:
      return `${word()}[${word()}] = ${word()}.${word()};`;
    default:
      return `${word()}(${word()}, '${word()}', ${word()});`;
  }
}

/** Some lines as one writes them together: statements, blocks with their brackets, blank lines. */
export function randomLines(chance: Chance, atMost: number): string[] {
  const lines: string[] = [];
  const count = 1 + chance.number(atMost);
  while (lines.length < count) {
    switch (chance.number(8)) {
      case 0:
        lines.push(`function ${randomWord(chance)}(${randomWord(chance)}, ${randomWord(chance)}) {`);
        for (let i = chance.number(3); i >= 0; i--) lines.push(`  ${randomStatement(chance)}`);
        if (chance.percent(50)) lines.push('  return null;');
        lines.push('}');
        break;
      case 1:
        lines.push(`if (${randomWord(chance)} === ${randomWord(chance)}.${randomWord(chance)}) {`);
        lines.push(`  ${randomStatement(chance)}`, '}');
        break;
      case 2:
        lines.push('');
        break;
      case 3:
        lines.push(chance.pick(BOILERPLATE) ?? '}');
        break;
      default:
        lines.push(randomStatement(chance));
    }
  }
  return lines;
}

const LONG_WORD = /[a-z]{5,}/g;

/** The line with one of its words changed; null where no word would be left as it was. */
export function withAnotherWord(text: string, chance: Chance): string | null {
  const words = [...text.matchAll(LONG_WORD)].filter(([word]) => !isKeyword(word));
  const chosen = chance.pick(words);
  if (words.length < 3 || !chosen) return null;
  return `${text.slice(0, chosen.index)}${randomWord(chance)}${text.slice(chosen.index + chosen[0].length)}`;
}

function isKeyword(word: string): boolean {
  return ['const', 'function', 'return', 'break', 'catch'].includes(word);
}

/** What formatters do to lines; whoever runs one, the lines stay their writers'. */
export const FORMATS: Readonly<
  Record<string, (lines: readonly ModelLine[], ledger: Ledger) => readonly ModelLine[]>
> = {
  indent: (lines) => lines.map((line) => (line.text === '' ? line : { ...line, text: `  ${line.text}` })),
  outdent: (lines) => lines.map((line) => ({ ...line, text: line.text.replace(/^(\t| {2})/, '') })),
  tabs: (lines) => lines.map((line) => ({ ...line, text: line.text.replaceAll('  ', '\t') })),
  quotes: (lines) =>
    lines.map((line) => {
      const [from, to] = line.text.includes("'") ? ["'", '"'] : ['"', "'"];
      return { ...line, text: line.text.replaceAll(from, to) };
    }),
  semicolons: (lines) => lines.map((line) => ({ ...line, text: line.text.replace(/;$/, '') })),
  wrap: (lines, ledger) => lines.flatMap((line) => wrapped(line, ledger)),
  unwrap: (lines, ledger) => unwrapped(lines, ledger),
};

function wrapped(line: ModelLine, ledger: Ledger): ModelLine[] {
  const call = /^(\s*)((?:const \w+ = )?\w[\w.]*)\((\S[^()]*)\);$/.exec(line.text);
  if (!call) return [line];
  const [, indent = '', head = '', list = ''] = call;
  const texts = [
    `${indent}${head}(`,
    ...list.split(', ').map((argument) => `${indent}  ${argument},`),
    `${indent});`,
  ];
  return texts.map((text) => ledger.line(text, ledger.writerOf(line.id), [line]));
}

function unwrapped(lines: readonly ModelLine[], ledger: Ledger): ModelLine[] {
  const out: ModelLine[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at + 1;
    if (/\w\($/.test(lines[at]?.text ?? '')) while (/^\s*['"\w]+,$/.test(lines[end]?.text ?? '')) end++;
    const pieces = lines.slice(at, end + 1);
    if (end > at + 1 && /^\s*\);$/.test(lines[end]?.text ?? '')) {
      const list = pieces.slice(1, -1).map(({ text }) => text.trim().slice(0, -1));
      const text = `${pieces[0]?.text ?? ''}${list.join(', ')});`;
      out.push(ledger.line(text, ledger.together(pieces.slice(0, -1)), pieces));
      at = end + 1;
    } else {
      const line = lines[at++];
      if (line) out.push(line);
    }
  }
  return out;
}
