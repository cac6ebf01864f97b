import { fromByteString } from '../core/path';

/** The parts of a commit object that provenance needs. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** One character a byte: the encoding is the commit's own. */
  readonly message: string;
  readonly author: string;
  readonly committer: string;
  /** The encoding of the message where it is not UTF-8. */
  readonly encoding: string | null;
  /** It carries a signature, good or bad. */
  readonly isSigned: boolean;
}

/** Parses what `git cat-file` gives for a commit; null if it is none. */
export function parseCommit(bytes: Buffer): CommitObject | null {
  const text = bytes.toString('latin1');
  const split = text.indexOf('\n\n');
  const headers = (split < 0 ? text : text.slice(0, split)).split('\n');
  const values = (key: string): string[] =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const tree = values('tree')[0];
  if (tree === undefined) return null;
  return {
    tree,
    parents: values('parent'),
    message: split < 0 ? '' : text.slice(split + 2),
    author: values('author')[0] ?? '',
    committer: values('committer')[0] ?? '',
    encoding: values('encoding')[0] ?? null,
    isSigned: headers.some((line) => /^gpgsig(?:-sha256)? /.test(line)),
  };
}

/** `NAME <EMAIL>` of what a commit says of its author or committer. */
export function personOf(person: string): string {
  return fromByteString(person.replace(/ \d+ [+-]\d{4}$/, ''));
}

/** Seconds since 1970 of `NAME <EMAIL> TIME ZONE`. */
export function timeOf(person: string): number {
  return Number(/> (\d{1,15}) [+-]\d{4}$/.exec(person)?.[1] ?? 0);
}
