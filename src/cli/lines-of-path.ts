import { Refused } from '../app/refused';

/** A path, and lines of it: 1-based, both inclusive. */
export interface LinesOfPath {
  readonly path: string;
  readonly lines: { readonly start: number; readonly end: number } | null;
}

/** `PATH`, `PATH:LINE` or `PATH:START-END`. */
export function linesOfPath(name: string): LinesOfPath {
  const found = /^(.+):(\d{1,9})(?:-(\d{1,9}))?$/s.exec(name);
  if (!found) return { path: name, lines: null };
  const start = Number(found[2]);
  const end = found[3] === undefined ? start : Number(found[3]);
  if (start < 1 || end < start) throw new Refused(`${name}: lines go from START to END, from 1`);
  return { path: found[1] ?? '', lines: { start, end } };
}
