import type { LinesArgument } from './text/hover-text';

/** What a link of ours passes to a command; null for anything else, as what a menu passes. */
export function parseLines(value: unknown): LinesArgument | null {
  if (typeof value !== 'object' || value === null) return null;
  const { uri, first, last } = value as { uri?: unknown; first?: unknown; last?: unknown };
  if (typeof uri !== 'string' || !isLine(first) || !isLine(last) || last < first) return null;
  return { uri, first, last };
}

function isLine(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
