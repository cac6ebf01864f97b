/** One line of the table: a figure next to its target. A bench judges nothing. */
export interface Row {
  /** The target's number, such as `P1`; several rows may share it. */
  readonly id: string;
  readonly what: string;
  /** As the table of targets says it, such as `≤ 1.15`. */
  readonly target: string;
  /** Null: it could not be measured here; `note` says why. */
  readonly value: number | null;
  /** `×` for a ratio, else `ms`, `kB`, `paths/s` … */
  readonly unit: string;
  /** How many pairs, or single measurements, the value is the median of. */
  readonly pairs: number;
  /** What was measured, by name, in the order of measuring. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
  readonly note?: string;
}

/** A row for what cannot be measured on this machine. */
export function notMeasured(row: Pick<Row, 'id' | 'what' | 'target' | 'unit'>, why: string): Row {
  return { ...row, value: null, pairs: 0, note: why };
}
