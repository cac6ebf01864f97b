import type { Change, PatchHunk, Replacement } from './agent-event';
import { replay } from './replay';

/**
 * The text that a reported change has made `after` from, where the change leaves no doubt: it names the old text, and
 * the new one is there once. null: more than one text can have stood there, or none.
 */
export function unreplay(change: Change, after: string): string | null {
  const before = undone(change, after);
  return before !== null && replay(change, before) === after ? before : null;
}

function undone(change: Change, after: string): string | null {
  switch (change.kind) {
    case 'replace':
      return undoneParts([change], after);
    case 'replacements':
      return undoneParts(change.parts, after);
    case 'patch':
      return replay({ kind: 'patch', hunks: reversed(change.hunks) }, after);
    case 'write':
    case 'delete':
    case 'rename':
      return null;
  }
}

function undoneParts(parts: readonly Replacement[], after: string): string | null {
  let text: string | null = after;
  for (const { old, new: added, all } of parts.toReversed()) {
    if (all || added === '') return null;
    text = replay({ kind: 'replace', old: added, new: old, all: false }, text);
  }
  return text;
}

function reversed(hunks: readonly PatchHunk[]): readonly PatchHunk[] {
  let moved = 0;
  return hunks.map(({ oldStart, lines }) => {
    const start = oldStart + moved;
    for (const line of lines) moved += line.startsWith('+') ? 1 : line.startsWith('-') ? -1 : 0;
    const swapped = lines.map((line) => line.replace(/^[-+]/, (sign) => (sign === '+' ? '-' : '+')));
    return { oldStart: start, lines: swapped };
  });
}
