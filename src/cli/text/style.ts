/** Emphasis for a terminal; what it says is always said in words too. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
}

export function styleOf(colour: boolean): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { strong: sgr(1, 22), quiet: sgr(2, 22) };
}

/** Rows as lines with aligned columns, without blanks at their ends. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function widthOf(cell: string): number {
  // eslint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(cell) ? cell.length : Array.from(cell).length;
}

/** `1 line`, `2 lines`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
