/**
 * A file that several write at once, as a model that shares no code with what it judges: every word knows who wrote it, and
 * every word is unlike every other, so nobody is taken for somebody else by chance.
 */

/** `base`: in the last commit. `person`: wrote to the disk, unseen. `editor`: typed in a watched editor. */
export type Owner = 'base' | 'person' | 'editor' | 'agent';

export interface SharedWord {
  readonly text: string;
  readonly owner: Owner;
  /** Which agent; null: none. */
  readonly agent: string | null;
}

/** Who does something; `agent` by name where the owner is one. */
export interface Writer {
  readonly owner: Owner;
  readonly agent: string | null;
}

export interface SharedLine {
  /** Stays while the line is changed. */
  readonly id: number;
  /** Agents whose words stand in it, or have stood there once. */
  readonly agents: ReadonlySet<string>;
  readonly words: readonly SharedWord[];
}

export interface SharedFile {
  readonly lines: readonly SharedLine[];
  /** Committed lines, by id, with everybody who changed or deleted them. */
  readonly touchedBy: ReadonlyMap<number, ReadonlySet<Owner>>;
}

/** What one writer does at once; `line` is an id. New lines have the given ids. */
export type SharedStep =
  | {
      readonly kind: 'insert';
      readonly line: number;
      readonly added: readonly { id: number; words: readonly string[] }[];
    }
  | { readonly kind: 'word'; readonly line: number; readonly place: number; readonly word: string }
  | { readonly kind: 'append'; readonly line: number; readonly word: string }
  | { readonly kind: 'rewrite'; readonly line: number; readonly words: readonly string[] }
  | { readonly kind: 'delete'; readonly line: number };

export function sharedFile(lines: readonly (readonly string[])[]): SharedFile {
  return {
    lines: lines.map((words, id) => ({
      id,
      agents: new Set(),
      words: words.map((text) => ({ text, owner: 'base', agent: null })),
    })),
    touchedBy: new Map(lines.map((_, id) => [id, new Set()])),
  };
}

export function lineText({ words: [first, ...others] }: SharedLine): string {
  return `${first?.text ?? ''} = ${others.map(({ text }) => text).join(' + ')};\n`;
}

export function fileText({ lines }: SharedFile): string {
  return lines.map(lineText).join('');
}

/** null: the line is not there any more. */
export function take(file: SharedFile, step: SharedStep, writer: Writer): SharedFile | null {
  const at = file.lines.findIndex(({ id }) => id === step.line);
  const old = file.lines[at];
  if (old === undefined) return null;
  const lines = [...file.lines.slice(0, at), ...replaced(old, step, writer), ...file.lines.slice(at + 1)];
  if (step.kind === 'insert') return { ...file, lines };
  const touched = file.touchedBy.get(old.id);
  const touchedBy = new Map(file.touchedBy);
  if (touched) touchedBy.set(old.id, new Set([...touched, writer.owner]));
  return { lines, touchedBy };
}

function replaced(old: SharedLine, step: SharedStep, writer: Writer): SharedLine[] {
  const own = (text: string): SharedWord => ({ text, ...writer });
  const alone = new Set(writer.agent === null ? [] : [writer.agent]);
  const agents = new Set([...old.agents, ...alone]);
  const changed = (words: readonly SharedWord[]): SharedLine[] => [{ ...old, agents, words }];
  switch (step.kind) {
    case 'insert':
      return [old, ...step.added.map(({ id, words }) => ({ id, agents: alone, words: words.map(own) }))];
    case 'word':
      return changed(old.words.map((word, i) => (i === step.place ? own(step.word) : word)));
    case 'append':
      return changed([...old.words, own(step.word)]);
    case 'rewrite':
      return changed(step.words.map(own));
    case 'delete':
      return [];
  }
}

/** Texts are the same whoever writes them. */
const NOBODY: Writer = { owner: 'base', agent: null };

/** The texts that an agent's edit tool names for the step: what it finds, and what it puts there. */
export function replacementOf(file: SharedFile, step: SharedStep): { old: string; new: string } | null {
  const old = file.lines.find(({ id }) => id === step.line);
  if (old === undefined) return null;
  return { old: lineText(old), new: replaced(old, step, NOBODY).map(lineText).join('') };
}
