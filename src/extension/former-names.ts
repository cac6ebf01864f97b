import * as path from 'node:path';

/** Which names the files had that were renamed in this window. */
export interface FormerNames {
  /** A file, or a folder with all that is in it; absolute paths. */
  renamed(from: string, to: string): void;
  /** The first name that a file of now had; null: it has always had this one. */
  of(name: string): string | null;
}

const MOST = 1000;

export function formerNames(): FormerNames {
  let renames: { readonly from: string; readonly to: string }[] = [];
  return Object.freeze({
    renamed(from: string, to: string): void {
      renames = [...renames.slice(1 - MOST), { from, to }];
    },
    of(name: string): string | null {
      const first = renames.reduceRight(
        (now, { from, to }) =>
          now === to || now.startsWith(to + path.sep) ? from + now.slice(to.length) : now,
        name,
      );
      return first === name ? null : first;
    },
  });
}
