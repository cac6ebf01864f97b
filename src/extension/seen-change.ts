import {
  TextDocumentChangeReason,
  TextEditorSelectionChangeKind,
  type Range,
  type TextDocumentChangeEvent,
  type TextEditor,
} from 'vscode';
import type { SeenChange } from './sensors/sensor';

/** What an event tells, and what is to be seen at that moment; what follows it is filled in later. */
export function seenChange(event: TextDocumentChangeEvent, editor: TextEditor | undefined): SeenChange {
  const { document, contentChanges } = event;
  const before = editor?.document === document ? editor.selections : [];
  let changes: SeenChange['changes'] | null = null;
  let selections: SeenChange['selections'] | null = null;
  return {
    document,
    // With a hundred carets these take their time, so they are not made while a key waits.
    get changes() {
      return (changes ??= contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        offset: rangeOffset,
        length: rangeLength,
        text,
      })));
    },
    get selections() {
      return (selections ??= selectionsBefore(contentChanges, before));
    },
    reason: reasonOf(event),
    at: Date.now(),
    version: document.version,
    wasDirty: document.isDirty,
    detailedReason: 'detailedReason' in event ? event.detailedReason : undefined,
    notice: null,
    selection: undefined,
    becameDirty: false,
    savedQuietly: false,
  };
}

function reasonOf({ reason }: TextDocumentChangeEvent): SeenChange['reason'] {
  if (reason === TextDocumentChangeReason.Undo) return 'undo';
  return reason === TextDocumentChangeReason.Redo ? 'redo' : null;
}

/** The kind of the selection event that follows. */
export function selectionKind(kind: TextEditorSelectionChangeKind | undefined): SeenChange['selection'] {
  switch (kind) {
    case TextEditorSelectionChangeKind.Keyboard:
      return 'keyboard';
    case TextEditorSelectionChangeKind.Mouse:
      return 'mouse';
    case TextEditorSelectionChangeKind.Command:
      return 'command';
    case undefined:
      return null;
  }
}

/**
 * The selections are still those of the text before, in lines and columns; the changes of the event say at which
 * offsets their ranges were, so those of the selections that touch one are known.
 */
function selectionsBefore(
  contentChanges: TextDocumentChangeEvent['contentChanges'],
  selections: readonly Range[],
): SeenChange['selections'] {
  return selections.flatMap((selection) =>
    contentChanges.flatMap(({ range, rangeOffset, rangeLength }) => {
      if (range.end.isBefore(selection.start) || range.start.isAfter(selection.end)) return [];
      const start = selection.start.isEqual(range.end) ? rangeOffset + rangeLength : rangeOffset;
      const end = selection.end.isEqual(range.start) ? rangeOffset : rangeOffset + rangeLength;
      return [{ start: Math.min(start, end), end: Math.max(start, end) }];
    }),
  );
}
