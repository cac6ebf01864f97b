import * as path from 'node:path';
import type { TextPlace } from '../app/shown-lines';

/** A text that an editor shows: of which file (absolute), and where from. */
export interface TextAddress {
  readonly file: string;
  readonly at: TextPlace;
}

/** Schemes of documents that say which version of a file they show. */
export const TEXT_SCHEMES = ['file', 'git', 'review', 'pr'] as const;

/**
 * Reads the address of a document: files, the built-in git extension's (`git:`, also of its graph and timeline) and
 * those of the pull-request extension (`review:`, `pr:`), which carry JSON in the query. null: nobody can tell.
 */
export function textAddress(uri: {
  readonly scheme: string;
  readonly fsPath: string;
  readonly query: string;
}): TextAddress | null {
  switch (uri.scheme) {
    case 'file':
      return { file: uri.fsPath, at: { kind: 'working' } };
    case 'git': {
      const { path: name, ref } = parsed(uri.query);
      return isText(name) && typeof ref === 'string' ? placed(name, gitRef(ref)) : null;
    }
    case 'review':
      return reviewAddress(uri.fsPath, parsed(uri.query));
    case 'pr': {
      const { isBase, baseCommit, headCommit } = parsed(uri.query);
      const commit = isBase === true ? baseCommit : headCommit;
      return placed(uri.fsPath, isText(commit) ? at(commit) : null);
    }
    default:
      return null;
  }
}

/**
 * The file's name in the query is that of the commit; the address has the new name of a renamed file, and that of a commit's
 * own changes is no path at all (seen in the extension's `toReviewUri`). Without a commit it is the file that the branch which
 * is checked out has deleted, or, on the left, one that it has added.
 */
function reviewAddress(
  own: string,
  { path: name, rootPath, commit, ref, base }: Readonly<Record<string, unknown>>,
): TextAddress | null {
  const isNamed = isText(rootPath) && isText(name) && !path.posix.isAbsolute(name);
  const file = isNamed ? path.join(rootPath.replace(/^\/(?=[A-Za-z]:)/, ''), name) : own;
  if (commit === '' && base === false) return { file, at: { kind: 'working' } };
  return placed(file, isText(commit) ? at(commit) : isText(ref) ? at(ref) : null);
}

function placed(file: string, place: TextPlace | null): TextAddress | null {
  return place && { file, at: place };
}

/** Without a ref, and with `~`, it is the index, or what the index would have; `~1` to `~3` are sides of a conflict. */
function gitRef(ref: string): TextPlace | null {
  if (ref === '' || ref === '~') return { kind: 'index' };
  return ref.startsWith('~') ? null : at(ref);
}

function at(revision: string): TextPlace | null {
  return /^[\w./@^~{}-]{1,250}$/.test(revision) && !revision.startsWith('-')
    ? { kind: 'commit', revision }
    : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parsed(query: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(query);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
