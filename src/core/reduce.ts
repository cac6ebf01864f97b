import { commonRuns, endsLine, isPair, MOST_EFFORT, type Effort } from './common-text';
import {
  applyEdit,
  deletedRanges,
  identity,
  insertedRanges,
  textOf,
  windowsOver,
  type Edit,
  type Op,
  type OriginRange,
} from './edit';
import { addDelete, addInsert, addRetain, finish, newDraft, type Draft } from './edit-draft';

/**
 * The edit without what it only replaces by the same: `apply(reduce(e, t), t) = apply(e, t)`. An agent that rewrites a
 * file and alters three lines is the author of three lines.
 *
 * A change of several lines is looked at in whole lines: its ends are widened to them as far as the text there is
 * untouched, and lines that are in both texts stay. A line or a row of lines that differs only as a formatter may make
 * it differ (in white space, commas, semicolons, quotes, parentheses) keeps all its other characters. Of what is left,
 * the text between the equal beginning and the equal end counts as replaced, and nothing finer is looked for. Of lines
 * that changed their order, the longest row stays. A surrogate pair is kept or replaced whole. An inserted character
 * may end up at another place than in `edit`, where the new text is the same: it keeps its change's origin.
 *
 * `reduce(p.edit, p.baseline)` forgets what came back as it was. When `apply(e, t) = t`, `reduce(e, t)` is the identity.
 */
export function reduce<O>(edit: Edit<O>, oldText: string): Edit<O> {
  if (applyEdit(edit, oldText) === oldText) return identity(oldText.length);
  const draft = newDraft<O>();
  const changes = changesOf(edit);
  const effort = { left: MOST_EFFORT };
  let done = 0;
  for (const [index, change] of changes.entries()) {
    const wide = widen(change, oldText, done, changes[index + 1]?.start ?? oldText.length);
    addRetain(draft, wide.start - done);
    addReduced(draft, wide, oldText, effort);
    done = wide.end;
  }
  addRetain(draft, oldText.length - done);
  return finish(draft, edit.oldLength, edit.newLength);
}

// Reducing: an edit as changes between untouched text, and a change as two texts that may have much in common.

/** `text` comes in the place of the old text from `start` to `end`. Whose each is, in offsets from its own beginning. */
interface Change<O> {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly deleted: readonly OriginRange<O>[];
  readonly inserted: readonly OriginRange<O>[];
}

function changesOf<O>(edit: Edit<O>): Change<O>[] {
  const groups: { readonly start: number; readonly ops: Op<O>[] }[] = [];
  let at = 0;
  let open = false;
  for (const op of edit.ops) {
    if (op.kind !== 'retain' && !open) groups.push({ start: at, ops: [] });
    if (op.kind !== 'retain') groups.at(-1)?.ops.push(op);
    open = op.kind !== 'retain';
    if (op.kind !== 'insert') at += op.length;
  }
  return groups.map(({ start, ops }) => changeOf(start, ops));
}

function changeOf<O>(start: number, ops: readonly Op<O>[]): Change<O> {
  const text = ops.map((op) => (op.kind === 'insert' ? op.text : '')).join('');
  const length = ops.reduce((sum, op) => sum + (op.kind === 'delete' ? op.length : 0), 0);
  const edit = { oldLength: length, newLength: text.length, ops };
  return { start, end: start + length, text, deleted: deletedRanges(edit), inserted: insertedRanges(edit) };
}

/** The change with the text around it that has to be seen to judge it, taken from between `from` and `to`. */
function widen<O>(change: Change<O>, oldText: string, from: number, to: number): Change<O> {
  const lines = change.text.includes('\n') || textOf(oldText, change).includes('\n');
  const start = Math.max(from, lines ? lineStart(change, oldText) : pairStart(change, oldText));
  const end = Math.min(to, lines ? lineEnd(change, oldText) : pairEnd(change, oldText));
  const left = oldText.slice(start, change.start);
  const text = left + change.text + oldText.slice(change.end, end);
  const deleted = stretch(change.deleted, left.length, end - start, change.inserted);
  const inserted = stretch(change.inserted, left.length, text.length, change.deleted);
  return { start, end, text, deleted, inserted };
}

function lineStart(change: Change<unknown>, oldText: string): number {
  return change.start === 0 ? 0 : oldText.lastIndexOf('\n', change.start - 1) + 1;
}

function lineEnd(change: Change<unknown>, oldText: string): number {
  const oldEnds = endsLine(oldText.slice(0, change.end));
  const newEnds = endsLine(change.text === '' ? oldText.slice(0, change.start) : change.text);
  const next = oldText.indexOf('\n', change.end);
  if (oldEnds && newEnds) return change.end;
  return next < 0 ? oldText.length : next + 1;
}

function pairStart({ start, end, text }: Change<unknown>, oldText: string): number {
  const before = oldText.charCodeAt(start - 1);
  const after = text === '' ? oldText.charCodeAt(end) : text.charCodeAt(0);
  return isPair(before, oldText.charCodeAt(start)) || isPair(before, after) ? start - 1 : start;
}

function pairEnd({ start, end, text }: Change<unknown>, oldText: string): number {
  const after = oldText.charCodeAt(end);
  const before = text === '' ? oldText.charCodeAt(start - 1) : text.charCodeAt(text.length - 1);
  return isPair(oldText.charCodeAt(end - 1), after) || isPair(before, after) ? end + 1 : end;
}

/** The ranges moved by `by`, the first and the last stretched over `length` characters; if none, `others` lend an origin. */
function stretch<O>(
  ranges: readonly OriginRange<O>[],
  by: number,
  length: number,
  others: readonly OriginRange<O>[],
): OriginRange<O>[] {
  const last = ranges.length - 1;
  if (last < 0) return others.slice(0, 1).map(({ origin }) => ({ start: 0, end: length, origin }));
  return ranges.map(({ start, end, origin }, index) => ({
    start: index === 0 ? 0 : start + by,
    end: index === last ? length : end + by,
    origin,
  }));
}

function addReduced<O>(draft: Draft<O>, change: Change<O>, oldText: string, effort: Effort): void {
  const deleted = windowsOver(change.deleted);
  const inserted = windowsOver(change.inserted);
  let old = 0;
  let at = 0;
  const end = { oldStart: change.end - change.start, newStart: change.text.length, length: 0 };
  for (const common of [...commonRuns(textOf(oldText, change), change.text, effort), end]) {
    for (const gone of deleted(old, common.oldStart)) addDelete(draft, gone.end - gone.start, gone.origin);
    for (const come of inserted(at, common.newStart))
      addInsert(draft, textOf(change.text, come), come.origin);
    addRetain(draft, common.length);
    old = common.oldStart + common.length;
    at = common.newStart + common.length;
  }
}
