import {
  DocumentDropOrPasteEditKind,
  DataTransferItem,
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
/** What was copied here, and who wrote it. The clipboard itself gets a number only. */
const MIME = 'application/vnd.hunkmark.copy';

type Pieces = readonly OriginRange<LineOrigin>[];

/**
 * Pasted text has the origins it had where it was copied in this window; text from anywhere else is unknown. The
 * editor asks paste providers before it pastes: this one notes the text and offers nothing.
 */
export function paste(
  originsOf: (document: TextDocument, range: Range) => Pieces | null,
): Sensor & Disposable {
  let copied: { readonly id: string; readonly text: string; readonly pieces: Pieces } | null = null;
  let copies = 0;
  let pasting: {
    readonly document: TextDocument;
    readonly text: string;
    readonly pieces: Pieces;
    readonly at: number;
  }[] = [];

  const registration = languages.registerDocumentPasteEditProvider(
    [{ scheme: 'file' }, { scheme: 'untitled' }],
    {
      prepareDocumentPaste(document, ranges, transfer): void {
        const [range] = ranges;
        copied = null;
        if (!range || ranges.length !== 1) return;
        const whole = range.isEmpty ? document.lineAt(range.start).rangeIncludingLineBreak : range;
        const pieces = originsOf(document, whole);
        if (!pieces) return;
        copied = { id: `${++copies}`, text: document.getText(whole), pieces };
        transfer.set(MIME, new DataTransferItem(copied.id));
      },
      async provideDocumentPasteEdits(document, _ranges, transfer): Promise<undefined> {
        const text = await textOf(transfer);
        if (text === null) return;
        const id = await transfer.get(MIME)?.asString();
        const isOurs = copied !== null && copied.id === id && sameText(copied.text, text);
        const pieces = isOurs && copied !== null ? copied.pieces : [];
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
      const fits = seen.changes.every((change) => change.text === copied?.text || found.pieces.length === 0);
      return fits && found.pieces.length > 0
        ? { kind: 'pieces', origin: UNKNOWN, pieces: found.pieces }
        : { kind: 'one', origin: UNKNOWN };
    },
  });
}

async function textOf(transfer: DataTransfer): Promise<string | null> {
  return (await transfer.get('text/plain')?.asString()) ?? null;
}

/** The editor gives pasted text the line ends of the document. */
function sameText(a: string, b: string): boolean {
  return a === b || a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}
