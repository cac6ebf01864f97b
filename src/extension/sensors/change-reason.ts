import type { Writer } from '../../core/buffer';
import type { Evidenced } from '../../core/origin';
import { UNIDENTIFIED } from '../../core/origin';
import type { SeenChange, Sensor } from './sensor';

/**
 * The editor's own reason of a change. It is a proposed API (`textDocumentChangeReason`), there only where an
 * installation enables it for this extension; elsewhere this sensor says nothing.
 */
export function changeReason(): Sensor {
  return { name: 'change reason', explain: (seen) => writerOf(seen) };
}

function writerOf(seen: SeenChange): Writer | null {
  const reason = parse(seen.detailedReason);
  if (reason === null || seen.reason !== null) return null;
  const { source, metadata } = reason;
  switch (source) {
    case 'inlineCompletionAccept':
    case 'inlineCompletionPartialAccept':
      return byModel(seen, 'completion', metadata);
    case 'Chat.applyEdits':
      return byModel(seen, 'chat', metadata);
    case 'cursor':
      return TYPED.has(metadata['kind'] ?? '') ? byPerson(seen) : null;
    default:
      return null;
  }
}

const TYPED = new Set(['type', 'compositionType', 'compositionEnd', 'cut']);

interface Reason {
  readonly source: string;
  readonly metadata: Readonly<Record<string, string>>;
}

function parse(value: unknown): Reason | null {
  if (!isRecord(value)) return null;
  const { metadata } = value;
  const fields = isRecord(metadata) ? metadata : {};
  const source = value['source'] ?? fields['source'];
  if (typeof source !== 'string') return null;
  const words = Object.entries(fields).flatMap(([key, word]) =>
    typeof word === 'string' ? [[key, word]] : [],
  );
  return { source, metadata: Object.fromEntries(words) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function byModel(
  { at }: SeenChange,
  via: 'completion' | 'chat',
  metadata: Readonly<Record<string, string>>,
): Writer {
  const origin: Evidenced = {
    class: 'ai',
    via,
    agent: agentOf(metadata['$extensionId'] ?? metadata['extensionId']),
    model: metadata['$modelId'] ?? metadata['modelId'] ?? null,
    evidence: 'reported',
    at,
    sensor: 'change reason',
  };
  return { kind: 'one', origin };
}

function agentOf(extension: string | undefined): string {
  if (extension === undefined || extension === '') return UNIDENTIFIED;
  return /^github\.copilot/i.test(extension) ? 'github-copilot' : extension.toLowerCase();
}

function byPerson({ at }: SeenChange): Writer {
  const origin: Evidenced = {
    class: 'human',
    via: null,
    agent: null,
    model: null,
    evidence: 'reported',
    at,
    sensor: 'change reason',
  };
  return { kind: 'one', origin };
}
