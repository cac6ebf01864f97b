import {
  DocumentDropOrPasteEditKind,
  Disposable,
  languages,
  type DataTransfer,
  type Range,
  type TextDocument,
} from 'vscode';
import type { OpenBuffer } from '../../app/open-buffer';
import type { OriginRange } from '../../core/edit';
import type { LineOrigin } from '../../core/origin';
import { UNKNOWN, type Explanation, type SeenChange, type Sensor } from './sensor';

const KEEP_MS = 3000;
/** For the editor to ask before a copy; nothing of ours goes to the clipboard. */
const MIME = 'application/vnd.hunkmark.copy';

type Pieces = readonly OriginRange<LineOrigin>[];

/** A text and who wrote its characters. */
export interface Copied {
  readonly text: string;
  readonly pieces: Pieces;
}

/**
 * Pasted text has the origins it had where it was copied or cut in this window; text from anywhere else is unknown. The
 * editor asks paste providers before it pastes: this one notes the text and offers nothing. `copiedFrom`: what a range may
 * have had in it when the editor copied it, for of what it cuts it tells only when the text is gone.
 */
export function paste(
  copiedFrom: (document: TextDocument, range: Range) => readonly Copied[],
): Sensor & Disposable {
  let copied: readonly Copied[] = [];
  let pasting: {
    readonly document: TextDocument;
    readonly text: string;
    readonly pieces: Pieces;
    readonly at: number;
  }[] = [];

  const registration = languages.registerDocumentPasteEditProvider(
    [{ scheme: 'file' }, { scheme: 'untitled' }],
    {
      prepareDocumentPaste(document, ranges): void {
        const [range] = ranges;
        copied = [];
        if (!range || ranges.length !== 1) return;
        const whole = range.isEmpty ? document.lineAt(range.start).rangeIncludingLineBreak : range;
        copied = copiedFrom(document, whole);
      },
      async provideDocumentPasteEdits(document, _ranges, transfer): Promise<undefined> {
        const text = await textOf(transfer);
        if (text === null) return;
        const pieces = piecesOf(text, copied);
        const now = Date.now();
        pasting = [...pasting.filter(({ at }) => now - at < KEEP_MS), { document, text, pieces, at: now }];
      },
    },
    {
      providedPasteEditKinds: [DocumentDropOrPasteEditKind.Empty.append('hunkmark')],
      copyMimeTypes: [MIME],
      pasteMimeTypes: ['text/plain'],
    },
  );
  return Object.assign(new Disposable(() => registration.dispose()), {
    name: 'paste',
    explain(seen: SeenChange, _buffer: OpenBuffer): Explanation | null {
      if (seen.reason !== null || seen.changes.length === 0) return null;
      const found = pasting.find(
        ({ document, text, at }) =>
          document === seen.document &&
          seen.at - at < KEEP_MS &&
          seen.at >= at &&
          seen.changes.every((change) => sameText(change.text, text)),
      );
      if (!found) return null;
      pasting = pasting.filter((each) => each !== found);
      // With other line ends than where it was copied the places of the pieces are not those of the text.
      const fits = seen.changes.every(({ text }) => copied.some((each) => isCopyOf(text, each.text)));
      return fits && found.pieces.length > 0
        ? { kind: 'pieces', origin: UNKNOWN, pieces: found.pieces }
        : { kind: 'one', origin: UNKNOWN };
    },
  });
}

async function textOf(transfer: DataTransfer): Promise<string | null> {
  return (await transfer.get('text/plain')?.asString()) ?? null;
}

/** Where two ranges had the same text, and others wrote it, nobody can say which was copied. */
function piecesOf(text: string, copied: readonly Copied[]): Pieces {
  const [first, ...others] = copied.filter((each) => isCopyOf(text, each.text)).map(({ pieces }) => pieces);
  const isSame = (pieces: Pieces): boolean => JSON.stringify(pieces) === JSON.stringify(first);
  return first !== undefined && others.every(isSame) ? first : [];
}

/** A whole line that is copied without a selection gets a line end, also where it is the last one. */
function isCopyOf(text: string, copied: string): boolean {
  return copied !== '' && (text === copied || text === `${copied}\n`);
}

/** The editor gives pasted text the line ends of the document. */
function sameText(a: string, b: string): boolean {
  return a === b || a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}
